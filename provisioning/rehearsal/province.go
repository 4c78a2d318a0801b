package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hub/datadir"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/democlock"
	"zhunkao/protocol/window"
	"zhunkao/provisioning/demo"
)

// Province is one hub, its boxes, and the campaign's clock, in a folder.
type Province struct {
	Bin string // folder of the shipped programs
	Dir string

	hubs      []*hubd  // the first is the one that is asked
	database  string   // URL
	mqtt      string   // where boxes find the broker
	broker    *program // of several hubs; nil when the hub has its own
	boxes     map[string]*Box
	cards     []demo.Card
	accounts  []demo.Account
	clock     *democlock.Clock
	companies *program        // the payment companies; nil without them
	telephone *Telephone      // nil without them
	ctx       context.Context // of the clocks, until cancel
	cancel    context.CancelFunc
	served    []chan error      // of the clocks
	disks     map[string]string // mounted for boxes, by their names
	late      time.Duration     // see Ground
}

// Wait bounds every expectation of a story. It is generous because machines
// are slow; nothing is measured by it.
const Wait = 2 * time.Minute

// Open makes a fresh province with the demonstration's people in dir, on SQLite
// and with one hub. The hub is not started.
func Open(ctx context.Context, bin, dir string) (*Province, error) {
	return OpenOn(ctx, bin, dir, Ground{})
}

// OpenOn is Open on other ground.
func OpenOn(ctx context.Context, bin, dir string, g Ground) (*Province, error) {
	p := &Province{Bin: bin, Dir: dir, boxes: map[string]*Box{}, disks: map[string]string{}, database: g.Database, late: g.Late}
	if p.database == "" {
		p.database = datadir.Dir(p.in("hub")).Database()
	}
	var err error
	if p.accounts, p.cards, err = demo.SeedIn(ctx, p.in("hub"), p.database, ""); err != nil {
		return nil, err
	}
	if err := p.lay(g); err != nil {
		return nil, err
	}
	p.Inject("")
	return p, p.startClock()
}

func (p *Province) in(name ...string) string {
	return filepath.Join(append([]string{p.Dir}, name...)...)
}

func (p *Province) startClock() error {
	ctx, cancel := context.WithCancel(context.Background())
	p.ctx, p.cancel = ctx, cancel
	if err := p.serveClock(ctx, p.in("clock"), demo.Start); err != nil {
		return err
	}
	var err error
	p.clock, err = democlock.Dial(ctx, p.in("clock.sock"))
	return err
}

// serveClock serves a clock at at.sock that begins at start.
func (p *Province) serveClock(ctx context.Context, at string, start time.Time) error {
	var closes time.Time
	for _, w := range campaign.Adult2019().Windows {
		if w.Step == window.Confirm && w.To.After(closes) {
			closes = w.To
		}
	}
	ready, served := make(chan struct{}), make(chan error, 1)
	go func() {
		served <- democlock.Serve(ctx, democlock.Options{Socket: at + ".sock", State: at + ".json",
			Start: start, Closes: closes.Add(p.late), Ready: func() { close(ready) }})
	}()
	select {
	case <-ready:
		p.served = append(p.served, served)
		return nil
	case err := <-served:
		return fmt.Errorf("clock: %w", err)
	}
}

// Close stops everything. It reports programs that ended badly.
func (p *Province) Close() error {
	var errs []error
	for _, b := range p.boxes {
		errs = append(errs, b.close())
	}
	errs = append(errs, p.StopHub())
	if p.broker != nil {
		errs = append(errs, p.broker.kill())
	}
	if p.companies != nil {
		errs = append(errs, p.companies.stop())
	}
	errs = append(errs, p.clock.Close())
	p.cancel()
	for _, disk := range p.disks {
		errs = append(errs, unix.Unmount(disk, unix.MNT_DETACH))
	}
	for _, served := range p.served {
		errs = append(errs, <-served)
	}
	return errors.Join(errs...)
}

// Logs are the ends of all logs, for a story that failed: those of the hubs last,
// and after them which programs have ended by themselves.
func (p *Province) Logs() string {
	var b strings.Builder
	var all []*program
	for _, box := range p.boxes {
		all = append(all, box.run)
	}
	if p.broker != nil {
		all = append(all, p.broker)
	}
	if p.companies != nil {
		all = append(all, p.companies)
	}
	for _, h := range p.hubs {
		all = append(all, h.program)
	}
	for _, prog := range all {
		b.WriteString(prog.tail())
	}
	for _, prog := range all {
		if err := prog.dead(); err != nil {
			fmt.Fprintf(&b, "!!! %v\n", err)
		}
	}
	return b.String()
}

