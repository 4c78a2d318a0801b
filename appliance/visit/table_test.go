package visit_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Every state meets every event: what leads where is one table, and all that
// is not in it must do nothing.

// named states, each reached through the door.
func states() []named {
	return []named{
		{"idle", func(d *driver) {}},
		{"reading", func(d *driver) { d.step(visit.CardPlaced{}) }},
		{"unreadable", func(d *driver) {
			d.step(visit.CardPlaced{}, visit.CardUnreadable{Advice: visit.AdvicePlaceAgain})
		}},
		{"looking", func(d *driver) { d.step(visit.CardPlaced{}, visit.CardRead{Card: card(plain)}) }},
		{"refused", func(d *driver) { to(d, "looking"); d.looked(visit.FoundNone) }},
		{"explained", func(d *driver) { to(d, "found"); d.press(visit.ButtonWrong) }},
		{"found", func(d *driver) { to(d, "looking"); d.looked(visit.FoundHere).judged(openVerdict()) }},
		{"read-through", func(d *driver) { to(d, "found"); d.press(visit.ButtonGoOn) }},
		{"pledge", func(d *driver) {
			to(d, "read-through")
			for range d.s.Pages {
				d.press(visit.ButtonGoOn)
			}
		}},
		{"sealing", func(d *driver) { to(d, "pledge"); d.sign() }},
		{"seal-failed", func(d *driver) { to(d, "sealing"); d.step(visit.SealFailed{Visit: d.s.Visit}) }},
		{"accepted", func(d *driver) {
			to(d, "sealing")
			d.step(visit.Sealed{Visit: d.s.Visit, Record: record, Sequence: 5})
		}},
		{"settle", func(d *driver) {
			fit(d)
			d.step(visit.CardPlaced{}, visit.CardRead{Card: card(differing())}).looked(visit.FoundHere).judged(openVerdict()).press(visit.ButtonGoOn)
		}},
		{"photo-notice", func(d *driver) { fit(d); to(d, "found"); d.press(visit.ButtonGoOn) }},
		{"photo", func(d *driver) { to(d, "photo-notice"); d.press(visit.ButtonGoOn).live(visit.PhotoGood) }},
		{"taking", func(d *driver) { to(d, "photo"); d.press(visit.ButtonGoOn) }},
		{"photo-check", func(d *driver) { to(d, "taking"); d.shot() }},
		{"photo-advice", func(d *driver) { to(d, "taking"); d.badShot() }},
		{"no-photo", func(d *driver) { to(d, "photo-notice"); d.press(visit.ButtonDecline) }},
		{"printing", func(d *driver) {
			d.step(visit.PrinterState{})
			to(d, "sealing")
			d.step(visit.Sealed{Visit: d.s.Visit, Record: record, Sequence: 5})
		}},
		{"take-sheet", func(d *driver) { to(d, "printing"); d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 1}) }},
		{"sheet-failed", func(d *driver) {
			to(d, "printing")
			d.step(visit.SheetFailed{Visit: d.s.Visit, Copy: 1, Need: visit.NeedPaper})
		}},
		{"card-lifted", func(d *driver) { to(d, "read-through"); d.step(visit.CardRemoved{}) }},
		{"wrong-card", func(d *driver) {
			to(d, "card-lifted")
			d.step(visit.CardPlaced{}, visit.CardRead{Card: card(people[1])})
		}},
		{"reader-lost", func(d *driver) { to(d, "read-through"); d.step(visit.ReaderDown{}) }},
		{"still-there", func(d *driver) { to(d, "read-through"); d.pass(60 * time.Second) }},
		{"help", func(d *driver) { to(d, "read-through"); d.press(visit.ButtonHelp) }},
		{"verify", func(d *driver) { to(d, "looking"); d.step(provisional(d.s.Visit, plain)) }},
		{"verifying", func(d *driver) { to(d, "verify"); d.press(visit.ButtonGoOn) }},
		{"verified", func(d *driver) { to(d, "verifying"); d.step(visit.Verified{Visit: d.s.Visit}) }},
		{"staff", func(d *driver) {
			to(d, "settle")
			for d.s.MaySettle(d.s.Asked()[d.s.Asking-1].Field) {
				d.press(visit.ButtonUseCard)
			}
			d.press(visit.ButtonAskStaff)
		}},
		{"own-card", func(d *driver) { d.step(visit.OwnCardWanted{}) }},
		{"take-card", func(d *driver) { to(d, "refused"); d.press(visit.ButtonDone) }},
		{"reader-fault", func(d *driver) { d.step(visit.ReaderDown{}) }},
		{"blocked", func(d *driver) { d.step(visit.BoxBlocked{Reason: visit.BlockFrozen}) }},
	}
}

