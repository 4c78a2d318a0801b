package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// DrawingState is how a drawing stands.
type DrawingState string

// The states. A power cut leaves a drawing where its last committed step put it.
const (
	Draft     DrawingState = "draft"     // the city writes on it; one of a city
	Submitted DrawingState = "submitted" // a copy that a case names; nobody changes it
	Drawn     DrawingState = "in-force"  // approved; one of a city
	Replaced  DrawingState = "replaced"  // a later one is in force
)

// Drawing is a city's plan as it was written down.
type Drawing struct {
	ID, Campaign string
	Division     string // of the city
	State        DrawingState
	Version      int // of a draft: how often it was written
	Plan         Plan
	By           string
	At           int64 // ms
}

const drawingColumns = `id, campaign, division, state, version, plan, by_staff, at`

func scanDrawing(row func(...any) error) (d Drawing, err error) {
	var plan string
	if err = row(&d.ID, &d.Campaign, &d.Division, &d.State, &d.Version, &plan, &d.By, &d.At); err != nil {
		return d, err
	}
	if err = json.Unmarshal([]byte(plan), &d.Plan); err != nil {
		return d, fmt.Errorf("site: drawing %s cannot be read: %w", d.ID, err)
	}
	for i := range d.Plan.Areas {
		d.Plan.Areas[i].Campaign = d.Campaign
	}
	for i := range d.Plan.Rows {
		d.Plan.Rows[i].Campaign = d.Campaign
	}
	return d, nil
}

// GetDrawing returns a drawing by id. ErrNotFound.
func GetDrawing(ctx context.Context, tx *db.Tx, id string) (Drawing, error) {
	return drawing(tx.QueryRow(ctx, `SELECT `+drawingColumns+` FROM drawing WHERE id = $1`, id).Scan)
}

// DraftOf returns the draft of a city. ErrNotFound when it has begun none.
func DraftOf(ctx context.Context, tx *db.Tx, campaign, city string) (Drawing, error) {
	return drawing(tx.QueryRow(ctx, `SELECT `+drawingColumns+` FROM drawing WHERE campaign = $1 AND division = $2 AND state = 'draft'`, campaign, city).Scan)
}

func drawing(row func(...any) error) (Drawing, error) {
	d, err := scanDrawing(row)
	if errors.Is(err, db.ErrNoRows) {
		return Drawing{}, ErrNotFound
	}
	if err != nil {
		return Drawing{}, fmt.Errorf("site: drawing: %w", err)
	}
	return d, nil
}

