package demo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestCrowdPage: the button is there once everything runs, is pressed once, and while the
// crowd is made the hub cannot be started beside it.
func TestCrowdPage(t *testing.T) {
	var group sync.WaitGroup
	began, end := make(chan struct{}, 2), make(chan struct{})
	h := &Home{Examination: Adult, Ports: Ports{Base: 8600}, Now: func() time.Time { return Start }, Programs: []*Process{NewProcess("hub", "", "", nil)}}
	h.Crowd = &crowd{ctx: t.Context(), group: &group, changed: func() {}, work: func(_ context.Context, say func(string, int, int)) error {
		say(crowdPays, 7, CrowdSize)
		began <- struct{}{}
		<-end
		return nil
	}}
	handler, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	page := func() string {
		t.Helper()
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://"+h.Ports.Home()+"/", nil)
		handler.ServeHTTP(w, r)
		return w.Body.String()
	}
	const start, button = `action="/programs/hub"`, `action="/crowd"`
	h.Crowd.Begin()
	if h.Crowd.State().Phase != "" {
		t.Error("it began before everything runs")
	}
	h.Crowd.Open()
	if text := page(); !strings.Contains(text, button) || !strings.Contains(text, start) {
		t.Error("no button")
	}
	h.Crowd.Begin()
	h.Crowd.Begin()
	<-began
	if text := page(); strings.Contains(text, button) || strings.Contains(text, start) || !strings.Contains(text, "7 / 300") {
		t.Errorf("under way: %s", text)
	}
	close(end)
	group.Wait()
	if text := page(); strings.Contains(text, button) || !strings.Contains(text, words["crowd.done"][0]) || len(began) > 0 {
		t.Error("done, and it can be pressed again")
	}
}

// TestChangesSince: what changed between the making of a page and its asking for changes
// is told at once, so that no page stays at a crowd that is done.
func TestChangesSince(t *testing.T) {
	h := &Home{Examination: Adult, Ports: Ports{Base: 8600}, Now: func() time.Time { return Start }}
	handler, err := h.Handler()
	if err != nil {
		t.Fatal(err)
	}
	seen := h.moved()
	h.Changed()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	for since, told := range map[int]bool{seen: true, h.moved(): false} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://"+h.Ports.Home()+"/changes?since="+strconv.Itoa(since), nil)
		own, over := context.WithCancel(ctx)
		if !told {
			over()
		}
		handler.ServeHTTP(&flushed{w, over}, r.WithContext(own))
		over()
		if got := strings.Contains(w.Body.String(), "event: changed"); got != told {
			t.Errorf("since %d of %d: told is %v, want %v", since, h.moved(), got, told)
		}
	}
}

// flushed ends what asked as soon as an event was written.
type flushed struct {
	*httptest.ResponseRecorder
	over context.CancelFunc
}

func (f *flushed) Write(b []byte) (int, error) {
	defer f.over()
	return f.ResponseRecorder.Write(b)
}
