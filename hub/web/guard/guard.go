package guard

import (
	"context"
	"crypto/cipher"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of New. The first group must be given.
type Options struct {
	// Key is 32 bytes of the entrance's own, the same at every hub and after a
	// restart: keys.Ring.CookieKey.
	Key []byte
	// Session gives the session token that a request bears, "" for none. It need
	// not be one that stands.
	Session func(*http.Request) string
	// Draw draws the page of somebody who must wait, in her language. It reads
	// nothing but the request.
	Draw func(*http.Request, View) ([]byte, error)

	Secure bool             // cookies over TLS: Secure and __Host-
	Limits Limits           // zero figures are the defaults
	Now    func() time.Time // the real clock; nil is time.Now
	Log    *slog.Logger     // nil discards
}

// Guard is what its package is about. It is safe for concurrent use.
type Guard struct {
	o       Options
	limits  Limits
	signing []byte
	kept    cipher.AEAD
	hands   *hands
	buckets Buckets
	reading chan struct{} // one token for each form that is being read

	mu     sync.Mutex // guards the rest
	line   line
	served meter // pages of people not signed in
	counts Counts
}

// maxReading bounds the forms that are read at a time: 64 KiB each.
const maxReading = 1024

// New checks the options.
func New(o Options) (*Guard, error) {
	if len(o.Key) < 32 || o.Session == nil || o.Draw == nil {
		return nil, errors.New("guard: an option that must be given is missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := o.Limits.filled()
	g := &Guard{o: o, limits: l, hands: newHands(l), line: line{most: l.Line}, served: meter{memory: pageMemory}, reading: make(chan struct{}, maxReading)}
	g.signing = derive(o.Key, "sign")
	g.kept = sealer(derive(o.Key, "keep"))
	return g, nil
}

// How long somebody may stand in the hub itself before she is told to wait, and
// how many may: a page that takes ten seconds is worse than one that says so.
const (
	memberPatience = 10 * time.Second
	letPatience    = 2 * time.Second
	newPatience    = time.Second
	answersWithin  = 30 * time.Second // of a handler; it then loses its context
	takesWithin    = 30 * time.Second // of a reader who is slow to take the answer
	sendsWithin    = 2 * time.Minute  // of a picture over a slow network
)

// LinePath is answered by the guard itself: the place of whoever asks, as a
// small page that stands in the page of a form that must wait.
const LinePath = "/ks/line"

// signInPath is where somebody goes who sends a file and is not signed in.
const signInPath = "/ks/sign-in"

// static are files in memory with a fingerprint in their name: they are not
// guarded.
const static = "/ks/static/"

// Around puts the guard before the portal's handler. It stands inside of what
// judges host and method and sets the headers.
func (g *Guard) Around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, static) {
			next.ServeHTTP(w, r)
			return
		}
		now := g.o.Now()
		q := &query{g: g, w: w, r: r, next: next, t: g.turnOf(r, now), source: sourceOf(r.RemoteAddr)}
		if isForm(r) {
			body, ok := g.readForm(w, r, q.t, now)
			if !ok {
				w.Header().Set("Connection", "close")
				q.show(View{Kind: Busy, Lost: true, Refresh: leastEvery}, http.StatusServiceUnavailable)
				return
			}
			q.form, now = body, g.o.Now()
		}
		switch {
		case r.URL.Path == LinePath:
			q.place(now)
		case q.t.kind == signedIn:
			q.member(now)
		default:
			q.guest(now)
		}
	})
}

// query is one request on its way in.
type query struct {
	g      *Guard
	w      http.ResponseWriter
	r      *http.Request
	next   http.Handler
	t      turn
	source source
	form   []byte // of a plain form; nil otherwise
}

// member lets somebody in who is signed in: she never stands in the line.
func (q *query) member(now time.Time) {
	if wait := q.g.buckets.Take(q.t.person(), q.g.limits.Person, now); wait > 0 {
		q.often(View{Kind: Often, Refresh: wait})
		return
	}
	c := writes
	switch {
	case isUpload(q.r):
		c = uploads
	case q.r.Method == http.MethodGet:
		c = reads
	}
	if !q.g.hands.take(q.r.Context(), c, 8*q.g.limits.Hands, memberPatience) {
		q.g.count(func(n *Counts) { n.Busy++ })
		q.show(View{Kind: Busy, Lost: c == uploads, Refresh: jitter(2 * leastEvery)}, http.StatusServiceUnavailable)
		return
	}
	q.serve(c)
}

