package confirmation

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/org"
)

var (
	// ErrChoice says that a case cannot be decided so: the record is none of its
	// sides, or one of them must be kept.
	ErrChoice = errors.New("confirmation: the case cannot be decided so")
	// ErrChanged says that the case is not as it was when somebody read it:
	// show it again and ask again (P6).
	ErrChanged = errors.New("confirmation: the case was changed meanwhile")
)

// The acts of a campaign's table by which a case is decided.
const (
	ActDecideTwice       = "decide-twice"       // records that stand beside each other, or beside another point
	ActDecideUndecidable = "decide-undecidable" // one whose time is to be judged
)

// Case is what one decision is about (待裁): every record of an application that
// waits, the one in force beside them if there is one, and the version that
// stands at the hub. It is a value: nothing here is read or written.
type Case struct {
	Application string
	Campaign    string
	Sides       []Record // oldest first
	Version     uint32   // newest at the hub
	Point       string   // that it names
	Division    string   // of that point
	Beside      Beside   // of an application that stands apart: whose number it is
}

// Beside is the application that is found by the number of one that stands apart.
type Beside struct {
	Application string // "": nobody's is
	Version     uint32
	Division    string
}

// CaseOf takes the sides out of all records of an application, in any order.
func CaseOf(all []Record) Case {
	var c Case
	for _, r := range all {
		if r.State.Stands() {
			c.Application, c.Campaign = r.Application, r.Campaign
			c.Sides = append(c.Sides, r)
		}
	}
	slices.SortFunc(c.Sides, func(a, b Record) int {
		if a.Committed != b.Committed {
			return int(min(max(a.Committed-b.Committed, -1), 1))
		}
		return strings.Compare(a.ID, b.ID)
	})
	return c
}

// Apart reports whether the number of these records is somebody else's, as far as is
// known: see Beside.
func (c Case) Apart() bool {
	return slices.ContainsFunc(c.Sides, func(r Record) bool { return r.StateReason == NoteOtherPerson })
}

// Waits reports whether there is something to decide.
func (c Case) Waits() bool {
	return slices.ContainsFunc(c.Sides, func(r Record) bool { return r.State.Waits() })
}

// Act is the act, in the campaign's table, by which the case is decided.
func (c Case) Act() string {
	for _, r := range c.Sides {
		if r.State == Disputed {
			return ActDecideTwice
		}
	}
	return ActDecideUndecidable
}

// MayRefuse reports whether the county may keep none, so that what stands at the
// portal counts and she confirms again: where a later version names another
// point, where she confirmed where she does not belong, where a time is to be
// judged, where what was entered at the point breaks a rule, where the number is somebody else's, where the box was shut out, and where the one that was kept before was
// taken back. Two confirmations of the same are no such case: to take a sound one back is a
// void, which two persons do.
func (c Case) MayRefuse() bool {
	for _, r := range c.Sides {
		switch {
		case r.State == TimePending, r.StateReason == NotePointMoved, r.StateReason == NoteOtherPoint, r.StateReason == NoteReopened,
			r.StateReason == NoteRevoked, r.StateReason == NoteIncomplete, r.StateReason == NoteOtherPerson:
			return true
		}
	}
	return false
}

// Decider is the division whose office decides: the county, when every side and
// the point that the newest version names lie in one; else the nearest office
// above them all, because no office decides over what lies outside its remit.
func (c Case) Decider() string {
	at := c.Division
	for _, r := range c.Sides {
		if at == "" {
			at = r.Division
		}
		for at != "" && !org.Covers(at, r.Division) {
			at = org.Above(at)
		}
	}
	for at != "" && c.Beside.Division != "" && !org.Covers(at, c.Beside.Division) {
		at = org.Above(at)
	}
	return at
}

// Seen names the case as somebody read it; a record that came meanwhile, or
// another version, makes it another.
func (c Case) Seen() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %d\n", c.Application, c.Version) // a hash never fails
	for _, r := range c.Sides {
		_, _ = fmt.Fprintf(h, "%s %s\n", r.ID, r.State)
	}
	if b := c.Beside; b.Application != "" {
		_, _ = fmt.Fprintf(h, "%s %d\n", b.Application, b.Version)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Change is how one record comes to stand.
type Change struct {
	Record Record // as it stood
	To     State
	Reason string // one of the Note… values
}

// Decide says what becomes of every side when keep is kept, or none of them
// (""): those that are set aside first, the one that comes into force last,
// because only one may be. ErrChoice.
func (c Case) Decide(keep string) ([]Change, error) {
	if !c.Waits() || keep == "" && !c.MayRefuse() {
		return nil, ErrChoice
	}
	var out []Change
	var kept *Change
	for _, r := range c.Sides {
		if r.ID == keep {
			kept = &Change{r, InForce, NoteChosen}
			continue
		}
		out = append(out, Change{r, Overruled, NoteNotChosen})
	}
	switch {
	case kept != nil:
		out = append(out, *kept)
	case keep != "":
		return nil, ErrChoice
	}
	return out, nil
}

// Alone is how a record stands when no other stands beside it any more: by the
// checks that were made when it came.
func (r Record) Alone() (State, string) {
	find := func(name string) (string, bool) {
		for _, c := range r.Checks {
			if c.By == ByHub && c.Name == name && c.Result == Warn {
				return c.Note, true
			}
		}
		return "", false
	}
	if note, warned := find(CheckNumber); warned {
		return Disputed, note
	}
	if note, warned := find(CheckPoint); warned {
		return Disputed, note
	}
	if note, warned := find(CheckBox); warned && note == NoteRevoked {
		return Disputed, note
	}
	if note, warned := find(CheckForm); warned && note == NoteIncomplete && r.entered() {
		return Disputed, note
	}
	for _, name := range []string{CheckWindow, CheckRegister} {
		if note, warned := find(name); warned {
			return TimePending, note
		}
	}
	return InForce, ""
}

// entered reports whether the application came into being with it, at the point.
func (r Record) entered() bool {
	return slices.ContainsFunc(r.Checks, func(c Check) bool { return c.By == ByHub && c.Name == CheckVersion && c.Note == NoteEntered })
}
