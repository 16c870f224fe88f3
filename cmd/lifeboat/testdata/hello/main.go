// Command hello is the floor under the start of any Go program.
package main

import "os"

func main() { _, _ = os.Stdout.WriteString("hello\n") }
