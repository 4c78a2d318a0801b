package approval

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
)

const caseColumns = `c.id, c.kind, c.campaign, c.campaign_version, c.division, c.point, c.office, c.submitted_at, c.state, c.tier, c.round,
	c.version, c.judge_tier, c.judge, c.due_at, c.reminded, c.changed_at, c.thing`

func scanCase(scan func(...any) error) (c Case, err error) {
	err = scan(&c.ID, &c.Kind, &c.Campaign, &c.CampaignVersion, &c.Division, &c.Point, &c.Office, &c.Submitted, &c.State, &c.Tier, &c.Round,
		&c.Version, &c.JudgeTier, &c.Judge, &c.Due, &c.Reminded, &c.Changed, &c.Thing)
	return c, err
}

// Insert stores a new case with its first step. The sealed content comes by
// PutContent.
func Insert(ctx context.Context, tx *db.Tx, c Case, first Step) error {
	_, err := tx.Exec(ctx, `INSERT INTO approval_case (id, kind, campaign, campaign_version, division, point, office, submitted_at, state, tier, round,
		version, judge_tier, judge, due_at, reminded, changed_at, thing)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		c.ID, c.Kind, c.Campaign, int64(c.CampaignVersion), c.Division, c.Point, c.Office, c.Submitted, string(c.State), c.Tier, c.Round,
		c.Version, string(c.JudgeTier), c.Judge, c.Due, c.Reminded, c.Changed, c.Thing)
	if err != nil {
		return fmt.Errorf("approval: submit: %w", err)
	}
	return addStep(ctx, tx, c.ID, first)
}

// Save stores a case after a step that Next allowed; before is the version the
// step began with. ErrStale when somebody was quicker.
func Save(ctx context.Context, tx *db.Tx, c Case, before int, s Step) error {
	n, err := tx.Exec(ctx, `UPDATE approval_case SET office = $1, state = $2, tier = $3, round = $4, version = $5, judge_tier = $6, judge = $7,
		due_at = $8, reminded = $9, changed_at = $10 WHERE id = $11 AND version = $12`,
		c.Office, string(c.State), c.Tier, c.Round, c.Version, string(c.JudgeTier), c.Judge, c.Due, c.Reminded, c.Changed, c.ID, before)
	if err != nil {
		return fmt.Errorf("approval: save: %w", err)
	}
	if n == 0 {
		return ErrStale
	}
	return addStep(ctx, tx, c.ID, s)
}

func addStep(ctx context.Context, tx *db.Tx, id string, s Step) error {
	_, err := tx.Exec(ctx, `INSERT INTO approval_step (case_id, number, round, tier, act, account, office, behalf, opinion, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, id, s.Number, s.Round, s.Tier, string(s.Do), s.Account, s.Office, s.Behalf, s.Opinion, s.At)
	if db.Unique(err) {
		return ErrStale
	}
	if err != nil {
		return fmt.Errorf("approval: step: %w", err)
	}
	return nil
}

// Get returns a case with its submitters and its votes. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Case, error) {
	c, err := scanCase(tx.QueryRow(ctx, `SELECT `+caseColumns+` FROM approval_case c WHERE c.id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Case{}, ErrNotFound
	}
	if err != nil {
		return Case{}, fmt.Errorf("approval: case: %w", err)
	}
	steps, err := Steps(ctx, tx, id)
	if err != nil {
		return Case{}, err
	}
	c.Recall(steps)
	return c, nil
}

// Recall fills in submitters and votes from the steps of a case.
func (c *Case) Recall(steps []Step) {
	c.Submitters, c.Votes = nil, nil
	for _, s := range steps {
		switch {
		case s.Do == Submit || s.Do == Resubmit:
			if !slices.Contains(c.Submitters, s.Account) {
				c.Submitters = append(c.Submitters, s.Account)
			}
		case s.Do == Agree && s.Round == c.Round:
			c.Votes = append(c.Votes, Vote{Tier: s.Tier, Who: s.Account, At: s.At})
		}
	}
}

// Steps returns what was done to a case, first to last.
func Steps(ctx context.Context, tx *db.Tx, id string) ([]Step, error) {
	var out []Step
	err := tx.Each(ctx, `SELECT number, round, tier, act, account, office, behalf, opinion, at FROM approval_step WHERE case_id = $1 ORDER BY number`, []any{id},
		func(scan func(...any) error) error {
			var s Step
			err := scan(&s.Number, &s.Round, &s.Tier, &s.Do, &s.Account, &s.Office, &s.Behalf, &s.Opinion, &s.At)
			out = append(out, s)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("approval: steps: %w", err)
	}
	return out, nil
}

// Due returns up to limit cases whose judging tier is to be reminded: the
// deadline lies before near and that was not said, or before now and that was
// not said. Times in ms.
func Due(ctx context.Context, tx *db.Tx, now, near int64, limit int) ([]Case, error) {
	return cases(ctx, tx, `WHERE c.state = 'waiting' AND c.due_at > 0 AND (c.due_at <= $1 AND c.reminded < $2 OR c.due_at <= $3 AND c.reminded < $4)
		ORDER BY c.due_at, c.id LIMIT $5`, now, RemindedOverdue, near, RemindedNear, limit)
}

// Remind notes that the judging tier was reminded. It is no step: nobody's form
// grows old by it. It reports whether this was the first to say so.
func Remind(ctx context.Context, tx *db.Tx, c Case, level int) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE approval_case SET reminded = $1 WHERE id = $2 AND version = $3 AND reminded < $1`, level, c.ID, c.Version)
	if err != nil {
		return false, fmt.Errorf("approval: remind: %w", err)
	}
	return n > 0, nil
}

func cases(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Case, error) {
	var out []Case
	err := tx.Each(ctx, `SELECT `+caseColumns+` FROM approval_case c `+where, args, func(scan func(...any) error) error {
		c, err := scanCase(scan)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("approval: cases: %w", err)
	}
	return out, nil
}

// SetPoint notes which point came of a case.
func SetPoint(ctx context.Context, tx *db.Tx, id, point string) error {
	if _, err := tx.Exec(ctx, `UPDATE approval_case SET point = $1 WHERE id = $2`, point, id); err != nil {
		return fmt.Errorf("approval: point of a case: %w", err)
	}
	return nil
}

// SetThing notes which site came of a case, or which drawing it is about now.
func SetThing(ctx context.Context, tx *db.Tx, id, thing string) error {
	if _, err := tx.Exec(ctx, `UPDATE approval_case SET thing = $1 WHERE id = $2`, thing, id); err != nil {
		return fmt.Errorf("approval: thing of a case: %w", err)
	}
	return nil
}
