package staff

import "zhunkao/hub/password"

// NewCheap is New with guesses that cost next to nothing, for tests of
// everything but that cost.
func NewCheap(o Options) *Desk {
	o.Hasher = password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1})
	return New(o)
}
