package appliance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/kiosk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// draw gives out the next number of this box and day (取排队号), to somebody at the
// screen or at the desk. It is durable when it returns. May be called beside the
// loop. Errors: desk.ErrQueueOver, desk.ErrQueueStopped, those of
// store.DrawToken and of store.DrawAtScreen.
func (l *loop) draw(screen bool) (store.Queued, error) {
	st, now := l.deskStatus(), l.clock.Interval()
	switch st.Blocked {
	case visit.BlockRevoked, visit.BlockFrozen, visit.BlockNotEnrolled, visit.BlockNoCampaign:
		return store.Queued{}, desk.ErrQueueStopped
	}
	verdict, ok := drawVerdict(st.Rules, st.Point, now)
	if !ok {
		return store.Queued{}, desk.ErrQueueOver
	}
	id, err := l.store.Identity()
	if err != nil {
		return store.Queued{}, err
	}
	day := l.today()
	token := protocol.Token{Address: protocol.Address{Box: id.Box(), Epoch: id.Grant.Epoch}, Point: st.Point.Code, Day: day, Drawn: l.clock.Evidence(verdict)}
	sign := func(n uint16) ([]byte, error) {
		token.Number = n
		return protocol.SignMessage(protocol.KindToken, token, l.signer)
	}
	at := protocol.TimeOf(l.clock.Now())
	var q store.Queued
	if screen {
		q, err = l.store.DrawAtScreen(day, int(st.Point.Unit), at, store.ScreenLimit{Pause: screenPause, Hour: screenHour}, sign)
	} else {
		q, err = l.store.DrawToken(day, int(st.Point.Unit), at, sign)
	}
	if err == nil {
		l.log.Info("a number is drawn", "number", q.Number)
	}
	return q, err
}

// What may be drawn at the idle screen, where nobody looks on. A person reads her
// number and steps aside before the next one presses; and one machine serves about
// a dozen people in an hour, so whoever would be the fortieth to come has better be
// told how long it takes by a clerk, who gives out numbers without such a bound.
const (
	screenPause = 20 * time.Second
	screenHour  = 40
)

// queueing is what the desk asks of the queue.
func (l *loop) queueing() desk.Queueing {
	return desk.Queueing{Draw: l.drawAtDesk, Switch: l.switchQueue, Call: l.call, End: l.endCall}
}

// today is the day of the queue, as well as the box knows it.
func (l *loop) today() string { return window.QueueDay(l.clock.Now()) }

// drawVerdict says how the point's own windows stand, whoever they are for; false
// when all of them are certainly over, or come another day: then a number would
// promise what nobody keeps.
func drawVerdict(c *campaign.Campaign, at protocol.PointInfo, now window.Interval) (verdict string, may bool) {
	if c == nil {
		return "", false
	}
	verdict = protocol.VerdictUndecidable
	for _, w := range window.Latest(c.Windows, window.Confirm) {
		switch {
		case !now.Earliest.Before(w.To), len(w.Scope.Points) > 0 && !slices.Contains(w.Scope.Points, at.Code):
		case len(w.Scope.Divisions) > 0 && !slices.ContainsFunc(w.Scope.Divisions, func(d string) bool { return window.Covers(d, at.Division) }):
		case now.Bounded && now.Latest.Before(w.From):
			// Who queues at the door before the first window of the day opens has a number too.
			may = may || now.OnQueueDay(window.QueueDay(w.From))
		default:
			may = true
			if !now.Earliest.Before(w.From) && now.Bounded && now.Latest.Before(w.To) {
				verdict = protocol.VerdictOpen
			}
		}
	}
	return verdict, may
}

// drawn answers the idle screen, and has the slip printed.
func (l *loop) drawn(f visit.DrawToken) visit.Event {
	out := visit.Drawn{Visit: f.Visit}
	q, err := l.draw(true)
	if err != nil {
		out.Over, out.Soon, out.Often = errors.Is(err, desk.ErrQueueOver), errors.Is(err, store.ErrQueueSoon), errors.Is(err, store.ErrQueueOften)
		l.log.Warn("no number could be drawn", "err", err)
		return out
	}
	out.Label = q.Label()
	line, err := l.desk.Line()
	if err != nil {
		l.log.Error("queue", "err", err)
	}
	out.Ahead, out.Wait = line.Before(q), line.Wait(line.Before(q))
	out.Prints = l.printer != nil
	l.printSlip(q)
	l.desk.Changed()
	return out
}

// drawAtDesk is draw for somebody at the desk, whose slip is printed. May be
// called beside the loop.
func (l *loop) drawAtDesk(ctx context.Context) (q store.Queued, err error) {
	wrong := l.ask(ctx, func() {
		if q, err = l.draw(false); err == nil {
			l.printSlip(q)
		}
	})
	if wrong != nil {
		return store.Queued{}, wrong
	}
	return q, err
}

// ask has the loop do something and waits until it is done.
func (l *loop) ask(ctx context.Context, do func()) error {
	done := make(chan struct{})
	select {
	case l.asks <- func() { defer close(done); do() }:
	case <-l.over:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-l.over:
		return context.Canceled
	}
}

// printSlip has the slip of a number printed; the number counts without it.
func (l *loop) printSlip(q store.Queued) {
	if l.printer == nil {
		return
	}
	if _, err := l.askPrint(store.Print{Kind: store.PrintSlip, At: protocol.TimeOf(l.clock.Now()), Label: q.Label(), Token: &q.QueueKey}); err != nil {
		l.log.Warn("the slip of a number is not printed; the number counts", "number", q.Number, "err", err)
	}
}

