package idcard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/idcard"
	"zhunkao/hw/idcardtest"
)

// A module that hangs, whatever one says to it, is switched off and on after
// three fruitless searches, comes back as a new device and works.
func TestHungModuleIsSwitched(t *testing.T) {
	t.Parallel()
	r := prepare(t, idcardtest.Knobs{DropNth: 1})
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	cycled := make(chan struct{}, 8)
	r.start(idcard.Options{Baud: 115200, PowerCycle: func(context.Context) error {
		cycled <- struct{}{}
		r.set(idcardtest.Knobs{})
		return errors.Join(r.plug.Unplug(), r.plug.Plug())
	}})
	want[idcard.ReaderLost](r)
	select {
	case <-cycled:
	case <-time.After(2 * patience):
		t.Fatal("it was never switched")
	}
	want[idcard.ReaderReady](r)
	r.place(resident())
	want[idcard.CardPlaced](r)
	want[idcard.CardRead](r)
	if len(cycled) > 0 {
		t.Error("it was switched twice")
	}
}

// One that stays dead is switched once, and then ever more seldom; a switch that
// fails ends nothing.
func TestDeadModuleIsNotSwitchedForEver(t *testing.T) {
	t.Parallel()
	r := prepare(t, idcardtest.Knobs{DropNth: 1})
	r.powerPause = time.Hour
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	cycled := make(chan struct{}, 8)
	r.start(idcard.Options{Baud: 115200, PowerCycle: func(context.Context) error {
		cycled <- struct{}{}
		return errors.New("no such switch")
	}})
	want[idcard.ReaderLost](r)
	select {
	case <-cycled:
	case <-time.After(2 * patience):
		t.Fatal("it was never tried")
	}
	r.set(idcardtest.Knobs{})
	want[idcard.ReaderReady](r)
	if len(cycled) > 0 || !strings.Contains(r.log.String(), "no such switch") {
		t.Error("the failed switch was repeated at once, or not logged")
	}
}

// The pauses double up to four hours, whatever happens in between.
func TestLadder(t *testing.T) {
	now := time.Date(2019, 9, 6, 9, 0, 0, 0, time.UTC)
	l := idcard.NewLadder()
	var at []time.Duration
	for i := range 24 * 60 * 3 { // a day of connections that fail, one each 20 s
		if d := time.Duration(i) * 20 * time.Second; l.Died(now.Add(d)) {
			at = append(at, d.Round(time.Minute))
		}
	}
	want := []time.Duration{time.Minute, 11 * time.Minute, 31 * time.Minute, 71 * time.Minute, 151 * time.Minute, 311 * time.Minute, 551 * time.Minute, 791 * time.Minute, 1031 * time.Minute, 1271 * time.Minute}
	if len(at) != len(want) {
		t.Fatalf("switched at %v, want %v", at, want)
	}
	for i := range at {
		if d := at[i] - want[i]; d < -time.Minute || d > time.Minute {
			t.Errorf("switched at %v, want %v", at, want)
			break
		}
	}
	// It works for a moment, again and again: that is not yet mended.
	later := now.Add(24 * time.Hour)
	l.Lives(later)
	for range 10 {
		if l.Died(later.Add(time.Minute)) {
			t.Error("a flickering one is switched at once")
		}
	}
	// It worked for a day.
	l.Lives(later.Add(24 * time.Hour))
	for i := range 3 {
		if got := l.Died(later.Add(25 * time.Hour)); got != (i == 2) {
			t.Errorf("after a day of work: died %d times, switched %v", i+1, got)
		}
	}
}
