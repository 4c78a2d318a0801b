package appliance_test

import (
	"strings"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// TestACardIsVerifiedAtTheBox: who was confirmed on papers, anywhere, puts her new
// card down, presses once, and what the chip says is sealed; this box asks her no
// second time.
func TestACardIsVerifiedAtTheBox(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true // this peer opens confirmations only
	who, record := p.plain()[0], protocol.NewID()
	p.adds = func(page *protocol.RosterPage) {
		page.Entries = append(page.Entries, protocol.RosterEntry{Version: uint64(len(p.people)), Confirmed: &protocol.ConfirmedMark{
			Application: who.Application.ID, At: protocol.TimeOf(open), Point: "43010299", Provisional: &record}})
	}
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(who.Chip)
	text := b.sees("verify")
	if !strings.Contains(text, "不用再签名") || !strings.Contains(text, string(who.Application.Name())) {
		t.Error("the screen does not say what is asked of her")
	}
	b.press("go-on")
	if text := b.sees("verified"); !strings.Contains(text, "核验好了") {
		t.Error("the screen does not say that it is done")
	}
	b.lift()
	b.press("done")
	b.sees("idle")
	until(t, "the record is sent", func() (whole bool) {
		p.with(func() {
			env, ok := p.envs[1]
			if !ok {
				return
			}
			m, _, err := protocol.ParseEnvelope(env)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range m.Parts() {
				if !part.Matches(p.parts[part.Hash]) {
					return
				}
			}
			whole = true
			var v protocol.Verification
			if err := protocol.OpenBody(m, p.parts[m.Body.Hash], p.keys.Opening, &v); err != nil {
				t.Fatal(err)
			}
			if m.Kind != protocol.RecordVerification || v.Record != record || v.Application != who.Application.ID || v.Chip.Number != who.Chip.Number || v.Point != hubtest.Point || len(v.Blobs) != 2 {
				t.Errorf("%s of %s, %d blobs", m.Kind, v.Record, len(v.Blobs))
			}
		})
		return whole
	})
	b.place(who.Chip)
	if text := b.sees("refused"); !strings.Contains(text, "已经确认过") {
		t.Error("she is asked twice")
	}
	if n := b.app.Kept(t); n != 0 {
		t.Errorf("%d buffers are kept after the visit", n)
	}
	if log := b.log.String(); strings.Contains(log, who.Chip.Number.Reveal()) || strings.Contains(log, string(who.Chip.Name)) {
		t.Error("the log names her")
	}
}

// TestThePointIsNotForHer: a candidate under age, or a medical one, is sent on by
// the names of the points of the city that serve her; a closed one, one of another
// city and one that does not either are not named (demand A33).
func TestThePointIsNotForHer(t *testing.T) {
	p := newPeer(t, at(open))
	young := p.plain()[0]
	app := young.Application.Clone()
	app.Fields[form.BirthDate] = "20040309"
	number := young.Chip.Number.Reveal()
	app.Fields[form.DocumentNumber] = withCheck(number[:6] + "20040309" + number[14:17])
	young.Application, young.Chip.Birth = app, "20040309"
	young.Chip.Number = app.Number()
	for i := range p.people {
		if p.people[i].Application.ID == app.ID {
			p.people[i] = young
		}
	}
	minors := protocol.Takes{Minors: true, Medical: true}
	p.adds = func(page *protocol.RosterPage) {
		page.Places = []protocol.Place{{Code: hubtest.Point, Name: "测试报名点", Division: "430102"},
			{Code: "43010288", Name: "低龄一号点", Division: "430102", Address: "样本路 8 号", Takes: minors}, {Code: "43010277", Name: "普通七号点", Division: "430102"},
			{Code: "43010266", Name: "关了的点", Division: "430102", Takes: minors, Closed: true}, {Code: "43020101", Name: "外市的点", Division: "430201", Takes: minors}}
	}
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(young.Chip)
	text := b.sees("refused")
	for _, want := range []string{"不办低龄考生", "低龄一号点", "样本路 8 号", "没有确认以前都能改"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen does not say %q: %s", want, text)
		}
	}
	for _, not := range []string{"普通七号点", "关了的点", "外市的点"} {
		if strings.Contains(text, not) {
			t.Errorf("the screen says %q", not)
		}
	}
}

// TestElsewhereHasAnAddress: who is registered at another point hears where that
// is and when it serves.
func TestElsewhereHasAnAddress(t *testing.T) {
	p := newPeer(t, at(open))
	who := p.plain()[0]
	p.adds = func(page *protocol.RosterPage) {
		for i, e := range page.Entries {
			if e.Application != nil && e.Application.ID == who.Application.ID {
				page.Entries[i] = protocol.RosterEntry{Version: e.Version, Elsewhere: &protocol.ElsewhereMark{
					Key: protocol.RosterKey{Key: make([]byte, 32)}.Mark(who.Chip.Number), Point: "43010288", PointName: "样本八号点"}}
			}
		}
		page.Places = []protocol.Place{{Code: "43010288", Name: "样本八号点", Division: "430102", Address: "样本路 8 号", Hours: "09:00-17:00", Phone: "0731-00000000"}}
	}
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(who.Chip)
	text := b.sees("refused")
	for _, want := range []string{"样本八号点", "样本路 8 号", "09:00-17:00", "0731-00000000"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen does not say %q: %s", want, text)
		}
	}
}

// withCheck completes seventeen digits to a document number (GB 11643).
func withCheck(n string) string {
	sum, weight := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weight {
		sum += int(n[i]-'0') * w
	}
	return n + string("10X98765432"[sum%11])
}
