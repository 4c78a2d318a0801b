package printroom

import "time"

// Hurry shortens what a Room waits for.
func (r *Room) Hurry() *Room {
	r.times = timing{look: 20 * time.Millisecond, quiet: time.Minute, beat: 20 * time.Millisecond, again: 20 * time.Millisecond, most: 40 * time.Millisecond, patience: time.Minute, parting: 20 * time.Second, limit: time.Minute}
	return r
}

// Patience is how long a printer may need somebody, and Quiet how long a Room lives that
// says nothing.
func (r *Room) Patience(d time.Duration) { r.times.patience = d }
func (r *Room) Quiet(d time.Duration)    { r.times.quiet = d }

// WhyOf is whyOf.
func WhyOf(err error) string { return whyOf(err) }
