package point

import (
	"time"

	"zhunkao/protocol/window"
)

// VisitMinutes is how long one person takes at one box, with the way to it [D]:
// nothing official says so.
const VisitMinutes = 5

// Busy says how much a point has before it.
type Busy string

// How busy a point is: what has chosen it and is still to come, beside what its
// boxes can do until confirmation closes there.
const (
	Unknown Busy = ""       // no boxes are known: nothing can be said
	Few     Busy = "few"    // under half of it, or an hour's work at most (人少)
	Some    Busy = "some"   // under four fifths (人较多)
	Many    Busy = "many"   // up to all of it (人很多)
	Beyond  Busy = "beyond" // more than can be served in time (约满); she may choose it still: no rule of the plan closes a point for that
)

// Load is how busy a point is, and the figures it comes from.
type Load struct {
	Busy    Busy
	Boxes   int           // terminals: those that are enrolled there, else those the county asked for
	Chosen  int           // applications that chose it
	Waiting int           // of these, not confirmed yet
	Served  int           // people it can serve until it closes
	Left    time.Duration // opening hours until then
}

// Measure tells how busy a point is. chosen and confirmed are the counters of
// package progress, which may be a moment behind the applications.
func Measure(openings []window.Opening, now time.Time, boxes, chosen, confirmed int) Load {
	l := Load{Boxes: max(0, boxes), Chosen: max(0, chosen), Waiting: max(0, chosen-confirmed)}
	for _, o := range openings {
		if from := o.From; o.To.After(now) {
			if from.Before(now) {
				from = now
			}
			l.Left += o.To.Sub(from)
		}
	}
	l.Served = int(l.Left/(VisitMinutes*time.Minute)) * l.Boxes
	const hour = 60 / VisitMinutes
	switch {
	case l.Boxes == 0 || l.Left == 0:
	case l.Waiting > l.Served:
		l.Busy = Beyond
	case 2*l.Waiting < l.Served, l.Waiting <= hour*l.Boxes && 5*l.Waiting < 4*l.Served:
		l.Busy = Few
	case 5*l.Waiting < 4*l.Served:
		l.Busy = Some
	default:
		l.Busy = Many
	}
	return l
}
