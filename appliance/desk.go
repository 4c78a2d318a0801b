package appliance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/health"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// clerks is the clerk's desk of a box that serves one; desk is nil otherwise.
type clerks struct {
	desk       *desk.Desk
	neighbours *neighbour.Net // nil without any
	deskListen net.Listener
	status     atomic.Pointer[desk.Status] // as the loop last said
	shown      desk.Status                 // … and what open pages were told of; the loop's
	lent       atomic.Pointer[form.Chip]   // of the card that lies there, while the screen says that she is not registered
	attended   atomic.Pointer[string]      // the application of the visit whose help somebody attends
}

// deskLocal reports whether the desk is served on this machine only.
func (c Config) deskLocal() bool {
	host, _, err := net.SplitHostPort(c.Desk)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// checkDesk refuses a desk that could not be reached safely. Whether the hub
// certifies the names is known only with the box's id: see openDesk.
func (c Config) checkDesk() error {
	if c.Desk == "" {
		if len(c.DeskNames) > 0 {
			return fmt.Errorf("%w: names for a desk that is not served", ErrConfig)
		}
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Desk); err != nil {
		return fmt.Errorf("%w: %q is no host:port for the desk", ErrConfig, c.Desk)
	}
	if c.deskLocal() != (len(c.DeskNames) == 0) {
		return fmt.Errorf("%w: a desk on the network needs the names clerks open it by, and one on this machine has none", ErrConfig)
	}
	return nil
}

// deskNames is what the hub is asked to certify.
func (a *Appliance) deskNames() []string { return a.cfg.DeskNames }

// openDesk takes the desk's address and makes the desk.
func (a *Appliance) openDesk(id store.Identity) (err error) {
	if a.cfg.Desk == "" {
		return nil
	}
	if len(a.cfg.DeskNames) > protocol.MaxDeskNames {
		return fmt.Errorf("%w: at most %d names for the desk", ErrConfig, protocol.MaxDeskNames)
	}
	for _, n := range a.cfg.DeskNames {
		if !protocol.DeskNameAllowed(id.Box(), n) {
			return fmt.Errorf("%w: the hub certifies no desk as %q: a private address, or %s.local", ErrConfig, n, id.Box())
		}
	}
	if a.deskListen, err = net.Listen("tcp", a.cfg.Desk); errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: %s", ErrPortBusy, a.cfg.Desk)
	} else if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	opt := desk.Options{
		Store: a.store, Loopback: a.cfg.deskLocal(), Hosts: a.cfg.DeskNames, Demo: a.store.Demo(), Fonts: a.fonts, Log: a.log,
		Status: a.deskStatus, Now: a.clock.Now, Real: a.codeTime, Void: a.loop.void, Review: a.loop.review, Present: a.present, Coming: func(ctx context.Context) error { return a.loop.post(ctx, visit.HelpComing{}) },
	}
	opt.Lent = a.loop.lend
	opt.CaseLooked, opt.Report = a.loop.caseLooked, a.loop.report
	if !opt.Loopback {
		opt.CA = id.Grant.CA
		if _, port, err := net.SplitHostPort(a.deskListen.Addr().String()); err == nil && port != "443" {
			opt.Port = ":" + port
		}
	}
	if a.Training() {
		opt.EndTraining, opt.Rehearse, opt.Drills = a.loop.endTraining, a.loop.rehearse, a.drills
	} else {
		opt.Train = a.loop.train
		opt.Unsealed = func() int { return int(a.loop.unsealed.Load()) }
	}
	if a.reader != nil || a.cfg.Cards != nil {
		opt.OwnCard = a.loop.ownCard
		if !a.Training() { // there it would be forgotten with the practice
			opt.BindCard = a.loop.bindCard
		}
	}
	if a.printer != nil {
		opt.Printing = a.printQueue()
		if err := a.store.ResumePrints(desk.WhyRestart); err != nil {
			return err
		}
	}
	opt.Queueing = a.loop.queueing()
	if err := a.openNeighbours(id, &opt); err != nil {
		return err
	}
	opt.Asking = desk.Asking{Open: a.loop.openAsked, Decide: a.loop.decideAsked}
	if a.camera != nil {
		opt.Picture, opt.Papers = a.loop.picture, a.loop.papers
	}
	if a.stick != nil {
		opt.Stick = a.stick.State
	}
	if a.desk, err = desk.New(opt); err == nil && a.prints != nil {
		a.prints.line.Changed = a.desk.Changed
	}
	return errors.Join(err, a.setNeighbours())
}

