package countersign_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

const (
	yuelu   = "430104"
	tianxin = "430103"
	city    = "430100"
	other   = "430200"
	first   = "43010401"
	second  = "43010402"

	began = int64(1_567_731_600_000)
)

var kept = countersign.Kept.Milliseconds()

// desk is a database, and what offices do at it.
type desk struct {
	t *testing.T
	d *db.DB
}

func (k desk) do(f func(tx *db.Tx) error) error {
	k.t.Helper()
	return k.d.Write(k.t.Context(), f)
}

func (k desk) must(f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.do(f); err != nil {
		k.t.Fatal(err)
	}
}

// asked stores an act of a clerk of the first point; how changes it before.
func (k desk) asked(how func(*countersign.Act)) countersign.Act {
	k.t.Helper()
	a := countersign.Act{ID: countersign.NewID(), Act: "reset", Subject: "account:7", Terms: "slip", Campaign: "adult-2019", Division: yuelu, Point: first,
		Reason: "手机丢了", AskedBy: "asker", AskedAt: began}
	if how != nil {
		how(&a)
	}
	k.must(func(tx *db.Tx) error { return countersign.Ask(k.t.Context(), tx, a) })
	return a
}

func (k desk) move(a countersign.Act, from, to countersign.State, by string, at int64) error {
	k.t.Helper()
	return k.do(func(tx *db.Tx) error { return countersign.Move(k.t.Context(), tx, a.ID, from, to, by, at, "") })
}

func (k desk) get(id string) countersign.Act {
	k.t.Helper()
	var a countersign.Act
	k.must(func(tx *db.Tx) (err error) {
		a, err = countersign.Get(k.t.Context(), tx, id)
		return err
	})
	return a
}

func each(t *testing.T, f func(t *testing.T, k desk)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, desk{t, d}) })
}

// TestAsk: what was asked for is read again as it was said, waits, and ends
// Kept after it was asked for.
func TestAsk(t *testing.T) {
	each(t, func(t *testing.T, k desk) {
		want := k.asked(nil)
		want.State, want.Ends = countersign.Waiting, began+kept
		if got := k.get(want.ID); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		err := k.do(func(tx *db.Tx) error { return countersign.Ask(t.Context(), tx, want) })
		if err == nil {
			t.Error("one id names two acts")
		}
		err = k.do(func(tx *db.Tx) error {
			_, err := countersign.Get(t.Context(), tx, countersign.NewID())
			return err
		})
		if !errors.Is(err, countersign.ErrNotFound) {
			t.Errorf("an act that nobody asked for: %v", err)
		}
	})
}

// TestMove: one step at a time, from where it stands, while its time lasts; and
// whoever agreed stays written when it is done.
func TestMove(t *testing.T) {
	each(t, func(t *testing.T, k desk) {
		a := k.asked(nil)
		refused := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, countersign.ErrState) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("done before it is agreed to", k.move(a, countersign.Agreed, countersign.Used, "asker", began+1))
		refused("one that there is not", k.move(countersign.Act{ID: countersign.NewID()}, countersign.Waiting, countersign.Agreed, "agreer", began+1))
		if err := k.move(a, countersign.Waiting, countersign.Agreed, "agreer", began+10); err != nil {
			t.Fatal(err)
		}
		refused("agreed to twice", k.move(a, countersign.Waiting, countersign.Agreed, "third", began+11))
		refused("refused afterwards", k.move(a, countersign.Waiting, countersign.Refused, "third", began+11))
		refused("done when a day is over", k.move(a, countersign.Agreed, countersign.Used, "asker", began+kept))
		if err := k.move(a, countersign.Agreed, countersign.Used, "asker", began+kept-1); err != nil {
			t.Fatalf("in its last moment: %v", err)
		}
		refused("done twice", k.move(a, countersign.Agreed, countersign.Used, "asker", began+kept-1))
		if got := k.get(a.ID); got.State != countersign.Used || got.By != "agreer" || got.ByAt != began+10 {
			t.Errorf("done: %+v", got)
		}

		late := k.asked(nil)
		refused("agreed to when a day is over", k.move(late, countersign.Waiting, countersign.Agreed, "agreer", began+kept))
		k.must(func(tx *db.Tx) error {
			return countersign.Move(t.Context(), tx, late.ID, countersign.Waiting, countersign.Refused, "agreer", began+5, "不是本人")
		})
		if got := k.get(late.ID); got.State != countersign.Refused || got.By != "agreer" || got.ByAt != began+5 || got.Said != "不是本人" {
			t.Errorf("refused: %+v", got)
		}
	})
}

// TestAt: time ends what is open, and nothing else.
func TestAt(t *testing.T) {
	for _, c := range []struct {
		stored countersign.State
		at     int64
		want   countersign.State
	}{
		{countersign.Waiting, 9, countersign.Waiting}, {countersign.Waiting, 10, countersign.Ended},
		{countersign.Agreed, 9, countersign.Agreed}, {countersign.Agreed, 10, countersign.Ended},
		{countersign.Refused, 10, countersign.Refused}, {countersign.Used, 10, countersign.Used},
	} {
		if got := (countersign.Act{State: c.stored, Ends: 10}).At(c.at); got != c.want {
			t.Errorf("%s at %d is %s, want %s", c.stored, c.at, got, c.want)
		}
	}
}

