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
// not drawn. A revision has those that were given before it. ErrNotFound for a version
// that nobody may read.
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
		drawn, err := DrawOf(ctx, tx, v)
		if err != nil {
			return err
		}
		shares, err := Shares(ctx, tx, drawn.ID)
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
	if v.Base != "" {
		err = again(ctx, d, v, p)
	} else {
		var r *arrangement.Result
		if r, _, err = arrange(&p.Input, seed); err == nil {
			p.Result = *r
		}
	}
	if err != nil {
		return err
	}
	if p.Root = p.Result.Tree().Root; p.Root != v.Root {
		return fmt.Errorf("seating: bundle: the root is not the one that was published")
	}
	return p.Write(w)
}

// again computes a revision once more, and says what it was made from.
func again(ctx context.Context, d *db.DB, v Version, p *arrangement.Published) error {
	x, err := readRevision(ctx, d, v.ID)
	if err != nil {
		return err
	}
	r, err := arrangement.Revise(x.input, x.seed, x.before())
	if err != nil {
		return fmt.Errorf("seating: bundle: %w", err)
	}
	p.Input, p.Result, p.Before = *x.input, r.Result, &arrangement.Before{}
	for _, room := range x.rooms {
		p.Before.Rooms = append(p.Before.Rooms, arrangement.OldRoom{Room: room.Room, Drawn: room.Drawn})
	}
	for _, s := range x.seats {
		if s.Exception {
			p.Before.Late = append(p.Before.Late, Arranged(s))
		} else {
			p.Before.Seats = append(p.Before.Seats, Arranged(s))
		}
	}
	return d.Read(ctx, func(tx *db.Tx) error {
		base, err := Get(ctx, tx, v.Base)
		if err != nil {
			return err
		}
		p.Before.Root = base.Root
		drawn, err := DrawOf(ctx, tx, v)
		p.Before.Digest = drawn.Digest
		return err
	})
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
