package visit_test

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// marker stands in everything personal that enters a visit.
const marker = "PLANTED"

// planted is a person whose every value can be found again.
func planted(number string) (visit.Card, form.Application) {
	chip := plain.Chip
	chip.Name, chip.Number, chip.Address = identity.Name(marker), identity.Number(number), marker
	app := plain.Application.Clone()
	app.ID = marker + number
	app.Fields[form.FullName] = marker
	if number[0] == '8' { // one of them has a card that the city reviews
		chip.Type, chip.Ethnic = form.ChipHMT, ""
	}
	if number[0] == '4' { // one of them has something to settle
		app.Fields[form.Ethnic], chip.Ethnic = "01", "15"
	}
	app.Fields[form.DocumentNumber] = number
	app.Fields[form.PostAddress] = marker
	app.Choices[0].SchoolName = marker
	return visit.Card{Chip: chip, Text: []byte(marker), WLT: []byte(marker)}, app
}

// witness is told everything that happens and knows, by its own book-keeping,
// what a Seal must have been preceded by.
type witness struct {
	visit    uint64
	looked   bool // the store has answered
	accepted bool // the verdict answered for it
	pages    int
	yes      map[int]bool
	signed   bool
	agreed   bool // to be photographed
	kept     bool // a picture
	camera   bool // is on
	sealed   bool
	expired  bool
	called   visit.Token // whose turn it is
	token    visit.Token // whose turn it was when the card was read
	used     string      // the token that was used up last
	printed  int         // the copy that the printer called completed
	papers   int         // copies of the record that may lie somewhere: what was sent and not taken back as never printed
	underway int         // the copy last sent
	spared   int         // copies whose number came free again
}

