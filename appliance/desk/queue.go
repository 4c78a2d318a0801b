package desk

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Why no number is given out, or nobody called.
var (
	// ErrQueueOver: nothing is open here any more today.
	ErrQueueOver = errors.New("desk: nothing is open here any more today")
	// ErrQueueStopped: the box may not work.
	ErrQueueStopped = errors.New("desk: the box gives out no numbers now")
	// ErrQueueShut: the box takes nobody new, so nobody is called to it.
	ErrQueueShut = errors.New("desk: that box takes nobody new")
	// ErrQueueAway: the box that would have to say so does not answer.
	ErrQueueAway = errors.New("desk: that box does not answer")
)

// Queueing is what the desk asks of its box about the queue. nil functions: there
// is no queue at this desk.
type Queueing struct {
	// Draw gives out the next number of this box, durable when it returns, and has
	// its slip printed where there is a printer.
	// Errors: ErrQueueOver, ErrQueueStopped, store.ErrQueueFull, of the store.
	Draw func(ctx context.Context) (store.Queued, error)
	// Call calls the holder of a token to a box of the point. Errors:
	// store.ErrNotQueued, ErrQueueAway, ErrQueueShut, of the store, ctx's.
	Call func(ctx context.Context, k store.QueueKey, to protocol.BoxID) error
	// End says how a token stands. Errors: those of Call.
	End func(ctx context.Context, k store.QueueKey, s store.QueueState) error
	// Switch has numbers drawn at the idle screen today, or not.
	Switch func(ctx context.Context, on bool) error
}

// Line is the queue of the point as this box knows it: its own numbers, and those
// of the boxes that answer.
type Line struct {
	All   []store.Queued // of today, in the order in which they were drawn
	Paces []time.Duration
	Open  int // boxes that take people now
}

// Line gathers it. Of a number that two boxes know, the box that drew it has the
// word, unless it was served elsewhere meanwhile.
func (d *Desk) Line() (Line, error) {
	all, err := d.o.Store.Queue(d.queueDay())
	if err != nil {
		return Line{}, err
	}
	own, err := d.o.Store.Paces()
	if err != nil {
		return Line{}, err
	}
	st, l := d.o.Status(), Line{}
	known := map[store.QueueKey]store.Queued{}
	for _, q := range all {
		known[q.QueueKey] = q
	}
	l.pace(own, d.o.Now())
	if st.Blocked == visit.BlockNone {
		l.Open++
	}
	for _, n := range d.neighbours() {
		if !n.Answers {
			continue
		}
		if l.pace(n.State.Paces, d.o.Now()); n.State.Blocked == visit.BlockNone {
			l.Open++
		}
		for _, q := range n.State.Queue {
			if old, ok := known[q.QueueKey]; q.Day == d.queueDay() && (!ok || q.Box == n.Box && old.Record == (protocol.ID{})) {
				known[q.QueueKey] = q
			}
		}
	}
	for _, q := range known {
		l.All = append(l.All, q)
	}
	slices.SortFunc(l.All, func(a, b store.Queued) int {
		return cmp.Or(cmp.Compare(a.Drawn, b.Drawn), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Number, b.Number))
	})
	return l, nil
}

// paceFor is how long a pace says anything of the present.
const paceFor = 3 * time.Hour

func (l *Line) pace(all []store.Pace, now time.Time) {
	for _, p := range all {
		if now.Sub(p.At.Time()) < paceFor {
			l.Paces = append(l.Paces, time.Duration(p.S)*time.Second)
		}
	}
}

// Waiting counts who waits.
func (l Line) Waiting() (n int) {
	for _, q := range l.All {
		if q.State == store.QueueWaiting {
			n++
		}
	}
	return n
}

// Before counts who waits and was there before q.
func (l Line) Before(q store.Queued) (n int) {
	for _, one := range l.All {
		if one.QueueKey == q.QueueKey {
			break
		}
		if one.State == store.QueueWaiting {
			n++
		}
	}
	return n
}

