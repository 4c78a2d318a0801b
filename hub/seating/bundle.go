package seating

import (
	"context"
	"fmt"
	"io"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// Bundle writes what everybody may have to recompute a version that is or was published
// (hubctl arrangement verify): list, commitments, shares, rooms, seats, problems and
// root. No name and no number of a document is in it, and no exception seat: those were
// not drawn. ErrNotFound for a version that nobody may read.
//
// Rooms, seats and problems are computed from the list and the seed as the run computed
// them, and held against what was published: the bundle is right, or there is none.
func Bundle(ctx context.Context, d *db.DB, version string, w io.Writer) error {
	var v Version
	p := &arrangement.Published{}
	var seed arrangement.Seed
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = Get(ctx, tx, version); err != nil {
			return err
		}
		if !v.State.Seated() {
			return ErrNotFound
		}
		input, _, err := Input(ctx, tx, version)
		if err != nil {
			return err
		}
		p.Input = *input
		shares, err := Shares(ctx, tx, version)
		if err != nil {
			return err
		}
		p.Commitments, p.Shares = Drawing(shares)
		seed, err = Seed(ctx, tx, v)
		return err
	})
	if err != nil {
		return err
	}
	r, _, err := arrange(&p.Input, seed)
	if err != nil {
		return err
	}
	p.Result, p.Root = *r, r.Tree().Root
	if p.Root != v.Root {
		return fmt.Errorf("seating: bundle: the root is not the one that was published")
	}
	return p.Write(w)
}

// Fingerprint is a hash as a person reads it aloud: groups of four digits.
func Fingerprint(h [32]byte) string {
	text := fmt.Sprintf("%x", h)
	groups := make([]string, 0, len(text)/4)
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, " ")
}
