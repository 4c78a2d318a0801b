package confirmation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
)

func side(id, point string, state confirmation.State, why string) confirmation.Record {
	return confirmation.Record{ID: id, Application: "a", Campaign: "c", Point: point, Division: point[:6], State: state, StateReason: why}
}

// TestCase: who decides what, what may be chosen, and what follows.
func TestCase(t *testing.T) {
	const in, dis, pend, over, void = confirmation.InForce, confirmation.Disputed, confirmation.TimePending, confirmation.Overruled, confirmation.Voided
	for name, c := range map[string]struct {
		sides   []confirmation.Record
		at      string // division of the newest version
		waits   bool
		none    bool // none may be kept
		decider string
		act     string
	}{
		"one in force":               {[]confirmation.Record{side("1", "43010201", in, "")}, "430102", false, false, "430102", confirmation.ActDecideUndecidable},
		"twice at one point":         {[]confirmation.Record{side("1", "43010201", dis, confirmation.NoteTwice), side("2", "43010201", dis, confirmation.NoteTwice)}, "430102", true, false, "430102", confirmation.ActDecideTwice},
		"twice in two counties":      {[]confirmation.Record{side("1", "43010201", dis, confirmation.NoteTwiceOther), side("2", "43010301", dis, confirmation.NoteTwiceOther)}, "430102", true, false, "430100", confirmation.ActDecideTwice},
		"twice in two cities":        {[]confirmation.Record{side("1", "43010201", dis, confirmation.NoteTwiceOther), side("2", "43030201", dis, confirmation.NoteTwiceOther)}, "430102", true, false, "430000", confirmation.ActDecideTwice},
		"moved to another county":    {[]confirmation.Record{side("1", "43010201", dis, confirmation.NotePointMoved)}, "430103", true, true, "430100", confirmation.ActDecideTwice},
		"a time":                     {[]confirmation.Record{side("1", "43010201", pend, confirmation.NotePending)}, "430102", true, true, "430102", confirmation.ActDecideUndecidable},
		"a third beside one kept":    {[]confirmation.Record{side("1", "43010201", in, confirmation.NoteChosen), side("2", "43010201", over, ""), side("3", "43010201", dis, confirmation.NoteTwice)}, "430102", true, false, "430102", confirmation.ActDecideTwice},
		"what was voided is no side": {[]confirmation.Record{side("1", "43030201", void, ""), side("2", "43010201", dis, confirmation.NoteReopened)}, "430102", true, true, "430102", confirmation.ActDecideTwice},
	} {
		of := confirmation.CaseOf(c.sides)
		of.Division = c.at
		if of.Waits() != c.waits || of.MayRefuse() != c.none || of.Decider() != c.decider || of.Act() != c.act {
			t.Errorf("%s: waits %v, none %v, by %s, act %s", name, of.Waits(), of.MayRefuse(), of.Decider(), of.Act())
		}
		if _, err := of.Decide(""); (err == nil) != (c.waits && c.none) {
			t.Errorf("%s: keeping none: %v", name, err)
		}
		if _, err := of.Decide("another"); !errors.Is(err, confirmation.ErrChoice) {
			t.Errorf("%s: keeping what is no side: %v", name, err)
		}
		if !c.waits {
			continue
		}
		changes, err := of.Decide(of.Sides[0].ID)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		last := changes[len(changes)-1]
		if len(changes) != len(of.Sides) || last.To != in || last.Record.ID != of.Sides[0].ID {
			t.Errorf("%s: the one that is kept is not the last of %d: %+v", name, len(changes), last)
		}
		if slices.ContainsFunc(changes[:len(changes)-1], func(x confirmation.Change) bool { return x.To != over }) {
			t.Errorf("%s: another one counts", name)
		}
		seen := of.Seen()
		of.Version++
		if of.Seen() == seen {
			t.Errorf("%s: another version is the same case", name)
		}
	}
}

