package appliance_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance"
	"zhunkao/appliance/desk"
	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/hw/idcard"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// runs opens a box and lets it run; over gives how it ended, with it closed.
func (b *box) runs(cfg appliance.Config) (over func() error) {
	b.Helper()
	var err error
	if b.app, err = appliance.New(cfg); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	app := b.app
	go func() { done <- app.Run(ctx) }()
	b.stop = func() {
		cancel()
		<-done
		if err := app.Close(); err != nil {
			b.Error(err)
		}
	}
	return func() error {
		b.Helper()
		select {
		case err := <-done:
			b.stop = nil
			cancel()
			b.http.CloseIdleConnections()
			return errors.Join(err, app.Close())
		case <-time.After(2 * time.Minute):
			b.Fatal("it does not end")
			return nil
		}
	}
}

// A clerk practises on a real box: nothing of it touches the real store, a real
// card is nobody's there, what she finished is sealed afterwards, and a power cut
// leaves the box as it was.
func TestTraining(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true
	b := newBox(t, p)
	b.cards, b.log = make(chan idcard.Event), &safeBuffer{}
	cfg := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Desk: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test",
		Log: slog.New(slog.NewJSONHandler(b.log, nil))}
	b.employ()
	failed := cfg
	failed.Reopened = true // the disk failed once, before
	over := b.runs(failed)
	b.sees("idle")
	real := p.plain()[0]
	b.place(real.Chip)
	b.walk()
	b.sees("accepted")
	if err := b.app.Train(t.Context()); !errors.Is(err, desk.ErrTrainBusy) {
		t.Errorf("while somebody stands there: %v", err)
	}
	b.finish()
	b.sees("idle")
	if err := b.app.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, ok := b.app.Next(over())
	if !ok {
		t.Fatal("it does not say how to go on")
	}
	over = b.runs(next)
	if text := b.sees("idle"); !strings.Contains(text, "演练，不办真的业务") || !b.app.Training() {
		t.Error("the screen does not say that this is practice")
	}
	rehearse := func(w desk.Practice) {
		t.Helper()
		if err := b.app.Rehearse(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	rehearse(desk.Practice{Do: desk.PracticeBegin, Account: "s-chen", Exercise: "first-visit"})
	rehearse(desk.Practice{Do: desk.PracticeCard})
	b.walk()
	text := b.sees("accepted")
	if strings.Contains(text, string(real.Chip.Name)) {
		t.Error("a real person stands on the screen of a practice")
	}
	if d := b.app.Drills(); !d.Log.Has("s-chen", "first-visit") {
		t.Errorf("the exercise is not done: %+v", d.Log)
	}
	b.finish()
	b.sees("idle")
	rehearse(desk.Practice{Do: desk.PracticeBegin, Account: "s-tan", Exercise: "name-differs"})
	rehearse(desk.Practice{Do: desk.PracticeCard, Differs: true})
	b.sees("found")
	rehearse(desk.Practice{Do: desk.PracticeLift})
	b.sees("card-lifted")
	b.place(real.Chip) // a real card is a card, and no more
	if text := b.sees("found"); strings.Contains(text, string(real.Chip.Name)) || strings.Contains(text, string(real.Chip.Number)) {
		t.Error("a real card was used in a practice")
	}
	if err := b.app.EndTraining(t.Context()); err != nil {
		t.Fatal(err)
	}
	if next, ok = b.app.Next(over()); !ok {
		t.Fatal("it does not go back")
	}
	if next.Reopened {
		t.Error("coming back from a training counts as a failure of the disk")
	}

	over = b.runs(next)
	if text := b.sees("idle"); strings.Contains(text, "演练") {
		t.Error("back, and it still says practice")
	}
	head, kinds := b.app.Kinds(t)
	if head != 2 || kinds[0] != protocol.RecordConfirmation || kinds[1] != protocol.RecordTraining {
		t.Errorf("the real chain holds %v", kinds)
	}

	if err := b.app.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if next, ok = b.app.Next(over()); !ok {
		t.Fatal("not a second time")
	}
	b.runs(next)
	b.sees("idle")
	b.stop() // the power is cut in training
	b.stop = nil
	b.runs(cfg)
	if text := b.sees("idle"); strings.Contains(text, "演练") || b.app.Training() {
		t.Error("after the power cut it still practises")
	}
	if _, err := os.Stat(filepath.Join(b.data, "training")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the practice store is still there: %v", err)
	}
}

// Nobody opens the case unseen by beginning a training first: that ends it, and
// the real box takes nobody new until two persons have looked.
func TestACaseOpenedInTraining(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true
	b := newBox(t, p)
	b.cards = make(chan idcard.Event)
	cfg := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Desk: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test",
		Log: slog.New(slog.DiscardHandler)}
	b.employ()
	over := b.runs(cfg)
	b.sees("idle")
	if err := b.app.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, ok := b.app.Next(over())
	if !ok {
		t.Fatal("no training begins")
	}
	over = b.runs(next)
	b.sees("idle")
	b.app.OpenCase(t)
	if next, ok = b.app.Next(over()); !ok {
		t.Fatal("the training goes on")
	}
	b.runs(next)
	b.sees("blocked")
	if b.app.Training() {
		t.Error("it still trains")
	}
	if err := b.app.CaseLooked(t.Context(), store.DayAct{Account: "s-chen", At: 1}, store.DayAct{Account: "s-tan", At: 1}); err != nil {
		t.Fatal(err)
	}
	b.sees("idle")
}

