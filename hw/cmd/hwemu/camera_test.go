package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/cameratest"
)

func withCamera(c *CLI) { c.CameraListen = "127.0.0.1:0" }

// cam asks the JSON door about the camera.
func (p program) cam(t *testing.T, path, body string) (int, cameraState) {
	t.Helper()
	var resp *http.Response
	var err error
	if body == "" {
		resp, err = http.Get(p.url + path)
	} else {
		resp, err = http.Post(p.url+path, "application/json", strings.NewReader(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var s cameraState
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, s
}

func TestCameraDoor(t *testing.T) {
	p := start(t, cards(), withCamera)
	_, s := p.cam(t, "/api/camera", "")
	if !s.Plugged || s.Pose != "portrait" || len(s.Poses) != len(cameratest.Poses()) || !strings.HasPrefix(s.URL, "http://127.0.0.1:") {
		t.Fatalf("at the start: %+v", s)
	}
	shows := func(what string) {
		t.Helper()
		resp, err := http.Get(strings.TrimSuffix(s.URL, "/stream") + "/snapshot.jpg")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		img, err := jpeg.Decode(resp.Body)
		if err != nil || img.Bounds() != image.Rect(0, 0, 1280, 720) {
			t.Fatalf("%s: the camera's picture: %v", what, err)
		}
		if black := img.(*image.YCbCr).Y[300*1280+640] < 16; black != (what == "black") {
			t.Errorf("%s: the middle of the picture is black: %v", what, black)
		}
	}
	shows("portrait")
	if code, got := p.cam(t, "/api/camera/pose", `{"pose":"black","seed":12345678901234567890}`); code != 200 || got.Pose != "black" || got.Seed != 12345678901234567890 {
		t.Errorf("black: %d %+v", code, got)
	}
	shows("black")
	if code, _ := p.cam(t, "/api/camera/pose", `{"pose":"upside down"}`); code != 422 {
		t.Errorf("an unknown pose: %d", code)
	}
	if code, got := p.cam(t, "/api/camera/knob", `{"freeze":true,"fps":5}`); code != 200 || !got.Knobs.Freeze || got.Knobs.FPS != 5 {
		t.Errorf("freeze: %d %+v", code, got.Knobs)
	}
	if code, _ := p.cam(t, "/api/camera/knob", `{"fps":5000}`); code != 422 {
		t.Errorf("5000 frames a second: %d", code)
	}
	if _, got := p.cam(t, "/api/camera/plug", `{"in":false}`); got.Plugged {
		t.Error("unplugged, and plugged in")
	}
	if _, err := http.Get(s.URL); err == nil {
		t.Error("the unplugged camera answers")
	}
	if _, got := p.cam(t, "/api/camera/plug", `{"in":true}`); !got.Plugged || got.URL != s.URL {
		t.Errorf("plugged in again: %+v, want the same address", got)
	}
	if code, got := p.cam(t, "/api/camera/knob", `{"healthy":true}`); code != 200 || got.Knobs != (cameratest.Knobs{}) {
		t.Errorf("healthy: %d %+v", code, got.Knobs)
	}
}

// Whoever's card lies on the reader sits before the camera, and stays.
func TestCameraFollowsTheCard(t *testing.T) {
	p := start(t, cards(), withCamera)
	p.post(t, "/place", url.Values{"card": {"1"}})
	want := seedOf(cards()[1].Card)
	end := time.Now().Add(2 * time.Minute)
	for {
		_, s := p.cam(t, "/api/camera", "")
		if s.Seed == want {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("seed %d before the camera, want the card's %d", s.Seed, want)
		}
		<-time.After(50 * time.Millisecond)
	}
	p.post(t, "/lift", url.Values{"when": {"now"}})
	if _, s := p.cam(t, "/api/camera", ""); s.Seed != want {
		t.Error("she left with her card")
	}
}

func TestCameraPage(t *testing.T) {
	p := start(t, cards(), withCamera)
	for _, path := range []string{"/camera", "/camera/part"} {
		for _, lang := range []string{"zh-CN", "en"} {
			page := p.get(t, path+"?lang="+lang)
			if i := strings.Index(page, "⟨"); i >= 0 {
				t.Errorf("%s %s: a word is missing: %.40s", path, lang, page[i:])
			}
			for _, pose := range cameratest.Poses() {
				if !strings.Contains(page, fmt.Sprintf(`value="%s"`, pose)) {
					t.Errorf("%s: no button for %s", path, pose)
				}
			}
		}
	}
	if code, page := p.post(t, "/camera/pose", url.Values{"pose": {"two"}}); code != 200 || !strings.Contains(page, `value="two" aria-pressed="true"`) {
		t.Errorf("pose: %d", code)
	}
	before, _ := jpeg.Decode(bytes.NewReader([]byte(p.get(t, "/camera/picture"))))
	if before == nil {
		t.Fatal("no picture")
	}
	for _, f := range cameraFaults() {
		p.post(t, "/camera/fault", url.Values{"fault": {f.key}, "on": {"1"}})
		if _, s := p.cam(t, "/api/camera", ""); !f.on(s.Knobs) {
			t.Errorf("%s: not on after it was thrown", f.key)
		}
		p.post(t, "/camera/fault", url.Values{"fault": {f.key}, "on": {"0"}})
		if _, s := p.cam(t, "/api/camera", ""); !s.Knobs.Healthy() {
			t.Errorf("%s: still on", f.key)
		}
	}
	p.post(t, "/camera/fault", url.Values{"fault": {"unplug"}, "on": {"1"}})
	if page := p.get(t, "/camera"); !strings.Contains(page, "线拔掉了") {
		t.Error("the page does not say that the camera is unplugged")
	}
	if code, _ := p.post(t, "/camera/fault", url.Values{"fault": {"nothing"}, "on": {"1"}}); code != 422 {
		t.Errorf("an unknown fault: %d", code)
	}
	p.post(t, "/camera/healthy", nil)
	if _, s := p.cam(t, "/api/camera", ""); !s.Plugged || s.Pose != "portrait" {
		t.Errorf("mended: %+v", s)
	}
	for key, w := range cameraWords {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}

// Without --camera-listen there is no camera and no word of one.
func TestNoCamera(t *testing.T) {
	p := start(t, cards())
	if strings.Contains(p.get(t, "/"), `href="/camera"`) {
		t.Error("a menu entry without a camera")
	}
	if _, err := openCamera("0.0.0.0:0"); err == nil {
		t.Error("a camera for the whole network")
	}
}
