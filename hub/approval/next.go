package approval

import (
	"slices"
	"time"

	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// Event is one person doing something to a case, with the facts that decide
// whether she may.
type Event struct {
	Do      Do
	Who     string // account id
	Office  string // id of the office she belongs to
	Judges  bool   // her role and remit, or a delegation, give her the tier that judges now
	Behalf  string // id of the office whose delegation she judges by, "" when she judges by her own right
	Opinion string
	At      time.Time // by the hub's civil clock
	Version int       // of the case as she saw it
}

// Next is how a case moves: the case before and what is done give the case
// after, with one more step in Version, or the refusal, and then nothing has
// happened. It is pure. A new case comes as its zero value with the identity
// filled in.
//
// What it holds to (S12): a tier has agreed when as many different persons as
// its act asks have agreed in this round; nobody judges what she ever
// submitted; nobody's word counts twice in a round, at whatever tier; a return
// or a refusal says why; a case that has ended stays as it is.
func Next(k Kind, c Case, e Event) (Case, error) {
	if e.Do == Submit {
		if c.State != "" {
			return c, ErrState
		}
	} else if c.State == "" || c.State.Ended() {
		return c, ErrState
	}
	if e.Version != c.Version {
		return c, ErrStale
	}
	after := c
	after.Votes, after.Submitters = slices.Clone(c.Votes), slices.Clone(c.Submitters)
	var err error
	switch e.Do {
	case Submit:
		after.Submitted = e.At.UnixMilli()
		after.submitted(k, e)
	case Resubmit:
		err = owner(c, e, Returned)
		after.submitted(k, e)
	case Withdraw:
		err = owner(c, e, Waiting, Returned)
		after.end(Withdrawn)
	case Agree, Refuse, Return:
		if err = judge(k, c, e); err == nil {
			after.judged(k, e)
		}
	default:
		err = ErrState
	}
	if err != nil {
		return c, err
	}
	after.Version, after.Changed = c.Version+1, e.At.UnixMilli()
	return after, nil
}

// owner asks that the submitting office acts, on a case in one of some states.
func owner(c Case, e Event, states ...State) error {
	if !slices.Contains(states, c.State) {
		return ErrState
	}
	if e.Office != c.Office {
		return ErrOffice
	}
	return nil
}

// judge asks whether somebody may judge a case now.
func judge(k Kind, c Case, e Event) error {
	switch {
	case c.State != Waiting:
		return ErrState
	case !e.Judges:
		return ErrJudge
	case slices.Contains(c.Submitters, e.Who), e.Behalf != "" && e.Office == c.Office:
		return ErrSelf
	case slices.ContainsFunc(c.Votes, func(v Vote) bool { return v.Who == e.Who }):
		return ErrVoted
	case e.Opinion == "" && (e.Do != Agree || k.Act(c.Tier).Reason):
		return ErrOpinion
	}
	return nil
}

func (c *Case) submitted(k Kind, e Event) {
	c.Round++
	c.Votes = nil
	if !slices.Contains(c.Submitters, e.Who) {
		c.Submitters = append(c.Submitters, e.Who)
	}
	c.State, c.Office = Waiting, e.Office
	c.arrive(k, 0, e.At)
}

func (c *Case) judged(k Kind, e Event) {
	switch e.Do {
	case Refuse:
		c.end(Refused)
		return
	case Return:
		c.end(Returned)
		return
	}
	c.Votes = append(c.Votes, Vote{Tier: c.Tier, Who: e.Who, At: e.At.UnixMilli()})
	switch {
	case c.Agreed(c.Tier) < k.Act(c.Tier).Persons:
	case c.Tier+1 < len(k.Tiers):
		c.arrive(k, c.Tier+1, e.At)
	default:
		c.end(Approved)
	}
}

// arrive puts a case before a tier.
func (c *Case) arrive(k Kind, tier int, at time.Time) {
	t := k.Tiers[tier]
	c.Tier, c.JudgeTier, c.Judge = tier, t.Tier, SeatOf(t.Tier, c.Division, c.Point)
	c.Due, c.Reminded = due(k, tier, at), RemindedNot
}

// end takes a case from whoever judged it.
func (c *Case) end(s State) {
	c.State, c.JudgeTier, c.Judge, c.Due, c.Reminded = s, "", "", 0, RemindedNot
}

// SeatOf is where the office of a tier sits that judges a case of a place: the
// code of a division, at tier point of the point; "" where there is none.
func SeatOf(t rules.Tier, division, point string) string {
	if t == rules.Point {
		return point
	}
	for d := division; d != ""; d = org.Above(d) {
		if tierOf(d) == t {
			return d
		}
	}
	return ""
}

// tierOf is the tier of a division by its code.
func tierOf(division string) rules.Tier {
	switch up := org.Above(division); {
	case up == "":
		return rules.Province
	case org.Above(up) == "":
		return rules.City
	}
	return rules.County
}

// due is the end of the last day that a tier has, at UTC+8; the day it arrives
// does not count.
func due(k Kind, tier int, at time.Time) int64 {
	t := k.Tiers[tier]
	if t.Days == 0 {
		return 0
	}
	return k.holidays.After(at, t.Days, t.Working).UnixMilli()
}
