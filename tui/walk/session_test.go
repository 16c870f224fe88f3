package walk

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lifeboat/runbook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestFeed_dropsNothing: whoever writes while somebody reads, each record arrives
// once, in the order of its writer, and the reader is woken for the last one.
func TestFeed_dropsNothing(t *testing.T) {
	f := &Feed{}
	const writers, each = 4, 200
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				f.Watch([]runbook.Record{{Seq: uint64(i), Meta: runbook.Meta{Actor: string(rune('a' + w))}}}, runbook.Books{string(rune('a' + w)): {}})
			}
		})
	}
	next, got, books := map[string]uint64{}, 0, runbook.Books{}
	for got < writers*each {
		<-f.signal()
		records, opened, _ := f.take()
		for _, rec := range records {
			if rec.Seq != next[rec.Actor] {
				t.Fatalf("record %d of %s comes after %d", rec.Seq, rec.Actor, next[rec.Actor])
			}
			next[rec.Actor]++
			got++
		}
		for name, b := range opened {
			books[name] = b
		}
	}
	all.Wait()
	if len(books) != writers {
		t.Errorf("%d books came", len(books))
	}
	if records, opened, asked := f.take(); len(records)+len(opened)+len(asked) > 0 {
		t.Errorf("%d records are left", len(records))
	}
}

// TestFeed_ask: a question waits for its answer, and heeds the rest every second
// meanwhile.
func TestFeed_ask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heeded := 0
		f := &Feed{After: time.After, Heed: func(context.Context) { heeded++ }}
		go func() {
			<-f.signal()
			_, _, asked := f.take()
			time.Sleep(5500 * time.Millisecond)
			asked[0].reply <- answer{reply: runbook.Reply{Text: asked[0].prompt.Text + "!"}}
		}()
		reply, err := f.Ask(t.Context(), runbook.Prompt{Text: "well"})
		if err != nil || reply.Text != "well!" || heeded != 5 {
			t.Errorf("%q, %v after heeding %d times", reply.Text, err, heeded)
		}
	})
}

// TestFeed_cancelled: a question whose asker is gone waits for nobody, and an answer
// that comes too late holds nobody up.
func TestFeed_cancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &Feed{After: time.After}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := f.Ask(ctx, runbook.Prompt{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		_, _, asked := f.take()
		asked[0].reply <- answer{}
		select {
		case <-asked[0].gone:
		default:
			t.Error("nobody can tell that it is gone")
		}
	})
}
