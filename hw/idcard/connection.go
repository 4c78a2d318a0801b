package idcard

import (
	"context"
	"errors"
	"time"

	"zhunkao/hw/fault"
)

// bauds are the speeds a module may have been left at; it keeps its setting
// over power cycles.
var bauds = []int{115200, 57600, 38400, 19200, 9600}

// connection opens the device, finds the module behind it and serves cards
// until something ends it. It never returns nil.
func (r *Reader) connection(ctx context.Context) error {
	speeds := bauds
	if r.opt.Baud != 0 {
		speeds = []int{r.opt.Baud}
	}
	l, hasSpeed, err := openLink(ctx, r.opt.Port, speeds[0])
	if err != nil {
		return err
	}
	defer func() {
		if err := l.close(); err != nil {
			r.log.Debug("closing the ID reader's port", "err", err)
		}
	}()
	if !hasSpeed {
		speeds = []int{0}
	}
	s := &session{resetWait: r.resetWait, t: &transport{link: l, log: r.log, noise: func(bad int) {
		if n := r.noise.add(time.Now(), bad); n > 0 {
			r.log.Warn("noise on the line to the ID reader", "bad_frames_a_minute", n)
			r.emit(ctx, LineNoise{Count: n})
		}
	}}}
	baud, err := s.handshake(ctx, speeds)
	if err != nil {
		return err
	}
	id, err := s.samID(ctx)
	if err != nil {
		return err
	}
	return r.serve(ctx, s, ReaderReady{SAMID: id, Baud: baud})
}

// tellReady tells that the reader works. It is called when a find was answered,
// not before: a module without its key passes the self test.
func (r *Reader) tellReady(ctx context.Context, e ReaderReady) {
	if r.ready {
		return
	}
	r.ready, r.told = true, toldNothing
	r.log.Info("ID reader is ready", "sam_id", e.SAMID, "baud", e.Baud)
	r.emit(ctx, e)
}

// handshake finds the speed at which the module answers its self test. One that
// answers nothing but find is accepted too, and remembered as mute. The last
// try is a reset at the usual speed.
func (s *session) handshake(ctx context.Context, speeds []int) (baud int, err error) {
	for _, baud = range speeds {
		if err := s.t.link.setBaud(baud); err != nil {
			return 0, err
		}
		err := s.selfTest(ctx, probeLimit)
		switch {
		case err == nil:
			return baud, s.t.drain(ctx)
		case errors.Is(err, fault.Device): // status 60: a reset may help, once
			return baud, s.reset(ctx)
		case !broken(err):
			return 0, err
		}
	}
	if err := s.t.link.setBaud(speeds[0]); err != nil {
		return 0, err
	}
	_, err = s.t.exchange(ctx, cmdFind, statusLimit, fitsFind)
	if err == nil {
		s.mute = true
		return speeds[0], nil
	}
	if !broken(err) {
		return 0, err
	}
	if resetErr := s.reset(ctx); resetErr != nil {
		return 0, worse(err, resetErr)
	}
	return speeds[0], nil
}

// broken says whether err is silence or noise: what another speed, a reset or
// time may mend.
func broken(err error) bool {
	w := fault.WordOf(err)
	return w == fault.Timeout || w == fault.Line
}

// serve looks for cards and reads them. Trouble on the line climbs a ladder:
// the session resynchronises by itself, then a reset here, then the return,
// upon which the port is reopened and the speeds are tried.
func (r *Reader) serve(ctx context.Context, s *session, ready ReaderReady) error {
	// A card that a former run of ours left selected is found again only after a
	// reset, or not at all while it lies there: then it still answers for its
	// body. After a replug the module has forgotten it by itself.
	fresh := 0
	if !r.started && !s.mute {
		fresh = 2
	}
	r.started = true
	wasReset := false
	strange := 0 // finds in a row that brought neither yes nor no
	for {
		looked := time.Now()
		err := s.find(ctx)
		switch {
		case err == nil:
			r.tellReady(ctx, ready)
			if err := r.serveCard(ctx, &placement{s: s}); err != nil {
				return err
			}
			wasReset, strange = false, 0
		case errors.Is(err, fault.NoMedium):
			r.tellReady(ctx, ready)
			wasReset, strange = false, 0
			switch {
			case fresh == 2:
				if err := s.reset(ctx); err != nil && !broken(err) {
					return err
				}
			case fresh == 1 && s.lingers(ctx):
				if err := r.serveCard(ctx, &placement{s: s, selected: true}); err != nil {
					return err
				}
			}
		case broken(err), errors.Is(err, fault.Device):
			if wasReset {
				return err
			}
			wasReset = true
			if resetErr := s.reset(ctx); resetErr != nil {
				return worse(err, resetErr)
			}
		case fault.ClassOf(err) == fault.ClassLine, fault.ClassOf(err) == fault.ClassNone,
			fault.ClassOf(err) == fault.ClassDevice:
			return err
		default: // it cannot look for cards, or something lies there that it cannot name
			if strange++; strange < 3 {
				break
			}
			if fault.ClassOf(err) != fault.ClassMedium {
				return err
			}
			r.tellReady(ctx, ready)
			if err := r.serveNameless(ctx, s, err); err != nil {
				return err
			}
			strange = 0
		}
		fresh = max(fresh-1, 0)
		if err := idle(ctx, max(idlePoll-time.Since(looked), leastPause)); err != nil {
			return err
		}
	}
}

