package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"zhunkao/appliance"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/democlock"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/rehearsal"
)

// start is the campaign's time when a ground is made: a day on which everybody
// may be confirmed anywhere.
var start = time.Date(2019, 9, 7, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60))

// rigWait bounds every wait for a process. It is generous because machines are
// slow; nothing is measured by it.
const rigWait = 90 * time.Second

// Ground is what simulations of one size stand on, one after the other: a hub
// with its people, and boxes that are enrolled and hold roster and campaign, as
// folders that each simulation copies; lines, addresses and the campaign's clock.
type Ground struct {
	size   Size
	dir    string
	people []synthetic.Person
	wires  []*wire
	hub    hubOrder
	real   time.Time // when the clock began

	ended  chan error
	cancel context.CancelFunc
}

// NewGround makes a ground below dir, whose path must be short: sockets lie in it.
func NewGround(ctx context.Context, dir string, size Size) (_ *Ground, err error) {
	g := &Ground{size: size, dir: dir, ended: make(chan error, 1)}
	clock, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	ready := make(chan struct{})
	g.real = time.Now()
	go func() {
		g.ended <- democlock.Serve(clock, democlock.Options{Socket: g.in("clock.sock"), State: g.in("clock.json"), Start: start,
			Closes: start.AddDate(0, 0, 5), Ready: func() { close(ready) }})
	}()
	select {
	case <-ready:
	case err := <-g.ended:
		cancel()
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close())
		}
	}()
	addrs, err := free(3)
	if err != nil {
		return nil, err
	}
	g.hub = hubOrder{Listen: addrs[0], Door: addrs[1], MQTT: addrs[2], Clock: g.in("clock.sock")}
	for range size.Points {
		w, err := newWire(g.hub.MQTT)
		if err != nil {
			return nil, err
		}
		g.wires = append(g.wires, w)
	}
	if err := g.seed(ctx); err != nil {
		return nil, err
	}
	return g, g.enrol(ctx)
}

// Close ends the clock and the lines.
func (g *Ground) Close() error {
	for _, w := range g.wires {
		w.close()
	}
	g.cancel()
	return <-g.ended
}

func (g *Ground) in(name string) string { return filepath.Join(g.dir, name) }

func point(i int) org.Point {
	d := []string{"430104", "430103", "430102", "430105", "430111"}[i%5]
	return org.Point{Code: fmt.Sprintf("%s%02d", d, 10+i/5), Name: fmt.Sprintf("第%d模拟确认点", i+1), Division: d, Contact: "模拟", Phone: "0731-55500000",
		Address: "模拟街1号", Medical: true, Minors: true, Boxes: 1, Open: true}
}

