package panel

import (
	"context"
	"time"

	"zhunkao/hw/fault"
)

const (
	// sampleEvery is the pause between two readings of a board that pokes.
	sampleEvery = 100 * time.Millisecond
	// pollEvery is that of one that must be asked: a short press is 60 ms.
	pollEvery = 40 * time.Millisecond
	// checkEvery is how often outputs are compared with what they should be: a
	// Modbus board that restarted has forgotten.
	checkEvery = 3 * time.Second
	// firstPause and lastPause bound the pause between two attempts to get a
	// lost board back.
	firstPause = 200 * time.Millisecond
	lastPause  = 2 * time.Second
	// goodbye bounds the switching off of lamps at the end.
	goodbye = 500 * time.Millisecond
)

// Run drives the panel until ctx ends, through unplugging, faults and noise,
// and switches the lamps off then. It returns ctx's error. It can be called
// again after it returned, not twice at the same time.
func (p *Panel) Run(ctx context.Context) error {
	if p.opt.Wiring.Empty() {
		<-ctx.Done()
		return ctx.Err()
	}
	r := &runner{Panel: p, inputs: inputsOf(p.lines), latches: map[string]*latched{}, now: time.Now}
	for _, l := range p.lines.lamps {
		r.lamps = append(r.lamps, &glow{line: l})
	}
	for _, in := range r.inputs {
		if in.contact {
			r.latches[in.name] = &latched{saved: p.known(Contact(in.name))}
			in.active = r.latches[in.name].saved.Open
		}
	}
	pause := firstPause
	for {
		ready, err := r.attend(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if ready {
			pause = firstPause
		}
		r.lost(ctx, err)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		pause = min(2*pause, lastPause)
	}
}

func (p *Panel) known(c Contact) Latch {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.opt.Known {
		if l.Contact == c {
			return l
		}
	}
	return Latch{Contact: c}
}

// remember keeps a saved latch for the next Run.
func (p *Panel) remember(l Latch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.opt.Known {
		if p.opt.Known[i].Contact == l.Contact {
			p.opt.Known[i] = l
			return
		}
	}
	p.opt.Known = append(p.opt.Known, l)
}

// runner is one Run: what belongs to its goroutine alone.
type runner struct {
	*Panel
	inputs  []*input
	lamps   []*glow
	latches map[string]*latched // of every wired contact
	boards  []board
	now     func() time.Time // monotonic

	opened time.Time // when the boards were opened
	told   bool      // Lost was told and nothing since
	unsafe bool      // Save fails; logged
}

// attend opens the boards and serves them until something ends it.
func (r *runner) attend(ctx context.Context) (ready bool, err error) {
	r.boards, err = r.openAll(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		for _, b := range r.boards {
			if err := b.close(); err != nil {
				r.log.Debug("closing the panel's board", "err", err)
			}
		}
	}()
	if err := r.first(ctx); err != nil {
		return false, err
	}
	r.tellReady(ctx)
	err = r.serve(ctx)
	if ctx.Err() != nil {
		r.dark()
	}
	return true, err
}

// first takes the settled readings of boards just opened, and writes all lamps.
func (r *runner) first(ctx context.Context) error {
	r.opened = r.now()
	for _, g := range r.lamps {
		g.written = false
	}
	if err := r.write(ctx); err != nil {
		return err
	}
	levels, err := r.read(ctx)
	if err != nil {
		return err
	}
	for i, in := range r.inputs {
		in.begin(levels[i])
		in.sample(levels[i], r.opened)
	}
	if err := rest(ctx, settle+time.Millisecond); err != nil {
		return err
	}
	return r.sample(ctx)
}

// serve reads, blinks and obeys until something fails.
func (r *runner) serve(ctx context.Context) error {
	pokes, every := r.pokes()
	check := r.now().Add(checkEvery)
	for {
		next, err := r.turn(ctx, every)
		if err != nil {
			return err
		}
		if now := r.now(); !now.Before(check) {
			for _, b := range r.boards {
				if err := b.check(ctx); err != nil {
					return err
				}
			}
			check = now.Add(checkEvery)
		}
		timer := time.NewTimer(max(next, time.Millisecond))
		select {
		case <-timer.C:
		case <-pokes:
		case <-r.asked:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

// turn reads the inputs and writes the lamps once, and says how long nothing
// need be done.
func (r *runner) turn(ctx context.Context, every time.Duration) (next time.Duration, err error) {
	if err := r.sample(ctx); err != nil {
		return 0, err
	}
	if err := r.write(ctx); err != nil {
		return 0, err
	}
	next = every
	now := r.now()
	for _, in := range r.inputs {
		if in.moving {
			next = min(next, settle-now.Sub(in.since))
		}
	}
	for _, g := range r.lamps {
		if _, left := g.pattern.lit(now.Sub(g.since)); left > 0 {
			next = min(next, left)
		}
	}
	return next, nil
}

// pokes joins the boards' pokes, and says how often to read without one.
func (r *runner) pokes() (<-chan struct{}, time.Duration) {
	var joined <-chan struct{}
	every := sampleEvery
	for _, b := range r.boards {
		ch, polled := b.pokes()
		if polled {
			every = pollEvery
		}
		if ch != nil {
			joined = ch // only a GPIO board pokes, and there is at most one
		}
	}
	return joined, every
}

func (r *runner) read(ctx context.Context) ([]bool, error) {
	levels := make([]bool, len(r.inputs))
	for _, b := range r.boards {
		if err := b.read(ctx, levels); err != nil {
			return nil, err
		}
	}
	return levels, nil
}

// sample reads every input and tells what settled.
func (r *runner) sample(ctx context.Context) error {
	levels, err := r.read(ctx)
	if err != nil {
		return err
	}
	now, wall := r.now(), r.opt.Now()
	for i, in := range r.inputs {
		atStart := in.moving && in.since.Equal(r.opened)
		changed := in.sample(levels[i], now)
		switch {
		case in.contact && changed:
			r.latches[in.name].note(in.active, atStart, wall)
		case !in.contact && changed:
			r.emit(ctx, in.press(now, wall))
		default:
			r.emit(ctx, in.due(now, wall))
		}
	}
	for _, in := range r.inputs {
		if in.contact {
			r.save(ctx, r.latches[in.name])
		}
	}
	return nil
}

// save makes the waiting changes of one contact durable and then tells them, in
// order. What cannot be saved waits, untold.
func (r *runner) save(ctx context.Context, l *latched) {
	for len(l.unsaved) > 0 {
		next := l.unsaved[0]
		if err := r.opt.Save(next); err != nil {
			if !r.unsafe {
				r.log.Error("a contact's change cannot be saved; it is told when it can", "contact", next.Contact, "err", err)
			}
			r.unsafe = true
			return
		}
		r.unsafe = false
		l.saved, l.unsaved = next, l.unsaved[1:]
		r.remember(next)
		r.log.Warn("contact", "contact", next.Contact, "open", next.Open, "count", next.Count, "at_start", next.AtStart)
		r.emit(ctx, next.event())
	}
}

// write gives every lamp what its pattern wants now.
func (r *runner) write(ctx context.Context) error {
	now := r.now()
	r.mu.Lock()
	for _, g := range r.lamps {
		if p := r.want[Lamp(g.name)]; p != g.pattern {
			g.pattern, g.since = p, now
		}
	}
	r.mu.Unlock()
	for i, g := range r.lamps {
		lit, _ := g.pattern.lit(now.Sub(g.since))
		if g.written && g.lit == lit {
			continue
		}
		if err := r.light(ctx, i, lit); err != nil {
			return err
		}
		g.lit, g.written = lit, true
	}
	return nil
}

func (r *runner) light(ctx context.Context, i int, lit bool) error {
	for _, b := range r.boards {
		if err := b.write(ctx, i, lit != r.lamps[i].invert); err != nil {
			return err
		}
	}
	return nil
}

// dark switches the lamps off at the end: a box that does not run must not look
// as if it did.
func (r *runner) dark() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	for i := range r.lamps {
		if err := r.light(ctx, i, false); err != nil {
			r.log.Debug("switching the lamps off", "err", err)
			return
		}
	}
}

func (r *runner) tellReady(ctx context.Context) {
	r.told = false
	e := Ready{Open: map[Contact]bool{}}
	for name, l := range r.latches {
		e.Open[Contact(name)] = l.saved.Open
	}
	r.log.Info("panel is ready", "lamps", len(r.lamps), "inputs", len(r.inputs))
	r.emit(ctx, e)
}

func (r *runner) lost(ctx context.Context, err error) {
	if r.told || fault.ClassOf(err) == fault.ClassNone {
		return
	}
	r.told = true
	r.log.Warn("panel is lost", "err", err)
	r.emit(ctx, Lost{Err: err})
}

func (r *runner) emit(ctx context.Context, e Event) {
	if e == nil {
		return
	}
	select {
	case r.events <- e:
		return
	default:
	}
	select {
	case r.events <- e:
	case <-ctx.Done():
	}
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