// LogFiles are all that the programs have written, by path.
func (p *Province) LogFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	var programs []*program
	for _, h := range p.hubs {
		programs = append(programs, h.program)
	}
	for _, b := range p.boxes {
		programs = append(programs, b.run)
	}
	for _, prog := range programs {
		b, err := os.ReadFile(prog.log)
		if err != nil {
			return nil, err
		}
		out[prog.log] = b
	}
	return out, nil
}

// Inject has the next start of the first hub run under strace with a fault, such as
// "fdatasync:signal=SIGKILL:when=3"; "" ends that.
func (p *Province) Inject(fault string) {
	h := p.hubs[0]
	h.path, h.program.args = filepath.Join(p.Bin, "hubd"), h.args
	if fault == "" {
		return
	}
	call, _, _ := strings.Cut(fault, ":")
	h.program.args = append([]string{"-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", "inject=" + fault, h.path}, h.args...)
	h.path = "strace"
}

// HubDied reports whether the first hub has ended by itself.
func (p *Province) HubDied() bool { return p.hubs[0].dead() != nil }

// HubData is the data folder of the first hub.
func (p *Province) HubData() string { return p.hubs[0].data }

// MQTT is where boxes find the broker; HubAddr where the first hub's pages are.
func (p *Province) MQTT() string { return p.mqtt }

// HubAddr is the host and port of the first hub's pages.
func (p *Province) HubAddr() string { return p.hubs[0].addr }

// MoveClock moves the campaign's clock: see democlock.
func (p *Province) MoveClock(ctx context.Context, move string) error { return p.clock.Move(ctx, move) }

// LoseBroker throws away all that the hub's broker remembers; the hub must not
// run. A broker of its own is killed, and begins anew with nothing.
func (p *Province) LoseBroker() error {
	if p.hubs[0].running() {
		return errors.New("stop the hub before its broker loses its memory")
	}
	if p.broker != nil {
		return errors.Join(p.broker.kill(), p.broker.start())
	}
	return os.RemoveAll(datadir.Dir(p.in("hub")).Broker())
}

// answers polls url until it is served, the program died, or the time is up.
func answers(ctx context.Context, prog *program, url string) error {
	return answersBy(ctx, prog, url, nil)
}

// answersBy is answers by a way of one's own, nil for the usual one.
func answersBy(ctx context.Context, prog *program, url string, way http.RoundTripper) error {
	client := http.Client{Transport: way, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	return Until(ctx, Wait, func() error {
		if err := prog.dead(); err != nil {
			return Stop(err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return Stop(err)
		}
		res, err := client.Do(req)
		if err != nil {
			return err
		}
		res.Body.Close()
		if res.StatusCode >= http.StatusInternalServerError {
			return fmt.Errorf("%s answers %s", prog.name, res.Status)
		}
		return nil
	})
}

// stopError ends Until at once.
type stopError struct{ error }

// Stop wraps an error that no further try can mend.
func Stop(err error) error { return stopError{err} }

// Until tries f every 50 ms until it returns nil, Stop, or the time is up; it
// returns f's last error.
func Until(ctx context.Context, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		var stop stopError
		if err == nil {
			return nil
		} else if errors.As(err, &stop) {
			return stop.error
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("within %s: %w", limit, err)
		case <-tick.C:
		}
	}
}

// The ports of provinces: none that a machine gives to whoever asks for any, so that
// nobody has it while a program of ours is stopped.
const firstPort, ports = 10_000, 10_000

// tried counts the ports that were tried, from the first one of this run: no two
// provinces of a run get the same.
var (
	tried atomic.Uint32
	first = rand.Uint32N(ports)
)

// freeAddrs finds n free loopback addresses. Another program could take one
// before ours does; the story then fails with that program's own sentence.
func freeAddrs(n int) (out []string, err error) {
	for range ports {
		if len(out) == n {
			return out, nil
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", firstPort+(first+tried.Add(1))%ports))
		if errors.Is(err, unix.EADDRINUSE) {
			continue
		}
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out = append(out, l.Addr().String())
	}
	return nil, errors.New("no port is free")
}
