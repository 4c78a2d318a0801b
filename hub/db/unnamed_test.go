package db

import "testing"

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
