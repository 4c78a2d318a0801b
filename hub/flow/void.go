package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
)

// The acts of a campaign's table by which a confirmation is taken back.
const (
	ActVoidSameDay = "void-same-day" // by clerk and head of the point, at its desk
	ActVoidLater   = "void-later"    // by the county
)

// ErrAssent says that those two may not take a confirmation back together.
var ErrAssent = errors.New("flow: clerk and head of the point must both assent")

// Assents judges whether two accounts may take a confirmation of a point back
// together, by the staff of that point as it was when each said yes: the first is
// of the point, the second heads it, and they are surely two persons. ErrAssent.
func (f *Flow) Assents(ctx context.Context, tx *db.Tx, point string, clerk, head staff.Word) error {
	for i, said := range []staff.Word{clerk, head} {
		role, err := f.worker(ctx, tx, point, said.Account, said.At)
		if err != nil {
			return err
		}
		if i == 1 && role != staff.PointHead {
			return ErrAssent
		}
	}
	_, apart, err := staff.Apart(ctx, tx, clerk, head)
	if err != nil {
		return fmt.Errorf("flow: assents: %w", err)
	}
	if !apart {
		return ErrAssent
	}
	return nil
}

// TakeVoid takes a void that a box sealed, after Assents. Its confirmation may
// not have come: then it waits, and the confirmation is taken back as it comes.
// What the void cannot reach changes nothing: confirmation.ErrOtherPoint,
// confirmation.ErrOtherDay.
func (f *Flow) TakeVoid(ctx context.Context, tx *db.Tx, v confirmation.Void, box string) error {
	r, err := confirmation.Get(ctx, tx, v.Record)
	if errors.Is(err, confirmation.ErrNotFound) {
		v.State = confirmation.VoidWaiting
		if err := f.Candidates.Meets(ctx, tx, v.Application); err != nil { // its confirmation, which writes there too
			return err
		}
		return confirmation.AddVoid(ctx, tx, v)
	}
	if err != nil {
		return fmt.Errorf("flow: void: %w", err)
	}
	if err := v.Reaches(r); err != nil {
		return err
	}
	return f.takeBack(ctx, tx, r, v, Box(box))
}

// VoidLater takes a confirmation back by the county's word: asked is who asked,
// by who does it. That two persons do is judged before, by the table of acts.
// ErrReason, ErrDecider; confirmation.ErrChanged when it does not stand.
func (f *Flow) VoidLater(ctx context.Context, tx *db.Tx, r confirmation.Record, code, reason, other string, who staff.Account, by By) error {
	if reason = strings.TrimSpace(reason); reason == "" || code == "" {
		return ErrReason
	}
	if who.Point != "" || !org.Covers(who.Division, r.Division) {
		return ErrDecider
	}
	if !r.State.Stands() && r.State != confirmation.Overruled {
		return confirmation.ErrChanged
	}
	v := confirmation.Void{ID: rulingID(), Record: r.ID, Application: r.Application, Campaign: r.Campaign, Point: r.Point, Division: r.Division,
		Reason: code, Clerk: by.Author.ID, Head: other, At: f.Now().UnixMilli()}
	return f.takeBackFor(ctx, tx, r, v, reason, by)
}

func (f *Flow) takeBack(ctx context.Context, tx *db.Tx, r confirmation.Record, v confirmation.Void, by By) error {
	return f.takeBackFor(ctx, tx, r, v, v.Reason, by)
}

// takeBackFor takes a confirmation back, once: what was taken back before is
// only noted. What stood beside it comes to stand as if it had always been alone, and
// whose place it took has it again.
func (f *Flow) takeBackFor(ctx context.Context, tx *db.Tx, r confirmation.Record, v confirmation.Void, reason string, by By) error {
	if r.State == confirmation.Voided {
		v.State = confirmation.VoidIdle
		return confirmation.AddVoid(ctx, tx, v)
	}
	v.State = confirmation.VoidDone
	if err := confirmation.AddVoid(ctx, tx, v); err != nil {
		return err
	}
	if err := confirmation.SetState(ctx, tx, r.ID, r.State, confirmation.Voided, confirmation.NoteVoided); err != nil {
		return err
	}
	left, err := f.leftBy(ctx, tx, r)
	if err != nil {
		return err
	}
	if err := left.restore(ctx, tx, r); err != nil {
		return err
	}
	if err := f.voided(ctx, tx, r, v, reason, left.stands, by); err != nil {
		return err
	}
	return left.settle(ctx, tx, f, r)
}

// voided journals that a record was taken back.
func (f *Flow) voided(ctx context.Context, tx *db.Tx, r confirmation.Record, v confirmation.Void, reason string, stands bool, by By) error {
	detail := map[string]string{detailApplication: r.Application, journal.DetailStood: string(r.State), "void": v.ID, "code": v.Reason,
		"clerk": v.Clerk, "head": v.Head, "copies": strconv.Itoa(v.Copies), "taken-back": strconv.Itoa(v.TakenBack)}
	if stands {
		detail["left"] = "stands"
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ConfirmationVoided, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: detail})
}