// provisional answers a look-up: confirmed on papers, and her card lies there.
func provisional(n uint64, p synthetic.Person) visit.Looked {
	return visit.Looked{Visit: n, Finding: visit.FoundConfirmed, Application: p.Application, Campaign: adult, Provisional: record, Validity: form.InForce}
}

// fit gives the box a camera and a printer.
func fit(d *driver) { d.step(visit.CameraUp{}, visit.PrinterState{}) }

// differing is plain with another ethnic group and another name on the chip.
func differing() synthetic.Person {
	p := plain
	p.Chip.Ethnic = "15"
	if p.Application.Get(form.Ethnic) == "15" {
		p.Chip.Ethnic = "08"
	}
	p.Chip.Name += "甲"
	return p
}

func picture() visit.Photo {
	return visit.Photo{JPEG: []byte("jpeg"), Original: []byte("frame"), Width: 358, Height: 441}
}

func (d *driver) live(a visit.PhotoAdvice) *driver {
	d.t.Helper()
	return d.step(visit.PhotoLive{Visit: d.s.Visit, Advice: a})
}

func (d *driver) shot() *driver {
	d.t.Helper()
	return d.step(visit.PhotoTaken{Visit: d.s.Visit, Try: d.s.Taken, Photo: picture()})
}

func (d *driver) badShot() *driver {
	d.t.Helper()
	p := picture()
	p.Findings = []visit.PhotoAdvice{visit.PhotoCloser}
	return d.step(visit.PhotoRefused{Visit: d.s.Visit, Try: d.s.Taken, Photo: p})
}

type named struct {
	name  string
	drive func(*driver)
}

func to(d *driver, name string) {
	d.t.Helper()
	for _, s := range states() {
		if s.name == name {
			s.drive(d)
			if got := string(d.s.Screen()); got != name {
				d.t.Fatalf("on the way: screen %s, want %s", got, name)
			}
			return
		}
	}
	d.t.Fatalf("no state %s", name)
}

func at(t testing.TB, name string) *driver {
	t.Helper()
	d := &driver{t: t}
	d.step(visit.Ticked{Now: time.Hour})
	to(d, name)
	return d
}

// events by name, made for the state they meet.
type happening struct {
	name string
	make func(s visit.State) visit.Event
}

