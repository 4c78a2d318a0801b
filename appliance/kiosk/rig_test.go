package kiosk

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhunkao/appliance/visit"
)

// rig is a kiosk with a small loop behind it, as the box has one.
type rig struct {
	*Kiosk
	server  *httptest.Server
	mu      sync.Mutex // guards what follows
	view    View
	events  []visit.Event
	effects []visit.Effect
	broken  error // what the loop answers
}

// newRig shows a shot and lets presses go on from there.
func newRig(t *testing.T, name string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{view: shotNamed(t, name)}
	o := Options{Post: r.post}
	for _, f := range change {
		f(&o)
	}
	r.Kiosk = New(o)
	r.Show(r.view)
	r.server = httptest.NewServer(r.Handler())
	t.Cleanup(r.server.Close)
	return r
}

func demo(r *[]string) func(*Options) {
	return func(o *Options) {
		o.Demo = true
		o.MoveClock = func(_ context.Context, move string) error {
			*r = append(*r, move)
			return nil
		}
	}
}

func shotNamed(t *testing.T, name string) View {
	t.Helper()
	for _, s := range shots() {
		if s.Name == name {
			return s.View
		}
	}
	t.Fatalf("no shot %s", name)
	return View{}
}

func (r *rig) post(_ context.Context, e visit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return r.broken
	}
	r.events = append(r.events, e)
	for todo := []visit.Event{e}; len(todo) > 0; todo = todo[1:] {
		var fx []visit.Effect
		r.view.State, fx = visit.Step(r.view.State, todo[0])
		for _, f := range fx {
			r.effects = append(r.effects, f)
			if answer := r.answer(f); answer != nil {
				todo = append(todo, answer)
			}
		}
	}
	r.Show(r.view)
	return nil
}

// happen brings an event that is no press.
func (r *rig) happen(t *testing.T, es ...visit.Event) {
	t.Helper()
	for _, e := range es {
		if err := r.post(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

// answer is the camera of the rig: always a good picture.
func (r *rig) answer(f visit.Effect) visit.Event {
	switch f := f.(type) {
	case visit.CameraOn:
		return visit.PhotoLive{Visit: f.Visit, Advice: visit.PhotoGood}
	case visit.TakePhoto:
		return visit.PhotoTaken{Visit: f.Visit, Try: f.Try, Photo: shotPortrait()}
	}
	return nil
}

func (r *rig) did() []visit.Effect {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.effects)
}

func (r *rig) taken() []visit.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func (r *rig) state() visit.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.view.State
}

// fields are the hidden fields of the page's form.
func (r *rig) fields(t *testing.T) url.Values {
	t.Helper()
	_, body := r.get(t, "/")
	out := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(body, -1) {
		out.Set(m[1], m[2])
	}
	if out.Get("token") == "" {
		t.Fatal("the page has no token")
	}
	return out
}

func (r *rig) get(t *testing.T, path string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func (r *rig) send(t *testing.T, path, body, media string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	for _, f := range change {
		f(req)
	}
	resp, _ := do(t, req)
	return resp
}

const formMedia = "application/x-www-form-urlencoded"

func (r *rig) pressed(t *testing.T, f url.Values, change ...func(*http.Request)) int {
	t.Helper()
	return r.send(t, "/press", f.Encode(), formMedia, change...).StatusCode
}
