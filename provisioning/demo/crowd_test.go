package demo

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hub"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/cashier"
)

// TestGather: everybody of the crowd is registered, confirmed by a sealed record, has paid
// at a company and is valid (A42, A48); the books balance; nothing is set aside; the boxes
// that were lent are retired; and who asks again changes nothing. Broken off while they
// sign, no box that was lent stays enrolled; who cannot pay while a company is away pays
// when it is back (A59).
func TestGather(t *testing.T) {
	w := newCrowded(t, Adult)
	companies := filepath.Join(w.dir, "cashier")
	w.run(func(ready func()) error {
		return cashier.Run(w.own, cashier.Options{Dir: companies, Listen: w.phone, Notify: "http://" + w.pages, Now: w.clock.Now, Ready: ready})
	})
	w.config.Payments = cashier.Papers{Dir: companies}.Payments()

	knob := func(on string) {
		res, err := http.PostForm("http://"+w.phone+"/knob", url.Values{"company": {cashier.WeChat}, "knob": {"away"}, "on": {on}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode >= http.StatusBadRequest {
			t.Fatal(res.Status)
		}
	}
	w.brokenOff(crowdSigns)
	lent := w.count(`SELECT COUNT(*) FROM box`)
	if left := w.count(`SELECT COUNT(*) FROM box WHERE state <> 'revoked'`); lent == 0 || left > 0 {
		t.Errorf("broken off, %d of %d boxes stay enrolled", left, lent)
	}
	knob("1")
	waited := 0
	for range 2 {
		boxes := w.count(`SELECT COUNT(*) FROM box`)
		if err := w.gather(t.Context(), func(phase string, _ int) {
			if phase == crowdWaits {
				if waited++; waited == 1 {
					knob("")
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		w.whole()
		if got := w.count(`SELECT COUNT(*) FROM box`); waited == 0 || strings.Contains(strings.Join(w.phases, " "), crowdSigns) == (got == boxes) {
			t.Errorf("%d boxes, %d before, through %v", got, boxes, w.phases)
		}
	}
	if got := strings.Join(w.phases, " "); got != crowdEnters+" "+crowdOrders {
		t.Errorf("who asked again went through %s", got)
	}
	w.shown()
}

// TestGatherInCash: where the fee is cash, everybody hands in the papers and pays at her
// point before she signs; the day's cash of every point is counted and signed by two, once
// (B11). Broken off while they pay, nobody pays twice.
func TestGatherInCash(t *testing.T) {
	w := newCrowded(t, Gaokao)
	w.brokenOff(crowdHands)
	if paid := w.count(hasPaidCount); paid == 0 || paid == w.size {
		t.Errorf("broken off, %d of %d have paid", paid, w.size)
	}
	for range 2 {
		if err := w.gather(t.Context(), func(string, int) {}); err != nil {
			t.Fatal(err)
		}
		w.whole()
		for question, want := range map[string]int{
			`SELECT COUNT(*) FROM payment_movement WHERE channel = 'cash'`:                                                           w.size,
			`SELECT COUNT(*) FROM payment_cash_count WHERE second <> '' AND second <> by_staff AND counted = booked AND counted > 0`: len(share),
			`SELECT COUNT(*) FROM payment_cash_count`:                                                                                len(share),
		} {
			if got := w.count(question); got != want {
				t.Errorf("%s: %d, want %d", question, got, want)
			}
		}
	}
	if got := strings.Join(w.phases, " "); got != crowdEnters {
		t.Errorf("who asked again went through %s", got)
	}
	w.shown()
}

const hasPaidCount = `SELECT COUNT(*) FROM payment_order WHERE state = 'paid'`

// crowded is a demonstration whose hub does not run, and what is around it.
type crowded struct {
	*testing.T
	e            Examination
	dir          string
	config       hub.Config
	pages, phone string
	clock        *democlock.Clock
	own          context.Context // of what run started; stop ends it
	stop         context.CancelFunc
	size, before int
	phases       []string // of the last gather
}

func newCrowded(t *testing.T, e Examination) *crowded {
	w := &crowded{T: t, e: e, dir: t.TempDir(), size: 20}
	data, socket := filepath.Join(w.dir, "hub"), filepath.Join(w.dir, "clock.sock")
	if _, _, err := e.seed(t.Context(), data, datadir.Dir(data).Database(), ""); err != nil {
		t.Fatal(err)
	}
	free := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}
	w.pages, w.phone = free(), free()
	w.config = hub.Config{Data: data, Listen: w.pages, Door: "127.0.0.1:0", MQTT: "127.0.0.1:0", DemoClock: socket}
	w.own, w.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(w.stop)
	w.run(func(ready func()) error {
		return democlock.Serve(w.own, democlock.Options{Socket: socket, State: filepath.Join(w.dir, "clock.json"), Start: e.Start, Closes: closes(e.rules()), Ready: ready})
	})
	clock, err := democlock.Dial(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clock.Close() })
	w.clock, w.before = clock, w.count(`SELECT COUNT(*) FROM application`)
	return w
}

// run starts something that ends with own.
func (w *crowded) run(run func(ready func()) error) {
	up, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- run(func() { close(up) }) }()
	select {
	case <-up:
	case err := <-ended:
		w.Fatal(err)
	}
	w.Cleanup(func() {
		w.stop()
		<-ended
	})
}

func (w *crowded) gather(ctx context.Context, said func(phase string, done int)) error {
	w.phases = nil
	return Gather(ctx, Gathering{Hub: w.config, Campaign: w.e.rules().ID, Start: w.e.Start, Telephone: "http://" + w.phone, Size: w.size, Say: func(phase string, done, _ int) {
		if len(w.phases) == 0 || w.phases[len(w.phases)-1] != phase {
			w.phases = append(w.phases, phase)
		}
		said(phase, done)
	}})
}

// brokenOff gathers until some are through a phase.
func (w *crowded) brokenOff(in string) {
	w.Helper()
	ctx, breaks := context.WithCancel(w.Context())
	defer breaks()
	if err := w.gather(ctx, func(phase string, done int) {
		if phase == in && done > 0 {
			breaks()
		}
	}); err == nil {
		w.Fatal("it was not broken off")
	}
}

func (w *crowded) database() *db.DB {
	w.Helper()
	database, err := db.Open(w.Context(), datadir.Dir(w.config.Data).Database())
	if err != nil {
		w.Fatal(err)
	}
	return database
}

func (w *crowded) count(question string) (n int) {
	w.Helper()
	database := w.database()
	defer database.Close()
	if err := database.Read(w.Context(), func(tx *db.Tx) error { return tx.QueryRow(w.Context(), question).Scan(&n) }); err != nil {
		w.Fatal(err)
	}
	return n
}

// whole looks whether everybody is through all of it.
func (w *crowded) whole() {
	w.Helper()
	for question, want := range map[string]int{
		`SELECT COUNT(*) FROM application`:                           w.before + w.size,
		`SELECT COUNT(*) FROM confirmation WHERE state = 'in-force'`: w.size,
		`SELECT COUNT(*) FROM quarantine`:                            0,
		hasPaidCount:                                                 w.size,
		`SELECT COUNT(*) FROM box WHERE state <> 'revoked'`:          0,
	} {
		if got := w.count(question); got != want {
			w.Errorf("%s: %d, want %d", question, got, want)
		}
	}
}

// shown looks whether the portal shows one of them, and the books balance.
func (w *crowded) shown() {
	w.Helper()
	ctx, database := w.Context(), w.database()
	defer database.Close()
	if text, err := database.Meta(ctx, hub.MetaDemoApplicants); err != nil || strings.Count(text, arranged) != 1 {
		w.Errorf("the portal's sign-in page shows %d of the crowd: %v", strings.Count(text, arranged), err)
	}
	if err := database.Read(ctx, func(tx *db.Tx) error {
		funds, err := payment.Balance(ctx, tx, w.e.Start.AddDate(0, 0, 1).UnixMilli())
		sum := int64(0)
		for _, fen := range funds {
			sum += fen
		}
		if sum != 0 || funds[payment.Fees] == 0 {
			w.Errorf("the books: %v", funds)
		}
		return err
	}); err != nil {
		w.Fatal(err)
	}
}
