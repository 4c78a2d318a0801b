package db_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// valueOf asks for a value of table meta, "" where there is none.
func valueOf(key string, into *string) db.Question {
	return db.Question{Text: `SELECT value FROM meta WHERE key = $1`, Args: []any{key}, Row: func(scan func(...any) error) error { return scan(into) }}
}

func setMeta(t *testing.T, d *db.DB, key, value string) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.SetMeta(t.Context(), key, value) }); err != nil {
		t.Fatal(err)
	}
}

// What is asked together is answered in turn, from one snapshot, in one turn of
// PostgreSQL.
func TestTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var c db.Count
		ctx := db.Counted(t.Context(), &c)
		for i := range 3 {
			setMeta(t, d, "k"+strconv.Itoa(i), strconv.Itoa(i))
		}
		var one, again, none string
		var rows []string
		err := d.Together(ctx,
			db.Question{Text: `SELECT value FROM meta WHERE key = $1`, Args: []any{"k1"}, Row: func(scan func(...any) error) error {
				setMeta(t, d, "k1", "changed")
				return scan(&one)
			}},
			db.Question{Text: `SELECT key FROM meta WHERE key LIKE $1 ORDER BY key`, Args: []any{"k%"}, Row: func(scan func(...any) error) error {
				var k string
				err := scan(&k)
				rows = append(rows, k)
				return err
			}},
			valueOf("absent", &none), valueOf("k1", &again))
		if err != nil {
			t.Fatal(err)
		}
		if one != "1" || again != "1" || none != "" || len(rows) != 3 || rows[2] != "k2" {
			t.Errorf("got %q and then %q, %q of nothing, %v", one, again, none, rows)
		}
		want := map[db.Kind]int64{db.PostgreSQL: 1, db.SQLite: 4}[d.Kind()]
		if asked, turns := c.Questions.Load(), c.Turns.Load(); asked != 4 || turns != want {
			t.Errorf("%d questions in %d turns are counted, want 4 in %d", asked, turns, want)
		}
		if err := d.Together(ctx); err != nil {
			t.Errorf("no question: %v", err)
		}
	})
}

// A question that fails leaves nothing behind: not to the next who asks on its
// connection, and no change.
func TestTogetherFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		setMeta(t, d, "k", "1")
		refused := errors.New("refused")
		var v string
		bad := func(text string) db.Question {
			return db.Question{Text: text, Row: func(func(...any) error) error { return nil }}
		}
		for name, c := range map[string]struct {
			ask  []db.Question
			want error
		}{
			"a row's own error":  {[]db.Question{{Text: `SELECT key FROM meta`, Row: func(func(...any) error) error { return refused }}, valueOf("k", &v)}, refused},
			"no such table":      {[]db.Question{valueOf("k", &v), bad(`SELECT x FROM no_such_table`)}, nil},
			"a change":           {[]db.Question{valueOf("k", &v), bad(`DELETE FROM meta`)}, nil},
			"a change, returned": {[]db.Question{bad(`DELETE FROM meta RETURNING key`)}, nil},
			"a row too narrow":   {[]db.Question{{Text: `SELECT key, value FROM meta`, Row: func(scan func(...any) error) error { return scan(&v) }}}, nil},
		} {
			for range 20 { // more than there are connections
				switch err := d.Together(ctx, c.ask...); {
				case err == nil, c.want != nil && !errors.Is(err, c.want):
					t.Fatalf("%s: %v", name, err)
				}
			}
			v = ""
			if err := d.Together(ctx, valueOf("k", &v)); err != nil || v != "1" {
				t.Fatalf("after %s: %q, %v", name, v, err)
			}
		}
		gone, end := context.WithCancel(ctx)
		end()
		if err := d.Together(gone, valueOf("k", &v)); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
	})
}

// Asked together within a transaction they see what it has written, open it where
// nothing was asked before, and leave it as it was; what a row refuses ends it.
func TestTogetherWithin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var c db.Count
		ctx := db.Counted(t.Context(), &c)
		setMeta(t, d, "k", "1")
		var first, mine, none, after string
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := tx.Together(ctx, valueOf("absent", &none), valueOf("k", &first)); err != nil {
				return err
			}
			if err := tx.SetMeta(ctx, "k", "2"); err != nil {
				return err
			}
			return tx.Together(ctx, valueOf("k", &mine), valueOf("absent", &none))
		})
		if err != nil {
			t.Fatal(err)
		}
		want := map[db.Kind]int64{db.PostgreSQL: 4, db.SQLite: 6}[d.Kind()] // a turn for each, for what is set, and for the commit
		if turns := c.Turns.Load(); turns != want {
			t.Errorf("%d turns, want %d", turns, want)
		}
		refused := errors.New("refused")
		err = d.Write(ctx, func(tx *db.Tx) error {
			if err := tx.SetMeta(ctx, "k", "3"); err != nil {
				return err
			}
			return tx.Together(ctx, valueOf("k", &mine), db.Question{Text: `SELECT key FROM meta`, Row: func(func(...any) error) error { return refused }})
		})
		if !errors.Is(err, refused) {
			t.Errorf("what a row refused: %v", err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.Together(ctx, valueOf("k", &after), valueOf("absent", &none)) }); err != nil {
			t.Fatal(err)
		}
		if first != "1" || none != "" || after != "2" || mine != "3" {
			t.Errorf("got %q, then %q within, %q of nothing; %q stands", first, mine, none, after)
		}
	})
}
