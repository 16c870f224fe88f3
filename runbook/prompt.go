package runbook

// A Prompt is something that only a person can say, asked while an intent is
// carried out.
type Prompt struct {
	Kind  PromptKind
	Item  Ref
	Text  string   // the question, one line
	Lines []string // what to look at before answering; made harmless by whoever shows it
	More  int      // further lines that are not in Lines
	Want  string   // the answer must be exactly this; "": any
	Name  string   // of the secret, the placeholder, the variable
}

// PromptKind says what is asked for.
type PromptKind string

// The kinds of prompts.
const (
	AskSecret  PromptKind = "secret"  // a value that is not echoed
	AskTarget  PromptKind = "target"  // type where the command will act
	AskCount   PromptKind = "count"   // type how many things it will touch
	AskLook    PromptKind = "look"    // one more look, in the first minutes of a live walk
	AskWitness PromptKind = "witness" // the name of a second person, or "alone"
	AskReason  PromptKind = "reason"  // why
	AskBlank   PromptKind = "blank"   // the text of a placeholder
	AskValue   PromptKind = "value"   // a variable that must be set
)

// A Reply is the answer. Value holds what a secret prompt was given; Text is
// empty then.
type Reply struct {
	Text  string
	Value Secret
}