func (w *witness) sees(t *rapid.T, before visit.State, e visit.Event, after visit.State, fx []visit.Effect) {
	switch e := e.(type) {
	case visit.Judged:
		if e.Visit == before.Visit && before.Phase == visit.PhaseLooking && before.Found.Finding == visit.FoundHere {
			w.expired = e.Card == form.ExpiredCard
			w.accepted = e.Verdict.Accepts() && !e.Fault && len(e.Missing) == 0
		}
	case visit.Sealed:
		if e.Visit == before.Visit {
			w.sealed = true
			if before.Phase == visit.PhaseSealing || before.Phase == visit.PhaseSealFailed {
				w.used = cmp.Or(before.Token.Key, w.used)
			}
		}
	case visit.Called:
		w.called = e.Token
	case visit.Looked:
		if e.Visit != before.Visit || before.Phase != visit.PhaseLooking || w.looked {
			break
		}
		w.looked = true // what the store says once more is not heard
		if e.Finding == visit.FoundConfirmed {
			w.papers = e.Copies
		}
	case visit.SheetPrinted:
		if e.Visit == before.Visit {
			w.printed = e.Copy
			if e.Copy == w.underway {
				w.papers = e.Copy
			}
		}
	case visit.SheetFailed:
		// The driver never says so of a copy that it called printed.
		if e.Visit == before.Visit && e.Copy == w.underway && e.Copy > 0 && w.papers == e.Copy && !before.Sheet.Printed {
			w.papers--
			w.spared++
		}
	case visit.Pressed:
		if e.Button == visit.ButtonGoOn && before.Phase == visit.PhasePhotoNotice && e.Visit == before.Visit && e.Turn == before.Turn {
			w.agreed = true
		}
		if e.Button == visit.ButtonGoOn && before.Phase == visit.PhasePhotoCheck && e.Visit == before.Visit && e.Turn == before.Turn {
			w.kept = true
		}
		if e.Button == visit.ButtonGoOn && before.Phase == visit.PhaseRead && e.Visit == before.Visit && e.Turn == before.Turn {
			w.yes[before.Page] = true
		}
	case visit.Signed:
		w.signed = e.Signature.Valid() && e.Visit == before.Visit
	}
	if after.Visit == w.visit {
		w.sheet(t, before, e, after)
	}
	for _, f := range fx {
		w.eye(t, f)
		if job, ok := f.(visit.PrintSheet); ok {
			if job.Copy != w.papers+1 || job.Reprint != (w.papers > 0) {
				t.Fatalf("copy %d, marked %t, while %d may lie somewhere", job.Copy, job.Reprint, w.papers)
			}
			w.papers, w.underway = job.Copy, job.Copy
		}
		seal, ok := f.(visit.Seal)
		if !ok {
			continue
		}
		if len(seal.Photo.JPEG) > 0 != (seal.Portrait.Source == protocol.PortraitCamera) || len(seal.Photo.JPEG) > 0 && !w.kept {
			t.Fatalf("sealed a picture she did not keep, or without saying so: %s", seal.Portrait.Source)
		}
		for _, d := range seal.Differences {
			if d.Grade == form.GradeAsk && len(seal.Settled) == 0 {
				t.Fatal("sealed with a difference that nobody decided")
			}
		}
		if seal.Token != (visit.Token{}) && (seal.Token != w.token || seal.Token.Key == w.used) {
			t.Fatalf("sealed with token %+v; she was called by %+v, and %q is used up", seal.Token, w.token, w.used)
		}
		if seal.Papers.Why != "" && (len(seal.Photo.JPEG) == 0 || len(seal.Copies) != int(seal.Papers.Copies) || seal.Clerk.Account == "") {
			t.Fatalf("sealed on papers without her photo, a copy or the clerk: %d copies", len(seal.Copies))
		}
		if seal.Papers.Why != "" && (seal.Papers.Why == protocol.WhyReview) != (len(seal.Card.Text) > 0) {
			t.Fatal("sealed on papers with a chip, or copies of a card without its chip")
		}
		if seal.Card.Chip.Type == form.ChipHMT && seal.Papers.Why != protocol.WhyReview {
			t.Fatal("sealed without copies of a card that the city reviews")
		}
		if w.expired && (len(seal.Overrides) != 1 || len(seal.Overrides[0].Assents) == 0 || seal.Clerk.Account == "") {
			t.Fatal("sealed with an expired card that nobody let pass")
		}
		if (seal.Papers.Why == "") != (len(seal.Copies) == 0) {
			t.Fatal("copies without papers, or papers without copies")
		}
		if !w.accepted || !w.signed || w.pages == 0 || len(w.yes) != w.pages {
			t.Fatalf("sealed with verdict accepted %t, signed %t, %d of %d pages agreed", w.accepted, w.signed, len(w.yes), w.pages)
		}
		if seal.Visit != w.visit || string(seal.Card.Chip.Number) != string(seal.Application.Number()) || !seal.Signature.Valid() || seal.Application.ID != marker+string(seal.Card.Chip.Number) {
			t.Fatalf("sealed another visit, person or application than read")
		}
	}
	if after.Phase == visit.PhaseLooking && before.Phase != visit.PhaseLooking {
		w.token = w.called
	}
	if len(after.Pages) > 0 {
		w.pages = len(after.Pages)
	}
	if after.Visit != w.visit {
		*w = witness{visit: after.Visit, yes: map[int]bool{}, called: w.called, token: w.token, used: w.used}
	}
}

// sheet: no last screen without a durable record, no copy printed without the
// printer's word, none in hand without hers.
func (w *witness) sheet(t *rapid.T, before visit.State, e visit.Event, after visit.State) {
	switch after.Phase {
	case visit.PhaseAccepted:
		if !w.sealed || after.Sealed.Record == (protocol.ID{}) {
			t.Fatal("accepted without a sealed record")
		}
	case visit.PhasePrinting, visit.PhaseTakeSheet, visit.PhaseSheetFailed:
		if !w.sealed && !after.Reprinting() {
			t.Fatal("a sheet without a sealed record")
		}
	}
	s := after.Sheet
	if s.Printed && w.printed != s.Copy {
		t.Fatalf("copy %d is called printed, the printer named %d", s.Copy, w.printed)
	}
	if s.InHand && !before.Sheet.InHand {
		p, ok := e.(visit.Pressed)
		if !ok || p.Button != visit.ButtonHave || before.Phase != visit.PhaseTakeSheet {
			t.Fatalf("in hand without her word, by %T", e)
		}
	}
}

