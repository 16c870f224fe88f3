package runbook

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what the stories and vectors give")

// TestStories replays every file of testdata/stories. Above the line "---" stand
// books; below it, each line that begins with a time is something that happens,
// and the indented lines under it are what came of it: the events, or why not,
// and what Enter would do next. Run with -update to write those lines, and read
// the difference.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("%s goes differently:\n%s", file, difference(string(want), got))
			}
		})
	}
}

// difference shows the first lines that differ, with what stands around them.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-6)
	return fmt.Sprintf("line %d\nwant:\n%s\ngot:\n%s", i+1,
		strings.Join(a[min(from, len(a)):min(i+8, len(a))], "\n"), strings.Join(b[min(from, len(b)):min(i+8, len(b))], "\n"))
}

// A teller replays one story.
type teller struct {
	*world
	first *Book
	out   strings.Builder
}

func tell(t *testing.T, text string) string {
	t.Helper()
	header, body, ok := strings.Cut(text, "\n---\n")
	if !ok {
		t.Fatal("no line --- between the books and the story")
	}
	books := parseBooks(t, strings.Split(header, "\n"))
	s := &teller{world: newWorld(t, books...), first: books[0]}
	s.out.WriteString(header + "\n---\n")
	for line := range strings.SplitSeq(strings.TrimRight(body, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "  "):
			continue
		case line == "" || line[0] == '#':
			s.out.WriteString(line + "\n")
			continue
		}
		s.out.WriteString(line + "\n")
		when, what, _ := strings.Cut(line, " ")
		s.now = clock(when)
		s.happen(what)
	}
	if refolded := s.refold(); !reflect.DeepEqual(refolded, s.run) {
		t.Errorf("folding the log again gives another run:\n%+v\n%+v", refolded, s.run)
	}
	return s.out.String()
}

func (s *teller) say(format string, args ...any) { fmt.Fprintf(&s.out, "  "+format+"\n", args...) }

// happen carries out one line, and says what came of it.
func (s *teller) happen(line string) {
	s.t.Helper()
	word, rest, _ := strings.Cut(line, " ")
	if s.look(word, rest) {
		return
	}
	before := len(s.log)
	err := s.act(word, rest)
	for _, rec := range s.log[before:] {
		s.say("%d %s", rec.Seq, sentence(rec))
	}
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		s.say("refused: %s", refusal.Reason)
		if refusal.Hint != "" {
			s.say("hint: %s", refusal.Hint)
		}
		return
	case err != nil:
		s.t.Fatalf("%s: %v", line, err)
	}
	s.say("enter: %s", Next(s.books, s.run).Say)
}

var keys = regexp.MustCompile(`"(\w+)":`)

// sentence is a record on one line.
func sentence(rec Record) string {
	kind, _, data, err := Encode(Meta{}, rec.Event)
	if err != nil {
		return err.Error()
	}
	text := keys.ReplaceAllString(strings.Trim(string(data), "{}"), "$1=")
	text = strings.NewReplacer(`,`, ` `, `\"`, `'`, `"`, ``).Replace(text)
	if rec.Actor != "ann" {
		text += " by " + rec.Actor
	}
	return strings.TrimSpace(kind + " " + text)
}

// ref completes a reference: one with @ names its book.
func (s *teller) ref(text string) Ref {
	if full, ok := strings.CutPrefix(text, "@"); ok {
		return Ref(full)
	}
	return At(s.first.Name, text)
}

// act understands the lines that change something.
func (s *teller) act(word, rest string) error {
	s.t.Helper()
	args := strings.Fields(rest)
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	tail := func(i int) string { return strings.Join(args[min(i, len(args)):], " ") }
	switch word {
	case "open":
		s.open(Mode(arg(0)), s.first)
		return nil
	case "as":
		s.actor = arg(0)
		return nil
	case "do":
		return s.enter()
	case "run", "intend", "rollback":
		return s.command(word, args)
	case "finished":
		n, _ := strconv.Atoi(arg(0))
		s.finish(n, s.end(args[1:]))
		return nil
	case "raw":
		v, _ := strconv.Atoi(arg(1))
		s.raw(arg(0), v, []byte(tail(2)))
		return nil
	case "unknown":
		n, _ := strconv.Atoi(arg(0))
		s.append(OutcomeUnknown{Attempt: n, Seen: arg(1)})
		return nil
	case "killed":
		return nil
	case "resumed":
		s.append(RunResumed{PID: 7, Away: s.now.Sub(s.run.Last)})
		return nil
	case "jumped":
		s.append(ClockJumped{Delta: duration2(s.t, arg(1)), Clock: arg(0)})
		return nil
	case "identified":
		s.append(CommandIntended{Attempt: len(s.run.Attempts) + 1, Item: s.ref(arg(0)), For: "identify", Text: "id", Shell: "sh"})
		n := len(s.run.Attempts)
		s.append(CommandFinished{Attempt: n, Why: Exited}, TargetIdentified{Attempt: n, Item: s.ref(arg(0)), Answer: arg(1), Expected: s.run.Identity["prod"]})
		return nil
	case "acts":
		n, _ := strconv.Atoi(arg(1))
		return s.acts(map[string]Intent{"await": Await{n}, "stop": Stop{n}, "settle": Settle{n}, "adhoc": AdHoc{Text: tail(1)}}[arg(0)])
	}
	in, second := s.intent(word, args)
	return s.decide(in, second)
}