// Next is whose turn it is; false if nobody waits.
func (l Line) Next() (store.Queued, bool) {
	for _, q := range l.All {
		if q.State == store.QueueWaiting {
			return q, true
		}
	}
	return store.Queued{}, false
}

// Called lists who is called, the last call first.
func (l Line) Called() (all []store.Queued) {
	for _, q := range l.All {
		if q.State == store.QueueCalled {
			all = append(all, q)
		}
	}
	slices.SortStableFunc(all, func(a, b store.Queued) int { return cmp.Compare(b.At, a.At) })
	return all
}

// Wait is how long somebody waits before whom so many do.
func (l Line) Wait(ahead int) visit.Wait { return Waiting(l.Paces, ahead, l.Open) }

// fewestPaces is of how many visits a waiting time can be told.
const fewestPaces = 3

// Waiting estimates how long somebody waits before whom ahead people wait, where
// open boxes take people and the last visits there took paces.
//
// At best she waits until ahead/open people have gone at the quick quarter's
// pace, for a box may be free this moment; at worst until one more has gone from
// each box at the slow quarter's pace. The ends are rounded outward, to whole
// minutes, above half an hour to five: nobody is promised what the figures do not
// hold. With fewer than three visits, or with no box open, nothing is known.
func Waiting(paces []time.Duration, ahead, open int) visit.Wait {
	if len(paces) < fewestPaces || open < 1 || ahead < 0 {
		return visit.Wait{}
	}
	sorted := slices.Sorted(slices.Values(paces))
	quick, slow := sorted[(len(sorted)-1)/4], sorted[len(sorted)-1-(len(sorted)-1)/4]
	w := visit.Wait{Known: true, From: quick * time.Duration(ahead/open), To: slow * time.Duration((ahead+open)/open)}
	step := func(d time.Duration) time.Duration {
		if d > 30*time.Minute {
			return 5 * time.Minute
		}
		return time.Minute
	}
	w.From = w.From.Truncate(step(w.From))
	if s := step(w.To); w.To%s != 0 {
		w.To = w.To.Truncate(s) + s
	}
	return w
}

// tokenCode is a token as its slip's code has it.
func tokenCode(token []byte) string { return "zkt1:" + base64.RawURLEncoding.EncodeToString(token) }

// queueDay is the day of the queue that is now.
func (d *Desk) queueDay() string { return window.QueueDay(d.o.Now()) }

func (d *Desk) neighbours() []neighbour.Neighbour {
	if d.o.Neighbours == nil {
		return nil
	}
	return d.o.Neighbours()
}

// queuePage is what the page shows.
type queuePage struct {
	Line
	On     bool         // numbers are drawn at the idle screen
	Drew   store.Queued // just now
	Places []place      // where people can be called to
	Done   string
}

// place is a box of the point that people can be called to.
type place struct {
	Box  protocol.BoxID
	Unit int
	Busy bool
}

// withQueue is for desks whose box gives out numbers.
func (d *Desk) withQueue(h func(http.ResponseWriter, *http.Request, *session)) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, s *session) {
		if d.o.Queueing.Draw == nil {
			http.NotFound(w, r)
			return
		}
		h(w, r, s)
	}
}

// queue shows who waits.
func (d *Desk) queue(w http.ResponseWriter, r *http.Request, s *session) {
	d.showQueue(w, r, s, "page", "")
}

// queuePart is the live part of it alone.
func (d *Desk) queuePart(w http.ResponseWriter, r *http.Request, s *session) {
	d.showQueue(w, r, s, "queue", "")
}

func (d *Desk) showQueue(w http.ResponseWriter, r *http.Request, s *session, part, why string) {
	q, err := d.queuePage(r)
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.show(w, r, s, "queue", part, func(p *page) { p.Queue, p.Error = q, why })
}

