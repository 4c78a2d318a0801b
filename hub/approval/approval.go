package approval

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"

	rules "zhunkao/protocol/campaign"
)

var (
	// ErrNotFound says that there is no such case, attachment or delegation.
	ErrNotFound = errors.New("approval: not found")
	// ErrStale says that somebody has acted on the case since it was looked at.
	ErrStale = errors.New("approval: somebody has acted on this case meanwhile")
	// ErrState says that the case is not where this can be done to it.
	ErrState = errors.New("approval: not in this state")
	// ErrJudge says that the case does not wait for this person's office.
	ErrJudge = errors.New("approval: not hers to judge")
	// ErrSelf says that she, or the office she comes from, submitted the case.
	ErrSelf = errors.New("approval: nobody judges what she submitted")
	// ErrVoted says that she has judged the case already.
	ErrVoted = errors.New("approval: this person has judged already")
	// ErrOffice says that another office submitted the case.
	ErrOffice = errors.New("approval: another office submitted it")
	// ErrOpinion says that an opinion is asked for.
	ErrOpinion = errors.New("approval: an opinion must be given")
	// ErrKind says that the campaign has no such kind of case.
	ErrKind = errors.New("approval: no such kind")
)

// State is where a case stands.
type State string

// The states of a case. A power cut leaves it where the last committed step
// put it.
const (
	// Waiting: the office of a tier judges. It ends by Agree of as many persons
	// as the table of acts asks, by Refuse, Return or Withdraw. People see whose
	// turn it is, and until when.
	Waiting State = "waiting"
	// Returned: the submitting office mends it. It ends by Resubmit or Withdraw.
	Returned State = "returned"
	// Approved: every tier has agreed. It does not end.
	Approved State = "approved"
	// Refused: a tier has refused. It does not end; who still wants it submits
	// another one.
	Refused State = "refused"
	// Withdrawn: the submitting office took it back. It does not end.
	Withdrawn State = "withdrawn"
)

// Ended reports whether nothing more happens to a case.
func (s State) Ended() bool { return s == Approved || s == Refused || s == Withdrawn }

// Do is what somebody does to a case.
type Do string

// What can be done to a case.
const (
	Submit   Do = "submit"
	Agree    Do = "agree"
	Refuse   Do = "refuse"
	Return   Do = "return"
	Resubmit Do = "resubmit"
	Withdraw Do = "withdraw"
)

// Case is one case as it stands.
type Case struct {
	ID              string
	Kind            string // key in the campaign
	Campaign        string
	CampaignVersion uint32 // the version whose kind governs it to its end
	Division        string // where its subject lies
	Point           string // code of the point it is about, "" if of none
	Thing           string // id of the site or drawing it is about, "" if of none
	Office          string // id of the office that submitted it
	Submitted       int64  // ms, the first time

	State     State
	Tier      int // index in the kind's tiers; the one that judges or judged last
	Round     int // 1, one more with each Resubmit
	Version   int // how many steps were taken: who acts names the one he saw
	JudgeTier rules.Tier
	Judge     string // division whose office judges, at tier point the point's code; "" when nobody does
	Due       int64  // ms, end of the last day to judge; 0: none
	Reminded  int    // a Reminded… value, for the tier that judges
	Changed   int64  // ms

	Submitters []string // accounts that ever submitted it; filled in by Get
	Votes      []Vote   // of this round; filled in by Get
}

// Vote is one person's word for a case, in the round that stands.
type Vote struct {
	Tier int    // index
	Who  string // account id
	At   int64  // ms
}

// How far a tier that judges was reminded.
const (
	RemindedNot     = 0
	RemindedNear    = 1 // told that the deadline is near
	RemindedOverdue = 2 // and that it has passed
)

// Step is one thing that was done to a case.
type Step struct {
	Number  int // 1, 2, 3 …
	Round   int
	Tier    int // index of the tier that judged; 0 for submitting
	Do      Do
	Account string // id
	Office  string // id of the office the account belongs to
	Behalf  string // id of the office it judged for by delegation, "" for its own
	Opinion string
	At      int64 // ms, by the hub's civil clock
}

// Kind is a kind of case with its acts, out of one version of a campaign.
type Kind struct {
	rules.Approval
	acts     []rules.Act // of each tier
	holidays rules.Holidays
}

// KindOf finds a kind in a campaign. ErrKind.
func KindOf(c rules.Campaign, key string) (Kind, error) {
	a, ok := c.Approval(key)
	if !ok || len(a.Tiers) == 0 {
		return Kind{}, ErrKind
	}
	k := Kind{Approval: a, holidays: c.Holidays}
	for _, t := range a.Tiers {
		act, ok := c.Act(t.Act)
		if !ok { // the load-time check does not let it through
			act = rules.Act{Key: t.Act, Tier: t.Tier, Persons: 2, Reason: true}
		}
		k.acts = append(k.acts, act)
	}
	return k, nil
}

// Act is what the table of acts says of a tier, by index.
func (k Kind) Act(tier int) rules.Act { return k.acts[tier] }

// Submits reports whether an office of a tier may submit the kind.
func (k Kind) Submits(t rules.Tier) bool { return slices.Contains(k.By, t) }

// Agreed counts who has agreed at a tier in the round that stands.
func (c Case) Agreed(tier int) (n int) {
	for _, v := range c.Votes {
		if v.Tier == tier {
			n++
		}
	}
	return n
}

// Overdue reports whether the tier that judges is late at a moment, in ms.
func (c Case) Overdue(now int64) bool { return c.State == Waiting && c.Due > 0 && now >= c.Due }

// NewID gives the id of a new case, attachment or delegation.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}