// TestAlone: by its own checks, as if the other had never come.
func TestAlone(t *testing.T) {
	check := func(name, note string) confirmation.Record {
		return confirmation.Record{Checks: []confirmation.Check{{By: confirmation.ByBox, Name: confirmation.CheckPoint, Result: confirmation.Warn, Note: "the box's own"},
			{By: confirmation.ByHub, Name: confirmation.CheckOnce, Result: confirmation.Warn, Note: confirmation.NoteTwice}, {By: confirmation.ByHub, Name: name, Result: confirmation.Warn, Note: note}}}
	}
	for want, r := range map[confirmation.State]confirmation.Record{
		confirmation.InForce:     check(confirmation.CheckVersion, confirmation.NoteSuperseded),
		confirmation.TimePending: check(confirmation.CheckWindow, confirmation.NotePending),
		confirmation.Disputed:    check(confirmation.CheckPoint, confirmation.NotePointMoved),
	} {
		if got, note := r.Alone(); got != want || got == confirmation.Disputed && note != confirmation.NotePointMoved {
			t.Errorf("%s (%s), want %s", got, note, want)
		}
	}
	if got, _ := check(confirmation.CheckBox, confirmation.NoteRevoked).Alone(); got != confirmation.Disputed {
		t.Errorf("of a box that was shut out: %s", got)
	}
	if got, _ := check(confirmation.CheckRegister, confirmation.NoteRegister).Alone(); got != confirmation.TimePending {
		t.Errorf("entered when registration was closed: %s", got)
	}
	entered := check(confirmation.CheckForm, confirmation.NoteIncomplete)
	if got, _ := entered.Alone(); got != confirmation.InForce {
		t.Errorf("registered, and not complete: %s", got)
	}
	entered.Checks = append(entered.Checks, confirmation.Check{By: confirmation.ByHub, Name: confirmation.CheckVersion, Result: confirmation.Pass, Note: confirmation.NoteEntered})
	if got, note := entered.Alone(); got != confirmation.Disputed || note != confirmation.NoteIncomplete {
		t.Errorf("entered, and not complete: %s (%s)", got, note)
	}
	if got, _ := check(confirmation.CheckBox, confirmation.NoteFrozen).Alone(); got != confirmation.InForce {
		t.Errorf("of a frozen box: %s", got)
	}
}

// TestReaches: the same civil day at UTC+8, as far as both can tell.
func TestReaches(t *testing.T) {
	at := func(day, hour int) int64 {
		return time.Date(2019, 9, day, hour, 30, 0, 0, time.FixedZone("", 8*3600)).UnixMilli()
	}
	made := func(from, to int64) confirmation.Record {
		r := side("r", "43010201", confirmation.InForce, "")
		r.Time = confirmation.Time{Earliest: from, Latest: to}
		return r
	}
	for name, c := range map[string]struct {
		r        confirmation.Record
		from, to int64
		want     error
	}{
		"an hour later":                        {made(at(6, 10), at(6, 10)), at(6, 11), at(6, 11), nil},
		"after midnight":                       {made(at(6, 23), at(6, 23)), at(7, 0), at(7, 0), confirmation.ErrOtherDay},
		"a day before":                         {made(at(6, 10), at(6, 10)), at(5, 10), at(5, 10), confirmation.ErrOtherDay},
		"nobody knows how late it is":          {made(at(6, 10), at(6, 10)), at(5, 10), 0, nil},
		"the confirmation's end is not known":  {made(at(6, 10), 0), at(9, 10), at(9, 10), nil},
		"before the least of the confirmation": {made(at(6, 10), 0), at(5, 10), at(5, 10), confirmation.ErrOtherDay},
		"an interval that touches the day":     {made(at(6, 10), at(6, 10)), at(5, 23), at(6, 1), nil},
	} {
		v := confirmation.Void{Record: "r", Application: "a", Point: "43010201", Sealed: confirmation.Time{Earliest: c.from, Latest: c.to}}
		if err := v.Reaches(c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		v.Point = "43010202"
		if err := v.Reaches(c.r); !errors.Is(err, confirmation.ErrOtherPoint) {
			t.Errorf("%s, at another point: %v", name, err)
		}
	}
}
