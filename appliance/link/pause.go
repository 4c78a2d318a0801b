package link

import (
	"math/rand/v2"
	"time"
)

const (
	// maxPause bounds every pause of a box, and so the time over which boxes that
	// return together are spread; near is that of a hub on this machine.
	maxPause  = 45 * time.Second
	nearPause = 2 * time.Second
	// steady is how long a session must have stood for the pauses to begin small
	// again.
	steady = 30 * time.Second
)

// pauses are how long a box keeps away from a hub that was lost. Each is drawn
// from the whole span between nothing and a ceiling, so that boxes that lost the
// hub together are spread evenly and not in waves; the ceiling is a third of the
// most after a session that stood, and doubles with each attempt up to the most.
type pauses struct {
	most    time.Duration
	spread  func(most time.Duration) time.Duration // draws from [0, most]
	ceiling time.Duration                          // of the next; 0: the first
}

// after draws the pause after a session that stood so long; 0 for one that did
// not come about.
func (p *pauses) after(stood time.Duration) time.Duration {
	if p.ceiling == 0 || stood > steady {
		p.ceiling = max(p.most/3, 1)
	}
	drawn := p.spread(p.ceiling)
	p.ceiling = min(2*p.ceiling, p.most)
	return drawn
}

// evenly draws from [0, most].
func evenly(most time.Duration) time.Duration { return rand.N(most + 1) }

// jitter spreads what is repeated in one session, hellos and records without a
// receipt, over half to one and a half of d.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d) }