// serveNameless tells of something that even find fails on, and stays until
// find has another answer.
func (r *Reader) serveNameless(ctx context.Context, s *session, err error) error {
	r.placements++
	n := r.placements
	r.failures++
	advice := advise(err, r.failures)
	r.log.Info("card not found out", "placement", n, "err", err, "advice", advice)
	r.emit(ctx, CardPlaced{Placement: n})
	r.emit(ctx, CardUnreadable{Placement: n, Err: err, Advice: advice})
	defer func() { r.emit(ctx, CardRemoved{Placement: n}) }()
	for {
		if err := idle(ctx, idlePoll); err != nil {
			return err
		}
		err := s.find(ctx)
		switch {
		case err == nil, errors.Is(err, fault.NoMedium):
			return nil
		case fault.ClassOf(err) != fault.ClassMedium:
			return err
		}
	}
}

// serveCard reads the card of p, just found, and stays until it is gone. It returns an
// error only when the reader itself is in trouble.
func (r *Reader) serveCard(ctx context.Context, p *placement) error {
	r.placements++
	n := r.placements
	r.emit(ctx, CardPlaced{Placement: n})
	defer func() { r.emit(ctx, CardRemoved{Placement: n}) }()

	start := time.Now()
	card, err := p.read(ctx, r.opt.Append)
	ms := time.Since(start).Milliseconds()
	switch {
	case err == nil:
		r.failures = 0
		r.log.Info("card read", "placement", n, "kind", card.Kind, "ms", ms)
		r.emit(ctx, CardRead{Placement: n, Card: card})
	case errors.Is(err, fault.Absent), fault.ClassOf(err) == fault.ClassNone,
		fault.ClassOf(err) == fault.ClassDevice:
		return err // the reader's own story; the card was not to blame
	default:
		r.failures++
		advice := advise(err, r.failures)
		r.log.Info("card not read", "placement", n, "err", err, "advice", advice, "ms", ms)
		r.emit(ctx, CardUnreadable{Placement: n, Err: err, Advice: advice})
	}
	return p.stay(ctx, err == nil)
}

// stay returns when the card is gone: two answers in a row that say so. Two
// silences in a row are forgiven, because leaving means telling that the card
// was removed.
func (p *placement) stay(ctx context.Context, wasRead bool) error {
	ask := p.lies
	if wasRead {
		ask = p.present
	}
	missed, silences := 0, 0
	for missed < 2 {
		if err := idle(ctx, p.watch.pause()); err != nil {
			return err
		}
		there, err := ask(ctx)
		switch {
		case err != nil && broken(err) && silences < 2:
			silences++
		case err != nil:
			return err
		case there:
			missed, silences = 0, 0
		default:
			missed++
			silences = 0
		}
	}
	return nil
}

// advise turns a failed read into what the person should do. The clerk is
// called when the card or the reader could not prove itself after a second
// placement, and after three failures of any sort.
func advise(err error, inARow int) Advice {
	var se *statusError
	suspect := errors.As(err, &se) && (se.sw3 == swReaderAuth || se.sw3 == swVerify)
	switch {
	case inARow >= 3, suspect && inARow >= 2:
		return AdviceAskClerk
	case errors.Is(err, fault.WrongMedium):
		return AdviceOtherCard
	case errors.Is(err, fault.Removed):
		return AdviceHoldStill
	default:
		return AdvicePlaceAgain
	}
}

func idle(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// noiseMeter counts bad frames within a minute.
type noiseMeter struct {
	at       []time.Time
	reported time.Time
}

const (
	noiseWindow = time.Minute
	noiseLimit  = 3
)

// add counts bad frames and returns their number within the last minute when it
// is time to tell of it: at three, and then at most once a minute.
func (m *noiseMeter) add(now time.Time, bad int) int {
	keep := m.at[:0]
	for _, t := range m.at {
		if now.Sub(t) < noiseWindow {
			keep = append(keep, t)
		}
	}
	for range min(bad, 100) {
		keep = append(keep, now)
	}
	m.at = keep
	if len(keep) < noiseLimit || !m.reported.IsZero() && now.Sub(m.reported) < noiseWindow {
		return 0
	}
	m.reported = now
	return len(keep)
}
