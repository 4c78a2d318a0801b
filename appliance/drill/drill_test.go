package drill

import (
	"testing"
	"time"

	"zhunkao/appliance/visit"
)

// Steps tick in their order alone, and only what was done is noted, once.
func TestExercisesTick(t *testing.T) {
	at := time.Unix(1, 0)
	for _, e := range Exercises() {
		l := Log{}.Begin("s-chen", e.Key)
		for i := len(e.Steps) - 1; i > 0; i-- { // backwards
			l = l.See(e.Steps[i], at)
		}
		if step, under := l.Under(e.Key); !under || step != 0 {
			t.Errorf("%s: %d steps ticked in the wrong order", e.Key, step)
		}
		for _, f := range e.Steps {
			if l.Has("s-chen", e.Key) {
				t.Errorf("%s is done before %s", e.Key, f)
			}
			l = l.See("idle", at).See(f, at)
		}
		if !l.Has("s-chen", e.Key) || l.Has("s-tan", e.Key) || len(l.All) != 1 {
			t.Errorf("%s: done is %v", e.Key, l.All)
		}
		again := l.Begin("s-chen", e.Key)
		for _, f := range e.Steps {
			again = again.See(f, at.Add(time.Hour))
		}
		if len(again.All) != 1 || !again.All[0].At.Equal(at) {
			t.Errorf("%s twice: %v", e.Key, again.All)
		}
	}
	if l := (Log{}).Begin("s-chen", "nothing"); l.Account != "" {
		t.Error("began what there is not")
	}
}

// Every step is a word of this package or a screen that the box has.
func TestStepsCanHappen(t *testing.T) {
	words := map[Fact]bool{PlainCard: true, NameCard: true, CameraGone: true, CameraBack: true, PaperOut: true, PaperBack: true, ReaderGone: true, ReaderBack: true, Papers: true, Coming: true, Void: true, DayOpened: true, DayClosed: true}
	for _, s := range []visit.Screen{visit.ScreenFound, visit.ScreenRead, visit.ScreenPledge, visit.ScreenAccepted, visit.ScreenSettle, visit.ScreenHelp, visit.ScreenNoPhoto, visit.ScreenPhotoCheck, visit.ScreenSheetFailed, visit.ScreenTakeSheet} {
		words[Fact(s)] = true
	}
	for _, e := range Exercises() {
		for _, f := range e.Steps {
			if !words[f] {
				t.Errorf("%s: %s never happens", e.Key, f)
			}
		}
	}
}
