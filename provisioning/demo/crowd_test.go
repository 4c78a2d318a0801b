package demo

import (
	"context"
	"net"
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
// that were lent are retired; and who asks again changes nothing.
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

	const size = 20
	var phases []string
	gather := func() error {
		phases = nil
		return Gather(ctx, Gathering{Hub: hub.Config{Data: data, Listen: pages, Door: "127.0.0.1:0", MQTT: "127.0.0.1:0", DemoClock: socket, Payments: cashier.Papers{Dir: companies}.Payments()},
			Campaign: campaign.Adult2019().ID, Start: Start, Telephone: "http://" + phone, Size: size, Say: func(phase string, _, _ int) {
				if len(phases) == 0 || phases[len(phases)-1] != phase {
					phases = append(phases, phase)
				}
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
	for range 2 {
		if err := gather(); err != nil {
			t.Fatal(err)
		}
		for question, want := range map[string]int{
			`SELECT COUNT(*) FROM application`:                           before + size,
			`SELECT COUNT(*) FROM confirmation WHERE state = 'in-force'`: size,
			`SELECT COUNT(*) FROM quarantine`:                            0,
			`SELECT COUNT(*) FROM payment_order WHERE state = 'paid'`:    size,
			`SELECT COUNT(*) FROM box WHERE state = 'revoked'`:           len(share),
			`SELECT COUNT(*) FROM box`:                                   len(share),
		} {
			if got := count(question); got != want {
				t.Errorf("%s: %d, want %d", question, got, want)
			}
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
