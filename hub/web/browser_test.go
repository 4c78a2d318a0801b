package web_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"zhunkao/hub/staff/stafftest"
)

// chromium starts a headless browser, or skips; what it complains of on its
// console is collected.
func chromium(t *testing.T) (context.Context, func() []string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed: apt-get install chromium")
		}
		t.Skip("chromium is not installed: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.WindowSize(1440, 900))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	ctx, end := chromedp.NewContext(alloc)
	ctx, late := context.WithTimeout(ctx, 5*time.Minute) // a browser that hangs, not one that is slow
	t.Cleanup(func() { late(); end(); stop() })
	var mu sync.Mutex // guards complaints
	var complaints []string
	err = chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, "exception "+e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			complaints = append(complaints, "console "+string(e.Type))
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx, func() []string { mu.Lock(); defer mu.Unlock(); return append([]string(nil), complaints...) }
}

// TestInBrowser is an operator's first minute: she signs in, an arrival appears
// by itself, she opens it, and the browser has nothing to complain of.
func TestInBrowser(t *testing.T) {
	ctx, complaints := chromium(t)
	w := newWorld(t, demo)
	w.hire("po")
	w.confirm(0)
	w.sealedUp()
	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("%s: %v; the console says %q", what, err, complaints())
		}
	}
	do("sign in", chromedp.Navigate(w.server.URL+"/gl"), chromedp.WaitVisible("#login"), chromedp.SendKeys("#login", "po"),
		chromedp.SendKeys("#password", password), chromedp.SendKeys("#code", stafftest.Code(t, w.db, "po")), chromedp.Click(`form[action="/gl/sign-in"] button`), chromedp.WaitVisible("#live .livestate.on"))
	if !value(t, ctx, chromedp.Evaluate[bool](`window.stays = true`)) {
		t.Fatal("no script")
	}
	id := w.confirm(2)
	began := time.Now()
	do("the arrival", chromedp.WaitVisible(`tr.arrival.new[data-record="`+id+`"]`))
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the arrival took %s to show", took) // within one on a machine that does nothing else
	}
	if !value(t, ctx, chromedp.Evaluate[bool](`window.stays === true`)) {
		t.Error("the page was loaded again")
	}
	if got := value(t, ctx, chromedp.Text("#live h1")); !strings.Contains(got, "2") {
		t.Errorf("the heading counts %q", got)
	}
	do("open it", chromedp.Click(`tr[data-record="`+id+`"] a`), chromedp.WaitVisible("#number"))
	if got := value(t, ctx, chromedp.Text("h1")); got != string(w.people[2].Application.Name()) {
		t.Error("the heading is not her name")
	}
	if got := value(t, ctx, chromedp.Evaluate[int](`document.querySelector("svg.hand path").getTotalLength() | 0`)); got < 20 {
		t.Errorf("her signature is %d long", got)
	}
	if got := value(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); got > 0 {
		t.Errorf("the page is %d px too wide", got)
	}
	do("reveal", chromedp.Click("details.reveal summary"), chromedp.SendKeys("#why", "电话核对本人"), chromedp.Click("details.reveal button"), chromedp.WaitVisible(".whole"))
	do("sign out", chromedp.Click(`form[action="/gl/sign-out"] button`), chromedp.WaitVisible("#login"))
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser's console says %q", c)
	}
}

func value[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