func events() []happening {
	out := []happening{
		{"placed", func(visit.State) visit.Event { return visit.CardPlaced{} }},
		{"read", func(visit.State) visit.Event { return visit.CardRead{Card: card(plain)} }},
		{"unreadable", func(visit.State) visit.Event { return visit.CardUnreadable{Advice: visit.AdviceOtherCard} }},
		{"removed", func(visit.State) visit.Event { return visit.CardRemoved{} }},
		{"down", func(visit.State) visit.Event { return visit.ReaderDown{} }},
		{"up", func(visit.State) visit.Event { return visit.ReaderUp{} }},
		{"looked", func(s visit.State) visit.Event { return visit.Looked{Visit: s.Visit, Finding: visit.FoundNone} }},
		{"looked late", func(s visit.State) visit.Event { return visit.Looked{Visit: s.Visit + 9, Finding: visit.FoundNone} }},
		{"judged", func(s visit.State) visit.Event { return visit.Judged{Visit: s.Visit, Verdict: openVerdict()} }},
		{"signed", func(s visit.State) visit.Event {
			return visit.Signed{Visit: s.Visit, Turn: s.Turn, Signature: signature()}
		}},
		{"signed stale", func(s visit.State) visit.Event {
			return visit.Signed{Visit: s.Visit, Turn: s.Turn + 1, Signature: signature()}
		}},
		{"signed empty", func(s visit.State) visit.Event { return visit.Signed{Visit: s.Visit, Turn: s.Turn} }},
		{"sealed", func(s visit.State) visit.Event { return visit.Sealed{Visit: s.Visit, Record: record} }},
		{"sealed late", func(s visit.State) visit.Event { return visit.Sealed{Visit: s.Visit + 9, Record: record} }},
		{"seal failed", func(s visit.State) visit.Event { return visit.SealFailed{Visit: s.Visit} }},
		{"seal closed", func(s visit.State) visit.Event {
			return visit.SealFailed{Visit: s.Visit, Closed: window.Verdict{State: window.Closed}}
		}},
		{"seal confirmed", func(s visit.State) visit.Event { return visit.SealFailed{Visit: s.Visit, Confirmed: true} }},
		{"verified", func(s visit.State) visit.Event { return visit.Verified{Visit: s.Visit} }},
		{"verified late", func(s visit.State) visit.Event { return visit.Verified{Visit: s.Visit + 9} }},
		{"verify failed", func(s visit.State) visit.Event { return visit.VerifyFailed{Visit: s.Visit} }},
		{"receipted", func(visit.State) visit.Event { return visit.Receipted{Record: record} }},
		{"receipted other", func(visit.State) visit.Event { return visit.Receipted{Record: protocol.ID{9}} }},
		{"set aside", func(visit.State) visit.Event {
			return visit.SetAside{Record: record, Reason: protocol.ReasonContent}
		}},
		{"frozen", func(visit.State) visit.Event { return visit.BoxBlocked{Reason: visit.BlockFrozen} }},
		{"full", func(visit.State) visit.Event { return visit.BoxBlocked{Reason: visit.BlockFull} }},
		{"unblocked", func(visit.State) visit.Event { return visit.BoxBlocked{} }},
		{"second", func(s visit.State) visit.Event { return visit.Ticked{Now: s.Now + time.Second} }},
		{"day", func(s visit.State) visit.Event { return visit.Ticked{Now: s.Now + 24*time.Hour} }},
		{"camera up", func(visit.State) visit.Event { return visit.CameraUp{} }},
		{"camera down", func(visit.State) visit.Event { return visit.CameraDown{} }},
		{"live", func(s visit.State) visit.Event {
			return visit.PhotoLive{Visit: s.Visit, Advice: visit.PhotoCloser}
		}},
		{"live late", func(s visit.State) visit.Event {
			return visit.PhotoLive{Visit: s.Visit + 9, Advice: visit.PhotoCloser}
		}},
		{"shot", func(s visit.State) visit.Event {
			return visit.PhotoTaken{Visit: s.Visit, Try: s.Taken, Photo: picture()}
		}},
		{"shot late", func(s visit.State) visit.Event {
			return visit.PhotoTaken{Visit: s.Visit, Try: s.Taken + 1, Photo: picture()}
		}},
		{"shot of another visit", func(s visit.State) visit.Event {
			return visit.PhotoTaken{Visit: s.Visit + 1, Try: s.Taken, Photo: picture()}
		}},
		{"bad shot", func(s visit.State) visit.Event { return visit.PhotoRefused{Visit: s.Visit, Try: s.Taken} }},
		{"no paper", func(visit.State) visit.Event { return visit.PrinterState{Needs: []visit.Need{visit.NeedPaper}} }},
		{"printer gone", func(visit.State) visit.Event { return visit.PrinterState{Down: true} }},
		{"sent", func(s visit.State) visit.Event { return visit.SheetSent{Visit: s.Visit, Copy: s.Sheet.Copy} }},
		{"printed", func(s visit.State) visit.Event { return visit.SheetPrinted{Visit: s.Visit, Copy: s.Sheet.Copy} }},
		{"printed other", func(s visit.State) visit.Event { return visit.SheetPrinted{Visit: s.Visit, Copy: s.Sheet.Copy + 1} }},
		{"printed of another visit", func(s visit.State) visit.Event {
			return visit.SheetPrinted{Visit: s.Visit + 1, Copy: s.Sheet.Copy}
		}},
		{"print unknown", func(s visit.State) visit.Event { return visit.SheetUnknown{Visit: s.Visit, Copy: s.Sheet.Copy} }},
		{"print failed", func(s visit.State) visit.Event { return visit.SheetFailed{Visit: s.Visit, Copy: s.Sheet.Copy} }},
		{"wanted", func(visit.State) visit.Event { return visit.OwnCardWanted{} }},
		{"dropped", func(visit.State) visit.Event { return visit.OwnCardDropped{} }},
		{"allowed", func(s visit.State) visit.Event {
			return visit.Allowed{Visit: s.Visit, Ask: s.Ask(), Chip: true, Reason: "新证在办", Assents: []protocol.Assent{clerk}}
		}},
		{"allowed of another visit", func(s visit.State) visit.Event {
			return visit.Allowed{Visit: s.Visit + 1, Ask: s.Ask(), Reason: "新证在办", Assents: []protocol.Assent{clerk}}
		}},
		{"allowed by nobody", func(s visit.State) visit.Event {
			return visit.Allowed{Visit: s.Visit, Ask: s.Ask(), Reason: "新证在办"}
		}},
		{"denied", func(s visit.State) visit.Event { return visit.Denied{Visit: s.Visit, Ask: s.Ask(), Clerk: clerk} }},
		{"opened", func(s visit.State) visit.Event { return visit.Opened{Visit: s.Visit, Clerk: clerk} }},
		{"presented", func(visit.State) visit.Event { return presented(plain) }}, // on a box without a camera
		{"voice", func(visit.State) visit.Event { return visit.VoiceOffered{On: true} }},
		{"called", func(visit.State) visit.Event { return visit.Called{Token: called} }},
		{"queue", func(visit.State) visit.Event { return visit.QueueOffered{On: true} }},
		{"drawn", func(s visit.State) visit.Event { return visit.Drawn{Visit: s.Visit, Label: "2-012"} }},
		{"drawn late", func(s visit.State) visit.Event { return visit.Drawn{Visit: s.Visit + 9, Label: "2-012"} }},
		{"press stale", func(s visit.State) visit.Event {
			return visit.Pressed{Visit: s.Visit, Turn: s.Turn + 1, Button: visit.ButtonGoOn}
		}},
		{"press of another visit", func(s visit.State) visit.Event {
			return visit.Pressed{Visit: s.Visit + 1, Turn: s.Turn, Button: visit.ButtonDone}
		}},
	}
	for _, b := range visit.Buttons() { // every button is an event too
		out = append(out, happening{"press " + string(b), func(s visit.State) visit.Event {
			return visit.Pressed{Visit: s.Visit, Turn: s.Turn, Button: b}
		}})
	}
	return out
}

