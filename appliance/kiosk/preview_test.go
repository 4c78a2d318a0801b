package kiosk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"testing"
	"time"

	"zhunkao/appliance/visit"
)

// tick is the pace of the rig's camera.
func tick() <-chan time.Time { return time.After(50 * time.Millisecond) }

var feedAddress = regexp.MustCompile(`src="(/camera/preview/[^"]+)"`)

// feedOf is the address of the live picture on the present page.
func (r *rig) feedOf(t *testing.T) string {
	t.Helper()
	_, body := r.get(t, "/")
	m := feedAddress.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no live picture")
	}
	return m[1]
}

func (r *rig) press(t *testing.T, b visit.Button) {
	t.Helper()
	s := r.state()
	r.happen(t, visit.Pressed{Visit: s.Visit, Turn: s.Turn, Button: b})
}

// The live picture is there only while its step of its visit is on.
func TestPreviewLivesAndDiesWithItsStep(t *testing.T) {
	began, ended := make(chan struct{}, 8), make(chan struct{}, 8)
	r := newRig(t, "photo-none", func(o *Options) {
		preview(o)
		inner := o.Preview
		o.Preview = func(ctx context.Context) (<-chan []byte, error) {
			began <- struct{}{}
			context.AfterFunc(ctx, func() { ended <- struct{}{} })
			return inner(ctx)
		}
	})
	address := r.feedOf(t)
	resp := r.open(t, address)
	media, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || media != "multipart/x-mixed-replace" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("content type %q, cache %q, %v", media, resp.Header.Get("Cache-Control"), err)
	}
	<-began
	parts := multipart.NewReader(resp.Body, params["boundary"])
	for range 2 {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil || !bytes.Equal(bytes.TrimRight(b, "\r\n"), shotPortrait().JPEG) {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
	}
	for _, wrong := range []string{"/camera/preview/", "/camera/preview/0-0-0", address + "0", "/camera/preview/x"} {
		if resp, _ := r.get(t, wrong); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", wrong, resp.StatusCode)
		}
	}
	r.press(t, visit.ButtonGoOn) // the picture is taken, and the rig's camera answers at once
	if _, err := io.Copy(io.Discard, resp.Body); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the stream ended with %v", err)
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		t.Fatal("the camera still gives pictures after the step")
	}
	if resp, _ := r.get(t, address); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after the step: %d, want 404", resp.StatusCode)
	}
	if len(began) != 0 {
		t.Error("the camera was asked for pictures for an address that is dead")
	}
}

// A picture is not shown under what hides her data.
func TestPreviewHidesWithHerData(t *testing.T) {
	r := newRig(t, "photo-none", preview)
	address := r.feedOf(t)
	r.happen(t, visit.CardRemoved{})
	if resp, _ := r.get(t, address); resp.StatusCode != http.StatusNotFound {
		t.Errorf("card lifted: %d, want 404", resp.StatusCode)
	}
	r.happen(t, visit.CardPlaced{}, visit.CardRead{Card: r.state().Card})
	if again := r.feedOf(t); again != address {
		t.Errorf("put back: another address %s", again)
	}
	r.press(t, visit.ButtonHelp)
	if resp, _ := r.get(t, address); resp.StatusCode != http.StatusNotFound {
		t.Errorf("help called: %d, want 404", resp.StatusCode)
	}
	none := newRig(t, "photo-none")
	if _, body := none.get(t, "/"); feedAddress.MatchString(body) {
		t.Error("a kiosk without a camera shows the address of one")
	}
	if resp, _ := none.get(t, address); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another kiosk's address: %d, want 404", resp.StatusCode)
	}
	broken := newRig(t, "photo-none", func(o *Options) {
		o.Preview = func(context.Context) (<-chan []byte, error) { return nil, errors.New("gone") }
	})
	if resp, _ := broken.get(t, broken.feedOf(t)); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a camera that is gone: %d, want 503", resp.StatusCode)
	}
}

// open begins a request whose answer has no end yet.
func (r *rig) open(t *testing.T, path string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{bufio.NewReader(resp.Body), resp.Body}
	return resp
}
