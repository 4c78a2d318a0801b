package portal

import (
	"strings"

	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// verdict is whether it is her time to submit, as far as can be told from what
// she has filled in.
func (s *server) verdict(w *work) window.Verdict {
	return w.camp.Judge(window.Register, w.app, w.place.Division, window.At(s.now()))
}

// untold verdicts only say that something is not filled in yet.
func untold(v window.Verdict) bool { return strings.HasSuffix(string(v.Reason), "-unknown") }

// windowLine says whether it is her time; nil when nothing can be said yet.
func (s *server) windowLine(w *work) *pages.WindowLine {
	if w.confirmed() {
		return nil
	}
	v := s.verdict(w)
	zh, en := v.Words()
	line := &pages.WindowLine{Class: "wait", Text: zh, Until: v.Until}
	if w.lang == pages.En {
		line.Text = en
	}
	from, to := span(window.Latest(w.camp.Windows, window.Register))
	now := s.now()
	switch {
	case s.over(w.camp):
		line.Class = "must"
	case v.Accepts():
		line.Open = true
	case untold(v) && !now.Before(from):
		line.Open, line.Until = true, to // nobody's time ends later
	case untold(v):
		early := window.Verdict{State: window.Closed, Reason: window.NotYet, NextOpening: from}
		if line.Text, en = early.Words(); w.lang == pages.En {
			line.Text = en
		}
	}
	return line
}

// over tells whether nobody registers any more.
func (s *server) over(camp rules.Campaign) bool {
	_, to := span(window.Latest(camp.Windows, window.Register))
	return !s.now().Before(to)
}

// locked says why nothing can be changed any more, as a phrase; "" it can.
func (s *server) locked(w *work) string {
	switch {
	case w.confirmed():
		return "lock.confirmed"
	case s.over(w.camp):
		return "lock.over"
	}
	return ""
}
