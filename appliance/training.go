package appliance

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/hw/panel"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// Training mode (演练, demand B3): the box is closed and opened again over a store
// of its own below the real one, with made-up people, rules that are open now and
// keys that nobody else has. It is the same program with another directory, so
// what is practised is what is done; nothing can reach the real outbox, for that
// is closed, and there is no link. Which exercises were done is sealed into the
// real chain when the real store is open again. A power cut in training leaves
// the real box as it was: nothing says anywhere that it trains but memory.

// errSwitch ends a box that is to be opened again over another store.
var errSwitch = errors.New("appliance: to and from training")

// practice is a training under way, or what is left of one.
type practice struct {
	home   Config // of the real box
	people []synthetic.Person
	opened uint64 // how often the case was opened in it

	mu     sync.Mutex // guards what follows: the desk asks, the loop tells
	log    drill.Log
	chosen int // whose card any card is taken for
	paper  bool
	shown  visit.Screen
	gone   gone // the loop's alone
}

// gone is what a training has seen to be away, really or pretended.
type gone struct{ camera, paper, reader bool }

// facts are what changed since, in words of the exercises.
func (g gone) facts(now gone) (out []drill.Fact) {
	for _, d := range []struct {
		was, is    bool
		lost, back drill.Fact
	}{{g.camera, now.camera, drill.CameraGone, drill.CameraBack}, {g.paper, now.paper, drill.PaperOut, drill.PaperBack}, {g.reader, now.reader, drill.ReaderGone, drill.ReaderBack}} {
		switch {
		case d.is && !d.was:
			out = append(out, d.lost)
		case d.was && !d.is:
			out = append(out, d.back)
		}
	}
	return out
}

// trainingDir is where a training's own store lies.
func trainingDir(data string) string { return filepath.Join(data, "training") }

// switching is how a box is told to end and be opened again.
type switching struct {
	next Config
	now  chan struct{} // closed when it is to end
	once sync.Once
}

func (a *Appliance) switchTo(next Config) {
	a.toward.once.Do(func() { a.toward.next = next; close(a.toward.now) })
}

// lastAnswer is how long the desk goes on answering when the box is to be opened
// again.
const lastAnswer = time.Second

