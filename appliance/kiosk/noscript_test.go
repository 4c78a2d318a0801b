package kiosk

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"zhunkao/appliance/visit"
	"zhunkao/provisioning/chromium"
)

// noScript switches the pages' scripts off.
func noScript() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// Without script every form of the screen is posted by the browser itself, and
// taken: from what was found to the pledge, a call for help on the way, and the
// ways to see the screen. Only the signature asks for script.
func TestFormsWithoutScript(t *testing.T) {
	ctx, _ := chromium.Start(t) // what it complains of is that scripts are off
	r := newRig(t, "found")
	if err := chromedp.Do(ctx, noScript(), chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	press := func(button, then string) {
		t.Helper()
		// The page fetches itself anew every few seconds. What is pressed in one that is about
		// to give way is lost: then it is pressed in the next, and in each page once.
		pressed := fmt.Sprintf(`(b => b !== null && !window.pressed && (window.pressed = true, b.click()))(document.querySelector('button[name="button"][value=%q]'))`, button)
		if err := chromedp.Do(ctx, chromium.Until(fmt.Sprintf(`document.querySelector(%q) !== null || (%s, false)`, then, pressed))); err != nil {
			t.Fatalf("%s: %v; the visit is at %s", button, err, r.state().Screen())
		}
	}
	screen := func(s visit.Screen) string { return fmt.Sprintf(`body[data-screen=%q]`, s) }
	press("large", `html[data-type="large"]`)
	press("contrast", `html[data-contrast="high"]`)
	press("help", screen(visit.ScreenHelp))
	press(string(visit.ButtonHelpDone), screen(visit.ScreenFound))
	press("go-on", screen(visit.ScreenPhotoNotice))
	if s := r.state(); s.Screen() != visit.ScreenPhotoNotice {
		t.Errorf("the visit is at %s", s.Screen())
	}
}