func duration2(t tester, text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// intent reads a line that is an intent. "with NAME" and "alone REASON" at its
// end say who the second person is.
func (s *teller) intent(word string, args []string) (Intent, Second) {
	s.t.Helper()
	var second Second
	if i := slices.Index(args, "with"); i > 0 {
		second.Person, args = strings.Join(args[i+1:], " "), args[:i]
	} else if i := slices.Index(args, "alone"); i > 0 {
		second.Alone, args = strings.Join(args[i+1:], " "), args[:i]
	}
	tail := func(i int) string { return strings.Join(args[min(i, len(args)):], " ") }
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	switch word {
	case "enter":
		return Enter{s.ref(arg(0))}, second
	case "tick":
		in := Tick{Item: s.ref(arg(0))}
		if as, ok := strings.CutPrefix(arg(1), "as="); ok {
			in.As = as
		} else if arg(1) == "but" {
			in.Different = tail(2)
		}
		return in, second
	case "answer":
		return Answer{Item: s.ref(arg(0)), Value: tail(1)}, second
	case "choose":
		return Choose{Item: s.ref(arg(0)), Option: number(arg(1))}, second
	case "finish":
		return Finish{s.ref(arg(0))}, second
	case "skip":
		return Skip{Step: s.ref(arg(0)), Reason: tail(1)}, second
	case "skip-item":
		return SkipItem{Item: s.ref(arg(0)), Reason: tail(1)}, second
	case "reopen":
		return Reopen{Step: s.ref(arg(0)), Reason: tail(1)}, second
	case "end":
		return End{State: arg(0), Reason: tail(1)}, second
	case "leave":
		return Leave{Why: arg(0)}, second
	}
	return s.otherIntent(word, arg, tail), second
}

func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// otherIntent reads the lines about blocks, and those that add facts.
func (s *teller) otherIntent(word string, arg, tail func(int) string) Intent {
	s.t.Helper()
	switch word {
	case "arm":
		return Arm{s.ref(arg(0))}
	case "fill":
		return Fill{Item: s.ref(arg(0)), Name: arg(1), Value: tail(2)}
	case "edit":
		text, reason, _ := strings.Cut(tail(1), " because ")
		return Edit{Item: s.ref(arg(0)), Text: text, Reason: reason}
	case "release":
		return Release{Item: s.ref(arg(0)), How: arg(1), Reason: tail(2)}
	case "note":
		return Write{Text: tail(0)}
	case "began":
		in := Mark{Name: "began", At: clock(arg(0))}
		if arg(1) != "" {
			in.Latest = clock(arg(1))
		}
		return in
	case "mark":
		in := Mark{Name: arg(0), Reason: tail(1)}
		if name, objective, ok := strings.Cut(arg(0), "="); ok {
			in.Name, in.Objective = name, objective
		}
		return in
	case "role":
		return TakeRole{arg(0), arg(1)}
	case "pass":
		return Pass{To: arg(0), Summary: tail(1)}
	case "accept":
		return Accept{arg(0)}
	case "sign":
		return Sign{Person: arg(0), As: arg(1), Text: tail(2)}
	case "correct":
		return Correct{Seq: uint64(max(0, number(arg(0)))), Text: tail(1)}
	}
	s.t.Fatalf("what is %q?", word)
	return nil
}

// enter does what Enter would do, if a decision can do it.
func (s *teller) enter() error {
	m := Next(s.books, s.run)
	if m.Do == nil {
		return refuse("", "%s", m.Say)
	}
	return s.decide(m.Do, Second{})
}

// command runs, or begins to run, an item's block.
func (s *teller) command(word string, args []string) error {
	purpose := ""
	if word == "rollback" {
		purpose = "rollback"
	}
	n, err := s.intend(s.ref(args[0]), purpose)
	if err != nil || word == "intend" {
		return err
	}
	s.finish(n, s.end(args[1:]))
	return nil
}

func (s *teller) end(args []string) end {
	var e end
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "exit":
			e.exit, _ = strconv.Atoi(value)
		case "why":
			e.why = Why(value)
		case "expected":
			e.expected = value
		case "again":
			e.again = true
		case "set":
			name, v, _ := strings.Cut(value, "=")
			e.set = map[string]string{name: v}
		case "unset":
			e.unset = []string{value}
		case "withheld":
			e.withheld = []string{value}
		case "fact":
			name, v, _ := strings.Cut(value, "=")
			e.facts = append(e.facts, Fact{name, v})
		default:
			s.t.Fatalf("how ends %q?", a)
		}
	}
	return e
}
