package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/cashier"
	"zhunkao/provisioning/enrol"
)

// Options of Run.
type Options struct {
	// Campaign is the name of the examination that is played; "" is the adult one.
	Campaign string
	Bin      string // folder of the shipped programs
	Data     string // folder of the demonstration's data; made when missing
	Ports    Ports
	Out      io.Writer // what the person at the terminal reads
}

// answerWithin bounds the wait for a program to answer after its start.
const answerWithin = 60 * time.Second

// Run prepares what is missing, starts all and keeps it running until ctx ends.
func Run(ctx context.Context, o Options) error {
	if o.Campaign == "" {
		o.Campaign = Adult.Name
	}
	e, err := ExaminationOf(o.Campaign)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(o.Data)
	if err != nil {
		return err
	}
	l := Layout{Dir: dir}
	if err := o.Ports.Free(); err != nil {
		return err
	}
	release, err := l.Claim(e.Name)
	if err != nil {
		return err
	}
	defer release()
	say := func(format string, args ...any) { fmt.Fprintf(o.Out, "  "+format+"\n", args...) }
	say("data folder %s", l.Dir)
	accounts, err := prepare(ctx, e, l, o.Ports)
	if err != nil {
		return err
	}
	r := &runner{o: o, e: e, l: l, say: say}
	return r.run(ctx, accounts)
}

type runner struct {
	o    Options
	e    Examination
	l    Layout
	say  func(string, ...any)
	home *Home
	work sync.WaitGroup
	errs chan error
}

func (r *runner) run(ctx context.Context, accounts []Account) error {
	ctx, cancel := context.WithCancel(ctx)
	defer r.work.Wait()
	defer cancel()
	r.errs = make(chan error, 16)

	clock, err := r.clock(ctx)
	if err != nil {
		return err
	}
	defer clock.Close()
	hub, emulators, box, companies := r.programs()
	r.home = &Home{
		Examination: r.e,
		Ports:       r.o.Ports, Dir: r.l.Dir, Accounts: accounts, Programs: []*Process{hub, box, emulators, companies},
		Now: clock.Now, Move: clock.Move,
	}
	var others sync.WaitGroup
	r.home.Crowd = r.crowd(ctx, &others, hub)
	if err := r.serveHome(ctx, clock); err != nil {
		return err
	}

	// The box and the emulators end before the hub, as in an office at night.
	hubCtx, stopHub := context.WithCancel(context.WithoutCancel(ctx))
	r.work.Go(func() { <-ctx.Done() })
	defer func() { cancel(); others.Wait(); stopHub() }()
	r.start(ctx, &others, companies) // which sign with the hub: it is given their papers
	if err := r.answers(ctx, companies, r.o.Ports.Cashier(), "/"); err != nil {
		return err
	}
	r.start(hubCtx, &r.work, hub)
	if err := r.answers(ctx, hub, r.o.Ports.Hub(), "/gl"); err != nil {
		return err
	}
	if err := r.enrol(ctx); err != nil {
		return err
	}
	r.start(ctx, &others, emulators)
	if err := r.answers(ctx, emulators, r.o.Ports.Panel(), "/"); err != nil {
		return err
	}
	if err := r.namePrinter(ctx); err != nil {
		return err
	}
	r.start(ctx, &others, box)
	if err := r.answers(ctx, box, r.o.Ports.Kiosk(), "/"); err != nil {
		return err
	}
	r.home.Crowd.Open()
	r.tour(accounts)
	select {
	case <-ctx.Done():
		r.say("stopping …")
		return nil
	case err := <-r.errs:
		return err
	}
}

