package notice_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/notice"
)

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, r notice.Reader, before string, limit int) (out []notice.Notice, unread int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if out, err = notice.List(t.Context(), tx, r, before, limit); err != nil {
			return err
		}
		unread, err = notice.Unread(t.Context(), tx, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, unread
}

func kindsOf(all []notice.Notice) (out []notice.Kind) {
	for _, n := range all {
		out = append(out, n.Kind)
	}
	return out
}

// TestEachReadsHerOwn: a reader has what is hers, newest first, and nobody
// else's; an account that is bound later finds what was told before.
func TestEachReadsHerOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			return notice.Put(t.Context(), tx,
				notice.Notice{Application: "app", Kind: notice.Registered, Args: map[string]string{"version": "1", "by": notice.BySelf}, At: 1000},
				notice.Notice{Application: "other", Kind: notice.Edited, At: 1500},
				notice.Notice{Account: "acc", Kind: notice.PasswordChanged, At: 2000},
				notice.Notice{Account: "app", Kind: notice.SlipMade, At: 2500}, // an account with the id of an application is another's
				notice.Notice{Campaign: "camp", Kind: notice.WindowChanged, Args: map[string]string{"step": "register"}, At: 3000},
				notice.Notice{Campaign: "past", Kind: notice.WindowChanged, At: 3100})
		})
		me := notice.Reader{Account: "acc", Applications: []string{"", "app"}, Campaigns: []string{"camp"}}
		all, unread := list(t, d, me, "", 10)
		if got, want := kindsOf(all), []notice.Kind{notice.WindowChanged, notice.PasswordChanged, notice.Registered}; !slices.Equal(got, want) || unread != 3 {
			t.Fatalf("got %v, %d unread; want %v", got, unread, want)
		}
		if r := all[2]; r.Application != "app" || r.Args["version"] != "1" || r.Args["by"] != "self" || r.At != 1000 || r.Read {
			t.Errorf("came back as %+v", r)
		}
		before := me
		before.Applications = nil
		if all, _ := list(t, d, before, "", 10); len(all) != 2 {
			t.Errorf("before the application is bound: %v", kindsOf(all))
		}
		late := me
		late.Since = 3001
		if all, unread := list(t, d, late, "", 10); len(all) != 2 || unread != 2 {
			t.Errorf("an account made later gets %v: what everybody was told before is not for it", kindsOf(all))
		}
		if all, unread := list(t, d, notice.Reader{}, "", 10); len(all) != 0 || unread != 0 {
			t.Errorf("nobody reads %v", kindsOf(all))
		}
	})
}

// TestPages: pages follow each other without a gap or a double, also where many
// messages have one time.
func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for i := range 25 {
				n := notice.Notice{Application: "app", Kind: notice.Edited, Args: map[string]string{"version": strconv.Itoa(i)}, At: int64(1 + i/10)}
				if err := notice.Put(t.Context(), tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		seen := map[string]bool{}
		me := notice.Reader{Account: "acc", Applications: []string{"app"}}
		before, last := "", int64(100)
		for range 10 {
			page, _ := list(t, d, me, before, 7)
			for _, n := range page {
				if seen[n.ID] || n.At > last {
					t.Fatalf("%s comes twice or out of order", n.ID)
				}
				seen[n.ID], before, last = true, n.ID, n.At
			}
			if len(page) < 7 {
				break
			}
		}
		if len(seen) != 25 {
			t.Errorf("%d of 25 were seen", len(seen))
		}
	})
}

// TestMarkRead marks what was shown and nothing that came since, hers alone.
func TestMarkRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write(t, d, func(tx *db.Tx) error {
			return notice.Put(ctx, tx,
				notice.Notice{Campaign: "camp", Kind: notice.WindowChanged, At: 900},
				notice.Notice{Application: "app", Kind: notice.Registered, At: 1000},
				notice.Notice{Account: "acc", Kind: notice.PasswordChanged, At: 1001})
		})
		me := notice.Reader{Account: "acc", Applications: []string{"app"}, Campaigns: []string{"camp"}}
		she := notice.Reader{Account: "she", Campaigns: []string{"camp"}}
		shown, _ := list(t, d, me, "", 10)
		write(t, d, func(tx *db.Tx) error {
			return notice.Put(ctx, tx, notice.Notice{Application: "app", Kind: notice.Disputed, At: 1002},
				notice.Notice{Campaign: "camp", Kind: notice.WindowChanged, At: 1003})
		})
		for range 2 { // twice is once
			write(t, d, func(tx *db.Tx) error { return notice.MarkRead(ctx, tx, me, shown[0].ID, 5000) })
		}
		all, unread := list(t, d, me, "", 10)
		if unread != 2 || all[0].Read || all[1].Read || !all[2].Read || !all[3].Read || !all[4].Read {
			t.Errorf("%d unread of %+v", unread, all)
		}
		if _, unread := list(t, d, she, "", 10); unread != 2 {
			t.Errorf("another's reading marked hers: %d unread", unread)
		}
		write(t, d, func(tx *db.Tx) error { return notice.MarkRead(ctx, tx, she, all[0].ID, 5000) })
		write(t, d, func(tx *db.Tx) error { return notice.MarkRead(ctx, tx, she, all[1].ID, 5000) }) // not hers
		if _, unread := list(t, d, she, "", 10); unread != 0 {
			t.Errorf("%d unread", unread)
		}
		if _, unread := list(t, d, me, "", 10); unread != 2 {
			t.Errorf("hers were marked by another: %d unread", unread)
		}
		write(t, d, func(tx *db.Tx) error { return notice.Forget(ctx, tx, "app", "acc") })
		if all, unread := list(t, d, me, "", 10); len(all) != 2 || unread != 2 {
			t.Errorf("after erasure: %v, %d unread", kindsOf(all), unread)
		}
	})
}