// eye: the camera runs only after she agreed, and is off when the visit ends.
func (w *witness) eye(t *rapid.T, f visit.Effect) {
	switch f.(type) {
	case visit.CameraOn:
		if !w.agreed || w.camera {
			t.Fatalf("camera on: agreed %t, on already %t", w.agreed, w.camera)
		}
		w.camera = true
	case visit.CameraOff:
		if !w.camera {
			t.Fatal("camera off that was not on")
		}
		w.camera = false
	case visit.TakePhoto:
		if !w.camera {
			t.Fatal("a picture with the camera off")
		}
	case visit.Wipe:
		if w.camera {
			t.Fatal("the visit ended with the camera on")
		}
	}
}

// markedPicture can be found again.
func markedPicture(findings ...visit.PhotoAdvice) visit.Photo {
	return visit.Photo{JPEG: []byte(marker), Original: []byte(marker), Width: 358, Height: 441, Findings: findings}
}

func anyEvent(t *rapid.T, s visit.State) visit.Event {
	number := rapid.SampledFrom([]string{"11010519491231002X", "440524188001010014", "810000199408230021"}).Draw(t, "whose")
	card, app := planted(number)
	if s.Read && rapid.Bool().Draw(t, "hers") {
		card, app = planted(string(s.Card.Chip.Number))
	}
	near := func(n uint64) uint64 { return n - uint64(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1}).Draw(t, "stale")) }
	if rapid.IntRange(0, 9).Draw(t, "onward") < 6 {
		if e := onward(t, s, card, app); e != nil {
			return e
		}
	}
	switch rapid.IntRange(0, 38).Draw(t, "event") {
	case 38:
		by := []protocol.Assent{clerk, head}[:rapid.IntRange(0, 2).Draw(t, "persons")]
		return rapid.SampledFrom([]visit.Event{visit.Opened{Visit: near(s.Visit), Clerk: clerk}, visit.Denied{Visit: near(s.Visit), Ask: s.Ask(), Clerk: clerk},
			visit.Allowed{Visit: near(s.Visit), Ask: s.Ask(), Chip: true, Reason: "r", Assents: by},
			visit.Allowed{Visit: near(s.Visit), Ask: s.Ask(), Reason: marker, Assents: by, Copies: [][]byte{[]byte(marker)}}}).Draw(t, "staff")
	case 37:
		return markedPapers(card, rapid.IntRange(0, 2).Draw(t, "copies"))
	case 35:
		return rapid.SampledFrom([]visit.Event{visit.QueueOffered{On: true}, visit.Drawn{Visit: near(s.Visit), Label: "2-013"}, visit.Called{}}).Draw(t, "queue")
	case 36:
		n := strconv.FormatUint(s.Visit, 10)
		return visit.Called{Token: visit.Token{Label: n, Key: n, Statement: n}}
	case 25:
		return rapid.SampledFrom([]visit.Event{visit.CameraUp{}, visit.CameraUp{}, visit.CameraDown{}}).Draw(t, "camera")
	case 26:
		return visit.PhotoLive{Visit: near(s.Visit), Advice: rapid.SampledFrom(visit.PhotoAdvices()).Draw(t, "advice")}
	case 27:
		return visit.PhotoTaken{Visit: near(s.Visit), Try: s.Taken, Photo: markedPicture()}
	case 28:
		return visit.PhotoRefused{Visit: near(s.Visit), Try: s.Taken, Photo: markedPicture(visit.PhotoCloser)}
	case 29:
		return rapid.SampledFrom([]visit.Event{visit.PrinterState{}, visit.PrinterState{Needs: []visit.Need{visit.NeedJam}}, visit.PrinterState{Down: true}}).Draw(t, "printer")
	case 30:
		return visit.SheetPrinted{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 31:
		return visit.SheetUnknown{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 32:
		return visit.SheetFailed{Visit: near(s.Visit), Copy: s.Sheet.Copy, Need: visit.NeedPaper}
	case 33:
		if rapid.IntRange(0, 2).Draw(t, "own") == 0 {
			return rapid.SampledFrom([]visit.Event{visit.OwnCardWanted{}, visit.OwnCardDropped{}}).Draw(t, "own card")
		}
		return visit.VoiceOffered{On: rapid.Bool().Draw(t, "on")}
	case 34:
		if rapid.IntRange(0, 4).Draw(t, "escape") == 0 {
			return visit.StaffEscape{}
		}
		return visit.SheetSent{Visit: near(s.Visit), Copy: s.Sheet.Copy}
	case 0:
		return visit.CardPlaced{}
	case 1, 2:
		return visit.CardRead{Card: card}
	case 3:
		return visit.CardUnreadable{Advice: visit.AdvicePlaceAgain}
	case 4:
		return visit.CardRemoved{}
	case 5:
		return visit.ReaderDown{}
	case 6:
		return visit.ReaderUp{}
	case 7, 8, 9:
		f := rapid.SampledFrom([]visit.Finding{visit.FoundHere, visit.FoundHere, visit.FoundHere, visit.FoundNone, visit.FoundElsewhere, visit.FoundConfirmed, visit.LookFault}).Draw(t, "found")
		return visit.Looked{Visit: near(s.Visit), Finding: f, Application: app, Campaign: lenient(1), Point: marker, Reprint: true, Record: record, Copies: 1}
	case 10, 11, 12:
		v := rapid.SampledFrom([]window.State{window.Open, window.Open, window.Undecidable, window.Closed, ""}).Draw(t, "verdict")
		return visit.Judged{Visit: near(s.Visit), Verdict: window.Verdict{State: v}, Card: rapid.SampledFrom([]form.Validity{"", form.ExpiredCard}).Draw(t, "card"), Missing: rapid.SampledFrom([][]string{nil, nil, nil, {form.PostCode}}).Draw(t, "missing")}
	case 13:
		return visit.Sealed{Visit: near(s.Visit), Record: record}
	case 14:
		v := rapid.SampledFrom([]window.State{"", "", window.Closed}).Draw(t, "closed")
		return visit.SealFailed{Visit: near(s.Visit), Confirmed: rapid.Bool().Draw(t, "confirmed"), Closed: window.Verdict{State: v}}
	case 15:
		return visit.Receipted{Record: record}
	case 16:
		return visit.BoxBlocked{Reason: rapid.SampledFrom([]visit.Block{"", "", "", visit.BlockFull, visit.BlockFrozen, visit.BlockStale, visit.BlockTamper}).Draw(t, "block")}
	case 17:
		sig := signature()
		if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
			sig.Strokes = nil
		}
		return visit.Signed{Visit: near(s.Visit), Turn: near(s.Turn), Signature: sig}
	case 18:
		return visit.Ticked{Now: s.Now + time.Duration(rapid.IntRange(-5, 100).Draw(t, "seconds"))*time.Second}
	case 19, 20, 21:
		return visit.Pressed{Visit: near(s.Visit), Turn: near(s.Turn), Button: visit.ButtonGoOn}
	default:
		return visit.Pressed{Visit: near(s.Visit), Turn: near(s.Turn), Button: rapid.SampledFrom(visit.Buttons()).Draw(t, "button")}
	}
}

