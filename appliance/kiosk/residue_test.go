package kiosk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/chromedp"

	"zhunkao/appliance/visit"
	"zhunkao/provisioning/chromium"
)

// secrets are what nobody may see after her: name, number, address, photo.
func secrets(s visit.State) []string {
	out := []string{s.Found.Application.Name().Reveal(), s.Card.Chip.Name.Reveal(), string(s.Card.Chip.Number), s.Card.Chip.Address, s.Found.Application.Get("LXDH")}
	var all []string
	for _, v := range out {
		if v != "" {
			all = append(all, v)
		}
	}
	return all
}

// escaped is s as a heap snapshot writes it, in lower case.
func escaped(s string) string {
	var out strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if u < 0x80 {
			out.WriteByte(byte(u))
			continue
		}
		fmt.Fprintf(&out, `\u%04x`, u)
	}
	return strings.ToLower(out.String())
}

// names none of them, whole or as JSON has it.
func reveals(text string, secrets []string) string {
	for _, s := range secrets {
		quoted, err := json.Marshal(s)
		if err != nil {
			return err.Error()
		}
		if strings.Contains(text, s) || strings.Contains(text, strings.Trim(string(quoted), `"`)) || strings.Contains(text, url.QueryEscape(s)) {
			return s
		}
	}
	return ""
}

// After the reset nothing of her comes out of any address: not the page, not
// with her old token, not her old picture.
func TestNothingOfHerByHTTP(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *rig){
		"done":         func(t *testing.T, r *rig) { r.press(t, visit.ButtonWrong); r.press(t, visit.ButtonDone) },
		"staff escape": func(t *testing.T, r *rig) { r.happen(t, visit.StaffEscape{}) },
		"time":         func(t *testing.T, r *rig) { r.happen(t, visit.Ticked{Now: 10 * 3600e9}) },
		"frozen":       func(t *testing.T, r *rig) { r.happen(t, visit.BoxBlocked{Reason: visit.BlockFrozen}) },
	} {
		r := newRig(t, "photo-none", preview)
		her := secrets(r.state())
		if len(her) < 3 {
			t.Fatal("she has no secrets: this test proves nothing")
		}
		feed, old := r.feedOf(t), r.fields(t)
		r.press(t, visit.ButtonGoOn)
		r.press(t, visit.ButtonGoOn)
		picture := string(r.state().Photo.JPEG)
		_, body := r.get(t, "/")
		if reveals(body, her) == "" || !strings.Contains(body, "data:image/jpeg;base64,") || picture == "" {
			t.Fatal("the read-through shows neither her name nor her photo: this test proves nothing")
		}
		older := r.fields(t)
		end(t, r)
		if r.state().Phase != visit.PhaseIdle {
			t.Fatalf("%s: %v", name, r.state())
		}
		for _, path := range []string{"/", "/?lang=zh", "/events/", feed, "/camera/preview/", "/sign", "/press", "/staff", "/static/", "/gallery/", "/favicon.ico", "/photo", "/../"} {
			resp, body := r.get(t, path)
			all := body + fmt.Sprint(resp.Header) + resp.Request.URL.String()
			if found := reveals(all, her); found != "" || strings.Contains(all, "data:image/jpeg") {
				t.Errorf("%s: GET %s still knows %q", name, path, found)
			}
		}
		if resp, _ := r.get(t, feed); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: her picture's address: %d", name, resp.StatusCode)
		}
		for _, f := range []url.Values{old, older} { // her old pages, pressed again
			for _, b := range visit.Buttons() {
				f.Set("button", string(b))
				r.pressed(t, f)
			}
			if s := r.state(); s.Phase != visit.PhaseIdle {
				t.Errorf("%s: a press on her old page led to %v", name, s)
			}
		}
		if _, body := r.get(t, "/"); reveals(body, her) != "" || strings.Contains(body, "data-type") {
			t.Errorf("%s: after her old pages were pressed again she is back", name)
		}
	}
}

// In the browser: after the reset she is not in the page, not behind the back
// button, not in any store, and nothing reachable of the page's memory names
// her.
func TestNothingOfHerInTheBrowser(t *testing.T) {
	ctx, _ := chromium.Start(t)
	r := newRig(t, "idle", preview)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	r.arrive(t, "residue")
	her := secrets(r.state())
	r.press(t, visit.ButtonGoOn)
	for r.state().Phase != visit.PhaseRead {
		shows(ctx, t, r)
		r.press(t, visit.Button(onwardButton(r.state())))
	}
	shows(ctx, t, r)
	dump := func() string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML + document.title + location.href + document.cookie +
			JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(history.state) +
			performance.getEntries().map((e) => e.name).join(" ") + [...document.images].map((i) => i.src).join(" ")`))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if reveals(dump(), her) == "" || !strings.Contains(dump(), "data:image/jpeg") {
		t.Fatal("her name and photo are not on the page: this test proves nothing")
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`window.kept = [...document.querySelectorAll("dd")].map((e) => e.textContent); void 0`)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(snapshot(t, ctx), escaped(her[0])) {
		t.Fatal("a name that a script holds is not found in its memory: the search proves nothing")
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`delete window.kept; void 0`)); err != nil {
		t.Fatal(err)
	}
	r.happen(t, visit.StaffEscape{})
	shows(ctx, t, r)
	clean := func(when string) {
		t.Helper()
		if all := dump(); reveals(all, her) != "" || strings.Contains(all, "data:image/jpeg") {
			t.Errorf("%s: the page still has %q of her", when, reveals(all, her))
		}
	}
	clean("after the reset")
	memory := snapshot(t, ctx)
	for _, s := range her {
		if strings.Contains(memory, escaped(s)) || strings.Contains(memory, s) {
			t.Errorf("after the reset the page's reachable memory still has %q", s)
		}
	}
	// Forwards and backwards, and the same page anew.
	if err := chromedp.Do(ctx, chromedp.Navigate(r.server.URL+"/nowhere"), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	clean("fetched anew")
	for i, way := range []string{"history.back()", "history.back()", "history.forward()", "location.reload()"} {
		// The way is gone after the answer, and only a page without this step's mark is another page.
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("window.step = %d; setTimeout(() => %s, 0); void 0", i+1, way)),
			chromium.Until(fmt.Sprintf(`window.step !== %d && document.readyState === "complete"`, i+1))); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		clean(way)
	}
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`caches.keys().then((k) => k.length)`, chromedp.EvalAwaitPromise)); err != nil || n != 0 {
		t.Errorf("%d caches, %v", n, err)
	}
}

// snapshot is all that the page's scripts can still reach, and what the engine
// holds for them, as text.
func snapshot(t *testing.T, ctx context.Context) string {
	t.Helper()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex // guards out, which the browser's goroutine fills
	var out strings.Builder
	if err := chromedp.Listen(inner, func(ev any) {
		if c, ok := ev.(*heapprofiler.EventAddHeapSnapshotChunk); ok {
			mu.Lock()
			defer mu.Unlock()
			out.WriteString(c.Chunk)
		}
	}); err != nil {
		t.Fatal(err)
	}
	take := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, heapprofiler.TakeHeapSnapshot, heapprofiler.TakeHeapSnapshotParams{})
		return err
	})
	if err := chromedp.Do(ctx, take); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	return strings.ToLower(out.String())
}
