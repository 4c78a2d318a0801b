package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment/relief"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// troublePart is channels that fail for many (A59): how they answer, whom it concerns,
// telling them, and more time for exactly those. The province's alone: it is where
// channels are configured, and where times are moved.
func (s *server) troublePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/trouble", who: province(), remit: remitNone, right: "trouble", do: s.trouble},
		{method: post, path: "/gl/trouble/tell", who: province(), remit: remitNone, do: s.tellTrouble},
		{method: post, path: "/gl/trouble/extend", who: province(), remit: remitNone, do: s.extendTrouble},
	}}
}

// ofTrouble is what an extension by two is about.
const ofTrouble = "trouble/"

// formTime is a moment as a form has it.
const formTime = "2006-01-02T15:04"

// troubleForm reads whom to find; ok is false when it is no form at all yet.
func (s *server) troubleForm(get func(string) string, camp rules.Campaign) (f console.TroubleForm, t relief.Terms, err error) {
	f = console.TroubleForm{Channel: get("channel"), From: get("from"), To: get("to"), Due: get("due"), Code: get("code"), Reason: strings.TrimSpace(get("reason"))}
	t = relief.Terms{Campaign: camp.ID, Division: camp.Province, Channel: f.Channel}
	read := func(text string) int64 {
		at, bad := time.ParseInLocation(formTime, text, window.Zone())
		if bad != nil {
			err = relief.ErrTime
			return 0
		}
		return at.UnixMilli()
	}
	t.From, t.To = read(f.From), read(f.To)
	if f.Due != "" {
		t.Due = read(f.Due)
	}
	if !channelOf(camp, f.Channel) {
		err = relief.ErrTime
	}
	if err == nil {
		err = t.Check(s.Flow.Now().UnixMilli())
	}
	return f, t, err
}

func channelOf(camp rules.Campaign, name string) bool {
	for _, c := range camp.Payment.Channels {
		if c == name {
			return true
		}
	}
	return false
}

func (s *server) trouble(c *gin.Context, v *visit) {
	if done := "trouble.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showTrouble(c, v, http.StatusOK, c.Query, "")
}

func (s *server) showTrouble(c *gin.Context, v *visit, status int, get func(string) string, wrong string) {
	ctx := c.Request.Context()
	view := console.Trouble{Error: wrong}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		return s.troubleView(ctx, tx, v, camp, get, &view)
	})
	switch {
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "trouble", "trouble", view)
	}
}

func (s *server) troubleView(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, get func(string) string, view *console.Trouble) error {
	now := s.Flow.Now()
	if err := s.troubleRates(ctx, tx, camp, now, view); err != nil {
		return err
	}
	view.Codes = append(view.Codes, reasonOptions(camp, rules.ReasonsPostpone, v.lang)...)
	may := permitted(camp, flow.ActPostponeWindow, v.session.Account.Role)
	if !may.known || !may.high {
		view.Refuse = may.refusal()
	}
	given, err := relief.Given(ctx, tx, camp.ID, 20)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, g := range given {
		row := console.TroubleGiven{At: ms(g.At), From: ms(g.From), To: ms(g.To), Due: ms(g.Due), Channel: s.channelWord(v, g.Channel), People: g.People, Reopened: g.Reopened, Reason: g.Reason}
		if row.By, err = s.author(ctx, tx, v, staffAuthor(g.By), names); err != nil {
			return err
		}
		if g.Second != "" {
			if row.Other, err = s.author(ctx, tx, v, staffAuthor(g.Second), names); err != nil {
				return err
			}
		}
		view.Given = append(view.Given, row)
	}
	if get("channel") == "" {
		view.Form = console.TroubleForm{From: now.Add(-2 * time.Hour).In(window.Zone()).Format(formTime), To: now.In(window.Zone()).Format(formTime)} // the minute that runs is not over: relief.Terms
		return nil
	}
	form, terms, err := s.troubleForm(get, camp)
	view.Form = form
	if err != nil {
		if view.Error == "" {
			view.Error = "trouble.error.time"
		}
		return nil
	}
	if view.Look, err = s.troubleLook(ctx, tx, terms); err != nil {
		return err
	}
	view.Second, err = s.standingSecond(ctx, tx, v, may, secondTrouble(camp, form))
	return err
}

// channelWord is a channel in words.
func (s *server) channelWord(v *visit, name string) string {
	if key := "trouble.channel." + name; s.pages.Has(key) {
		return s.pages.Text(v.lang, key)
	}
	return name
}

