package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestMany: every number of rows goes in whole, on both databases.
func TestMany(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `CREATE TABLE pairs (a BIGINT NOT NULL PRIMARY KEY, b TEXT NOT NULL)`); err != nil {
				return err
			}
			next := 0
			for _, n := range []int{0, 1, 2, 3, 7, 64, 65, 200} {
				rows := make([][]any, n)
				for i := range rows {
					next++
					rows[i] = []any{int64(next), fmt.Sprint("b", next)}
				}
				changed, err := tx.Many(ctx, rows, func(values string) string { return `INSERT INTO pairs (a, b) VALUES ` + values })
				if err != nil || changed != int64(n) {
					t.Errorf("%d rows: %d, %v", n, changed, err)
				}
			}
			sum := 0
			err := tx.Each(ctx, `SELECT a, b FROM pairs`, nil, func(scan func(...any) error) error {
				var a int
				var b string
				err := scan(&a, &b)
				if b != fmt.Sprint("b", a) {
					t.Errorf("%d has %s", a, b)
				}
				sum += a
				return err
			})
			if sum != next*(next+1)/2 {
				t.Errorf("sum of %d rows is %d", next, sum)
			}
			if _, err := tx.Many(ctx, [][]any{{1, "x"}, {2}}, func(string) string { return "" }); err == nil {
				t.Error("rows of unequal width were taken")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestInsert: rows of every kind of column go in whole on both databases, what is
// bound to be refused is refused, and Among finds them again.
func TestInsert(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `CREATE TABLE kinds (a BIGINT NOT NULL PRIMARY KEY, b TEXT NOT NULL, c BIGINT NOT NULL, d BOOLEAN NOT NULL, e BYTEA)`); err != nil {
				return err
			}
			next := 0
			for _, n := range []int{0, 1, 2, 65, 300} {
				rows := make([][]any, n)
				for i := range rows {
					next++
					rows[i] = []any{int64(next), fmt.Sprint("准考,\"{}", next), next, next%2 == 0, []byte{0, byte(next)}}
				}
				if changed, err := tx.Insert(ctx, `kinds (a, b, c, d, e)`, rows); err != nil || changed != int64(n) {
					t.Errorf("%d rows: %d, %v", n, changed, err)
				}
			}
			for _, found := range []int{1, 3, 64} {
				texts := []string{"none"}
				for i := range found {
					texts = append(texts, fmt.Sprint("准考,\"{}", i+1))
				}
				among, args := tx.Among(1, texts)
				n := 0
				err := tx.Each(ctx, `SELECT a, b, c, d, e FROM kinds WHERE a > $1 AND b `+among, append([]any{0}, args...), func(scan func(...any) error) error {
					var a, c int
					var b string
					var even bool
					var e []byte
					err := scan(&a, &b, &c, &even, &e)
					if n++; c != a || b != fmt.Sprint("准考,\"{}", a) || even != (a%2 == 0) || len(e) != 2 || e[1] != byte(a) {
						t.Errorf("%d: %s %d %v %x", a, b, c, even, e)
					}
					return err
				})
				if err != nil || n != found {
					t.Errorf("%d of %d found: %v", n, found, err)
				}
			}
			if _, err := tx.Insert(ctx, `kinds (a, b)`, [][]any{{int64(-1), "x"}, {int64(-2)}}); err == nil {
				t.Error("rows of unequal width were taken")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		twice := [][]any{{int64(1), "x", 1, true, []byte(nil)}, {int64(-1), "x", 1, true, []byte(nil)}}
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Insert(ctx, `kinds (a, b, c, d, e)`, twice); return err }); !db.Unique(err) {
			t.Errorf("one that is there: %v", err)
		}
	})
}

func TestAsked(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 4, 5: 8, 64: 64, 65: 128} {
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{i, -i}
		}
		values, args, err := db.Asked(rows)
		if err != nil || len(args) != 2*want || args[len(args)-2] != n-1 || values != db.Values(want, 2, 0) {
			t.Errorf("%d rows: %d arguments, %v", n, len(args), err)
		}
	}
	if got := db.Values(2, 2, 3); got != "($4, $5), ($6, $7)" {
		t.Error(got)
	}
}

// TestInsertAllOrNothing: rows of which one may not stand leave none, nor what was written
// before them, and those who share their commit lose nothing.
func TestInsertAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `CREATE TABLE whole (a BIGINT NOT NULL PRIMARY KEY)`)
		exec(t, d, `CREATE TABLE part (a BIGINT NOT NULL PRIMARY KEY REFERENCES whole (a))`)
		exec(t, d, `INSERT INTO whole (a) VALUES (5), (100)`)
		upTo := func(from, to int64) (rows [][]any) {
			for n := from; n <= to; n++ {
				rows = append(rows, []any{n})
			}
			return rows
		}
		var wg sync.WaitGroup
		for i := range int64(8) {
			wg.Go(func() {
				if err := d.Write(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Insert(t.Context(), `whole (a)`, upTo(1000+i*10, 1009+i*10))
					return err
				}); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if _, err := tx.Exec(t.Context(), `INSERT INTO whole (a) VALUES ($1)`, 500+i); err != nil {
						return err
					}
					_, err := tx.Insert(t.Context(), `whole (a)`, upTo(1, 20)) // the fifth is there
					return err
				})
				if !db.Unique(err) {
					t.Errorf("one that was there: %v", err)
				}
			})
			wg.Go(func() {
				if err := d.Write(t.Context(), func(tx *db.Tx) error {
					_, err := tx.Insert(t.Context(), `part (a)`, append(upTo(100, 100), upTo(200, 208)...)) // nobody's
					return err
				}); err == nil || db.Unique(err) {
					t.Errorf("of a whole that is not there: %v", err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d, `SELECT count(*) FROM whole`); n != 2+80 {
			t.Errorf("%d rows, want the two that were there and eighty", n)
		}
		if n := count(t, d, `SELECT count(*) FROM part`); n != 0 {
			t.Errorf("%d parts stand", n)
		}
	})
}
