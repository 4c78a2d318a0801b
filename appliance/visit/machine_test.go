package visit_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

var (
	adult  = campaign.Adult2019()
	people = synthetic.Candidates(adult, 7, 3, synthetic.Point{Code: "43010401", Division: "430104"})
	plain  = people[0]
	record = protocol.ID{1}
)

func card(p synthetic.Person) visit.Card {
	return visit.Card{Chip: p.Chip, Text: make([]byte, 256), WLT: make([]byte, 1024)}
}

func signature() protocol.Signature {
	return protocol.Signature{Width: 600, Height: 300, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9}}}
}

func openVerdict() window.Verdict {
	return window.Verdict{State: window.Open, Reason: window.InWindow}
}

// driver steps a State and keeps the effects of the last step.
type driver struct {
	t  testing.TB
	s  visit.State
	fx []visit.Effect
}

func (d *driver) step(es ...visit.Event) *driver {
	d.t.Helper()
	for _, e := range es {
		d.s, d.fx = visit.Step(d.s, e)
	}
	return d
}

func (d *driver) press(bs ...visit.Button) *driver {
	d.t.Helper()
	for _, b := range bs {
		d.step(visit.Pressed{Visit: d.s.Visit, Turn: d.s.Turn, Button: b})
	}
	return d
}

func (d *driver) pass(t time.Duration) *driver {
	d.t.Helper()
	return d.step(visit.Ticked{Now: d.s.Now + t})
}

func (d *driver) wants(screen visit.Screen) *driver {
	d.t.Helper()
	if got := d.s.Screen(); got != screen {
		d.t.Fatalf("screen %s, want %s", got, screen)
	}
	return d
}

// onwards presses the primary button until the screen is there; a picture is
// taken on the way if the box has a camera.
func (d *driver) onwards(screen visit.Screen) *driver {
	d.t.Helper()
	for range 20 {
		switch d.s.Screen() {
		case screen:
			return d
		case visit.ScreenPhoto:
			d.live(visit.PhotoGood)
		case visit.ScreenTaking:
			d.shot()
			continue
		case visit.ScreenSettle:
			d.press(visit.ButtonUseCard)
		}
		d.press(visit.ButtonGoOn)
	}
	d.t.Fatalf("no way to %s, stuck at %s", screen, d.s.Screen())
	return d
}

func (d *driver) sign() *driver {
	d.t.Helper()
	return d.step(visit.Signed{Visit: d.s.Visit, Turn: d.s.Turn, Signature: signature()})
}

func (d *driver) looked(f visit.Finding) *driver {
	d.t.Helper()
	return d.step(visit.Looked{Visit: d.s.Visit, Finding: f, Application: plain.Application, Campaign: adult, Point: "岳麓区第 1 报名确认点"})
}

func (d *driver) judged(v window.Verdict) *driver {
	d.t.Helper()
	return d.step(visit.Judged{Visit: d.s.Visit, Verdict: v, Card: form.InForce})
}

func TestTheWholeWalk(t *testing.T) {
	d := at(t, "looking")
	if l, ok := d.fx[0].(visit.Lookup); !ok || l.Number != plain.Chip.Number || l.Visit != d.s.Visit {
		t.Fatalf("effects %v, want a look-up of the chip's number", d.fx)
	}
	d.looked(visit.FoundHere)
	if j, ok := d.fx[0].(visit.Judge); !ok || j.Visit != d.s.Visit || j.Application.ID != plain.Application.ID {
		t.Fatalf("effects %v, want Judge", d.fx)
	}
	d.judged(openVerdict()).wants(visit.ScreenFound)
	d.pass(5 * time.Second).press(visit.ButtonGoOn)
	for n := 1; n <= len(d.s.Pages); n++ {
		if d.s.Page != n {
			t.Fatalf("page %d, want %d", d.s.Page, n)
		}
		d.wants(visit.ScreenRead).pass(time.Second).press(visit.ButtonGoOn)
	}
	d.wants(visit.ScreenPledge).pass(9 * time.Second).sign().wants(visit.ScreenSealing)
	seal := find[visit.Seal](t, d.fx)
	if seal.Attempt != 1 || seal.Application.ID != plain.Application.ID || seal.StartedFrom != plain.Application.Version ||
		seal.Pledge != adult.Text("pledge_screen", false) || len(seal.Card.Text) != 256 || len(seal.Card.WLT) != 1024 {
		t.Errorf("the effect does not carry what is to be sealed: %+v", seal)
	}
	var steps []string
	for i, m := range seal.Timeline {
		steps = append(steps, m.Step)
		if i > 0 && m.At < seal.Timeline[i-1].At {
			t.Errorf("timeline goes back at %s", m.Step)
		}
	}
	if got, want := strings.Join(steps, " "), "card-read found read-through signed"; got != want {
		t.Errorf("timeline %s, want %s", got, want)
	}
	d.step(visit.CardRemoved{}).wants(visit.ScreenSealing) // she may take it now
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record, Sequence: 1}).wants(visit.ScreenAccepted)
	d.step(visit.Receipted{Record: record})
	if !d.s.Delivered {
		t.Error("the receipt did not show")
	}
	n := d.s.Visit
	d.press(visit.ButtonDone).wants(visit.ScreenIdle)
	if w := find[visit.Wipe](t, d.fx); w.Visit != n {
		t.Errorf("wiped visit %d, want %d", w.Visit, n)
	}
}

