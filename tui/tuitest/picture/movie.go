package picture

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// blink is too short to be seen: a frame that is followed by another one before that
// is left out.
const blink = 40 * time.Millisecond

// A Movie is a recording. All its pictures have the size of the first.
type Movie struct {
	frames []frame
}

type frame struct {
	at      time.Duration
	picture *Picture
}

// Add says what is shown from a moment on. Moments must not fall.
func (m *Movie) Add(at time.Duration, p *Picture) {
	n := len(m.frames)
	if n > 0 && at-m.frames[n-1].at < blink {
		at, m.frames, n = m.frames[n-1].at, m.frames[:n-1], n-1
	}
	if n > 0 && m.frames[n-1].picture.same(p) {
		return
	}
	m.frames = append(m.frames, frame{at, p})
}

// Frames is how many different pictures follow each other.
func (m *Movie) Frames() int { return len(m.frames) }

func (p *Picture) same(q *Picture) bool {
	return p.background == q.background && slices.EqualFunc(p.rows, q.rows, slices.Equal)
}

// A stay is how long a row shows the same: from one moment of the movie to another.
type stay struct {
	from, to time.Duration
}

// SVG plays the movie over and over, and shows its last frame for hold. Where people
// asked for less motion it shows that frame alone.
//
// A row that stays as it is is drawn once, and one that is seen in several places or
// times is kept once and used: what a file takes grows with what changes.
func (m *Movie) SVG(hold time.Duration) string {
	if len(m.frames) == 0 {
		return ""
	}
	first := m.frames[0]
	total := m.frames[len(m.frames)-1].at - first.at + hold
	s, w, h := newSheet(), first.picture.width, len(first.picture.rows)
	kept := keptRows{ids: map[string]string{}}
	var stays []stay
	var body strings.Builder
	for y := range h {
		for i := 0; i < len(m.frames); {
			row, next := m.row(i, y), i+1
			for next < len(m.frames) && slices.Equal(m.row(next, y), row) {
				next++
			}
			when := stay{m.frames[i].at - first.at, total}
			if next < len(m.frames) {
				when.to = m.frames[next].at - first.at
			}
			i = next
			drawn := s.row(row, first.picture.background)
			if drawn == "" {
				continue
			}
			class := ""
			if when != (stay{0, total}) {
				n := slices.Index(stays, when)
				if n < 0 {
					n, stays = len(stays), append(stays, when)
				}
				class = fmt.Sprintf(` class="t%d"`, n)
			}
			fmt.Fprintf(&body, `<use href="#%s" y="%d"%s/>`, kept.id(drawn), y*svgHeight, class)
		}
	}
	return s.document(w, h, first.picture.background, timeline(stays, total), kept.defs()+body.String())
}

// row is one row of a frame; none where it is lower than the first frame is.
func (m *Movie) row(i, y int) []cell {
	if p := m.frames[i].picture; y < len(p.rows) {
		return p.rows[y]
	}
	return nil
}

// keptRows are rows as they are drawn, each once.
type keptRows struct {
	ids   map[string]string
	order []string
}

func (k *keptRows) id(drawn string) string {
	if k.ids[drawn] == "" {
		k.ids[drawn] = fmt.Sprintf("r%d", len(k.order))
		k.order = append(k.order, drawn)
	}
	return k.ids[drawn]
}

func (k *keptRows) defs() string {
	var b strings.Builder
	b.WriteString("<defs>\n")
	for _, drawn := range k.order {
		fmt.Fprintf(&b, "<g id=\"%s\">%s</g>\n", k.ids[drawn], drawn)
	}
	b.WriteString("</defs>\n")
	return b.String()
}

// timeline is the style that shows each stay in its time.
func timeline(stays []stay, total time.Duration) string {
	if len(stays) == 0 {
		return ""
	}
	percent := func(d time.Duration) string { return number(100*float64(d)/float64(total)) + "%" }
	var moving, resting strings.Builder
	for i, when := range stays {
		fmt.Fprintf(&moving, "\n.t%d{animation:k%d %ss step-end infinite}@keyframes k%d{", i, i, number(total.Seconds()), i)
		if when.from > 0 {
			moving.WriteString("0%{visibility:hidden}")
		}
		fmt.Fprintf(&moving, "%s{visibility:visible}", percent(when.from))
		if when.to < total {
			fmt.Fprintf(&moving, "%s{visibility:hidden}", percent(when.to))
			fmt.Fprintf(&resting, ".t%d{visibility:hidden}", i)
		}
		moving.WriteByte('}')
	}
	return moving.String() + "\n@media(prefers-reduced-motion){[class^=t]{animation:none}" + resting.String() + "}"
}
