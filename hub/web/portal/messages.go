package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
)

// messagesPart: what she was told, and in a demonstration the text messages.
func (s *server) messagesPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/messages", do: s.messages},
		{method: post, path: "/ks/messages/read", do: s.readMessages},
		{method: get, path: "/ks/demo/texts", open: true, demo: true, do: s.texts},
	}
}

// messagesShown is how many stand on one page.
const messagesShown = 20

// messages shows what she was told, newest first. To look at them does not mark
// them as read: she says so herself, and a page that was only fetched changes
// nothing.
func (s *server) messages(c *gin.Context, v *visit) {
	before := c.Query("before")
	if len(before) > 32 {
		s.refuse(c, v, door.Bad)
		return
	}
	s.view(c, v, http.StatusOK, "messages", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		all, err := notice.List(ctx, tx, m.reader(v), before, messagesShown+1)
		if err != nil {
			return nil, err
		}
		out := pages.Messages{Unread: m.unread, Many: m.unread >= notice.MaxUnread, First: before == ""}
		if len(all) > messagesShown {
			all = all[:messagesShown]
			out.Older = all[messagesShown-1].ID
		}
		if len(all) > 0 {
			out.Newest = all[0].ID
		}
		out.List, err = s.inWords(ctx, tx, v, m, all)
		return out, err
	})
}

// readMessages marks as read what she was shown.
func (s *server) readMessages(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		return notice.MarkRead(ctx, tx, m.reader(v), c.PostForm("newest"), s.now().UnixMilli())
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/messages")
}

// weight is how a kind is marked, where it is not plain: "must" what cannot
// stay as it is, "wait" what she should look at, "done" what is settled.
var weight = map[notice.Kind]string{
	notice.Reviewed: "done", notice.ReviewLacks: "must", notice.Registered: "done", notice.Confirmed: "done", notice.Paid: "done", notice.CorrectionDone: "done", notice.ErasureDone: "done", notice.RulesValid: "done", notice.Decided: "done",
	notice.Superseded: "wait", notice.TimePending: "wait", notice.Quarantined: "wait", notice.WindowChanged: "wait", notice.RulesFee: "wait", notice.Recovered: "wait",
	notice.RulesInvalid: "must", notice.RulesChoice: "must", notice.Disputed: "must", notice.NumberDoubt: "must", notice.Voided: "must", notice.DecidedNone: "must", notice.HeldRefused: "must", notice.VoidedOther: "wait",
	notice.ScoresOut: "done", notice.AdmissionOut: "done", notice.ResultsUndone: "must",
	notice.PayTrouble: "wait", notice.EndListed: "must", notice.EndKept: "must", notice.EndOff: "wait", notice.EndVoid: "must", notice.EndRestored: "must", notice.SiteLost: "must", notice.SeatGiven: "done", notice.SeatKept: "must", notice.SeatChanged: "must", notice.SeatGone: "must", notice.AreaMoved: "wait",
	notice.OrderOpened: "must", notice.OrderExtended: "wait", notice.OrderClosed: "must", notice.OrderWaived: "done", notice.OrderDiffers: "wait", notice.OrderSettled: "wait", notice.PaymentLate: "wait", notice.PaymentTwice: "wait",
	notice.PaymentLeft: "wait", notice.PaymentOther: "wait", notice.PaymentNone: "must", notice.RefundAsked: "wait", notice.RefundFailed: "wait", notice.Refunded: "done",
	notice.Provisional: "wait", notice.CardReview: "wait", notice.PapersAccepted: "done", notice.PapersReturned: "must", notice.PapersRefused: "must", notice.CardVerified: "done", notice.CardDiffers: "wait",
}

// leads is where she can see more, or do what is asked.
var leads = map[notice.Kind]string{
	notice.Reviewed: "/ks/status", notice.ReviewLacks: "/ks/status", notice.Registered: "/ks/status", notice.Edited: "/ks/status", notice.Moved: "/ks/point", notice.Confirmed: "/ks/status", notice.Superseded: "/ks/differences",
	notice.Disputed: "/ks/status", notice.NumberDoubt: "/ks/status", notice.Voided: "/ks/status", notice.VoidedOther: "/ks/status", notice.Decided: "/ks/differences", notice.DecidedNone: "/ks/status", notice.HeldRefused: "/ks/status", notice.TimePending: "/ks/status",
	notice.Provisional: "/ks/status", notice.CardReview: "/ks/status", notice.PapersAccepted: "/ks/status", notice.PapersReturned: "/ks/status", notice.PapersRefused: "/ks/status", notice.CardVerified: "/ks/status", notice.CardDiffers: "/ks/status", notice.RulesInvalid: "/ks/review", notice.RulesChoice: "/ks/choices",
	notice.ScoresOut: "/ks/results", notice.AdmissionOut: "/ks/results", notice.ResultsUndone: "/ks/results",
	notice.PayTrouble: "/ks/status", notice.EndListed: "/ks/status", notice.EndKept: "/ks/status", notice.EndOff: "/ks/status", notice.EndVoid: "/ks/status", notice.EndRestored: "/ks/status", notice.SiteLost: "/ks/status", notice.SeatGiven: "/ks/ticket", notice.SeatKept: "/ks/ticket", notice.SeatChanged: "/ks/ticket", notice.SeatGone: "/ks/status", notice.AreaMoved: "/ks/status",
	notice.OrderOpened: "/ks/pay", notice.OrderExtended: "/ks/pay", notice.OrderClosed: "/ks/pay", notice.OrderWaived: "/ks/pay", notice.OrderDiffers: "/ks/pay", notice.OrderSettled: "/ks/pay", notice.Paid: "/ks/pay",
	notice.PaymentLate: "/ks/pay", notice.PaymentTwice: "/ks/pay", notice.PaymentLeft: "/ks/pay", notice.PaymentOther: "/ks/pay", notice.PaymentNone: "/ks/pay", notice.RefundAsked: "/ks/pay", notice.RefundFailed: "/ks/pay", notice.Refunded: "/ks/pay",
	notice.WindowChanged: "/ks/status", notice.CorrectionDone: "/ks/my-data", notice.CorrectionSent: "/ks/my-data", notice.ErasureSent: "/ks/my-data", notice.ErasureDone: "/ks/my-data",
	notice.CopyTaken: "/ks/my-data", notice.PasswordChanged: "/ks/account", notice.PhoneChanged: "/ks/account", notice.SlipMade: "/ks/account",
}

