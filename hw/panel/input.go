package panel

import "time"

const (
	// settle is how long a new level must stand before it counts: contacts
	// bounce for 5 to 20 ms.
	settle = 25 * time.Millisecond
	// hold is when a pressed button has been held.
	hold = 3 * time.Second
)

// input is one button or contact, after its bouncing. It is pure: time is given.
type input struct {
	line
	contact bool
	low     bool // active is Low

	active bool // pressed, or open; what counts
	moving bool // the last reading differed from active,
	since  time.Time

	pressed time.Time // when it went down; zero if it was not seen to
	held    bool      // told
}

// inputsOf gives the inputs of a wiring, buttons first.
func inputsOf(ls lines) []*input {
	var all []*input
	for _, l := range ls.buttons {
		// To ground with a pull-up on GPIO, fed on a Modbus board.
		all = append(all, &input{line: l, low: (l.kind == onGPIO) != l.invert})
	}
	for _, l := range ls.contacts {
		all = append(all, &input{line: l, contact: true, low: true})
	}
	return all
}

// sample takes a reading. changed says that the level settled on something new.
func (in *input) sample(level bool, now time.Time) (changed bool) {
	active := level != in.low
	switch {
	case active == in.active:
		in.moving = false
	case !in.moving:
		in.moving, in.since = true, now
	case now.Sub(in.since) >= settle:
		in.active, in.moving = active, false
		return true
	}
	return false
}

// begin takes the settled reading of a board just opened. A button that is down
// already was not seen to be pressed and tells nothing until it comes up.
func (in *input) begin(level bool) {
	in.moving, in.held, in.pressed = false, false, time.Time{}
	if !in.contact {
		in.active = level != in.low
	}
}

// press notes a button's settled change and gives its event; nil if there is
// nothing to tell.
func (in *input) press(now, wall time.Time) Event {
	button := Button(in.name)
	if in.active {
		in.pressed, in.held = now, false
		return Pressed{Button: button, At: wall}
	}
	since := in.pressed
	in.pressed = time.Time{}
	if since.IsZero() {
		return nil
	}
	return Released{Button: button, After: now.Sub(since)}
}

// due tells, once, that a button has been held.
func (in *input) due(now, wall time.Time) Event {
	if in.contact || !in.active || in.held || in.pressed.IsZero() || now.Sub(in.pressed) < hold {
		return nil
	}
	in.held = true
	return Held{Button: Button(in.name), At: wall}
}

// maxUnsaved bounds the changes of one contact that wait to be saved; the last
// one then takes the newest's place, with its count.
const maxUnsaved = 64

// latched is what is known of one contact.
type latched struct {
	saved   Latch
	unsaved []Latch // in order; not told yet
}

// newest is the last state noted, saved or not.
func (l *latched) newest() Latch {
	if n := len(l.unsaved); n > 0 {
		return l.unsaved[n-1]
	}
	return l.saved
}

// note notes a settled state; nothing if it is the one known.
func (l *latched) note(open, atStart bool, wall time.Time) {
	was := l.newest()
	if was.Open == open {
		return
	}
	next := Latch{Contact: was.Contact, Open: open, Count: was.Count, At: wall, AtStart: atStart}
	if open {
		next.Count++
	}
	if len(l.unsaved) < maxUnsaved {
		l.unsaved = append(l.unsaved, next)
		return
	}
	l.unsaved[len(l.unsaved)-1] = next
}

// event is how a saved latch is told.
func (l Latch) event() Event {
	if l.Open {
		return Opened{l}
	}
	return Closed{l}
}
