package visit_test

import (
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/window"
)

var called = visit.Token{Label: "2-012", Key: "2019-09-06/bgoldenbox2/12", Statement: "signed", Drawn: window.At(time.Date(2019, 9, 6, 9, 0, 0, 0, time.UTC))}

// effects of one kind among the last step's.
func effects[E visit.Effect](d *driver) (out []E) {
	for _, f := range d.fx {
		if e, ok := f.(E); ok {
			out = append(out, e)
		}
	}
	return out
}

// Whose turn it is goes to the next visit: its window is judged with the token,
// and the record is sealed with it, once.
func TestTheCalledTokenGoesToTheNextVisit(t *testing.T) {
	d := at(t, "idle")
	d.step(visit.Called{Token: called}, visit.CardPlaced{}, visit.CardRead{Card: card(plain)}).looked(visit.FoundHere)
	if j := effects[visit.Judge](d); len(j) != 1 || j[0].Token != called {
		t.Fatalf("judged with %+v", j)
	}
	d.judged(openVerdict()).onwards(visit.ScreenPledge).sign()
	if s := effects[visit.Seal](d); len(s) != 1 || s[0].Token != called {
		t.Fatalf("sealed with %+v", s)
	}
	d.step(visit.SealFailed{Visit: d.s.Visit}).press(visit.ButtonRetry)
	if s := effects[visit.Seal](d); len(s) != 1 || s[0].Token != called {
		t.Fatalf("a second try is sealed with %+v", s)
	}
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record}, visit.CardRemoved{}).press(visit.ButtonDone).wants(visit.ScreenIdle)
	if d.s.Machine.Called != (visit.Token{}) || d.s.Token != (visit.Token{}) {
		t.Errorf("used up, and still called: %+v", d.s.Machine.Called)
	}
	d.step(visit.CardPlaced{}, visit.CardRead{Card: card(plain)}).looked(visit.FoundHere)
	if j := effects[visit.Judge](d); len(j) != 1 || j[0].Token != (visit.Token{}) {
		t.Errorf("the next visit is judged with %+v", j)
	}
}

// Who was called and could not be served keeps her turn; who is called during a
// visit comes after it; a call taken back in the middle of a visit stays with it.
func TestACallWaitsForItsVisit(t *testing.T) {
	d := at(t, "idle")
	d.step(visit.Called{Token: called}, visit.CardPlaced{}, visit.CardRead{Card: card(plain)}).looked(visit.FoundNone).wants(visit.ScreenRefused)
	if d.s.Token != (visit.Token{}) || d.s.Machine.Called != called {
		t.Error("a refusal used the turn up")
	}
	d = at(t, "found")
	d.step(visit.Called{Token: called}).onwards(visit.ScreenPledge).sign()
	if s := effects[visit.Seal](d); len(s) != 1 || s[0].Token != (visit.Token{}) {
		t.Errorf("who was there before the call is sealed with it: %+v", s)
	}
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record})
	if d.s.Machine.Called != called {
		t.Error("the one before used the turn up")
	}
	d = at(t, "idle")
	d.step(visit.Called{Token: called}, visit.CardPlaced{}, visit.CardRead{Card: card(plain)}).looked(visit.FoundHere).judged(openVerdict())
	d.step(visit.Called{}).onwards(visit.ScreenPledge).sign()
	if s := effects[visit.Seal](d); len(s) != 1 || s[0].Token != called {
		t.Errorf("sealed with %+v", s)
	}
}

// Numbers are drawn only where the desk has switched it on; the number is shown
// until she has seen it, and gone with the screen.
func TestDrawingANumber(t *testing.T) {
	d := at(t, "idle")
	if d.press(visit.ButtonDraw); len(effects[visit.DrawToken](d)) != 0 {
		t.Fatal("a number is drawn where none are given out")
	}
	d.step(visit.QueueOffered{On: true}).press(visit.ButtonDraw).wants(visit.ScreenIdle)
	if len(effects[visit.DrawToken](d)) != 1 {
		t.Fatal("nothing is drawn")
	}
	got := visit.Drawn{Visit: d.s.Visit, Label: "2-013", Ahead: 4, Wait: visit.Wait{Known: true, From: 10 * time.Minute, To: 20 * time.Minute}, Prints: true}
	d.step(got).wants(visit.ScreenExplained)
	if d.s.Explain != visit.ExplainToken || d.s.Drawn != got {
		t.Errorf("shown: %s, %+v", d.s.Explain, d.s.Drawn)
	}
	d.press(visit.ButtonDone).wants(visit.ScreenIdle)
	if d.s.Drawn != (visit.Drawn{}) {
		t.Error("the number stays on the screen for the next person")
	}
	d.press(visit.ButtonDraw).step(visit.Drawn{Visit: d.s.Visit, Over: true}).wants(visit.ScreenExplained)
	if d.s.Explain != visit.ExplainNoToken || !d.s.Drawn.Over {
		t.Errorf("no number, and shown is %s", d.s.Explain)
	}
	d.press(visit.ButtonDone).press(visit.ButtonDraw).step(visit.Drawn{Visit: d.s.Visit, Soon: true}).wants(visit.ScreenExplained)
	if d.s.Explain != visit.ExplainNoToken || !d.s.Drawn.Soon {
		t.Errorf("a moment after another, and shown is %s", d.s.Explain)
	}
	d.step(visit.CardPlaced{}).wants(visit.ScreenReading)
}
