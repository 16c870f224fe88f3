package runbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// kinds lists an empty event of every kind. TestKinds_areComplete holds it
// against the source.
var kinds = []Event{
	RunOpened{},
	BookOpened{},
	MomentSet{},
	PreflightChecked{},
	RoleTaken{},
	CommandPassed{},
	CommandAccepted{},
	RunLeft{},
	RunResumed{},
	RunEnded{},
	SignedOff{},
	StepEntered{},
	StepFinished{},
	StepSkipped{},
	StepReopened{},
	ChoiceMade{},
	ItemTicked{},
	QuestionAnswered{},
	BlockArmed{},
	BlankFilled{},
	BlockEdited{},
	ObjectiveReached{},
	ObjectiveLost{},
	CommandIntended{},
	TargetIdentified{},
	DangerConfirmed{},
	CommandStarted{},
	CommandFinished{},
	OutcomeUnknown{},
	HoldReleased{},
	FactReported{},
	NoteTaken{},
	Corrected{},
	SecretGiven{},
	ClockPaused{},
	ClockResumed{},
	ClockJumped{},
	WarningGiven{},
	WrittenLate{},
	RunRegistered{},
	RunSealed{},
}

// receivers gives the types of a file that have a method.
func receivers(t *testing.T, file, method string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == method {
			name, ok := fn.Recv.List[0].Type.(*ast.Ident)
			if !ok {
				t.Fatalf("%s has a receiver that is no plain type", method)
			}
			out = append(out, name.Name)
		}
	}
	return out
}

func TestKinds_areComplete(t *testing.T) {
	listed := map[string]bool{"Unknown": true}
	names := map[string]bool{}
	for _, e := range kinds {
		listed[reflect.TypeOf(e).Name()] = true
		kind, v := KindOf(e)
		if names[kind] || kind == "" || v < 1 {
			t.Errorf("%T is %q %d", e, kind, v)
		}
		names[kind] = true
		known, read := decoder(kind)
		if read == nil || known != v {
			t.Errorf("%s has version %d, its decoder knows %d", kind, v, known)
		}
	}
	for _, name := range receivers(t, "kind.go", "event") {
		if !listed[name] {
			t.Errorf("%s is an event that the tests don't know", name)
		}
	}
}

// What every event carries must not be hidden by a field of its own.
func TestKinds_haveNoFieldOfTheMeta(t *testing.T) {
	meta := reflect.TypeFor[Meta]()
	for _, e := range kinds {
		for f := range reflect.TypeOf(e).Fields() {
			for m := range meta.Fields() {
				if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); strings.EqualFold(name, strings.Split(m.Tag.Get("json"), ",")[0]) {
					t.Errorf("%T has a field %q", e, name)
				}
			}
		}
	}
}

// anyEvent draws an event of any kind, each field filled or not.
func anyEvent(t *rapid.T) Event {
	e := rapid.SampledFrom(kinds).Draw(t, "kind")
	v := reflect.New(reflect.TypeOf(e)).Elem()
	fill(t, v)
	return eventOf(v)
}

// eventOf is the event that a reflected value holds.
func eventOf(v reflect.Value) Event {
	e, ok := v.Interface().(Event)
	if !ok {
		panic(v.Type().String() + " is no event")
	}
	return e
}

func fill(t *rapid.T, v reflect.Value) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "dc/a/1", "<&>\u2028\"\\"}))
	switch v.Interface().(type) {
	case time.Time:
		if rapid.Bool().Draw(t, "zero time") {
			return
		}
		v.Set(reflect.ValueOf(anyTime(t)))
		return
	case time.Duration:
		v.SetInt(rapid.Int64().Draw(t, "duration"))
		return
	}
	switch v.Kind() { //nolint:exhaustive // a field of another kind fails the test
	case reflect.String:
		v.SetString(text.Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "number"))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		if n := rapid.IntRange(0, 2).Draw(t, "length"); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i))
			}
		}
	case reflect.Map:
		if n := rapid.IntRange(0, 2).Draw(t, "length"); n > 0 {
			v.Set(reflect.ValueOf(rapid.MapOfN(text, text, n, 3).Draw(t, "map")))
		}
	default:
		panic(fmt.Sprintf("a field of kind %s", v.Kind()))
	}
}

func anyTime(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(0, 1<<34).Draw(t, "s"), rapid.Int64Range(0, 999999999).Draw(t, "ns")).UTC()
}