// turnOf tells the visit whose turn it is here: the one called last.
func (l *loop) turnOf(ctx context.Context) error {
	t, err := l.calledHere()
	if err != nil {
		return err
	}
	if l.desk != nil {
		l.desk.Changed()
	}
	return l.post(ctx, visit.Called{Token: t})
}

// calledHere is the token called to this box last; zero when nobody is called.
func (l *loop) calledHere() (visit.Token, error) {
	all, err := l.store.Queue(l.today())
	if err != nil {
		return visit.Token{}, err
	}
	var last store.Queued
	for _, q := range all {
		if q.State == store.QueueCalled && q.To == l.Box() && q.At >= last.At {
			last = q
		}
	}
	if last.Number == 0 {
		return visit.Token{}, nil
	}
	return tokenOf(last)
}

// tokenOf is what a visit knows of a token.
func tokenOf(q store.Queued) (visit.Token, error) {
	t, err := protocol.ReadToken(q.Token)
	if err != nil {
		return visit.Token{}, fmt.Errorf("appliance: token: %w", err)
	}
	key := strings.Join([]string{q.Day, string(q.Box), strconv.Itoa(int(q.Number))}, "/")
	return visit.Token{Label: q.Label(), Key: key, Statement: string(q.Token), Drawn: intervalOf(t.Drawn)}, nil
}

// tokenKey names the token of a visit in the store; false if it has none.
func tokenKey(t visit.Token) (k store.QueueKey, ok bool) {
	part := strings.Split(t.Key, "/")
	if len(part) != 3 {
		return k, false
	}
	n, err := strconv.ParseUint(part[2], 10, 16)
	return store.QueueKey{Day: part[0], Box: protocol.BoxID(part[1]), Number: uint16(n)}, err == nil
}

// queued is when the token of a visit was drawn; the zero Interval when she has
// none, or one of another day.
func queued(t visit.Token, now window.Interval) window.Interval {
	if k, ok := tokenKey(t); ok && now.OnQueueDay(k.Day) {
		return t.Drawn
	}
	return window.Interval{}
}

// usable is the token that a record may be sealed with: one of this day that no
// other record has used up meanwhile. May be called by the loop only.
func (l *loop) usable(t visit.Token) visit.Token {
	k, ok := tokenKey(t)
	if !ok || !l.clock.Interval().OnQueueDay(k.Day) {
		return visit.Token{}
	}
	q, err := l.store.Token(k)
	if err != nil || q.Record != (protocol.ID{}) {
		l.log.Warn("a token is not used", "number", k.Number, "err", err)
		return visit.Token{}
	}
	return t
}

// following is how soon after one person the next is taken to have waited for
// her: then the time between belongs to the pace.
const following = 3 * time.Minute

// pace takes down how long the person took who has just left, if she was served.
func (l *loop) pace(was visit.State) {
	if l.state.Visit == was.Visit || was.Sealed.Record == (protocol.ID{}) || was.Reprinting() {
		return
	}
	began, now := was.Began, l.state.Now
	if l.left > 0 && began-l.left < following {
		began = l.left
	}
	l.left = now
	at := protocol.TimeOf(l.clock.Now())
	l.keeping.Go(func() {
		if err := l.store.AddPace(at, now-began); err != nil {
			l.log.Warn("a pace is not kept", "err", err)
		}
	})
}

// shownCalls is how many of the last calls the screen shows, and for how long.
const (
	shownCalls   = 2
	shownCallFor = 10 * time.Minute
)

// queueShown is what the idle screen says of the queue.
func (l *loop) queueShown() kiosk.Queue {
	if l.desk == nil || l.state.Phase != visit.PhaseIdle {
		return kiosk.Queue{}
	}
	line, err := l.desk.Line()
	if err != nil {
		return kiosk.Queue{} // a store that cannot be read shows elsewhere
	}
	out := kiosk.Queue{Waiting: line.Waiting()}
	out.Wait = line.Wait(out.Waiting)
	for _, q := range line.Called() {
		if len(out.Called) < shownCalls && l.clock.Now().Sub(q.At.Time()) < shownCallFor {
			out.Called = append(out.Called, kiosk.Call{Label: q.Label(), Unit: q.ToUnit})
		}
	}
	return out
}

// beginQueue brings the queue of a box that was started again to the visit.
func (l *loop) beginQueue() error {
	t, err := l.calledHere()
	if err != nil {
		return err
	}
	l.step(visit.Called{Token: t})
	return nil
}

// switchQueue switches the drawing of numbers at the idle screen on for today, or
// off. May be called beside the loop.
func (l *loop) switchQueue(ctx context.Context, on bool) error {
	day := ""
	if on {
		day = l.today()
	}
	if err := l.store.SetQueueDay(day); err != nil {
		return err
	}
	return l.post(ctx, visit.QueueOffered{On: on})
}

// offerQueue shows or hides the drawing of numbers at the idle screen: it is
// switched on for one day at a time.
func (l *loop) offerQueue() error {
	day, err := l.store.QueueDay()
	if on := err == nil && l.desk != nil && day != "" && day == l.today(); on != l.state.Machine.Queue {
		l.step(visit.QueueOffered{On: on})
	}
	return err
}

// intervalOf is what evidence of time says, as the windows are judged by it.
func intervalOf(t protocol.TimeEvidence) window.Interval {
	return window.Interval{Earliest: t.Earliest.Time(), Latest: t.Latest.Time(), Bounded: t.Latest != 0}
}
