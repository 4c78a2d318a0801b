package democlock

import (
	"errors"
	"time"
)

// The moves.
const (
	NextDay     = "next-day"     // 08:30 of the next day, as a point opens
	Lunch       = "lunch"        // 12:30 of this day, or of the next when that has passed
	BeforeClose = "before-close" // one minute before the close of the confirmation
	Sites       = "sites"        // a day on which sites are proposed
	Numbering   = "numbering"    // a day on which tickets are numbered
	Tickets     = "tickets"      // the first day on which they are printed
	Results     = "results"      // the first day after the examination, which has results from then on
)

var (
	// ErrUnknownMove says that a move is none of these.
	ErrUnknownMove = errors.New("democlock: unknown move")
	// ErrPast says that the move would set the clock back.
	ErrPast = errors.New("democlock: that moment has passed; the clock never runs backwards")
)

// Target is where move leads from now in a campaign whose moments o says. Days are
// those of UTC+8. Errors: ErrUnknownMove, also of a moment that o leaves out, ErrPast.
func Target(now time.Time, move string, o Options) (time.Time, error) {
	local := now.In(time.FixedZone("UTC+8", 8*60*60))
	at := func(days, hour, minute int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, hour, minute, 0, 0, local.Location())
	}
	var to time.Time
	switch move {
	case NextDay:
		to = at(1, 8, 30)
	case Lunch:
		if to = at(0, 12, 30); !to.After(now) {
			to = at(1, 12, 30)
		}
	case Sites:
		to = o.Sites
	case Numbering:
		to = o.Numbering
	case Tickets:
		to = o.Tickets
	case Results:
		to = o.Results
	case BeforeClose:
		to = o.Closes.Add(-time.Minute)
	default:
		return time.Time{}, ErrUnknownMove
	}
	if to.IsZero() {
		return time.Time{}, ErrUnknownMove
	}
	if !to.After(now) {
		return time.Time{}, ErrPast
	}
	return to.UTC(), nil
}