// TestUnreadIsBounded: the count in the frame of every page stops somewhere.
func TestUnreadIsBounded(t *testing.T) {
	d := dbtest.SQLite(t)
	var many []notice.Notice
	for i := range notice.MaxUnread + 20 {
		many = append(many, notice.Notice{Application: "app", Kind: notice.Edited, At: int64(i + 1)})
	}
	write(t, d, func(tx *db.Tx) error { return notice.Put(t.Context(), tx, many...) })
	if _, unread := list(t, d, notice.Reader{Applications: []string{"app"}}, "", 1); unread != notice.MaxUnread {
		t.Errorf("counted %d", unread)
	}
}

// TestNothingOfAPerson: what could be somebody's number, name or words is kept
// out of a message.
func TestNothingOfAPerson(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, n := range map[string]notice.Notice{
		"no such kind":        {Application: "app", Kind: "made-up", At: 1},
		"nobody's":            {Kind: notice.Edited, At: 1},
		"no time":             {Application: "app", Kind: notice.Edited},
		"argument not of it":  {Application: "app", Kind: notice.Edited, Args: map[string]string{"name": "x"}, At: 1},
		"a document number":   {Application: "app", Kind: notice.Edited, Args: map[string]string{"version": "11010519491231002X"}, At: 1},
		"an old number":       {Application: "app", Kind: notice.Edited, Args: map[string]string{"version": "110105491231002"}, At: 1},
		"a telephone":         {Application: "app", Kind: notice.Edited, Args: map[string]string{"version": "13800138000"}, At: 1},
		"in words":            {Application: "app", Kind: notice.Edited, Args: map[string]string{"version": "call 13800138000"}, At: 1},
		"a name":              {Application: "app", Kind: notice.Edited, Args: map[string]string{"version": "王某某"}, At: 1},
		"an account with one": {Account: "acc", Kind: notice.SlipMade, Args: map[string]string{"by": "张三"}, At: 1},
	} {
		err := d.Write(t.Context(), func(tx *db.Tx) error { return notice.Put(t.Context(), tx, n) })
		if !errors.Is(err, notice.ErrNotice) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := notice.Notice{Application: "app", Kind: notice.RulesInvalid, At: 1, Args: map[string]string{"version": "12", "codes": "choice 1: not-offered, phone-number: missing"}}
	write(t, d, func(tx *db.Tx) error { return notice.Put(t.Context(), tx, good) })
}

// TestKindsAreListed: each constant of type Kind is one that Put takes (or is
// the code, which is only a text).
func TestKindsAreListed(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || fmt.Sprint(v.Type) != "Kind" {
			return true
		}
		word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil || !notice.Kind(word).Known() {
			t.Errorf("%s = %q stands in no list", v.Names[0], word)
		}
		found++
		return true
	})
	if found != len(notice.Kinds()) {
		t.Errorf("%d constants, %d kinds", found, len(notice.Kinds()))
	}
}

// TestRoundsBegin: nobody is told before a round begins, and one that has told nobody can
// be taken out.
func TestRoundsBegin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write(t, d, func(tx *db.Tx) error {
			if err := notice.Begin(ctx, tx, "results", "table", 100); err != nil {
				return err
			}
			for now, want := range map[int64]bool{99: false, 100: true} {
				if _, ok, err := notice.Oldest(ctx, tx, now); err != nil || ok != want {
					t.Errorf("at %d: %v, %v", now, ok, err)
				}
			}
			for _, want := range []bool{true, false} {
				if dropped, err := notice.Drop(ctx, tx, "results", "table"); err != nil || dropped != want {
					t.Errorf("dropped %v, %v", dropped, err)
				}
			}
			return nil
		})
	})
}

// TestRounds: a round goes on where it stood, and of two hubs one moves it.
func TestRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write(t, d, func(tx *db.Tx) error { return notice.Begin(ctx, tx, "rules", "rehearsal", 7) })
		oldest := func() (r notice.Round, ok bool) {
			write(t, d, func(tx *db.Tx) (err error) { r, ok, err = notice.Oldest(ctx, tx, 7); return err })
			return r, ok
		}
		move := func(r notice.Round, after string, last bool) (ok bool) {
			write(t, d, func(tx *db.Tx) (err error) { ok, err = r.Move(ctx, tx, after, last); return err })
			return ok
		}
		r, ok := oldest()
		if !ok || r.Kind != "rules" || r.Ref != "rehearsal" || r.At != 7 || r.After != "" {
			t.Fatalf("%+v, %v", r, ok)
		}
		if !move(r, "app-5", false) || move(r, "app-5", false) {
			t.Error("two hubs moved it")
		}
		r, _ = oldest()
		if r.After != "app-5" || !move(r, "", true) || move(r, "", true) {
			t.Errorf("at %q it did not end once", r.After)
		}
		if _, ok := oldest(); ok {
			t.Error("it is still there")
		}
	})
}
