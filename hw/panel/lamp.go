package panel

import "time"

const (
	blinkHalf = 500 * time.Millisecond
	hurryHalf = 200 * time.Millisecond
)

// glow is one lamp: what it should do and what it was last told. Outputs are
// never read: this is all that is known of them.
type glow struct {
	line
	pattern Pattern
	since   time.Time // of the pattern
	lit     bool      // as last written
	written bool      // since the board was opened
}

// lit says whether a lamp with pattern p, begun d ago, is on, and how long that
// stays so; 0 for ever.
func (p Pattern) lit(d time.Duration) (on bool, left time.Duration) {
	half := blinkHalf
	switch p {
	case On:
		return true, 0
	case Blink:
	case Hurry:
		half = hurryHalf
	default:
		return false, 0
	}
	return (d/half)%2 == 0, half - d%half
}
