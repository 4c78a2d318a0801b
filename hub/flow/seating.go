package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// The acts of the campaign's table by which candidates are seated (A24, A48 to A52).
const (
	ActDraw   = "draw-seed"      // begin a draw, seal and reveal: one person of each office
	ActNumber = "number-tickets" // run it and publish; begin another version
	ActSeat   = "exception-seat"
)

// StepNumber is the step in which candidates are seated.
const StepNumber window.Step = "number-tickets"

var (
	// ErrNotArranged says that the campaign has no rules by which candidates are seated.
	ErrNotArranged = errors.New("flow: the campaign is not arranged")
	// ErrNotNow says that the time for a step has not come, or is over.
	ErrNotNow = errors.New("flow: not at this time")
	// ErrDrawers says that not every office that draws has one person of its own.
	ErrDrawers = errors.New("flow: each office draws by a person of its own")
	// ErrRefuser says that somebody ended the last draw: others draw in the next (A49).
	ErrRefuser = errors.New("flow: whoever ended the last draw does not draw in the next")
	// ErrNotDrawer says that somebody else draws for this office.
	ErrNotDrawer = errors.New("flow: somebody else draws for this office")
	// ErrNobodyValid says that there is nobody to be arranged.
	ErrNobodyValid = errors.New("flow: nobody is valid")
	// ErrNotValid says that a registration is not valid, or sits no examination.
	ErrNotValid = errors.New("flow: not valid, or sits no examination")
)

// NumberingOpen reports whether candidates may be seated now (demand A26: a step has its
// window).
func NumberingOpen(c rules.Campaign, f *Flow) bool {
	return window.Judge(c.Windows, StepNumber, window.Subject{Division: c.Province}, window.At(f.Now())).State == window.Open
}

// TrySeating asks for a trial with a false seed: it decides nothing, and shows what could
// not be met while there is time. ErrNotArranged.
func (f *Flow) TrySeating(ctx context.Context, tx *db.Tx, camp rules.Campaign, by By) error {
	if !camp.Arrangement.Arranges() {
		return ErrNotArranged
	}
	if err := seating.AskTrial(ctx, tx, camp.ID, f.seatWho(by, "")); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.SeatingTried, Subject: journal.Subject{Kind: journal.OfCampaign, ID: camp.ID}, Campaign: camp.ID, Division: camp.Province})
}

// Beginning is what a version begins with.
type Beginning struct {
	Venue   string            // where it is drawn, and who looks on
	Why     string            // asked once one was published: tickets are void by it
	Drawers map[string]string // account by office that draws
}

// BeginSeating freezes the list for the next version; the worker reads it. One person
// begins the first; once a version was published, two do, for a reason, because its
// tickets will be void (fault 38): second is the other, judged before. ErrNotArranged,
// ErrNotNow, ErrNobodyValid, ErrDrawers, ErrRefuser, ErrReason, a DependentError,
// seating.ErrMaking.
func (f *Flow) BeginSeating(ctx context.Context, tx *db.Tx, camp rules.Campaign, b Beginning, by By, second string) (seating.Version, error) {
	switch {
	case !camp.Arrangement.Arranges():
		return seating.Version{}, ErrNotArranged
	case !NumberingOpen(camp, f):
		return seating.Version{}, ErrNotNow
	}
	if err := campaign.Hold(ctx, tx, camp.ID); err != nil {
		return seating.Version{}, fmt.Errorf("flow: seating: %w", err)
	}
	_, published, err := seating.Current(ctx, tx, camp.ID)
	if err != nil {
		return seating.Version{}, err
	}
	if published && (second == "" || strings.TrimSpace(b.Why) == "") {
		return seating.Version{}, ErrReason
	}
	if err := somebodyValid(ctx, tx, camp); err != nil {
		return seating.Version{}, err
	}
	shares, err := f.drawers(ctx, tx, camp, b.Drawers, by)
	if err != nil {
		return seating.Version{}, err
	}
	v, err := seating.Begin(ctx, tx, camp.ID, b.Venue, b.Why, f.seatWho(by, second))
	if err != nil {
		return v, err
	}
	if err := seating.Name(ctx, tx, v.ID, shares); err != nil {
		return v, err
	}
	who := make([]string, len(shares))
	for i, s := range shares {
		who[i] = s.Office + " " + s.Staff
	}
	return v, f.writeSeating(ctx, tx, journal.SeatingBegun, camp, v, b.Why, map[string]string{"number": strconv.Itoa(v.Number), "offices": strings.Join(who, ", "), detailSecond: second}, by)
}

