package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

	hub      *program
	args     []string // of the hub
	addr     string   // of the hub's pages
	boxes    map[string]*Box
	cards    []demo.Card
	accounts []demo.Account
	clock    *democlock.Clock
	ctx      context.Context // of the clocks, until cancel
	cancel   context.CancelFunc
	served   []chan error      // of the clocks
	disks    map[string]string // mounted for boxes, by their names
}

// Wait bounds every expectation of a story. It is generous because machines
// are slow; nothing is measured by it.
const Wait = 45 * time.Second

// Open makes a fresh province with the demonstration's people in dir. The hub
// is not started.
func Open(ctx context.Context, bin, dir string) (*Province, error) {
	p := &Province{Bin: bin, Dir: dir, boxes: map[string]*Box{}, disks: map[string]string{}}
	var err error
	if p.accounts, p.cards, err = demo.Seed(ctx, p.in("hub")); err != nil {
		return nil, err
	}
	addrs, err := freeAddrs(3)
	if err != nil {
		return nil, err
	}
	p.addr = addrs[0]
	p.args = []string{"--data", p.in("hub"), "--listen", addrs[0], "--door", addrs[1], "--mqtt", addrs[2], "--demo-clock", p.in("clock.sock")}
	p.hub = &program{name: "hubd", log: p.in("hub.log")}
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
			Start: start, Closes: closes, Ready: func() { close(ready) }})
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
	errs = append(errs, p.hub.stop(), p.clock.Close())
	p.cancel()
	for _, disk := range p.disks {
		errs = append(errs, unix.Unmount(disk, unix.MNT_DETACH))
	}
	for _, served := range p.served {
		errs = append(errs, <-served)
	}
	return errors.Join(errs...)
}

// Logs are the ends of all logs, for a story that failed.
func (p *Province) Logs() string {
	var b strings.Builder
	b.WriteString(p.hub.tail())
	for _, box := range p.boxes {
		b.WriteString(box.run.tail())
	}
	return b.String()
}

// LogFiles are all that the programs have written, by path.
func (p *Province) LogFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	programs := []*program{p.hub}
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

// StartHub starts the hub and waits until its pages answer.
func (p *Province) StartHub(ctx context.Context) error {
	if err := p.hub.start(); err != nil {
		return err
	}
	return answers(ctx, p.hub, "http://"+p.addr+"/gl")
}

// StopHub ends the hub in order; KillHub is its power cut.
func (p *Province) StopHub() error { return p.hub.stop() }

// KillHub ends the hub as a power cut would, and returns when its data folder
// is free again: under Inject the hub is a grandchild, which nobody waits for.
func (p *Province) KillHub(ctx context.Context) error {
	if err := p.hub.kill(); err != nil {
		return err
	}
	return Until(ctx, Wait, func() error {
		lock, err := datadir.Dir(p.HubData()).Lock()
		if err != nil {
			return err
		}
		return lock.Release()
	})
}

// Inject has the next start of the hub run under strace with a fault, such as
// "fdatasync:signal=SIGKILL:when=3"; "" ends that.
func (p *Province) Inject(fault string) {
	p.hub.path, p.hub.args = filepath.Join(p.Bin, "hubd"), p.args
	if fault == "" {
		return
	}
	call, _, _ := strings.Cut(fault, ":")
	p.hub.args = append([]string{"-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", "inject=" + fault, p.hub.path}, p.args...)
	p.hub.path = "strace"
}

// HubDied reports whether the hub has ended by itself.
func (p *Province) HubDied() bool { return p.hub.dead() != nil }

// HubData is the hub's data folder.
func (p *Province) HubData() string { return p.in("hub") }

// MQTT is where the hub's broker listens; HubAddr where its pages are.
func (p *Province) MQTT() string { return p.args[slices.Index(p.args, "--mqtt")+1] }

// HubAddr is the host and port of the hub's pages.
func (p *Province) HubAddr() string { return p.addr }

// MoveClock moves the campaign's clock: see democlock.
func (p *Province) MoveClock(ctx context.Context, move string) error { return p.clock.Move(ctx, move) }

// LoseBroker throws away all that the hub's broker remembers; the hub must not run.
func (p *Province) LoseBroker() error {
	if p.hub.running() {
		return errors.New("stop the hub before its broker loses its memory")
	}
	return os.RemoveAll(datadir.Dir(p.in("hub")).Broker())
}

// answers polls url until it is served, the program died, or the time is up.
func answers(ctx context.Context, prog *program, url string) error {
	client := http.Client{Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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

// freeAddrs finds n free loopback addresses. Another program could take one
// before ours does; the story then fails with that program's own sentence.
func freeAddrs(n int) ([]string, error) {
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out = append(out, l.Addr().String())
	}
	return out, nil
}
