package store

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// timeLayout has all nine decimals, so that a time has one form.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// maxLine holds a record with the most data, as base64.
const maxLine = maxData/3*4 + 4096

// AppendJSON appends the record as one line of JSON without the line feed. The
// data stands in it byte for byte if it is JSON that fits on a line.
func (r Record) AppendJSON(dst []byte) []byte {
	dst = fmt.Appendf(dst, `{"station":"%s","stream":"%s","run":"%s","seq":%d,"time":"%s","kind":"%s","v":%d,`,
		r.Station, r.Stream, r.Run(), r.Seq, r.Time.UTC().Format(timeLayout), r.Kind, r.V)
	if fits(r.Data) {
		dst = append(append(dst, `"data":`...), r.Data...)
	} else {
		dst = base64.StdEncoding.AppendEncode(append(dst, `"data64":"`...), r.Data)
		dst = append(dst, '"')
	}
	return fmt.Appendf(dst, `,"prev":"%x","hash":"%x"}`, r.Prev, r.Hash)
}

// fits tells whether data can stand in a line of JSON as it is and be cut out again.
func fits(data []byte) bool {
	return len(data) > 0 && !bytes.ContainsAny(data, "\r\n") && len(bytes.Trim(data, " \t")) == len(data) &&
		utf8.Valid(data) && json.Valid(data)
}

// ParseJSON reads a line that AppendJSON wrote. Any other form is refused, so what
// it accepts it writes again as the same bytes. It does not check the hash; see
// Record.Check.
func ParseJSON(line []byte) (Record, error) {
	var r Record
	c := cutter{rest: line}
	r.Station = c.text(`{"station":"`, `"`)
	r.Stream = c.text(`,"stream":"`, `"`)
	c.text(`,"run":"`, `"`)
	r.Seq = c.number(`,"seq":`, 64)
	r.Time = c.time(`,"time":"`, `"`)
	r.Kind = c.text(`,"kind":"`, `"`)
	r.V = int(c.number(`,"v":`, 31))
	c.hash(`,"prev":"`, `","hash":"`, `"}`, &r)
	if bytes.HasPrefix(c.rest, []byte(`,"data64":"`)) {
		c.data64(&r)
	} else {
		r.Data = bytes.TrimPrefix(c.rest, []byte(`,"data":`))
	}
	if c.err == nil {
		c.err = r.valid()
	}
	if c.err == nil && !bytes.Equal(r.AppendJSON(nil), line) {
		c.err = errors.New("it is not in the form that is written")
	}
	if c.err != nil {
		return Record{}, fmt.Errorf("not a record: %w", c.err)
	}
	return r, nil
}

func (r Record) valid() error {
	if r.Seq == 0 {
		return errors.New("seq is 0")
	}
	if len(r.Station) != 32 || !plain(r.Station, "") {
		return fmt.Errorf("station %q is not 32 hex digits", r.Station)
	}
	return cmp.Or(validStream(r.Stream), Entry{r.Kind, r.V, r.Data, r.Time}.valid())
}

// cutter takes a line apart from both ends. After the first error it does nothing.
type cutter struct {
	rest []byte
	err  error
}

func (c *cutter) fail(before string) {
	c.err = fmt.Errorf("%s is missing or wrong", strings.Trim(before, `{,":`))
}

func (c *cutter) text(before, after string) string {
	rest, ok := bytes.CutPrefix(c.rest, []byte(before))
	val, rest, ok2 := bytes.Cut(rest, []byte(after))
	if c.err == nil && (!ok || !ok2) {
		c.fail(before)
	}
	if c.err != nil {
		return ""
	}
	c.rest = rest
	return string(val)
}

// number takes digits, and leaves what follows them.
func (c *cutter) number(before string, bits int) uint64 {
	rest, ok := bytes.CutPrefix(c.rest, []byte(before))
	after := bytes.TrimLeft(rest, "0123456789")
	n, err := strconv.ParseUint(string(rest[:min(len(rest)-len(after), 24)]), 10, bits)
	if c.err == nil && (!ok || err != nil) {
		c.fail(before)
	}
	c.rest = after
	return n
}