// employ says who works at the box's point, before it runs.
func (b *box) employ() {
	b.Helper()
	keys, err := keystore.OpenFile(filepath.Join(b.data, "keys"))
	if err != nil {
		b.Fatal(err)
	}
	st, err := store.Open(b.data, keys, store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	head, err := desk.PracticeHead()
	if err != nil {
		b.Fatal(err)
	}
	head.ID, head.Name = "s-chen", "chen"
	now := protocol.TimeOf(b.now())
	_, err = st.SaveStaff(protocol.Staff{Point: "P", Issued: now, Until: now + 1000*3600*24, Mark: 1}, protocol.StaffPage{Members: []protocol.StaffMember{head}})
	if err := errors.Join(err, st.Close(), keys.Close()); err != nil {
		b.Fatal(err)
	}
}

// A code that was used in a training is used outside, also when a power cut ended
// it, and the other way round.
func TestCodesOfATraining(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true
	b := newBox(t, p)
	b.cards = make(chan idcard.Event)
	cfg := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Desk: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test",
		Log: slog.New(slog.DiscardHandler)}
	b.employ()
	uses := func(step int64, want error) {
		t.Helper()
		if err := b.app.UseCode("s-chen", step); !errors.Is(err, want) {
			t.Errorf("the code of step %d: %v, want %v", step, err, want)
		}
	}
	trains := func(over func() error) func() error {
		t.Helper()
		if err := b.app.Train(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, ok := b.app.Next(over())
		if !ok {
			t.Fatal("no training begins")
		}
		over = b.runs(next)
		b.sees("idle")
		return over
	}
	over := b.runs(cfg)
	b.sees("idle")
	uses(7, nil)
	over = trains(over)
	uses(7, store.ErrCodeUsed)
	uses(8, nil)
	if err := b.app.EndTraining(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, ok := b.app.Next(over())
	if !ok {
		t.Fatal("it does not go back")
	}
	over = b.runs(next)
	b.sees("idle")
	uses(8, store.ErrCodeUsed)
	uses(9, nil)
	trains(over)
	uses(10, nil)
	b.stop() // the power is cut in training
	b.stop = nil
	b.runs(cfg)
	b.sees("idle")
	uses(10, store.ErrCodeUsed)
}

// A box whose disk is full when it comes back from a training goes on, says what
// is not recorded, and records it when there is room.
func TestATrainingAndAFullDisk(t *testing.T) {
	mnt := tmpfs(t, 64<<20)
	p := newPeer(t, at(open))
	p.mute = true
	b := newBoxIn(t, p, mnt)
	b.cards = make(chan idcard.Event)
	cfg := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Desk: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test",
		Log: slog.New(slog.DiscardHandler)}
	b.employ()
	over := b.runs(cfg)
	b.sees("idle")
	if err := b.app.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, _ := b.app.Next(over())
	over = b.runs(next)
	b.sees("idle")
	const clerks = 300 // a record each: the store's file has room for some of them on a full disk
	for n := range clerks {
		for _, w := range []desk.Practice{{Do: desk.PracticeBegin, Account: fmt.Sprintf("s-%d", n), Exercise: "open-day"}, {Do: desk.PracticeDid, Fact: drill.DayOpened}} {
			if err := b.app.Rehearse(t.Context(), w); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.app.EndTraining(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, ok := b.app.Next(over())
	if !ok {
		t.Fatal("it does not go back")
	}
	for _, room := range []string{"training", "reserve"} { // or they would make room
		if err := os.RemoveAll(filepath.Join(b.data, room)); err != nil {
			t.Fatal(err)
		}
	}
	ballast := fill(t, mnt)
	b.runs(next)
	b.sees("blocked")
	_, kinds := b.app.Kinds(t)
	if n := b.app.Unsealed(); n == 0 || n+len(kinds) != clerks {
		t.Fatalf("%d exercises are not recorded, %d are in the chain", n, len(kinds))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for b.app.Unsealed() > 0 { // the box looks around every few seconds
		b.app.LookAround(t)
	}
	_, kinds = b.app.Kinds(t)
	if len(kinds) != clerks || slices.ContainsFunc(kinds, func(k protocol.RecordKind) bool { return k != protocol.RecordTraining }) {
		t.Errorf("the chain holds %v", kinds)
	}
	b.sees("idle")
}

// fill leaves no byte free on a file system.
func fill(t *testing.T, mnt string) (ballast string) {
	t.Helper()
	ballast = filepath.Join(mnt, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return ballast
}

// A device that is really gone ticks as one that is pretended to be.
func TestWhatReallyHappensTicks(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true
	b := newBox(t, p)
	b.cards = make(chan idcard.Event)
	cfg := appliance.Config{Data: b.data, Listen: "127.0.0.1:0", Desk: "127.0.0.1:0", Cards: b.cards, Now: b.now, Resend: 500 * time.Millisecond, Software: "test",
		Log: slog.New(slog.DiscardHandler)}
	b.employ()
	over := b.runs(cfg)
	b.sees("idle")
	if err := b.app.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	next, _ := b.app.Next(over())
	b.runs(next)
	b.sees("idle")
	steps := func(want int) {
		t.Helper()
		b.app.Kept(t) // the loop has done with every event before
		if got := b.app.Drills().Log.Step; got != want {
			t.Errorf("%d steps ticked, want %d", got, want)
		}
	}
	b.cards <- idcard.ReaderLost{} // before she begins
	b.sees("reader-fault")
	do := func(w desk.Practice) {
		t.Helper()
		if err := b.app.Rehearse(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	do(desk.Practice{Do: desk.PracticeBegin, Account: "s-chen", Exercise: "no-reader"})
	steps(1)
	b.cards <- idcard.ReaderReady{}
	b.sees("idle")
	steps(2)
	do(desk.Practice{Do: desk.PracticeBegin, Account: "s-chen", Exercise: "no-reader"})
	steps(0)
	do(desk.Practice{Do: desk.PracticeReader, Off: true})
	steps(1)
	do(desk.Practice{Do: desk.PracticeReader})
	steps(2)
	do(desk.Practice{Do: desk.PracticeCard})
	b.sees("found")
	if d := b.app.Drills(); !d.Log.Has("s-chen", "no-reader") || d.Papers.Number == "" {
		t.Errorf("after all of it: %+v", d.Log)
	}
}
