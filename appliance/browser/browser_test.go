package browser_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance/browser"
)

// rig is a Browser with a page, running.
type rig struct {
	*browser.Browser
	profiles string
	events   chan browser.Event
	busy     atomic.Bool
}

// short is a directory with a path that is short enough.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "zk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func begin(t *testing.T, o browser.Options) *rig {
	t.Helper()
	r := &rig{profiles: short(t), events: make(chan browser.Event, 100)}
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	o.Screen, o.Profiles = srv.URL, r.profiles
	o.Busy = r.busy.Load
	o.Tell = func(e browser.Event) { r.events <- e }
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	b, err := browser.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Browser = b
	mux.Handle(browser.Prefix, b.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang="zh"><title>屏</title><script src="/screen/beat.js" defer></script><script src="/trace.js" defer></script><p>请放证件`)
	})
	mux.HandleFunc("GET /trace.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, `localStorage.setItem("left", "by a person"); if (sessionStorage.hang) for (;;);`)
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		if left := r.screens(t); len(left) > 0 {
			t.Errorf("profiles are left after the end: %d", len(left))
		}
		srv.Close()
	})
	return r
}

func (r *rig) screens(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(r.profiles, "screen-*"))
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

func (r *rig) want(t *testing.T, e browser.Event) {
	t.Helper()
	select {
	case got := <-r.events:
		if got != e {
			t.Fatalf("event %d, want %d", got, e)
		}
	case <-time.After(2 * time.Minute):
		t.Fatalf("event %d did not come", e)
	}
}

// until waits for something that has no event.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// one is the only screen there is, and not old.
func (r *rig) one(t *testing.T, old string) func() bool {
	return func() bool {
		s := r.screens(t)
		return len(s) == 1 && s[0] != old
	}
}

// A screen that is silent is given up soon by quick; one that is well is not by calm,
// however little of a processor it has; hurried gives it time to start only.
var (
	quick   = browser.Options{StartLimit: 2 * time.Second, BeatLimit: 600 * time.Millisecond, MaxPause: 100 * time.Millisecond}
	hurried = browser.Options{StartLimit: time.Minute, BeatLimit: 600 * time.Millisecond, MaxPause: 100 * time.Millisecond}
	calm    = browser.Options{StartLimit: time.Minute, BeatLimit: time.Minute, MaxPause: 100 * time.Millisecond}
)

func with(o browser.Options, program string) browser.Options { o.Program = program; return o }

func TestAScreenThatEndsIsReplaced(t *testing.T) {
	for _, mode := range []string{"stops", "dies"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r := begin(t, with(hurried, fakeProgram(t, mode)))
			for range 2 {
				r.want(t, browser.EventUp)
				r.want(t, browser.EventDown)
			}
		})
	}
}

func TestAScreenThatNeverComesUpIsTriedAgain(t *testing.T) {
	for _, mode := range []string{"silent", "broken"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			r := begin(t, with(quick, fakeProgram(t, mode)))
			r.want(t, browser.EventDown) // once, however often it is tried
			var first string
			until(t, "a first screen", func() bool {
				if s := r.screens(t); len(s) > 0 {
					first = s[0]
				}
				return first != ""
			})
			until(t, "another screen", func() bool {
				s := r.screens(t)
				return len(s) > 0 && s[len(s)-1] != first
			})
			if len(r.events) > 0 {
				t.Errorf("told again: %d", <-r.events)
			}
		})
	}
}

func TestEveryVisitHasAFreshProfile(t *testing.T) {
	t.Parallel()
	r := begin(t, with(calm, fakeProgram(t, "good")))
	r.want(t, browser.EventUp)
	first := r.screens(t)[0]
	r.busy.Store(true)
	r.Fresh()
	until(t, "the next screen", func() bool { return len(r.screens(t)) == 2 })
	// It beats, and yet the page that somebody uses is not taken away.
	until(t, "its trace", func() bool {
		both, _ := filepath.Glob(filepath.Join(r.profiles, "screen-*", "profile", "trace"))
		return len(both) == 2
	})
	time.Sleep(300 * time.Millisecond)
	if len(r.screens(t)) != 2 {
		t.Fatal("the screen was changed under somebody's hands")
	}
	r.busy.Store(false)
	until(t, "the change", r.one(t, first))
	if _, err := os.Stat(first); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the profile of the visit is still there: %v", err)
	}
	if len(r.events) > 0 {
		t.Errorf("the glass went dark: event %d", <-r.events)
	}
}

// Visits that follow each other faster than a browser starts: the profile that
// was behind the second is not the third's.
func TestAProfileServesOneVisitAlsoInAHurry(t *testing.T) {
	t.Parallel()
	r := begin(t, with(calm, fakeProgram(t, "good")))
	r.want(t, browser.EventUp)
	first := r.screens(t)[0]
	r.busy.Store(true) // the second visit began before its screen came up
	r.Fresh()
	var second string
	until(t, "the second screen, and that it draws", func() bool {
		for _, s := range r.screens(t) {
			if s != first {
				second = s
			}
		}
		_, err := os.Stat(filepath.Join(second, "profile", "trace"))
		return second != "" && err == nil
	})
	time.Sleep(300 * time.Millisecond) // some beats: it shows the second visit
	r.busy.Store(false)
	r.Fresh()
	until(t, "a third screen alone", func() bool {
		s := r.screens(t)
		return len(s) == 1 && s[0] != first && s[0] != second
	})
}

// A next screen that does not come up is tried again: without it the visit's
// profile would serve the next person too.
func TestANextScreenThatDoesNotComeUp(t *testing.T) {
	t.Parallel()
	r := begin(t, with(browser.Options{StartLimit: 8 * time.Second, BeatLimit: time.Minute, MaxPause: 100 * time.Millisecond}, fakeProgram(t, "second-silent")))
	r.want(t, browser.EventUp)
	first := r.screens(t)[0]
	r.Fresh()
	until(t, "the change", r.one(t, first))
	if len(r.events) > 0 {
		t.Errorf("the glass went dark: event %d", <-r.events)
	}
}

func TestLeftOversOfAnEarlierRunAreRemoved(t *testing.T) {
	t.Parallel()
	dir := short(t)
	old := filepath.Join(dir, "screen-old", "profile")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := browser.New(browser.Options{Program: fakeProgram(t, "broken"), Screen: "http://127.0.0.1:1", Profiles: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	until(t, "the sweep", func() bool { _, err := os.Stat(old); return errors.Is(err, os.ErrNotExist) })
	stop()
	<-ended
}

func TestABeatWithoutATokenCountsForNothing(t *testing.T) {
	t.Parallel()
	b, err := browser.New(browser.Options{Program: "x", Screen: "http://127.0.0.1:1", Profiles: "/run/zhunkao-test"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(b.Handler())
	defer srv.Close()
	for range 20 { // more than could wait in line
		req, err := http.NewRequest(http.MethodPost, srv.URL+"/screen/beat", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: "zhunkao-screen", Value: "invented"})
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	res, err := srv.Client().Get(srv.URL + "/screen/start/invented")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusNotFound {
		t.Errorf("an invented token got %s", res.Status)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := browser.Options{Program: "p", Screen: "http://127.0.0.1:8602", Profiles: "/run/d"}
	for name, spoil := range map[string]func(*browser.Options){
		"no program":  func(o *browser.Options) { o.Program = "" },
		"no profiles": func(o *browser.Options) { o.Profiles = "" },
		"no screen":   func(o *browser.Options) { o.Screen = "" },
		"too long":    func(o *browser.Options) { o.Profiles = "/" + strings.Repeat("p", 60) },
		"a path":      func(o *browser.Options) { o.Screen += "/x" },
	} {
		o := good
		spoil(&o)
		if _, err := browser.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := browser.New(good); err != nil {
		t.Error(err)
	}
	policy, err := browser.Policy(good.Screen)
	if err != nil || !strings.Contains(string(policy), good.Screen) {
		t.Errorf("policy: %v", err)
	}
}
