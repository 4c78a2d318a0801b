package web

import (
	"slices"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// ahead are the steps that a candidate still has before her, in the order of the
// campaign, and what stands for each that is done.
var ahead = []struct {
	step window.Step
	must bool // what is not done by its end ends the application
}{{window.Confirm, true}, {window.Pay, true}, {window.Report, false}, {window.PrintTicket, false}, {"sit", false}}

// next are the steps to come, on the sealing line: dashed, with the days they
// are open for her. The first is what waits now.
func (w words) next(app form.Application, row candidate.Row, paid bool, now time.Time) []console.Step {
	var out []console.Step
	if row.State == candidate.Withdrawn {
		return nil // unless she submits it again
	}
	waits := true
	for _, a := range ahead {
		i := slices.IndexFunc(w.camp.Steps, func(s rules.Step) bool { return s.Key == string(a.step) })
		if i < 0 || a.step == window.Confirm && row.State == candidate.Confirmed || a.step == window.Pay && paid {
			continue
		}
		name := w.camp.Steps[i].Zh
		if w.lang == console.En {
			name = w.camp.Steps[i].En
		}
		step := console.Step{Key: w.t("candidate.next", name), Note: w.when(a.step, app, row, now)}
		if waits {
			step.Class, step.Key = "wait", w.t("candidate.waits", name)
			if v := w.camp.Judge(a.step, app, row.Division, window.At(now)); a.must && v.State == window.Closed && !v.Ended.IsZero() && v.NextOpening.IsZero() {
				step.Class, step.Key = "must", w.t("candidate.missed", name)
			}
			waits = false
		}
		out = append(out, step)
	}
	return out
}

// nothingToPay reports whether nothing is left to pay.
func nothingToPay(orders []payment.Order) bool {
	return slices.ContainsFunc(orders, func(o payment.Order) bool { return o.State == payment.Paid || o.State == payment.Waived })
}

// when says until when a step is open for her, or from when; "" if no window
// tells.
func (w words) when(step window.Step, app form.Application, row candidate.Row, now time.Time) string {
	v := w.camp.Judge(step, app, row.Division, window.At(now))
	switch {
	case v.State != window.Closed && !v.Until.IsZero():
		return w.t("candidate.until", minute(v.Until))
	case !v.NextOpening.IsZero():
		return w.t("candidate.from", minute(v.NextOpening))
	case !v.Ended.IsZero():
		return w.t("candidate.ended", minute(v.Ended))
	}
	return ""
}

// minute is an instant as a notice has it: no second of a close matters.
func minute(t time.Time) string { return t.In(window.Zone()).Format("1-02 15:04") }

// candidateNotices is what a person must know of her before anything else.
func candidateNotices(w words, row candidate.Row, records []confirmation.Record, view *console.Candidate) []console.Notice {
	var out []console.Notice
	for _, r := range records {
		switch r.State {
		case confirmation.Disputed:
			key := "candidate.notice.disputed"
			if r.StateReason == confirmation.NoteOtherPerson {
				key = "candidate.notice.apart"
			}
			out = append(out, console.Notice{Class: "must", Key: key})
		case confirmation.TimePending:
			out = append(out, console.Notice{Class: "wait", Key: "candidate.notice.time"})
		}
	}
	for _, r := range records {
		if r.State.Stands() && r.Proof.Open() {
			out = append(out, console.Notice{Class: "wait", Key: "candidate.notice." + string(r.Proof)})
		}
	}
	if row.State == candidate.Withdrawn {
		out = append(out, console.Notice{Class: "wait", Key: "candidate.notice.withdrawn"})
	}
	if row.State == candidate.Confirmed && len(records) == 0 {
		out = append(out, console.Notice{Class: "wait", Key: "candidate.notice.elsewhere"})
	}
	if slices.ContainsFunc(view.Versions, func(e console.Edition) bool { return e.Superseded }) {
		out = append(out, console.Notice{Class: "wait", Key: "candidate.notice.superseded"})
	}
	if slices.ContainsFunc(view.Compared, func(c console.Compared) bool { return c.ForClerk }) {
		out = append(out, console.Notice{Class: "wait", Key: "candidate.notice.forclerk"})
	}
	return slices.CompactFunc(out, func(a, b console.Notice) bool { return a.Key == b.Key })
}