// remains is what a confirmation that is taken back leaves behind.
type remains struct {
	all    []confirmation.Record // of the application
	sides  []confirmation.Record // that stand
	opened []confirmation.Record // overruled in its favour: to be decided anew
	place  *confirmation.Record  // whose papers were sent back, and whose place it took: see restore
	stands bool                  // one counts, or may come to count
}

// restore gives the place back that a confirmation took which is taken back: she
// signed the one before it too, the city had only asked for better papers, and
// nobody took that one back. It stands as it stood, with its papers sent back. A
// refusal is no void: there the city has judged who she is, by the better papers.
func (l *remains) restore(ctx context.Context, tx *db.Tx, gone confirmation.Record) error {
	if gone.State == confirmation.Overruled && gone.StateReason == confirmation.NoteReplaced {
		return confirmation.PassPlace(ctx, tx, gone.Application, gone.ID)
	}
	if l.stands || !gone.State.Stands() {
		return nil
	}
	p, by, err := confirmation.LastReplaced(ctx, tx, gone.Application)
	if errors.Is(err, confirmation.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// What the county said of the one that took the place it said of this one too.
	rulings, ended, err := rulingsOf(ctx, tx, gone.Application, l.all)
	if err != nil {
		return err
	}
	if ruling, is := about(rulings, by); !is || ended[ruling.Kept] {
		l.place, l.stands = &p, true
	}
	return nil
}

func (f *Flow) leftBy(ctx context.Context, tx *db.Tx, r confirmation.Record) (out remains, err error) {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: r.Application, Limit: 500})
	if err != nil {
		return out, fmt.Errorf("flow: void: %w", err)
	}
	out.all, out.sides = all, confirmation.CaseOf(all).Sides
	if len(out.sides) == 0 && r.State.Stands() {
		if out.opened, err = reopened(ctx, tx, r.Application, all); err != nil {
			return out, err
		}
	}
	out.stands = len(out.sides)+len(out.opened) > 0
	return out, nil
}

// reopened are the records that the county set aside in favour of one that is taken
// back or refused by now: nothing of what it decided about them is left. What it set
// aside in nobody's favour stays so.
func reopened(ctx context.Context, tx *db.Tx, application string, all []confirmation.Record) (out []confirmation.Record, err error) {
	rulings, ended, err := rulingsOf(ctx, tx, application, all)
	for _, x := range all {
		if x.State != confirmation.Overruled || x.StateReason != confirmation.NoteNotChosen {
			continue
		}
		if ruling, is := about(rulings, x.ID); is && ended[ruling.Kept] {
			out = append(out, x)
		}
	}
	return out, err
}

// rulingsOf gives what the county said of an application, newest first, and which of its
// records are taken back or refused.
func rulingsOf(ctx context.Context, tx *db.Tx, application string, all []confirmation.Record) ([]confirmation.Ruling, map[string]bool, error) {
	ended := map[string]bool{}
	for _, x := range all {
		ended[x.ID] = x.State == confirmation.Voided || x.State == confirmation.Refused
	}
	rulings, err := confirmation.Rulings(ctx, tx, application, "", 500)
	return rulings, ended, err
}

// about gives the newest ruling about a record.
func about(rulings []confirmation.Ruling, record string) (confirmation.Ruling, bool) {
	i := slices.IndexFunc(rulings, func(r confirmation.Ruling) bool { return r.About(record) })
	if i < 0 {
		return confirmation.Ruling{}, false
	}
	return rulings[i], true
}

// settle brings what is left to where it would stand without the one that was
// taken back.
func (l remains) settle(ctx context.Context, tx *db.Tx, f *Flow, gone confirmation.Record) error {
	c := confirmation.Case{Application: gone.Application, Campaign: gone.Campaign}
	move := func(r confirmation.Record, to confirmation.State, note string) error {
		if to == r.State && note == r.StateReason {
			return nil
		}
		detail := map[string]string{"beside": gone.ID}
		if err := f.change(ctx, tx, confirmation.Change{Record: r, To: to, Reason: note}, note, detail, c, Hub()); err != nil {
			return err
		}
		return nil
	}
	for _, r := range l.opened {
		if err := move(r, confirmation.Disputed, confirmation.NoteReopened); err != nil {
			return err
		}
	}
	switch {
	case l.place != nil:
		return move(*l.place, confirmation.InForce, confirmation.NoteLeftAlone)
	case !l.stands:
		if _, err := f.Candidates.Unconfirm(ctx, tx, gone.Application); err != nil {
			return fmt.Errorf("flow: void: %w", err)
		}
		return f.leaveApart(ctx, tx, gone.Application, Hub())
	case len(l.opened) == 0 && len(l.sides) == 1 && twice(l.sides[0]):
		state, note := l.sides[0].Alone()
		if row, err := f.Candidates.Row(ctx, tx, gone.Application); err != nil {
			return fmt.Errorf("flow: void: %w", err)
		} else if row.Apart {
			state, note = confirmation.Disputed, confirmation.NoteOtherPerson
		}
		if note == "" {
			note = confirmation.NoteLeftAlone
		}
		return move(l.sides[0], state, note)
	}
	return nil
}

// twice reports whether a record waits only because another stood beside it.
func twice(r confirmation.Record) bool {
	return r.State == confirmation.Disputed && (r.StateReason == confirmation.NoteTwice || r.StateReason == confirmation.NoteTwiceOther)
}
