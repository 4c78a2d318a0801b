package seating

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// Trial is an arrangement of today's list with a false seed (试排): it shows what could
// not be met while there is time to mend it, and decides nothing.
type Trial struct {
	Campaign string
	State    TrialState
	Asked    int64
	By       string // staff
	Done     int64
	People   int
	Exempt   int
	Same     bool // computed again in another order, and byte for byte the same
	Figures  Figures
}

// TrialState is how far a trial is.
type TrialState string

// The states.
const (
	TrialAsked  TrialState = "asked"
	TrialDone   TrialState = "done"
	TrialFailed TrialState = "failed" // the list contradicts itself
)

// AskTrial asks for a trial; the one before is forgotten.
func AskTrial(ctx context.Context, tx *db.Tx, campaign string, who Who) error {
	_, err := tx.Exec(ctx, `INSERT INTO seating_trial (campaign, state, asked_at, by_staff, done_at, people, exempt, same, figures) VALUES ($1, 'asked', $2, $3, 0, 0, 0, $4, '{}')
		ON CONFLICT (campaign) DO UPDATE SET state = 'asked', asked_at = excluded.asked_at, by_staff = excluded.by_staff`, campaign, who.At, who.By, false)
	return wrap("trial", err)
}

// TrialFor gives the last trial of a campaign; false if there was none.
func TrialFor(ctx context.Context, tx *db.Tx, campaign string) (t Trial, ok bool, err error) {
	var figures string
	err = tx.QueryRow(ctx, `SELECT campaign, state, asked_at, by_staff, done_at, people, exempt, same, figures FROM seating_trial WHERE campaign = $1`, campaign).
		Scan(&t.Campaign, &t.State, &t.Asked, &t.By, &t.Done, &t.People, &t.Exempt, &t.Same, &figures)
	if errors.Is(err, db.ErrNoRows) {
		return t, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(figures), &t.Figures)
	}
	return t, err == nil, wrap("trial", err)
}

// Try arranges a list twice, the second time in another order of the input, keeps what
// came of it, and does then in the same transaction. A list that contradicts itself ends the trial as failed.
func Try(ctx context.Context, d *db.DB, campaign string, parts Parts, list []Listed, exempt int, at func() int64, then func(*db.Tx, Trial) error) error {
	in := parts.Input(list)
	t := Trial{State: TrialDone, People: len(list), Exempt: exempt}
	var problems []arrangement.Problem
	seed := arrangement.Seed(sha256.Sum256([]byte("a false seed")))
	r, took, err := arrange(in, seed)
	switch {
	case errors.Is(err, arrangement.ErrInput):
		t.State = TrialFailed
	case err != nil:
		return err
	default:
		t.Figures, problems = Sum(in, r), r.Problems
		t.Figures.Took = took
		root := r.Tree().Root
		slices.Reverse(in.Candidates)
		again, _, err := arrange(in, seed)
		if err != nil {
			return err
		}
		t.Same = again.Tree().Root == root && slices.Equal(again.Problems, problems)
	}
	text, err := json.Marshal(t.Figures)
	if err != nil {
		return fmt.Errorf("seating: trial: %w", err)
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := putProblems(ctx, tx, TrialOf(campaign), problems, whose(list)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE seating_trial SET state = $2, done_at = $3, people = $4, exempt = $5, same = $6, figures = $7 WHERE campaign = $1`,
			campaign, string(t.State), at(), t.People, t.Exempt, t.Same, string(text))
		if err != nil {
			return wrap("trial", err)
		}
		return then(tx, t)
	})
}
