package arrangement

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
)

// Share is what one office adds to the seed: bytes that it drew itself and keeps to
// itself until every office has committed (A49).
type Share struct {
	Office string
	Secret [32]byte
}

// Commitment binds an office to its share and to the input, before anybody knows a
// share.
type Commitment struct {
	Office string
	Hash   [sha256.Size]byte
}

// ErrDraw says that shares are not what was committed to: there is no seed.
var ErrDraw = errors.New("arrangement: the shares are not those that were committed to")

// Commit is SHA-256 of "zhunkao commit", the input's digest, the length of the office's
// name, that name, and its secret.
func (s Share) Commit(input [sha256.Size]byte) Commitment {
	h := sha256.New()
	h.Write([]byte("zhunkao commit"))
	h.Write(input[:])
	h.Write([]byte{byte(len(s.Office))})
	h.Write([]byte(s.Office))
	h.Write(s.Secret[:])
	return Commitment{s.Office, [sha256.Size]byte(h.Sum(nil))}
}

// Draw gives the seed of two offices or more: SHA-256 of "zhunkao seed", the input's
// digest and the secrets in the order of the offices' names. As long as one office kept
// its secret and drew it fairly, nobody chose the seed. ErrDraw.
func Draw(input [sha256.Size]byte, commitments []Commitment, shares []Share) (Seed, error) {
	if len(commitments) < 2 || len(commitments) != len(shares) {
		return Seed{}, fmt.Errorf("%w: %d shares for %d commitments, two or more are needed", ErrDraw, len(shares), len(commitments))
	}
	byOffice := slices.SortedFunc(slices.Values(shares), func(a, b Share) int { return cmp.Compare(a.Office, b.Office) })
	said := slices.SortedFunc(slices.Values(commitments), func(a, b Commitment) int { return cmp.Compare(a.Office, b.Office) })
	h := sha256.New()
	h.Write([]byte("zhunkao seed"))
	h.Write(input[:])
	for i, s := range byOffice {
		c := s.Commit(input)
		if !clean(s.Office) || len(s.Office) > 255 || i > 0 && byOffice[i-1].Office == s.Office {
			return Seed{}, fmt.Errorf("%w: an office stands twice, or has no name", ErrDraw)
		}
		if c.Office != said[i].Office || subtle.ConstantTimeCompare(c.Hash[:], said[i].Hash[:]) != 1 {
			return Seed{}, fmt.Errorf("%w: office %s", ErrDraw, s.Office)
		}
		h.Write(s.Secret[:])
	}
	return Seed(h.Sum(nil)), nil
}