func (d *Desk) queuePage(r *http.Request) (q queuePage, err error) {
	if q.Line, err = d.Line(); err != nil {
		return q, err
	}
	on, err := d.o.Store.QueueDay()
	if err != nil {
		return q, err
	}
	q.On = on == d.queueDay()
	st := d.o.Status()
	if st.Blocked == visit.BlockNone {
		q.Places = append(q.Places, place{st.Box, int(st.Point.Unit), st.Visiting})
	}
	for _, n := range d.neighbours() {
		if n.Answers && n.State.Blocked == visit.BlockNone {
			q.Places = append(q.Places, place{n.Box, n.Unit, n.State.Visiting})
		}
	}
	slices.SortFunc(q.Places, func(a, b place) int { return cmp.Compare(a.Unit, b.Unit) })
	if n, err := strconv.ParseUint(r.URL.Query().Get("drew"), 10, 16); err == nil {
		k := store.QueueKey{Day: d.queueDay(), Box: st.Box, Number: uint16(n)}
		if q.Drew, err = d.o.Store.Token(k); err != nil && !errors.Is(err, store.ErrNotFound) {
			return q, err
		}
	}
	return q, nil
}

// drawNumber gives out a number for somebody at the desk.
func (d *Desk) drawNumber(w http.ResponseWriter, r *http.Request, s *session) {
	q, err := d.o.Queueing.Draw(context.WithoutCancel(r.Context()))
	if err != nil {
		d.refuseQueue(w, r, s, err)
		return
	}
	d.Changed()
	d.o.Log.Info("desk: a number was drawn", "account", s.ID, "number", q.Number)
	http.Redirect(w, r, "/queue?drew="+strconv.Itoa(int(q.Number)), http.StatusSeeOther)
}

// callNext calls whoever has waited longest to the box that was chosen.
func (d *Desk) callNext(w http.ResponseWriter, r *http.Request, s *session) {
	line, err := d.Line()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	to := protocol.BoxID(r.PostFormValue("box"))
	next, ok := line.Next()
	if !ok || !to.Valid() {
		d.showQueue(w, r, s, "page", "queue-none")
		return
	}
	d.afterQueue(w, r, s, d.o.Queueing.Call(r.Context(), next.QueueKey, to))
}

// turnNumber does with one number what a clerk pressed: call it again or to
// another box, pass it over, served, withdrawn.
func (d *Desk) turnNumber(w http.ResponseWriter, r *http.Request, s *session) {
	n, err := strconv.ParseUint(r.PostFormValue("number"), 10, 16)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	k := store.QueueKey{Day: d.queueDay(), Box: protocol.BoxID(r.PostFormValue("of")), Number: uint16(n)}
	switch act := store.QueueState(r.PostFormValue("act")); act {
	case store.QueueCalled:
		err = d.o.Queueing.Call(r.Context(), k, protocol.BoxID(r.PostFormValue("box")))
	case store.QueuePassed, store.QueueServed, store.QueueWithdrawn, store.QueueWaiting:
		err = d.o.Queueing.End(r.Context(), k, act)
	default:
		http.NotFound(w, r)
		return
	}
	d.afterQueue(w, r, s, err)
}

func (d *Desk) afterQueue(w http.ResponseWriter, r *http.Request, s *session, err error) {
	if err != nil {
		d.refuseQueue(w, r, s, err)
		return
	}
	d.Changed()
	http.Redirect(w, r, "/queue", http.StatusSeeOther)
}

// refuseQueue says why it was not done.
func (d *Desk) refuseQueue(w http.ResponseWriter, r *http.Request, s *session, err error) {
	for is, key := range map[error]string{
		ErrQueueOver: "queue-over", ErrQueueStopped: "queue-stopped", ErrQueueAway: "queue-away", ErrQueueShut: "queue-shut",
		store.ErrQueueFull: "queue-full", store.ErrNotQueued: "queue-not", store.ErrFull: "queue-stopped",
	} {
		if errors.Is(err, is) {
			d.showQueue(w, r, s, "page", key)
			return
		}
	}
	d.fault(w, r, err)
}

