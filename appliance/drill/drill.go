package drill

import (
	"slices"
	"time"
)

// Fact is something that happened at the box: one of the words below, or the
// name of a screen of package visit. A device that is really gone is gone, and one
// that the desk pretends to be so as well.
type Fact string

// What happens beside the screens.
const (
	PlainCard  Fact = "card-plain" // a practice card with nothing special was put down
	NameCard   Fact = "card-name"  // … of somebody whose name was typed otherwise
	CameraGone Fact = "camera-gone"
	CameraBack Fact = "camera-back"
	PaperOut   Fact = "paper-out"
	PaperBack  Fact = "paper-back"
	ReaderGone Fact = "reader-gone"
	ReaderBack Fact = "reader-back"
	Papers     Fact = "desk-papers" // a visit on papers was begun
	Coming     Fact = "desk-coming" // the clerk said that she comes
	Void       Fact = "desk-void"   // a confirmation was taken back, by two
	DayOpened  Fact = "desk-day-open"
	DayClosed  Fact = "desk-day-close"
)

// Exercise is one thing to practise: steps that must happen in their order.
type Exercise struct {
	Key   string
	Needs string // a device without which it cannot be done: "camera", "printer"; "" is none beside the reader
	Steps []Fact
}

// Exercises are all of them, in the order a clerk on her first day does them.
func Exercises() []Exercise {
	return []Exercise{
		{Key: "open-day", Steps: []Fact{DayOpened}},
		{Key: "first-visit", Steps: []Fact{PlainCard, "found", "read-through", "pledge", "accepted"}},
		{Key: "name-differs", Steps: []Fact{NameCard, "found", "settle", "accepted"}},
		{Key: "help", Steps: []Fact{"help", Coming}},
		{Key: "no-camera", Needs: "camera", Steps: []Fact{CameraGone, "no-photo", CameraBack, "photo-check"}},
		{Key: "no-paper", Needs: "printer", Steps: []Fact{PaperOut, "sheet-failed", PaperBack, "take-sheet"}},
		{Key: "no-reader", Steps: []Fact{ReaderGone, ReaderBack, PlainCard, "found"}},
		{Key: "on-papers", Needs: "camera", Steps: []Fact{Papers, "read-through", "accepted"}},
		{Key: "void", Steps: []Fact{"accepted", Void}},
		{Key: "close-day", Steps: []Fact{DayClosed}},
	}
}

// Find gives an exercise by its key.
func Find(key string) (Exercise, bool) {
	all := Exercises()
	i := slices.IndexFunc(all, func(e Exercise) bool { return e.Key == key })
	if i < 0 {
		return Exercise{}, false
	}
	return all[i], true
}

// Done is one exercise that somebody finished.
type Done struct {
	Account, Key string
	At           time.Time
}

// Log is what is under way and what was done. The zero Log is a training in
// which nobody has begun. It is a value: Begin and See give the next.
type Log struct {
	Account string // who does the exercise that is under way; "" if none is
	Key     string
	Step    int // steps of it that have happened
	All     []Done
}

// Begin begins an exercise for somebody; one that was under way ends unfinished.
func (l Log) Begin(account, key string) Log {
	if _, ok := Find(key); ok {
		l.Account, l.Key, l.Step = account, key, 0
	}
	return l
}

// See takes a fact in: it ticks the next step if it is that, and finishes the
// exercise with the last. An exercise that somebody did before is not noted twice.
func (l Log) See(f Fact, at time.Time) Log {
	e, ok := Find(l.Key)
	if !ok || l.Account == "" || l.Step >= len(e.Steps) || e.Steps[l.Step] != f {
		return l
	}
	if l.Step++; l.Step < len(e.Steps) {
		return l
	}
	if !l.Has(l.Account, l.Key) {
		l.All = append(slices.Clone(l.All), Done{l.Account, l.Key, at})
	}
	return l
}

// Has reports whether somebody has done an exercise in this training.
func (l Log) Has(account, key string) bool {
	return slices.ContainsFunc(l.All, func(d Done) bool { return d.Account == account && d.Key == key })
}

// Under reports whether an exercise is under way, and how many of its steps have
// happened.
func (l Log) Under(key string) (step int, under bool) { return l.Step, l.Account != "" && l.Key == key }
