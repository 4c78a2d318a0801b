package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/hw/idcardtest"
	"zhunkao/provisioning/chromium"
)

// output is a writer that tells when the program has said where it listens.
type output struct {
	line chan string
}

func (o output) Write(p []byte) (int, error) {
	o.line <- string(p)
	return len(p), nil
}

type program struct {
	url, link, state string
}

// start runs the whole program as main does.
func start(t *testing.T, cards []entry, change ...func(*CLI)) program {
	t.Helper()
	dir := t.TempDir()
	p := program{link: filepath.Join(dir, "dev", "reader"), state: filepath.Join(dir, "state")}
	file := filepath.Join(dir, "cards.json")
	raw, err := json.Marshal(cards)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	out := output{make(chan string, 1)}
	done := make(chan error, 1)
	go func() {
		cli := CLI{Listen: "127.0.0.1:0", ReaderLink: p.link, Cards: file, State: p.state}
		for _, f := range change {
			f(&cli)
		}
		done <- run(ctx, cli, out)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && err != http.ErrServerClosed {
			t.Errorf("run: %v", err)
		}
		if _, err := os.Lstat(p.link); !os.IsNotExist(err) {
			t.Errorf("the link is left behind: %v", err)
		}
	})
	select {
	case line := <-out.line:
		p.url = regexp.MustCompile(`http://[^/]+`).FindString(line)
	case err := <-done:
		done <- nil
		t.Fatalf("run: %v", err)
	}
	return p
}

func cards() []entry {
	card := func(name, seq string) idcardtest.Card {
		n, err := idcardtest.MakeNumber("430104", "19990817", seq)
		if err != nil {
			panic(err)
		}
		return idcardtest.Card{Type: idcardtest.Resident, Name: name, Sex: "2", Ethnic: "01", Birth: "19990817",
			Address: "湖南省长沙市岳麓区演示路1号", Number: n, Issuer: "长沙市公安局岳麓分局", ValidFrom: "20170101", ValidTo: "20370101"}
	}
	list := []entry{{Label: "谭丽华", Card: card("谭丽华", "002")}, {Label: "欧阳雪", Note: "elsewhere", Card: card("欧阳雪", "004")},
		{Label: "阿依古丽·买买提", Note: "自由的说明", Card: card("阿依古丽·买买提", "006")}}
	for i := range 9 {
		list = append(list, entry{Label: fmt.Sprintf("考生%c", 'A'+i), Card: card("考生", fmt.Sprintf("%03d", 10+2*i))})
	}
	return append(list, entry{Label: "陈港", Note: "stranger", Card: idcardtest.Card{Type: idcardtest.HMT, Name: "陈港", Sex: "1",
		Number: "810000199901020030", PassNumber: "H01234567"}})
}

func (p program) get(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get(p.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, resp.StatusCode, err)
	}
	return string(b)
}

