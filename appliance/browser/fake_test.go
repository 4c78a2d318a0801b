package browser_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/provisioning/leak"
)

// The tests start this very program as the browser: what it does then stands
// in fakeMode.
const fakeMode = "ZHUNKAO_FAKE_BROWSER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(fakeMode); mode != "" {
		fake(mode)
		os.Exit(0)
	}
	leak.Main(m)
}

// fake writes program that is a browser of the given kind.
func fakeProgram(t *testing.T, mode string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "browser")
	body := fmt.Sprintf("#!/bin/sh\n%s=%s exec %q \"$@\"\n", fakeMode, mode, self)
	if err := os.WriteFile(path, []byte(body), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// fake opens the page it was started on, leaves a trace in its profile, and
// beats: for ever ("good"), three times ("stops"), three times and then ends
// ("dies"), not at all ("silent"), or ends at once ("broken"); "second-silent" is
// good but for the second start of all.
func fake(mode string) {
	if mode == "broken" {
		return
	}
	var page, profile string
	for _, a := range os.Args[1:] {
		if v, ok := strings.CutPrefix(a, "--app="); ok {
			page = v
		}
		if v, ok := strings.CutPrefix(a, "--user-data-dir="); ok {
			profile = v
		}
	}
	_ = os.MkdirAll(profile, 0o700)
	_ = os.WriteFile(filepath.Join(profile, "trace"), []byte("left by a person"), 0o600)
	if mode == "second-silent" {
		starts := filepath.Join(filepath.Dir(filepath.Dir(profile)), "starts")
		before, _ := os.ReadFile(starts)
		_ = os.WriteFile(starts, append(before, '.'), 0o600)
		if len(before) == 1 {
			mode = "silent"
		}
	}
	jar, _ := cookiejar.New(nil)
	c := http.Client{Jar: jar}
	if r, err := c.Get(page); err == nil {
		_ = r.Body.Close()
	}
	origin, _, _ := strings.Cut(page, "/screen/")
	for n := 0; mode != "silent"; n++ {
		if n == 3 && mode == "dies" {
			return
		}
		if n == 3 && mode == "stops" {
			break
		}
		if r, err := c.Post(origin+"/screen/beat", "", nil); err == nil {
			_ = r.Body.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	select {} // hangs
}