// onward is what would happen next to somebody who just goes on; without it
// hardly any random order would ever reach the end.
func onward(t *rapid.T, s visit.State, card visit.Card, app form.Application) visit.Event {
	press := func(b visit.Button) visit.Event { return visit.Pressed{Visit: s.Visit, Turn: s.Turn, Button: b} }
	switch s.Screen() {
	case visit.ScreenIdle, visit.ScreenLifted, visit.ScreenWrongCard, visit.ScreenReading, visit.ScreenOwnCard:
		return visit.CardRead{Card: card}
	case visit.ScreenTakeCard:
		return visit.CardRemoved{}
	case visit.ScreenReaderLost, visit.ScreenReaderFault:
		return visit.ReaderUp{}
	case visit.ScreenBlocked:
		return visit.BoxBlocked{}
	case visit.ScreenLooking:
		if s.Found.Finding == visit.FoundHere {
			return visit.Judged{Visit: s.Visit, Verdict: openVerdict(), Child: rapid.Bool().Draw(t, "child")}
		}
		return visit.Looked{Visit: s.Visit, Finding: visit.FoundHere, Application: app, Campaign: lenient(1), Point: marker}
	case visit.ScreenFound, visit.ScreenRead, visit.ScreenPhotoNotice, visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice:
		return press(visit.ButtonGoOn)
	case visit.ScreenSettle:
		if s.MaySettle(s.Asked()[s.Asking-1].Field) {
			return press(visit.ButtonUseCard)
		}
		return press(visit.ButtonGoOn)
	case visit.ScreenPhoto:
		if s.Live == visit.PhotoWait {
			return visit.PhotoLive{Visit: s.Visit, Advice: visit.PhotoGood}
		}
		return press(visit.ButtonGoOn)
	case visit.ScreenTaking:
		return visit.PhotoTaken{Visit: s.Visit, Try: s.Taken, Photo: markedPicture()}
	case visit.ScreenPrinting:
		return rapid.SampledFrom([]visit.Event{visit.SheetPrinted{Visit: s.Visit, Copy: s.Sheet.Copy},
			visit.SheetFailed{Visit: s.Visit, Copy: s.Sheet.Copy, Need: visit.NeedJam}, press(visit.ButtonNoWait)}).Draw(t, "end of the job")
	case visit.ScreenSheetFailed:
		return press(rapid.SampledFrom([]visit.Button{visit.ButtonRetry, visit.ButtonGoOn}).Draw(t, "without a sheet"))
	case visit.ScreenTakeSheet:
		return press(visit.ButtonHave)
	case visit.ScreenStaff:
		a := visit.Allowed{Visit: s.Visit, Ask: s.Ask(), Chip: true, Reason: "r", Assents: []protocol.Assent{clerk}}
		if s.Ask() == visit.AskCopies {
			a.Copies = [][]byte{[]byte(marker), []byte(marker)}
		}
		if s.Ask() == visit.AskGuardian {
			a.Copies = [][]byte{[]byte(marker)}
			a.Guardian = protocol.Guardian{Name: marker, Relation: "other", Phone: marker, Text: protocol.HashOf(nil), Sheet: protocol.HashOf([]byte(marker))}
		}
		return a
	case visit.ScreenPledge:
		return visit.Signed{Visit: s.Visit, Turn: s.Turn, Signature: signature()}
	case visit.ScreenSealing:
		return visit.Sealed{Visit: s.Visit, Record: record}
	}
	return nil
}

