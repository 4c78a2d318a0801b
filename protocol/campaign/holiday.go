package campaign

import (
	"time"

	"zhunkao/protocol/window"
)

// Holiday is a span of days that are not as their weekday says: nobody works on
// them, or, with Work, everybody does (调休上班). Both ends belong to it.
type Holiday struct {
	From   string `cbor:"from" json:"from"` // YYYY-MM-DD, at UTC+8
	To     string `cbor:"to" json:"to"`
	Work   bool   `cbor:"work,omitempty" json:"work,omitempty"`
	Zh     string `cbor:"zh" json:"zh"` // "国庆节"
	Status string `cbor:"status,omitempty" json:"status,omitempty"`
}

// covers reports whether a day, YYYY-MM-DD, lies in it.
func (h Holiday) covers(day string) bool { return h.From <= day && day <= h.To }

// Holidays are those of a campaign.
type Holidays []Holiday

// Working reports whether offices work on the civil day of a moment at UTC+8: as
// the table says, and on days that it does not name from Monday to Friday.
func (hs Holidays) Working(at time.Time) bool {
	at = at.In(window.Zone())
	day := at.Format(time.DateOnly)
	for _, h := range hs {
		if h.covers(day) {
			return h.Work
		}
	}
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
}

// PapersDue is by when the city decides about papers that came at a moment
// (Policy.PapersDays); zero without a deadline.
func (c Campaign) PapersDue(at time.Time) time.Time {
	if c.Policy.PapersDays <= 0 {
		return time.Time{}
	}
	return c.Holidays.After(at, c.Policy.PapersDays, true)
}

// mostIdle is how many days in a row can be without a working one: the table is
// checked for less, and a hostile one must not make anybody count for ever.
const mostIdle = 60

// After gives the end of the last of n days after the one of a moment: of civil
// days, or, with working, of working days. The day itself does not count.
func (hs Holidays) After(at time.Time, n int, working bool) time.Time {
	y, m, d := at.In(window.Zone()).Date()
	midnight := func(after int) time.Time { return time.Date(y, m, d+after, 0, 0, 0, 0, window.Zone()) }
	if !working {
		return midnight(n + 1)
	}
	last := 0
	for left, idle := n, 0; left > 0; {
		last++
		if idle++; hs.Working(midnight(last)) || idle > mostIdle {
			left, idle = left-1, 0
		}
	}
	return midnight(last + 1)
}