func (r *runner) clock(ctx context.Context) (*democlock.Clock, error) {
	ready := make(chan struct{})
	failed := make(chan error, 1)
	r.work.Go(func() {
		err := democlock.Serve(ctx, democlock.Options{
			Socket: r.l.Clock(), State: r.l.ClockState(), Start: r.e.Start, Closes: closes(r.e.rules()), Sites: r.e.sites, Numbering: r.e.numbering, Tickets: r.e.tickets, Results: r.e.results,
			Ready: func() { close(ready) },
		})
		if err != nil {
			failed <- err
			r.errs <- err
		}
	})
	select {
	case <-ready:
	case err := <-failed:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return democlock.Dial(ctx, r.l.Clock())
}

func (r *runner) programs() (hub, emulators, box, companies *Process) {
	changed := func() {
		if r.home != nil {
			r.home.Changed()
		}
	}
	p := r.o.Ports
	bin := func(name string) string { return filepath.Join(r.o.Bin, name) }
	hub = NewProcess("hub", bin("hubd"), r.l.Log("hub"), changed,
		"--data", r.l.Hub(), "--listen", p.Hub(), "--door", p.Door(), "--mqtt", p.MQTT(), "--demo-clock", r.l.Clock(), "--payments", cashier.Papers{Dir: r.l.Cashier()}.Payments(),
		"--password-days", "0") // whoever comes back next year finds the same sign-ins
	emulators = NewProcess("emulators", bin("hwemu"), r.l.Log("emulators"), changed,
		"--listen", p.Panel(), "--reader-link", r.l.Reader(), "--cards", r.l.Deck(), "--state", r.l.Emulators(), "--home", "http://"+p.Home()+"/",
		"--strip", "http://"+p.Home()+"/strip", "--panel-link", r.l.Board(), "--camera-listen", p.Camera(), "--printer-listen", p.Printer(), "--stick-link", r.l.Stick())
	args := []string{
		"run", "--data", r.l.Box(), "--listen", p.Kiosk(), "--desk", p.Desk(), "--reader", r.l.Reader(), "--demo-clock", r.l.Clock(),
		"--board", r.l.Board(), "--camera", "http://" + p.Camera() + "/stream", "--printer", "ipp://" + p.Printer() + "/ipp/print"}
	if os.Geteuid() == 0 { // a stick is mounted, which nobody else may; the panel says so
		args = append(args, "--stick", r.l.Stick(), "--stick-mount", r.l.StickMount())
	}
	box = NewProcess("box", bin("kioskd"), r.l.Log("box"), changed, args...)
	companies = NewProcess("cashier", bin("cashier"), r.l.Log("cashier"), changed,
		"--data", r.l.Cashier(), "--listen", p.Cashier(), "--notify", "http://"+p.Hub(), "--home", "http://"+p.Home()+"/", "--strip", "http://"+p.Home()+"/strip", "--demo-clock", r.l.Clock())
	return hub, emulators, box, companies
}

func (r *runner) start(ctx context.Context, group *sync.WaitGroup, p *Process) {
	r.say("starting %s", p.Name)
	group.Go(func() {
		if err := p.Run(ctx); err != nil {
			r.errs <- err
		}
	})
}

// enrol gives the box its identity the first time.
func (r *runner) enrol(ctx context.Context) error {
	done := r.l.in("enrolled")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.RemoveAll(r.l.Box()); err != nil {
		return err
	}
	if err := store.Create(r.l.Box(), store.Options{Demo: true}); err != nil {
		return err
	}
	err := enrol.Drive(ctx, enrol.Options{
		Hubctl: filepath.Join(r.o.Bin, "hubctl"), HubData: r.l.Hub(), Point: r.e.points[0].Code,
		Kioskd: filepath.Join(r.o.Bin, "kioskd"), BoxData: r.l.Box(), Say: r.say,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o600)
}

// namePrinter gives the county of the box the emulated printer the first time, so that it
// prints the papers of its sites there.
func (r *runner) namePrinter(ctx context.Context) error {
	done := r.l.in("printer-named")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, filepath.Join(r.o.Bin, "hubctl"), "--data", r.l.Hub(), "printer", "add", "--office", r.e.points[0].Division, "--name", words["printer"][0], "ipp://"+r.o.Ports.Printer()+"/ipp/print")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("demo: the printer of the county: %w: %s", err, out)
	}
	return os.WriteFile(done, nil, 0o600)
}

// answers waits until a program's page is served.
func (r *runner) answers(ctx context.Context, p *Process, addr, path string) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	client := http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode < http.StatusInternalServerError {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return ctx.Err()
			}
			return fmt.Errorf("%s did not answer within %s; the end of its log:\n%s", p.Name, answerWithin, tail(p.Log))
		case err := <-r.errs:
			return err
		case <-tick.C:
		}
	}
}

func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	const most = 1500
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return string(b)
}

func (r *runner) serveHome(ctx context.Context, clock *democlock.Clock) error {
	handler, err := r.home.Handler()
	if err != nil {
		return err
	}
	server := &http.Server{Addr: r.o.Ports.Home(), Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	r.work.Go(func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			r.errs <- err
		}
	})
	r.work.Go(func() {
		<-ctx.Done()
		_ = server.Close() // open streams must not hold up the end
	})
	r.work.Go(func() {
		for {
			changed := clock.Changed()
			select {
			case <-ctx.Done():
				return
			case <-changed:
				r.home.Changed()
			}
		}
	})
	return nil
}
