package portal_test

import (
	"context"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zhunkao/protocol/form"
	"zhunkao/provisioning/chromium"
)

// screen is a browser in which somebody is signed in.
type screen struct {
	t    *testing.T
	ctx  context.Context
	says func() []string // what its console complains of
}

func (h *her) screen() *screen {
	h.t.Helper()
	ctx, says := chromium.Start(h.t)
	s := &screen{t: h.t, ctx: ctx, says: says}
	at, err := url.Parse(h.w.server.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range h.client.Jar.Cookies(at) {
		s.do("cookie", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: h.w.server.URL})
			return err
		}))
	}
	return s
}

func (s *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, steps...); err != nil {
		s.t.Fatalf("%s: %v; the console says %q", what, err, s.says())
	}
}

// is asks the page something.
func (s *screen) is(expression string) string {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		at, _ := chromedp.Run(s.ctx, chromedp.Evaluate[string]("location.href"))
		s.t.Fatalf("%s: %v; at %s", expression, err, at)
	}
	return v
}

// until waits for something to become true on the page.
func (s *screen) until(expression string) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, chromium.Until(expression)); err != nil {
		s.t.Fatalf("never: %s: %v; the console says %q", expression, err, s.says())
	}
}

// keys presses keys, one after another.
func (s *screen) keys(all ...string) {
	s.t.Helper()
	for _, k := range all {
		if k == kb.Enter {
			s.do("key", chromium.Enter())
			continue
		}
		s.do("key", chromedp.KeyEvent(k))
	}
}

// shot keeps a picture when somebody asks for pictures.
func (s *screen) shot(name string) {
	s.t.Helper()
	dir := os.Getenv("ZHUNKAO_SHOTS")
	if dir == "" {
		return
	}
	b, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(dir+"/"+name+".png", b, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// The form in a browser, by keyboard alone: the searchable list, what the rules
// say as she leaves a field, the repair, saving by itself.
func TestFormInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.Education)
	s := h.screen()
	s.do("the form", chromedp.EmulateViewport(360, 740), chromedp.Navigate(w.server.URL+path), chromium.Arrive(`[role="combobox"]`))

	// By name in her own words, then by the arrows.
	s.do("the list", chromedp.Focus("#f-WHCDDM"))
	s.keys("大", "专")
	s.until(`document.querySelector("#f-WHCDDM").getAttribute("aria-expanded") === "true"`)
	s.shot("combo-360")
	if got := s.is(`/^有 \d+ 项，/.test(document.querySelector(".combo:has(#f-WHCDDM) [role=status]").textContent)`); got != "true" {
		t.Errorf("what is read out of the list is %q", s.is(`document.querySelector(".combo:has(#f-WHCDDM) [role=status]").textContent`))
	}
	if got := s.is(`document.getElementById(document.querySelector("#f-WHCDDM").getAttribute("aria-activedescendant")).textContent`); !strings.Contains(got, "大学专科毕业") || !strings.Contains(got, "可报专升本") {
		t.Errorf("the first proposal for 大专 is %q", got)
	}
	s.keys(kb.ArrowDown, kb.ArrowUp, kb.Enter)
	if got := s.is(`document.querySelector("#f-WHCDDM").value + document.querySelector("[name=f-WHCDDM]").value + document.querySelector("#f-WHCDDM").getAttribute("aria-expanded")`); got != "大学专科毕业31false" {
		t.Errorf("chosen by keys: %q", got)
	}
	s.until(`/已自动保存/.test(document.querySelector("[data-saved-at]").textContent)`)
	if got := h.drafted().Application.Get(form.Education); got != "31" {
		t.Errorf("saved by itself: %q", got)
	}
	s.keys("没", "有") // what is no entry leaves what stood there
	s.keys(kb.Tab)
	if got := s.is(`document.querySelector("#f-WHCDDM").value`); got != "大学专科毕业" {
		t.Errorf("left with nonsense typed: %q", got)
	}
	s.do("back", chromedp.Focus("#f-WHCDDM"))
	s.keys(kb.ArrowDown, kb.Escape)
	if got := s.is(`document.querySelector("#f-WHCDDM").getAttribute("aria-expanded")`); got != "false" {
		t.Error("Escape does not close the list")
	}

	// A day that has not come: said as she leaves the field, mended by one press.
	s.do("a day", chromedp.Focus("#f-BYRQ"))
	for _, k := range "2026/6/30" {
		s.keys(string(k))
	}
	s.keys(kb.Tab)
	// What was saved while she typed may be answered after she left the field, too.
	s.until(`!document.querySelector("#e-BYRQ").hidden && document.querySelector("#f-BYRQ").value === "2026-06-30"`)
	s.shot("error-360")
	if got := s.is(`document.querySelector("#f-BYRQ").value + " " + document.querySelector("#f-BYRQ").getAttribute("aria-invalid") + " " + document.querySelector("#f-BYRQ").getAttribute("aria-describedby")`); got != "2026-06-30 true h-BYRQ e-BYRQ" {
		t.Errorf("a day that has not come: %q", got)
	}
	if got := s.is(`document.querySelector("#e-BYRQ .fix").textContent`); got != "改成 2016-06-30" {
		t.Errorf("the repair says %q", got)
	}
	s.do("the repair", chromedp.Focus("#e-BYRQ .fix"))
	s.keys(kb.Enter)
	s.do("repaired", chromium.Arrive(`#f-BYRQ[value="2016-06-30"]`)) // as the page is sent, not as a script writes it
	if got := s.is(`document.querySelector("#e-BYRQ").hidden + " " + document.querySelector("#f-WHCDDM").value`); got != "true 大学专科毕业" {
		t.Errorf("after the repair: %q", got)
	}
	if got := s.is(`document.documentElement.scrollWidth - innerWidth`); got != "0" {
		t.Errorf("the page is %s px too wide", got)
	}

	// On, by the button; and what was typed last is not lost on the way.
	s.do("a school", chromedp.Focus("#f-BYXXMC"))
	s.keys("湖", "大")
	s.do("next", chromedp.Focus(`.thumb button[value="next"]`))
	s.keys(kb.Enter)
	s.do("the next step", chromium.Arrive("#f-LXDH"))
	if got := h.drafted().Application.Get(form.School); got != "湖大" {
		t.Errorf("typed before the button: %q", got)
	}
	if said := s.says(); len(said) > 0 {
		t.Errorf("the console says %q", said)
	}
}

