package kiosk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Every text is in both languages with the same places to fill in; every one is
// used by some screen of the gallery, and no screen asks for another.
func TestEveryWordIsUsedAndThere(t *testing.T) {
	all := catalogue()
	verbs := regexp.MustCompile(`%[sd]`)
	for k, w := range all {
		if w.zh == "" || w.en == "" {
			t.Errorf("%s: not in both languages: %q", k, w)
		}
		if a, b := verbs.FindAllString(w.zh, -1), verbs.FindAllString(w.en, -1); !slices.Equal(a, b) {
			t.Errorf("%s: places to fill in differ: %v, %v", k, a, b)
		}
	}
	// Each word is drawn with a mark of its own; a mark that no page shows is
	// a word that nobody uses.
	marked := map[string]word{}
	for k, w := range all {
		marked[k] = word{zh: "⟦" + k + "⟧" + w.zh, en: w.en}
	}
	var drawn strings.Builder
	for _, s := range shots() {
		for _, m := range []manner{{}, {English: true}, {Large: true, Contrast: true}} {
			v := s.View
			v.State.Prefs.English, v.State.Prefs.Large, v.State.Prefs.Contrast = m.English, m.Large, m.Contrast
			b, err := page{View: v, Demo: true, words: marked}.draw()
			if err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
			if strings.Contains(string(b), "%!") {
				t.Errorf("%s: a place that was not filled in", s.Name)
			}
			drawn.Write(b)
		}
	}
	for k := range all {
		if !strings.Contains(drawn.String(), "⟦"+k+"⟧") {
			t.Errorf("%s: no screen uses it", k)
		}
	}
}

// Every screen that the machine knows is in the gallery.
func TestGalleryShowsEveryScreen(t *testing.T) {
	seen := map[visit.Screen]bool{}
	names := map[string]bool{}
	for _, s := range shots() {
		seen[s.View.State.Screen()] = true
		if names[s.Name] {
			t.Errorf("two shots are called %s", s.Name)
		}
		names[s.Name] = true
	}
	for _, want := range []visit.Screen{visit.ScreenIdle, visit.ScreenTakeCard, visit.ScreenReaderFault, visit.ScreenBlocked, visit.ScreenReading,
		visit.ScreenUnreadable, visit.ScreenLooking, visit.ScreenRefused, visit.ScreenExplained, visit.ScreenFound, visit.ScreenRead, visit.ScreenPledge,
		visit.ScreenSealing, visit.ScreenSealFailed, visit.ScreenAccepted, visit.ScreenLifted, visit.ScreenWrongCard, visit.ScreenReaderLost,
		visit.ScreenStill, visit.ScreenHelp, visit.ScreenOwnCard, visit.ScreenSettle, visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenTaking,
		visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice, visit.ScreenNoPhoto, visit.ScreenPrinting, visit.ScreenTakeSheet, visit.ScreenSheetFailed} {
		if !seen[want] {
			t.Errorf("no shot of %s", want)
		}
	}
}

func TestHeadersOnEveryResponse(t *testing.T) {
	var moves []string
	r := newRig(t, "found", demo(&moves))
	for _, path := range []string{"/", "/static/kiosk.css", "/static/kiosk.js", "/static/", "/nowhere", "/gallery/", "/gallery/screen/idle"} {
		resp, _ := r.get(t, path)
		h := resp.Header
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors ") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store"} {
			if got := h.Get(k); got != want {
				t.Errorf("%s: %s %q, want %q", path, k, got, want)
			}
		}
		if ct := h.Get("Content-Type"); ct == "" || strings.HasPrefix(ct, "text/") && !strings.Contains(ct, "charset=") {
			t.Errorf("%s: content type %q", path, ct)
		}
		if h.Get("Set-Cookie") != "" || h.Get("Access-Control-Allow-Origin") != "" || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: a header that must not be there: %v", path, h)
		}
	}
}

// What counts down has something left to count.
func TestNothingCountsFromZero(t *testing.T) {
	for _, s := range shots() {
		b, err := page{View: s.View, words: catalogue()}.draw()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(`data-count="0"`)) {
			t.Errorf("%s says that nothing is left of its time", s.Name)
		}
	}
}

