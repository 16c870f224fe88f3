package output

import (
	"fmt"
	"math/rand/v2"
)

// logLike makes n bytes that look like a server's log.
func logLike(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"replaying", "segment", "connected", "vacuum", "checkpoint", "redo", "done", "index", "backend", "request", "timeout"}
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "2026-11-23T21:%02d:%02d.%06dZ %s[%d]: %s %s id=%016x lat=%dms\n", i/60%60, i%60, rng.IntN(1e6),
			words[rng.IntN(len(words))], 1000+rng.IntN(100), words[rng.IntN(len(words))], words[rng.IntN(len(words))], rng.Uint64(), rng.IntN(900))
	}
	return b[:n]
}
