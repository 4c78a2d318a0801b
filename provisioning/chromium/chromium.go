// Package chromium is the headless browser in which tests look at the pages of box, hub
// and emulators. Nothing in it is shipped.
//
// Whoever presses and then looks has to wait for what came of it: Arrive waits for the
// next page whole, Until for anything that can be asked of a page. Both outlive a page
// that gives way to the next while it is asked.
//
// How it fails: it fails the test. Without a browser or without the checker it skips
// visibly, or fails when the environment says CI=true.
package chromium

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a test has in its browser: a browser that hangs is meant, not
// one that is slow.
const patience = 12 * time.Minute

// Start starts a browser for one test, and gives what it has complained of so far.
func Start(t *testing.T, more ...chromedp.ExecAllocatorOption) (context.Context, func() []string) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, fmt.Sprintf("no Chromium on this machine (apt-get install chromium): %v", err))
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		// A page that has not been painted yet takes no keys and no mouse otherwise, and
		// what is pressed then is lost.
		chromedp.Flag("allow-pre-commit-input", true),
		chromedp.Flag("hide-scrollbars", true)}, more)
	ctx, late := context.WithTimeout(t.Context(), patience)
	t.Cleanup(late)
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	var said complaints
	ctx, end := chromedp.NewContext(ctx, chromedp.WithListener(said.hear))
	t.Cleanup(end)
	return ctx, said.list
}

// complaints are what a browser's console complains of.
type complaints struct {
	mu  sync.Mutex // guards all, which the browser's goroutine fills
	all []string
}

func (c *complaints) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			c.all = append(c.all, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventExceptionThrown:
		c.all = append(c.all, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		c.all = append(c.all, fmt.Sprintf("console %s", e.Type))
	}
}

func (c *complaints) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// Axe gives the accessibility checker that .ci/peers unpacks into the user's cache.
func Axe(t *testing.T) string {
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
	if err != nil {
		missing(t, fmt.Sprintf("no axe on this machine (make peers): %v", err))
	}
	return string(b)
}

// missing skips a test whose peer is not there; under CI every peer must be.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}

// Until waits until an expression is true of the page that the browser shows, whichever
// that is by then.
func Until(expression string) chromedp.Action[chromedp.Void] {
	ask := chromedp.Evaluate[bool](fmt.Sprintf("Boolean(%s)", expression))
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			is, err := ask(ctx, target) // while one page gives way to the next there is none to ask
			if err == nil && is {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("never: %s: %w", expression, cmp.Or(err, ctx.Err()))
			case <-tick.C:
			}
		}
	})
}

// Arrive waits until the browser shows a page with something visible that matches, and
// the page is there whole: its style sheets are read and its scripts have run.
func Arrive(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.WaitVisible(selector), Until(fmt.Sprintf(`document.readyState === "complete" && document.querySelector(%q) !== null`, selector)))
}

// Press clicks what matches as a script does, in one step. A page that exchanges its
// parts by itself can take away what a mouse is about to press.
func Press(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.WaitVisible(selector), Until(fmt.Sprintf(`(e => e !== null && (setTimeout(() => document.querySelector(%[1]q).click()), true))(document.querySelector(%[1]q))`, selector)))
}

// Enter presses the key as a keyboard does: what is prevented at its going down has no
// press after it. KeyEvent sends that press by itself, to whichever page is there by then.
func Enter() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for _, k := range kb.Encode('\r') {
			switch k.Type {
			case kb.KeyChar:
				continue
			case kb.KeyRawDown, kb.KeyDown:
				k.Type, k.Text, k.UnmodifiedText = kb.KeyDown, "\r", "\r"
			}
			if _, err := cdp.Call(ctx, target, input.DispatchKeyEvent, *k); err != nil {
				return err
			}
		}
		return nil
	})
}