// InForce gives the plans in force by city; a city that has drawn none is not in it.
func InForce(ctx context.Context, tx *db.Tx, campaign string) (map[string]Plan, error) {
	out := map[string]Plan{}
	err := tx.Each(ctx, `SELECT `+drawingColumns+` FROM drawing WHERE campaign = $1 AND state = 'in-force'`, []any{campaign}, func(row func(...any) error) error {
		d, err := scanDrawing(row)
		out[d.Division] = d.Plan
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: drawings: %w", err)
	}
	return out, nil
}

// InForceOf gives the plan that counts in one city: the one in force, or, with false, that
// of a city that has drawn none.
func InForceOf(ctx context.Context, tx *db.Tx, campaign, city string) (Plan, bool, error) {
	d, err := drawing(tx.QueryRow(ctx, `SELECT `+drawingColumns+` FROM drawing WHERE campaign = $1 AND division = $2 AND state = 'in-force'`, campaign, city).Scan)
	if errors.Is(err, ErrNotFound) {
		return Default(campaign, CountiesOf()[city]), false, nil
	}
	return d.Plan, err == nil, err
}

// WriteDraft writes a city's draft over version before, 0 for the first. The caller
// journals. ErrStale when somebody else has written meanwhile.
func WriteDraft(ctx context.Context, tx *db.Tx, d Drawing, before int) error {
	d.Plan.sort()
	plan, err := json.Marshal(d.Plan)
	if err != nil {
		return fmt.Errorf("site: draft: %w", err)
	}
	if before == 0 {
		_, err := tx.Exec(ctx, `INSERT INTO drawing (`+drawingColumns+`) VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6)`, NewID(), d.Campaign, d.Division, string(plan), d.By, d.At)
		if db.Unique(err) {
			return ErrStale
		}
		if err != nil {
			return fmt.Errorf("site: draft: %w", err)
		}
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE drawing SET plan = $1, by_staff = $2, at = $3, version = version + 1 WHERE campaign = $4 AND division = $5 AND state = 'draft' AND version = $6`,
		string(plan), d.By, d.At, d.Campaign, d.Division, before)
	if err != nil {
		return fmt.Errorf("site: draft: %w", err)
	}
	if n == 0 {
		return ErrStale
	}
	return nil
}

// Keep stores a copy of a drawing as it is submitted, and gives its id.
func Keep(ctx context.Context, tx *db.Tx, d Drawing) (string, error) {
	d.Plan.sort()
	plan, err := json.Marshal(d.Plan)
	if err != nil {
		return "", fmt.Errorf("site: submit: %w", err)
	}
	id := NewID()
	_, err = tx.Exec(ctx, `INSERT INTO drawing (`+drawingColumns+`) VALUES ($1, $2, $3, 'submitted', 0, $4, $5, $6)`, id, d.Campaign, d.Division, string(plan), d.By, d.At)
	if err != nil {
		return "", fmt.Errorf("site: submit: %w", err)
	}
	return id, nil
}

// PutInForce makes a submitted drawing the one that counts, and ends the one before
// it. The caller journals. ErrNotFound.
func PutInForce(ctx context.Context, tx *db.Tx, d Drawing, at int64) error {
	if _, err := tx.Exec(ctx, `UPDATE drawing SET state = 'replaced' WHERE campaign = $1 AND division = $2 AND state = 'in-force'`, d.Campaign, d.Division); err != nil {
		return fmt.Errorf("site: put in force: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE drawing SET state = 'in-force', at = $1 WHERE id = $2 AND state = 'submitted'`, at, d.ID)
	if err != nil {
		return fmt.Errorf("site: put in force: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// AreaNames names every area that a campaign has, or had until a later drawing dropped it.
func AreaNames(ctx context.Context, tx *db.Tx, campaign string) (map[string]string, error) {
	out := map[string]string{}
	for _, counties := range CountiesOf() {
		for _, a := range Default(campaign, counties).Areas {
			out[a.Code] = a.Name
		}
	}
	err := tx.Each(ctx, `SELECT `+drawingColumns+` FROM drawing WHERE campaign = $1 AND state IN ('replaced', 'in-force') ORDER BY CASE state WHEN 'replaced' THEN 0 ELSE 1 END, at, id`, []any{campaign}, func(row func(...any) error) error {
		d, err := scanDrawing(row)
		for _, a := range d.Plan.Areas {
			out[a.Code] = a.Name
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: areas: %w", err)
	}
	return out, nil
}

// Areas gives the areas of a campaign by code: those that cities have drawn, and each
// county of the other cities by itself.
func Areas(ctx context.Context, tx *db.Tx, campaign string) (out []Area, err error) {
	whole, err := province(ctx, tx, campaign)
	return whole.Areas, err
}

// Catchments gives every row in force, by division, level, category and language;
// each county of a city without a drawing leads to its own area. A county of former
// days stands beside its heir with the same rows: registrations name either.
func Catchments(ctx context.Context, tx *db.Tx, campaign string) ([]Catchment, error) {
	whole, err := province(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	for _, t := range rules.DivisionTerms() {
		if t.Heir == "" || t.Tier != rules.County {
			continue
		}
		for _, c := range slices.Clone(whole.Rows) {
			if heir := Today(t.Code); c.Division == heir {
				c.Division = t.Code
				whole.Rows = append(whole.Rows, c)
			}
		}
	}
	whole.sort()
	return whole.Rows, nil
}

// province is all plans in force as one.
func province(ctx context.Context, tx *db.Tx, campaign string) (whole Plan, err error) {
	plans, err := InForce(ctx, tx, campaign)
	if err != nil {
		return Plan{}, err
	}
	for city, counties := range CountiesOf() {
		p, ok := plans[city]
		if !ok {
			p = Default(campaign, counties)
		}
		whole.Areas, whole.Rows = append(whole.Areas, p.Areas...), append(whole.Rows, p.Rows...)
	}
	whole.sort()
	return whole, nil
}

// CountiesOf gives the counties of each city as they are today.
func CountiesOf() map[string][]org.Division {
	out := map[string][]org.Division{}
	for _, t := range rules.DivisionTerms() {
		if t.Tier == rules.County && t.Until == "" {
			out[t.Parent] = append(out[t.Parent], t.Division)
		}
	}
	return out
}