// The page itself keeps the content policy: nothing inline, nothing foreign.
func TestPagesKeepThePolicy(t *testing.T) {
	bad := regexp.MustCompile(`(?i)<script[^>]*>[^<]|\sstyle=|<style|\son\w+=|https?://|javascript:`)
	number := regexp.MustCompile(`\d{17}[\dXx]`)
	for _, s := range shots() {
		b, err := page{View: s.View, words: catalogue()}.draw()
		if err != nil {
			t.Fatal(err)
		}
		if m := bad.Find(b); m != nil {
			t.Errorf("%s: %q in the page", s.Name, m)
		}
		if m := number.Find(b); m != nil {
			t.Errorf("%s: a whole ID number in the page", s.Name)
		}
	}
}

func TestForeignHostsAndOriginsAreRefused(t *testing.T) {
	r := newRig(t, "found", func(o *Options) { o.Listen = "127.0.0.1:0" })
	for host, want := range map[string]int{"127.0.0.1:8602": 200, "localhost": 200, "[::1]:8602": 200, "evil.example": 421, "10.0.0.5:8602": 421, "127.0.0.1.evil.example": 421, "": 400} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if host == "" {
			continue // net/http itself refuses a request without one
		}
		req.Host = host
		if resp, _ := do(t, req); resp.StatusCode != want {
			t.Errorf("host %q: %d, want %d", host, resp.StatusCode, want)
		}
	}
	if !hostAllowed("127.0.0.1:8602", "127.0.0.1:8602") || hostAllowed("127.0.0.1:8602", "127.0.0.1:9999") {
		t.Error("the port of the address is part of it")
	}
	f := r.fields(t)
	f.Set("button", "go-on")
	foreign := map[string]func(*http.Request){
		"origin":    func(q *http.Request) { q.Header.Set("Origin", "http://evil.example") },
		"null":      func(q *http.Request) { q.Header.Set("Origin", "null") },
		"sec-fetch": func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site": func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "same-site") },
	}
	for name, change := range foreign {
		if got := r.pressed(t, f, change); got != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, got)
		}
	}
	if n := len(r.taken()); n != 0 {
		t.Errorf("%d presses from elsewhere reached the loop", n)
	}
}

func TestPressNeedsTheTokenOfItsPage(t *testing.T) {
	r := newRig(t, "found")
	good := r.fields(t)
	good.Set("button", "go-on")
	other := newRig(t, "found").fields(t).Get("token")
	for name, change := range map[string][2]string{
		"no token": {"token", ""}, "a made-up token": {"token", strings.Repeat("0", 32)}, "another box's token": {"token", other},
		"another turn": {"turn", "99"}, "another visit": {"visit", "99"}, "no number": {"visit", "x"},
	} {
		f := url.Values{}
		for k := range good {
			f.Set(k, good.Get(k))
		}
		f.Set(change[0], change[1])
		if got := r.pressed(t, f); got != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, got)
		}
	}
	bad := url.Values{"button": {"format-disk"}, "visit": good["visit"], "turn": good["turn"], "token": good["token"]}
	if got := r.pressed(t, bad); got != http.StatusBadRequest {
		t.Errorf("unknown button: %d, want 400", got)
	}
	if n := len(r.taken()); n != 0 {
		t.Errorf("%d bad presses reached the loop", n)
	}
	if got := r.pressed(t, good); got != http.StatusSeeOther {
		t.Errorf("a good press without script: %d, want 303", got)
	}
	if got := r.pressed(t, good, func(q *http.Request) { q.Header.Set("X-Kiosk", "1") }); got != http.StatusNoContent {
		t.Errorf("a repeated press by script: %d, want 204", got)
	}
	if s := r.state(); s.Phase != visit.PhasePhotoNotice {
		t.Errorf("two posts of one press led to %v, want the notice before the photo", s)
	}
}

