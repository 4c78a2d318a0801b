package flow

import (
	"context"
	"errors"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/staff"
)

// Papers is what a record says of papers that a clerk saw instead of a chip.
type Papers struct {
	Shown    bool // it tells of papers
	Typed    bool // what stands for the chip was typed from papers
	Beside   bool // they are copies beside a chip that was read
	Reviewed bool // an office reviews cards of this kind, by the campaign's table
	Copies   int  // pictures of them that it tells of
	Readable int  // of these, those that are there and are pictures, by their header
}

// Overrides is what a record says of what the staff let pass.
type Overrides struct {
	Count  int
	Beside int // of these, those that the campaign's table of acts does not give to so many persons of the point, with a reason

	// Of these, those to which somebody said yes who does not work at the point, or no
	// head of it where two did.
	Strangers int
}

// Clerk is what a record says of who attended it at the desk.
type Clerk struct {
	Named    bool
	Stranger bool // that account does not work at the point
}

// Attended finds out, by the staff of a point as it was then, whether who attended a
// visit there, and who let something pass, works there: what WorksAt and Assents
// judge of acts. strangers counts the overrides of which one does not.
func (f *Flow) Attended(ctx context.Context, tx *db.Tx, point string, clerk *confirmation.Assent, all []confirmation.Override) (c Clerk, strangers int, err error) {
	if clerk != nil {
		c.Named = true
		switch err := f.WorksAt(ctx, tx, point, clerk.Account, clerk.At); {
		case errors.Is(err, ErrAssent):
			c.Stranger = true
		case err != nil:
			return c, 0, err
		}
	}
	for _, o := range all {
		switch err := f.passes(ctx, tx, point, o.Assents); {
		case errors.Is(err, ErrAssent):
			strangers++
		case err != nil:
			return c, 0, err
		}
	}
	return c, strangers, nil
}

// passes judges the persons of one override. Of two, either may be the head.
func (f *Flow) passes(ctx context.Context, tx *db.Tx, point string, by []confirmation.Assent) error {
	switch len(by) {
	case 1:
		return f.WorksAt(ctx, tx, point, by[0].Account, by[0].At)
	case 2:
		one, two := by[0], by[1]
		if one.Role == assentHead && two.Role != assentHead {
			one, two = two, one
		}
		return f.Assents(ctx, tx, point, staff.Word{Account: one.Account, At: one.At}, staff.Word{Account: two.Account, At: two.At})
	}
	return ErrAssent
}

// assentHead is the wire's word for the role of a head in an assent.
const assentHead = "head"

// attending says whether who attended works at the point. It never refuses, as
// overrides does not: the city, which reads the papers, and the county see it.
func attending(s *Step, f Facts) {
	switch {
	case f.Clerk.Stranger:
		s.check(confirmation.CheckClerk, confirmation.Fail, confirmation.NoteStranger)
	case f.Clerk.Named:
		s.check(confirmation.CheckClerk, confirmation.Pass, "")
	}
}

// proven judges what shows who she is: a chip, or papers with their copies, never
// both and never neither; copies beside a chip say that they are. No honest box
// seals anything else. A card that an office reviews comes without copies from a
// box that does not ask for them: it waits for that office all the same.
func proven(s *Step, f Facts) {
	p := f.Papers
	switch {
	case (p.Shown && !p.Beside) != p.Typed, p.Typed && (f.ChipWhole || f.PortraitWhole):
		s.refuse(confirmation.CheckPapers, RefuseContent, confirmation.NotePapersUnsaid)
	case p.Shown && (p.Copies == 0 || p.Readable != p.Copies):
		s.refuse(confirmation.CheckPapers, RefuseContent, confirmation.NoteMissing)
	case p.Typed && p.Reviewed:
		s.check(confirmation.CheckPapers, confirmation.Pass, confirmation.NotePapersReviewed)
	case p.Typed:
		s.check(confirmation.CheckPapers, confirmation.Pass, "")
	case !f.ChipWhole:
		s.refuse(confirmation.CheckChip, RefuseContent, confirmation.NoteMissing)
	default:
		s.check(confirmation.CheckChip, confirmation.Pass, "")
		carded(s, p)
	}
}

// carded says of a card that was read whether an office has to look at it.
func carded(s *Step, p Papers) {
	switch {
	case p.Shown:
		s.check(confirmation.CheckPapers, confirmation.Pass, confirmation.NoteCardReviewed)
	case p.Reviewed:
		s.check(confirmation.CheckPapers, confirmation.Warn, confirmation.NoteCardUncopied)
	}
}

// overrides says whether the staff let pass what they may. It never refuses: she
// signed, and what a clerk did wrong is not hers.
func overrides(s *Step, f Facts) {
	switch o := f.Overrides; {
	case o.Beside > 0:
		s.check(confirmation.CheckOverrides, confirmation.Fail, confirmation.NoteOverrideBeside)
	case o.Strangers > 0:
		s.check(confirmation.CheckOverrides, confirmation.Fail, confirmation.NoteStranger)
	case o.Count > 0:
		s.check(confirmation.CheckOverrides, confirmation.Warn, confirmation.NoteOverride)
	}
}
