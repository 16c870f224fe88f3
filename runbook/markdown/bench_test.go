package markdown

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

// slowest is how much longer Parse may take than goldmark alone.
const slowest = 2.0

// manySteps is a runbook of n steps, of the kinds that people write.
func manySteps(n int) []byte {
	var b strings.Builder
	b.WriteString("---\nlifeboat: 1\ntitle: Many steps\n---\n\n# Many steps\n\n")
	for i := range n {
		if i%10 == 0 {
			fmt.Fprintf(&b, "## Phase %d\n\nWhat this phase is about, in a sentence or two.\n\n", i/10)
		}
		fmt.Fprintf(&b, "### Step %d\n<!-- lifeboat: takes=5m role=operator -->\n\n", i)
		b.WriteString("Some words on why this is done, with `code`, a [link](https://example.org) and *stress*.\n\n")
		fmt.Fprintf(&b, "```sh {name=step-%d timeout=30m}\nkubectl -n prod rollout restart deploy/api-%d\necho done\n```\n\n", i, i)
		b.WriteString("- [ ] The archive lists every table\n- [ ] Time of the restore (`AT`): ____ (UTC)\n\n1. Look at the **status** page\n   - it says so\n2. Tell people\n\n")
	}
	return []byte(b.String())
}

// Parsing 10,000 steps takes at most twice as long as goldmark alone on the
// same bytes: the median of rounds in turn, each begun with a clean heap.
func BenchmarkParse(b *testing.B) {
	src := manySteps(10_000)
	b.SetBytes(int64(len(src)))
	var ratios []float64
	for b.Loop() {
		ours := timed(func() {
			if _, _, err := Parse("many.md", src); err != nil {
				b.Fatal(err)
			}
		})
		alone := timed(func() { goldmark.New().Parser().Parse(text.NewReader(src)) })
		ratios = append(ratios, float64(ours)/float64(alone))
	}
	slices.Sort(ratios)
	ratio := ratios[len(ratios)/2]
	b.ReportMetric(ratio, "x-goldmark")
	if len(ratios) >= 5 && ratio > slowest {
		b.Errorf("%.2f times as long as goldmark alone, at most %.1f", ratio, slowest)
	}
}

func timed(f func()) time.Duration {
	runtime.GC()
	t := time.Now()
	f()
	return time.Since(t)
}