// seed makes the hub's folder: a campaign in force, points, and one person for
// each visit, registered at its point.
func (g *Ground) seed(ctx context.Context) error {
	d := datadir.Dir(g.in("hub"))
	if err := d.Create(); err != nil {
		return err
	}
	ring, err := keys.Open(d.Keys(), keys.Options{Create: true})
	if err != nil {
		return err
	}
	database, err := db.Open(ctx, d.Database())
	if err != nil {
		return err
	}
	defer database.Close()
	if err := database.MarkDemo(ctx); err != nil {
		return err
	}
	blobs, err := blob.Locate(ctx, database, d.Blobs(), "")
	if err != nil {
		return err
	}
	defer blobs.Close()
	rules := campaign.Adult2019()
	bundle, err := campaign.Encode(rules)
	if err != nil {
		return err
	}
	g.people = people(rules, g.size)
	now := func() time.Time { return start.Add(-time.Hour) }
	f := &flow.Flow{Candidates: candidate.New(ring, now), Keys: ring, Now: now}
	by := flow.By{Author: journal.Author{Kind: journal.ByOperator, ID: "simulator"}, Source: "simulator"}
	return database.Write(ctx, func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, start); err != nil {
			return err
		}
		for i := range g.size.Points {
			if err := f.CreatePoint(ctx, tx, point(i), by); err != nil {
				return err
			}
		}
		if _, err := f.Publish(ctx, tx, bundle, by); err != nil {
			return err
		}
		for _, p := range g.people {
			if err := f.Register(ctx, tx, p.Application, candidate.FromPortal, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// people are plain: nothing about them stops a box from serving them. Person i
// is registered at the point of the box whose visit she is in PlanOf.
func people(rules campaign.Campaign, size Size) []synthetic.Person {
	special := len(synthetic.CasesOf(rules)) // those with something of their own about them come first
	at := make([]synthetic.Point, special, special+size.people())
	for i := range at {
		p := point(0)
		at[i] = synthetic.Point{Code: p.Code, Division: p.Division}
	}
	for i := range size.people() {
		p := point(i / (size.Boxes * size.Visits))
		at = append(at, synthetic.Point{Code: p.Code, Division: p.Division})
	}
	return synthetic.Candidates(rules, 7, len(at), at...)[special:]
}

// name is that of a box.
func name(point, box int) string { return fmt.Sprintf("%d-%d", point, box) }

// enrol gives every box an identity, through the line of its point, and has it
// run until it holds roster and campaign.
func (g *Ground) enrol(ctx context.Context) error {
	for i := range g.size.Points {
		o := g.hub
		o.Data, o.Advertise = g.in("hub"), g.wires[i].addr()
		h := &process{part: childHub, log: g.in("hub.log")}
		if err := h.start(o); err != nil {
			return err
		}
		err := g.enrolPoint(ctx, h, i)
		if err := errors.Join(err, h.stop()); err != nil {
			log, _ := os.ReadFile(h.log)
			return fmt.Errorf("enrol point %d: %w\n%s", i, err, tail(log))
		}
	}
	return nil
}

func (g *Ground) enrolPoint(ctx context.Context, h *process, i int) error {
	if err := answers(ctx, h, g.hub.Listen); err != nil {
		return err
	}
	o := crewOrder{Start: start, Real: g.real}
	for b := range g.size.Boxes {
		var t struct{ Ticket string }
		if err := ask(ctx, datadir.Dir(g.in("hub")).Socket(), "/ticket", map[string]string{"point": point(i).Code}, &t); err != nil {
			return err
		}
		ticket, err := protocol.ParseTicket(t.Ticket)
		if err != nil {
			return err
		}
		data := g.in("box-" + name(i, b))
		if _, err := appliance.Enrol(ctx, appliance.Enrolment{Data: data, KeyStore: keystore.KindFile, Ticket: ticket, Log: slog.New(slog.DiscardHandler)}); err != nil {
			return err
		}
		o.Boxes = append(o.Boxes, boxOrder{Name: name(i, b), Data: data})
	}
	crew := &process{part: childCrew, log: g.in("crew.log")}
	if err := crew.start(o); err != nil {
		return err
	}
	err := rehearsal.Until(ctx, rigWait, func() error {
		if err := errors.Join(crew.dead(), h.dead()); err != nil {
			return rehearsal.Stop(err)
		}
		return g.ready(ctx, i)
	})
	return errors.Join(err, crew.stop())
}

// ready says whether the boxes of a point have told the hub that they hold what
// they need.
func (g *Ground) ready(ctx context.Context, i int) error {
	newest, err := g.newest(ctx)
	if err != nil {
		return err
	}
	var boxes []fleet.Box
	if err := ask(ctx, datadir.Dir(g.in("hub")).Socket(), "/boxes", nil, &boxes); err != nil {
		return err
	}
	n := 0
	for _, b := range boxes {
		if b.Point == point(i).Code && b.Marks.Campaign > 0 && b.Marks.Roster >= newest {
			n++
		}
	}
	if n < g.size.Boxes {
		return fmt.Errorf("%d of %d boxes have what they need", n, g.size.Boxes)
	}
	return nil
}

// newest is the newest version of the roster: the number of the last application
// in the journal.
func (g *Ground) newest(ctx context.Context) (n uint64, err error) {
	d, err := db.Open(ctx, datadir.Dir(g.in("hub")).Database())
	if err != nil {
		return 0, err
	}
	defer d.Close()
	err = d.Read(ctx, func(tx *db.Tx) error {
		var sealed int
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0), COUNT(number) FROM journal_entry WHERE act = $1`, string(journal.ApplicationRegistered)).Scan(&n, &sealed); err != nil {
			return err
		}
		if sealed < len(g.people) {
			return fmt.Errorf("%d of %d applications are sealed", sealed, len(g.people))
		}
		return nil
	})
	return n, err
}

// ask speaks to the operator's socket of a hub; a nil body asks with GET.
func ask(ctx context.Context, socket, path string, body, answer any) error {
	client := http.Client{Timeout: rigWait, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	defer client.CloseIdleConnections()
	method, in := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		var err error
		if in, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://hub"+path, bytes.NewReader(in))
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(answer)
}

// answers waits until the pages of the hub answer.
func answers(ctx context.Context, h *process, addr string) error {
	client := http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	return rehearsal.Until(ctx, rigWait, func() error {
		if err := h.dead(); err != nil {
			return rehearsal.Stop(err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
		if err != nil {
			return rehearsal.Stop(err)
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		return res.Body.Close()
	})
}

// free finds n free addresses on a loopback address of the ground's own: while a
// hub is away, no other program takes its ports.
func free(n int) ([]string, error) {
	own := fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(250), rand.IntN(250), 2+rand.IntN(250))
	var out []string
	for range n {
		l, err := net.Listen("tcp", own)
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out = append(out, l.Addr().String())
	}
	return out, nil
}

// tail is the end of a log.
func tail(b []byte) []byte { return b[max(0, len(b)-4000):] }

// chips are the cards of the people, for the search of logs.
func (g *Ground) chips() []form.Chip {
	out := make([]form.Chip, len(g.people))
	for i, p := range g.people {
		out[i] = p.Chip
	}
	return out
}
