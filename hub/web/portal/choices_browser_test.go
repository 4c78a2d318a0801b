package portal_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zhunkao/hub/org"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/chromium"
)

// Choices and point in a browser on a telephone: found while typing, chosen by
// keyboard; and then once more with script switched off.
func TestChoicesInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short")
	}
	w := newWorld(t)
	w.openPoint(org.Point{Code: "43010402", Name: "岳麓区第 2 报名确认点", Way: "地铁 2 号线"})
	h := w.arrive(0)
	h.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Household] = "430104"
	})
	s := h.screen()
	s.do("size", chromedp.EmulateViewport(360, 740))
	first, second := w.programme("34", 0), w.programme("34", 1)

	s.do("open", chromedp.Navigate(w.server.URL+"/ks/choices/1"))
	s.do("level", chromedp.Focus("input[name=level][value='3']"))
	s.keys(" ")
	s.until(`!!document.getElementById("q")`) // the page was not loaded anew: the button was not pressed
	if got := s.is(`document.activeElement.name + document.activeElement.value`); got != "level3" {
		t.Errorf("the keyboard is at %q", got)
	}
	s.do("search", chromedp.Focus("#q"))
	s.keys(first.School)
	// The list of the last key typed: that of an earlier one is still exchanged.
	s.until(`new URLSearchParams(location.search).get("q") === "` + first.School + `" && document.querySelectorAll("input[name=programme]").length > 0 && [...document.querySelectorAll("input[name=programme]")].every((e) => e.value.startsWith("` + first.School + `|"))`)
	if got := s.is(`document.activeElement.id + document.activeElement.value`); got != "q"+first.School {
		t.Errorf("typing was disturbed: %q", got)
	}
	if got := s.is(`document.documentElement.scrollWidth`); got != "360" {
		t.Errorf("the page is %s wide", got)
	}
	s.shot("choose-found")
	s.do("programme", chromedp.Focus("input[name=programme][value='"+value(first)+"']"))
	s.keys(" ", kb.Enter)
	s.do("saved", chromium.Arrive("#choice-1"))
	if c := h.drafted().Application.Choices; len(c) != 1 || c[0] != first.Choice(1) {
		t.Fatalf("chosen: %v", c)
	}
	s.shot("choices-one")

	// The same without script.
	s.do("no script", noScript(true))
	s.do("open", chromedp.Navigate(w.server.URL+"/ks/choices/2"), chromedp.Click("#find button"), chromium.Arrive("#programme"),
		chromedp.Click("input[name=programme][value='"+value(second)+"']"), chromedp.Click("#programme .primary"), chromium.Arrive("#choice-2"))
	if c := h.drafted().Application.Choices; len(c) != 2 || c[1] != second.Choice(2) {
		t.Fatalf("without script: %v", c)
	}
	s.do("point", chromedp.Navigate(w.server.URL+"/ks/point"), chromedp.Click("#point-43010402 summary"), chromedp.Click("#point-43010402 form button"), chromium.Arrive("#point-43010402.here"))
	if p := h.drafted().Application.Point; p != "43010402" {
		t.Errorf("the point is %q", p)
	}
	s.shot("point-chosen")
	s.do("size", chromedp.EmulateViewport(1280, 800))
	s.shot("point-chosen-wide")
	s.do("evidence", chromedp.Navigate(w.server.URL+"/ks/evidence"), chromedp.Click("input[name=claim]:not(:disabled)"), chromedp.Click("#claim button"), chromium.Arrive("input[type=file]"))
	if c := h.drafted().Application.Claims; len(c) != 1 {
		t.Errorf("claims %v", c)
	}
	s.shot("evidence-claimed")
	if said := s.says(); len(said) > 0 {
		t.Errorf("the console says %q", said)
	}
}
