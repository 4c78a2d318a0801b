package site

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Moving is a list of candidates of a city who are to sit in another area, as it was
// proposed: nobody changes it, but whoever is erased leaves it.
type Moving struct {
	ID, Campaign string
	Division     string // of the city
	To           string // area; "" is back to where the catchments lead each of them
	Count        int    // how many there were in it
	By           string // account
	At           int64  // ms
	Rows         []Mover
}

// Mover is one of them.
type Mover struct {
	Application string
	From, To    string // areas: where she sits as it is proposed, and where she will
}

// KeepMoving stores a list as it is proposed, and gives its id.
func KeepMoving(ctx context.Context, tx *db.Tx, m Moving) (string, error) {
	id := NewID()
	_, err := tx.Exec(ctx, `INSERT INTO moving (id, campaign, division, to_area, people, by_staff, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, m.Campaign, m.Division, m.To, len(m.Rows), m.By, m.At)
	if err == nil {
		rows := make([][]any, len(m.Rows))
		for i, r := range m.Rows {
			rows[i] = []any{id, r.Application, r.From, r.To}
		}
		_, err = tx.Many(ctx, rows, func(values string) string {
			return `INSERT INTO moving_person (moving, application, from_area, to_area) VALUES ` + values
		})
	}
	if err != nil {
		return "", fmt.Errorf("site: propose: %w", err)
	}
	return id, nil
}

// GetMoving returns a list by id. ErrNotFound.
func GetMoving(ctx context.Context, tx *db.Tx, id string) (m Moving, err error) {
	err = tx.QueryRow(ctx, `SELECT id, campaign, division, to_area, people, by_staff, at FROM moving WHERE id = $1`, id).
		Scan(&m.ID, &m.Campaign, &m.Division, &m.To, &m.Count, &m.By, &m.At)
	if errors.Is(err, db.ErrNoRows) {
		return Moving{}, ErrNotFound
	}
	if err == nil {
		err = tx.Each(ctx, `SELECT application, from_area, to_area FROM moving_person WHERE moving = $1 ORDER BY application`, []any{id}, func(row func(...any) error) error {
			var r Mover
			err := row(&r.Application, &r.From, &r.To)
			m.Rows = append(m.Rows, r)
			return err
		})
	}
	if err != nil {
		return Moving{}, fmt.Errorf("site: proposed: %w", err)
	}
	return m, nil
}

// ProposedOf gives the lists that an application stands in, by id.
func ProposedOf(ctx context.Context, tx *db.Tx, application string) (out []Moving, err error) {
	err = tx.Each(ctx, `SELECT m.id, m.campaign, m.division, m.to_area, m.people, m.by_staff, m.at, p.from_area, p.to_area
		FROM moving_person p JOIN moving m ON m.id = p.moving WHERE p.application = $1 ORDER BY m.at, m.id`, []any{application}, func(row func(...any) error) error {
		m, her := Moving{}, Mover{Application: application}
		err := row(&m.ID, &m.Campaign, &m.Division, &m.To, &m.Count, &m.By, &m.At, &her.From, &her.To)
		m.Rows = []Mover{her}
		out = append(out, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: proposed: %w", err)
	}
	return out, nil
}
