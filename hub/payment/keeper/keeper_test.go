package keeper_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	published "zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/payment/keeper"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/window"
)

const (
	point  = "43010201"
	county = "430102"
	adult  = "adult-2019"
)

var opened = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)

// world is a hub's database with its steps and a journal that is sealed, and a clock
// the test moves.
type world struct {
	t      testing.TB
	d      *db.DB
	f      *flow.Flow
	ring   *keys.Ring
	sealer *journal.Sealer
	k      *keeper.Keeper
	camp   campaign.Campaign
	clock  atomic.Int64 // ms
	people []synthetic.Person
	seq    int
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(f func(tx *db.Tx) error) {
	w.t.Helper()
	w.must(w.d.Write(context.Background(), f))
}

func newWorld(t testing.TB, d *db.DB, n int) *world {
	t.Helper()
	w := &world{t: t, d: d, camp: campaign.Adult2019()}
	w.clock.Store(opened.UnixMilli())
	now := func() time.Time { return time.UnixMilli(w.clock.Load()) }
	var err error
	w.ring, err = keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	w.must(err)
	fl, err := fleet.Open(context.Background(), fleet.Options{DB: d, Now: now})
	w.must(err)
	w.f = &flow.Flow{Candidates: candidate.New(w.ring, now), Fleet: fl, Keys: w.ring, Now: now}
	w.sealer, err = journal.NewSealer(journal.Options{DB: d, Keys: w.ring, Checkpoints: filepath.Join(t.TempDir(), "checkpoints"), Now: now, Tick: 5 * time.Millisecond})
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	sealing := make(chan error, 1)
	go func() { sealing <- w.sealer.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-sealing; err != nil {
			t.Errorf("sealer: %v", err)
		}
	})
	w.k, err = keeper.New(keeper.Options{DB: d, Flow: w.f, Journal: w.sealer})
	w.must(err)
	w.write(func(tx *db.Tx) error {
		if err := org.Seed(context.Background(), tx, opened); err != nil {
			return err
		}
		return w.f.CreatePoint(context.Background(), tx, org.Point{Code: point, Name: point, Division: county, Open: true}, flow.Operator())
	})
	bundle, err := campaign.Encode(w.camp)
	w.must(err)
	w.write(func(tx *db.Tx) error {
		_, err := w.f.Publish(context.Background(), tx, bundle, flow.Operator())
		return err
	})
	w.people = synthetic.Candidates(w.camp, 11, n, synthetic.Point{Code: point, Division: county})
	w.write(func(tx *db.Tx) error {
		for _, p := range w.people {
			if err := w.f.Register(context.Background(), tx, p.Application, candidate.FromPortal, flow.Operator()); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

// confirm takes a record of somebody in, which stands so.
func (w *world) confirm(n int, state confirmation.State) string {
	w.t.Helper()
	w.seq++
	app := w.people[n].Application
	r := confirmation.Record{ID: fmt.Sprintf("%032x", w.seq), Box: "baaaaaaaaaa", Epoch: 1, Sequence: uint64(w.seq), EnvelopeHash: fmt.Sprintf("%064x", w.seq),
		Previous: strings.Repeat("0", 64), Campaign: adult, CampaignVersion: 1, Application: app.ID, Version: 1, StartedFrom: 1,
		Point: point, Division: county, NumberMasked: "430***********0001", NumberKey: []byte{byte(n)},
		Received: w.clock.Load(), Committed: w.clock.Load(), Time: confirmation.Time{Earliest: 1, Source: "hub", Verdict: "open"},
		BodyHash: "11", BodySize: 7, Envelope: []byte("envelope"), OpenedWith: "key"}
	sealed, err := confirmation.SealContent(w.ring, r.ID, confirmation.Content{Application: app})
	w.must(err)
	w.write(func(tx *db.Tx) error {
		return w.f.Confirm(context.Background(), tx, []flow.Arrival{{Record: r, Content: sealed, Application: app, Step: flow.Step{State: state}}})
	})
	return r.ID
}

// sealed waits until all that was written is numbered.
func (w *world) sealed() {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		var left int
		w.must(w.d.Read(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(context.Background(), `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&left)
		}))
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d entries are not sealed", left)
		}
		<-time.After(2 * time.Millisecond)
	}
}

func (w *world) follow() {
	w.t.Helper()
	w.sealed()
	w.must(w.k.CatchUp(context.Background()))
}

func (w *world) walk() (looks int) {
	w.t.Helper()
	for {
		more, err := w.k.Walk(context.Background())
		w.must(err)
		if !more {
			return looks
		}
		looks++
	}
}

func (w *world) orders(n int) (all []payment.Order) {
	w.t.Helper()
	w.must(w.d.Read(context.Background(), func(tx *db.Tx) (err error) {
		all, err = payment.OrdersOf(context.Background(), tx, w.people[n].Application.ID)
		return err
	}))
	return all
}

// rewind makes the keeper follow the whole journal once more, as after a power cut that
// lost its position.
func (w *world) rewind() {
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `UPDATE order_position SET number = 0 WHERE id = 1`)
		return err
	})
}

// dump is every order, whatever it says.
func (w *world) dump() (out string) {
	w.t.Helper()
	for n := range w.people {
		out += fmt.Sprintln(w.orders(n))
	}
	return out
}

// TestFollows: a confirmation opens an order, a void leaves it, and following the
// journal once more from its beginning changes nothing.
func TestFollows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 4)
		record := w.confirm(0, confirmation.InForce)
		w.confirm(1, confirmation.TimePending)
		w.confirm(2, confirmation.Disputed)
		w.follow()
		for n, want := range []int{1, 1, 0, 0} {
			if got := w.orders(n); len(got) != want {
				t.Errorf("person %d has %d orders, want %d", n, len(got), want)
			}
		}
		w.write(func(tx *db.Tx) error {
			return w.f.TakeVoid(t.Context(), tx, confirmation.Void{ID: "v", Record: record, Application: w.people[0].Application.ID, Campaign: adult, Point: point, Division: county,
				Reason: "04", Clerk: "c", Head: "h", At: w.clock.Load()}, "baaaaaaaaaa")
		})
		w.follow()
		if got := w.orders(0); len(got) != 1 || got[0].State != payment.Left {
			t.Errorf("taken back: %+v", got)
		}
		w.confirm(0, confirmation.InForce)
		w.follow()
		if got := w.orders(0); len(got) != 2 || got[0].State.Stands() == got[1].State.Stands() {
			t.Errorf("confirmed again: %+v", got)
		}
		before := w.dump()
		w.rewind()
		w.follow()
		if after := w.dump(); after != before {
			t.Errorf("followed again:\n%s\nwas\n%s", after, before)
		}
	})
}

// TestSetAside: one whose order cannot be kept does not keep others waiting, and is
// tried again.
func TestSetAside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 3)
		for n := range w.people {
			w.confirm(n, confirmation.InForce)
		}
		broken := w.people[1].Application.ID
		var good []byte
		w.write(func(tx *db.Tx) error {
			if err := tx.QueryRow(t.Context(), `SELECT content FROM application_version WHERE application = $1`, broken).Scan(&good); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE application_version SET content = $1 WHERE application = $2`, []byte("x"), broken)
			return err
		})
		w.follow()
		for n, want := range []int{1, 0, 1} {
			if got := w.orders(n); len(got) != want {
				t.Errorf("person %d has %d orders, want %d", n, len(got), want)
			}
		}
		aside := func() (all []keeper.Aside) {
			w.must(d.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = keeper.Asides(t.Context(), tx, 10); return err }))
			return all
		}
		if got := aside(); len(got) != 1 || got[0].Application != broken || got[0].Reason == "" {
			t.Fatalf("aside: %+v", got)
		}
		w.must(w.k.Again(t.Context())) // its time has not come
		w.clock.Add(2 * 60_000)
		w.must(w.k.Again(t.Context()))
		if got := aside(); len(got) != 1 || got[0].Tries != 2 || got[0].NextAt <= w.clock.Load()+60_000 {
			t.Errorf("tried again: %+v", got)
		}
		w.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE application_version SET content = $1 WHERE application = $2`, good, broken)
			return err
		})
		w.clock.Add(10 * 60_000)
		w.must(w.k.Again(t.Context()))
		if got := aside(); len(got) != 0 || len(w.orders(1)) != 1 {
			t.Errorf("mended: aside %+v, orders %+v", got, w.orders(1))
		}
	})
}

// TestNewVersion: windows are extended by a new version that is signed: open orders
// have more time, closed ones that may be paid now are open again, and what nobody may
// pay stays closed. It goes on where it stopped.
func TestNewVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 3)
		for n := range w.people {
			w.confirm(n, confirmation.InForce)
		}
		w.follow()
		was := w.orders(0)[0].DueAt
		w.write(func(tx *db.Tx) error {
			return payment.EndOrder(t.Context(), tx, w.orders(1)[0].Number, payment.Closed, was)
		})
		w.write(func(tx *db.Tx) error {
			return payment.EndOrder(t.Context(), tx, w.orders(2)[0].Number, payment.Waived, was)
		})
		w.later(48 * time.Hour)
		w.follow()
		if looks := w.walk(); looks == 0 {
			t.Error("nobody looked")
		}
		for n, want := range []payment.State{payment.Open, payment.Open, payment.Waived} {
			due := was
			if want == payment.Open {
				due += 48 * 3600_000
			}
			if o := w.orders(n)[0]; o.State != want || o.DueAt != due {
				t.Errorf("person %d: %s until %s, want %s", n, o.State, time.UnixMilli(o.DueAt), want)
			}
		}
		if w.walk() != 0 {
			t.Error("looked again")
		}
	})
}

// later publishes a version by which everybody may pay for longer.
func (w *world) later(by time.Duration) {
	w.t.Helper()
	next := w.camp
	next.Version = 2
	next.Windows = append([]window.Window(nil), w.camp.Windows...)
	for i := range next.Windows {
		if next.Windows[i].Step == window.Pay {
			next.Windows[i].To = next.Windows[i].To.Add(by)
		}
	}
	bundle, err := campaign.Encode(next)
	w.must(err)
	w.write(func(tx *db.Tx) error {
		if _, err := published.Publish(context.Background(), tx, bundle, "s1", w.clock.Load()); err != nil {
			return err
		}
		return w.f.Told(context.Background(), tx, journal.Entry{At: opened, Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}, Act: journal.CampaignPublished,
			Subject: journal.Subject{Kind: journal.OfCampaign, ID: adult}, Campaign: adult})
	})
}

// TestTakenBack: what a new version gave while somebody had paid, or was void, she is
// given once her payment is reverted, or her void or the whole list is taken back.
func TestTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 3)
		for n := range w.people {
			w.confirm(n, confirmation.InForce)
		}
		w.follow()
		was := w.orders(0)[0].DueAt
		var paid payment.Booked
		w.write(func(tx *db.Tx) (err error) {
			o := w.orders(0)[0]
			paid, err = w.f.BookMovement(t.Context(), tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "1", Order: o.Number, Fen: o.Fen, At: w.clock.Load(), Source: payment.ByQuery}, flow.Hub())
			return err
		})
		l := ending.List{ID: "l", Campaign: adult, Division: "430000"}
		w.write(func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO ending (id, campaign, division, state, drawn_at, drawn_by, object_until, hash, people, signed_at, signed_by, second, signed_hash, voided, ended_at, ended_by, ended_second, ended_why)
				VALUES ('l', $1, '430000', 'signed', 1, 'a', 2, '', 2, 3, 'a', 'b', '', 2, 0, '', '', '')`, adult); err != nil {
				return err
			}
			for n := 1; n < 3; n++ {
				if err := payment.EndOrder(t.Context(), tx, w.orders(n)[0].Number, payment.Closed, was); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `INSERT INTO ending_person (ending, application, division, point, why, order_number, state, cause, note, said, said_at, said_by, settled_at, settled_by, second)
					VALUES ('l', $1, $2, $3, 'unpaid', $4, 'void', '', '', '', 0, '', 3, 'a', 'b')`, w.people[n].Application.ID, county, point, w.orders(n)[0].Number); err != nil {
					return err
				}
			}
			return nil
		})
		w.later(48 * time.Hour)
		w.follow()
		w.walk()
		stands := func(when string, given ...bool) {
			t.Helper()
			for n, given := range given {
				if o := w.orders(n)[0]; (o.State == payment.Open && o.DueAt == was+48*3600_000) != given {
					t.Errorf("%s: person %d: %s until %s", when, n, o.State, time.UnixMilli(o.DueAt))
				}
			}
		}
		stands("paid, and void", false, false, false)
		w.write(func(tx *db.Tx) error {
			return w.f.StepMovement(t.Context(), tx, paid.Movement.ID, payment.Revert, "渠道没有", flow.Operator(), "s2")
		})
		w.follow()
		stands("reverted", true, false, false)
		w.write(func(tx *db.Tx) error {
			return w.f.RestoreEnded(t.Context(), tx, l, w.people[1].Application.ID, "核实过", flow.Operator(), "s2")
		})
		w.follow()
		stands("restored", true, true, false)
		w.write(func(tx *db.Tx) error {
			return w.f.ReverseEnding(t.Context(), tx, l, "名单有误", flow.Operator(), "s2")
		})
		w.follow()
		w.walk()
		stands("reversed", true, true, true)
	})
}

