package main

import (
	"errors"
	"io"
	"os"
	"testing"
)

// TestKeyboard_end: the end of the input is told of, once; what came before it
// is read.
func TestKeyboard_end(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	lost := make(chan struct{}, 2)
	k := &keyboard{File: in, lost: func() { lost <- struct{}{} }}
	if _, err := out.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	buf := make([]byte, 8)
	if n, err := k.Read(buf); n != 1 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	select {
	case <-lost:
		t.Fatal("lost before its end")
	default:
	}
	for range 2 {
		if _, err := k.Read(buf); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
	<-lost
	select {
	case <-lost:
		t.Error("told twice")
	default:
	}
}