// Whatever happens in whatever order: nothing is sealed that was not read
// through, signed and judged; nothing of her is left after the end; and time
// alone ends every state.
func TestAnyOrderOfEvents(t *testing.T) {
	seals, papers, pictures, spared, shown := 0, 0, 0, 0, 0
	walk := func(t *rapid.T) {
		s := visit.State{}
		for _, e := range rapid.SampledFrom([][]visit.Event{nil, {visit.CameraUp{}}, {visit.CameraUp{}, visit.PrinterState{}, visit.VoiceOffered{On: true}}}).Draw(t, "fitted") {
			s, _ = visit.Step(s, e)
		}
		w := &witness{yes: map[int]bool{}}
		for range rapid.IntRange(1, 150).Draw(t, "events") {
			e := anyEvent(t, s)
			next, fx := visit.Step(s, e)
			w.sees(t, s, e, next, fx)
			spared += w.spared
			w.spared = 0
			for _, f := range fx {
				switch f := f.(type) {
				case visit.Seal:
					seals++
					shown += len(f.Copies)
				case visit.SheetWord:
					papers++
				case visit.TakePhoto:
					pictures++
				case visit.Wipe:
					if next.Phase == visit.PhaseIdle {
						nothingLeft(t, next)
					}
				}
			}
			if next.Now < s.Now || next.Visit < s.Visit {
				t.Fatalf("time or visit went back: %v then %v", s, next)
			}
			s = next
		}
		endsByTime(t, s)
	}
	// A few walks (-short takes twenty) may miss what is rare: then there are more.
	for rapid.Check(t, walk); !t.Failed() && (papers == 0 || spared == 0 || shown == 0) && seals < 1000; rapid.Check(t, walk) {
	}
	if seals == 0 || papers == 0 || pictures == 0 || spared == 0 || shown == 0 {
		t.Errorf("%d seals, %d sheets, %d pictures, %d copies not printed, %d copies of papers: the property proved nothing", seals, papers, pictures, spared, shown)
	}
}

