package journey

import (
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/payment"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// Of gives the stages in the order of the campaign. At most one is Now or Lost:
// the first that is not behind her; those after a lost one are Off, and all that is not
// behind her when her registration has ended void.
func (j *Judge) Of(f Facts, now time.Time) []Stage {
	who := j.camp.Subject(f.Application, f.Division)
	w := walk{j: j, f: f, who: who, now: now}
	w.account()
	w.pledge()
	w.fill()
	if j.camp.Policy.ConfirmUnpaid {
		w.confirm()
		w.receive()
		w.pay()
	} else {
		w.pay()
		w.confirm()
		w.receive()
	}
	w.arrange()
	w.ticket()
	w.sit()
	return w.out
}

// walk goes through the stages once.
type walk struct {
	j     *Judge
	f     Facts
	who   window.Subject
	now   time.Time
	out   []Stage
	held  bool // a stage before waits
	voids bool // a stage before is lost
}

// add puts a stage on the line. One that is not done is what waits if nothing
// before it does.
func (w *walk) add(s Stage) {
	switch {
	case s.State == Done || s.State == Off:
	case w.voids:
		s = Stage{Key: s.Key, State: Off, Why: Void}
	case w.f.Ended && s.State != Lost: // a lost one says what it was
		w.voids = true
		s = Stage{Key: s.Key, State: Off, Why: Void}
	case w.held:
		why := s.Why
		if why != Late {
			why = ""
		}
		s = Stage{Key: s.Key, State: Ahead, From: s.From, Until: s.Until, By: s.By, Must: s.Must, Why: why}
	case s.State == Lost:
		w.voids = true
	case s.State == Now:
		w.held = true
	}
	w.out = append(w.out, s)
}

// hers makes a stage that she must do within the times of a step.
func (w *walk) hers(key Key, step window.Step, do Do) Stage {
	t := w.j.when(step, w.who, w.now)
	s := Stage{Key: key, State: Now, From: t.from, Until: t.until, By: t.by, Must: true, Do: do}
	switch {
	case t.open:
	case t.over:
		s.State, s.Do = Lost, Ask
	case t.paused:
		s.Why, s.Do = Pausing, Wait
	case t.unchosen:
		// What may be done before the choice is made is done; the rest waits for it.
		s.Why = Unchosen
		if do == Go || do == PayFee {
			s.Do = Choose
		}
	case t.never:
		s.Why, s.Do = Elsewhere, Choose
	default:
		s.Why = Opens
	}
	return s
}

// registered reports whether the stages of filling in are behind her.
func (w *walk) registered() bool { return w.f.submitted() || w.f.Confirmed }

func (w *walk) account() {
	s := Stage{Key: Account, State: Now, Do: SignUp}
	if w.f.HasAccount {
		s = Stage{Key: Account, State: Done, At: w.f.AccountAt}
	}
	if !w.f.HasAccount && w.registered() {
		return // an office registered her: there is none, and none is needed
	}
	w.add(s)
}

// pledge is left out for who was registered elsewhere: nothing of it is known.
func (w *walk) pledge() {
	switch {
	case !w.f.PledgedAt.IsZero():
		w.add(Stage{Key: Pledge, State: Done, At: w.f.PledgedAt})
	case !w.registered():
		w.add(w.hers(Pledge, window.Register, Sign))
	}
}

func (w *walk) fill() {
	if w.registered() {
		w.add(Stage{Key: Fill, State: Done, At: w.f.SubmittedAt})
		s := Stage{Key: Submit, State: Done, At: w.f.SubmittedAt}
		if t := w.j.when(window.Register, w.who, w.now); w.f.Draft && !w.locked() && !t.over {
			s.Why, s.Do, s.From, s.Until, s.By = Edited, Send, t.from, t.until, t.by
		}
		w.add(s)
		return
	}
	if w.f.Draft && w.f.Complete {
		w.add(Stage{Key: Fill, State: Done})
	} else {
		w.add(w.hers(Fill, window.Register, Complete))
	}
	w.add(w.hers(Submit, window.Register, Send))
}

// locked reports whether the application may not be edited any more.
func (w *walk) locked() bool {
	best, ok := w.f.standing()
	return w.f.Confirmed || ok && !best.Taken
}

// standing is the confirmation that speaks for her: the one in force, else one
// whose time is still to be verified, else a disputed one, else one that was
// taken back.
func (f Facts) standing() (best Confirmation, ok bool) {
	rank := func(c Confirmation) int {
		switch {
		case c.Taken:
			return 1
		case c.State == confirmation.InForce:
			return 4
		case c.State == confirmation.TimePending:
			return 3
		}
		return 2
	}
	for _, c := range f.Confirmations {
		if !ok || rank(c) > rank(best) || rank(c) == rank(best) && c.Received.After(best.Received) {
			best, ok = c, true
		}
	}
	return best, ok
}

func (w *walk) confirm() {
	best, ok := w.f.standing()
	switch {
	case ok && best.Taken:
		s := w.hers(Confirm, window.Confirm, Go)
		if s.Why == "" || s.State == Lost {
			if s.Why = Voided; best.State == confirmation.Refused {
				s.Why = NotProven
			}
		}
		w.add(s)
	case ok && best.State == confirmation.InForce && best.Proof == confirmation.Returned:
		w.add(w.again(best))
	case ok && best.State == confirmation.InForce && best.Proof == confirmation.Provisional:
		w.add(Stage{Key: Confirm, State: Done, At: best.At, By: best.Due, Why: Reviewed})
	case ok && best.State == confirmation.InForce:
		w.add(Stage{Key: Confirm, State: Done, At: best.At})
	case ok && best.State == confirmation.TimePending:
		w.add(Stage{Key: Confirm, State: Now, At: best.At, Why: Unjudged, Do: Wait})
	case ok:
		w.add(Stage{Key: Confirm, State: Now, At: best.At, Why: Disputed, Do: Wait})
	case w.f.Confirmed:
		w.add(Stage{Key: Confirm, State: Done})
	case w.f.SetAside:
		s := w.hers(Confirm, window.Confirm, Go)
		s.Why, s.Do = SetAside, Ask
		w.add(s)
	default:
		w.add(w.hers(Confirm, window.Confirm, Go))
	}
}

// again is a confirmation whose papers were sent back. It stands, so nothing is
// lost when the times are over; then she asks.
func (w *walk) again(best Confirmation) Stage {
	s := w.hers(Confirm, window.Confirm, Go)
	s.Must = false
	if s.State == Lost {
		s.State, s.Do = Now, Ask
	}
	s.At, s.Why = best.At, Returned
	return s
}

// receive is done as soon as the record is here, whatever is decided about it.
func (w *walk) receive() {
	best, ok := w.f.standing()
	switch {
	case ok && !best.Taken:
		w.add(Stage{Key: Receive, State: Done, At: best.Received})
	case w.f.Confirmed:
		w.add(Stage{Key: Receive, State: Now, Do: Wait})
	default:
		w.add(Stage{Key: Receive, State: Ahead})
	}
}

func (w *walk) pay() {
	switch {
	case !w.f.PaidAt.IsZero() && w.f.Ordered == payment.Waived:
		w.add(Stage{Key: Pay, State: Done, At: w.f.PaidAt, Why: Waived})
	case !w.f.PaidAt.IsZero():
		w.add(Stage{Key: Pay, State: Done, At: w.f.PaidAt})
	case !w.has(window.Pay):
	case !w.f.Paying:
		w.add(Stage{Key: Pay, State: Off, Why: NotInUse})
	case w.f.Ordered == payment.Open:
		w.add(w.ordered())
	case w.f.Ordered == payment.Closed && w.f.Held: // taken, it pays; nothing is lost before that is decided
		w.add(Stage{Key: Pay, State: Now, By: w.f.PayBy, Why: MoneyLate, Do: Wait})
	case w.f.Ordered == payment.Closed:
		w.add(Stage{Key: Pay, State: Lost, By: w.f.PayBy, Must: true, Do: Ask})
	default:
		w.add(w.unordered())
	}
}

// ordered is the stage of who has an order to pay: its own end holds, which may be
// later than that of the times for paying.
func (w *walk) ordered() Stage {
	s := w.hers(Pay, window.Pay, PayFee)
	if s.Why == Opens || s.Why == Pausing {
		s.By = later(s.By, w.f.PayBy)
		return s
	}
	s = Stage{Key: Pay, State: Now, Until: w.f.PayBy, By: w.f.PayBy, Must: true, Do: PayFee}
	switch {
	case w.f.PayBy.IsZero():
		s.Must = false
	case !w.f.PayBy.After(w.now):
		s.Until, s.Why, s.Do = time.Time{}, Checking, Wait
	}
	return s
}

// unordered is the stage of who has no order. Where a confirmation opens one, the hub
// is about to; nothing is lost for that it has not.
func (w *walk) unordered() Stage {
	s := w.hers(Pay, window.Pay, PayFee)
	best, ok := w.f.standing()
	switch {
	case s.Do == PayFee && w.j.camp.Payment.Opens == campaign.OpensPapers:
		s.Do = Go // with the papers, to the point
	case s.State == Lost && w.j.camp.Payment.Opens == campaign.OpensConfirmed && ok && !best.Taken && best.State != confirmation.Disputed:
		s.State, s.Why, s.Do = Now, Ordering, Wait
	}
	return s
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (w *walk) has(step window.Step) bool {
	_, ok := w.j.steps[step]
	return ok
}

func (w *walk) arrange() {
	switch {
	case !w.f.ArrangedAt.IsZero():
		w.add(Stage{Key: Arrange, State: Done, At: w.f.ArrangedAt})
	case w.has(stepArrange):
		w.add(w.later(Arrange, stepArrange, Wait))
	}
}

// ticket is what she prints; that she has done it nobody knows, so it is never
// done before the examination is over.
func (w *walk) ticket() {
	if !w.has(window.PrintTicket) {
		return
	}
	s := w.later(Ticket, window.PrintTicket, Print)
	if s.State != Done && w.f.ArrangedAt.IsZero() {
		s.State, s.Do = Ahead, ""
	}
	w.add(s)
}

func (w *walk) sit() {
	if !w.has(stepSit) {
		return
	}
	s := w.later(Sit, stepSit, Attend)
	if s.State != Done && w.f.ArrangedAt.IsZero() {
		s.State, s.Do = Ahead, ""
	}
	w.add(s)
}

// later makes a stage that voids nothing: with its time it comes and goes. What
// should have happened and of which nothing is known is late, not lost.
func (w *walk) later(key Key, step window.Step, do Do) Stage {
	t := w.j.when(step, w.who, w.now)
	s := Stage{Key: key, State: Ahead, From: t.from, Until: t.until, By: t.by}
	switch {
	case t.open:
		s.State, s.Do = Now, do
	case t.over && !w.f.ArrangedAt.IsZero() && key != Arrange:
		s.State, s.At = Done, time.Time{}
	case t.over:
		s.Why = Late
	}
	return s
}
