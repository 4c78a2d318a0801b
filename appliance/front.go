package appliance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/panel"
	"zhunkao/hw/watchdog"
	"zhunkao/protocol"
)

// The front of the box: lamps, buttons, contacts; and its watchdog.

// openFront makes the drivers of panel and watchdog.
func (a *Appliance) openFront() (err error) {
	if !a.cfg.Panel.Empty() {
		known, err := a.store.Latches()
		if err != nil {
			return err
		}
		opt := panel.Options{Wiring: a.cfg.Panel, Save: a.saveLatch, Log: a.log}
		for _, l := range known {
			opt.Known = append(opt.Known, panel.Latch{Contact: panel.Contact(l.Contact), Open: l.Open, Count: l.Count, At: l.At.Time(), AtStart: l.AtStart})
		}
		if a.panel, err = panel.New(opt); err != nil {
			return fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	if a.cfg.Watchdog == "" {
		return nil
	}
	a.watchdog, err = watchdog.New(watchdog.Options{Path: a.cfg.Watchdog, Loops: map[string]time.Duration{
		// A write to flash may stand for ten seconds (watchdog.FlashStall).
		watchLoop: 30 * time.Second, watchStore: 30 * time.Second, watchScreen: 45 * time.Second,
	}})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	i := a.watchdog.Info()
	a.log.Info("watchdog is armed", "identity", i.Identity, "timeout", i.Timeout, "last_start", i.Cause)
	return nil
}

// What the watchdog supervises.
const (
	watchLoop   = "loop"   // the loop that owns the visit
	watchStore  = "store"  // the store answers
	watchScreen = "screen" // the screen is served
)

// alive reports a loop to the watchdog, if there is one.
func (a *Appliance) alive(name string) {
	if a.watchdog != nil {
		a.watchdog.Report(name)
	}
}

// watchScreenServed fetches the page as the browser does, again and again. The
// first that comes is when the program works: systemd waits to be told.
func (a *Appliance) watchScreenServed(ctx context.Context) error {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	told := false
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodHead, "http://"+a.Addr()+"/", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				a.alive(watchScreen)
				told = told || a.sayReady()
			}
		} // one that does not answer is what the watchdog is for
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// sayReady tells who started this program that it works, and reports whether
// that was heard.
func (a *Appliance) sayReady() bool {
	if err := a.watchdog.Ready(); err != nil {
		a.log.Error("systemd cannot be told that the box works", "err", err)
		return false
	}
	return true
}

func (a *Appliance) saveLatch(l panel.Latch) error {
	return a.store.SaveLatch(store.Latch{Contact: string(l.Contact), Open: l.Open, Count: l.Count, At: protocol.TimeOf(l.At), AtStart: l.AtStart})
}

// panelTold translates what the panel says.
func (l *loop) panelTold(e panel.Event) {
	switch e := e.(type) {
	case panel.Ready:
		l.deviceNow(health.DevicePanel, health.Ready, "")
		for c, open := range e.Open {
			l.contact(c, open)
		}
	case panel.Lost:
		l.deviceNow(health.DevicePanel, health.Absent, word(e.Err))
	case panel.Pressed:
		switch e.Button {
		case panel.ButtonHelp:
			l.step(visit.Pressed{Visit: l.state.Visit, Turn: l.state.Turn, Button: visit.ButtonHelp})
		case panel.ButtonStaff:
			l.log.Info("the staff's button was pressed", "screen", string(l.state.Screen()))
			l.step(visit.StaffEscape{})
		}
	case panel.Opened:
		l.log.Warn("a contact opened", "contact", string(e.Contact), "count", e.Count, "found_at_start", e.AtStart)
		l.contact(e.Contact, true)
	case panel.Closed:
		l.log.Info("a contact closed", "contact", string(e.Contact))
		l.contact(e.Contact, false)
	}
}

// contact tells the hub of a door or case that stands open.
func (l *loop) contact(c panel.Contact, open bool) {
	if open {
		l.deviceNow(string(c), health.Fault, health.FaultOpen)
		if c == panel.ContactTamper {
			l.block()
			l.openedInTraining()
		}
		return
	}
	l.deviceNow(string(c), health.Ready, "")
	if c == panel.ContactTamper {
		l.block() // shut again is not whole: two persons look at it, see freeze.go
	}
}

// openedInTraining ends a training whose case is opened: only the real box tells
// the hub, and stops.
func (l *loop) openedInTraining() {
	if !l.Training() {
		return
	}
	if err := l.endTraining(l.running); err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("a case was opened in training, and the training goes on", "err", err)
	}
}

// lamps shows on the front what the screen shows: for who stands beside it, and
// for who looks across the room.
func (l *loop) lamps() {
	if l.panel == nil {
		return
	}
	m := l.state.Machine
	reader, fault := panel.Off, panel.Off
	switch {
	case m.CardOn:
		reader = panel.On
	case l.state.Phase == visit.PhaseIdle && !m.ReaderDown && m.Blocked == visit.BlockNone:
		reader = panel.Blink
	}
	if m.ReaderDown || m.Blocked != visit.BlockNone || m.Printer.Fitted && (m.Printer.Down || m.Printer.Need != "") || m.Camera == visit.CameraLost {
		fault = panel.On
	}
	l.panel.Set(panel.LampReader, reader)
	l.panel.Set(panel.LampOK, panel.On)
	l.panel.Set(panel.LampFault, fault)
}

// helpLamp calls the staff from across the room.
func (l *loop) helpLamp(called bool) {
	if l.panel == nil {
		return
	}
	p := panel.Off
	if called {
		p = panel.Blink
	}
	l.panel.Set(panel.LampHelp, p)
}

// watched takes down what the watchdog says: a starving loop is the last line
// before the reset.
func (l *loop) watched(e watchdog.Event) {
	switch e := e.(type) {
	case watchdog.Started:
		l.deviceNow(health.DeviceWatchdog, health.Ready, "")
	case watchdog.Starving:
		l.log.Error("a loop hangs; the machine will be reset", "loop", e.Loop, "silent", e.Silent)
		l.deviceNow(health.DeviceWatchdog, health.Fault, health.FaultHangs)
	case watchdog.Recovered:
		l.log.Warn("a loop goes on", "loop", e.Loop)
		l.deviceNow(health.DeviceWatchdog, health.Ready, "")
	case watchdog.Failed:
		l.log.Error("the watchdog cannot be fed", "err", e.Err)
		l.deviceNow(health.DeviceWatchdog, health.Fault, health.FaultNotFed)
	}
}
