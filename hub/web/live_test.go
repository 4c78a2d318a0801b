package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/web"
)

// listen opens a live stream and gives its events as they come.
func (b *browser) listen(ctx context.Context, path, last string) <-chan string {
	b.w.t.Helper()
	r := b.request(http.MethodGet, path, nil).WithContext(ctx)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	streaming := &http.Client{Transport: b.c.Transport, Jar: b.c.Jar}
	res, err := streaming.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		b.w.t.Fatalf("stream: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	headers(b.w.t, path, res, false)
	events := make(chan string, 64)
	go func() {
		defer close(events)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- e
			}
		}
	}()
	return events
}

// next waits for an event, "" when none comes in time.
func next(events <-chan string, within time.Duration) string {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case e := <-events:
		return e
	case <-timer.C:
		return ""
	}
}

// TestLive: an arrival is told to whom it concerns, and to
// nobody else; what was missed is told at once; sign-out ends the stream.
func TestLive(t *testing.T) {
	w := newWorld(t)
	w.sealedUp()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	county, province := w.as("co"), w.as("po")
	// The boxes said hello before; their news is told on its own pace.
	head := w.sealer.Head().Number
	after := "/gl/live?after=" + itoa(head)
	begun := time.Now()
	mine, all := county.listen(ctx, after, ""), province.listen(ctx, after, "")
	id := w.confirm(1) // in the other county
	if e := next(all, 2*time.Minute); e != "changed" {
		t.Fatalf("the province heard %q", e)
	}
	if _, part := province.get("/gl/part/dashboard"); !strings.Contains(part, id) || strings.Contains(part, "<html") {
		t.Error("the part does not hold the arrival")
	}
	// Later it may be what the boxes say of themselves, which is told to all.
	if e := next(mine, 700*time.Millisecond); e != "" && time.Since(begun) < web.BoxPace {
		t.Errorf("the county heard %q of another county", e)
	}
	w.confirm(0)
	if e := next(mine, 2*time.Minute); e != "changed" {
		t.Errorf("the county heard %q of its own", e)
	}
	w.sealedUp()
	again, stop := context.WithCancel(ctx)
	if e := next(county.listen(again, "/gl/live?after=1", itoa(head)), 2*time.Minute); e != "changed" {
		t.Errorf("what was missed is not told: %q", e)
	}
	stop()
	county.post("/gl/sign-out", nil, "/gl")
	w.clients.Delete("co")
	w.confirm(2)
	for {
		e := next(mine, 2*time.Minute)
		if e == "ended" {
			break
		}
		if e != "changed" {
			t.Fatalf("the stream goes on after sign-out: %q", e)
		}
	}
}

// TestLiveFromFarBehind: asking from the beginning of a long journal does not
// read it all; the page is told to look.
func TestLiveFromFarBehind(t *testing.T) {
	w := newWorld(t)
	w.sealedUp()
	county := w.as("co")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.write(ctx, func(tx *db.Tx) error {
		for range web.FarBehind + 10 { // nothing that concerns her
			e := journal.Entry{At: now(), Author: journal.Author{Kind: journal.ByHub}, Act: journal.HubStarted}
			if err := journal.Write(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	w.sealedUp()
	head, begun := w.sealer.Head().Number, time.Now()
	near := county.listen(ctx, "/gl/live?after="+itoa(head-web.FarBehind+300), "")
	if e := next(near, 700*time.Millisecond); e != "" && time.Since(begun) < web.BoxPace {
		t.Errorf("near enough to know that nothing is hers: %q", e)
	}
	if e := next(county.listen(ctx, "/gl/live?after="+itoa(head-web.FarBehind-5), ""), 2*time.Minute); e != "changed" {
		t.Errorf("from far behind: %q", e)
	}
}

// TestStreamsEnd: the server can stop while pages are open.
func TestStreamsEnd(t *testing.T) {
	done := make(chan struct{})
	w := newWorld(t, func(_ *testing.T, w *world) { w.options.Done = done })
	events := w.as("po").listen(t.Context(), "/gl/live?after=0", "")
	close(done)
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-deadline:
			t.Fatal("the stream is still open")
		}
	}
}

// TestStreamsAreBounded: one stream too many is told so, and a place that was
// left is free again.
func TestStreamsAreBounded(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	b := w.as("po")
	for range web.MaxStreams {
		b.listen(ctx, "/gl/live?after=999999", "")
	}
	if res, _ := b.get("/gl/live"); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d", res.StatusCode)
	}
	cancel()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		short, stop := context.WithTimeout(t.Context(), 5*time.Second)
		res, err := (&http.Client{Transport: b.c.Transport, Jar: b.c.Jar}).Do(b.request(http.MethodGet, "/gl/live", nil).WithContext(short))
		if err == nil {
			_ = res.Body.Close()
		}
		stop()
		if err == nil && res.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the places stay taken")
		}
		<-time.After(20 * time.Millisecond)
	}
}