// drawers names who draws for each office: accounts of the province's office, of which no
// two may be one person (S12), and none is who ended the last draw.
func (f *Flow) drawers(ctx context.Context, tx *db.Tx, camp rules.Campaign, named map[string]string, by By) (out []seating.Share, err error) {
	words, err := refuser(ctx, tx, camp)
	if err != nil {
		return nil, err
	}
	before := len(words)
	for _, o := range camp.Arrangement.Draws {
		a, err := f.drawer(ctx, tx, camp, named[o.Key])
		if err != nil {
			return nil, err
		}
		about := journal.Entry{Subject: journal.Subject{Kind: journal.OfCampaign, ID: camp.ID}, Campaign: camp.ID, Division: camp.Province, Detail: map[string]string{"act": ActDraw}}
		if err := f.beside(ctx, tx, words, By{Author: journal.Author{Kind: journal.ByStaff, ID: a.ID}, Source: by.Source}, about); err != nil {
			if errors.Is(err, ErrSamePerson) {
				if err = ErrDrawers; before > 0 && words[0].Account == a.ID {
					err = ErrRefuser
				}
			}
			return nil, err
		}
		words = append(words, staff.Word{Account: a.ID, At: f.Now().UnixMilli()})
		out = append(out, seating.Share{Office: o.Key, Name: o.Zh, Staff: a.ID})
	}
	return out, nil
}

// refuser is the word by which the last draw ended, if an office did not reveal what it
// had sealed and nothing was published since: nobody gets another seed by ending a draw
// (A49).
func refuser(ctx context.Context, tx *db.Tx, camp rules.Campaign) ([]staff.Word, error) {
	all, err := seating.Versions(ctx, tx, camp.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		switch {
		case v.Base != "": // nobody draws for a revision
		case v.State.Seated():
			return nil, nil
		case v.EndedCode == seating.Refused || v.EndedCode == seating.Wrong:
			return []staff.Word{{Account: v.EndedBy, At: v.Ended}}, nil
		}
	}
	return nil, nil
}

func (f *Flow) drawer(ctx context.Context, tx *db.Tx, camp rules.Campaign, account string) (staff.Account, error) {
	if account == "" {
		return staff.Account{}, ErrDrawers
	}
	a, err := staff.Get(ctx, tx, account)
	if errors.Is(err, staff.ErrNotFound) || err == nil && (a.Disabled || a.Division != camp.Province || a.Point != "") {
		return a, ErrDrawers
	}
	return a, err
}