// noScript switches scripts off.
func noScript(off bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return err
	})
}

// Without a script the browser's own list and the button do the same.
func TestFormWithoutScript(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.Education)
	s := h.screen()
	s.do("the form", chromedp.EmulateViewport(1280, 900), noScript(true), chromedp.Navigate(w.server.URL+path), chromium.Arrive("select#f-WHCDDM"),
		chromedp.Focus("select#f-WHCDDM"))
	s.keys("3", "1")
	s.do("a day", chromedp.SendKeys("#f-BYRQ", "2026-06-30"), chromedp.Click(`.thumb button[value="next"]`), chromium.Arrive(".errors"))
	s.shot("noscript-error-1280")
	s.do("the repair", chromedp.Click("#e-BYRQ .fix"), chromedp.WaitNotPresent(".errors"))
	if got := h.drafted().Application; got.Get(form.GraduationDate) != "20160630" || got.Get(form.Education) != "31" {
		t.Errorf("without a script: %q %q", got.Get(form.GraduationDate), got.Get(form.Education))
	}
}

// The list as the script makes it, open and shut, on a phone: axe has nothing to
// say of it (S43), and Enter in a field of text does what the button does.
func TestListInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	axe := chromium.Axe(t)
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.Household)
	s := h.screen()
	s.do("the form", chromedp.EmulateViewport(360, 740), chromedp.Navigate(w.server.URL+path), chromium.Arrive(`#f-HKDM[role="combobox"]`))
	if _, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](axe+"; true")); err != nil {
		t.Fatal(err)
	}
	judge := func(state string) {
		t.Helper()
		wrong, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})
			.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + " " + n.target + " " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range wrong {
			t.Errorf("%s: %s", state, x)
		}
	}
	judge("shut")
	// Two values are two buttons, and no list to be searched; what only an office
	// says of a person is not offered to her.
	if got := s.is(`document.querySelectorAll('[data-field="XBDM"] input[type=radio]').length + " " + document.querySelectorAll('[data-field="XBDM"] [role=combobox]').length`); got != "2 0" {
		t.Errorf("the sex is asked by %s (radio buttons, lists)", got)
	}
	s.do("a word that is no entry", chromedp.SendKeys("#f-MZDM", "火星"), chromedp.Focus("#f-XM"))
	s.until(`/“火星”/.test(document.querySelector(".combo:has(#f-MZDM) [role=status]").textContent) && document.querySelector("#f-MZDM").value === ""`)
	judge("nothing was taken")
	s.do("her sex", chromedp.Focus("#f-XBDM"))
	s.keys(kb.ArrowDown)
	s.until(`document.querySelector('[name="f-XBDM"][value="2"]').checked && /已自动保存/.test(document.querySelector("[data-saved-at]").textContent)`)
	if got := h.drafted().Application.Get(form.Sex); got != "2" {
		t.Errorf("saved of the sex: %q", got)
	}
	judge("a button pressed")
	s.do("a list", chromedp.Focus("#f-MZDM"))
	s.keys(kb.ArrowDown)
	s.until(`document.querySelector("#f-MZDM").getAttribute("aria-expanded") === "true"`)
	judge("all of a list")
	s.keys(kb.Escape)
	s.do("a text with proposals", chromedp.Focus("#f-HKDM"))
	s.keys("芙", "蓉")
	s.until(`!document.querySelector("#f-HKDM-list").hidden`)
	s.shot("free-360")
	judge("proposals")
	s.keys(kb.Enter)
	if got := s.is(`document.querySelector("#f-HKDM").value`); got != "430102 长沙市芙蓉区" {
		t.Errorf("chosen: %q", got)
	}
	s.keys(kb.Enter) // the list is shut: on to the next step
	s.do("the next step", chromium.Arrive("#f-WHCDDM"))
	if got := h.drafted().Application.Get(form.Household); got != "430102" {
		t.Errorf("saved: %q", got)
	}
}