func (p program) post(t *testing.T, path string, form url.Values) (int, string) {
	t.Helper()
	resp, err := http.PostForm(p.url+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func (p program) api(t *testing.T, path, body string) (int, state) {
	t.Helper()
	resp, err := http.Post(p.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var s state
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil && resp.StatusCode == http.StatusOK {
		t.Fatal(err)
	}
	return resp.StatusCode, s
}

// What no switch shows is told all the same, and can be mended.
func TestExactSettingsAreTold(t *testing.T) {
	p := start(t, cards())
	ok, mend := "正常</span>", `<button class="button primary" disabled>`
	if !strings.Contains(p.get(t, "/"), ok) || !strings.Contains(p.get(t, "/faults"), mend) {
		t.Fatal("a healthy reader is not called one")
	}
	p.post(t, "/override", url.Values{"sw": {"690031"}, "only": {"3001"}, "times": {"2"}})
	if page := p.get(t, "/"); strings.Contains(page, ok) || !strings.Contains(page, "准确设定") {
		t.Error("a reader with a status set is called in order")
	}
	if strings.Contains(p.get(t, "/faults"), mend) {
		t.Error("it cannot be mended")
	}
	p.post(t, "/healthy", nil)
	p.post(t, "/fault", url.Values{"fault": {"reread"}, "on": {"1"}})
	if page := p.get(t, "/"); strings.Contains(page, "准确设定") {
		t.Error("a switch is told as an exact setting too")
	}
}

func TestPagesSayEverythingInBothLanguages(t *testing.T) {
	p := start(t, cards())
	p.post(t, "/place", url.Values{"card": {"1"}})
	p.post(t, "/fault", url.Values{"fault": {"selftest"}, "on": {"1"}})
	for _, path := range []string{"/", "/faults", "/own", "/reader"} {
		zh, en := p.get(t, path), p.get(t, path+"?lang=en")
		for lang, page := range map[string]string{"zh": zh, "en": en} {
			if i := strings.Index(page, "⟨"); i >= 0 {
				t.Errorf("%s %s: a word is missing: %.40s", path, lang, page[i:])
			}
			if strings.Contains(page, "<script>") || strings.Contains(page, "style=") || strings.Contains(page, " onclick") {
				t.Errorf("%s %s: inline script or style", path, lang)
			}
		}
		if path != "/reader" && (!strings.Contains(zh, "演示") || !strings.Contains(en, "Demo")) {
			t.Errorf("%s does not say that it is a demonstration", path)
		}
		for _, e := range cards() {
			if strings.Contains(zh, ">"+e.Card.Number+"<") {
				t.Errorf("%s shows a whole number", path)
			}
		}
	}
	for key, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}

func TestWithoutScript(t *testing.T) {
	p := start(t, cards())
	if code, page := p.post(t, "/place", url.Values{"card": {"0"}}); code != http.StatusOK || !strings.Contains(page, `class="chip"`) {
		t.Errorf("place: status %d, no card on the slab", code)
	}
	if _, page := p.post(t, "/", url.Values{"q": {"欧阳"}}); !strings.Contains(page, ">欧阳雪<") || strings.Contains(page, ">考生A<") {
		t.Error("a search does not find exactly what matches")
	}
	if _, page := p.post(t, "/lift", url.Values{"when": {"now"}}); strings.Contains(page, `class="chip"`) {
		t.Error("lift: the card still lies there")
	}
	p.post(t, "/lift", url.Values{"when": {"during"}})
	if _, s := p.api(t, "/api/plug", `{"in":true}`); s.Knobs.LiftAfterMS != 500 {
		t.Errorf("lift in the middle: got %+v", s.Knobs)
	}
	for _, pre := range presets() {
		p.post(t, "/fault", url.Values{"fault": {pre.key}, "on": {"1"}, "back": {"faults"}})
		if _, s := p.api(t, "/api/plug", `{"in":true}`); !pre.on(s.Knobs) {
			t.Errorf("%s: not on after it was thrown", pre.key)
		}
		p.post(t, "/fault", url.Values{"fault": {pre.key}, "on": {"0"}, "back": {"faults"}})
		if _, s := p.api(t, "/api/plug", `{"in":true}`); pre.on(s.Knobs) {
			t.Errorf("%s: still on", pre.key)
		}
	}
	p.post(t, "/fault", url.Values{"fault": {"unplug"}, "on": {"1"}})
	if _, err := os.Stat(p.link); !os.IsNotExist(err) {
		t.Errorf("unplugged: the link is there (%v)", err)
	}
	p.post(t, "/override", url.Values{"sw": {"000041"}, "only": {"3001"}, "times": {"2"}, "back": {"faults"}})
	if code, page := p.post(t, "/override", url.Values{"sw": {"xyz"}, "back": {"faults"}}); code != 422 || !strings.Contains(page, `role="alert"`) {
		t.Errorf("a status that is none: %d", code)
	}
	p.post(t, "/healthy", nil)
	if _, s := p.api(t, "/api/lift", ``); s.Knobs != (idcardtest.Knobs{}) || !s.Plugged {
		t.Errorf("after mending: %+v", s)
	}
}

func TestOwnCardIsKept(t *testing.T) {
	p := start(t, cards())
	form := url.Values{"type": {"resident"}, "name": {"自制人"}, "sex": {"1"}, "ethnic": {"01"}, "birth": {"19990102"},
		"number": {"43010419990102001"}, "valid_from": {"20190101"}, "valid_to": {"长期"}}
	if code, page := p.post(t, "/own", form); code != http.StatusOK || !strings.Contains(page, "自制人") {
		t.Fatalf("status %d", code)
	}
	if _, s := p.api(t, "/api/plug", `{"in":true}`); s.Card != len(cards()) || s.Cards != len(cards())+1 {
		t.Errorf("got card %d of %d", s.Card, s.Cards)
	}
	d, err := openDeck("", p.state)
	if err != nil || len(d.list()) != 1 {
		t.Fatalf("kept: %v, %v", d, err)
	}
	if n := d.list()[0].Card.Number; len(n) != 18 {
		t.Errorf("the check digit was not made: %d characters", len(n))
	}
	form.Set("name", "一个写不进三十个字节的很长很长的名字")
	if code, page := p.post(t, "/own", form); code != 422 || !strings.Contains(page, `value="43010419990102001`) {
		t.Errorf("too long: status %d; what was typed must stay", code)
	}
}

func TestJSONDoor(t *testing.T) {
	p := start(t, cards())
	if code, s := p.api(t, "/api/place", `{"card":2}`); code != 200 || s.Card != 2 {
		t.Errorf("place: %d %+v", code, s)
	}
	if code, s := p.api(t, "/api/place", `{"own":{"type":"hmt","name":"甲","number":"1"}}`); code != 200 || s.Card != -2 {
		t.Errorf("place own: %d %+v", code, s)
	}
	for path, body := range map[string]string{"/api/place": `{"card":99}`, "/api/knob": `{"sam":"nonsense"}`} {
		if code, _ := p.api(t, path, body); code != 422 {
			t.Errorf("%s %s: status %d, want 422", path, body, code)
		}
	}
	if code, _ := p.api(t, "/api/knob", `{"no_such_knob":1}`); code != 400 {
		t.Errorf("unknown knob: status %d, want 400", code)
	}
	p.api(t, "/api/knob", `{"bad_sum":true}`)
	if _, s := p.api(t, "/api/knob", `{"duplicate":true}`); !s.Knobs.BadSum || !s.Knobs.Duplicate {
		t.Errorf("a second knob forgot the first: %+v", s.Knobs)
	}
	if _, s := p.api(t, "/api/knob", `{"healthy":true,"late_ms":5}`); s.Knobs != (idcardtest.Knobs{LateMS: 5}) {
		t.Errorf("healthy: %+v", s.Knobs)
	}
	if code, s := p.api(t, "/api/lift", ""); code != 200 || s.Card != -1 {
		t.Errorf("lift: %d %+v", code, s)
	}
	if _, s := p.api(t, "/api/plug", `{"in":false}`); s.Plugged {
		t.Error("still plugged in")
	}
}

func TestOnlyThisMachineAndThisPage(t *testing.T) {
	p := start(t, cards())
	ask := func(change func(*http.Request)) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/api/lift", nil)
		if err != nil {
			t.Fatal(err)
		}
		change(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if code := ask(func(r *http.Request) { r.Host = "evil.example" }); code != http.StatusMisdirectedRequest {
		t.Errorf("another host name: %d", code)
	}
	if code := ask(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); code != http.StatusForbidden {
		t.Errorf("another page: %d", code)
	}
	if err := run(t.Context(), CLI{Listen: "0.0.0.0:0", ReaderLink: filepath.Join(t.TempDir(), "r"), State: t.TempDir()}, io.Discard); err == nil {
		t.Error("listens on all addresses")
	}
	addr := strings.TrimPrefix(p.url, "http://")
	err := run(t.Context(), CLI{Listen: addr, ReaderLink: filepath.Join(t.TempDir(), "r"), State: t.TempDir()}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("taken port: got %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`[{"card":{"type":"no such"}}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	err = run(t.Context(), CLI{Listen: "127.0.0.1:0", ReaderLink: filepath.Join(t.TempDir(), "r"), Cards: bad, State: t.TempDir()}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "card 1") {
		t.Errorf("bad deck: got %v, want the card's number", err)
	}
}

func TestAProgramReadsThePlacedCard(t *testing.T) {
	p := start(t, cards())
	p.api(t, "/api/place", `{"card":1}`)
	cmd := exec.CommandContext(t.Context(), "go", "run", "zhunkao/hw/cmd/hwcheck", "idcard", "--port", p.link, "--json")
	out, err := cmd.Output()
	if err != nil || !bytes.Contains(out, []byte(`"name":"欧阳雪"`)) {
		t.Errorf("got %q, %v", out, err)
	}
	page := p.get(t, "/reader")
	if !strings.Contains(page, "3001") {
		t.Error("the diary does not show the read")
	}
}

// The page in a real browser: placing by a click shows the card without a new
// page, the search filters as one types, and what happens elsewhere arrives.
// With HWEMU_SHOTS=DIR it leaves pictures there to look at.
func TestInABrowser(t *testing.T) {
	p := start(t, cards())
	ctx, _ := chromium.Start(t, chromedp.WindowSize(1280, 800))
	type step = chromedp.Action[chromedp.Void]
	act := func(f func(context.Context) error) step {
		return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error { return f(ctx) })
	}
	shot := func(name string) step {
		return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			dir := os.Getenv("HWEMU_SHOTS")
			if dir == "" {
				return nil
			}
			b, err := chromedp.FullScreenshot(100)(ctx, target)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name+".png"), b, 0o600)
		})
	}
	var address string
	err := chromedp.Do(ctx,
		chromedp.Navigate(p.url+"/"),
		chromedp.WaitVisible(".hole"),
		shot("empty"),
		chromium.Press(`[data-card="1"]`),
		chromedp.WaitVisible(".slab .chip"),
		chromedp.WaitVisible(`[data-card="1"].on`),
		shot("placed"),
		chromedp.SendKeys("#q", "陈港"),
		chromedp.WaitNotVisible(`[data-card="1"]`),
		chromedp.WaitVisible(`[data-card="12"]`),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) (err error) {
			address, err = chromedp.Location()(ctx, target)
			return err
		}),
		act(func(context.Context) error {
			p.api(t, "/api/plug", `{"in":false}`)
			return nil
		}),
		chromedp.WaitVisible(".slab.off"),
		shot("unplugged"),
		chromium.Press(`.side .primary`),
		chromedp.WaitVisible(".slab:not(.off)"),
		chromedp.Navigate(p.url+"/faults"),
		chromedp.WaitVisible(".throw"),
		shot("faults"),
		chromedp.Navigate(p.url+"/own?lang=en"),
		shot("own"),
		chromedp.EmulateViewport(390, 844),
		chromedp.Navigate(p.url+"/?lang=zh-CN"),
		chromedp.WaitVisible(".slab"),
		shot("narrow"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(address, "?") || !strings.HasSuffix(address, "/") {
		t.Errorf("the address is %s: a name must not get into it", address)
	}
}