// TestReplayIsQuiet: whatever happens in whatever order, and wherever the keeper is cut
// off and begins again, everybody has at most one order that stands, may pay only where
// something of hers stands, and following all again changes nothing.
func TestReplayIsQuiet(t *testing.T) {
	const people, steps = 8, 160
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			draw := rand.New(rand.NewPCG(seed, 8))
			w := newWorld(t, dbtest.SQLite(t), people)
			records := map[int]string{}
			for range steps {
				w.happens(draw, draw.IntN(people), records)
			}
			w.follow()
			for n := range w.people {
				w.holds(n, records[n] != "")
			}
			before := w.dump()
			w.rewind()
			w.follow()
			if after := w.dump(); after != before {
				t.Errorf("followed again:\n%s\nwas\n%s", after, before)
			}
		})
	}
}

// happens lets one thing happen to somebody, or to all.
func (w *world) happens(draw *rand.Rand, n int, records map[int]string) {
	ctx := context.Background()
	w.seq++
	switch draw.IntN(8) {
	case 0, 1:
		if records[n] == "" {
			states := []confirmation.State{confirmation.InForce, confirmation.InForce, confirmation.TimePending, confirmation.Disputed}
			records[n] = w.confirm(n, states[draw.IntN(len(states))])
		}
	case 2:
		if records[n] != "" {
			v := confirmation.Void{ID: fmt.Sprint("v", w.seq), Record: records[n], Application: w.people[n].Application.ID, Campaign: adult, Point: point,
				Division: county, Reason: "04", Clerk: "c", Head: "h", At: w.clock.Load()}
			w.write(func(tx *db.Tx) error { return w.f.TakeVoid(ctx, tx, v, "baaaaaaaaaa") })
			delete(records, n)
		}
	case 3:
		if all := w.orders(n); len(all) > 0 {
			o := all[draw.IntN(len(all))]
			w.write(func(tx *db.Tx) error {
				_, err := w.f.BookMovement(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: fmt.Sprint(w.seq), Order: o.Number, Fen: o.Fen,
					At: w.clock.Load(), Source: payment.ByQuery}, flow.Hub())
				return err
			})
		}
	case 4, 5:
		w.follow()
	case 6:
		w.rewind()
	case 7:
		w.clock.Add(int64(draw.IntN(36)) * 3600_000)
		w.write(func(tx *db.Tx) error { _, err := w.f.CloseDue(ctx, tx, 10); return err })
	}
}

// holds says what must be true of somebody's orders, of whom something stands or not.
func (w *world) holds(n int, stands bool) {
	w.t.Helper()
	standing := 0
	for _, o := range w.orders(n) {
		if o.State.Stands() {
			standing++
		}
		if !stands && (o.State == payment.Open || o.State == payment.Closed) {
			w.t.Errorf("person %d has an order that is %s, and nothing of hers stands", n, o.State)
		}
	}
	if standing > 1 {
		w.t.Errorf("person %d has %d orders that stand", n, standing)
	}
}

// BenchmarkOpens opens orders for confirmations that came together: one order an
// operation, with its entry of the journal and its message.
func BenchmarkOpens(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b), b.N)
			for n := range w.people {
				w.confirm(n, confirmation.InForce)
			}
			w.sealed()
			b.ResetTimer()
			w.must(w.k.CatchUp(context.Background()))
			b.StopTimer()
			if got := len(w.orders(b.N - 1)); got != 1 {
				b.Errorf("%d orders", got)
			}
		})
	}
}
