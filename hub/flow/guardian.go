package flow

import "zhunkao/hub/confirmation"

// Guardian is what a record says of the consent of a child's guardian (demand
// S37): asked for of a child who came into being at the point, for nobody
// consented on the web.
type Guardian struct {
	Asked bool // she is a child, by the law, and was entered there
	Given bool // it names a guardian
	Sheet bool // … and brings the picture of the sheet that it is bound to
	Text  bool // … which had the campaign's text
}

// guarded judges it. It never refuses: a child whom nobody consented for, and whom
// the hub did not know, waits for the county, and the sheet is not hers to mend.
func guarded(s *Step, f Facts) {
	note, g := "", f.Guardian
	switch {
	case g.Given && !g.Sheet:
		note = confirmation.NoteGuardianSheet
	case g.Given && !g.Text:
		note = confirmation.NoteGuardianText
	case g.Given:
		s.check(confirmation.CheckGuardian, confirmation.Pass, "")
		return
	case g.Asked && !f.Known:
		note = confirmation.NoteGuardianNone
	default:
		return
	}
	s.check(confirmation.CheckGuardian, confirmation.Warn, note)
	if g.Asked && !f.Known {
		s.doubt(confirmation.Disputed, note)
	}
}