// troubleRates is how the channels of the campaign answer.
func (s *server) troubleRates(ctx context.Context, tx *db.Tx, camp rules.Campaign, now time.Time, view *console.Trouble) error {
	short, err := teller.Rates(ctx, tx, now.Add(-flow.AlarmSpan).UnixMilli())
	if err != nil {
		return err
	}
	long, err := teller.Rates(ctx, tx, now.Add(-time.Hour).UnixMilli())
	if err != nil {
		return err
	}
	for _, name := range camp.Payment.Channels {
		if name == rules.ChannelCash || name == rules.ChannelTransfer {
			continue
		}
		row := console.TroubleRate{Channel: "trouble.channel." + name}
		for _, r := range short {
			if r.Channel == name {
				row.Asked, row.Away, row.Refused, row.Percent, row.Alarm = r.Asked, r.Away, r.Refused, r.Failing(), flow.Fails(r)
				row.Few = !row.Alarm && r.Failing() >= flow.AlarmPercent
			}
		}
		for _, r := range long {
			if r.Channel == name {
				row.LongAsked, row.LongAway, row.LongPercent = r.Asked, r.Away, r.Failing()
			}
		}
		view.Rates = append(view.Rates, row)
		view.Channels = append(view.Channels, console.Option{Value: name, Text: row.Channel})
	}
	return nil
}

// mostTroubled is how many of those affected the page shows; the act is about all.
const mostTroubled = 30

func (s *server) troubleLook(ctx context.Context, tx *db.Tx, t relief.Terms) (*console.TroubleLook, error) {
	p, err := relief.Look(ctx, tx, t)
	if err != nil {
		return nil, err
	}
	out := &console.TroubleLook{Tried: p.Tried, Paid: p.Paid, Enough: p.Enough, Open: p.Open, Closed: p.Closed, Hash: p.Hash}
	all, err := relief.List(ctx, tx, t, "", mostTroubled)
	if err != nil {
		return nil, err
	}
	points := pointNames{}
	for _, a := range all {
		row := console.TroubleRow{Order: a.Order, Fen: a.Fen, Due: ms(a.Due), Last: ms(a.Last), Closed: a.Closed, Tries: a.Tries}
		if row.Place, err = points.name(ctx, tx, a.Point); err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, row)
	}
	out.More = p.People() - len(all)
	return out, nil
}

// secondTrouble is an extension as another person agrees to it: for whoever tried to pay
// by that channel in that stretch and has not paid when it is done. People pay all the
// time: who they are is not what the two agree to, and is kept with the act.
func secondTrouble(camp rules.Campaign, f console.TroubleForm) countersign.Act {
	q := url.Values{"channel": {f.Channel}, "from": {f.From}, "to": {f.To}, "due": {f.Due}, "code": {f.Code}}
	return countersign.Act{Act: flow.ActPostponeWindow, Subject: ofTrouble + q.Encode(), Terms: f.Due, Campaign: camp.ID, Division: camp.Province}
}

func (s *server) tellTrouble(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		_, terms, err := s.troubleForm(c.PostForm, camp)
		if err != nil {
			return err
		}
		_, err = s.Flow.TellTrouble(ctx, tx, terms, v.by())
		return err
	})
	s.afterTrouble(c, v, "told", allowed{}, s.Flow.Refused(ctx, s.DB, err))
}

// extendTrouble asks for the second person's word, or does what she agreed to.
func (s *server) extendTrouble(c *gin.Context, v *visit) {
	var form console.TroubleForm
	var terms relief.Terms
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return asking{}, err
		}
		if form, terms, err = s.troubleForm(c.PostForm, camp); err != nil || terms.Due == 0 {
			return asking{}, errors.Join(relief.ErrTime, err)
		}
		some, err := relief.List(ctx, tx, terms, "", 1)
		if err == nil && len(some) == 0 {
			err = relief.ErrNobody
		}
		return asking{may: permitted(camp, flow.ActPostponeWindow, v.session.Account.Role), of: secondTrouble(camp, form), why: given(c)}, err
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		_, err := s.Flow.GiveRelief(ctx, tx, relief.Relief{Terms: terms, Code: form.Code, Reason: why, Second: second}, v.by())
		return err
	})
	s.afterTrouble(c, v, "extended", out, err)
}

// afterTrouble answers an act.
func (s *server) afterTrouble(c *gin.Context, v *visit, done string, out allowed, err error) {
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	back := url.Values{"done": {done}} // whom it concerns stands there on: who is told is given more time next
	for _, name := range []string{"channel", "from", "to", "due"} {
		back.Set(name, c.PostForm(name))
	}
	status, wrong := s.answerTwo(c, v, "/gl/trouble?"+back.Encode(), out, err, notSo{relief.ErrTime, http.StatusUnprocessableEntity, "trouble.error.time"},
		notSo{relief.ErrNobody, http.StatusUnprocessableEntity, "trouble.error.nobody"}, notSo{countersign.ErrState, http.StatusConflict, "trouble.error.changed"})
	if status == 0 {
		return
	}
	s.showTrouble(c, v, status, c.PostForm, wrong)
}

// countTrouble counts channels that fail for many now.
func (s *server) countTrouble(ctx context.Context, tx *db.Tx, _ *visit, _ string) (int, error) {
	all, err := flow.Failing(ctx, tx, s.Flow.Now())
	return len(all), err
}