// nothingLeft: but for the counter, the time and the machine, the state after
// the end is the zero state.
func nothingLeft(t *rapid.T, s visit.State) {
	rest := s
	rest.Visit, rest.Now, rest.Machine = 0, 0, visit.Machine{}
	if !reflect.DeepEqual(rest, visit.State{}) {
		t.Fatalf("after the end something is left in %v", s)
	}
	if path := findMarker(reflect.ValueOf(s), "State"); path != "" {
		t.Fatalf("after the end %s still holds her data", path)
	}
}

// findMarker walks everything reachable and gives the path of a marker.
func findMarker(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.String:
		if strings.Contains(v.String(), marker) {
			return path
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if p := findMarker(v.Field(i), path+"."+v.Type().Field(i).Name); p != "" {
				return p
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && strings.Contains(string(v.Bytes()), marker) {
			return path
		}
		for i := range v.Len() {
			if p := findMarker(v.Index(i), path+"[]"); p != "" {
				return p
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if p := findMarker(v.MapIndex(k), path+"{}"); p != "" {
				return p
			}
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return findMarker(v.Elem(), path+"*")
		}
	}
	return ""
}

func endsByTime(t *rapid.T, s visit.State) {
	for range 40 {
		at, more := s.Wake()
		if !more {
			break
		}
		s, _ = visit.Step(s, visit.Ticked{Now: at})
	}
	if s.Phase != visit.PhaseIdle || s.Over != visit.OverNone {
		t.Fatalf("time alone leaves %v", s)
	}
	if path := findMarker(reflect.ValueOf(s), "State"); path != "" {
		t.Fatalf("ended by time, %s still holds her data", path)
	}
}

// The finder itself finds: else nothingLeft proves nothing.
func TestTheMarkerIsFoundWhileTheVisitRuns(t *testing.T) {
	card, app := planted("11010519491231002X")
	d := &driver{t: t}
	d.step(visit.Ticked{Now: time.Minute}, visit.CardPlaced{}, visit.CardRead{Card: card})
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: app, Campaign: adult}).judged(openVerdict()).wants(visit.ScreenFound)
	d.press(visit.ButtonGoOn).wants(visit.ScreenRead)
	for _, part := range []any{d.s.Card, d.s.Found, d.s.Pages} {
		if findMarker(reflect.ValueOf(part), "part") == "" {
			t.Errorf("%T: no marker found in a running visit", part)
		}
	}
	for range d.s.Pages {
		d.press(visit.ButtonGoOn)
	}
	d.sign().step(visit.Sealed{Visit: d.s.Visit, Record: protocol.ID{4}}).wants(visit.ScreenAccepted)
	if path := findMarker(reflect.ValueOf(d.s), "State"); path != "" {
		t.Errorf("the accepted screen needs nothing of her, yet %s holds it", path)
	}
}