// The page at the head is whatever --strip names; frames may show its origin
// and no other. Without --strip there is no frame and none is allowed.
func TestStripAtTheHead(t *testing.T) {
	plain := start(t, cards())
	if page := plain.get(t, "/"); strings.Contains(page, "<iframe") {
		t.Error("a frame without --strip")
	}
	p := start(t, cards(), func(c *CLI) { c.Strip = "https://clock.example:8600/strip?a=b&c=1" })
	for _, path := range []string{"/", "/faults", "/own"} {
		resp, err := http.Get(p.url + path + "?lang=en")
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if want := `<iframe class="strip" src="https://clock.example:8600/strip?a=b&amp;c=1&amp;lang=en"`; !strings.Contains(string(page), want) {
			t.Errorf("%s: no %s", path, want)
		}
		if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "; frame-src https://clock.example:8600; form-action 'self'; frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, got)
		}
	}
	for _, bad := range []string{"strip", "//clock/strip", "javascript:alert(1)", "http://a;script-src */", "http://a b/", "http://u:p@a/", "file:///etc/passwd", "http://'self'/"} {
		if err := run(t.Context(), CLI{Listen: "127.0.0.1:0", ReaderLink: filepath.Join(t.TempDir(), "r"), State: t.TempDir(), Strip: bad}, io.Discard); err == nil || !strings.Contains(err.Error(), "--strip") {
			t.Errorf("--strip %q: got %v, want a refusal", bad, err)
		}
	}
}
