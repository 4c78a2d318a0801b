// Package seatingtest publishes a made-up arrangement in a database, for tests of what
// builds on one. Nothing in it is shipped, and nobody in it is real.
//
// It writes what a hub would have written: the seats follow from the list and the seed,
// and their proofs hold. It makes no applications and no journal: give it the ids of
// applications that a test has, or of none.
package seatingtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/seating"
	"zhunkao/protocol/campaign"
)

// Person is somebody to be seated. Zero codes are filled in.
type Person struct {
	Application string
	Division    string // "430104" if it is ""
	Level       string // "1"
	Category    string // level and "1"
	Language    string
	Need        string
	Area        string // by hand; "" follows the division
	Origin      uint64 // point, school or workplace; 0 is none
}

// People makes n persons of a division, in two levels, with applications "a0001", ….
func People(n int, division string) []Person {
	out := make([]Person, n)
	for i := range out {
		out[i] = Person{Application: fmt.Sprintf("a%04d", i+1), Division: division, Level: []string{"1", "3"}[i%2]}
	}
	return out
}

// Publish freezes, draws, numbers and publishes the next version of a campaign with
// these people. Every county is an area of its own: the last four digits of its code.
// Rooms of 30, tails pooled; at is when.
func Publish(ctx context.Context, d *db.DB, camp campaign.Campaign, people []Person, at int64) (seating.Version, error) {
	v, err := Drawn(ctx, d, camp, people, at)
	if err != nil {
		return v, err
	}
	if err := seating.Run(ctx, d, v.ID, func() int64 { return at }, nil); err != nil {
		return v, err
	}
	err = d.Read(ctx, func(tx *db.Tx) (err error) { v, err = seating.Get(ctx, tx, v.ID); return err })
	return v, err
}

// Drawn is as far as Publish gets before the run: two persons have asked for it.
func Drawn(ctx context.Context, d *db.DB, camp campaign.Campaign, people []Person, at int64) (seating.Version, error) {
	v, err := Frozen(ctx, d, camp, people, at)
	if err != nil {
		return v, err
	}
	return v, d.Write(ctx, func(tx *db.Tx) error {
		if err := draw(ctx, tx, v, at); err != nil {
			return err
		}
		return seating.Number(ctx, tx, v.ID, seating.Who{By: "staff-1", Second: "staff-2", At: at})
	})
}

// Frozen is as far as Publish gets before the draw: offices "a" 甲处 and "b" 乙处 are to
// seal.
func Frozen(ctx context.Context, d *db.DB, camp campaign.Campaign, people []Person, at int64) (v seating.Version, err error) {
	parts, list := listed(camp, people)
	input := parts.Input(list)
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		if v, err = seating.Begin(ctx, tx, camp.ID, "", "", seating.Who{By: "staff-1", Second: "staff-2", At: at}); err != nil {
			return err
		}
		if err = seating.Name(ctx, tx, v.ID, offices()); err != nil {
			return err
		}
		if err = seating.List(ctx, tx, v.ID, list); err != nil {
			return err
		}
		if err = seating.Freeze(ctx, tx, v.ID, parts, input.Digest(), len(list), 0, input.Unmapped(), at); err != nil {
			return err
		}
		v, err = seating.Get(ctx, tx, v.ID)
		return err
	})
	return v, err
}

func listed(camp campaign.Campaign, people []Person) (seating.Parts, []seating.Listed) {
	parts := seating.Parts{Rules: Rules(camp)}
	list := make([]seating.Listed, len(people))
	known := map[string]bool{}
	for i, p := range people {
		p.Division, p.Level = cmp.Or(p.Division, "430104"), cmp.Or(p.Level, "1")
		p.Category = cmp.Or(p.Category, p.Level+"1")
		if area := p.Division[2:]; !known[area] {
			known[area] = true
			parts.Areas = append(parts.Areas, arrangement.Area{Code: area})
			parts.Catchments = append(parts.Catchments, arrangement.Catchment{Division: p.Division, Area: area})
		}
		sum := sha256.Sum256([]byte(p.Application))
		c := arrangement.Candidate{Division: p.Division, Level: p.Level, Category: p.Category, Language: p.Language, Need: p.Need, Area: p.Area, Origin: p.Origin}
		copy(c.Token[:], sum[:])
		list[i] = seating.Listed{Application: p.Application, Candidate: c}
	}
	return parts, list
}

// Rules are those of a campaign's levels.
func Rules(camp campaign.Campaign) arrangement.Rules {
	r := arrangement.Rules{Size: 30, Grid: "5x6S", Tail: arrangement.Pool, Languages: true, Neighbour: true, Year: camp.Year, Number: "{area4}{level1}{cat1}{room4}{seat2}"}
	for _, l := range camp.Form.Levels {
		ends := "a"
		if l.Code == "3" {
			ends = "b"
		}
		r.Levels = append(r.Levels, arrangement.Level{Code: l.Code, Ends: ends})
	}
	return r
}

func offices() []seating.Share {
	return []seating.Share{{Office: "a", Name: "甲处", Staff: "staff-1"}, {Office: "b", Name: "乙处", Staff: "staff-2"}}
}

// draw has two offices seal and reveal.
func draw(ctx context.Context, tx *db.Tx, v seating.Version, at int64) error {
	for _, s := range offices() {
		if err := seating.Seal(ctx, tx, v.ID, s.Office, arrangement.Share{Office: s.Name, Secret: secret(s)}.Commit(v.Digest).Hash, at); err != nil {
			return err
		}
	}
	for _, s := range offices() {
		if _, err := seating.Reveal(ctx, tx, v, s.Office, secret(s), at); err != nil {
			return err
		}
	}
	return nil
}

func secret(s seating.Share) [32]byte { return sha256.Sum256([]byte("secret of " + s.Office)) }

// Revise publishes a revision of what is published, with these people.
func Revise(ctx context.Context, d *db.DB, camp campaign.Campaign, people []Person, at int64) (seating.Version, error) {
	v, err := Revising(ctx, d, camp, people, at)
	if err != nil {
		return v, err
	}
	if err := seating.Compute(ctx, d, v.ID, nil); err != nil {
		return v, err
	}
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		if v, err = seating.Get(ctx, tx, v.ID); err != nil {
			return err
		}
		if err = seating.PublishRevision(ctx, tx, v, seating.Who{By: "staff-1", Second: "staff-2", At: at}); err != nil {
			return err
		}
		v, err = seating.Get(ctx, tx, v.ID)
		return err
	})
	return v, err
}

// Revising is as far as Revise gets before it is computed: the list is frozen.
func Revising(ctx context.Context, d *db.DB, camp campaign.Campaign, people []Person, at int64) (v seating.Version, err error) {
	parts, list := listed(camp, people)
	input := parts.Input(list)
	err = d.Write(ctx, func(tx *db.Tx) error {
		base, _, err := seating.Current(ctx, tx, camp.ID)
		if err != nil {
			return err
		}
		if v, err = seating.BeginRevision(ctx, tx, base, "名单更正", seating.Who{By: "staff-1", Second: "staff-2", At: at}); err != nil {
			return err
		}
		if err = seating.List(ctx, tx, v.ID, list); err != nil {
			return err
		}
		if err = seating.Freeze(ctx, tx, v.ID, parts, input.Digest(), len(list), 0, input.Unmapped(), at); err != nil {
			return err
		}
		v, err = seating.Get(ctx, tx, v.ID)
		return err
	})
	return v, err
}
