package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnyLimit(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT a FROM t WHERE b = $1 LIMIT $2 OFFSET $3`:    `SELECT a FROM t WHERE b = $1 LIMIT +$2 OFFSET $3`,
		`SELECT 'LIMIT $1' FROM (SELECT 1 LIMIT $1) LIMIT 2`: `SELECT 'LIMIT $1' FROM (SELECT 1 LIMIT +$1) LIMIT 2`,
		`SELECT 'it''s' LIMIT $1`:                            `SELECT 'it''s' LIMIT +$1`,
	} {
		if got := anyLimit(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestALimitIsNoPartOfThePlan: a plan that holds the number that was bound for
// LIMIT is made anew for the next one, at every run; the program of a plan that
// does not reads it from its place.
func TestALimitIsNoPartOfThePlan(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, query := range []string{
		`SELECT version FROM campaign_version WHERE campaign = $1 ORDER BY version DESC LIMIT $2`,
		`SELECT version FROM campaign_version WHERE campaign > $1 OR campaign < $1 LIMIT $2`,
	} {
		places := 0
		err = d.Read(ctx, func(tx *Tx) error {
			return tx.Each(ctx, `EXPLAIN `+query, []any{"adult", 4711}, func(scan func(...any) error) error {
				var addr, p1, p2, p3, p5 int
				var opcode string
				var p4, comment any
				err := scan(&addr, &opcode, &p1, &p2, &p3, &p4, &p5, &comment)
				if strings.HasPrefix(opcode, "Integer") && p1 == 4711 {
					t.Errorf("%s: the number stands in the plan", query)
				}
				if opcode == "Variable" {
					places++
				}
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if places < 2 {
			t.Errorf("%s: %d places are read, want two", query, places)
		}
	}
}

func TestUnnamed(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT 1`: `SELECT 1`,
		`SELECT a FROM t WHERE a = $1 AND b = $2`:           `SELECT a FROM t WHERE a = ? AND b = ?`,
		`($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`:              `(?,?,?,?,?,?,?,?,?,?,?)`,
		`a = $1 AND b = 'x $2 it''s' AND c = $2`:            `a = ? AND b = 'x $2 it''s' AND c = ?`,
		`a = $2 AND b = $1`:                                 `a = $2 AND b = $1`,
		`a = $1 OR b = $1`:                                  `a = $1 OR b = $1`,
		`a = $12`:                                           `a = $12`,
		`a = $1x`:                                           `a = ?x`, // no text of ours
		`a = $1 -- $2`:                                      `a = $1 -- $2`,
		`a = $1 /* ' */ AND b = $2`:                         `a = $1 /* ' */ AND b = $2`,
		`SELECT "a$1" FROM t WHERE a = $1`:                  `SELECT "a$1" FROM t WHERE a = $1`,
		`a = ? AND b = $1`:                                  `a = ? AND b = $1`,
		`a = :x AND b = $1`:                                 `a = :x AND b = $1`,
		`UPDATE t SET a = $1 WHERE b IN (VALUES ($2),($3))`: `UPDATE t SET a = ? WHERE b IN (VALUES (?),(?))`,
	} {
		if got := unnamed(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
