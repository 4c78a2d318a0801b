package appliance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/kiosk"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/camera"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/hw/printer"
	"zhunkao/hw/watchdog"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// lookAround is the pace of what is watched rather than told: the board's
// clock, room on the disk, the minute on the screen.
const lookAround = 5 * time.Second

// keepTime is the pace at which the clock's memory is written.
const keepTime = 5 * time.Minute

// loop owns the visit. Its fields belong to the goroutine of run, but for the
// channels.
type loop struct {
	*Appliance

	help    time.Time       // since when somebody calls, civil; zero if nobody
	posts   chan post       // presses, from the screen
	errands chan func()     // from the desk: what is done in the loop
	links   chan link.Event // from the link
	results chan visit.Event
	asks    chan func()    // what the desk asks the loop to do
	wants   chan *cardWait // the desk asks for a card of the staff
	awaited *cardWait      // … and waits for it
	over    chan struct{}  // closed when nobody reads the channels any more
	sealing chan struct{}  // a slot: one visit's record is sealed at a time
	turn    chan struct{}  // a slot: whoever continues the chain, a visit or the desk
	keeping sync.WaitGroup // readable copies being written, beside everything

	state    visit.State
	campaign *campaign.Campaign // in force; never changed once here
	checker  *campaign.Checker  // of campaign
	point    protocol.PointInfo
	looked   *campaign.Campaign // of the present visit
	stranger *form.Chip         // … whose number nobody knows: a clerk may register her
	entered  *store.Draft       // … when she was entered here: what her application was made by
	checking *campaign.Checker  // of looked
	linked   bool
	behind   bool    // the hub knows more of this chain than the box
	filled   bool    // the first roster has come whole
	newest   *uint64 // roster version of the hub's welcome; nil before there was one
	kept     time.Time
	heard    protocol.Time // when the hub was certainly last heard; 0 before it was looked up
	disk     health.Gauge  // how full the disk is, and the store of records
	records  health.Gauge
	refused  refusals
	busy     atomic.Bool     // somebody is past the reading of her card
	left     time.Duration   // monotonic: when the last person who was served left
	running  context.Context // ends with run: what effects begin ends with it
	live     *live           // the camera running for a visit; nil when it does not
	filming  atomic.Bool     // live is not nil
	printing *underway       // the newest copy of a sheet
	dropping atomic.Bool     // tickets that are printed no more are being let go of
	private  [][]byte        // buffers of the visit, to be cleared at its end

	printerSaid visit.PrinterState // by itself, not by a job

	exercises untold       // of a training, not sealed yet
	unsealed  atomic.Int64 // … how many, for the desk
}

// post is one event from the screen and who waits for it to be shown.
type post struct {
	event visit.Event
	done  chan struct{}
}

func newLoop(a *Appliance) *loop {
	return &loop{
		Appliance: a,
		posts:     make(chan post),
		errands:   make(chan func()),
		links:     make(chan link.Event, 64),
		results:   make(chan visit.Event, 1),
		asks:      make(chan func()),
		wants:     make(chan *cardWait),
		over:      make(chan struct{}),
		sealing:   make(chan struct{}, 1),
		turn:      make(chan struct{}, 1),
	}
}

// begin shows the first screen.
func (l *loop) begin() error {
	if r := l.store.Report(); r.Damaged != "" || r.Lost || r.Aside > 0 {
		l.board.Set(health.DeviceStore, health.Fault, health.FaultRebuilt)
	} else {
		l.board.Set(health.DeviceStore, health.Ready, "")
	}
	if err := l.noteFaults(); err != nil {
		return err
	}
	if _, err := l.alone(); err != nil { // before the clock's memory is written the first time
		return err
	}
	unsure, err := l.store.Unsure()
	if err != nil {
		return err
	}
	l.behind = unsure
	if l.filled, err = l.store.Filled(); err != nil {
		return err
	}
	l.loadCampaign()
	l.lookAround()
	if err := l.beginQueue(); err != nil {
		return err
	}
	if l.state.Machine.Blocked == visit.BlockNone {
		l.since(visit.BlockNone) // what blocked it before the restart has ended
	}
	return nil
}

// end is called when run has returned for good.
func (l *loop) end() {
	close(l.over)
	l.sealing <- struct{}{} // waits for a sealing under way
	l.turn <- struct{}{}    // … and for one of the desk; it is never given back
	l.keeping.Wait()
	if l.printing != nil {
		<-l.printing.done // and for the log of copies
	}
	l.remember()
}

