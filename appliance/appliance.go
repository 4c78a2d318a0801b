package appliance

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"zhunkao/appliance/browser"
	"zhunkao/appliance/clock"
	"zhunkao/appliance/health"
	"zhunkao/appliance/kiosk"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// Appliance is one box. New opens everything, Run works until its context
// ends, Close closes everything in the reverse order.
type Appliance struct {
	cfg     Config
	log     *slog.Logger
	started time.Time

	keys   *keystore.Store
	store  *store.Store
	signer crypto.Signer // signs every record; loaded once, a board's TPM is slow
	clock  *clock.Clock
	board  health.Board
	reader *idcard.Reader // nil when Config.Cards brings the events
	link   *link.Link
	kiosk  *kiosk.Kiosk
	devices
	listen net.Listener
	clerks            // the clerk's desk, if the box serves one
	toward *switching // training, or back

	loop *loop
}

// New opens a box in the order keys, store, clock, reader, link, screen. The
// address is taken here, so that a busy port is told at once. On error
// everything is closed again. Errors: those of Config.Check, ErrNotEnrolled,
// ErrNotDemo, ErrPortBusy, those of keystore.Open, store.ErrHeld,
// store.ErrWrongKey.
func New(cfg Config) (_ *Appliance, err error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	a := &Appliance{cfg: cfg, log: cfg.log(), started: time.Now(), toward: &switching{now: make(chan struct{})}}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if !store.Exists(cfg.Data) {
		return nil, ErrNotEnrolled
	}
	if a.keys, err = cfg.openKeys(); err != nil {
		return nil, err
	}
	if a.store, err = store.Open(cfg.Data, a.keys, store.Options{Log: a.log}); err != nil {
		return nil, err
	}
	if cfg.DemoClock != nil && !a.store.Demo() {
		return nil, ErrNotDemo
	}
	id, err := a.store.Identity()
	if errors.Is(err, store.ErrNotEnrolled) {
		return nil, ErrNotEnrolled
	} else if err != nil {
		return nil, err
	}
	if a.signer, err = a.keys.Signer(id.KeyName); err != nil {
		return nil, err
	}
	if err := a.openClock(); err != nil {
		return nil, err
	}
	if err := a.backFromTraining(); err != nil {
		return nil, err
	}
	if err := a.openedMeanwhile(); err != nil {
		return nil, err
	}
	a.loop = newLoop(a)
	if cfg.Cards == nil {
		if a.reader, err = idcard.New(readerOptions(cfg, a.log)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	if err := a.openDevices(); err != nil {
		return nil, err
	}
	if a.link, err = link.New(link.Options{
		Store: a.store, Keys: a.keys, Clock: a.clock, Events: a.loop.fromLink, Health: a.health,
		DeskNames: a.deskNames(), DeskPort: a.deskPort, Software: cfg.Software, Resend: cfg.Resend, MaxPause: cfg.MaxPause, Build: cfg.Build, Log: a.log,
	}); err != nil {
		return nil, err
	}
	if err := a.openScreen(); err != nil {
		return nil, err
	}
	if err := a.openDesk(id); err != nil {
		return nil, err
	}
	if err := a.openBrowser(); err != nil {
		return nil, err
	}
	if err := a.loop.begin(); err != nil || cfg.practice == nil || a.Training() {
		return a, err
	}
	return a, a.loop.tellTraining(cfg.practice.log.All)
}

func (a *Appliance) openClock() error {
	m, err := a.store.Memory()
	if err != nil {
		return err
	}
	now, mono := a.cfg.clocks()
	build := a.cfg.Build
	if a.cfg.DemoClock != nil {
		build = time.Time{} // the demonstration lives before this program was built
	}
	a.clock = clock.New(clock.Options{
		Wall: now, Mono: mono, Build: build, Boot: a.store.Boot(),
		Memory: clock.Memory{LastSeen: m.LastSeen.Time(), Agreed: m.Agreed.Time(), Tolerance: time.Duration(m.Tolerance) * time.Millisecond},
	})
	return nil
}

func (a *Appliance) openScreen() error {
	opt := kiosk.Options{Post: a.loop.post, Demo: a.store.Demo()}
	if opt.Demo {
		opt.MoveClock = a.moveClock
	}
	if a.camera != nil {
		opt.Preview = a.loop.preview
	}
	if a.cfg.Browser != "" {
		opt.Beat = browser.Script
	}
	var err error
	if a.listen, err = net.Listen("tcp", a.cfg.listen()); errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: %s", ErrPortBusy, a.cfg.listen())
	} else if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	opt.Listen = a.listen.Addr().String()
	a.kiosk = kiosk.New(opt)
	return nil
}

func (a *Appliance) moveClock(ctx context.Context, move string) error {
	if a.cfg.DemoClock == nil {
		return errors.New("appliance: this demonstration was started without its clock")
	}
	return a.cfg.DemoClock.Move(ctx, move)
}

// Run works until ctx ends, and returns ctx's error; or store.ErrBroken: then
// close, and open again. It must be called once.
func (a *Appliance) Run(ctx context.Context) error {
	workers := []worker{
		{health.DeviceLoop, a.loop.run},
		{health.DeviceScreen, a.serve},
		{"training", a.switched},
	}
	if !a.Training() { // nothing of it leaves the box
		workers = append(workers, worker{health.DeviceLink, a.link.Run})
	}
	if a.reader != nil {
		workers = append(workers, worker{health.DeviceIDCard, a.reader.Run})
	}
	workers = append(workers, a.devices.workers()...)
	if a.desk != nil {
		workers = append(workers, worker{health.DeviceDesk, a.serveDesk})
	}
	if a.desk != nil && a.prints != nil {
		workers = append(workers, worker{health.DeviceDesk, a.runPrints})
	}
	if a.neighbours != nil {
		workers = append(workers, worker{health.DeviceDesk, a.neighbours.Run})
	}
	if a.watchdog != nil {
		workers = append(workers, worker{health.DeviceWatch, a.watchScreenServed})
	}
	a.log.Info("box is working", "box", a.Box(), "screen", a.Addr(), "boot", a.store.Boot())
	err := supervise(ctx, a.log, &a.board, workers)
	a.loop.end()
	return err
}

// serve serves the screen. The listener stays open when it is started again.
func (a *Appliance) serve(ctx context.Context) error {
	srv := a.server(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Serve(keepOpen{a.listen}) }()
	a.board.Set(health.DeviceScreen, health.Ready, "")
	select {
	case err := <-done:
		return fmt.Errorf("screen: %w", err)
	case <-ctx.Done():
	}
	// The listener first: srv.Close waits for Serve, which is in Accept, and
	// keepOpen does not let it close the listener itself.
	return errors.Join(a.listen.Close(), srv.Close(), ignoreClosed(<-done))
}

// server bounds what a slow or hostile client can hold.
func (a *Appliance) server(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		// It would answer OPTIONS * past every check of ours.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext:                  func(net.Listener) context.Context { return ctx },
	}
}

