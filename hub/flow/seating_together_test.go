package flow_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"

	"zhunkao/hub/approval"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
)

// valid registers somebody of here, as good as confirmed and paid.
func (x *desk) valid() (application string) {
	x.t.Helper()
	x.must(func(tx *db.Tx) error {
		app := x.people[0].Application
		application = app.ID
		if err := x.f.Register(ctx, tx, app, candidate.FromPortal, flow.Hub()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO confirmation (id, box, epoch, seq, envelope_hash, previous, envelope, campaign, campaign_version, application, version, started_from, point, division,
			number_key, number_masked, state, state_reason, out_of_hours, received, committed, time_evidence, checks, timeline, blobs, body_hash, body_size, opened_with, content, proof)
			VALUES ('r1', 'box', 1, 1, '', '', $1, $2, 1, $3, 1, 1, $4, $5, $1, '', 'in-force', '', $6, 0, 0, '{}', '[]', '[]', '[]', '', 0, '', $1, 'certain')`,
			[]byte{}, x.camp.ID, app.ID, here, county, false)
		if err != nil {
			return err
		}
		o := payment.Order{Number: payment.NewNumber(2019, "430000"), Application: app.ID, Campaign: x.camp.ID, Division: county, Point: here, Level: app.First().Level, Fen: 17000, OpenedAt: 1}
		if err := payment.OpenOrder(ctx, tx, o); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE payment_order SET state = 'paid' WHERE number = $1`, o.Number)
		return err
	})
	return application
}

// TestListAndItsGroundTogether: a drawing comes into force, or somebody is moved by hand,
// in the very instant in which a list is frozen. Either the list follows from it, or it
// is refused; never does it count beside a list that knows nothing of it.
func TestListAndItsGroundTogether(t *testing.T) {
	for name, prepare := range map[string]func(x *desk, her string) func(tx *db.Tx) error{
		"a drawing": func(x *desk, _ string) func(tx *db.Tx) error {
			p := site.Default(x.camp.ID, site.CountiesOf()["430100"])
			p.Rows = append(p.Rows, site.Catchment{Division: county, Level: x.camp.Form.Levels[0].Code, Area: "0103"})
			var id string
			x.must(func(tx *db.Tx) (err error) {
				id, err = site.Keep(ctx, tx, site.Drawing{Campaign: x.camp.ID, Division: "430100", Plan: p, By: "s1", At: 1})
				return err
			})
			c := x.about("catchment", id, "ci", approval.Content{"note": "并区"})
			j := flow.Judgement{Case: c.ID, Version: c.Version, Opinion: "同意"}
			return func(tx *db.Tx) error {
				c, err := x.f.Agree(ctx, tx, x.camp, j, x.who["po"], "test")
				if err == nil && c.State != approval.Approved {
					t.Errorf("the drawing is %s", c.State)
				}
				return err
			}
		},
		"a move": func(x *desk, her string) func(tx *db.Tx) error {
			c := x.proposed("0103", her)
			j := flow.Judgement{Case: c.ID, Version: c.Version, Opinion: "同意"}
			return func(tx *db.Tx) error {
				_, err := x.f.Agree(ctx, tx, x.camp, j, x.who["po"], "test")
				return err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				x, _ := seated(t, d)
				her := x.valid()
				for i := range x.camp.Windows {
					if w := &x.camp.Windows[i]; w.Step == flow.StepNumber || w.Step == "catchment" {
						w.From, w.To = x.f.Now().AddDate(0, -1, 0), x.f.Now().AddDate(0, 1, 0)
					}
				}
				x.together(prepare(x, her), her)
			})
		})
	}
}

// together begins a revision, and has its list read, between what an act has seen and what
// it does.
func (x *desk) together(act func(*db.Tx) error, her string) {
	x.t.Helper()
	begun := make(chan error, 1)
	begin := sync.OnceFunc(func() {
		started := make(chan struct{})
		go func() {
			close(started)
			err := x.d.Write(ctx, func(tx *db.Tx) error {
				_, err := x.f.BeginRevision(ctx, tx, x.camp, "名单更正", flow.Operator(), "s2")
				return err
			})
			begun <- errors.Join(err, x.f.WorkSeating(ctx, x.d, x.camp.ID))
		}()
		<-started
		if x.d.Kind() == db.PostgreSQL { // SQLite has one writer at a time: the other waits
			begun <- <-begun
		}
	})
	err := x.d.Write(ctx, func(tx *db.Tx) error {
		if _, _, err := seating.InMaking(ctx, tx, x.camp.ID); err != nil { // what it sees is this
			return err
		}
		begin()
		return act(tx)
	})
	if x.d.Kind() == db.PostgreSQL && !errors.Is(err, flow.ErrSeating) || x.d.Kind() == db.SQLite && err != nil {
		x.t.Errorf("done beside the list: %v", err)
	}
	if err := <-begun; err != nil {
		x.t.Fatal(err)
	}
	x.must(func(tx *db.Tx) error {
		v, _, err := seating.InMaking(ctx, tx, x.camp.ID)
		if err != nil {
			return err
		}
		frozen, err := seating.PartsOf(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		now, err := site.Catchments(ctx, tx, x.camp.ID)
		if err != nil {
			return err
		}
		if len(frozen.Catchments) != len(now) {
			x.t.Errorf("the list follows from %d catchments, in force are %d", len(frozen.Catchments), len(now))
		}
		in, _, err := seating.Input(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		moves, err := site.Moves(ctx, tx, x.camp.ID)
		var listed, moved []string
		for _, c := range in.Candidates {
			if c.Area != "" {
				listed = append(listed, c.Area)
			}
		}
		for _, m := range moves {
			moved = append(moved, m.To)
		}
		if !reflect.DeepEqual(listed, moved) || v.People != 1 {
			x.t.Errorf("%d on the list, moved by it %v, moved %v", v.People, listed, moved)
		}
		return err
	})
}