// guest lets somebody in who is not signed in, or gives her a place in the line.
func (q *query) guest(now time.Time) {
	g := q.g
	if isUpload(q.r) {
		// The body comes as slowly as the sender likes, and only who is signed in
		// has anything to send.
		q.w.Header().Set("Connection", "close")
		http.Redirect(q.w, q.r, signInPath, http.StatusSeeOther)
		return
	}
	if q.t.kind == 0 {
		q.t = newTurn(now)
	} else if wait := g.buckets.Take(q.t.person(), g.limits.Person, now); wait > 0 {
		q.often(View{Kind: Often, Refresh: wait})
		return
	}
	// Her address is asked once for a place, and once for each page after it. Who
	// asks for her place again and again is counted by herself.
	if !g.stands(q.t) {
		if wait := q.crowded(now); wait > 0 {
			q.often(View{Kind: Often, Crowd: true, Refresh: wait})
			return
		}
	}
	if !q.mayCome(now) {
		q.wait(now)
		return
	}
	patience, queue := newPatience, g.limits.Guests
	if q.t.kind == let {
		patience, queue = letPatience, 2*queue
	}
	if !g.hands.take(q.r.Context(), guests, queue, patience) {
		g.mu.Lock()
		g.line.turnedAway()
		g.mu.Unlock()
		q.wait(g.o.Now())
		return
	}
	now = g.o.Now()
	if q.t.kind == waits {
		g.mu.Lock()
		g.line.comesIn(q.t.come.UnixMilli(), q.t.id)
		g.counts.LetIn++
		g.mu.Unlock()
	}
	if q.t.kind == waits || now.Sub(q.t.seen) > renewEvery {
		q.t.kind, q.t.seen = let, now
		g.write(q.w, q.t)
	}
	q.serve(guests)
}

// stands reports whether somebody has a place in this hub's line.
func (g *Guard) stands(t turn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return t.kind == waits && g.line.stands(t.come.UnixMilli(), t.id)
}

// crowded counts a request of somebody not signed in for her address and its
// network.
func (q *query) crowded(now time.Time) time.Duration {
	g := q.g
	if wait := g.buckets.Peek(q.source.network, g.limits.Network, now); wait > 0 {
		return wait
	}
	if wait := g.buckets.Take(q.source.address, g.limits.Address, now); wait > 0 {
		return wait
	}
	return g.buckets.Take(q.source.network, g.limits.Network, now)
}

// mayCome reports whether a guest may try for a hand: who was let in before, who
// is called, and everybody as long as nobody waits.
func (q *query) mayCome(now time.Time) bool {
	g := q.g
	if q.t.kind == let {
		return true
	}
	idle := g.hands.idle()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.line.waiting) == 0 {
		return true
	}
	come, id, due := q.t.come.UnixMilli(), q.t.id, now.Add(mostEvery+grace)
	_, called, _ := g.line.stand(come, id, due)
	if !called {
		g.line.call(now, idle, g.served.perSecond(now))
		_, called, _ = g.line.stand(come, id, due)
	}
	return called
}

// wait gives a guest her place, and the page that tells it.
func (q *query) wait(now time.Time) {
	v, asked := q.standing(now)
	q.t.seen = now
	q.g.write(q.w, q.t)
	v.Refresh = jitter(asked)
	q.show(v, http.StatusServiceUnavailable)
}

// standing puts a guest into her place and tells it, with how soon her page
// should ask again.
func (q *query) standing(now time.Time) (View, time.Duration) {
	g := q.g
	idle := g.hands.idle()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Waits++
	if q.t.kind == let {
		return View{Kind: Next, Absence: letHolds}, leastEvery
	}
	g.line.call(now, idle, g.served.perSecond(now))
	come, id := q.t.come.UnixMilli(), q.t.id
	ahead, called, ok := g.line.stand(come, id, now.Add(mostEvery+grace))
	if called {
		return View{Kind: Next, Absence: g.limits.Absence}, leastEvery
	}
	wait := g.line.wait(ahead, now)
	every := g.line.every(ahead, wait)
	if ok {
		g.line.stand(come, id, now.Add(every*3/2+grace))
	}
	return View{Kind: Waiting, Ahead: ahead, Length: g.line.length(), Wait: wait, Absence: g.limits.Absence}, every
}

