package seating

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// Input gives what a version's seats follow from, and whose token is whose. Candidates of
// exception seats are left out.
func Input(ctx context.Context, tx *db.Tx, version string) (*arrangement.Input, map[arrangement.Token]string, error) {
	var text string
	var people int
	if err := tx.QueryRow(ctx, `SELECT parts, people FROM seating_version WHERE id = $1`, version).Scan(&text, &people); err != nil {
		return nil, nil, fmt.Errorf("seating: input: %w", err)
	}
	var parts Parts
	if err := json.Unmarshal([]byte(text), &parts); err != nil {
		return nil, nil, fmt.Errorf("seating: input: %w", err)
	}
	input := &arrangement.Input{Rules: parts.Rules, Areas: parts.Areas, Catchments: parts.Catchments, Candidates: make([]arrangement.Candidate, 0, people)}
	whose := make(map[arrangement.Token]string, people)
	err := tx.Each(ctx, `SELECT application, token, division, level, category, language, need, origin, area FROM seating_candidate WHERE version = $1 AND late = 0`, []any{version}, func(row func(...any) error) error {
		var c arrangement.Candidate
		var application, origin string
		var token []byte
		if err := row(&application, &token, &c.Division, &c.Level, &c.Category, &c.Language, &c.Need, &origin, &c.Area); err != nil {
			return err
		}
		copy(c.Token[:], token)
		var err error
		c.Origin, err = strconv.ParseUint(origin, 16, 64)
		input.Candidates = append(input.Candidates, c)
		whose[c.Token] = application
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("seating: input: %w", err)
	}
	return input, whose, nil
}

// arrange computes, and says how many milliseconds that took.
func arrange(in *arrangement.Input, seed arrangement.Seed) (*arrangement.Result, int64, error) {
	began := time.Now()
	r, err := arrangement.Arrange(in, seed)
	if err != nil {
		return nil, 0, fmt.Errorf("seating: %w", err)
	}
	return r, time.Since(began).Milliseconds(), nil
}

// Input is what the seats of a list follow from.
func (p Parts) Input(list []Listed) *arrangement.Input {
	in := &arrangement.Input{Rules: p.Rules, Areas: p.Areas, Catchments: p.Catchments, Candidates: make([]arrangement.Candidate, len(list))}
	for i := range list {
		in.Candidates[i] = list[i].Candidate
	}
	return in
}

func whose(list []Listed) map[arrangement.Token]string {
	out := make(map[arrangement.Token]string, len(list))
	for i := range list {
		out[list[i].Token] = list[i].Application
	}
	return out
}

// Sum counts what a result came to.
func Sum(in *arrangement.Input, r *arrangement.Result) Figures {
	f := Figures{Seats: len(r.Seats), Problems: len(r.Problems), Reasons: map[arrangement.Reason]int{}}
	for i := range r.Rooms {
		if r.Rooms[i].Closed() {
			f.Closed++
			continue
		}
		f.Rooms++
		if r.Rooms[i].Seats == in.Rules.Size {
			f.Full++
		}
		if len(r.Rooms[i].Groups) > 1 {
			f.Mixed++
		}
	}
	for _, p := range r.Problems {
		f.Reasons[p.Reason]++
		switch p.Reason {
		case arrangement.Unmapped:
			f.Unmapped++
		case arrangement.Neighbour:
			f.Neighbours += p.Count
		}
	}
	return f
}

// Run computes a version that two persons asked to number, from the frozen list and the
// drawn seed, writes it down and publishes it; then does, in the same transaction, what
// belongs to that. It can be cut off anywhere and run again.
func Run(ctx context.Context, d *db.DB, version string, now func() int64, then func(*db.Tx, Version) error) error {
	var v Version
	var input *arrangement.Input
	var whose map[arrangement.Token]string
	var seed arrangement.Seed
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = Get(ctx, tx, version); err != nil {
			return err
		}
		if seed, err = Seed(ctx, tx, v); err == nil {
			input, whose, err = Input(ctx, tx, v.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	if v.Base != "" {
		return ErrState
	}
	if input.Digest() != v.Digest {
		return fmt.Errorf("seating: run: the list is not the one whose digest was published")
	}
	r, took, err := arrange(input, seed)
	if err != nil {
		return err
	}
	f := Sum(input, r)
	f.Took = took
	input.Candidates = nil // a province of them: the garbage collector's
	tree := r.Tree()
	if err := write(ctx, d, v, r, tree, whose); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := putProblems(ctx, tx, v.ID, r.Problems, whose); err != nil {
			return err
		}
		if err := Publish(ctx, tx, v, tree.Root, f, now()); err != nil {
			return err
		}
		stands, err := Get(ctx, tx, v.ID)
		if err != nil || then == nil {
			return err
		}
		return then(tx, stands)
	})
}

// write writes rooms and seats down, in batches that each are a transaction of their own
// and that nobody reads yet. What an earlier run left is taken back first, so that a run
// that was cut off anywhere is simply run again.
func write(ctx context.Context, d *db.DB, v Version, r *arrangement.Result, tree *arrangement.Tree, whose map[arrangement.Token]string) error {
	if err := unseat(ctx, d, v.ID); err != nil {
		return err
	}
	ups := tree.Ups()
	for some := range slices.Chunk(r.Seats, Batch) {
		batch := make([]Seated, len(some))
		for i, s := range some {
			batch[i] = Seated{whose[s.Token], s}
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return PutSeats(ctx, tx, v.ID, batch) }); err != nil {
			return err
		}
	}
	from := 0
	for some := range slices.Chunk(r.Rooms, Batch) {
		batch := make([]Placed, len(some))
		for i, room := range some {
			batch[i] = Placed{Room: room, Position: from + i, Up: ups[from+i]}
		}
		from += len(some)
		if err := d.Write(ctx, func(tx *db.Tx) error { return PutRooms(ctx, tx, v.ID, batch) }); err != nil {
			return err
		}
	}
	return nil
}

// unseat takes back what a run that was cut off has written, an area at a time.
func unseat(ctx context.Context, d *db.DB, version string) error {
	for {
		var area string
		err := d.Write(ctx, func(tx *db.Tx) (err error) { area, err = Unseat(ctx, tx, version); return err })
		if err != nil || area == "" {
			return err
		}
	}
}

// PartsOf gives what a version's seats follow from beside the candidates; empty while its
// list is frozen. ErrNotFound.
func PartsOf(ctx context.Context, tx *db.Tx, version string) (p Parts, err error) {
	var text string
	switch err = tx.QueryRow(ctx, `SELECT parts FROM seating_version WHERE id = $1`, version).Scan(&text); {
	case errors.Is(err, db.ErrNoRows):
		return p, ErrNotFound
	case err != nil:
		return p, fmt.Errorf("seating: parts: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("seating: parts: %w", err)
	}
	return p, nil
}