// NameDrawer has somebody else draw for an office that has not sealed yet: who was named
// is ill, or no second person. Errors of BeginSeating; seating.ErrSealed.
func (f *Flow) NameDrawer(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, office, account string, by By) error {
	shares, err := seating.Shares(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	named := map[string]string{}
	for _, s := range shares {
		named[s.Office] = s.Staff
	}
	if _, ok := named[office]; !ok {
		return seating.ErrNotFound
	}
	named[office] = account
	if _, err := f.drawers(ctx, tx, camp, named, by); err != nil {
		return err
	}
	if err := seating.Rename(ctx, tx, v.ID, office, account); err != nil {
		return err
	}
	return f.writeSeating(ctx, tx, journal.SeatingNamed, camp, v, "", map[string]string{"office": office, "account": account}, by)
}

// SealShare keeps what an office commits itself to. Its secret is nowhere in the hub
// until it is revealed: what a page was told is hashed and forgotten. ErrNotDrawer, a
// DependentError when whoever seals may have sealed for another office, seating.ErrState,
// seating.ErrSealed.
func (f *Flow) SealShare(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, office string, hash [32]byte, by By) error {
	shares, err := f.mine(ctx, tx, v, office, by)
	if err != nil {
		return err
	}
	var words []staff.Word
	for _, s := range shares {
		if s.Office != office && s.Sealed > 0 {
			words = append(words, staff.Word{Account: s.Staff, At: s.Sealed})
		}
	}
	if err := f.beside(ctx, tx, words, by, seatingEntry(camp, v, map[string]string{"act": ActDraw})); err != nil {
		return err
	}
	if err := seating.Seal(ctx, tx, v.ID, office, hash, f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.writeSeating(ctx, tx, journal.SeatingSealed, camp, v, "", map[string]string{"office": office, "hash": fmt.Sprintf("%x", hash)}, by)
}

// mine gives the shares if by draws for an office. ErrNotDrawer, seating.ErrNotFound.
func (f *Flow) mine(ctx context.Context, tx *db.Tx, v seating.Version, office string, by By) ([]seating.Share, error) {
	shares, err := seating.Shares(ctx, tx, v.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(shares, func(s seating.Share) bool { return s.Office == office })
	switch {
	case i < 0:
		return nil, seating.ErrNotFound
	case by.Author.Kind != journal.ByStaff || shares[i].Staff != by.Author.ID:
		return nil, ErrNotDrawer
	}
	return shares, nil
}

// Revealing is what came of a reveal.
type Revealing struct {
	Taken bool // it is what was sealed
	Drawn bool // … and was the last: the seed is known
	Left  int  // how often the office may try again, if it was not taken
	Void  bool // it was wrong too often: the run is void
}

// RevealShare takes an office's secret. What is not what was sealed is counted, and
// after seating.MaxWrong the run is void: a slip of the pen harms nobody, for nothing but
// what was sealed is ever taken. ErrNotDrawer, seating.ErrState, seating.ErrEarly.
func (f *Flow) RevealShare(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, office string, secret [32]byte, by By) (out Revealing, err error) {
	if _, err := f.mine(ctx, tx, v, office, by); err != nil {
		return out, err
	}
	out.Drawn, err = seating.Reveal(ctx, tx, v, office, secret, f.Now().UnixMilli())
	switch {
	case errors.Is(err, seating.ErrSecret):
		return f.missShare(ctx, tx, camp, v, office, by)
	case err != nil:
		return out, err
	}
	out.Taken = true
	return out, f.writeSeating(ctx, tx, journal.SeatingRevealed, camp, v, "", map[string]string{"office": office, "drawn": strconv.FormatBool(out.Drawn)}, by)
}

func (f *Flow) missShare(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, office string, by By) (out Revealing, err error) {
	wrong, err := seating.Miss(ctx, tx, v.ID, office)
	if err != nil {
		return out, err
	}
	if err := f.writeSeating(ctx, tx, journal.SeatingMissed, camp, v, "", map[string]string{"office": office, "times": strconv.Itoa(wrong)}, by); err != nil {
		return out, err
	}
	if out.Left = seating.MaxWrong - wrong; out.Left > 0 {
		return out, nil
	}
	out.Left, out.Void = 0, true
	return out, f.endSeating(ctx, tx, camp, v, seating.Wrong, office, "", by, "")
}

// RefuseShare is an office's word that it will not reveal, or cannot: the run is void,
// published as such, and others start anew (A49). ErrNotDrawer, ErrReason,
// seating.ErrState.
func (f *Flow) RefuseShare(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, office, why string, by By) error {
	if strings.TrimSpace(why) == "" {
		return ErrReason
	}
	if _, err := f.mine(ctx, tx, v, office, by); err != nil {
		return err
	}
	return f.endSeating(ctx, tx, camp, v, seating.Refused, office, why, by, "")
}

// VoidSeating takes a version back before it is published: two persons do, for a reason,
// and it is published as void. ErrReason, seating.ErrState.
func (f *Flow) VoidSeating(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, why string, by By, second string) error {
	if strings.TrimSpace(why) == "" {
		return ErrReason
	}
	return f.endSeating(ctx, tx, camp, v, seating.Withdrawn, "", why, by, second)
}

func (f *Flow) endSeating(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, code seating.Ending, office, why string, by By, second string) error {
	if err := seating.End(ctx, tx, v.ID, code, why, f.seatWho(by, second)); err != nil {
		return err
	}
	return f.writeSeating(ctx, tx, journal.SeatingVoided, camp, v, why, map[string]string{"code": string(code), "office": office, detailSecond: second}, by)
}

// NumberTickets asks for the run: two persons did, judged before; the worker computes,
// writes and publishes it, all or nothing (fault 39). ErrNotNow, seating.ErrState.
func (f *Flow) NumberTickets(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, by By, second string) error {
	if !NumberingOpen(camp, f) {
		return ErrNotNow
	}
	if err := seating.Number(ctx, tx, v.ID, f.seatWho(by, second)); err != nil {
		return err
	}
	return f.writeSeating(ctx, tx, journal.SeatingAsked, camp, v, "", map[string]string{detailSecond: second}, by)
}

// AddSeats gives exception seats in the published version to valid registrations that
// have none (fault 40): two persons did, judged before. A room that is opened for them goes
// to a site at once, where the area's rooms have sites. ErrReason, ErrNotValid,
// seating.ErrState, seating.ErrSeated.
func (f *Flow) AddSeats(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, applications []string, why string, by By, second string) (seating.Addition, error) {
	if strings.TrimSpace(why) == "" {
		return seating.Addition{}, ErrReason
	}
	if err := campaign.Hold(ctx, tx, camp.ID); err != nil {
		return seating.Addition{}, fmt.Errorf("flow: seat: %w", err)
	}
	late, err := f.lateList(ctx, tx, camp, applications)
	if err != nil {
		return seating.Addition{}, err
	}
	a, seats, err := seating.Add(ctx, tx, v, late, why, f.seatWho(by, second))
	if errors.Is(err, arrangement.ErrInput) {
		err = errors.Join(ErrNotValid, err)
	}
	if err != nil {
		return a, err
	}
	if err := f.placeNew(ctx, tx, camp, v, seats, by, second); err != nil {
		return a, err
	}
	for _, s := range seats {
		row, err := f.Candidates.Row(ctx, tx, s.Application)
		if err != nil {
			return a, fmt.Errorf("flow: seat: %w", err)
		}
		err = f.write(ctx, tx, by, journal.Entry{Act: journal.SeatAdded, Subject: journal.Subject{Kind: journal.OfApplication, ID: s.Application}, Campaign: camp.ID, Point: row.Point, Division: row.Division,
			Reason: why, Detail: map[string]string{"version": v.ID, detailSecond: second}})
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// lateList makes lines of registrations that are valid and sit the examination.
func (f *Flow) lateList(ctx context.Context, tx *db.Tx, camp rules.Campaign, applications []string) ([]seating.Listed, error) {
	all := slices.Compact(slices.Sorted(slices.Values(applications)))
	moved, err := movedTo(ctx, tx, camp)
	if err != nil {
		return nil, err
	}
	for _, id := range all {
		before := Valids(camp)
		before.Only = id
		if ids, err := before.List(ctx, tx); err != nil || len(ids) == 0 {
			return nil, errors.Join(err, ErrNotValid)
		}
	}
	late, out, err := f.lister(camp, moved).some(ctx, tx, all)
	if err == nil && (out > 0 || len(late) == 0) {
		err = ErrNotValid
	}
	return late, err
}

// PrintSeating journals that the record sheet (编排记录单) was printed.
func (f *Flow) PrintSeating(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, by By) error {
	return f.writeSeating(ctx, tx, journal.SeatingPrinted, camp, v, "", nil, by)
}

// ListUnseated journals that the names of those who have no seat were looked at.
func (f *Flow) ListUnseated(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, people int, by By) error {
	return f.writeSeating(ctx, tx, journal.SeatingListed, camp, v, "", map[string]string{"people": strconv.Itoa(people)}, by)
}

func (f *Flow) seatWho(by By, second string) seating.Who {
	return seating.Who{By: by.Author.ID, Second: second, At: f.Now().UnixMilli()}
}

func seatingEntry(camp rules.Campaign, v seating.Version, detail map[string]string) journal.Entry {
	return journal.Entry{Subject: journal.Subject{Kind: journal.OfSeating, ID: v.ID}, Campaign: camp.ID, Division: camp.Province, Detail: detail}
}

func (f *Flow) writeSeating(ctx context.Context, tx *db.Tx, act journal.Act, camp rules.Campaign, v seating.Version, reason string, detail map[string]string, by By) error {
	e := seatingEntry(camp, v, detail)
	e.Act, e.Reason = act, reason
	return f.write(ctx, tx, by, e)
}

// roundSeats tells those whom the publication of a version concerns; its reference is the
// version.
const roundSeats = "seats"

// seatsShare gives the next ones of such a round.
func seatsShare(ctx context.Context, tx *db.Tx, r notice.Round) (out []notice.Notice, after string, err error) {
	id, _, _ := strings.Cut(r.Ref, " ")
	v, err := seating.Get(ctx, tx, id)
	if err != nil {
		return nil, "", fmt.Errorf("flow: tell: %w", err)
	}
	printed, err := ticketsOut(ctx, tx, v)
	if err != nil {
		return nil, "", err
	}
	seated, err := seating.Applications(ctx, tx, v.ID, r.After, tellAtOnce)
	if err != nil {
		return nil, "", fmt.Errorf("flow: tell: %w", err)
	}
	for _, s := range seated {
		kind := notice.SeatGiven
		switch {
		case !s.Now:
			kind = notice.SeatGone
		case s.Same && !printed:
			continue // nothing of hers changed, and nobody has a ticket yet
		case s.Same:
			kind = notice.SeatKept
		case s.Before:
			kind = notice.SeatChanged
		}
		out = append(out, notice.Notice{Application: s.Application, Kind: kind, Args: map[string]string{}, At: r.At})
	}
	if len(seated) == tellAtOnce {
		after = seated[len(seated)-1].Application
	}
	return out, after, nil
}
