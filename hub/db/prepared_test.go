package db_test

import (
	"context"
	"fmt"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestQueryInsideItself: the rows of a query are read while the same query is
// asked again, on one connection.
func TestQueryInsideItself(t *testing.T) {
	ctx := context.Background()
	d := dbtest.SQLite(t)
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `CREATE TABLE numbers (n BIGINT NOT NULL)`); err != nil {
			return err
		}
		for n := range 3 {
			if _, err := tx.Exec(ctx, `INSERT INTO numbers (n) VALUES ($1)`, n); err != nil {
				return err
			}
		}
		const query = `SELECT n FROM numbers WHERE n >= $1 ORDER BY n`
		pairs := ""
		err := tx.Each(ctx, query, []any{0}, func(scan func(...any) error) error {
			var a int
			if err := scan(&a); err != nil {
				return err
			}
			return tx.Each(ctx, query, []any{a}, func(scan func(...any) error) error {
				var b int
				err := scan(&b)
				pairs += fmt.Sprintf("%d%d ", a, b)
				return err
			})
		})
		if want := "00 01 02 11 12 22 "; pairs != want {
			t.Errorf("pairs %q, want %q", pairs, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStatementsAreLetGo: more texts than a connection keeps, a changed table
// under a kept one, and one that fails and is used again.
func TestStatementsAreLetGo(t *testing.T) {
	ctx := context.Background()
	d := dbtest.SQLite(t)
	count := func(tx *db.Tx) (n int, err error) {
		err = tx.QueryRow(ctx, `SELECT count(*) FROM things WHERE id >= $1`, 0).Scan(&n)
		return n, err
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `CREATE TABLE things (id BIGINT PRIMARY KEY)`); err != nil {
			return err
		}
		for i := range 1000 {
			if _, err := tx.Exec(ctx, fmt.Sprintf(`INSERT INTO things (id) SELECT $1 WHERE %d = %d`, i, i), i); err != nil {
				return err
			}
		}
		if n, err := count(tx); err != nil || n != 1000 {
			return fmt.Errorf("%d things, %w", n, err)
		}
		if _, err := tx.Exec(ctx, `ALTER TABLE things ADD COLUMN more TEXT`); err != nil {
			return err
		}
		n, err := count(tx)
		if err != nil || n != 1000 {
			return fmt.Errorf("after the change %d things, %w", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const insert = `INSERT INTO things (id) VALUES ($1)`
	for i, want := range []bool{true, false, true} {
		err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, insert, []int{1, 2000, 1}[i]); return err })
		if db.Unique(err) != want {
			t.Errorf("insert %d: %v", i, err)
		}
	}
}