// keepOpen is a listener that outlives the server that served it.
type keepOpen struct{ net.Listener }

// Close does nothing: Appliance closes the listener itself.
func (keepOpen) Close() error { return nil }

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close closes the box. Call it after Run has returned.
func (a *Appliance) Close() error {
	var errs []error
	if a.listen != nil {
		if err := a.listen.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if a.deskListen != nil {
		if err := a.deskListen.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if a.fonts != nil {
		errs = append(errs, a.fonts.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	if a.keys != nil {
		errs = append(errs, a.keys.Close())
	}
	if a.watchdog != nil {
		errs = append(errs, a.watchdog.Close()) // the last: until here a hang must reset the machine
	}
	return errors.Join(errs...)
}

// Addr is where the screen is served.
func (a *Appliance) Addr() string { return a.listen.Addr().String() }

// Box is the box's id.
func (a *Appliance) Box() protocol.BoxID {
	id, err := a.store.Identity()
	if err != nil {
		return ""
	}
	return id.Box()
}

// Demo reports whether the store was made by the demonstration.
func (a *Appliance) Demo() bool { return a.store.Demo() }

// Outbox says where the outbox stands, for a rehearsal.
func (a *Appliance) Outbox() (store.Outbox, error) { return a.store.Outbox() }

// Report says what opening the store found and mended.
func (a *Appliance) Report() store.Report { return a.store.Report() }

// health fills what the link's heartbeats say of this box.
func (a *Appliance) health() protocol.Heartbeat {
	onStick := a.stickHealth()
	free, _, err := a.store.Space()
	if err != nil {
		a.board.Set(health.DeviceStore, health.Fault, health.FaultNoSpace)
	}
	h := a.board.Heartbeat(free, a.started)
	h.Stick = onStick
	return h
}
