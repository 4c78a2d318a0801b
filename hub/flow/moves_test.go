package flow_test

import (
	"errors"
	"testing"

	"zhunkao/hub/approval"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
)

// catchmentsOpen lets areas be drawn and candidates be moved now.
func (x *desk) catchmentsOpen() {
	for i := range x.camp.Windows {
		if w := &x.camp.Windows[i]; w.Step == "catchment" {
			w.From, w.To = x.f.Now().AddDate(0, -1, 0), x.f.Now().AddDate(0, 1, 0)
		}
	}
}

// propose sends a list of a city's candidates who are to sit in an area, as a new case or
// instead of what was returned.
func (x *desk) propose(who, to string, open approval.Case, ids ...string) (c approval.Case, err error) {
	err = x.d.Write(ctx, func(tx *db.Tx) error {
		c, err = x.f.SendMoves(ctx, tx, x.camp, to, ids, flow.Submission{Kind: "moves", Content: approval.Content{"reason": "行动不便，就近安排"}}, open, open.Version, x.who[who], "test")
		return err
	})
	return c, err
}

func (x *desk) proposed(to string, ids ...string) approval.Case {
	x.t.Helper()
	x.catchmentsOpen()
	c, err := x.propose("ci", to, approval.Case{}, ids...)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// movedTo are the areas of those who were moved, as the next list would take them.
func (x *desk) movedTo() map[string]string {
	out := map[string]string{}
	x.must(func(tx *db.Tx) error {
		all, err := site.Moves(ctx, tx, x.camp.ID)
		for _, m := range all {
			out[m.Application] = m.To
		}
		return err
	})
	return out
}

// registers has the first n people register, and gives their applications.
func (x *desk) registers(n int) (ids []string) {
	for _, p := range x.people[:n] {
		x.must(func(tx *db.Tx) error { return x.f.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub()) })
		ids = append(ids, p.Application.ID)
	}
	return ids
}

// TestMovesFromProposedToDone: a city proposes that candidates sit elsewhere; nobody moves
// until the province agrees, to the very list that was sent; it is returned, mended, and
// done whole; put back is a list too (A48).
func TestMovesFromProposedToDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		ids := x.registers(2)
		if _, err := x.propose("ci", "0103", approval.Case{}, ids...); !errors.Is(err, flow.ErrShut) {
			t.Errorf("before its time: %v", err)
		}
		x.catchmentsOpen()
		for _, bad := range []struct {
			who, to string
			ids     []string
			want    error
		}{
			{"co", "0103", ids, flow.ErrSubmitter}, {"po", "0103", ids, flow.ErrSubmitter}, {"cifar", "1002", ids, candidate.ErrNotFound}, {"ci", "0103", nil, flow.ErrNobody}, {"ci", "0103", make([]string, flow.MostMoved+1), flow.ErrManyMoved},
			{"ci", "1001", ids, flow.ErrNoArea}, {"ci", "0102", ids, flow.ErrSame}, {"ci", "", ids, flow.ErrSame},
		} {
			if _, err := x.propose(bad.who, bad.to, approval.Case{}, bad.ids...); err == nil || !errors.Is(err, bad.want) || flow.ApprovalRefusal(err) == "" {
				t.Errorf("%s to %q: %v, want %v", bad.who, bad.to, err, bad.want)
			}
		}
		c := x.proposed("0103", ids...)
		if c.State != approval.Waiting || c.Division != "430100" || c.Judge != "430000" || c.Due == 0 || len(x.movedTo()) != 0 {
			t.Fatalf("proposed: %+v", c)
		}
		if _, err := x.propose("ci2", "0104", approval.Case{}, ids[1]); !errors.Is(err, flow.ErrProposed) {
			t.Errorf("on two lists: %v", err)
		}
		if _, err := x.does(approval.Agree, c.ID, "ci2", "同意", 0); err == nil {
			t.Error("the city agreed to its own list")
		}
		c = x.mustDo(approval.Return, c.ID, "po", "第二名写清楚")
		if c, err := x.propose("ci", "0103", c, ids[0]); err != nil || c.State != approval.Waiting || c.Round != 2 {
			t.Fatalf("sent again: %+v, %v", c, err)
		}
		if c = x.mustDo(approval.Agree, c.ID, "po", ""); c.State != approval.Approved {
			t.Fatalf("agreed: %s", c.State)
		}
		if got := x.movedTo(); len(got) != 1 || got[ids[0]] != "0103" {
			t.Errorf("moved %v, the second list has only the first candidate", got)
		}
		if got := x.acts()[journal.AreaMoved]; got != 1 {
			t.Errorf("%d moves journalled", got)
		}
		c = x.proposed("", ids[0])
		x.mustDo(approval.Agree, c.ID, "po", "")
		if got := x.movedTo(); len(got) != 0 {
			t.Errorf("put back, and moved are %v", got)
		}
		c = x.proposed("0104", ids...)
		x.mustDo(approval.Withdraw, c.ID, "ci", "")
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); err == nil || len(x.movedTo()) != 0 {
			t.Errorf("withdrawn and agreed to: %v", err)
		}
	})
}

