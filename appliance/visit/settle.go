package visit

import (
	"slices"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// The differences between application and chip that ask for a decision, one by
// one. A field that the campaign names may be taken over from the chip; every
// other, the name above all, is left for the clerk, whom the record tells.

// Asked are the differences that ask for a decision, in the order of the screen.
func (s State) Asked() []form.Difference {
	var out []form.Difference
	for _, d := range s.Differences {
		if d.Grade == form.GradeAsk {
			out = append(out, d)
		}
	}
	return out
}

// MaySettle: the campaign lets her take over what the chip says.
func (s State) MaySettle(field string) bool {
	return field != form.FullName && field != form.DocumentNumber && slices.Contains(s.Found.Campaign.Policy.Settle, field)
}

// Decided gives the decision about a field, "" if there is none yet.
func (s State) Decided(field string) string {
	for _, d := range s.Settled {
		if d.Field == field {
			return d.Decision
		}
	}
	return ""
}

// ForClerk counts the differences that are left for the clerk.
func (s State) ForClerk() int {
	n := 0
	for _, d := range s.Settled {
		if d.Decision != protocol.SettledChip {
			n++
		}
	}
	return n
}

// Signing is the application as she will sign it: as found, or a version on
// with what she took over from the chip.
func (s State) Signing() form.Application {
	app := s.Found.Application
	edited := false
	for _, d := range s.Asked() {
		if s.Decided(d.Field) != protocol.SettledChip {
			continue
		}
		if !edited {
			app = app.Clone()
			app.Version++
			edited = true
		}
		app.Fields[d.Field] = d.Chip
		if d.Field == form.FullName { // the staff's word; a chip may bear old codes
			app.Fields[d.Field] = identity.NormalizeName(d.Chip).Reveal()
		}
	}
	return app
}

// settled: every difference that asks has its decision.
func (s State) settled() bool {
	for _, d := range s.Asked() {
		if s.Decided(d.Field) == "" {
			return false
		}
	}
	return true
}

// decide takes a decision down without touching the slice of the state before.
func (t *turn) decide(field, decision string) {
	out := make([]protocol.Settlement, 0, len(t.Settled)+1)
	for _, d := range t.Settled {
		if d.Field != field {
			out = append(out, d)
		}
	}
	t.Settled = append(out, protocol.Settlement{Field: field, Decision: decision})
}

// toSettle goes on to the first difference, or past them.
func (t *turn) toSettle() {
	if len(t.Asked()) == 0 {
		t.toCopies()
		return
	}
	t.Asking = 1
	t.enter(PhaseSettle)
}

func (t *turn) settle(e Event) {
	p, ok := e.(Pressed)
	if !ok {
		return
	}
	asked := t.Asked()
	d := asked[t.Asking-1]
	may := t.MaySettle(d.Field)
	switch {
	case p.Button == ButtonUseCard && may:
		t.decide(d.Field, protocol.SettledChip)
	case p.Button == ButtonKeep && may:
		t.decide(d.Field, protocol.SettledKept)
	case p.Button == ButtonGoOn && !may:
		t.decide(d.Field, protocol.SettledClerk)
	case p.Button == ButtonAskStaff && !may:
		t.ask(AskDifference)
		return
	case p.Button == ButtonBack:
		if t.Asking > 1 {
			t.Asking--
			t.enter(PhaseSettle)
			return
		}
		t.enter(PhaseFound)
		return
	case p.Button == ButtonWrong:
		t.explain(ExplainWrong)
		return
	default:
		return
	}
	t.afterSettling()
}
