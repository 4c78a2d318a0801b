// Package flowtest fills a hub's database with a province of candidates, for
// tests and measurements. Nothing in it is shipped, and nobody in it is real.
//
// It takes every step through package flow, so that what it leaves is what a
// hub would have: applications sealed and found by their keyed hashes, and an
// entry in the journal for each. How it fails: with the error of the step.
package flowtest

import (
	"context"
	"fmt"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Points opens two points in every county that is one on a day, and gives them.
// The divisions must be there (org.Seed). A point that is there stays.
func Points(ctx context.Context, d *db.DB, f *flow.Flow, on time.Time) ([]synthetic.Point, error) {
	var out []synthetic.Point
	err := d.Write(ctx, func(tx *db.Tx) error {
		out = nil
		all, err := org.Divisions(ctx, tx, on)
		if err != nil {
			return err
		}
		there, err := org.Points(ctx, tx, "430000")
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, p := range there {
			known[p.Code] = true
		}
		for _, county := range all {
			if county.Tier != campaign.County {
				continue
			}
			for n := 1; n <= 2; n++ {
				p := org.Point{Code: fmt.Sprintf("%s%02d", county.Code, n), Division: county.Code, Open: true, Hours: "08:30-12:00 14:00-17:30",
					Name: fmt.Sprintf("%s第 %d 报名确认点", county.Name, n), Address: fmt.Sprintf("%s某路 %d 号", county.Name, n), Phone: "0731-55500123"}
				out = append(out, synthetic.Point{Code: p.Code, Division: p.Division})
				if known[p.Code] {
					continue
				}
				if err := f.CreatePoint(ctx, tx, p, flow.Operator()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// atOnce is how many applications go into one transaction.
const atOnce = 1000

// Fill registers n applications at the points, more at the first ones of the
// list than at the last, and gives the first application of each transaction.
// They are valid under the campaign. Some fifty of them at a time are of people
// who differ in ID number, telephone and point alone.
func Fill(ctx context.Context, d *db.DB, f *flow.Flow, c campaign.Campaign, n int, points []synthetic.Point) ([]form.Application, error) {
	people := synthetic.Candidates(c, 23, n/35+50, points...)
	var first []form.Application
	seen := map[string]bool{}
	for k, done := 0, 0; done < n; k++ {
		if k == 50 {
			return nil, fmt.Errorf("flowtest: only %d of %d people have a number that can be changed", done, n)
		}
		var some []form.Application
		for i, p := range people {
			if a, ok := variant(p.Application, k, points[weighted(i*7+k*13, len(points))]); ok && done+len(some) < n && !seen[a.Get(form.DocumentNumber)] {
				seen[a.Get(form.DocumentNumber)] = true
				some = append(some, a)
			}
		}
		for len(some) > 0 {
			part := some[:min(atOnce, len(some))]
			err := d.Write(ctx, func(tx *db.Tx) error {
				for _, a := range part {
					by := flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: a.ID}}
					if err := f.Register(ctx, tx, a, candidate.FromPortal, by); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			first, done, some = append(first, part[0]), done+len(part), some[len(part):]
		}
	}
	return first, nil
}

// weighted spreads i over n places, the first ones getting up to three times
// what the last ones get.
func weighted(i, n int) int {
	at := i % (2 * n)
	if at >= n {
		at = (at - n) / 2
	}
	return at
}

// variant is the k-th person made of one: other number, telephone and point.
func variant(a form.Application, k int, at synthetic.Point) (form.Application, bool) {
	number := a.Get(form.DocumentNumber)
	if len(number) != 18 {
		return a, k == 0
	}
	a = a.Clone()
	a.Point = at.Code
	if k == 0 {
		return a, true
	}
	serial := 900 + (int(number[16]-'0')+2*k)%100 // the last digit says the sex
	number = number[:14] + fmt.Sprintf("%03d", serial)
	number += string(identity.CheckDigit(number))
	a.Fields[form.DocumentNumber] = number
	a.Fields[form.PhoneNumber] = fmt.Sprintf("13%09d", (k*7_919+len(a.ID)*31+serial*104_729)%1_000_000_000)
	a.ID = fmt.Sprintf("%sk%02d", a.ID[:len(a.ID)-3], k)
	return a, true
}
