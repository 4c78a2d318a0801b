package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

var (
	// ErrSubmitter says that the account's office may not submit this kind of
	// case, or not for this place.
	ErrSubmitter = errors.New("flow: this account may not submit such a case")
	// ErrUnderWay says that a case of this kind about this point is under way.
	ErrUnderWay = errors.New("flow: a case about this point is under way")
	// ErrCodes says that a county has no code left for another point.
	ErrCodes = errors.New("flow: the county has no code left for a point")
)

// Submission is what somebody submits: the form in order (approval.Kind.Take),
// the attachments sealed, and their ciphertext among the blobs.
type Submission struct {
	Kind    string // key in the campaign
	Point   string // code, for kinds about a point
	Thing   string // id, for kinds about a site, a drawing or a list of candidates
	Content approval.Content
	Papers  []approval.Paper
}

// Judgement is what somebody says of a case.
type Judgement struct {
	Case    string
	Version int // of the case as she saw it
	Opinion string
}

// BenchOf is who an account submits for: its office, or its point.
func BenchOf(a staff.Account) string {
	if a.Point != "" {
		return a.Point
	}
	return a.Office
}

// Tiers are the tiers of divisions, upward.
func Tiers() []rules.Tier { return []rules.Tier{rules.County, rules.City, rules.Province} }

// TierOf is the tier that a role speaks for; "" for a technician, who decides
// nothing.
func TierOf(r staff.Role) rules.Tier {
	for _, t := range append(Tiers(), rules.Point) {
		if slices.Contains(signers(t), r) {
			return t
		}
	}
	return ""
}

