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
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/cashier"
)

// TestGather: everybody of the crowd is registered, confirmed by a sealed record, has paid
// at a company and is valid (A42, A48); the books balance; nothing is set aside; the boxes
// that were lent are retired; and who asks again changes nothing. Broken off while they
// sign, no box that was lent stays enrolled; who cannot pay while a company is away pays
// when it is back (A59).
func TestGather(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	data := filepath.Join(dir, "hub")
	if _, _, err := Seed(ctx, data, ""); err != nil {
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
	pages, phone := free(), free()
	socket := filepath.Join(dir, "clock.sock")
	runs := func(run func(ready func()) error) {
		up, ended := make(chan struct{}), make(chan error, 1)
		go func() { ended <- run(func() { close(up) }) }()
		select {
		case <-up:
		case err := <-ended:
			t.Fatal(err)
		}
		t.Cleanup(func() { <-ended })
	}
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	t.Cleanup(stop)
	runs(func(ready func()) error {
		return democlock.Serve(own, democlock.Options{Socket: socket, State: filepath.Join(dir, "clock.json"), Start: Start, Closes: closes(campaign.Adult2019()), Ready: ready})
	})
	clock, err := democlock.Dial(ctx, socket)
	if err != nil {
		t.Fatal(err)
	}
	defer clock.Close()
	companies := filepath.Join(dir, "cashier")
	runs(func(ready func()) error {
		return cashier.Run(own, cashier.Options{Dir: companies, Listen: phone, Notify: "http://" + pages, Now: clock.Now, Ready: ready})
	})
	t.Cleanup(stop) // before the two are waited for

	knob := func(on string) {
		res, err := http.PostForm("http://"+phone+"/knob", url.Values{"company": {cashier.WeChat}, "knob": {"away"}, "on": {on}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode >= http.StatusBadRequest {
			t.Fatal(res.Status)
		}
	}

	const size = 20
	var phases []string
	gather := func(ctx context.Context, said func(phase string, done int)) error {
		phases = nil
		return Gather(ctx, Gathering{Hub: hub.Config{Data: data, Listen: pages, Door: "127.0.0.1:0", MQTT: "127.0.0.1:0", DemoClock: socket, Payments: cashier.Papers{Dir: companies}.Payments()},
			Campaign: campaign.Adult2019().ID, Start: Start, Telephone: "http://" + phone, Size: size, Say: func(phase string, done, _ int) {
				if len(phases) == 0 || phases[len(phases)-1] != phase {
					phases = append(phases, phase)
				}
				said(phase, done)
			}})
	}
	count := func(question string) (n int) {
		t.Helper()
		database, err := db.Open(ctx, datadir.Dir(data).Database())
		if err != nil {
			t.Fatal(err)
		}
		defer database.Close()
		if err := database.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow(ctx, question).Scan(&n) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count(`SELECT COUNT(*) FROM application`)
	broken, breaks := context.WithCancel(ctx)
	defer breaks()
	if err := gather(broken, func(phase string, done int) {
		if phase == crowdSigns && done > 0 {
			breaks()
		}
	}); err == nil {
		t.Fatal("it was not broken off")
	}
	lent := count(`SELECT COUNT(*) FROM box`)
	if left := count(`SELECT COUNT(*) FROM box WHERE state <> 'revoked'`); lent == 0 || left > 0 {
		t.Errorf("broken off, %d of %d boxes stay enrolled", left, lent)
	}
	knob("1")
	waited := 0
	for range 2 {
		boxes := count(`SELECT COUNT(*) FROM box`)
		if err := gather(ctx, func(phase string, _ int) {
			if phase == crowdWaits {
				if waited++; waited == 1 {
					knob("")
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		for question, want := range map[string]int{
			`SELECT COUNT(*) FROM application`:                           before + size,
			`SELECT COUNT(*) FROM confirmation WHERE state = 'in-force'`: size,
			`SELECT COUNT(*) FROM quarantine`:                            0,
			`SELECT COUNT(*) FROM payment_order WHERE state = 'paid'`:    size,
			`SELECT COUNT(*) FROM box WHERE state <> 'revoked'`:          0,
		} {
			if got := count(question); got != want {
				t.Errorf("%s: %d, want %d", question, got, want)
			}
		}
		if got := count(`SELECT COUNT(*) FROM box`); waited == 0 || strings.Contains(strings.Join(phases, " "), crowdSigns) == (got == boxes) {
			t.Errorf("%d boxes, %d before, through %v", got, boxes, phases)
		}
	}
	if got := strings.Join(phases, " "); got != crowdEnters+" "+crowdOrders {
		t.Errorf("who asked again went through %s", got)
	}
	database, err := db.Open(ctx, datadir.Dir(data).Database())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	if text, err := database.Meta(ctx, hub.MetaDemoApplicants); err != nil || strings.Count(text, arranged) != 1 {
		t.Errorf("the portal's sign-in page shows %d of the crowd: %v", strings.Count(text, arranged), err)
	}
	if err := database.Read(ctx, func(tx *db.Tx) error {
		funds, err := payment.Balance(ctx, tx, Start.AddDate(0, 0, 1).UnixMilli())
		sum := int64(0)
		for _, fen := range funds {
			sum += fen
		}
		if sum != 0 || funds[payment.Fees] == 0 {
			t.Errorf("the books: %v", funds)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
