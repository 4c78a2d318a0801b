package kiosk

import (
	"html"
	"strings"
	"testing"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
)

// She is told before she confirms which characters her sheet cannot show, and
// only then.
func TestWhatTheSheetCannotShowIsSaid(t *testing.T) {
	notes := func(english bool, u ...visit.Unprintable) string {
		t.Helper()
		s := newStudio().judged(plain, visit.Judged{Verdict: open(), Card: form.InForce, Unprintable: u})
		s.state.Prefs.English = english
		b, err := page{View: View{State: s.state, Status: s.status}, words: catalogue()}.draw()
		if err != nil {
			t.Fatal(err)
		}
		return html.UnescapeString(string(b))
	}
	name := visit.Unprintable{Field: form.FullName, Runes: []rune("𬭩")}
	if got := notes(false, name); !strings.Contains(got, "姓名里的“𬭩”（U+2CB69），打印字库没有，表上印成方框加编码。记录是对的，请工作人员在表上注明。") {
		t.Error("the name's character is not named, or not what becomes of it")
	}
	if got := notes(true, name); !strings.Contains(got, "“𬭩” (U+2CB69)") || !strings.Contains(got, "your record is right") {
		t.Error("not said in English")
	}
	many := []visit.Unprintable{{Field: form.FullName, Runes: []rune("𬭩")}, {Field: visit.FieldChoices, Runes: []rune("𠮷𫖯")}}
	if got := notes(false, many...); !strings.Contains(got, "姓名、志愿里的“𬭩”（U+2CB69）、“𠮷”（U+20BB7）、等 3 个字，") {
		t.Error("many are not counted")
	}
	if got := notes(false); strings.Contains(got, "打印字库") {
		t.Error("said of nothing")
	}
}

func TestTheSmallFontIsSaid(t *testing.T) {
	for _, few := range []bool{true, false} {
		s := newStudio().fresh()
		s.status.FewFonts = few
		b, err := page{View: View{State: s.state, Status: s.status}, words: catalogue()}.draw()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "打印用小字库") != few {
			t.Errorf("small font %t, and the idle screen says otherwise", few)
		}
	}
}