// Seats are the places at which an account judges: its own, by role and remit,
// and those that other offices delegated to it for now.
func (f *Flow) Seats(ctx context.Context, tx *db.Tx, who staff.Account) ([]approval.Seat, error) {
	out := []approval.Seat{}
	if who.Disabled {
		return out, nil
	}
	own := approval.Seat{Tier: TierOf(who.Role), Place: who.Division}
	if who.Point != "" {
		own.Place = who.Point
	}
	if own.Tier != "" {
		out = append(out, own)
	}
	given, err := approval.DelegatedTo(ctx, tx, who.ID, f.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	for _, d := range given {
		if own.Tier != "" && own.Tier != rules.Point && approval.MayDelegate(d.Division, who.Division) { // she may have moved since
			out = append(out, d.Seat())
		}
	}
	return out, nil
}

// Submit begins a case. Errors: approval.ErrKind, ErrSubmitter, ErrUnderWay,
// ErrShut, org.ErrNotFound when its point does not exist, site.ErrNotFound.
func (f *Flow) Submit(ctx context.Context, tx *db.Tx, camp rules.Campaign, s Submission, who staff.Account, source string) (approval.Case, error) {
	k, err := approval.KindOf(camp, s.Kind)
	if err != nil {
		return approval.Case{}, err
	}
	c := approval.Case{ID: approval.NewID(), Kind: k.Key, Campaign: camp.ID, CampaignVersion: camp.Version, Division: who.Division, Office: BenchOf(who)}
	if tier := TierOf(who.Role); who.Disabled || tier == "" || !k.Submits(tier) {
		return approval.Case{}, ErrSubmitter
	}
	switch k.Subject {
	case rules.SubjectSite, rules.SubjectDrawing, rules.SubjectMoves:
		if c, err = f.aboutThing(ctx, tx, k, c, s.Thing, who); err != nil {
			return approval.Case{}, err
		}
	case rules.SubjectPoint:
		p, err := org.GetPoint(ctx, tx, s.Point)
		if err != nil {
			return approval.Case{}, fmt.Errorf("flow: submit: %w", err)
		}
		if !who.Covers(p.Division, p.Code) {
			return approval.Case{}, ErrSubmitter
		}
		if c.Point, c.Division = p.Code, p.Division; !p.Open && k.Effect != "" {
			return approval.Case{}, ErrSubmitter
		}
		if err := f.alone(ctx, tx, c); err != nil {
			return approval.Case{}, err
		}
	default:
		c.Point = who.Point
	}
	if err := errors.Join(f.open(camp, k.Step, c.Division), judgeSite(k, s.Content)); err != nil {
		return approval.Case{}, err
	}
	if err := f.judgeRooms(ctx, tx, k, c, s.Content); err != nil {
		return approval.Case{}, err
	}
	e := approval.Event{Do: approval.Submit, Who: who.ID, Office: c.Office, At: f.Now()}
	after, err := approval.Next(k, c, e)
	if err != nil {
		return approval.Case{}, err
	}
	if err := approval.Insert(ctx, tx, after, stepOf(after, after, e)); err != nil {
		return approval.Case{}, err
	}
	if err := f.file(ctx, tx, after, s, e); err != nil {
		return approval.Case{}, err
	}
	return after, f.writeCase(ctx, tx, journal.ApprovalSubmitted, after, "", nil, staffBy(who, source))
}

// alone asks that no other case of the kind about the same point is under way:
// the later of two changes would be made of what the first has changed.
func (f *Flow) alone(ctx context.Context, tx *db.Tx, c approval.Case) error {
	campaign := c.Campaign
	if c.Point != "" { // a point outlives a campaign
		campaign = ""
	}
	for _, s := range []approval.State{approval.Waiting, approval.Returned} {
		n, _, err := approval.Count(ctx, tx, approval.Filter{Remit: c.Division, Campaign: campaign, Point: c.Point, Thing: c.Thing, Kind: c.Kind, State: s})
		if err != nil {
			return err
		}
		if n > 0 {
			return ErrUnderWay
		}
	}
	return nil
}

// file stores the form and the attachments of a round.
func (f *Flow) file(ctx context.Context, tx *db.Tx, c approval.Case, s Submission, e approval.Event) error {
	if f.Keys == nil {
		return errors.New("flow: without keys no form can be sealed")
	}
	if err := approval.PutContent(ctx, tx, f.Keys, c.ID, c.Round, s.Content); err != nil {
		return err
	}
	for _, p := range s.Papers {
		p.Case, p.Round, p.By, p.At = c.ID, c.Round, e.Who, e.At.UnixMilli()
		if err := approval.AddPaper(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// Agree adds one person's word for a case. With the last word that its last
// tier needs, the case is approved, and what its kind does by itself is done in
// the same transaction. Errors: those of approval.Next and approval.Save,
// approval.ErrNotFound for a case outside her remit, ErrCodes, those of package
// org for what the effect cannot do.
func (f *Flow) Agree(ctx context.Context, tx *db.Tx, camp rules.Campaign, j Judgement, who staff.Account, source string) (approval.Case, error) {
	return f.step(ctx, tx, camp, approval.Agree, j, nil, who, source)
}

// Refuse ends a case with a reason. Errors: those of Agree.
func (f *Flow) Refuse(ctx context.Context, tx *db.Tx, camp rules.Campaign, j Judgement, who staff.Account, source string) (approval.Case, error) {
	return f.step(ctx, tx, camp, approval.Refuse, j, nil, who, source)
}

// Return gives a case back to who submitted it, with a reason. Errors: those of
// Agree.
func (f *Flow) Return(ctx context.Context, tx *db.Tx, camp rules.Campaign, j Judgement, who staff.Account, source string) (approval.Case, error) {
	return f.step(ctx, tx, camp, approval.Return, j, nil, who, source)
}

// Withdraw takes a case back, by the office that submitted it. Errors: those of
// Agree.
func (f *Flow) Withdraw(ctx context.Context, tx *db.Tx, camp rules.Campaign, j Judgement, who staff.Account, source string) (approval.Case, error) {
	return f.step(ctx, tx, camp, approval.Withdraw, j, nil, who, source)
}

// Resubmit sends a returned case again, mended: every tier judges it anew.
// Errors: those of Agree.
func (f *Flow) Resubmit(ctx context.Context, tx *db.Tx, camp rules.Campaign, j Judgement, s Submission, who staff.Account, source string) (approval.Case, error) {
	return f.step(ctx, tx, camp, approval.Resubmit, j, &s, who, source)
}

// caseActs name each thing done to a case in the journal.
var caseActs = map[approval.Do]journal.Act{approval.Agree: journal.ApprovalAgreed, approval.Refuse: journal.ApprovalRefused,
	approval.Return: journal.ApprovalReturned, approval.Resubmit: journal.ApprovalResubmitted, approval.Withdraw: journal.ApprovalWithdrawn}

// step does one thing to a case. camp is the version of the campaign that
// governs the case.
func (f *Flow) step(ctx context.Context, tx *db.Tx, camp rules.Campaign, do approval.Do, j Judgement, s *Submission, who staff.Account, source string) (approval.Case, error) {
	c, err := approval.Get(ctx, tx, j.Case)
	if err != nil {
		return approval.Case{}, err
	}
	if !who.Covers(c.Division, c.Point) {
		return approval.Case{}, approval.ErrNotFound
	}
	if camp.ID != c.Campaign || camp.Version != c.CampaignVersion {
		return approval.Case{}, fmt.Errorf("flow: case %s is governed by %s %d, not by %s %d", c.ID, c.Campaign, c.CampaignVersion, camp.ID, camp.Version)
	}
	k, err := approval.KindOf(camp, c.Kind)
	if err != nil {
		return approval.Case{}, err
	}
	if c.Votes, err = f.standingVotes(ctx, tx, c); err != nil {
		return approval.Case{}, err
	}
	e := approval.Event{Do: do, Who: who.ID, Office: BenchOf(who), Opinion: j.Opinion, At: f.Now(), Version: j.Version}
	if who.Disabled {
		return approval.Case{}, approval.ErrJudge
	}
	seats, err := f.Seats(ctx, tx, who)
	if err != nil {
		return approval.Case{}, err
	}
	if i := slices.IndexFunc(seats, func(s approval.Seat) bool { return s.Holds(c) }); i >= 0 { // one's own right stands first
		e.Judges, e.Behalf = true, seats[i].Behalf
	}
	after, err := approval.Next(k, c, e)
	if err != nil {
		return approval.Case{}, err
	}
	if do == approval.Agree {
		if err := f.besideJudges(ctx, tx, k, c, staffBy(who, source)); err != nil {
			return approval.Case{}, err
		}
	}
	if err := approval.Save(ctx, tx, after, c.Version, stepOf(c, after, e)); err != nil {
		return approval.Case{}, err
	}
	if s != nil {
		if after, err = f.sentAgain(ctx, tx, k, after, *s); err != nil {
			return approval.Case{}, err
		}
		if err := f.judgeRooms(ctx, tx, k, c, s.Content); err != nil {
			return approval.Case{}, err
		}
		if err := f.file(ctx, tx, after, *s, e); err != nil {
			return approval.Case{}, err
		}
	}
	detail := map[string]string{}
	if e.Behalf != "" {
		detail["behalf"] = e.Behalf
	}
	if do == approval.Agree {
		detail["agreed"] = fmt.Sprintf("%d/%d", after.Agreed(c.Tier), k.Act(c.Tier).Persons)
	}
	by := staffBy(who, source)
	if err := f.writeCase(ctx, tx, caseActs[do], after, j.Opinion, detail, by); err != nil {
		return approval.Case{}, err
	}
	if after.State != approval.Approved {
		return after, nil
	}
	return f.approved(ctx, tx, camp, k, after, by)
}

// besideJudges asks that a yes would be another person's than the yes that
// stands at the same tier, and than whoever of the very office that judges
// submitted the case. Tiers are not held against each other: an office answers
// for those below it and gives them their accounts; what it decides it decides
// by its own right.
func (f *Flow) besideJudges(ctx context.Context, tx *db.Tx, k approval.Kind, c approval.Case, by By) error {
	var words []staff.Word
	for _, v := range c.Votes {
		if v.Tier == c.Tier {
			words = append(words, staff.Word{Account: v.Who, At: v.At})
		}
	}
	for _, id := range c.Submitters {
		who, err := staff.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if who.Point == "" && who.Division == c.Judge && TierOf(who.Role) == c.JudgeTier {
			words = append(words, staff.Word{Account: id, At: c.Submitted})
		}
	}
	return f.beside(ctx, tx, words, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfApproval, ID: c.ID},
		Campaign: c.Campaign, Point: c.Point, Division: c.Division, Detail: map[string]string{"act": k.Act(c.Tier).Key}})
}

// standingVotes are the votes that count now: an account that was disabled
// meanwhile has no word at a tier that has not decided yet, and one that is not
// surely another person's than those before it adds none.
func (f *Flow) standingVotes(ctx context.Context, tx *db.Tx, c approval.Case) (out []approval.Vote, err error) {
	var words []staff.Word
	for _, v := range c.Votes {
		if v.Tier == c.Tier {
			who, err := staff.Get(ctx, tx, v.Who)
			if err != nil {
				return nil, err
			}
			if who.Disabled {
				continue
			}
			w := staff.Word{Account: v.Who, At: v.At}
			if more, err := adds(ctx, tx, words, w); err != nil {
				return nil, err
			} else if !more {
				continue
			}
			words = append(words, w)
		}
		out = append(out, v)
	}
	return out, nil
}

// stepOf is the step that an event was: a judging one belongs to the round and
// tier it found, a submitting one to the round it began.
func stepOf(before, after approval.Case, e approval.Event) approval.Step {
	s := approval.Step{Number: after.Version, Round: before.Round, Tier: before.Tier, Do: e.Do, Account: e.Who, Office: e.Office, Behalf: e.Behalf,
		Opinion: e.Opinion, At: after.Changed}
	if e.Do == approval.Submit || e.Do == approval.Resubmit {
		s.Round, s.Tier = after.Round, 0
	}
	return s
}

func staffBy(who staff.Account, source string) By {
	return By{Author: journal.Author{Kind: journal.ByStaff, ID: who.ID}, Source: source}
}

// writeCase journals what was done to a case: never what its form says.
func (f *Flow) writeCase(ctx context.Context, tx *db.Tx, act journal.Act, c approval.Case, reason string, more map[string]string, by By) error {
	detail := map[string]string{"kind": c.Kind, "round": fmt.Sprint(c.Round), "step": fmt.Sprint(c.Version)}
	for k, v := range more {
		detail[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApproval, ID: c.ID},
		Campaign: c.Campaign, Point: c.Point, Division: c.Division, Reason: reason, Detail: detail})
}
