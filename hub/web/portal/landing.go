package portal

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// landing is the first page: what can be done today, by when, and where to go.
func (s *server) landing(c *gin.Context, v *visit) {
	if camp, ok := s.campaigns.known(s.DB.Changes()); ok && v.session == nil {
		if paying, ok := s.campaigns.inUse(camp.ID); ok {
			s.draw(c, v, http.StatusOK, "landing", s.frame(c, v, "landing", &mine{camp: camp}), s.landingOf(v.lang, camp, paying))
			return
		}
	}
	s.view(c, v, http.StatusOK, "landing", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		if m.camp.ID == "" {
			return pages.Landing{Head: s.pages.Text(v.lang, "app.name"), State: "landing.state.none"}, nil
		}
		paying, err := s.campaigns.pays(ctx, tx, m.camp.ID)
		return s.landingOf(v.lang, m.camp, paying), err
	})
}

// steps of the calendar that an applicant takes part in, in the order of the
// campaign: what the first page speaks of.
func hersOnly(camp rules.Campaign) []rules.Step {
	var out []rules.Step
	for _, st := range camp.Steps {
		if slices.Contains(st.By, "candidate") && len(window.Latest(camp.Windows, window.Step(st.Key))) > 0 {
			out = append(out, st)
		}
	}
	return out
}

// drawnOnce is what the first page says from one boundary of the windows to the
// next: between them it says the same.
type drawnOnce struct {
	from, to time.Time // zero: since ever, for ever
	said     pages.Landing
	there    bool
}

// landingOf gives what the first page says now. Nobody changes what it gives.
func (s *server) landingOf(l pages.Lang, camp rules.Campaign, paying bool) pages.Landing {
	now, k := s.now(), &s.campaigns
	which := 0
	if l == pages.En {
		which = 1
	}
	if paying {
		which += 2
	}
	k.mu.Lock()
	d, same := k.landing[which], k.last.ID == camp.ID && k.last.Version == camp.Version
	k.mu.Unlock()
	if same && d.there && !now.Before(d.from) && (d.to.IsZero() || now.Before(d.to)) {
		return d.said
	}
	d = drawnOnce{said: s.landingAt(l, camp, now, paying), there: true}
	d.from, d.to = between(camp.Windows, now)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last.ID == camp.ID && k.last.Version == camp.Version {
		k.landing[which] = d
	}
	return d.said
}

// between gives the last start or end of a window until now and the next after
// it, zero where there is none.
func between(all []window.Window, now time.Time) (from, to time.Time) {
	for _, w := range all {
		for _, t := range []time.Time{w.From, w.To} {
			switch {
			case !now.Before(t):
				if t.After(from) {
					from = t
				}
			case to.IsZero() || t.Before(to):
				to = t
			}
		}
	}
	return from, to
}

func (s *server) landingAt(l pages.Lang, camp rules.Campaign, now time.Time, paying bool) pages.Landing {
	out := pages.Landing{Head: camp.Short, Card: camp.Kind == rules.KindGaokao, Bring: lines(camp.Text("bring", l == pages.En))}
	if l == pages.En {
		out.Head = camp.En
	}
	from, to := everywhere(camp, window.Register)
	switch {
	case from.IsZero() || !now.Before(to):
		out.State = "landing.state.over"
	case now.Before(from):
		out.State, out.Until, out.UntilKey = "landing.state.before", from, "landing.from"
	default:
		out.State, out.Open, out.Until, out.UntilKey = "landing.state.open", true, to, "landing.until"
	}
	apart := false // what is to be done has several ends: no one day is named for all
	for _, st := range hersOnly(camp) {
		from, to := everywhere(camp, window.Step(st.Key))
		_, latest := span(window.Latest(camp.Windows, window.Step(st.Key)))
		name := st.Zh
		if l == pages.En {
			name = capital(st.En)
		}
		off := st.Key == string(window.Pay) && !paying
		out.Unpaid = out.Unpaid || off
		out.Slip = out.Slip || st.Key == string(window.Pay) && paying && camp.Payment.ByPhone()
		out.Dates = append(out.Dates, pages.LandingDate{When: days(l, from, to), What: name, Off: off, Now: !off && !now.Before(from) && now.Before(to), Ahead: now.Before(from)})
		if text := s.stepText(l, camp, st.Key, paying); text != "" {
			out.Steps = append(out.Steps, pages.LandingStep{Name: name, Text: text})
			if !off {
				apart = apart || !out.Last.IsZero() && !to.Equal(out.Last)
				out.Last = to
			}
		}
		out.Later = out.Later || latest.After(to)
	}
	if apart {
		out.Last = time.Time{}
	}
	if out.Open {
		out.Warnings = s.localOnly(l, camp, now)
	}
	return out
}