// place answers LinePath.
func (q *query) place(now time.Time) {
	if q.t.kind != 0 {
		if wait := q.g.buckets.Take(q.t.person(), q.g.limits.Person, now); wait > 0 {
			q.often(View{Kind: Often, Frame: true, Refresh: wait})
			return
		}
	}
	v := View{Kind: Next, Absence: q.g.limits.Absence}
	every := 2 * leastEvery
	if q.t.kind == waits {
		v, every = q.standing(now)
		q.t.seen = now
		q.g.write(q.w, q.t)
	}
	v.Frame, v.Refresh = true, jitter(every)
	q.show(v, http.StatusOK)
}

// serve has the portal answer, with the hand that was taken.
func (q *query) serve(c class) {
	defer func() {
		q.g.hands.back(c)
		if c == guests {
			q.g.mu.Lock()
			q.g.served.count(1, q.g.o.Now())
			q.g.mu.Unlock()
		}
	}()
	rc := http.NewResponseController(q.w)
	deadline := time.Now().Add(answersWithin + takesWithin)
	if c == uploads {
		deadline = deadline.Add(sendsWithin)
		_ = rc.SetReadDeadline(time.Now().Add(sendsWithin)) // a recorder has none
	}
	_ = rc.SetWriteDeadline(deadline)
	within := answersWithin
	if c == uploads {
		within += sendsWithin
	}
	ctx, cancel := context.WithTimeout(q.r.Context(), within)
	defer cancel()
	ctx = context.WithValue(ctx, holderKey{}, &holder{g: q.g, w: q.w, t: q.t})
	q.next.ServeHTTP(q.w, q.r.WithContext(ctx))
}

// often answers somebody who asks too often.
func (q *query) often(v View) {
	q.g.count(func(n *Counts) { n.Often++ })
	if q.t.kind == waits { // also without a place she came when she came
		q.t.seen = q.g.o.Now()
		q.g.write(q.w, q.t)
	}
	v.Refresh = jitter(max(v.Refresh, leastEvery))
	v.Lost = isUpload(q.r)
	q.show(v, http.StatusTooManyRequests)
}

// show answers with a page of the guard.
func (q *query) show(v View, status int) {
	if q.form != nil && !v.Frame {
		if len(q.form) > maxKept {
			v.Lost = true
		} else {
			v.Form = &Form{Action: q.r.URL.RequestURI(), Field: keptField, Value: q.g.keep(q.form, q.r.URL.Path, q.t, q.g.o.Now())}
		}
	} else if q.r.Method == http.MethodPost && !v.Frame {
		v.Lost = true
	}
	h := q.w.Header()
	h.Set("Content-Security-Policy", Policy(v.Form != nil, v.Frame))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if status != http.StatusOK {
		h.Set("Retry-After", strconv.Itoa(v.Seconds()))
	}
	if q.r.Method == http.MethodGet {
		h.Set("Refresh", strconv.Itoa(v.Seconds())) // by itself, and without script
	}
	if isUpload(q.r) {
		h.Set("Connection", "close") // the file is not read
	}
	_ = http.NewResponseController(q.w).SetWriteDeadline(time.Now().Add(takesWithin))
	page, err := q.g.o.Draw(q.r, v)
	if err != nil {
		q.g.o.Log.Error("guard: page", "error", err.Error())
		h.Set("Content-Type", "text/plain; charset=utf-8")
		page = []byte(http.StatusText(status) + "\n")
	} else {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	q.w.WriteHeader(status)
	_, _ = q.w.Write(page) // who is gone is gone
}

// Policy is what a page of the guard may load: that of a kept form may hold the
// frame with the place, and only a page of ours may hold that.
func Policy(form, frame bool) string {
	frames, ancestors := "'none'", "'none'"
	if form {
		frames = "'self'"
	}
	if frame {
		ancestors = "'self'"
	}
	return "default-src 'none'; style-src 'self'; img-src 'self'; frame-src " + frames + "; form-action 'self'; base-uri 'none'; frame-ancestors " + ancestors
}

func (g *Guard) count(f func(*Counts)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.counts)
}
