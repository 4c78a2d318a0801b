package campaign

import (
	"slices"

	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Kinds is what a new version does to an application: several may hold at once.
type Kinds uint8

// The kinds.
const (
	Invalid    Kinds = 1 << iota // was valid and is not any more
	Valid                        // was not valid and is now
	Choice                       // a choice that was good so far must be made again
	Fee                          // pays another amount, or pays at all or no longer
	Unreadable                   // what is stored cannot be opened, so nobody can say
)

// names of the kinds, in the order of their bits.
var kindNames = []string{"invalid", "valid", "choice", "fee", "unreadable"}

// Names gives the kinds as words: "invalid", "valid", "choice", "fee",
// "unreadable".
func (k Kinds) Names() []string {
	var out []string
	for i, name := range kindNames {
		if k&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// NoFee stands for a fee that nobody knows: an application without a level.
const NoFee = int64(-1)

// Effect is what a new version does to one application. It names no person.
type Effect struct {
	Application string   `json:"application"` // id
	Point       string   `json:"point"`       // code
	Division    string   `json:"division"`    // of the point
	Kinds       Kinds    `json:"kinds"`
	OldFee      int64    `json:"old_fee"` // fen, or NoFee
	NewFee      int64    `json:"new_fee"`
	Codes       []string `json:"codes"` // findings that were not there before, "choice 1: not-offered"
}

// Compare says what a new version does to an application that two versions have
// judged; ok is false when it does nothing. A finding that both versions make
// is no effect of the new one.
func Compare(old, now rules.Assessment) (e Effect, ok bool) {
	e.OldFee, e.NewFee = feeOf(old), feeOf(now)
	if e.OldFee != e.NewFee {
		e.Kinds |= Fee
	}
	switch was, is := len(old.Findings) == 0, len(now.Findings) == 0; {
	case was && !is:
		e.Kinds |= Invalid
	case !was && is:
		e.Kinds |= Valid
	}
	for _, f := range now.Findings {
		if slices.ContainsFunc(old.Findings, func(o form.Finding) bool { return o.Field == f.Field && o.Code == f.Code }) {
			continue
		}
		if form.OnAnyChoice(f.Field) {
			e.Kinds |= Choice
		}
		e.Codes = append(e.Codes, f.Field+": "+f.Code)
	}
	return e, e.Kinds != 0
}

func feeOf(a rules.Assessment) int64 {
	if !a.FeeKnown {
		return NoFee
	}
	return a.Fee
}

// Totals counts applications by kind.
type Totals struct {
	Applications int64 `json:"applications"` // looked at
	Invalid      int64 `json:"invalid"`
	Valid        int64 `json:"valid"`
	Choice       int64 `json:"choice"`
	Fee          int64 `json:"fee"`
	Unreadable   int64 `json:"unreadable"`
}

// note counts one application; k is 0 for one that nothing happens to.
func (t *Totals) note(k Kinds) {
	t.Applications++
	for i, n := range []*int64{&t.Invalid, &t.Valid, &t.Choice, &t.Fee, &t.Unreadable} {
		if k&(1<<i) != 0 {
			*n++
		}
	}
}

func (t *Totals) add(o Totals) {
	t.Applications += o.Applications
	t.Invalid += o.Invalid
	t.Valid += o.Valid
	t.Choice += o.Choice
	t.Fee += o.Fee
	t.Unreadable += o.Unreadable
}

// KindOf is the kind of a name that Names gives, 0 for any other word.
func KindOf(name string) Kinds {
	for i, n := range kindNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}
