package intake

import (
	"crypto/ecdsa"
	"time"

	"zhunkao/protocol"
)

// A box that sends what it has collected signs hundreds of records with one key,
// and its signatures are the largest part of what taking them costs: its key is
// then prepared, which takes memory (protocol.PreparedSize).
const (
	// prepareAfter is how many statements of a box, none of them prepareWithin
	// after the one before, say that many more are coming: about as many as
	// preparing costs.
	prepareAfter  = 16
	prepareWithin = 10 * time.Second
	// preparedMost is how many keys a lane keeps prepared: 8 MiB of them.
	preparedMost = 32
)

// signer is the key that a box signs with.
type signer struct {
	by       protocol.Key
	pub      *ecdsa.PublicKey // that by was made from
	prepared bool
	count    int       // statements, since there was none for prepareWithin
	last     time.Time // real time of the last one
}

// verify checks a statement under the key of the box.
func (l *lane) verify(s *signer, st protocol.Statement, pub *ecdsa.PublicKey, at time.Time) error {
	l.rest(s, at)
	s.last = at
	if s.pub != pub {
		l.plain(s)
		by, err := protocol.KeyOf(pub)
		if err != nil {
			return err
		}
		s.by, s.pub, s.count = by, pub, 0
	}
	if s.count++; s.count >= prepareAfter && !s.prepared && l.prepared < preparedMost {
		by, err := s.by.Prepared()
		if err != nil {
			return err
		}
		s.by, s.prepared = by, true
		l.prepared++
	}
	return st.VerifyBy(s.by)
}

// rest gives back what was prepared for a box that has fallen silent.
func (l *lane) rest(s *signer, now time.Time) {
	if now.Sub(s.last) >= prepareWithin {
		s.count = 0
		l.plain(s)
	}
}

// plain gives back what a prepared key takes.
func (l *lane) plain(s *signer) {
	if s.prepared {
		s.by, s.prepared = s.by.Plain(), false
		l.prepared--
	}
}