// post hands an event from the screen to the loop and waits until it is shown.
func (l *loop) post(ctx context.Context, e visit.Event) error {
	p := post{e, make(chan struct{})}
	select {
	case l.posts <- p:
	case <-l.over:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-p.done:
		return nil
	case <-l.over:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fromLink takes an event of the link, in order.
func (l *loop) fromLink(e link.Event) {
	select {
	case l.links <- e:
	case <-l.over:
	}
}

func (l *loop) run(ctx context.Context) error {
	cards := l.cfg.Cards
	if l.reader != nil {
		cards = l.reader.Events()
	}
	var cameras <-chan camera.Event
	if l.camera != nil {
		cameras = l.camera.Events()
		l.step(visit.CameraDown{}) // the box has one, and it has not shown itself yet
	}
	var printers <-chan printer.Event
	if l.printer != nil {
		printers = l.printer.Events()
		l.printerSaid = visit.PrinterState{Down: true, Needs: []visit.Need{visit.NeedGone}}
		l.step(l.printerSaid)
	}
	var front <-chan panel.Event
	if l.panel != nil {
		front = l.panel.Events()
	}
	var hunger <-chan watchdog.Event
	if l.watchdog != nil {
		hunger = l.watchdog.Events()
	}
	if l.voice != nil {
		l.step(visit.VoiceOffered{On: true})
	}
	l.running = ctx
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	around := time.NewTicker(lookAround)
	defer around.Stop()
	for {
		l.setWake(wake)
		l.alive(watchLoop)
		select {
		case <-ctx.Done():
			return nil
		case <-l.store.Broken():
			return fmt.Errorf("%w: %w", errLoop, store.ErrBroken)
		case e, ok := <-cards:
			if !ok {
				return fmt.Errorf("%w: the reader's events ended", errLoop)
			}
			l.card(e)
		case f := <-l.errands:
			f()
		case p := <-l.posts:
			if p.event == nil {
				l.block() // the desk did away with a reason
			}
			l.step(p.event)
			close(p.done)
		case do := <-l.asks:
			do()
		case w := <-l.wants:
			l.wanted(w)
		case e := <-l.links:
			l.told(e)
		case e := <-l.results:
			l.keepPhoto(e)
			l.step(e)
			l.jobOver(e)
		case e := <-cameras:
			l.cameraTold(e)
		case e := <-printers:
			l.printerTold(e)
		case e := <-front:
			l.panelTold(e)
		case e := <-hunger:
			l.watched(e)
		case <-wake.C:
			l.step(nil)
		case <-l.clockMoved():
			l.lookAround()
		case <-around.C:
			l.lookAround()
		}
	}
}

// setWake sets the timer to when the visit next changes by time alone.
func (l *loop) setWake(t *time.Timer) {
	at, ok := l.state.Wake()
	if !ok {
		t.Stop()
		return
	}
	t.Reset(max(0, at-l.mono()))
}

// mono is the visit's time: real and monotonic, also in a demonstration.
func (l *loop) mono() time.Duration { return time.Since(l.started) }

// clockMoved is closed when the demo's clock was moved; nil without one.
func (l *loop) clockMoved() <-chan struct{} {
	if l.cfg.DemoClock == nil {
		return nil
	}
	return l.cfg.DemoClock.Changed()
}

// step brings the time and then e (nil: only the time) to the visit, shows
// what came of it, and carries the effects out. What an effect answers at once
// is an event of its own.
func (l *loop) step(e visit.Event) {
	events := []visit.Event{visit.Ticked{Now: l.mono()}}
	if e != nil {
		events = append(events, e)
	}
	was := l.state
	for len(events) > 0 {
		var effects []visit.Effect
		l.state, effects = visit.Step(l.state, events[0])
		events = events[1:]
		if len(events) == 0 || len(effects) > 0 {
			l.show()
		}
		for _, f := range effects {
			if answer := l.do(f); answer != nil {
				events = append(events, answer)
			}
		}
	}
	l.pace(was)
	l.cardOver()
	l.drilled()
}

// show draws the present state.
func (l *loop) show() {
	out, err := l.store.Outbox()
	if err == nil {
		l.alive(watchStore)
	}
	if err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("outbox", "err", err)
	}
	l.kiosk.Show(kiosk.View{State: l.state, Status: kiosk.Status{
		Point: l.point, Campaign: l.campaign, Clock: l.clock.Now(), Unsure: !l.clock.Certain(),
		Linked: l.linked, Waiting: out.Waiting, FileKey: l.keys.Kind() == keystore.KindFile && !l.Training(), Training: l.Training(), Release: l.cfg.Software,
		FewFonts: l.fonts != nil && l.fonts.Fallback(), Queue: l.queueShown(),
	}})
	l.lamps()
	l.publish()
	l.busy.Store(l.state.Phase >= visit.PhaseFound)
	if l.board.Screen(string(l.state.Screen())) {
		l.link.Beat()
	}
}