// switched ends the box when it is to be opened again otherwise.
func (a *Appliance) switched(ctx context.Context) error {
	select {
	case <-a.toward.now:
	case <-ctx.Done():
		return ctx.Err()
	}
	// The desk's answer to whoever pressed, and the sheets it is drawn with, go out
	// first: without them she is shown an error of her browser.
	select {
	case <-time.After(lastAnswer):
		return errSwitch
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Next says how the box is to be opened again after Run has returned err: to
// training, or back.
func (a *Appliance) Next(err error) (Config, bool) {
	return a.toward.next, errors.Is(err, errSwitch)
}

// Training reports whether this is a box in training.
func (a *Appliance) Training() bool { return a.cfg.practice != nil && a.cfg.practice.people != nil }

// The made-up people of a training: the first with nothing special, then one
// whose name was typed otherwise, then more.
const practicePeople = 40

// train begins a training. Errors: desk.ErrTrainBusy, desk.ErrTrainDay, those of
// the store.
func (l *loop) train(ctx context.Context) error {
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer l.giveTurn()
	if s := l.deskStatus(); s.Screen != visit.ScreenIdle {
		return desk.ErrTrainBusy
	}
	if d, there, err := l.store.LastDay(); err != nil {
		return err
	} else if there && d.Closed == nil {
		return desk.ErrTrainDay
	}
	var pending []drill.Done
	if err := l.within(ctx, func() { pending = l.exercises.done }); err != nil {
		return err
	}
	p, err := l.layOut(pending)
	if err != nil {
		return fmt.Errorf("appliance: training: %w", errors.Join(err, os.RemoveAll(trainingDir(l.cfg.Data))))
	}
	l.log.Info("training begins")
	l.switchTo(l.cfg.practising(l.keys.Kind(), p))
	return nil
}

// practising is how the box is opened for a training: over a store of its own,
// whose keys are guarded as the real ones, for it holds by what the staff sign in;
// and with nothing that leads out of it (nor neighbours: see openNeighbours).
func (c Config) practising(kind keystore.Kind, p *practice) Config {
	c.Data, c.KeyStore, c.practice = trainingDir(c.Data), kind, p
	c.Stick, c.Reopened = "", false
	return c
}

// endTraining goes back to the real store.
func (l *loop) endTraining(context.Context) error {
	opened, err := l.openings()
	if err != nil {
		return err
	}
	next := l.cfg.practice.home
	next.practice = &practice{log: l.cfg.practice.done(), opened: opened}
	l.log.Info("training ends")
	l.switchTo(next)
	return nil
}

// openedMeanwhile counts for the real box how often its case was opened while it
// trained: the contact told only the store that was open.
func (a *Appliance) openedMeanwhile() error {
	if a.cfg.practice == nil || a.Training() || a.cfg.practice.opened == 0 {
		return nil
	}
	all, err := a.store.Latches()
	if err != nil {
		return err
	}
	one := store.Latch{Contact: string(panel.ContactTamper)}
	if i := slices.IndexFunc(all, func(l store.Latch) bool { return l.Contact == one.Contact }); i >= 0 {
		one = all[i]
	}
	one.Count, one.At = one.Count+a.cfg.practice.opened, protocol.TimeOf(a.clock.Now())
	return a.store.SaveLatch(one)
}

func (p *practice) done() drill.Log {
	p.mu.Lock()
	defer p.mu.Unlock()
	return drill.Log{All: p.log.All}
}

// practised takes any card that is put down for the practice card that was
// chosen at the desk. What the reader read of a real one is cleared, and neither
// looked up nor kept.
func (l *loop) practised(e idcard.CardRead) {
	clear(e.Card.Text[:])
	clear(e.Card.WLT)
	l.step(l.practiceCard())
}

// practiceCard is the card that was chosen at the desk, as it is read.
func (l *loop) practiceCard() visit.CardRead {
	p := l.cfg.practice
	p.mu.Lock()
	q := p.people[p.chosen]
	p.mu.Unlock()
	fact := drill.PlainCard
	if q.Flaw == synthetic.FlawNameTypo {
		fact = drill.NameCard
	}
	l.saw(fact)
	sum, text := sha256.Sum256([]byte(q.Application.ID)), make([]byte, 256)
	copy(text, sum[:])
	return visit.CardRead{Card: visit.Card{Chip: q.Chip, Text: text}}
}

// saw tells the exercises what happened.
func (l *loop) saw(f drill.Fact) {
	p := l.cfg.practice
	p.mu.Lock()
	p.log = p.log.See(f, l.clock.Now())
	p.mu.Unlock()
	if l.desk != nil {
		l.desk.Changed()
	}
}

// drilled tells the exercises of a device that went or came, and of a new screen.
func (l *loop) drilled() {
	if !l.Training() {
		return
	}
	p, m := l.cfg.practice, l.state.Machine
	now := gone{m.Camera == visit.CameraLost, m.Printer.Need == visit.NeedPaper, m.ReaderDown}
	was := p.gone
	p.gone = now
	for _, f := range was.facts(now) {
		l.saw(f)
	}
	if s := l.state.Screen(); s != l.cfg.practice.shown { // the loop's alone
		l.cfg.practice.shown = s
		l.saw(drill.Fact(s))
	}
}

// rehearse does what the desk of a training asks for.
func (l *loop) rehearse(ctx context.Context, w desk.Practice) error {
	p := l.cfg.practice
	switch w.Do {
	case desk.PracticeBegin:
		p.mu.Lock()
		p.log = p.log.Begin(w.Account, w.Exercise)
		p.mu.Unlock()
		l.desk.Changed()
		// What is away by now is seen to go once more, and ticks.
		return l.within(ctx, func() { p.gone = gone{}; l.step(nil) })
	case desk.PracticeDid:
		l.saw(w.Fact)
	case desk.PracticeCard:
		if !l.choose(w.Differs) {
			return desk.ErrTrainPeople
		}
		return errors.Join(l.post(ctx, visit.CardPlaced{}), l.post(ctx, l.practiceCard()))
	case desk.PracticeLift:
		return l.post(ctx, visit.CardRemoved{})
	case desk.PracticeCamera:
		return l.pretend(ctx, w.Off, visit.CameraDown{}, visit.CameraUp{})
	case desk.PracticeReader:
		return l.pretend(ctx, w.Off, visit.ReaderDown{}, visit.ReaderUp{})
	case desk.PracticePaper:
		p.mu.Lock()
		p.paper = w.Off
		p.mu.Unlock()
		l.prints.look()
		return l.pretend(ctx, w.Off, visit.PrinterState{Needs: []visit.Need{visit.NeedPaper}}, visit.PrinterState{})
	}
	return nil
}

func (l *loop) pretend(ctx context.Context, off bool, down, up visit.Event) error {
	if off {
		return l.post(ctx, down)
	}
	return l.post(ctx, up)
}

// choose picks the next practice card of a kind whose person has not been served.
func (l *loop) choose(differs bool) bool {
	p := l.cfg.practice
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, q := range p.people {
		if (q.Flaw == synthetic.FlawNameTypo) != differs {
			continue
		}
		if f, err := l.store.Find(q.Chip.Number); err == nil && f.Confirmed == nil {
			p.chosen = i
			return true
		}
	}
	return false
}

// paperOut reports whether a training pretends that there is no paper.
func (l *loop) paperOut() bool {
	if !l.Training() {
		return false
	}
	p := l.cfg.practice
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paper
}

// drills is what the desk shows of the training.
func (a *Appliance) drills() (out desk.Drills) {
	p := a.cfg.practice
	p.mu.Lock()
	defer p.mu.Unlock()
	out.Log, out.NoPaper = p.log, p.paper
	out.Camera, out.Printer = a.camera != nil, a.printer != nil
	for i := len(p.people) - 1; i >= 0 && out.Papers.Number == ""; i-- { // cards are taken from the front
		q := p.people[i].Chip
		if f, err := a.store.Find(q.Number); err == nil && f.Confirmed == nil {
			out.Papers = form.Chip{Name: q.Name, Number: q.Number, Sex: q.Sex, Birth: q.Birth}
		}
	}
	return out
}