func find[E visit.Effect](t testing.TB, fx []visit.Effect) E {
	t.Helper()
	for _, e := range fx {
		if e, ok := e.(E); ok {
			return e
		}
	}
	var none E
	t.Fatalf("no %T among %v", none, fx)
	return none
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		looked visit.Looked
		judged visit.Judged
		want   visit.Refusal
	}{
		{"not registered", visit.Looked{Finding: visit.FoundNone}, visit.Judged{}, visit.RefuseNotRegistered},
		{"elsewhere", visit.Looked{Finding: visit.FoundElsewhere, Point: "p"}, visit.Judged{}, visit.RefuseElsewhere},
		{"confirmed", visit.Looked{Finding: visit.FoundConfirmed}, visit.Judged{}, visit.RefuseConfirmed},
		{"look fault", visit.Looked{Finding: visit.LookFault}, visit.Judged{}, visit.RefuseFault},
		{"judge fault", here(plain), visit.Judged{Fault: true, Verdict: openVerdict()}, visit.RefuseFault},
		{"no verdict", here(plain), visit.Judged{}, visit.RefuseFault},
		{"closed", here(plain), visit.Judged{Verdict: window.Verdict{State: window.Closed}}, visit.RefuseClosed},
		{"expired", here(plain), visit.Judged{Verdict: openVerdict(), Card: form.ExpiredCard}, visit.RefuseExpired},
		{"not yet valid", here(plain), visit.Judged{Verdict: openVerdict(), Card: form.NotYetValid}, visit.RefuseNotYetValid},
		{"incomplete", here(plain), visit.Judged{Verdict: openVerdict(), Missing: []string{form.PostCode}}, visit.RefuseIncomplete},
		{"another person's", here(people[1]), visit.Judged{Verdict: openVerdict()}, visit.RefuseOtherPerson},
		{"undecidable is served", here(plain), visit.Judged{Verdict: window.Verdict{State: window.Undecidable}}, ""},
		{"unsure of the card is served", here(plain), visit.Judged{Verdict: openVerdict(), Card: form.ValidityUnsure}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := at(t, "looking")
			tt.looked.Visit, tt.judged.Visit = d.s.Visit, d.s.Visit
			d.step(tt.looked)
			if tt.looked.Finding == visit.FoundHere {
				d.step(tt.judged)
			}
			if d.s.Refusal != tt.want {
				t.Fatalf("refusal %q, want %q", d.s.Refusal, tt.want)
			}
			if tt.want == "" {
				d.wants(visit.ScreenFound)
				return
			}
			d.wants(visit.ScreenRefused)
			if d.s.Card.Chip != (form.Chip{}) || d.s.Found.Application.ID != "" || d.s.Pages != nil {
				t.Error("the refusal's screen still holds her card or application")
			}
		})
	}
}

func here(p synthetic.Person) visit.Looked {
	return visit.Looked{Finding: visit.FoundHere, Application: p.Application, Campaign: adult}
}