// deskPort is the port of the desk on the network of the point; 0 if there is none.
func (a *Appliance) deskPort() uint16 {
	if a.deskListen == nil || a.cfg.deskLocal() {
		return 0
	}
	at, ok := a.deskListen.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return uint16(at.Port)
}

// codeTime is the time for one-time codes. In a demonstration that is real
// time, for telephones do not live in 2019.
func (a *Appliance) codeTime() time.Time {
	if a.cfg.DemoClock != nil {
		return time.Now()
	}
	return a.clock.Now()
}

// serveDesk serves the desk. The listener stays open when it is started again.
func (a *Appliance) serveDesk(ctx context.Context) error {
	srv := a.server(ctx)
	srv.Handler = a.desk.Handler()
	srv.WriteTimeout = 2 * time.Minute // but for the stream, which moves its own
	listen := net.Listener(keepOpen{a.deskListen})
	if !a.cfg.deskLocal() {
		conf := a.desk.TLS()
		if a.neighbours != nil {
			conf, srv.Handler = a.neighbours.TLS(conf), a.neighbours.Handler(srv.Handler)
		}
		listen = tls.NewListener(listen, conf)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(listen) }()
	a.board.Set(health.DeviceDesk, health.Ready, "")
	select {
	case err := <-done:
		return fmt.Errorf("desk: %w", err)
	case <-ctx.Done():
	}
	return errors.Join(a.deskListen.Close(), srv.Close(), ignoreClosed(<-done))
}

// DeskAddr is where the desk is opened, "" if the box serves none.
func (a *Appliance) DeskAddr() string {
	switch {
	case a.desk == nil:
		return ""
	case a.cfg.deskLocal():
		return "http://" + a.deskListen.Addr().String() + "/"
	}
	_, port, _ := net.SplitHostPort(a.deskListen.Addr().String()) // an address that is listened on
	return "https://" + net.JoinHostPort(a.cfg.DeskNames[0], port) + "/"
}

func (a *Appliance) deskStatus() desk.Status {
	if s := a.status.Load(); s != nil {
		return *s
	}
	return desk.Status{}
}

// present is the application of the visit whose call for help somebody attends.
func (c *clerks) present() string {
	if p := c.attended.Load(); p != nil {
		return *p
	}
	return ""
}

// publish tells the desk how the box is: what is shown, never whose.
func (l *loop) publish() {
	if l.desk == nil {
		return
	}
	s := desk.Status{
		Box: l.Box(), Point: l.point, Screen: l.state.Screen(), Visiting: l.state.Phase >= visit.PhaseFound, Visit: l.state.Visit, OnPapers: l.state.OnPapers(),
		Ask: l.state.Ask(), AskVisit: l.state.Visit,
		Blocked: l.state.Machine.Blocked, Linked: l.linked, Certain: l.clock.Certain(), Devices: l.board.Heartbeat(0, l.started).Devices,
		Help: !l.help.IsZero(), HelpAt: l.help, Coming: l.state.Coming,
	}
	if l.campaign != nil {
		s.Campaign, s.Rules = l.campaign.Zh, l.campaign
	}
	if why, since := l.board.Blocked(); why != "" {
		s.Since = since.Time()
	}
	s.Alone, _ = l.aloneLikely() // a store that cannot be read shows in Blocked
	if u, err := l.store.Usage(); err == nil {
		s.Disk = u.Disk
	}
	l.status.Store(&s)
	l.lent.Store(l.lendable())
	attended := ""
	if l.state.Over == visit.OverHelp && l.state.Coming {
		attended = l.state.Found.Application.ID
	}
	l.attended.Store(&attended)
	if old := l.shown; old.Screen != s.Screen || old.Help != s.Help || old.Coming != s.Coming || old.OnPapers != s.OnPapers || old.Ask != s.Ask || old.Linked != s.Linked ||
		old.Blocked != s.Blocked || old.Certain != s.Certain || old.Since != s.Since || !slices.Equal(old.Devices, s.Devices) {
		l.shown = s
		l.desk.Changed()
	}
}

// printTrust has the sheet about trust printed, when the desk gets its first
// certificate: without it nobody can open the desk to print it.
func (l *loop) printTrust() {
	if l.desk == nil || l.printer == nil {
		return
	}
	if _, err := l.askPrint(store.Print{Kind: store.PrintTrust, At: protocol.TimeOf(l.clock.Now())}); err != nil {
		l.log.Error("the sheet about trust is not promised; the desk prints it", "err", err)
	}
}
