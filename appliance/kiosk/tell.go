package kiosk

import (
	"slices"
	"strings"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// tell is a screen that only says something: what is the matter, what to do.
type tell struct {
	Badge, BadgeKind, BadgeIcon string
	Title, Lead                 string
	Strong                      string // a name of a place, read from afar
	Notice                      *notice
	WaysTitle                   string
	Ways                        []way
	Small                       string
	Art                         string // drawing of the reader: "wait", "read", "lift", "put" or "fault"
	Counts                      string // what the countdown stands before
}

type notice struct{ Kind, Icon, Head, Text string }

// way is one thing she can do.
type way struct{ Head, Text string }

// teller builds a tell and keeps the first missing word.
type teller struct {
	page
	tell
	err error
}

func (t *teller) t(key string, args ...any) string {
	s, err := t.T(key, args...)
	if err != nil && t.err == nil {
		t.err = err
	}
	return s
}

func (t *teller) head(title, lead string) {
	t.Title = t.t(title)
	if lead != "" {
		t.Lead = t.t(lead)
	}
}

func (t *teller) badge(kind, icon, key string, args ...any) {
	t.Badge, t.BadgeKind, t.BadgeIcon = t.t(key, args...), kind, icon
}

// way adds a thing to do by its two keys.
func (t *teller) way(head, text string, args ...any) {
	if t.WaysTitle == "" {
		t.WaysTitle = t.t("you-can")
	}
	t.Ways = append(t.Ways, way{t.t(head), t.t(text, args...)})
}

func (t *teller) note(kind, icon, head, text string) {
	n := &notice{Kind: kind, Icon: icon, Head: t.t(head)}
	if text != "" {
		n.Text = t.t(text)
	}
	t.Notice = n
}

// Tell says what the screen says.
func (p page) Tell() (tell, error) {
	t := &teller{page: p}
	switch p.Base() {
	case visit.ScreenUnreadable:
		t.unreadable()
	case visit.ScreenRefused:
		t.refused()
	case visit.ScreenExplained:
		t.explained()
	case visit.ScreenNoPhoto:
		t.noPhoto()
	case visit.ScreenSheetFailed:
		t.sheetFailed()
	case visit.ScreenSealFailed:
		t.sealFailed()
	case visit.ScreenVerified:
		t.verified()
	case visit.ScreenLifted, visit.ScreenWrongCard, visit.ScreenReaderLost:
		t.interrupted()
	case visit.ScreenHelp:
		t.help()
	case visit.ScreenTakeCard:
		t.head("take-title", "take-lead")
		t.Art = "lift"
	case visit.ScreenOwnCard:
		t.ownCard()
	case visit.ScreenStaff:
		t.staffDecide()
	case visit.ScreenReaderFault:
		t.readerFault()
	case visit.ScreenBlocked:
		t.blocked()
	}
	return t.tell, t.err
}

func (t *teller) unreadable() {
	t.badge("wait", "alert", "step-card")
	t.head("unread-title", map[visit.Advice]string{
		visit.AdvicePlaceAgain: "unread-again", visit.AdviceOtherCard: "unread-other",
		visit.AdviceHoldStill: "unread-hold", visit.AdviceAskClerk: "unread-clerk",
	}[t.State.Advice])
	t.way("unread-way-1", "unread-way-1x")
	t.way("unread-way-2", "unread-way-2x")
	t.way("unread-way-3", "unread-way-3x")
	t.WaysTitle = t.t("unread-ways")
}

func (t *teller) refused() {
	switch t.State.Refusal {
	case visit.RefuseNotRegistered:
		t.notRegistered()
	case visit.RefuseElsewhere:
		t.elsewhere()
	case visit.RefuseConfirmed:
		t.confirmed()
	case visit.RefuseUnsuited:
		t.unsuited()
	case visit.RefuseClosed:
		t.closed()
	case visit.RefuseExpired:
		t.head("exp-title", "exp-lead")
		t.note("", "info", "data-safe", "")
		t.way("exp-1", "exp-1x")
		switch t.State.CardType() {
		case form.ChipHMT:
			t.way("exp-2", "exp-2x-hmt")
		case form.ChipForeigner2017, form.ChipForeigner2023:
			t.way("exp-2", "exp-2x-foreign")
		default:
			t.way("exp-2", "exp-2x")
		}
	case visit.RefuseCopies:
		t.uncopied()
	case visit.RefuseNotYetValid:
		t.head("early-title", "early-lead")
		t.note("", "info", "data-safe", "")
		t.way("ask-staff", "ask-staff-x")
	case visit.RefuseIncomplete:
		t.incomplete()
	case visit.RefuseOtherPerson:
		t.head("other-title", "other-lead")
		t.way("ask-staff", "ask-staff-x")
	case visit.RefuseNoTicket:
		t.noTicket()
	case visit.RefuseTimeUp:
		t.head("time-title", "time-lead")
		t.Art = "wait"
	default:
		t.head("fault-title", "fault-lead")
		t.way("ask-staff", "ask-staff-x")
	}
}

func (t *teller) notRegistered() {
	t.head("none-title", "none-lead")
	until := ""
	if s, ok := t.seasonOf(window.Register); ok {
		until = t.t("none-2-until", t.deadline(s.to))
	}
	t.way("none-1", "none-1x")
	t.way("none-2", "none-2x", until)
	t.way("none-3", "none-3x")
}

func (t *teller) elsewhere() {
	t.head("else-title", "else-lead")
	t.Strong = t.State.Found.Point
	if t.Strong == "" {
		t.Strong = t.t("else-unknown")
	}
	if at := t.State.Found.Place; at.Address != "" {
		t.Lead = t.t("else-lead")
		t.Ways = append(t.Ways, way{at.Address, t.served(at)})
	} else {
		t.note("", "info", "closed-safe", "")
	}
	if days, err := t.Days(); err == nil && days != "" {
		t.way("else-1", "else-1x", days)
	} else {
		t.way("else-1", "else-1n")
	}
	t.way("else-2", "else-2x")
	if t.State.Found.Place.Address == "" {
		t.way("ask-staff", "ask-staff-x")
	}
}

func (t *teller) confirmed() {
	f := t.State.Found
	t.badge("done", "check", "conf-badge")
	t.head("conf-title", "")
	where := f.Point
	if f.Here {
		where = t.t("conf-here")
	}
	switch {
	case f.At.IsZero() && where == "":
		t.Lead = t.t("conf-plain")
	case where == "":
		t.Lead = t.t("conf-at", t.moment(f.At))
	case f.At.IsZero():
		t.Lead = t.t("conf-where", where)
	default:
		t.Lead = t.t("conf-lead", t.moment(f.At), where)
	}
	if f.Here && f.Delivered {
		t.note("done", "check", "conf-sent", "")
	} else if f.Here {
		t.note("wait", "clock", "conf-waiting", "")
	}
	if t.State.Waits {
		t.Small = t.t("conf-review")
	}
	if t.paysLater() {
		t.Ways = append(t.Ways, way{t.t("conf-1"), t.payBefore()})
	}
	if t.paidFirst() {
		t.Ways = append(t.Ways, way{t.t("fee-first"), t.feeFirst()})
	}
	if !t.State.MayReprint() {
		t.way("conf-3", "conf-3x")
	}
	t.way("conf-2", "conf-2x")
}

// paysLater reports whether the campaign in force has her pay on line after she
// confirmed: it asks a fee, has dates for it, and confirms before it is paid.
func (t *teller) paysLater() bool {
	c := t.Status.Campaign
	if c == nil || !c.Policy.ConfirmUnpaid {
		return false
	}
	if _, dates := t.seasonOf(window.Pay); !dates {
		return false
	}
	for _, f := range c.Fees {
		if f.Fen > 0 {
			return true
		}
	}
	return false
}

// paidFirst reports whether the fee is paid at the point before she confirms (gaokao,
// B11). The box does not know who has paid, for cash is booked at the hub: nobody is
// turned away here, and a confirmation without the fee is void by the hub's rule (A42).
// So it is said to everybody.
func (t *teller) paidFirst() bool {
	c := t.Status.Campaign
	return c != nil && !c.Policy.ConfirmUnpaid && slices.ContainsFunc(c.Fees, func(f campaign.Fee) bool { return f.Fen > 0 })
}

// feeFirst says what becomes of who has not paid, and until when it can be mended.
func (t *teller) feeFirst() string {
	if s, dates := t.seasonOf(window.Pay); dates {
		return t.t("fee-first-until", t.deadline(s.to))
	}
	return t.t("fee-first-x")
}

// payBefore says until when to pay.
func (t *teller) payBefore() string {
	s, _ := t.seasonOf(window.Pay) // there are dates: see paysLater
	return t.t("accepted-pay-x", t.deadline(s.to))
}

func (t *teller) closed() {
	v := t.State.Verdict
	t.badge("wait", "clock", "closed-badge")
	switch v.Reason {
	case window.WrongHousehold:
		t.head("closed-local", "")
	case window.HouseholdUnknown:
		t.head("closed-unknown", "closed-unknownx")
	case window.WrongPoint, window.WrongCategory, window.WrongLevel, window.WrongDivision:
		t.head("closed-point", "closed-point-x")
	case window.Over:
		t.head("closed-over", "closed-over-x")
	case window.NoWindow:
		t.head("closed-none", "closed-none-x")
	default:
		t.head("closed-title", "")
	}
	if v.NextOpening.IsZero() {
		t.way("ask-staff", "ask-staff-x")
		return
	}
	next := t.moment(v.NextOpening)
	t.Lead = t.t("closed-next", next)
	t.note("", "info", "closed-safe", "closed-come")
	t.WaysTitle = t.t("closed-days")
	if s, ok := t.seasonOf(window.Confirm); ok {
		t.Ways = append(t.Ways, way{t.t("closed-from", next), t.t("closed-until", t.deadline(s.to))})
	}
	if h := hoursLine(t.Status.Campaign, t.Status.Point.Division); h != "" {
		t.Ways = append(t.Ways, way{t.t("closed-hours"), h})
	}
}

func (t *teller) incomplete() {
	t.head("miss-title", "")
	var names []string
	for _, key := range t.State.Missing {
		if f, ok := t.State.Found.Campaign.Form.Field(key); ok {
			names = append(names, t.In(visit.Text{Zh: f.Zh, En: f.En}))
		}
	}
	list, sep := names, "、"
	if t.English() {
		sep = ", "
	}
	if len(list) > 4 {
		list = append(list[:4:4], "…")
	}
	t.Lead = t.t("miss-lead", len(t.State.Missing), strings.Join(list, sep))
	t.note("", "info", "data-safe", "")
	t.way("miss-1", "miss-1x")
	t.way("ask-staff", "ask-staff-x")
}

func (t *teller) explained() {
	switch t.State.Explain {
	case visit.ExplainNotMe:
		t.head("notme-title", "notme-lead")
		t.way("notme-1", "notme-1x")
		t.way("notme-2", "notme-2x")
	case visit.ExplainWrong:
		t.head("wrong-title", "wrong-lead")
		t.note("done", "lock", "data-safe", "")
		t.way("wrong-1", "wrong-1x")
		t.way("wrong-2", "wrong-2x")
		t.way("wrong-3", "wrong-3x")
	case visit.ExplainNoCard:
		if t.Tickets() {
			t.head("ticket-no-card", "ticket-no-card-x")
			t.way("ticket-desk", "ticket-desk-x")
			t.way("ticket-own", "ticket-own-x")
			return
		}
		t.head("nocard-title", "nocard-lead")
		if s, ok := t.seasonOf(window.Confirm); ok {
			t.way("nocard-1", "nocard-1x", t.deadline(s.to))
		} else {
			t.way("nocard-1", "nocard-1n")
		}
		t.way("nocard-2", "nocard-2x")
		if c := t.Status.Campaign; c != nil && slices.ContainsFunc(c.Documents, func(d campaign.DocumentType) bool { return !d.Chip }) {
			t.way("nocard-3", "nocard-3x")
		}
	case visit.ExplainNotRegistered:
		t.head("unreg-title", "unreg-lead")
		t.way("unreg-1", "unreg-1x", t.Status.Point.Name)
		t.way("unreg-2", "unreg-2x")
		t.way("unreg-3", "unreg-3x")
	case visit.ExplainToken:
		t.token()
	case visit.ExplainNoToken:
		t.head("notoken-title", "notoken-lead")
		switch d := t.State.Drawn; {
		case d.Over:
			t.Lead = t.t("notoken-over")
		case d.Soon:
			t.Lead = t.t("notoken-soon")
		case d.Often:
			t.Lead = t.t("notoken-often")
		}
		t.way("ask-staff", "ask-staff-x")
	}
}

func (t *teller) sealFailed() {
	t.badge("wait", "alert", "failed-badge")
	switch {
	case t.State.Unsure:
		t.head("unsure-title", "unsure-lead")
	case t.State.MayRetry():
		t.head("failed-title", "failed-lead")
	default:
		t.head("failed-title", "failed-final")
	}
	t.way("ask-staff", "ask-staff-x")
}

func (t *teller) interrupted() {
	t.Counts = t.t("ends-in")
	switch t.Base() {
	case visit.ScreenLifted:
		t.head("lifted-title", "lifted-lead")
		t.Art = "put"
		switch {
		case t.State.Unread && t.State.Advice == visit.AdviceOtherCard:
			t.Lead = t.t("lifted-other")
		case t.State.Unread && t.State.Advice != "":
			t.Lead = t.t("lifted-again")
		case t.State.Unread:
			t.Lead, t.Art = t.t("lifted-unread"), "read"
		}
	case visit.ScreenWrongCard:
		t.head("wrongcard-title", "wrongcard-lead")
		t.Art = "fault"
	default:
		t.badge("wait", "alert", "lost-badge")
		t.head("lost-title", "lost-lead")
		t.Art = "fault"
	}
}

func (t *teller) help() {
	if c, ok := t.clock(); ok {
		called := c.Add(t.State.OverEnd - visit.HelpLimit - t.State.Now - t.Elapsed)
		t.badge("act", "hand", "help-badge", called.Format("15:04"))
	} else {
		t.badge("act", "hand", "help-badge-x")
	}
	if t.State.Coming {
		t.head("help-coming", "help-coming-x")
	} else {
		t.head("help-title", "help-lead")
	}
	if t.State.Phase != visit.PhaseIdle {
		t.note("done", "lock", "help-safe", "help-safe-x")
	}
	t.WaysTitle = t.t("help-tell")
	for _, key := range []string{"help-1", "help-2", "help-3"} {
		t.Ways = append(t.Ways, way{Head: t.t(key)})
	}
}

// ownCard asks for the card of a member of staff, and says to everybody else
// that it is not hers that is meant.
func (t *teller) ownCard() {
	t.badge("act", "info", "own-card-badge")
	t.head("own-card-title", "own-card-lead")
	switch t.State.Advice {
	case "":
	case visit.AdviceOtherCard:
		t.Lead = t.t("lifted-other")
	default:
		t.Lead = t.t("lifted-again")
	}
	t.Counts = t.t("own-card-ends-in")
	t.Art = "put"
}

func (t *teller) readerFault() {
	t.badge("must", "alert", "reader-badge")
	t.head("reader-title", "reader-lead")
	t.Small = t.t("reader-trying")
	if t.State.Machine.Permanent {
		t.Small = t.t("reader-permanent")
	}
	t.Art = "fault"
}

func (t *teller) blocked() {
	t.badge("must", "alert", "stop-badge")
	keys := map[visit.Block]string{
		visit.BlockNotEnrolled: "stop-enrol", visit.BlockNoCampaign: "stop-campaign", visit.BlockFrozen: "stop-frozen",
		visit.BlockRevoked: "stop-revoked", visit.BlockLocked: "stop-locked", visit.BlockFull: "stop-full", visit.BlockStore: "stop-store",
		visit.BlockBehind: "stop-behind", visit.BlockFailing: "stop-failing", visit.BlockTamper: "stop-tamper", visit.BlockStale: "stop-stale", visit.BlockCap: "stop-cap",
	}
	key, ok := keys[t.State.Machine.Blocked]
	if !ok {
		key = "stop-store"
	}
	t.head(key, key+"-x")
	t.note("", "info", "stop-elsewhere", "stop-kept")
	t.Art = "fault"
}
