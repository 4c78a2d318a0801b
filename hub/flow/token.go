package flow

import "zhunkao/hub/confirmation"

// Token is the queue token (排队号) that a record came with: who was in the queue
// when the window closed is still served (design §2, "Time").
type Token struct {
	Hash   string // by which it is used up; "" if none came
	Why    string // one of the Note… values: why it is not believed; "" if it is
	Serves bool   // when it was drawn, the window was open or may have been
}

// believed reports whether a token came that is what it says.
func (t Token) believed() bool { return t.Hash != "" && t.Why == "" }

// queued shows what became of it.
func queued(s *Step, f Facts) {
	switch {
	case f.Token.Hash == "":
	case f.Token.Why != "":
		s.check(confirmation.CheckToken, confirmation.Warn, f.Token.Why)
	case !f.Token.Serves:
		s.check(confirmation.CheckToken, confirmation.Warn, confirmation.NoteTokenOutside)
	default:
		s.check(confirmation.CheckToken, confirmation.Pass, "")
	}
}
