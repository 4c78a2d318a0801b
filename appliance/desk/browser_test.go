package desk

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium on this machine, and CI must have one")
		}
		t.Skip("SKIPPED: no Chromium on this machine; the pages were not looked at")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// axe gives the accessibility checker of "make peers"; see appliance/kiosk.
func axe(t *testing.T) string {
	t.Helper()
	peers := os.Getenv("ZHUNKAO_PEERS")
	if peers == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		peers = filepath.Join(cache, "zhunkao", "peers")
	}
	b, err := os.ReadFile(filepath.Join(peers, "axe", "axe.min.js"))
	if err == nil {
		return string(b)
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no axe, and CI must have it: %v (make peers)", err)
	}
	t.Skip("SKIPPED: no axe on this machine (make peers)")
	return ""
}

const judge = `axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } })
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160))))`

// Every page on a PC and on a telephone of 360 px: nothing for axe to find,
// nothing that scrolls sideways, and the live part follows the box.
func TestPagesInABrowser(t *testing.T) {
	source, ctx := axe(t), chromium(t)
	r := newRig(t, func(o *Options) {
		o.CA, o.Hosts, o.Port = []byte("certificate of the hub"), []string{"192.168.8.20"}, ":8643"
		o.Coming = func(context.Context) error { return nil }
	})
	r.hire(5*24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	look := func(name, path string) {
		t.Helper()
		for _, width := range []int64{1280, 360} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(r.server.URL+path),
				chromedp.Evaluate[chromedp.Void](source+";void 0")); err != nil {
				t.Fatal(err)
			}
			wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](judge, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Errorf("%s at %d: %s", name, width, w)
			}
			if over, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); err != nil || over > 0 {
				t.Errorf("%s at %d scrolls sideways by %d (%v)", name, width, over, err)
			}
			if dir := os.Getenv("ZHUNKAO_SHOTS"); dir != "" {
				png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), png, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	look("sign-in", "/sign-in")
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`document.getElementById("name").value = "chen"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; void 0`, good, r.code())),
		chromedp.Click("main button.primary"), chromedp.WaitVisible(".boxcard")); err != nil {
		t.Fatal(err)
	}
	look("overview", "/")
	r.with(func() {
		r.status.Screen, r.status.Help, r.status.HelpAt, r.status.Visiting = "help", true, r.now.Add(-time.Minute), true
	})
	r.Changed() // the page that is open follows by itself
	if err := chromedp.Do(ctx, chromedp.WaitVisible(`form[action="/coming"]`)); err != nil {
		t.Fatal(err)
	}
	r.with(func() { r.status.Blocked, r.status.Linked = "frozen", false })
	look("stopped", "/")
	look("day-before", "/day")
	if _, err := r.store.OpenDay("s-chen", r.now, time.FixedZone("", 8*3600), 400); err != nil {
		t.Fatal(err)
	}
	look("day-open", "/day")
	look("trust", "/trust")
	look("voids-none", "/void")
	look("unsent-none", "/unsent")
	aside := r.confirm("app-1")
	r.settle(aside, protocol.Quarantined, protocol.ReasonUnknown)
	r.confirm("app-2")
	r.confirm("app-3")
	if err := r.seal(ctx, Voiding{Sequence: 3, Reason: "04", Note: "x", Clerk: store.DayAct{Account: "s-chen", At: 1}, Head: store.DayAct{Account: "s-tan", At: 1}}); err != nil {
		t.Fatal(err)
	}
	look("voids", "/void")
	look("void", "/void/2")
	look("void-done", "/void/3")
	look("void-aside", "/void/1")
	look("unsent", "/unsent")
	rec, err := r.store.Record(4)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Quarantined, protocol.ReasonAssent)
	look("void-refused", "/void/3")
}