func (c *cutter) time(before, after string) time.Time {
	t, err := time.Parse(timeLayout, c.text(before, after))
	if c.err == nil && err != nil {
		c.fail(before)
	}
	return t
}

// hash takes both hashes off the end, where they have a fixed length.
func (c *cutter) hash(prev, hash, end string, r *Record) {
	n := len(c.rest) - len(prev) - len(hash) - len(end) - 4*hashSize
	if c.err == nil && n < 0 {
		c.fail(hash)
	}
	if c.err != nil {
		return
	}
	tail := c.rest[n:]
	_, err := hex.Decode(r.Prev[:], tail[len(prev):len(prev)+2*hashSize])
	at := len(prev) + 2*hashSize + len(hash)
	_, err2 := hex.Decode(r.Hash[:], tail[at:at+2*hashSize])
	if err != nil || err2 != nil {
		c.fail(hash)
	}
	c.rest = c.rest[:n]
}

func (c *cutter) data64(r *Record) {
	val := c.text(`,"data64":"`, `"`)
	data, err := base64.StdEncoding.Strict().DecodeString(val)
	if c.err == nil && err != nil {
		c.fail("data64")
	}
	r.Data = data
}

// VerifyJournal checks records that were exported as JSON Lines, with nothing but
// the lines. The error is one of reading; what is wrong is in the report.
func VerifyJournal(src io.Reader) (Report, error) {
	j := journal{chains: map[string]*chain{}, stations: map[string]string{}}
	in := bufio.NewReaderSize(src, 64<<10)
	for {
		line, err := readLine(in)
		if len(line) > 0 || err == nil {
			j.line(bytes.TrimSuffix(line, []byte("\n")))
		}
		if errors.Is(err, io.EOF) {
			return j.report(), nil
		}
		if err != nil {
			return j.report(), fmt.Errorf("read journal: line %d: %w", j.n+1, err)
		}
	}
}

var errLong = fmt.Errorf("it has more than %d bytes", maxLine)

func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		some, err := in.ReadSlice('\n')
		line = append(line, some...)
		if len(line) > maxLine {
			return nil, errLong
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

type journal struct {
	n        int // lines so far
	r        Report
	chains   map[string]*chain
	stations map[string]string // by stream
}

func (j *journal) line(line []byte) {
	j.n++
	r, err := ParseJSON(line)
	if err != nil {
		j.r.Problems = append(j.r.Problems, Problem{Line: j.n, Text: err.Error()})
		return
	}
	j.r.Records++
	c := j.chains[r.Stream]
	if c == nil {
		c = &chain{stream: r.Stream}
		if r.Seq == 1 {
			c.next, c.hash, c.known = 1, firstPrev(r.Station, r.Stream), true
		} else {
			j.r.Notes = append(j.r.Notes, fmt.Sprintf(
				"stream %s begins at record %d: what came before is not proved", r.Stream, r.Seq))
		}
		c.first = r.Seq
		j.chains[r.Stream], j.stations[r.Stream] = c, r.Station
	}
	before := len(c.problems)
	if j.stations[r.Stream] != r.Station {
		c.problem(Problem{Seq: r.Seq, Text: "it names another station than the records before it"})
	}
	c.add(r.Seq, r.Prev, r.Hash, r.Check())
	for _, p := range c.problems[before:] {
		p.Line = j.n
		j.r.Problems = append(j.r.Problems, p)
	}
}

func (j *journal) report() Report {
	r := j.r
	for name, c := range j.chains {
		r.Streams = append(r.Streams, StreamReport{Name: name, Records: c.n, First: c.first, Last: c.next - 1, Hash: c.hash})
		switch s := j.stations[name]; r.Station {
		case "":
			r.Station = s
		case s:
		default:
			r.Station = "several"
		}
	}
	if r.Station == "several" {
		r.Station = ""
	}
	slices.SortFunc(r.Streams, func(a, b StreamReport) int { return strings.Compare(a.Name, b.Name) })
	return r
}