// TestOpen: of all that somebody asked for, only what is open, hers, and for
// exactly this act, subject and terms; of several the newest.
func TestOpen(t *testing.T) {
	each(t, func(t *testing.T, k desk) {
		open := func(how func(*countersign.Act), now int64) string {
			of := countersign.Act{Act: "reset", Subject: "account:7", Terms: "slip", AskedBy: "asker"}
			if how != nil {
				how(&of)
			}
			var got countersign.Act
			err := k.do(func(tx *db.Tx) (err error) {
				got, err = countersign.Open(t.Context(), tx, of, now)
				return err
			})
			if err != nil && !errors.Is(err, countersign.ErrNotFound) {
				t.Fatal(err)
			}
			return got.ID
		}
		old := k.asked(nil)
		young := k.asked(func(a *countersign.Act) { a.AskedAt += int64(time.Minute / time.Millisecond) })
		now := young.AskedAt
		if got := open(nil, now); got != young.ID {
			t.Errorf("got %s, want the newer %s", got, young.ID)
		}
		for name, how := range map[string]func(*countersign.Act){
			"another act":     func(a *countersign.Act) { a.Act = "reveal-number" },
			"another account": func(a *countersign.Act) { a.Subject = "account:8" },
			"other terms":     func(a *countersign.Act) { a.Terms = "" },
			"another asker":   func(a *countersign.Act) { a.AskedBy = "agreer" },
		} {
			if got := open(how, now); got != "" {
				t.Errorf("%s finds %s", name, got)
			}
		}
		if err := k.move(young, countersign.Waiting, countersign.Agreed, "agreer", now+1); err != nil {
			t.Fatal(err)
		}
		if got := open(nil, now+2); got != young.ID {
			t.Errorf("what was agreed to is not found: %q", got)
		}
		if err := k.move(young, countersign.Agreed, countersign.Used, "asker", now+3); err != nil {
			t.Fatal(err)
		}
		if got := open(nil, now+4); got != old.ID {
			t.Errorf("got %q, want the older one, which still waits", got)
		}
		if got := open(nil, old.AskedAt+kept); got != "" {
			t.Errorf("a day later %s is open", got)
		}
	})
}

// TestRemit: a list and a count hold what lies in the remit and at the point,
// the newest first, and whoever looks has something to do with.
func TestRemit(t *testing.T) {
	each(t, func(t *testing.T, k desk) {
		at := func(division, point string, minutes int64) string {
			return k.asked(func(a *countersign.Act) { a.Division, a.Point, a.AskedAt = division, point, began+minutes*60_000 }).ID
		}
		here, beside, inTianxin, elsewhere := at(yuelu, first, 0), at(yuelu, second, 1), at(tianxin, "", 2), at(other, "", 3)
		now := began + 4*60_000
		for _, c := range []struct {
			division, point string
			limit           int
			want            []string
		}{
			{"430000", "", 10, []string{elsewhere, inTianxin, beside, here}},
			{"430000", "", 2, []string{elsewhere, inTianxin}},
			{city, "", 10, []string{inTianxin, beside, here}},
			{yuelu, "", 10, []string{beside, here}},
			{yuelu, first, 10, []string{here}},
			{tianxin, first, 10, nil},
		} {
			var ids []string
			k.must(func(tx *db.Tx) error {
				ids = nil
				list, err := countersign.List(t.Context(), tx, c.division, c.point, c.limit)
				for _, a := range list {
					ids = append(ids, a.ID)
				}
				return err
			})
			if !slices.Equal(ids, c.want) {
				t.Errorf("List(%s, %q, %d) = %v, want %v", c.division, c.point, c.limit, ids, c.want)
			}
		}

		count := func(division, point, account string, now int64) (n int) {
			k.must(func(tx *db.Tx) (err error) {
				n, err = countersign.WaitFor(t.Context(), tx, division, point, account, now)
				return err
			})
			return n
		}
		for _, c := range []struct {
			division, point, account string
			want                     int
		}{
			{city, "", "agreer", 3}, {yuelu, "", "agreer", 2}, {yuelu, first, "agreer", 1},
			{city, "", "asker", 0}, // her own wait for another
		} {
			if got := count(c.division, c.point, c.account, now); got != c.want {
				t.Errorf("WaitFor(%s, %q, %s) = %d, want %d", c.division, c.point, c.account, got, c.want)
			}
		}
		if err := k.move(countersign.Act{ID: here}, countersign.Waiting, countersign.Agreed, "agreer", now); err != nil {
			t.Fatal(err)
		}
		if hers, another := count(yuelu, "", "asker", now), count(yuelu, "", "agreer", now); hers != 1 || another != 1 {
			t.Errorf("one agreed to, one waiting: %d for who asked, %d for another; want 1 and 1", hers, another)
		}
		if n := count(city, "", "agreer", began+kept+60_000); n != 1 {
			t.Errorf("a day later %d wait, want the one that was asked for last", n)
		}
	})
}