func TestLimits(t *testing.T) {
	t.Run("idle: asked 20 s before the end, then ended", func(t *testing.T) {
		d := at(t, "found")
		d.pass(59 * time.Second).wants(visit.ScreenFound).pass(time.Second).wants(visit.ScreenStill)
		if left := d.s.Left(); left != 20*time.Second {
			t.Errorf("%v left, want 20s", left)
		}
		d.pass(19 * time.Second).wants(visit.ScreenStill).pass(time.Second).wants(visit.ScreenTakeCard)
	})
	t.Run("stay gives five minutes", func(t *testing.T) {
		d := at(t, "still-there").press(visit.ButtonStay)
		d.pass(4*time.Minute + 39*time.Second).wants(visit.ScreenRead).pass(time.Second).wants(visit.ScreenStill)
	})
	t.Run("hard limit whatever she does", func(t *testing.T) {
		d := at(t, "found")
		for range 90 {
			d.pass(10 * time.Second).press(visit.ButtonTouch)
		}
		d.wants(visit.ScreenRefused)
		if d.s.Refusal != visit.RefuseTimeUp {
			t.Errorf("refusal %q", d.s.Refusal)
		}
	})
	t.Run("lifted: 30 s from when it was first away", func(t *testing.T) {
		d := at(t, "card-lifted").pass(20*time.Second).step(visit.CardPlaced{}, visit.CardRead{Card: card(people[1])}).wants(visit.ScreenWrongCard)
		d.pass(9 * time.Second).wants(visit.ScreenWrongCard).step(visit.CardRemoved{}).wants(visit.ScreenLifted)
		d.pass(time.Second).wants(visit.ScreenIdle)
	})
	t.Run("lifted and put back: the page she was on", func(t *testing.T) {
		d := at(t, "card-lifted")
		page := d.s.Page
		d.pass(25 * time.Second).step(visit.CardPlaced{}).wants(visit.ScreenLifted).step(visit.CardRead{Card: card(plain)}).wants(visit.ScreenRead)
		if d.s.Page != page {
			t.Errorf("page %d, want %d", d.s.Page, page)
		}
	})
	t.Run("reader back after a replug asks for the card", func(t *testing.T) {
		d := at(t, "found").step(visit.CardRemoved{}, visit.ReaderDown{}).wants(visit.ScreenReaderLost)
		d.pass(50 * time.Second).step(visit.ReaderUp{}).wants(visit.ScreenLifted)
		d.pass(29*time.Second).step(visit.CardPlaced{}, visit.CardRead{Card: card(plain)}).wants(visit.ScreenFound)
	})
	t.Run("help holds the idle limit, not for ever", func(t *testing.T) {
		d := at(t, "help").pass(5*time.Minute - time.Second).wants(visit.ScreenHelp)
		d.pass(time.Second).wants(visit.ScreenRead).pass(80 * time.Second).wants(visit.ScreenTakeCard)
	})
	t.Run("accepted leaves by itself, a receipt gives time to read", func(t *testing.T) {
		d := at(t, "accepted").step(visit.CardRemoved{}).pass(19 * time.Second).step(visit.Receipted{Record: record})
		d.pass(7 * time.Second).wants(visit.ScreenAccepted).pass(time.Second).wants(visit.ScreenIdle)
	})
	t.Run("accepted stays while she pays, and leaves nothing", func(t *testing.T) {
		pay := func() *driver {
			d := at(t, "sealing")
			return d.step(visit.Sealed{Visit: d.s.Visit, Record: record, Fee: 17000, Slip: "ZK1:S:AA"}).wants(visit.ScreenAccepted)
		}
		d := pay()
		if !d.s.Paying() || d.s.Prompt() != "accepted-pay" {
			t.Errorf("paying %v, says %s", d.s.Paying(), d.s.Prompt())
		}
		d.step(visit.CardRemoved{}).pass(visit.PayingLimit - time.Second).wants(visit.ScreenAccepted).pass(time.Second).wants(visit.ScreenIdle)
		if d.s.Sealed.Slip != "" || d.s.Sealed.Fee != 0 || d.s.Paying() {
			t.Errorf("left: %+v", d.s.Sealed)
		}
		if d = pay().step(visit.SetAside{Record: record, Reason: protocol.ReasonContent}); d.s.Paying() {
			t.Error("what is set aside is asked to be paid")
		}
	})
	t.Run("sealing without an answer is unsure and not tried again", func(t *testing.T) {
		d := at(t, "sealing").pass(30 * time.Second).wants(visit.ScreenSealFailed)
		if d.s.MayRetry() {
			t.Error("a second record could double the first")
		}
		d.press(visit.ButtonRetry).wants(visit.ScreenSealFailed)
		d.step(visit.Sealed{Visit: d.s.Visit, Record: record}).wants(visit.ScreenAccepted)
	})
	t.Run("the window closed while she read", func(t *testing.T) {
		d := at(t, "sealing").step(visit.SealFailed{Visit: 0, Closed: window.Verdict{State: window.Closed, Reason: window.Over}})
		d.wants(visit.ScreenRefused)
		if d.s.Refusal != visit.RefuseClosed || d.s.Verdict.Reason != window.Over || d.s.Card.Text != nil || d.s.Signature.Strokes != nil {
			t.Errorf("refusal %q, verdict %+v, or something of her is left", d.s.Refusal, d.s.Verdict)
		}
	})
	t.Run("what she chose on the idle screen is forgotten", func(t *testing.T) {
		d := at(t, "idle").press(visit.ButtonLarge, visit.ButtonLanguage).pass(time.Minute)
		if d.s.Prefs != (visit.Prefs{}) {
			t.Errorf("still %+v", d.s.Prefs)
		}
	})
	t.Run("three misreads send her to the staff", func(t *testing.T) {
		d := at(t, "idle")
		for range 3 {
			d.step(visit.CardPlaced{}, visit.CardUnreadable{Advice: visit.AdvicePlaceAgain}, visit.CardRemoved{})
		}
		if d.s.Advice != visit.AdviceAskClerk {
			t.Errorf("advice %q", d.s.Advice)
		}
	})
}

