package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/access"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

var today = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func wanted() access.Token {
	return access.Token{Name: "数据大屏", Scopes: []access.Scope{access.Boxes, access.Places}, Division: "430100", Days: 30, Reason: "大厅", AskedBy: "s1", AskedAt: 7}
}

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) error {
	t.Helper()
	return d.Write(t.Context(), f)
}

// TestLifeOfAToken: asked for, given out once, used, ended; taken back.
func TestLifeOfAToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var tok access.Token
		var secret string
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(write(t, d, func(tx *db.Tx) (err error) { tok, err = access.Ask(ctx, tx, wanted()); return err }))
		must(write(t, d, func(tx *db.Tx) (err error) {
			secret, tok, err = access.Issue(ctx, tx, tok.ID, "s2", 8, today)
			return err
		}))
		if len(secret) < 40 || !strings.HasPrefix(secret, "zk1_") {
			t.Errorf("a token of %d characters", len(secret))
		}
		if err := write(t, d, func(tx *db.Tx) error { _, _, err := access.Issue(ctx, tx, tok.ID, "s3", 9, today); return err }); !errors.Is(err, access.ErrState) {
			t.Errorf("given out twice: %v", err)
		}
		got, err := access.Find(ctx, d, secret, today)
		must(err)
		if got.ID != tok.ID || got.Division != "430100" || !got.May(access.Places) || !got.May(access.Boxes) || got.May(access.Journal) || got.Used != today.UnixMilli() {
			t.Errorf("found %+v", got)
		}
		got, err = access.Find(ctx, d, secret, today.Add(30*time.Second))
		must(err)
		if got.Used != today.UnixMilli() {
			t.Error("every use is written down")
		}
		if _, err := access.Find(ctx, d, secret, today.AddDate(0, 0, 30).Add(-time.Second)); err != nil {
			t.Errorf("on its last day: %v", err)
		}
		for name, try := range map[string]struct {
			secret string
			at     time.Time
		}{
			"ended":          {secret, today.AddDate(0, 0, 30)},
			"another":        {secret[:len(secret)-1] + "-", today},
			"empty":          {"", today},
			"its id":         {tok.ID, today},
			"without prefix": {secret[4:], today},
			"very long":      {"zk1_" + strings.Repeat("a", 1<<20), today},
		} {
			if _, err := access.Find(ctx, d, try.secret, try.at); !errors.Is(err, access.ErrRefused) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// A copy of the database opens nothing.
		must(d.Read(ctx, func(tx *db.Tx) error {
			var hash []byte
			if err := tx.QueryRow(ctx, `SELECT hash FROM access_token WHERE id = $1`, tok.ID).Scan(&hash); err != nil {
				return err
			}
			if strings.Contains(string(hash), secret[4:12]) || len(hash) != 32 {
				t.Error("the token itself is kept")
			}
			return nil
		}))
		must(write(t, d, func(tx *db.Tx) error { _, err := access.Revoke(ctx, tx, tok.ID, "s3", 10); return err }))
		if _, err := access.Find(ctx, d, secret, today); !errors.Is(err, access.ErrRefused) {
			t.Errorf("taken back: %v", err)
		}
		if err := write(t, d, func(tx *db.Tx) error { _, err := access.Revoke(ctx, tx, tok.ID, "s3", 11); return err }); !errors.Is(err, access.ErrState) {
			t.Errorf("taken back twice: %v", err)
		}
		if err := write(t, d, func(tx *db.Tx) error { _, _, err := access.Issue(ctx, tx, "tffffffffffff", "s2", 8, today); return err }); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("nobody's: %v", err)
		}
	})
}

// TestListIsOfTheRemit: what waits stands first, and what is elsewhere not at
// all.
func TestListIsOfTheRemit(t *testing.T) { dbtest.Each(t, listIsOfTheRemit) }

func listIsOfTheRemit(t *testing.T, d *db.DB) {
	var ids []string
	err := write(t, d, func(tx *db.Tx) error {
		for i, division := range []string{"430104", "430100", "431028", "430102"} {
			w := wanted()
			w.Division, w.AskedAt = division, int64(i)
			tok, err := access.Ask(t.Context(), tx, w)
			if err != nil {
				return err
			}
			ids = append(ids, tok.ID)
		}
		_, _, err := access.Issue(t.Context(), tx, ids[3], "s2", 8, today)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		list, err := access.List(t.Context(), tx, "430100")
		for _, x := range list {
			got = append(got, x.ID)
		}
		return err
	})
	if err != nil || strings.Join(got, " ") != strings.Join([]string{ids[1], ids[0], ids[3]}, " ") {
		t.Errorf("got %q of %q (%v)", got, ids, err)
	}
}

// TestIncompleteIsRefused: nothing is asked for without name, scope, place and
// end.
func TestIncompleteIsRefused(t *testing.T) { dbtest.Each(t, incompleteIsRefused) }

func incompleteIsRefused(t *testing.T, d *db.DB) {
	for name, spoil := range map[string]func(*access.Token){
		"no name":       func(x *access.Token) { x.Name = "" },
		"a long name":   func(x *access.Token) { x.Name = strings.Repeat("屏", 61) },
		"no scope":      func(x *access.Token) { x.Scopes = nil },
		"unknown scope": func(x *access.Token) { x.Scopes = append(x.Scopes, "candidates") },
		"no place":      func(x *access.Token) { x.Division = "" },
		"no division":   func(x *access.Token) { x.Division = "43" },
		"no end":        func(x *access.Token) { x.Days = 0 },
		"too long":      func(x *access.Token) { x.Days = 367 },
	} {
		w := wanted()
		spoil(&w)
		if err := write(t, d, func(tx *db.Tx) error { _, err := access.Ask(t.Context(), tx, w); return err }); !errors.Is(err, access.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
