package flow_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
)

func (x *desk) delegate(from, to string, until time.Time) (d approval.Delegation, err error) {
	err = x.d.Write(ctx, func(tx *db.Tx) error {
		d, err = x.f.Delegate(ctx, tx, x.who[to].ID, until, "外出开会", x.who[from], "test")
		return err
	})
	return d, err
}

func TestDelegation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		tomorrow := opened.Add(24 * time.Hour)
		for name, c := range map[string]struct {
			from, to string
			until    time.Time
			want     error
		}{
			"to another city":        {"ci", "cifar", tomorrow, approval.ErrDelegate},
			"to a county below":      {"ci", "co", tomorrow, approval.ErrDelegate},
			"to a county of another": {"ci", "far", tomorrow, approval.ErrDelegate},
			"to a clerk":             {"co", "cl", tomorrow, approval.ErrDelegate},
			"to a technician":        {"co", "te", tomorrow, approval.ErrDelegate},
			"to herself":             {"ci", "ci", tomorrow, approval.ErrDelegate},
			"by a technician":        {"te", "ci", tomorrow, approval.ErrJudge},
			"by a clerk":             {"cl", "co", tomorrow, approval.ErrJudge},
			"that is over":           {"ci", "po", opened, flow.ErrDelegationTime},
			"for a year":             {"ci", "po", opened.AddDate(1, 0, 0), flow.ErrDelegationTime},
		} {
			if _, err := x.delegate(c.from, c.to, c.until); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		c, err := x.submit("point", "", pointForm, "co")
		if err != nil {
			t.Fatal(err)
		}
		given, err := x.delegate("ci", "po", tomorrow)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.does(approval.Agree, c.ID, "pa", "", 0); !errors.Is(err, approval.ErrJudge) {
			t.Errorf("somebody else of the province: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "po", "")
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrVoted) {
			t.Errorf("she judges for the city, and then for the province: %v", err)
		}
		x.must(func(tx *db.Tx) error {
			steps, err := approval.Steps(ctx, tx, c.ID)
			if last := steps[len(steps)-1]; last.Behalf != "430100" || last.Office != "430000-1" {
				t.Errorf("the step says %+v", last)
			}
			return err
		})
		if c = x.mustDo(approval.Agree, c.ID, "pa", ""); c.State != approval.Approved {
			t.Errorf("%+v", c)
		}

		if c, err = x.submit("point", "", pointForm, "co"); err != nil {
			t.Fatal(err)
		}
		end := func(who string) error {
			return x.d.Write(ctx, func(tx *db.Tx) error { return x.f.EndDelegation(ctx, tx, given.ID, x.who[who], "test") })
		}
		for _, foreign := range []string{"cifar", "co", "te"} {
			if err := end(foreign); !errors.Is(err, approval.ErrNotFound) {
				t.Errorf("ended by %s: %v", foreign, err)
			}
		}
		if err := end("ci2"); err != nil {
			t.Fatal(err)
		}
		if err := end("ci"); !errors.Is(err, approval.ErrState) {
			t.Errorf("ended twice: %v", err)
		}
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrJudge) {
			t.Errorf("after it was ended: %v", err)
		}
		if _, err := x.delegate("ci", "po", tomorrow); err != nil {
			t.Fatal(err)
		}
		x.f.Now = func() time.Time { return tomorrow }
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrJudge) {
			t.Errorf("after its last day: %v", err)
		}
	})
}