// moves: for each state, the events that lead to another screen. Every pair
// that is not here must leave the screen as it is and do nothing.
var moves = map[string]string{
	"idle": `placed→reading read→looking unreadable→unreadable down→reader-fault wanted→own-card frozen→blocked full→blocked
		press no-card→explained press unregistered→explained press help→help drawn→explained`,
	"reading":    `read→looking unreadable→unreadable removed→unreadable down→reader-fault frozen→blocked day→take-card`,
	"unreadable": `placed→reading read→looking frozen→blocked down→reader-fault day→take-card press done→take-card press help→help`,
	"looking":    `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost looked→refused frozen→blocked day→take-card`,
	"refused":    `placed→reading read→looking unreadable→unreadable frozen→blocked day→take-card press done→take-card press help→help`,
	"explained":  `placed→reading read→looking unreadable→unreadable frozen→blocked day→take-card press done→take-card press help→help`,
	"found": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press go-on→read-through press not-me→explained press wrong→explained press help→help`,
	"read-through": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press back→found press wrong→explained press help→help`,
	"pledge": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		signed→sealing press back→read-through press wrong→explained press help→help`,
	"sealing": `sealed→accepted seal failed→seal-failed seal confirmed→refused seal closed→refused day→take-card`,
	"seal-failed": `placed→reading read→looking unreadable→unreadable sealed→accepted seal confirmed→refused seal closed→refused day→take-card
		press retry→sealing press done→take-card press help→help`,
	"accepted": `placed→reading read→looking unreadable→unreadable day→take-card press done→take-card press help→help`,
	"settle": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press back→found press wrong→explained press ask-staff→staff press help→help`,
	"staff": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		allowed→settle denied→settle press no-wait→settle press help→help`,
	"photo-notice": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press go-on→photo press decline→no-photo press back→found press wrong→explained press help→help`,
	"photo": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		camera down→no-photo press go-on→taking press back→photo-notice press help→help`,
	"taking": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		camera down→no-photo shot→photo-check bad shot→photo-advice`,
	"photo-check": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press go-on→read-through press again→photo press help→help`,
	"photo-advice": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press go-on→photo press again→photo press help→help`,
	"no-photo": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press retry→photo-notice press done→take-card press help→help`,
	"printing":   `printed→take-sheet print unknown→take-sheet print failed→sheet-failed day→take-card press no-wait→sheet-failed press help→help`,
	"take-sheet": `placed→reading read→looking unreadable→unreadable day→take-card press have→accepted press have-not→printing press help→help`,
	"sheet-failed": `placed→reading read→looking unreadable→unreadable printed→take-sheet day→take-card press retry→printing press go-on→accepted
		press help→help`,
	"card-lifted": `read→read-through down→reader-lost frozen→blocked day→idle press leave→idle press help→help`,
	"wrong-card": `read→read-through unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked
		day→take-card press leave→take-card press help→help`,
	"reader-lost": `placed→card-lifted read→read-through up→read-through frozen→blocked day→reader-fault press leave→reader-fault press help→help`,
	"still-there": `unreadable→card-lifted placed→card-lifted removed→card-lifted down→reader-lost frozen→blocked day→take-card
		press stay→read-through press leave→take-card press touch→read-through press stale→read-through press help→help
		press back→found press wrong→explained press go-on→read-through press not-me→read-through press help-done→read-through
		press done→read-through press retry→read-through press large→read-through press contrast→read-through
		press language→read-through press no-card→read-through press unregistered→read-through
		press use-card→read-through press keep→read-through press decline→read-through press again→read-through press have→read-through
		press have-not→read-through press no-wait→read-through press reprint→read-through press voice→read-through
		press draw→read-through press ask-staff→read-through`,
	"verify": `placed→reading read→looking unreadable→unreadable removed→idle down→reader-fault frozen→blocked day→take-card
		press go-on→verifying press done→take-card press help→help`,
	"verifying":    `verified→verified verify failed→refused day→take-card`,
	"verified":     `placed→reading read→looking unreadable→unreadable day→take-card press done→take-card press help→help`,
	"own-card":     `read→take-card dropped→idle down→reader-fault frozen→blocked day→idle press done→idle`,
	"help":         `frozen→blocked day→take-card press help-done→read-through`,
	"take-card":    `placed→reading read→looking unreadable→unreadable removed→idle wanted→own-card down→reader-fault frozen→blocked full→blocked press no-card→explained press unregistered→explained press help→help drawn→explained`,
	"reader-fault": `placed→reading read→looking unreadable→unreadable up→idle frozen→blocked full→blocked press no-card→explained press unregistered→explained press help→help drawn→explained`,
	"blocked":      `unblocked→idle wanted→own-card press no-card→explained press unregistered→explained press help→help drawn→explained`,
}

func TestEveryStateMeetsEveryEvent(t *testing.T) {
	for _, st := range states() {
		want := parse(t, moves[st.name])
		for _, ev := range events() {
			t.Run(st.name+"/"+ev.name, func(t *testing.T) {
				d := at(t, st.name)
				before := d.s
				d.step(ev.make(d.s))
				expect, moved := want[ev.name]
				if !moved {
					expect = st.name
				}
				if got := string(d.s.Screen()); got != expect {
					t.Fatalf("%s meets %s: screen %s, want %s", st.name, ev.name, got, expect)
				}
				if !moved && d.s.Visit == before.Visit {
					for _, e := range d.fx {
						t.Errorf("%s meets %s: stays, yet does %T", st.name, ev.name, e)
					}
				}
				delete(want, ev.name)
			})
		}
		for name := range want {
			t.Errorf("%s: no event %q", st.name, name)
		}
	}
}

func parse(t *testing.T, moves string) map[string]string {
	t.Helper()
	out := map[string]string{}
	key := ""
	for _, word := range strings.Fields(moves) {
		if from, to, ok := strings.Cut(word, "→"); ok {
			out[strings.TrimSpace(key+" "+from)] = to
			key = ""
		} else {
			key = strings.TrimSpace(key + " " + word)
		}
	}
	if key != "" {
		t.Fatalf("unfinished move %q", key)
	}
	return out
}
