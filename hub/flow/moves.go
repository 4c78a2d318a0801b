package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhunkao/hub/approval"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Candidates are moved to another area by a case too: the city proposes a list with its
// reason, the province judges it, and what it agreed to is done in the transaction of its
// word, if everybody on the list still sits where the list says (A48).

// MostMoved is how many candidates one list may have: whoever judges it reads it.
const MostMoved = 200

var (
	// ErrNobody says that a list names nobody.
	ErrNobody = errors.New("flow: nobody is on the list")
	// ErrManyMoved says that a list is longer than MostMoved.
	ErrManyMoved = errors.New("flow: too many candidates on one list")
	// ErrProposed says that a candidate is on another list that is under way.
	ErrProposed = errors.New("flow: a candidate is on another list that is under way")
	// ErrMovesOld says that somebody of the list does not sit where it says any more, or
	// cannot be moved as it says.
	ErrMovesOld = errors.New("flow: the list does not say any more where its candidates sit")
)

// Moved is one candidate of a list: where she sits, where she would, and why she cannot
// be moved.
type Moved struct {
	candidate.Found // without Application if she is not among the candidates any more
	site.Place
	To    string
	Open  string // id of another case under way that she is in
	Fault error  // candidate.ErrNotFound, ErrNoArea, ErrSame, ErrProposed; nil if nothing is wrong
}

// Leave is the area that she leaves: also one that a later drawing dropped.
func (m Moved) Leave() string { return cmp.Or(m.Dropped, m.Now) }

// LookMoves says of each of a city's candidates how she stands if all of them were moved
// to an area, or with "" back to where the catchments lead them. but is the case that the
// list is of, if it has one.
func (f *Flow) LookMoves(ctx context.Context, tx *db.Tx, camp rules.Campaign, city, to string, ids []string, but string) ([]Moved, error) {
	plan, _, err := site.InForceOf(ctx, tx, camp.ID, city)
	if err != nil {
		return nil, err
	}
	moved, err := movedTo(ctx, tx, camp)
	if err != nil {
		return nil, err
	}
	found, err := f.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	under, err := movesUnderWay(ctx, tx, camp, city, but)
	if err != nil {
		return nil, err
	}
	_, is := plan.Area(to)
	var out []Moved
	for _, id := range ids {
		m := Moved{Open: under[id]}
		her, ok := found[id]
		if !ok || her.Campaign != camp.ID || org.Above(site.Today(her.Division)) != city {
			m.ID, m.Fault = id, candidate.ErrNotFound
			out = append(out, m)
			continue
		}
		m.Found = her
		first := her.Application.First()
		m.Place = plan.Seats(site.Her{Application: id, Division: her.Division, Level: first.Level, Category: first.Category, Language: her.Application.Get(form.Language)}, moved[id])
		m.To = cmp.Or(to, m.Drawn)
		switch {
		case her.State == candidate.Withdrawn:
			m.Fault = candidate.ErrNotFound
		case to != "" && !is || m.To == "":
			m.Fault = ErrNoArea
		case m.To == m.Now && m.Dropped == "": // from one that is gone she is put back to where she sits
			m.Fault = ErrSame
		case m.Open != "":
			m.Fault = ErrProposed
		}
		out = append(out, m)
	}
	return out, nil
}

// movesUnderWay gives the case under way that each candidate of a city is in.
func movesUnderWay(ctx context.Context, tx *db.Tx, camp rules.Campaign, city, but string) (map[string]string, error) {
	out := map[string]string{}
	for _, k := range camp.Approvals {
		if k.Effect != rules.EffectMoves {
			continue
		}
		for _, st := range []approval.State{approval.Waiting, approval.Returned} {
			cases, err := approval.List(ctx, tx, approval.Filter{Remit: city, Campaign: camp.ID, Kind: k.Key, State: st})
			if err != nil {
				return nil, err
			}
			for _, c := range cases {
				if c.ID == but {
					continue
				}
				m, err := site.GetMoving(ctx, tx, c.Thing)
				if err != nil {
					return nil, err
				}
				for _, r := range m.Rows {
					out[r.Application] = c.ID
				}
			}
		}
	}
	return out, nil
}