// A deadline that is near, and one that has passed, are said once each; the
// office above sees what is late, and the next tier begins anew.
func TestReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		clock := opened
		x.f.Now = func() time.Time { return clock }
		x.f.Outbox = notice.NewOutbox(x.ring, nil)
		for id, phone := range map[string]string{"430100": "13800138000", "430000-1": "073182816660"} { // the province's is a fixed line
			x.must(func(tx *db.Tx) error {
				o, err := org.GetOffice(ctx, tx, id)
				if err != nil {
					return err
				}
				return org.UpdateOffice(ctx, tx, id, org.Officers{Admin: "田宏", AdminPhone: phone}, o.Version)
			})
		}
		c, err := x.submit("point", "", pointForm, "co")
		if err != nil {
			t.Fatal(err)
		}
		texts := func() (kinds []string) {
			x.must(func(tx *db.Tx) error {
				rows, err := notice.Newest(ctx, tx, notice.Waiting, 9)
				kinds = nil
				for _, r := range rows {
					kinds = append(kinds, string(r.Kind))
				}
				return err
			})
			slices.Sort(kinds)
			return kinds
		}
		remind := func() (n int) {
			x.must(func(tx *db.Tx) (err error) {
				n, err = x.f.RemindApprovals(ctx, tx)
				return err
			})
			return n
		}
		late := func(who string) (n int) {
			x.must(func(tx *db.Tx) (err error) {
				a := x.who[who]
				n, _, err = approval.Count(ctx, tx, approval.Filter{Remit: a.Division, Late: clock.UnixMilli(), Below: flow.TierOf(a.Role)})
				return err
			})
			return n
		}
		for _, step := range []struct {
			at         time.Time
			said       int
			po, ci, co int
		}{
			{opened, 0, 0, 0, 0},
			{opened.AddDate(0, 0, 2), 0, 0, 0, 0},
			{time.UnixMilli(c.Due).Add(-flow.NearDeadline), 1, 0, 0, 0},
			{time.UnixMilli(c.Due).Add(-time.Minute), 0, 0, 0, 0},
			{time.UnixMilli(c.Due), 1, 1, 0, 0},
			{time.UnixMilli(c.Due).AddDate(0, 0, 5), 0, 1, 0, 0},
		} {
			clock = step.at
			if got := remind(); got != step.said {
				t.Errorf("at %s: %d reminders, want %d", clock, got, step.said)
			}
			if remind() != 0 {
				t.Errorf("at %s: said twice", clock)
			}
			if a, b, e := late("po"), late("ci"), late("co"); a != step.po || b != step.ci || e != step.co {
				t.Errorf("at %s: the province sees %d late, the city %d, the county %d", clock, a, b, e)
			}
		}
		if got, want := texts(), []string{"cases-near", "cases-overdue"}; !slices.Equal(got, want) {
			t.Errorf("text messages %q, want %q", got, want)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		if late("po") != 0 {
			t.Error("the city has judged, and is still late")
		}
		clock = clock.AddDate(0, 0, 9)
		if remind() != 1 || x.acts()[journal.ApprovalOverdue] != 2 || x.acts()[journal.ApprovalNear] != 1 {
			t.Errorf("entries: %v", x.acts())
		}
		if got := texts(); len(got) != 2 {
			t.Errorf("a fixed line was told: %q", got)
		}
	})
}

// Two people decide at once: one is taken, the other is told.
func TestTwoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		for range 5 {
			c, err := x.submit("point", "", pointForm, "co")
			if err != nil {
				t.Fatal(err)
			}
			version := x.see(c.ID).Version
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for i, do := range []approval.Do{approval.Agree, approval.Refuse} {
				wg.Go(func() { _, errs[i] = x.does(do, c.ID, []string{"ci", "ci2"}[i], "看过", version) })
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || errs[0] != nil && !errors.Is(errs[0], approval.ErrStale) && !errors.Is(errs[0], approval.ErrState) ||
				errs[1] != nil && !errors.Is(errs[1], approval.ErrStale) && !errors.Is(errs[1], approval.ErrState) {
				t.Errorf("got %v and %v", errs[0], errs[1])
			}
		}
	})
}