// TestMovesThatAreOld: what changed since a list was sent keeps all of it from being done:
// the case waits, to be returned or refused.
func TestMovesThatAreOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		ids := x.registers(2)
		one, two := ids[0], ids[1]
		agree := func(c approval.Case, want error, what string) {
			t.Helper()
			before := len(x.movedTo())
			_, err := x.does(approval.Agree, c.ID, "po", "同意", 0)
			if !errors.Is(err, want) || flow.ApprovalRefusal(err) == "" || x.see(c.ID).State != approval.Waiting || len(x.movedTo()) != before {
				t.Errorf("%s: %v, case %s, moved %v", what, err, x.see(c.ID).State, x.movedTo())
			}
			x.mustDo(approval.Return, c.ID, "po", "情况变了，请重报")
			x.mustDo(approval.Withdraw, c.ID, "ci", "")
		}
		c := x.proposed("0103", one, two)
		x.must(func(tx *db.Tx) error {
			return site.AddMove(ctx, tx, x.camp.ID, county, site.Move{Application: one, From: "0102", To: "0105", Reason: "就近", At: 1})
		})
		agree(c, flow.ErrMovesOld, "moved meanwhile")

		c = x.proposed("0103", two)
		p := site.Default(x.camp.ID, site.CountiesOf()["430100"])
		for i := range p.Rows {
			if p.Rows[i].Division == county {
				p.Rows[i].Area = "0104"
			}
		}
		x.must(func(tx *db.Tx) error {
			drawing := site.Drawing{Campaign: x.camp.ID, Division: "430100", Plan: p, By: "s1", At: 1}
			var err error
			if drawing.ID, err = site.Keep(ctx, tx, drawing); err != nil {
				return err
			}
			return site.PutInForce(ctx, tx, drawing, 2)
		})
		agree(c, flow.ErrMovesOld, "another drawing meanwhile")

		// Who is erased leaves the list, and what is left of it is done; a list of nobody is not.
		c = x.proposed("0103", one, two)
		x.must(func(tx *db.Tx) error { return site.Erase(ctx, tx, one) })
		x.mustDo(approval.Agree, c.ID, "po", "")
		if got := x.movedTo(); len(got) != 1 || got[two] != "0103" {
			t.Errorf("moved %v", got)
		}
		c = x.proposed("0105", one)
		x.must(func(tx *db.Tx) error { return site.Erase(ctx, tx, one) })
		agree(c, flow.ErrMovesOld, "a list of nobody")

		c = x.proposed("0105", two)
		if _, err := seatingtest.Frozen(ctx, d, x.camp, seatingtest.People(3, county), 1); err != nil {
			t.Fatal(err)
		}
		agree(c, flow.ErrSeating, "while an arrangement is in the making")
	})
}
