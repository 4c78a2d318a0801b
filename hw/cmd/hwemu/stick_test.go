package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hw/sticktest"
)

// A stick goes in and comes out by the page and by the door; only one that is out shows
// its files. Where sticks cannot be played the page says why, and nothing can be put in.
func TestStickPage(t *testing.T) {
	link := filepath.Join(t.TempDir(), "port")
	p := start(t, cards(), func(c *CLI) { c.StickLink = link })
	state := func(path, body string) (code int, s stickState) {
		t.Helper()
		res, err := http.Get(p.url + "/api/stick")
		if body != "" {
			res, err = http.Post(p.url+path, "application/json", strings.NewReader(body))
		}
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil || json.Unmarshal(raw, &s) != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		return res.StatusCode, s
	}
	page := p.get(t, "/stick")
	if !strings.Contains(page, `href="/stick"`) || strings.Contains(page, "⟨") {
		t.Error("the page lacks its menu entry or a word")
	}
	if sticktest.Able() != nil {
		if code, _ := p.post(t, "/stick/put", url.Values{"stick": {sticktest.Whole}}); code != 422 || !strings.Contains(page, "要 root") {
			t.Errorf("where it cannot be: %d", code)
		}
		return
	}
	if strings.Contains(page, "拔下来</button>") || strings.Count(page, ">插上</button>") != len(sticktest.Names()) {
		t.Error("an empty port, and something can be pulled out")
	}
	if code, s := state("/api/stick/put", `{"stick": "whole"}`); code == 200 && s.In == sticktest.Whole { // a machine may give no loop device
		if page := p.get(t, "/stick"); !strings.Contains(page, "拔下来</button>") || strings.Count(page, ">插上</button>") != len(sticktest.Names())-1 {
			t.Error("a stick is in, and the page does not say so")
		}
		if res, err := http.Get(p.url + "/stick?open=whole"); err != nil || res.StatusCode != 422 {
			t.Error("the files of a stick that is in are shown")
		} else {
			res.Body.Close()
		}
		if code, s := state("/api/stick/pull", `{}`); code != 200 || s.In != "" {
			t.Errorf("pulled out: %d %+v", code, s)
		}
	}
	if page := p.get(t, "/stick?open=whole"); !strings.Contains(page, "里面没有文件") {
		t.Error("a new stick has files")
	}
	if code, _ := state("/api/stick/put", `{"stick": "none"}`); code != 422 {
		t.Errorf("a stick that is none: %d", code)
	}
	for key, w := range stickWords {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}

// Without --stick-link there is no port and no word of one.
func TestNoStick(t *testing.T) {
	p := start(t, cards())
	if strings.Contains(p.get(t, "/"), `href="/stick"`) {
		t.Error("a menu entry without a port")
	}
}
