package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	driver "zhunkao/hw/panel"
)

// withFront runs the program with lamps and buttons, and gives their state.
func withFront(t *testing.T) (program, string, func() frontState) {
	t.Helper()
	link := filepath.Join(t.TempDir(), "dev", "panel")
	p := start(t, cards(), func(c *CLI) { c.PanelLink = link })
	return p, link, func() frontState {
		t.Helper()
		var s frontState
		if err := json.Unmarshal([]byte(p.get(t, "/api/front")), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func (p program) frontAct(t *testing.T, path, body string) int {
	t.Helper()
	resp, err := http.Post(p.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// The box's own driver sees what is pressed here, and its lamps are seen here.
func TestFrontWithTheDriver(t *testing.T) {
	p, link, state := withFront(t)
	if s := state(); !s.Plugged || s.Link != link || s.Asked != 0 || s.Lamps["ok"] != "dark" || s.Contacts["door"] {
		t.Fatalf("at first: %+v", s)
	}
	box, err := driver.New(driver.Options{Wiring: driver.Modbus(link), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = box.Run(ctx) }()
	defer func() { cancel(); <-done }()
	next := func() driver.Event {
		t.Helper()
		select {
		case e := <-box.Events():
			return e
		case <-time.After(2 * time.Minute):
			t.Fatal("nothing told")
			return nil
		}
	}
	until := func(what string, is func(frontState) bool) {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); !is(state()); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("never: %s; %+v", what, state())
			}
		}
	}
	if e, ok := next().(driver.Ready); !ok {
		t.Fatalf("got %v, want Ready", e)
	}
	box.Set(driver.LampOK, driver.On)
	box.Set(driver.LampReader, driver.Blink)
	until("lamps", func(s frontState) bool { return s.Lamps["ok"] == "lit" && s.Lamps["reader"] == "blinks" })
	box.Set(driver.LampReader, driver.Off)
	until("reader is dark", func(s frontState) bool { return s.Lamps["reader"] == "dark" })

	var e driver.Event
	for e == nil { // and again what a busy machine has not seen
		p.post(t, "/front/press", url.Values{"button": {"help"}, "how": {"short"}})
		until("the button is let go", func(s frontState) bool { return !s.Buttons["help"] })
		select {
		case e = <-box.Events():
		case <-time.After(time.Second):
		}
	}
	if e, ok := e.(driver.Pressed); !ok || e.Button != driver.ButtonHelp {
		t.Fatalf("got %v", e)
	}
	if e, ok := next().(driver.Released); !ok || e.After > 2*time.Second {
		t.Fatalf("got %v", e)
	}
	if code := p.frontAct(t, "/api/front/press", `{"button":"staff","ms":6000}`); code != 200 {
		t.Fatalf("press: %d", code)
	}
	if _, ok := next().(driver.Pressed); !ok {
		t.Fatal("not pressed")
	}
	if e, ok := next().(driver.Held); !ok || e.Button != driver.ButtonStaff {
		t.Fatalf("got %v, want Held", e)
	}
	next()
	p.post(t, "/front/contact", url.Values{"contact": {"door"}, "open": {"1"}})
	if e, ok := next().(driver.Opened); !ok || e.Contact != driver.ContactDoor {
		t.Fatalf("got %v", e)
	}
	p.post(t, "/front/fault", url.Values{"fault": {"unplug"}, "on": {"1"}})
	if _, ok := next().(driver.Lost); !ok {
		t.Fatal("not lost")
	}
	p.post(t, "/front/healthy", nil)
	if e, ok := next().(driver.Ready); !ok || !e.Open[driver.ContactDoor] {
		t.Fatalf("got %v, want Ready with the door open", e)
	}
}

func TestFrontPages(t *testing.T) {
	p, _, state := withFront(t)
	p.post(t, "/front/contact", url.Values{"contact": {"tamper"}, "open": {"1"}})
	for _, pre := range frontPresets() {
		p.post(t, "/front/fault", url.Values{"fault": {pre.key}, "on": {"1"}})
		if s := state(); s.Knobs != pre.k {
			t.Errorf("%s: knobs %+v", pre.key, s.Knobs)
		}
		for lang, page := range map[string]string{"zh": p.get(t, "/front?lang=zh-CN"), "en": p.get(t, "/front?lang=en")} {
			if i := strings.Index(page, "⟨"); i >= 0 {
				t.Errorf("%s: a word is missing: %.40s", lang, page[i:])
			}
			if strings.Contains(page, "style=") || strings.Contains(page, " onclick") || !strings.Contains(page, `aria-current="page" href="/front"`) {
				t.Errorf("%s: inline style or script, or the menu does not say where one is", lang)
			}
		}
	}
	if s := state(); !s.Contacts["tamper"] {
		t.Error("the case is not open")
	}
	for key, w := range frontWords {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
	for path, body := range map[string]string{
		"/api/front/press":   `{"button":"disco"}`,
		"/api/front/contact": `{"contact":"window"}`,
		"/api/front/knob":    `{"exception":99}`,
	} {
		if code := p.frontAct(t, path, body); code != http.StatusUnprocessableEntity {
			t.Errorf("%s %s: status %d, want 422", path, body, code)
		}
	}
	if code, page := p.post(t, "/front/press", url.Values{"button": {"disco"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "没有这个按钮") {
		t.Errorf("status %d, want 422 and why", code)
	}
}

// Without --panel-link there is no such page.
func TestNoFront(t *testing.T) {
	p := start(t, cards())
	if strings.Contains(p.get(t, "/"), "/front") {
		t.Error("the menu leads to what is not there")
	}
	if code, _ := p.post(t, "/front/press", nil); code != http.StatusNotFound && code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", code)
	}
}
