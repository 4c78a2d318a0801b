package web

import (
	"testing"

	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// TestNotesOfBoxesHaveWords: a box notes grades, validities and reasons as words
// of the wire; the page shows none of them raw.
func TestNotesOfBoxesHaveWords(t *testing.T) {
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []console.Lang{console.Zh, console.En} {
		w := words{pages: pages, lang: lang}
		for _, note := range []string{
			string(form.GradeNote), string(form.GradeAsk), string(form.GradeStop),
			string(form.ExpiredCard), string(form.NotYetValid), string(form.ValidityUnsure), string(form.ValidityUnknown),
			string(window.ClockUnsure), string(window.QueueToken),
		} {
			if got := w.noted(note); got == note || got == "" {
				t.Errorf("%s: the note %q is shown as %q", lang, note, got)
			}
		}
		if got := w.noted("3 findings"); lang == console.Zh && got != "有 3 处不合填报规则" {
			t.Errorf("findings are shown as %q", got)
		}
	}
}
