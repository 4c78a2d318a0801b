package visit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// signedSheet is the picture of a guardian's sheet.
const signedSheet = "a picture of the sheet"

func guardian() protocol.Guardian {
	return protocol.Guardian{Name: "周样", Relation: "mother", Phone: "13800000000", Text: protocol.HashOf([]byte("text")), Sheet: protocol.HashOf([]byte(signedSheet))}
}

func consents(d *driver) visit.Allowed {
	return visit.Allowed{Visit: d.s.Visit, Ask: visit.AskGuardian, Guardian: guardian(), Copies: [][]byte{[]byte(signedSheet)}, Assents: []protocol.Assent{clerk}}
}

// child drives somebody who was entered here and is under age to what was found.
func child(t testing.TB) *driver {
	t.Helper()
	d := &driver{t: t}
	d.step(visit.Ticked{Now: time.Hour}, visit.CameraUp{}, visit.CardPlaced{}, visit.CardRead{Card: card(plain)})
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: plain.Application, Campaign: adult})
	d.step(visit.Judged{Visit: d.s.Visit, Verdict: openVerdict(), Child: true})
	return d.wants(visit.ScreenFound).press(visit.ButtonGoOn).wants(visit.ScreenStaff)
}

// TestGuardianConsents: a child waits for her guardian; what is sealed names the
// guardian and has the sheet, bound by its hash; nothing else counts, and the last
// screen knows nothing of it any more.
func TestGuardianConsents(t *testing.T) {
	d := child(t)
	if d.s.Ask() != visit.AskGuardian {
		t.Fatal(d.s.Ask())
	}
	for name, spoil := range map[string]func(*visit.Allowed){
		"no sheet":      func(e *visit.Allowed) { e.Copies = nil },
		"two sheets":    func(e *visit.Allowed) { e.Copies = append(e.Copies, []byte("x")) },
		"another sheet": func(e *visit.Allowed) { e.Copies = [][]byte{[]byte("another")} },
		"nobody":        func(e *visit.Allowed) { e.Guardian = protocol.Guardian{} },
		"no relation":   func(e *visit.Allowed) { e.Guardian.Relation = "friend" },
		"no clerk":      func(e *visit.Allowed) { e.Assents = nil },
		"as copies":     func(e *visit.Allowed) { e.Ask = visit.AskCopies },
	} {
		e := consents(d)
		spoil(&e)
		if d.step(e).wants(visit.ScreenStaff); d.s.Guardian.Whole() {
			t.Errorf("%s: it counted", name)
		}
	}
	d.step(consents(d)).wants(visit.ScreenPhotoNotice)
	d.press(visit.ButtonBack).wants(visit.ScreenFound).press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice) // asked once
	d.onwards(visit.ScreenPledge).sign()
	s := find[visit.Seal](t, d.fx)
	if !s.Child || s.Guardian != guardian() || string(s.Consent) != signedSheet || s.Clerk != clerk || len(s.Copies) != 0 || s.Papers.Why != "" {
		t.Errorf("sealed: child %v, whole %v, %d bytes, %d copies", s.Child, s.Guardian.Whole(), len(s.Consent), len(s.Copies))
	}
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record}).wants(visit.ScreenAccepted)
	if d.s.Alone || d.s.Consent != nil || d.s.Guardian.Whole() || strings.Contains(fmt.Sprintf("%+v", s.Guardian), "周") {
		t.Error("the last screen holds the guardian, or the guardian prints")
	}
}

// TestNobodyConsents: without a guardian she goes on, whoever says so or nobody;
// what is sealed says that it is a child and that nobody consented.
func TestNobodyConsents(t *testing.T) {
	for name, end := range map[string]func(*driver){
		"the clerk says so": func(d *driver) { d.step(visit.Denied{Visit: d.s.Visit, Ask: visit.AskGuardian, Clerk: clerk}) },
		"she does not wait": func(d *driver) { d.press(visit.ButtonNoWait) },
		"nobody comes":      func(d *driver) { d.pass(visit.StaffLimit) },
	} {
		d := child(t)
		end(d)
		d.wants(visit.ScreenPhotoNotice).onwards(visit.ScreenPledge).sign()
		if s := find[visit.Seal](t, d.fx); !s.Child || s.Guardian.Whole() || s.Consent != nil {
			t.Errorf("%s: child %v, guardian %v, %d bytes", name, s.Child, s.Guardian.Whole(), len(s.Consent))
		}
		if d.step(visit.Sealed{Visit: d.s.Visit, Record: record}).wants(visit.ScreenAccepted); !d.s.Alone {
			t.Errorf("%s: the last screen does not know that nobody consented", name)
		}
		if d.press(visit.ButtonDone); d.s.Alone {
			t.Errorf("%s: the next visit knows it", name)
		}
	}
}
