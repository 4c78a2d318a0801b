package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// clockOnPanel looks at the emulators' panel as a person does: the
// demonstration's clock stands at its head and its buttons work there, with
// script and without. It leaves the clock at the lunch break of the second day.
// ZHUNKAO_SHOTS=DIR keeps the pictures.
func (v *visitor) clockOnPanel() {
	v.t.Helper()
	panel, strip := "http://"+v.o.Ports.Panel(), "http://"+v.o.Ports.Home()+"/strip"
	v.framing()
	// Without script: the frame's page is a form that answers with itself.
	html, err := v.page(v.o.Ports.Panel(), "/")
	v.must("the panel", err)
	if !strings.Contains(html, `src="`+strip+`?lang=zh-CN"`) {
		v.t.Error("the panel's page has no frame with the clock")
	}
	v.press(v.o.Ports.Home(), "/strip", "/strip", url.Values{"move": {"lunch"}})
	html, err = v.page(v.o.Ports.Home(), "/strip")
	v.must("the strip", err)
	if !strings.Contains(html, "2019-09-06 12:3") || strings.Contains(html, "target=") {
		v.t.Errorf("after the press the strip is\n%s", html)
	}

	if _, err := exec.LookPath("chromium"); err != nil && os.Getenv("CI") != "true" {
		v.t.Log("SKIPPED: no Chromium on this machine; nobody looked at the panel")
		v.press(v.o.Ports.Home(), "/strip", "/strip", url.Values{"move": {"lunch"}})
		return
	}
	ctx, _ := chromium.Start(v.t)
	do := func(what string, a ...chromedp.Action[chromedp.Void]) {
		v.t.Helper()
		v.must(what, chromedp.Do(ctx, a...))
	}
	for _, lang := range []string{"zh-CN", "en"} {
		for _, width := range []int64{1280, 420} {
			name := fmt.Sprintf("panel-%s-%d", lang, width)
			do(name, chromedp.EmulateViewport(width, 900), chromedp.Navigate(panel+"/?lang="+lang), chromedp.WaitVisible("iframe.strip"))
			v.until(name, func() error { return stripFits(ctx) })
			if dir := os.Getenv("ZHUNKAO_SHOTS"); dir != "" {
				shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				v.must(name, err)
				v.must(name, os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o600))
			}
		}
	}
	// Pressed with the mouse: the clock moves, and the panel stays where it is.
	do("the panel", chromedp.EmulateViewport(1280, 900), chromedp.Navigate(panel+"/?lang=zh-CN"), chromedp.Evaluate[chromedp.Void]("window.stays = true"))
	v.until("the strip", func() error { return stripFits(ctx) })
	at, err := inStrip[[]float64](ctx, `(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector("[value=lunch]").getBoundingClientRect())`)
	v.must("the button", err)
	top, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.querySelector("iframe.strip").getBoundingClientRect().y`))
	v.must("the frame", err)
	do("press", chromedp.MouseClickXY(at[0], top+at[1]))
	v.until("the clock in the frame", func() error {
		said, err := inStrip[string](ctx, "document.body.textContent")
		if err == nil && !strings.Contains(said, "2019年9月7日周六 12:3") {
			err = fmt.Errorf("it says %q", said)
		}
		return err
	})
	stays, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.stays === true"))
	if err != nil || !stays {
		v.t.Errorf("the press left the panel's page: %v", err)
	}
	// Another page may frame neither the strip nor the page it comes from.
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<iframe src="http://%s%s"></iframe>`, v.o.Ports.Home(), r.URL.Path)
	}))
	defer foreign.Close()
	for _, path := range []string{"/strip", "/"} {
		do("a foreign page", chromedp.Navigate(foreign.URL+path))
		v.until(path+" in a foreign frame", func() error {
			where, err := inStrip[string](ctx, "location.href + document.readyState")
			if err == nil && where != "chrome-error://chromewebdata/complete" {
				err = fmt.Errorf("the frame shows %s", where)
			}
			return err
		})
	}
}

// framing asks each page of the demonstration's own who may frame it.
func (v *visitor) framing() {
	v.t.Helper()
	for path, want := range map[string]string{
		"/": "frame-ancestors 'none'", "/static/base.css": "frame-ancestors 'none'", "/nowhere": "frame-ancestors 'none'", "/strip/": "frame-ancestors 'none'",
		"/strip": "frame-ancestors http://" + v.o.Ports.Panel() + " http://localhost:" + strings.TrimPrefix(v.o.Ports.Panel(), "127.0.0.1:") +
			" http://" + v.o.Ports.Cashier() + " http://localhost:" + strings.TrimPrefix(v.o.Ports.Cashier(), "127.0.0.1:") + ";",
	} {
		res, err := v.web.Get("http://" + v.o.Ports.Home() + path)
		v.must(path, err)
		_ = res.Body.Close()
		if got := res.Header.Get("Content-Security-Policy"); !strings.Contains(got, want) {
			v.t.Errorf("%s: policy %q, want %s in it", path, got, want)
		}
	}
	for query, want := range map[string]string{"?said=past": "已经过去", "?said=past&lang=en": "is past", "?said=nothing": "都是虚构的人"} {
		if html, err := v.page(v.o.Ports.Home(), "/strip"+query); err != nil || !strings.Contains(html, want) {
			v.t.Errorf("/strip%s does not say %s (%v)", query, want, err)
		}
	}
	res, err := v.web.PostForm("http://"+v.o.Ports.Home()+"/strip", url.Values{"move": {"next-day"}, "token": {"guessed"}})
	v.must("a foreign press", err)
	_ = res.Body.Close()
	if got := res.Request.URL.Query().Get("said"); got != "stale" {
		v.t.Errorf("a press with a guessed token: said %q, want stale", got)
	}
}

// inStrip evaluates an expression in the one frame of the page, which is of
// another origin and so out of reach of the page's own script.
func inStrip[T any](ctx context.Context, expression string) (zero T, err error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return zero, err
	}
	if len(tree.FrameTree.ChildFrames) != 1 {
		return zero, errors.New("the page has no frame")
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.ChildFrames[0].Frame.ID})
	if err != nil {
		return zero, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, func(p *runtime.EvaluateParams) { p.ContextID = world.ExecutionContextID }))
}

// stripFits says what is wrong with the strip in the page: it must be loaded,
// show the running clock and three buttons that a finger can hit, with nothing
// cut off, and the page must not scroll sideways.
func stripFits(ctx context.Context) error {
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	if err != nil {
		return err
	}
	if wide {
		return errors.New("the panel scrolls sideways")
	}
	wrong, err := inStrip[string](ctx, `(() => {
		const d = document.documentElement, time = document.querySelector("time"), buttons = [...document.querySelectorAll("button")];
		if (!time || buttons.length !== 3) return "not loaded: " + location.href;
		if (!/9月6日|September 6/.test(time.textContent)) return "its clock does not run: " + time.textContent;
		if (d.scrollWidth > innerWidth || d.scrollHeight > innerHeight) return "it scrolls: " + [d.scrollWidth, d.scrollHeight, innerWidth, innerHeight];
		for (const b of [...buttons, time]) {
			const r = b.getBoundingClientRect();
			if (r.left < 0 || r.right > innerWidth || r.top < 0 || r.bottom > innerHeight) return b.textContent + " is cut off";
			if (b !== time && (r.height < 43.5 || b.scrollWidth > b.clientWidth + 1)) return b.textContent + " is too small";
		}
		return "";
	})()`)
	if err == nil && wrong != "" {
		err = errors.New(wrong)
	}
	return err
}
