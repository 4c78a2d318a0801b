package visit

import "zhunkao/protocol"

// The guardian of a child who is entered at this point (demand S37): nobody has
// consented on the web. The guardian signs a sheet; a clerk at the desk types who
// it is and photographs the sheet (AskGuardian). Nobody is turned away for the
// lack of one: then the county decides.

// toGuardian asks for the guardian of a child, or goes past that.
func (t *turn) toGuardian() {
	if t.Child && !t.Guardian.Whole() {
		t.ask(AskGuardian)
		return
	}
	t.toPhoto()
}

// consented takes the guardian's word.
func (t *turn) consented(e Allowed) {
	t.Guardian, t.Consent, t.Alone = e.Guardian, e.Copies[0], false
	t.For = AskNone
	t.toPhoto()
}

// guards reports whether the staff's word brings a guardian just when one is
// asked for: who it is, and one picture of the sheet that it is bound to.
func (e Allowed) guards() bool {
	if e.Ask != AskGuardian {
		return e.Guardian == (protocol.Guardian{})
	}
	return e.Guardian.Whole() && len(e.Copies) == 1 && protocol.HashOf(e.Copies[0]) == e.Guardian.Sheet
}