// SendMoves keeps a list as a city proposes it, and submits that: as a new case, or again
// where open was returned. camp is the version that governs the case. ErrNobody,
// ErrManyMoved, ErrSeating, the faults of LookMoves, and those of Submit and Resubmit.
func (f *Flow) SendMoves(ctx context.Context, tx *db.Tx, camp rules.Campaign, to string, ids []string, s Submission, open approval.Case, version int, who staff.Account, source string) (approval.Case, error) {
	switch {
	case TierOf(who.Role) != rules.City:
		return approval.Case{}, ErrSubmitter
	case len(ids) == 0:
		return approval.Case{}, ErrNobody
	case len(ids) > MostMoved:
		return approval.Case{}, ErrManyMoved
	}
	if err := campaign.Hold(ctx, tx, camp.ID); err != nil {
		return approval.Case{}, err
	}
	if _, making, err := seating.InMaking(ctx, tx, camp.ID); err != nil || making {
		return approval.Case{}, cmp.Or(err, ErrSeating)
	}
	seen, err := f.LookMoves(ctx, tx, camp, who.Division, to, ids, open.ID)
	if err != nil {
		return approval.Case{}, err
	}
	m := site.Moving{Campaign: camp.ID, Division: who.Division, To: to, By: who.ID, At: f.Now().UnixMilli()}
	for _, x := range seen {
		if x.Fault != nil {
			return approval.Case{}, x.Fault
		}
		m.Rows = append(m.Rows, site.Mover{Application: x.ID, From: x.Leave(), To: x.To})
	}
	if s.Thing, err = site.KeepMoving(ctx, tx, m); err != nil {
		return approval.Case{}, err
	}
	if open.ID == "" {
		return f.Submit(ctx, tx, camp, s, who, source)
	}
	return f.Resubmit(ctx, tx, camp, Judgement{Case: open.ID, Version: version}, s, who, source)
}

// withMoves names the list that a case is about from now on.
func (f *Flow) withMoves(ctx context.Context, tx *db.Tx, c approval.Case, id string) (approval.Case, error) {
	m, err := site.GetMoving(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if m.Campaign != c.Campaign || m.Division != c.Division {
		return c, ErrSubmitter
	}
	c.Thing = m.ID
	return c, nil
}

// MovesOf gives the list of a case as it was proposed, and how everybody on it stands now.
// Stale is true if what it says cannot be done as it is.
func (f *Flow) MovesOf(ctx context.Context, tx *db.Tx, camp rules.Campaign, c approval.Case) (m site.Moving, seen []Moved, stale bool, err error) {
	if m, err = site.GetMoving(ctx, tx, c.Thing); err != nil {
		return m, nil, false, err
	}
	ids := make([]string, len(m.Rows))
	for i, r := range m.Rows {
		ids[i] = r.Application
	}
	if seen, err = f.LookMoves(ctx, tx, camp, m.Division, m.To, ids, c.ID); err != nil {
		return m, nil, false, err
	}
	for i, x := range seen {
		if r := m.Rows[i]; x.Fault == nil && (x.Leave() != r.From || x.To != r.To) {
			seen[i].Fault = ErrMovesOld
		}
	}
	stale = len(seen) == 0 || slices.ContainsFunc(seen, func(x Moved) bool { return x.Fault != nil })
	return m, seen, stale, nil
}

// takeMoves moves everybody on the list of an approved case; each of them is told.
// ErrSeating, ErrMovesOld.
func (f *Flow) takeMoves(ctx context.Context, tx *db.Tx, camp rules.Campaign, c approval.Case, reason string, by By) error {
	if _, making, err := seating.InMaking(ctx, tx, camp.ID); err != nil || making {
		return cmp.Or(err, ErrSeating)
	}
	_, seen, stale, err := f.MovesOf(ctx, tx, camp, c)
	if err != nil {
		return err
	}
	if stale {
		return ErrMovesOld
	}
	for _, x := range seen {
		to := x.To
		if to == x.Drawn { // where the catchments lead is no exception
			to = ""
		}
		err := site.AddMove(ctx, tx, camp.ID, x.Division, site.Move{Application: x.ID, From: x.Leave(), To: to, Reason: reason, By: by.Author.ID, At: f.Now().UnixMilli()})
		if err != nil {
			return err
		}
		if err := f.write(ctx, tx, by, journal.Entry{Act: journal.AreaMoved, Subject: journal.Subject{Kind: journal.OfApplication, ID: x.ID}, Campaign: camp.ID,
			Point: x.Point, Division: x.Division, Reason: reason, Detail: map[string]string{"from": x.Leave(), "to": to, "approval": c.ID}}); err != nil {
			return err
		}
	}
	return nil
}