// A drawn signature goes along with the typed one.
func TestSignInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	w := newWorld(t)
	h := w.arrive(0)
	h.readNotices()
	s := h.screen()
	s.do("the pledge", chromedp.EmulateViewport(360, 740), chromedp.Navigate(w.server.URL+"/ks/pledge"), chromium.Arrive("#pen canvas"),
		chromedp.SendKeys("#name", h.app.Name().Reveal()), chromedp.ScrollIntoView("[data-clear]"))
	s.until(`(document.querySelector("#pen").scrollIntoView({block: "center"}), true)`)
	at, err := chromedp.Run(s.ctx, chromedp.Evaluate[[]float64](`(({left, top, width, height}) => [left, top, width, height])(document.querySelector("#pen canvas").getBoundingClientRect())`))
	if err != nil {
		t.Fatal(err)
	}
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		t.Helper()
		s.do("the pen", chromedp.MouseEvent(kind, at[0]+x*at[2], at[1]+y*at[3], func(p *input.DispatchMouseEventParams) { p.Button, p.Buttons = input.MouseButtonLeft, 1 }))
	}
	mouse(input.DispatchMouseEventTypeMousePressed, .1, .5)
	for i := range 12 {
		mouse(input.DispatchMouseEventTypeMouseMoved, .1+float64(i)*.06, .3+float64(i%3)*.2)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, .8, .5)
	if got := s.is(`document.querySelector("[name=drawn]").value.split(" ").length >= 20`); got != "true" {
		t.Fatalf("drawn: %q", s.is(`document.querySelector("[name=drawn]").value`))
	}
	s.do("sign", chromedp.Click(".thumb .primary"), chromium.Arrive("#f-XM"))
	if a := h.see("/ks/pledge"); !strings.Contains(a.Page, `class="drawn"`) || !a.says(h.app.Name().Reveal()+" 已签") {
		t.Errorf("the signed pledge: %s", a.text())
	}
}

// The summary at the top says how many are still to be mended while they are
// mended below, and a fault without a repair has no empty button beside it.
func TestSummaryInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.BirthDate)
	s := h.screen()
	s.do("the form", chromedp.EmulateViewport(360, 740), chromedp.Navigate(w.server.URL+path), chromium.Arrive("#f-CSRQ"),
		chromedp.SendKeys("#f-CSRQ", "1990-2-30"), chromedp.SendKeys("#f-XM", "王"), chromedp.Click(`.thumb button[value="next"]`), chromium.Arrive(".errors"))
	if got := s.is(`document.querySelector(".errors h2").textContent + " " + getComputedStyle(document.querySelector("#e-CSRQ .fix")).display`); got != "有 2 处要改 none" {
		t.Errorf("two faults without a repair: %q", got)
	}
	s.do("mended", chromedp.Focus("#f-XM"), chromedp.SendKeys("#f-XM", "芳"))
	s.keys(kb.Tab)
	s.until(`document.querySelector("#e-XM").hidden`)
	if got := s.is(`document.querySelector(".errors h2").textContent + document.querySelectorAll(".errors a").length`); got != "有 1 处要改1" {
		t.Errorf("with one of two mended: %q", got)
	}
}
