package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/relief"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// ofOrder is what more time for one person's order is about.
const ofOrder = "payments/"

// secondMore is another end of an order as another person agrees to it: of that order,
// and that end.
func secondMore(camp rules.Campaign, o payment.Order, due string) countersign.Act {
	return countersign.Act{Act: flow.ActPostponeWindow, Subject: ofOrder + o.Number, Terms: due, Campaign: camp.ID, Division: camp.Province}
}

// moreTime says whether she may give this order another end, and how far that is: the
// province alone, of an order that has an end and is not settled. nil where it is not
// offered.
func (s *server) moreTime(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, o payment.Order) (*console.OrderMore, error) {
	if o.DueAt == 0 || o.State != payment.Open && o.State != payment.Closed || !slices.Contains(province(), v.session.Account.Role) {
		return nil, nil
	}
	may := permitted(camp, flow.ActPostponeWindow, v.session.Account.Role)
	if !may.known || !may.high {
		return nil, nil
	}
	out := &console.OrderMore{Post: "/gl/" + ofOrder + o.Number + "/extend", Codes: reasonOptions(camp, rules.ReasonsPostpone, v.lang)}
	if may.persons != 2 {
		return out, nil
	}
	of := secondMore(camp, o, "")
	of.AskedBy, out.ByTwo = v.session.Account.ID, true
	a, err := countersign.OpenOn(ctx, tx, of, s.Flow.Now().UnixMilli())
	if errors.Is(err, countersign.ErrNotFound) {
		return out, nil
	}
	if due, ok := s.newDue(a.Terms, o); err == nil && ok { // an end that has passed meanwhile is asked for anew
		out.How, out.Due, out.Until = string(a.State), a.Terms, due
	}
	return out, err
}

// newDue reads another end: to come, within the days that are ever given (A59), and
// never sooner than she was told.
func (s *server) newDue(text string, o payment.Order) (time.Time, bool) {
	due, err := time.ParseInLocation(formTime, text, window.Zone())
	now := s.Flow.Now()
	return due, err == nil && due.After(now) && !due.After(now.AddDate(0, 0, relief.MaxDays)) && (o.State == payment.Closed || due.UnixMilli() > o.DueAt)
}

// moreReason is why one gets more time: one of the campaign's reasons, where it has a
// list of them, and words. "" is none.
func moreReason(c *gin.Context, camp rules.Campaign) string {
	said, ok := reason(c)
	if !ok {
		return ""
	}
	for _, l := range camp.Reasons {
		if l.Key != rules.ReasonsPostpone {
			continue
		}
		for _, e := range l.Entries {
			if e.Code == c.PostForm("code") {
				return e.Code + " " + e.Zh + "　" + said
			}
		}
		return ""
	}
	return said
}

// extendOrder asks for the second person's word, or gives one person more time to pay
// as two agreed (A59): of nobody else anything changes, and she is told.
func (s *server) extendOrder(c *gin.Context, v *visit) {
	number := v.subject.(payment.Order).Number
	form := console.OrderMore{Due: c.PostForm("due"), Code: c.PostForm("code"), Said: strings.TrimSpace(c.PostForm("reason"))}
	var due time.Time
	ask := func(ctx context.Context, tx *db.Tx) (asking, error) {
		o, err := payment.GetOrder(ctx, tx, number)
		if err != nil {
			return asking{}, err
		}
		camp, err := s.campaignOf(ctx, tx, &o)
		if err != nil {
			return asking{}, err
		}
		var ok bool
		due, ok = s.newDue(form.Due, o)
		switch {
		case o.State != payment.Open && o.State != payment.Closed || o.DueAt == 0:
			return asking{}, payment.ErrState
		case !ok:
			return asking{}, flow.ErrDue
		}
		return asking{may: permitted(camp, flow.ActPostponeWindow, v.session.Account.Role), of: secondMore(camp, o, form.Due), why: moreReason(c, camp)}, nil
	}
	out, err := s.actOfTwo(c.Request.Context(), v, ask, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.ExtendOrder(ctx, tx, number, due, why, v.by(), second)
	})
	status, wrong := s.answerTwo(c, v, doneAt("/gl/"+ofOrder+number, "extended"), out, err,
		notSo{flow.ErrDue, http.StatusUnprocessableEntity, "pay.extend.when"}, notSo{flow.ErrVoid, http.StatusConflict, "pay.extend.void"},
		notSo{payment.ErrState, http.StatusConflict, "pay.extend.not"}, notSo{payment.ErrOpen, http.StatusConflict, "pay.extend.not"}, notSo{countersign.ErrState, http.StatusConflict, "pay.extend.not"})
	if status != 0 {
		s.showOrder(c, v, status, orderTyped{wrong: wrong, more: form})
	}
}