func TestADoubleClickHasOneEffect(t *testing.T) {
	d := at(t, "read-through")
	e := visit.Pressed{Visit: d.s.Visit, Turn: d.s.Turn, Button: visit.ButtonGoOn}
	d.step(e, e, e)
	if d.s.Page != 2 {
		t.Errorf("page %d after three clicks on one page, want 2", d.s.Page)
	}
	d = at(t, "pledge")
	s := visit.Signed{Visit: d.s.Visit, Turn: d.s.Turn, Signature: signature()}
	d.step(s)
	find[visit.Seal](t, d.fx)
	d.step(s)
	if len(d.fx) != 0 {
		t.Errorf("a second submit did %v", d.fx)
	}
}

func TestReadThroughCannotBeSkipped(t *testing.T) {
	d := at(t, "pledge")
	d.press(visit.ButtonBack).wants(visit.ScreenRead)
	if d.s.Page != len(d.s.Pages) {
		t.Fatalf("back from the pledge to page %d of %d", d.s.Page, len(d.s.Pages))
	}
	for range len(d.s.Pages) {
		d.press(visit.ButtonBack)
	}
	d.wants(visit.ScreenFound)
}

func TestAFullBoxFinishesTheVisitAndBeginsNone(t *testing.T) {
	d := at(t, "found").step(visit.BoxBlocked{Reason: visit.BlockFull}).wants(visit.ScreenFound)
	d.press(visit.ButtonNotMe, visit.ButtonDone).wants(visit.ScreenBlocked)
	d.step(visit.CardRemoved{}, visit.CardPlaced{}).wants(visit.ScreenBlocked)
}

func TestAStatePrintsNothingPersonal(t *testing.T) {
	d := at(t, "found")
	out := fmt.Sprintf("%v %+v %#v %s %v", d.s, d.s, d.s, d.s.Card, d.s.Found)
	for _, secret := range []string{plain.Chip.Name.Reveal(), string(plain.Chip.Number), plain.Chip.Address} {
		if strings.Contains(out, secret) {
			t.Errorf("printed: %s", out)
		}
	}
}

func TestStepDoesNotChangeItsArgument(t *testing.T) {
	d := at(t, "read-through")
	before, copied := d.s, d.s
	d.press(visit.ButtonGoOn, visit.ButtonGoOn, visit.ButtonGoOn, visit.ButtonBack)
	if !reflect.DeepEqual(before, copied) {
		t.Error("the state before was changed")
	}
}
