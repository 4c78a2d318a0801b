package flow

import (
	"context"
	"errors"
	"strconv"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// LongestDelegation is how long an office may let somebody else judge at a time.
const LongestDelegation = 31 * 24 * time.Hour

// ErrDelegationTime says that a delegation would have ended already, or would
// last longer than LongestDelegation.
var ErrDelegationTime = errors.New("flow: a delegation lasts from now up to 31 days")

// Delegate lets an account judge for the office of another, for a time, and
// never across remits: see approval.MayDelegate. Errors: approval.ErrJudge when
// who has nothing to delegate, approval.ErrDelegate, ErrDelegationTime,
// ErrReason, staff.ErrNotFound.
func (f *Flow) Delegate(ctx context.Context, tx *db.Tx, account string, until time.Time, reason string, who staff.Account, source string) (approval.Delegation, error) {
	now := f.Now()
	tier := TierOf(who.Role)
	if who.Disabled || tier == "" || tier == rules.Point {
		return approval.Delegation{}, approval.ErrJudge
	}
	if reason == "" {
		return approval.Delegation{}, ErrReason
	}
	if !until.After(now) || until.Sub(now) > LongestDelegation {
		return approval.Delegation{}, ErrDelegationTime
	}
	office, err := org.GetOffice(ctx, tx, who.Office)
	if err != nil {
		return approval.Delegation{}, err
	}
	to, err := staff.Get(ctx, tx, account)
	if err != nil {
		return approval.Delegation{}, err
	}
	theirs := TierOf(to.Role)
	if to.ID == who.ID || to.Disabled || theirs == "" || theirs == rules.Point || !approval.MayDelegate(office.Division, to.Division) {
		return approval.Delegation{}, approval.ErrDelegate
	}
	d := approval.Delegation{ID: approval.NewID(), Office: office.ID, Account: to.ID, Since: now.UnixMilli(), Until: until.UnixMilli(), Reason: reason,
		GivenBy: who.ID, GivenAt: now.UnixMilli(), Tier: office.Tier, Division: office.Division}
	if err := approval.PutDelegation(ctx, tx, d); err != nil {
		return approval.Delegation{}, err
	}
	return d, f.writeDelegation(ctx, tx, journal.ApprovalDelegated, d, reason, who, source)
}

// EndDelegation takes an office's word back, by itself or by an office above.
// Errors: approval.ErrNotFound for one outside the remit, approval.ErrState
// when it has ended.
func (f *Flow) EndDelegation(ctx context.Context, tx *db.Tx, id string, who staff.Account, source string) error {
	d, err := approval.GetDelegation(ctx, tx, id)
	if err != nil {
		return err
	}
	if tier := TierOf(who.Role); who.Disabled || tier == "" || tier == rules.Point || !org.Covers(who.Division, d.Division) {
		return approval.ErrNotFound
	}
	if err := approval.EndDelegation(ctx, tx, id, who.ID, f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.writeDelegation(ctx, tx, journal.ApprovalUndelegated, d, "", who, source)
}

func (f *Flow) writeDelegation(ctx context.Context, tx *db.Tx, act journal.Act, d approval.Delegation, reason string, who staff.Account, source string) error {
	return f.write(ctx, tx, staffBy(who, source), journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfStaff, ID: d.Account},
		Division: d.Division, Reason: reason, Detail: map[string]string{"office": d.Office, "until": strconv.FormatInt(d.Until, 10), "delegation": d.ID}})
}

// NearDeadline is how long before its deadline a case is near it.
const NearDeadline = 24 * time.Hour

// remindAtOnce bounds what one transaction reminds of.
const remindAtOnce = 200

// RemindApprovals journals, once for each tier of each case, that a deadline is
// near, and once that it has passed, tells the offices by text message, and says
// of how many. Who runs it again until it says 0 has reminded of all.
func (f *Flow) RemindApprovals(ctx context.Context, tx *db.Tx) (int, error) {
	now := f.Now()
	late, err := approval.Due(ctx, tx, now.UnixMilli(), now.Add(NearDeadline).UnixMilli(), remindAtOnce)
	if err != nil {
		return 0, err
	}
	n, told := 0, map[string]dues{}
	for _, c := range late {
		act, level := journal.ApprovalNear, approval.RemindedNear
		if c.Overdue(now.UnixMilli()) {
			act, level = journal.ApprovalOverdue, approval.RemindedOverdue
		}
		first, err := approval.Remind(ctx, tx, c, level)
		if err != nil {
			return 0, err
		}
		if !first {
			continue
		}
		n++
		detail := map[string]string{"due": strconv.FormatInt(c.Due, 10), "tier": string(c.JudgeTier), "office": c.Judge}
		if err := f.writeCase(ctx, tx, act, c, "", detail, Hub()); err != nil {
			return 0, err
		}
		count(told, c, level == approval.RemindedOverdue)
	}
	return n, f.textDues(ctx, tx, told)
}

// ViewPaper journals that somebody looked at an attachment (S31), in the
// transaction that reads it.
func (f *Flow) ViewPaper(ctx context.Context, tx *db.Tx, c approval.Case, p approval.Paper, by By) error {
	return f.writeCase(ctx, tx, journal.ApprovalPaperViewed, c, "", map[string]string{"paper": p.Name, "id": p.ID}, by)
}

// ApprovalRefusal names a refusal about cases and delegations, for the
// catalogue of whoever shows it; "" for anything else.
func ApprovalRefusal(err error) string {
	for _, r := range []struct {
		err  error
		code string
	}{
		{approval.ErrStale, "case-stale"},
		{approval.ErrState, "case-state"},
		{approval.ErrJudge, "case-judge"},
		{approval.ErrSelf, "case-self"},
		{approval.ErrVoted, "case-voted"},
		{ErrDependent, "case-dependent"},
		{approval.ErrOffice, "case-office"},
		{approval.ErrOpinion, "case-opinion"},
		{approval.ErrKind, "case-kind"},
		{approval.ErrDelegate, "case-delegate"},
		{ErrSubmitter, "case-submitter"},
		{ErrUnderWay, "case-underway"},
		{ErrCodes, "case-codes"},
		{ErrDelegationTime, "case-time"},
		{ErrReason, "case-opinion"},
		{org.ErrPoint, "case-point"},
		{ErrRooms, "case-rooms"},
		{ErrRoomsUnread, "case-rooms"},
		{ErrRoomsOld, "case-rooms-old"},
		{ErrNoArrangement, "case-rooms-old"},
		{ErrShut, "case-shut"},
		{ErrSeats, "case-seats"},
		{ErrSeating, "case-seating"},
		{ErrDrawnRooms, "case-drawn-rooms"},
		{ErrSiteUsed, "case-site-used"},
		{ErrSiteRooms, "case-site-rooms"},
		{ErrMovesOld, "case-moves-old"},
		{ErrNobody, "case-moves-nobody"},
		{ErrManyMoved, "case-moves-many"},
		{ErrNoArea, "case-moves-noarea"},
		{ErrSame, "case-moves-same"},
		{ErrProposed, "case-moves-proposed"},
		{site.ErrStale, "case-stale"},
		{candidate.ErrNotFound, "case-moves-gone"},
		{site.ErrTaken, "case-codes"},
		{site.ErrNotFound, "case-submitter"},
	} {
		if errors.Is(err, r.err) {
			return r.code
		}
	}
	return ""
}