func TestCodec_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		var m Meta
		fill(t, reflect.ValueOf(&m).Elem())
		kind, v, data, err := Encode(m, e)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(data) || bytes.ContainsAny(data, "\n") || data[0] != '{' {
			t.Fatalf("not one line with an object: %s", data)
		}
		m2, e2, err := Decode(kind, v, data)
		if err != nil {
			t.Fatal(err)
		}
		if m2 != m || !reflect.DeepEqual(e2, e) {
			t.Fatalf("got %#v %#v\nwant %#v %#v", m2, e2, m, e)
		}
		_, _, again, err := Encode(m2, e2)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%v: %s\nwas %s", err, again, data)
		}
	})
}

func TestEncode_notInTheSet(t *testing.T) {
	type stranger struct{ RunOpened }
	if _, _, _, err := Encode(Meta{}, stranger{}); err == nil {
		t.Error("an event of no kind was encoded")
	}
	if _, _, _, err := Encode(Meta{}, MomentSet{Moment: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("a year that no reader accepts was encoded")
	}
	if _, _, _, err := Encode(Meta{At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}, ClockResumed{}); err == nil {
		t.Error("a year that no reader accepts was encoded")
	}
}

func TestEncode_isUTCAndReadable(t *testing.T) {
	at := time.Date(2026, 8, 22, 4, 0, 0, 0, time.FixedZone("CEST", 7200))
	_, _, data, err := Encode(Meta{At: at, Actor: "ann"}, NoteTaken{Text: "a < b & c"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"at":"2026-08-22T02:00:00Z","actor":"ann","text":"a < b & c"}`; string(data) != want {
		t.Errorf("got %s\nwant %s", data, want)
	}
	if _, _, data, _ := Encode(Meta{}, ClockResumed{}); string(data) != "{}" {
		t.Errorf("an event without anything is %s", data)
	}
}

func TestDecode_refuses(t *testing.T) {
	for _, c := range []struct {
		kind string
		v    int
		data string
	}{
		{"note_taken", 1, ``},
		{"note_taken", 1, `null`},
		{"note_taken", 1, `[]`},
		{"note_taken", 1, `{`},
		{"note_taken", 1, `{} {}`},
		{"note_taken", 1, `{"text":1}`},
		{"note_taken", 1, `{"at":"yesterday"}`},
		{"note_taken", 0, `{}`},
		{"", 1, `{}`},
		{"teleported", 1, `null`},
		{"teleported", 1, `"x"`},
		{"teleported", -1, `{}`},
	} {
		if _, e, err := Decode(c.kind, c.v, []byte(c.data)); err == nil {
			t.Errorf("%s %d %s gave %#v", c.kind, c.v, c.data, e)
		}
	}
}

func TestDecode_newerKindsAreKept(t *testing.T) {
	data := []byte(`{"at":"2026-08-22T02:00:00Z","actor":"ann","host":{"not":"ours"},"x":1}`)
	for _, c := range []struct {
		kind string
		v    int
	}{{"teleported", 1}, {"note_taken", 2}} {
		m, e, err := Decode(c.kind, c.v, data)
		if err != nil || m.Actor != "ann" {
			t.Fatal(m, err)
		}
		kind, v, out, err := Encode(m, e)
		if err != nil || kind != c.kind || v != c.v || !bytes.Equal(out, data) {
			t.Errorf("%s %d %s %v", kind, v, out, err)
		}
	}
}

// A field that a newer lifeboat added to a known kind is no reason to stop.
func TestDecode_ignoresAddedFields(t *testing.T) {
	_, e, err := Decode("note_taken", 1, []byte(`{"text":"x","mood":"calm"}`))
	if err != nil || e != Event(NoteTaken{Text: "x"}) {
		t.Errorf("%#v %v", e, err)
	}
}

// Every kind has its place in the fold, and in the document of the format.
func TestKinds_areFoldedAndDescribed(t *testing.T) {
	format, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(format), "\n## Events\n")
	if !ok {
		t.Fatal("FORMAT.md has no section Events")
	}
	for _, e := range kinds {
		kind, v := KindOf(e)
		r := NewRun()
		if _, opens := e.(RunOpened); !opens {
			if err := r.Apply(Record{Seq: 1, Kind: "run_opened", Event: RunOpened{}}); err != nil {
				t.Fatal(err)
			}
			if err := r.Apply(Record{Seq: 2, Kind: "command_intended", Event: CommandIntended{Attempt: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		full := reflect.New(reflect.TypeOf(e)).Elem()
		full.Set(reflect.ValueOf(e))
		if f := full.FieldByName("Attempt"); f.IsValid() {
			f.SetInt(map[bool]int64{true: 2, false: 1}[kind == "command_intended"])
		}
		err := r.Apply(Record{Seq: r.Seq + 1, Kind: kind, Event: eventOf(full)})
		station := slices.Contains([]string{"run_registered", "run_sealed"}, kind)
		if (err != nil) != station {
			t.Errorf("%s: %v", kind, err)
		}
		row := describes(section, kind)
		if row == "" {
			t.Errorf("FORMAT.md says nothing about %s", kind)
			continue
		}
		if v != 1 && !strings.Contains(row, fmt.Sprintf("version %d", v)) {
			t.Errorf("FORMAT.md has another version of %s than %d", kind, v)
		}
		for f := range reflect.TypeOf(e).Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); !strings.Contains(row, "`"+name+"`") {
				t.Errorf("FORMAT.md says nothing about %s of %s", name, kind)
			}
		}
	}
}

// describes is the row of a table that begins with a kind.
func describes(section, kind string) string {
	for line := range strings.SplitSeq(section, "\n") {
		if strings.HasPrefix(line, "| `"+kind+"` |") {
			return line
		}
	}
	return ""
}

func TestApply_contradictions(t *testing.T) {
	opened := Record{Seq: 1, Event: RunOpened{}}
	for name, records := range map[string][]Record{
		"a gap":                  {opened, {Seq: 3, Event: ClockResumed{}}},
		"twice the same":         {opened, {Seq: 1, Event: ClockResumed{}}},
		"not opened":             {{Seq: 1, Event: ClockResumed{}}},
		"opened twice":           {opened, {Seq: 2, Event: RunOpened{}}},
		"an attempt left out":    {opened, {Seq: 2, Event: CommandIntended{Attempt: 2}}},
		"started, not intended":  {opened, {Seq: 2, Event: CommandStarted{Attempt: 1}}},
		"finished, not intended": {opened, {Seq: 2, Event: CommandFinished{Attempt: 1}}},
		"lost, not intended":     {opened, {Seq: 2, Event: OutcomeUnknown{Attempt: -1}}},
		"identified by nothing":  {opened, {Seq: 2, Event: TargetIdentified{Attempt: 1}}},
		"of the station":         {opened, {Seq: 2, Event: RunSealed{}}},
		"of no kind":             {opened, {Seq: 2}},
	} {
		_, err := Fold(func(yield func(Record, error) bool) {
			for _, rec := range records {
				if !yield(rec, nil) {
					return
				}
			}
		})
		if err == nil {
			t.Errorf("%s was folded", name)
		}
	}
	broken := errors.New("torn")
	if _, err := Fold(func(yield func(Record, error) bool) { yield(Record{}, broken) }); !errors.Is(err, broken) {
		t.Errorf("a log that can't be read gave %v", err)
	}
}

// A run that a newer lifeboat opened can be read, not walked.
func TestApply_openedByANewerOne(t *testing.T) {
	r := NewRun()
	if err := r.Apply(Record{Seq: 1, Event: Unknown{Kind: "run_opened", V: 2}}); err != nil || r.ReadOnly == "" {
		t.Errorf("%v, read only %q", err, r.ReadOnly)
	}
}

func FuzzDecode(f *testing.F) {
	for _, e := range kinds {
		kind, v, data, err := Encode(Meta{Actor: "ann"}, e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kind, v, data)
	}
	f.Add("teleported", 3, []byte(`{"a":[1,{"b":null}]}`))
	f.Add("note_taken", 1, []byte(`{"TEXT":"\ud800","at":"2026-08-22T02:00:00+05:30"}`))
	f.Fuzz(func(t *testing.T, kind string, v int, data []byte) {
		m, e, err := Decode(kind, v, data)
		if err != nil {
			return
		}
		kind2, v2, data2, err := Encode(m, e)
		if err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
		m2, e2, err := Decode(kind2, v2, data2)
		if err != nil {
			t.Fatalf("what was written can't be read: %v", err)
		}
		_, _, data3, err := Encode(m2, e2)
		if err != nil || kind2 != kind || !bytes.Equal(data2, data3) {
			t.Fatalf("%s %d: %s\nthen %s %v", kind, v, data2, data3, err)
		}
		if m2 != m || reflect.TypeOf(e2) != reflect.TypeOf(e) {
			t.Fatalf("%#v\nthen %#v", e, e2)
		}
	})
}
