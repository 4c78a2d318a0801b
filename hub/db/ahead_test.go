package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// What is asked ahead comes before the page's own question, in its turn, and is
// asked also where the page asks nothing; refused, it ends the reading.
func TestAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		setMeta(t, d, "k", "1")
		refused := errors.New("refused")
		refuse := db.Question{Text: `SELECT key FROM meta`, Row: func(func(...any) error) error { return refused }}
		broken := db.Question{Text: `SELECT x FROM no_such_table`, Row: func(func(...any) error) error { return nil }}
		for name, read := range map[string]func(context.Context, func(*db.Tx) error, ...db.Question) error{"Read": d.Read, "Ask": d.Ask} {
			for range 20 { // more than there are connections
				c := &db.Count{}
				ctx := db.Counted(t.Context(), c)
				var first, seen, own string
				err := read(ctx, func(tx *db.Tx) (err error) {
					own, err = tx.Meta(ctx, "k")
					seen = first
					return err
				}, valueOf("k", &first))
				if err != nil || first != "1" || seen != "1" || own != "1" || c.Questions.Load() != 2 || c.Turns.Load() != 1 {
					t.Fatalf("%s: ahead %q, seen as %q, own %q, %d questions in %d turns, %v", name, first, seen, own, c.Questions.Load(), c.Turns.Load(), err)
				}
				first = ""
				if err := read(ctx, func(*db.Tx) error { return nil }, valueOf("k", &first)); err != nil || first != "1" {
					t.Fatalf("%s that asks nothing: %q, %v", name, first, err)
				}
				ask := func(tx *db.Tx) error { _, err := tx.Meta(ctx, "k"); return err }
				if err := read(ctx, ask, refuse, valueOf("k", &first)); !errors.Is(err, refused) {
					t.Fatalf("%s, refused: %v", name, err)
				}
				if err := read(ctx, func(*db.Tx) error { return nil }, refuse); !errors.Is(err, refused) {
					t.Fatalf("%s that asks nothing, refused: %v", name, err)
				}
				if err := read(ctx, func(tx *db.Tx) error { _ = ask(tx); return nil }, refuse); !errors.Is(err, refused) {
					t.Fatalf("%s that does not heed it, refused: %v", name, err)
				}
				if err := read(ctx, func(tx *db.Tx) error { _ = tx.Together(ctx, valueOf("k", &own)); return nil }, refuse); !errors.Is(err, refused) {
					t.Fatalf("%s that asks together and does not heed it, refused: %v", name, err)
				}
				if err := read(ctx, ask, broken); err == nil {
					t.Fatalf("%s behind a question that is none", name)
				}
			}
		}
	})
}

// What fails behind the one row that is read has failed.
func TestFailedBehindTheRow(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	var n int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT 6 / x FROM (VALUES (2), (0)) v (x)`).Scan(&n)
	})
	var pg *pgconn.PgError
	if n != 3 || !errors.As(err, &pg) || pg.Code != "22012" { // divided by zero
		t.Errorf("%d, %v", n, err)
	}
}

// A statement that came to nothing before the transaction was open leaves those
// after it no life of their own; and a Tx is of no use behind its end.
func TestNothingOutsideATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, boom := t.Context(), errors.New("boom")
		var kept *db.Tx
		err := d.Write(ctx, func(tx *db.Tx) error {
			kept = tx
			if _, err := tx.Exec(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2)`, "a", make(chan int)); err == nil {
				t.Error("a channel was written")
			}
			if err := tx.SetMeta(ctx, "b", "2"); err != nil {
				return err
			}
			return boom
		})
		if v, _ := d.Meta(ctx, "b"); !errors.Is(err, boom) || v != "" {
			t.Errorf("Write = %v, and %q stands", err, v)
		}
		if err := kept.SetMeta(ctx, "c", "3"); err == nil {
			t.Error("a Tx wrote behind its end")
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { kept = tx; _, err := tx.Meta(ctx, "b"); return err }); err != nil {
			t.Fatal(err)
		}
		if _, err := kept.Meta(ctx, "b"); err == nil {
			t.Error("a Tx read behind its end")
		}
	})
}

// A script without arguments may be the first of a transaction.
func TestScriptFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, boom := t.Context(), errors.New("boom")
		const script = `INSERT INTO meta (key, value) VALUES ('a', '1'); INSERT INTO meta (key, value) VALUES ('b', '2')`
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, script); err != nil {
				return err
			}
			return boom
		}); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if v, _ := d.Meta(ctx, "a"); v != "" {
			t.Error("what was taken back stands")
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, script); return err }); err != nil {
			t.Fatal(err)
		}
		if v, _ := d.Meta(ctx, "b"); v != "2" {
			t.Errorf("b is %q", v)
		}
	})
}

// An answer that nobody read to its end does not hinder the end of its transaction.
func TestUnreadAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		leave := func(tx *db.Tx) error {
			_, err := tx.Query(ctx, `SELECT 1 UNION ALL SELECT 2`)
			return err
		}
		for range 20 { // more than there are connections
			err := d.Write(ctx, func(tx *db.Tx) error {
				if err := tx.SetMeta(ctx, "a", "1"); err != nil {
					return err
				}
				return leave(tx)
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Read(ctx, leave); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := d.Meta(ctx, "a"); v != "1" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
	})
}