func TestUnknownMethodsAndPathsAreRefused(t *testing.T) {
	r := newRig(t, "idle")
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"PUT", "/press", 405}, {"DELETE", "/", 405}, {"PATCH", "/sign", 405}, {"TRACE", "/", 405}, {"OPTIONS", "/", 405}, {"BREW", "/", 405},
		{"GET", "/press", 405}, {"POST", "/", 405}, {"POST", "/events", 405}, {"GET", "/demo/clock", 404}, {"POST", "/demo/clock", 404}, {"GET", "/gallery/", 404},
		{"GET", "/index.html", 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, r.server.URL+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, _ := do(t, req); resp.StatusCode != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, resp.StatusCode, tt.want)
		}
	}
}

func TestABusyLoopIsSaid(t *testing.T) {
	r := newRig(t, "found")
	r.broken = errors.New("stopping")
	f := r.fields(t)
	f.Set("button", "go-on")
	if got := r.pressed(t, f); got != http.StatusServiceUnavailable {
		t.Errorf("%d, want 503", got)
	}
}

func TestSignIsCheckedBeforeTheLoopSeesIt(t *testing.T) {
	r := newRig(t, "pledge")
	f := r.fields(t)
	body := func(strokes string) string {
		return `{"visit":` + f.Get("visit") + `,"turn":` + f.Get("turn") + `,"token":"` + f.Get("token") + `","signature":{"w":300,"h":200,"strokes":` + strokes + `}}`
	}
	good := `[[1,1,20,20,40,40,60,60],[80,10,90,20,100,30,110,40]]`
	for name, tt := range map[string]struct {
		body string
		want int
	}{
		"not json":      {"{", 422},
		"too few":       {body(`[[1,1]]`), 422},
		"odd":           {body(`[[1,1,2]]`), 422},
		"outside":       {body(strings.Replace(good, "110,40", "900,40", 1)), 422},
		"negative":      {body(strings.Replace(good, "110,40", "-1,40", 1)), 422},
		"no token":      {strings.Replace(body(good), f.Get("token"), "", 1), 403},
		"too long":      {body("[[" + strings.Repeat("1,1,", 200000) + "1,1]]"), 413},
		"other visit":   {strings.Replace(body(good), `"visit":`+f.Get("visit"), `"visit":99`, 1), 403},
		"a good stroke": {body(good), 303},
	} {
		if name == "a good stroke" {
			continue
		}
		if got := r.send(t, "/sign", tt.body, "application/json").StatusCode; got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
	if n := len(r.taken()); n != 0 {
		t.Fatalf("%d bad signatures reached the loop", n)
	}
	for range 2 { // sent twice: one effect
		if got := r.send(t, "/sign", body(good), "application/json").StatusCode; got != http.StatusSeeOther {
			t.Fatalf("a good one: %d, want 303", got)
		}
	}
	if s := r.state(); s.Phase != visit.PhaseSealing || s.Attempt != 1 {
		t.Errorf("%v, attempt %d; want one sealing", s, s.Attempt)
	}
}

func TestEventsTellOfChangesOnly(t *testing.T) {
	r := newRig(t, "found")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	next := func() uint64 {
		t.Helper()
		for lines.Scan() {
			if s, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				n, err := strconv.ParseUint(s, 10, 64)
				if err != nil {
					t.Fatalf("the stream says %q; nothing but a number may be in it", s)
				}
				return n
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return 0
	}
	first := next()
	v := r.view
	v.State.Now += time.Second
	v.Status.Clock = v.Status.Clock.Add(time.Second)
	r.Show(v) // a tick changes nothing that the browser does not count itself
	v.Status.Linked = false
	r.Show(v)
	if second := next(); second != first+1 {
		t.Errorf("serial %d after %d: a mere tick was told, or a change was not", second, first)
	}
}

// What was on the page is gone with the next view.
func TestNothingOfHerIsLeft(t *testing.T) {
	r := newRig(t, "read-1")
	name := r.view.State.Card.Chip.Name.Reveal()
	if _, body := r.get(t, "/"); !strings.Contains(body, name) {
		t.Fatal("the page of the read-through does not show her name: this test proves nothing")
	}
	f := r.fields(t)
	f.Set("button", "wrong")
	r.pressed(t, f)
	f = r.fields(t)
	f.Set("button", "done")
	r.pressed(t, f)
	if _, body := r.get(t, "/"); strings.Contains(body, name) || strings.Contains(body, "data-type") {
		t.Error("something of the visit is still on the page")
	}
}

func TestDemoBar(t *testing.T) {
	var moves []string
	r := newRig(t, "idle", demo(&moves))
	_, body := r.get(t, "/")
	if !strings.Contains(body, "演示") {
		t.Error("the page of a demo store does not say so")
	}
	f := r.fields(t)
	for _, m := range append(demoMoves(), "last-year") {
		f.Set("move", m)
		r.send(t, "/demo/clock", f.Encode(), formMedia)
	}
	if !slices.Equal(moves, demoMoves()) {
		t.Errorf("moves %v, want %v", moves, demoMoves())
	}
	f.Del("token")
	if got := r.send(t, "/demo/clock", f.Encode(), formMedia).StatusCode; got != http.StatusForbidden {
		t.Errorf("without a token: %d, want 403", got)
	}
	if _, body := newRig(t, "idle").get(t, "/"); strings.Contains(body, "演示") {
		t.Error("a store that is no demo says 演示")
	}
}

// The embedded files are the ones in the folder: nothing else is served.
func TestOnlyOwnFilesAreServed(t *testing.T) {
	r := newRig(t, "idle")
	entries, err := os.ReadDir("static")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		resp, body := r.get(t, "/static/"+e.Name())
		want, err := os.ReadFile(filepath.Join("static", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || body != string(want) {
			t.Errorf("%s: %d", e.Name(), resp.StatusCode)
		}
	}
}

func FuzzParseSigning(f *testing.F) {
	f.Add([]byte(`{"visit":1,"turn":2,"token":"x","signature":{"w":300,"h":200,"strokes":[[1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8]]}}`))
	f.Add([]byte(`{"signature":{"w":65535,"h":1,"strokes":[[65535,0]]}}`))
	f.Add([]byte(`{"signature":{"strokes":[null,[1],[]]}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseSigning(b)
		if err == nil && !s.drawn().Valid() {
			t.Error("let through what is no signature")
		}
		if err == nil {
			if _, err := protocol.Encode(s.drawn()); err != nil {
				t.Errorf("a signature that cannot be sealed: %v", err)
			}
		}
	})
}

// The switches of the gallery's index lead somewhere: what is chosen shows.
func TestGallerySwitches(t *testing.T) {
	g := Gallery()
	get := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "127.0.0.1"
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		return w.Body.String()
	}
	index := html.UnescapeString(get("/"))
	for _, q := range []string{"lang=en", "lang=zh&large=1", "lang=zh&contrast=1", "lang=zh&size=portrait", "lang=zh&demo=1"} {
		if !strings.Contains(index, `href="?`+q+`"`) {
			t.Errorf("the index has no switch ?%s", q)
		}
	}
	english := html.UnescapeString(get("/?lang=en"))
	if !strings.Contains(english, `src="screen/idle?lang=en"`) {
		t.Error("the English index does not frame the English screens")
	}
	if s := get("/screen/idle?lang=en"); !strings.Contains(s, `lang="en"`) {
		t.Error("the English screen is not in English")
	}
}

// When Show has returned, nothing reads the view before: the loop may clear
// the photo that it referred to while browsers go on fetching. The race
// detector watches.
func TestTheLoopMayClearAfterShow(t *testing.T) {
	r := newRig(t, "photo-check")
	idle := shotNamed(t, "idle")
	taken := r.view.State.Photo.JPEG
	var fetching sync.WaitGroup
	for range 4 {
		fetching.Go(func() {
			for range 20 {
				w := httptest.NewRecorder()
				req := httptest.NewRequest(http.MethodGet, "/", nil)
				req.Host = "localhost"
				r.Handler().ServeHTTP(w, req)
				if w.Code != http.StatusOK {
					t.Errorf("%d", w.Code)
				}
			}
		})
	}
	for range 20 {
		v := r.view
		v.State.Photo.JPEG = bytes.Clone(taken)
		r.Show(v)
		r.Show(idle)
		clear(v.State.Photo.JPEG)
	}
	fetching.Wait()
}