// stepText says what somebody does in a step of the registration, "" of a later one.
func (s *server) stepText(l pages.Lang, camp rules.Campaign, step string, paying bool) string {
	switch window.Step(step) {
	case window.Register:
		return s.pages.Text(l, chosen(camp, "landing.step.register"))
	case window.Confirm:
		return s.pages.Text(l, "landing.step.confirm")
	case window.Pay:
		var fees []string
		for _, f := range camp.Fees {
			fees = append(fees, s.pages.Text(l, "landing.fee", levelName(camp, l, f.Level), pages.Yuan(f.Fen)))
		}
		text := s.pages.Text(l, "landing.step.pay")
		if !camp.Policy.ConfirmUnpaid {
			text = s.pages.Text(l, "landing.step.pay.point")
		}
		if !paying {
			text = s.pages.Text(l, "landing.step.pay.off")
		}
		if len(fees) > 0 {
			text = s.pages.Text(l, "landing.fees", capital(strings.Join(fees, s.pages.Text(l, "list.comma"))), text)
		}
		return text
	}
	return ""
}

// localOnly warns of places that for now take only those whose household is there.
func (s *server) localOnly(l pages.Lang, camp rules.Campaign, now time.Time) []pages.LandingWarning {
	type term struct{ local, all time.Time }
	names := camp.WindowNames()
	groups := map[term][]string{}
	all := window.Latest(camp.Windows, window.Confirm)
	for _, w := range all {
		if len(w.Scope.Households) == 0 || !now.Before(w.To) {
			continue
		}
		for _, o := range all {
			if len(o.Scope.Households) == 0 && slices.Equal(o.Scope.Divisions, w.Scope.Divisions) {
				k := term{w.To.Add(-time.Second), o.From}
				for _, d := range w.Scope.Divisions {
					zh, en := names.Division(d)
					if l == pages.En && en != "" {
						zh = en
					}
					groups[k] = append(groups[k], zh)
				}
			}
		}
	}
	var out []pages.LandingWarning
	for k, where := range groups {
		join := "、"
		if l == pages.En {
			join = ", "
		}
		out = append(out, pages.LandingWarning{Head: s.pages.Text(l, "landing.local", strings.Join(where, join)),
			Text: s.pages.Text(l, "landing.local.text", pages.Day(l, k.local.Add(time.Second)), pages.Day(l, k.all))})
	}
	slices.SortFunc(out, func(a, b pages.LandingWarning) int { return strings.Compare(a.Head, b.Head) })
	return out
}

// everywhere gives the first start of a step, and the last moment at which it is
// still open to everybody: where one county or one category has longer, nobody
// else is told so on a page that is for all.
func everywhere(camp rules.Campaign, step window.Step) (from, to time.Time) {
	all := window.Latest(camp.Windows, step)
	from, _ = span(all)
	groups := map[string][]window.Window{} // by category, "" is of all
	for _, w := range all {
		for _, k := range append(slices.Clone(w.Scope.Categories), w.Scope.Levels...) {
			groups[k] = append(groups[k], w)
		}
		if len(w.Scope.Categories)+len(w.Scope.Levels) == 0 {
			groups[""] = append(groups[""], w)
		}
	}
	for _, g := range groups {
		for _, d := range camp.Divisions {
			var here []window.Window
			for _, w := range g {
				if len(w.Scope.Points) == 0 && (len(w.Scope.Divisions) == 0 || slices.ContainsFunc(w.Scope.Divisions, func(x string) bool { return window.Covers(x, d.Code) })) {
					here = append(here, w)
				}
			}
			if _, end := span(here); !end.IsZero() && (to.IsZero() || end.Before(to)) {
				to = end
			}
		}
	}
	return from, to
}

// span gives the first start and the last end of windows, zero of none.
func span(all []window.Window) (from, to time.Time) {
	for _, w := range all {
		if from.IsZero() || w.From.Before(from) {
			from = w.From
		}
		if w.To.After(to) {
			to = w.To
		}
	}
	return from, to
}

// days writes a span of whole days: 9月2—11日.
func days(l pages.Lang, from, to time.Time) string {
	from, to = from.In(window.Zone()), to.In(window.Zone()).Add(-time.Second)
	if l == pages.En {
		if from.Month() == to.Month() {
			return fmt.Sprintf("%d–%d %s", from.Day(), to.Day(), to.Format("Jan"))
		}
		return from.Format("2 Jan") + " – " + to.Format("2 Jan")
	}
	switch {
	case from.YearDay() == to.YearDay():
		return fmt.Sprintf("%d月%d日", from.Month(), from.Day())
	case from.Month() == to.Month():
		return fmt.Sprintf("%d月%d—%d日", from.Month(), from.Day(), to.Day())
	}
	return fmt.Sprintf("%d月%d日—%d月%d日", from.Month(), from.Day(), to.Month(), to.Day())
}

// lines splits a text of the campaign, one thing a line.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
