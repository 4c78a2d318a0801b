package link

import "time"

// NewPauses gives the pauses of one box: each call says how long the session
// before it stood, and gives the next.
func NewPauses(most time.Duration, spread func(time.Duration) time.Duration) func(stood time.Duration) time.Duration {
	p := &pauses{most: most, spread: spread}
	return p.after
}