// switchQueue has numbers drawn at the idle screen, or not.
func (d *Desk) switchQueue(w http.ResponseWriter, r *http.Request, s *session) {
	d.afterQueue(w, r, s, d.o.Queueing.Switch(r.Context(), r.PostFormValue("on") == "1"))
}

// Slip is the paper of a number: large, with its time and its token as a code.
// It names nobody.
func (d *Desk) Slip(q store.Queued, ahead int, wait visit.Wait) (*sheet.Document, error) {
	st := d.o.Status()
	p, _ := d.paper(paperWords["slip-title"], st)
	at := func(y, h sheet.MM, v sheet.Voice, text string, sizes ...sheet.Pt) {
		p.Say(sheet.Rect{X: paperX, Y: y, W: 115, H: h}, text, v, sheet.Left, sizes...)
	}
	at(46, 30, sheet.Bold, q.Label(), 64, 48)
	at(80, 8, sheet.Plain, fmt.Sprintf(paperWords["slip-at"], q.Drawn.Time().In(window.Zone()).Format("2006-01-02 15:04")), 12, 11, 10, 9)
	text := fmt.Sprintf(paperWords["slip-ahead"], ahead)
	if wait.Known {
		text += fmt.Sprintf(paperWords["slip-wait"], int(wait.From/time.Minute), int(wait.To/time.Minute))
	} else {
		text += paperWords["slip-wait-0"]
	}
	at(89, 8, sheet.Plain, text, 12, 11, 10, 9)
	at(98, 8, sheet.Plain, paperWords["slip-keep"], 11, 10, 9, 8)
	at(106, 8, sheet.Plain, paperWords["slip-late"], 11, 10, 9, 8)
	if err := p.Code(sheet.Rect{X: paperX + paperW - 50, Y: 46, W: 50, H: 50}, tokenCode(q.Token)); err != nil {
		return nil, err
	}
	p.Cut(sheet.Point{X: 0, Y: 120}, sheet.Point{X: 210, Y: 120})
	return d.document(p, paperWords["slip-title"])
}

// NumberAge says since when somebody waits, or was called.
func (p *page) NumberAge(q store.Queued) (string, error) {
	if q.State == store.QueueWaiting {
		return p.Age(q.Drawn)
	}
	return p.Age(q.At)
}

// WaitText says how long somebody waits before whom so many do.
func (p *page) WaitText(ahead int) (string, error) {
	w := p.Queue.Wait(ahead)
	if !w.Known {
		return p.T("queue-wait-0")
	}
	return p.T("queue-wait-n", int(w.From/time.Minute), int(w.To/time.Minute))
}

// InState lists the numbers that stand so.
func (q queuePage) InState(states ...string) (all []store.Queued) {
	for _, one := range q.All {
		if slices.Contains(states, string(one.State)) {
			all = append(all, one)
		}
	}
	return all
}

// CanQueue reports whether numbers are given out at this desk.
func (p *page) CanQueue() bool { return p.d.o.Queueing.Draw != nil }

// numberActs is what can be done with one number.
type numberActs struct {
	CSRF   string
	Of     protocol.BoxID // that drew it
	Number uint16
	Box    protocol.BoxID // that it is called to, for a call once more
	Acts   []numberAct
}

type numberAct struct{ Value, Text string }

// NumberActs are the buttons of a number.
func (p *page) NumberActs(q store.Queued, acts ...string) (numberActs, error) {
	out := numberActs{CSRF: p.CSRF(), Of: q.Box, Number: q.Number, Box: q.To}
	for _, a := range acts {
		text, err := p.T(map[string]string{"called": "queue-again", "served": "queue-serve", "passed": "queue-pass",
			"withdrawn": "queue-withdraw", "waiting": "queue-back"}[a], q.Label())
		if err != nil {
			return out, err
		}
		out.Acts = append(out.Acts, numberAct{a, text})
	}
	return out, nil
}
