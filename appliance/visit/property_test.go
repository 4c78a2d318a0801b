package visit_test

import (
	"cmp"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
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
