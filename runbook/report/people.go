package report

import (
	"slices"

	"lifeboat/runbook"
)

// people gathers everybody whom the log names, in the order of their first
// record, with what they were and what they did.
func (b *builder) people() {
	g := gathering{at: map[string]int{}}
	var offer *Handover
	for _, rec := range b.Records {
		g.person(rec.Actor).Records++
		g.as(rec.Actor, rec.Role)
		switch e := rec.Event.(type) {
		case runbook.RunOpened:
			g.as(rec.Actor, "operator")
		case runbook.RoleTaken:
			b.rep.Roles = append(b.rep.Roles, RoleHeld{rec.Seq, utc(rec.When()), e.Name, e.Person})
			g.as(e.Person, e.Name)
		case runbook.StepFinished:
			g.person(rec.Actor).Steps++
			g.as(e.Person, "second person")
		case runbook.StepSkipped:
			g.person(rec.Actor).Steps++
			g.as(e.Person, "second person")
		case runbook.CommandIntended:
			g.person(rec.Actor).Commands++
		case runbook.CommandPassed:
			b.rep.Handovers = append(b.rep.Handovers, Handover{
				Seq: rec.Seq, Offered: utc(rec.When()), From: e.From, To: e.To, Summary: e.Summary,
			})
			offer = &b.rep.Handovers[len(b.rep.Handovers)-1]
		case runbook.CommandAccepted:
			g.as(e.To, "operator")
			if offer == nil {
				b.rep.Handovers = append(b.rep.Handovers, Handover{Seq: rec.Seq, Offered: utc(rec.When()), From: e.From, Summary: e.Summary})
				offer = &b.rep.Handovers[len(b.rep.Handovers)-1]
			}
			offer.To, offer.Accepted, offer = e.To, utc(rec.When()), nil
		case runbook.SignedOff:
			b.rep.Signatures = append(b.rep.Signatures, b.signature(rec, e))
			g.as(e.Person, "signer")
		}
	}
	b.rep.People = g.list
}

// signature finds the record whose hash was signed.
func (b *builder) signature(rec runbook.Record, e runbook.SignedOff) Signature {
	s := Signature{Seq: rec.Seq, At: utc(rec.When()), Person: e.Person, As: e.As, Text: e.Text, Head: e.Head}
	i := slices.IndexFunc(b.Records, func(r runbook.Record) bool {
		return e.Head != "" && r.Hash == e.Head
	})
	if i >= 0 {
		s.Covers = b.Records[i].Seq
	}
	return s
}

// A gathering is a list of people that remembers where each stands. Nobody has
// no name: what was written without one is counted for nobody.
type gathering struct {
	list []Person
	at   map[string]int
	none Person
}

func (g *gathering) person(name string) *Person {
	if name == "" {
		return &g.none
	}
	i, ok := g.at[name]
	if !ok {
		i = len(g.list)
		g.at[name] = i
		g.list = append(g.list, Person{Name: name})
	}
	return &g.list[i]
}

func (g *gathering) as(name, role string) {
	p := g.person(name)
	if role != "" && !slices.Contains(p.As, role) {
		p.As = append(p.As, role)
	}
}