// inWords puts messages into words.
func (s *server) inWords(ctx context.Context, tx *db.Tx, v *visit, m *mine, all []notice.Notice) ([]pages.Message, error) {
	l := v.lang
	out := make([]pages.Message, 0, len(all))
	for _, n := range all {
		more, err := s.said(ctx, tx, v, m, n)
		if err != nil {
			return nil, err
		}
		key := "msg." + string(n.Kind)
		title := key
		for _, how := range []string{n.Args["by"], n.Args["result"]} { // who did it, or what came of it, changes the heading
			if more := key + "." + how; how != "" && s.pages.Has(more) {
				title = more
			}
		}
		text := key + ".text"
		if n.Kind == notice.OrderOpened && !slices.ContainsFunc(m.camp.Payment.Channels, rules.OnLine) {
			text += ".point"
		}
		out = append(out, pages.Message{Title: s.pages.Text(l, title), Text: s.pages.Text(l, text), More: more,
			At: time.UnixMilli(n.At), Class: weight[n.Kind], New: !n.Read, Path: leads[n.Kind], Lead: "msg.lead" + strings.ReplaceAll(leads[n.Kind], "/ks/", ".")})
	}
	return out, nil
}

// said is what a message's codes mean: each a line.
func (s *server) said(ctx context.Context, tx *db.Tx, v *visit, m *mine, n notice.Notice) (out []string, err error) {
	l, english := v.lang, v.lang == pages.En
	if code := n.Args["point"]; code != "" {
		switch p, err := s.pointOf(ctx, tx, v, code); {
		case err == nil:
			out = append(out, s.pages.Text(l, "msg.point", p.Name))
		case !errors.Is(err, org.ErrNotFound):
			return nil, err
		}
	}
	if step := n.Args["step"]; step != "" {
		out = append(out, s.pages.Text(l, "msg.step", m.stepName(step, english)))
	}
	for _, code := range strings.Split(n.Args["codes"], ", ") {
		if code != "" {
			out = append(out, campaign.FindingInWords(m.camp, code, english))
		}
	}
	out = append(out, s.reviewSaid(l, m.camp, n)...)
	out = append(out, s.orderSaid(l, n)...)
	if old, now := n.Args["old"], n.Args["new"]; now != "" {
		out = append(out, s.pages.Text(l, "msg.fee", yuan(old), yuan(now)))
	}
	return out, nil
}

// orderSaid is what a message says of an order: how much, until when, and its number.
func (s *server) orderSaid(l pages.Lang, n notice.Notice) (out []string) {
	if fen := n.Args["fen"]; fen != "" {
		out = append(out, s.pages.Text(l, "msg.amount", yuan(fen)))
	}
	if why := "msg.end.why." + n.Args["why"]; s.pages.Has(why) {
		out = append(out, s.pages.Text(l, why))
	}
	if from, err := strconv.ParseInt(n.Args["from"], 10, 64); err == nil {
		out = append(out, s.pages.Text(l, "msg.from", pages.Moment(l, time.UnixMilli(from))))
	}
	if due, err := strconv.ParseInt(n.Args["due"], 10, 64); err == nil {
		out = append(out, s.pages.Text(l, "msg.until", pages.Moment(l, time.UnixMilli(due))))
	}
	if order := n.Args["order"]; order != "" {
		out = append(out, s.pages.Text(l, "msg.order", order))
	}
	return out
}

func (m *mine) stepName(key string, english bool) string {
	for _, st := range m.camp.Steps {
		if st.Key == key && english && st.En != "" {
			return st.En
		} else if st.Key == key {
			return st.Zh
		}
	}
	return key
}

// yuan is an amount in fen as a message holds it; nobody knew it before there
// was a level.
func yuan(fen string) string {
	n, err := strconv.ParseInt(fen, 10, 64)
	if err != nil || n < 0 {
		return "—"
	}
	return pages.Yuan(n)
}

// textsShown is how many texts a demonstration shows.
const textsShown = 30

// texts shows the text messages of a demonstration, where nobody has the
// telephone. They hold codes: outside a database that the demonstration made
// the route is not there.
func (s *server) texts(c *gin.Context, v *visit) {
	s.view(c, v, http.StatusOK, "texts", func(ctx context.Context, tx *db.Tx, _ *mine) (any, error) {
		var out pages.Texts
		if s.Texts == nil {
			return out, nil
		}
		all, err := s.Texts.Show(ctx, tx, v.lang == pages.En, textsShown)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			out.List = append(out.List, pages.SentText{To: t.Phone.Reveal(), Words: t.Words, At: time.UnixMilli(t.Queued), State: "texts.state." + string(t.State)})
		}
		return out, nil
	})
}
