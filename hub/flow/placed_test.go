package flow_test

import (
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

// TestPlaced: who begins is journalled once for each point she names, until she
// has submitted; what she fills in beside it, and a save sent twice, is not.
func TestPlaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		app := p.people[0].Application
		p.pledged("u1", app.Name())
		placed := func() (out []journal.Entry) {
			p.must(func(tx *db.Tx) error {
				all, err := journal.Of(ctx, tx, journal.Subject{Kind: journal.OfAccount, ID: "u1"})
				for _, e := range all {
					if e.Act == journal.DraftPlaced {
						out = append(out, e)
					}
				}
				return err
			})
			return out
		}
		save := func(from uint32, change func(*form.Application)) {
			t.Helper()
			if _, err := p.fill("u1", from, change); err != nil {
				t.Fatal(err)
			}
		}
		save(1, func(a *form.Application) { a.Fields = form.Fields{form.FullName: string(app.Name())} })
		if got := placed(); len(got) != 0 {
			t.Fatalf("before a point is named: %+v", got)
		}
		to := func(point string) func(*form.Application) {
			return func(a *form.Application) { a.Point = point }
		}
		save(2, to(there))
		save(2, to(there)) // once more
		save(3, whole(app))
		save(4, func(a *form.Application) { a.Fields[form.PostCode] = "410999" })
		got := placed()
		if len(got) != 2 || got[0].Point != there || got[0].Detail[journal.DetailFrom] != "" ||
			got[1].Point != app.Point || got[1].Detail[journal.DetailFrom] != there || got[1].Division != app.Point[:6] {
			t.Fatalf("got %+v", got)
		}
		if _, err := p.apply("u1", 5); err != nil {
			t.Fatal(err)
		}
		save(5, to(there))
		if again := placed(); len(again) != 2 {
			t.Errorf("what was submitted is counted by its registration: %+v", again)
		}
	})
}