// Everybody does anything at once to a few cases; whatever comes of it, each
// step is there once, and what is approved was agreed to by the persons that
// the table asks, none of them a submitter.
func TestEverybodyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		var ids []string
		for range 3 {
			c, err := x.submit("point", "", pointForm, "co")
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
		close, err := x.submit("point-close", there, approval.Content{"reason": "x", "moved": "y"}, "co")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, close.ID)
		people := []string{"co", "co2", "ci", "ci2", "po", "pa"}
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(7, uint64(w)))
				for range 25 {
					do := []approval.Do{approval.Agree, approval.Agree, approval.Agree, approval.Return, approval.Resubmit, approval.Withdraw}[r.IntN(6)]
					if do == approval.Withdraw && r.IntN(4) > 0 {
						continue
					}
					id := ids[r.IntN(len(ids))]
					if _, err := x.does(do, id, people[r.IntN(len(people))], "看过", 0); err != nil && flow.ApprovalRefusal(err) == "" {
						t.Errorf("%s: %v", do, err)
					}
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			c := x.see(id)
			var steps []approval.Step
			x.must(func(tx *db.Tx) (err error) {
				steps, err = approval.Steps(ctx, tx, id)
				return err
			})
			if len(steps) != c.Version {
				t.Errorf("%d steps, version %d", len(steps), c.Version)
			}
			if c.State != approval.Approved {
				continue
			}
			seen := map[string]bool{}
			for _, v := range c.Votes {
				if seen[v.Who] || slices.Contains(c.Submitters, v.Who) {
					t.Errorf("%s: %s judged twice, or her own", id, v.Who)
				}
				seen[v.Who] = true
			}
			if want := map[string]int{"point": 2, "point-close": 3}[c.Kind]; len(c.Votes) != want {
				t.Errorf("a %s was approved by %d", c.Kind, len(c.Votes))
			}
		}
	})
}

// A county has codes for 99 points, and none is used again.
func TestCodesRunOut(t *testing.T) { dbtest.Each(t, codesRunOut) }

func codesRunOut(t *testing.T, d *db.DB) {
	x := openDesk(t, d)
	x.must(func(tx *db.Tx) error {
		return x.f.CreatePoint(ctx, tx, org.Point{Code: county + "99", Name: "最后一个", Division: county}, flow.Operator())
	})
	c, err := x.submit("point", "", pointForm, "co")
	if err != nil {
		t.Fatal(err)
	}
	x.mustDo(approval.Agree, c.ID, "ci", "")
	if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, flow.ErrCodes) {
		t.Errorf("the hundredth point: %v", err)
	}
	if x.see(c.ID).State != approval.Waiting {
		t.Error("approved without a point")
	}
}

// What waits for whom is asked of the database; the same is asked of Next.
func TestQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		waits := func(who string) (n int) {
			x.must(func(tx *db.Tx) error {
				a := x.who[who]
				seats, err := x.f.Seats(ctx, tx, a)
				if err != nil {
					return err
				}
				f := approval.Filter{Remit: a.Division, Point: a.Point, Waiting: seats, Me: a.ID, Mine: flow.BenchOf(a)}
				n, _, err = approval.Count(ctx, tx, f)
				if list, err := approval.List(ctx, tx, f); err != nil || len(list) != n {
					t.Errorf("%d in the list, %d counted, %v", len(list), n, err)
				}
				return err
			})
			return n
		}
		all := func() string {
			out := ""
			for _, who := range []string{"co", "ci", "ci2", "cifar", "po", "pa", "cl", "te"} {
				out += fmt.Sprint(waits(who))
			}
			return out
		}
		c, err := x.submit("point-close", here, approval.Content{"reason": "x", "moved": "y"}, "co")
		if err != nil {
			t.Fatal(err)
		}
		check := func(when, want string) {
			t.Helper()
			if got := all(); got != want {
				t.Errorf("%s: %s wait, want %s", when, got, want)
			}
		}
		check("submitted", "01100000")
		x.mustDo(approval.Agree, c.ID, "ci", "")
		check("the city has agreed", "00001100")
		x.mustDo(approval.Agree, c.ID, "po", "好")
		check("one of two has agreed", "00000100")
		x.mustDo(approval.Return, c.ID, "pa", "不清楚")
		check("returned", "00000000")
		x.mustDo(approval.Resubmit, c.ID, "co", "")
		check("mended", "01100000")
		if _, err := x.delegate("ci", "pa", opened.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		check("delegated", "01100100")
	})
}
