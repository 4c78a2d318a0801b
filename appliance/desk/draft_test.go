package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/chromium"
)

// entering is a rig whose point takes people who are not registered.
func entering(t *testing.T, change ...func(*Options)) (*rig, []synthetic.Person) {
	r := newRig(t, change...)
	r.with(func() { r.status.Point.Division = "430104" })
	r.hire(30*24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	cases := len(synthetic.Cases())
	return r, synthetic.Candidates(*r.status.Rules, 5, cases+4, synthetic.Point{Code: "43010401", Division: "430104"})[cases:]
}

var revision = regexp.MustCompile(`name="revision" value="(\d+)"`)

// fills sends one step of a draft as somebody's paper has it, and gives where
// that leads.
func (c *clerk) fills(path, press string, p synthetic.Person, more ...string) (int, string, string) {
	c.Helper()
	_, html := c.get(path)
	v := url.Values{"go": {press}}
	for _, m := range hidden.FindAllStringSubmatch(html, -1) {
		v.Set(m[1], m[2])
	}
	if m := revision.FindStringSubmatch(html); m != nil {
		v.Set("revision", m[1])
	}
	for key, value := range p.Application.Fields {
		v.Set("f-"+key, value)
	}
	for _, ch := range p.Application.Choices {
		for name, value := range map[string]string{"level": ch.Level, "category": ch.Category, "school": ch.School, "major": ch.Major, "form": ch.Form} {
			v.Set(fmt.Sprintf("%s-%d", name, ch.Order), value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	res, err := c.client.PostForm(c.server.URL+path, v)
	to := ""
	if err == nil {
		to = res.Header.Get("Location")
	}
	status, body := c.read(res, err)
	return status, to, body
}

// types enters somebody's paper, up to the last look, and gives its path.
func (c *clerk) types(first string, p synthetic.Person) string {
	c.Helper()
	for at := first; ; {
		status, to, html := c.fills(at, "next", p)
		if status != http.StatusSeeOther {
			c.Fatalf("%s: %d: %s", at, status, regexp.MustCompile(`(?s)<main.*</nav>`).FindString(html))
		}
		if _, page := c.get(to); strings.Contains(page, catalogue()["draft-check-ok"].zh) {
			return to
		}
		at = to
	}
}

func (c *clerk) begins(fields ...string) (string, int, string) {
	c.Helper()
	_, html := c.get("/drafts")
	v := url.Values{}
	v.Set("token", hidden.FindStringSubmatch(html)[2])
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	res, err := c.client.PostForm(c.server.URL+"/drafts", v)
	to := ""
	if err == nil {
		to = res.Header.Get("Location")
	}
	status, body := c.read(res, err)
	return to, status, body
}

// A pile of paper forms is entered one after the other; each is found by its
// number when it is complete, by whom is kept, and what the rules forbid is said.
func TestAPileOfPaperForms(t *testing.T) {
	r, people := entering(t)
	c := r.signedIn("chen")
	for _, bad := range [][]string{{"reason", "", "paper", "1"}, {"reason", "02", "paper", ""}, {"reason", "99", "paper", "1"}, {"reason", "02", "card", "yes"}} {
		if to, status, _ := c.begins(bad...); to != "" || status != http.StatusUnprocessableEntity {
			t.Errorf("%v began: %s %d", bad, to, status)
		}
	}
	to, status, _ := c.begins("reason", "02", "paper", "0104-03-0099", "from", "43010402")
	if status != http.StatusSeeOther {
		t.Fatal(status)
	}

	status, _, html := c.fills(to, "next", people[0], "f-"+form.DocumentNumber, "110105194912310021", "f-"+form.Ethnic, "没有这个族")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a number of somebody else: %d", status)
	}
	has(t, html, `aria-invalid="true"`, "没有这个族")
	if status, at, _ := c.fills(to, "skip", people[0], "f-ZZMMDM", ""); status != http.StatusSeeOther || at == to {
		t.Errorf("what cannot be read was not let be: %d %s", status, at)
	}
	check := c.types(to, people[0])
	status, next, _ := c.fills(check, "more", people[0])
	if status != http.StatusSeeOther || next == "/drafts" {
		t.Fatalf("complete: %d %s", status, next)
	}
	f, err := r.store.Find(people[0].Application.Number())
	if err != nil || f.Application == nil || !f.Entered || f.Draft.Entered.Account != "s-chen" || f.Draft.From != "43010402" || f.Draft.Reason != "02" {
		t.Fatalf("found %+v, %v", f, err)
	}
	want := people[0].Application
	for key, v := range f.Application.Fields {
		if want.Get(key) != v {
			t.Errorf("%s is %q, the paper has %q", key, v, want.Get(key))
		}
	}
	if len(f.Application.Choices) != len(want.Choices) || f.Application.Choices[0] != want.Choices[0] || f.Application.Version != 1 {
		t.Errorf("choices %v, the paper has %v", f.Application.Choices, want.Choices)
	}
	_, html = c.get(next)
	has(t, html, `value="0104-03-0100"`)

	check = c.types(next, people[0]) // the same person again
	status, _, html = c.fills(check, "done", people[0])
	has(t, html, catalogue()["draft-entered"].zh)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("entered twice: %d", status)
	}
	_, html = c.get("/drafts")
	has(t, html, "0104-03-0100", catalogue()["draft-ready"].zh, catalogue()["draft-open"].zh, people[0].Application.Name().String())
	for _, whole := range []string{people[0].Application.Get(form.FullName), people[0].Application.Number().Reveal()} {
		if strings.Contains(html, whole) {
			t.Error("the list shows somebody whole")
		}
	}
	id := strings.Split(check, "/")[2]
	if status, _ := c.post("/drafts", "/drafts/"+id+"/discard", "why", "because of 张三"); status != http.StatusUnprocessableEntity {
		t.Errorf("discarded without a reason: %d", status)
	}
	if status, _ := c.post("/drafts", "/drafts/"+id+"/discard", "why", "twice"); status != http.StatusSeeOther {
		t.Errorf("not discarded: %d", status)
	}
	if all, err := r.store.Drafts(); err != nil || len(all) != 1 {
		t.Errorf("%d drafts, %v", len(all), err)
	}
}

// The blank paper form asks what the pages ask, on two sides, and nothing on it is
// cut off.
func TestBlankPaperForm(t *testing.T) {
	r, _ := entering(t)
	doc, err := r.PaperForm()
	if err != nil || len(doc.Pages) != 2 {
		t.Fatalf("the form: %v", err)
	}
	c := r.signedIn("chen")
	status, pdf := c.get("/drafts/sheet")
	if status != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") {
		t.Errorf("the form as PDF: %d", status)
	}
	if dir := os.Getenv("ZHUNKAO_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "caobiao.pdf"), []byte(pdf), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.with(func() { r.status.Rules = nil })
	if status, _ := c.get("/drafts/sheet"); status != http.StatusNotFound {
		t.Errorf("before the first campaign: %d", status)
	}
}

// Two clerks at one draft: the second sees what the first did.
func TestTwoClerksAtOneDraft(t *testing.T) {
	r, people := entering(t)
	c, head := r.signedIn("chen"), r.signedIn("tan")
	to, _, _ := c.begins("reason", "02", "paper", "7")
	_, stale := c.get(to)
	if status, _, _ := head.fills(to, "next", people[0]); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	status, _, html := c.fills(to, "next", people[1], "revision", revision.FindStringSubmatch(stale)[1])
	has(t, html, catalogue()["draft-moved"].zh)
	id := strings.Split(to, "/")[2]
	if d, err := r.store.Draft(id); status != http.StatusUnprocessableEntity || err != nil || d.Application.Get(form.FullName) != people[0].Application.Get(form.FullName) {
		t.Errorf("overwritten: %d %v", status, err)
	}
	if status, _ := c.get("/drafts/" + protocol.NewID().String()); status != http.StatusNotFound {
		t.Errorf("no such draft: %d", status)
	}
}

// Who stands at the machine is registered from her card, unless registration is
// over or she has one elsewhere.
func TestRegisterFromTheCard(t *testing.T) {
	var chip form.Chip
	lent := false
	r, people := entering(t, func(o *Options) { o.Lent = func() (form.Chip, bool) { return chip, lent } })
	c := r.signedIn("chen")
	chip, lent = people[0].Chip, true
	_, html := c.get("/drafts")
	has(t, html, catalogue()["draft-begin-card"].zh)
	if strings.Contains(html, string(chip.Name)) {
		t.Error("the desk shows whose card it is before anybody helps")
	}
	to, status, _ := c.begins("reason", "04", "card", "yes")
	if status != http.StatusSeeOther {
		t.Fatal(status)
	}
	_, html = c.get(to)
	has(t, html, string(chip.Name), chip.Number.Reveal(), "01 居民身份证")
	check := c.types(to, people[0])
	r.with(func() { r.now = time.Date(2019, 9, 20, 1, 0, 0, 0, time.UTC) })
	status, _, html = c.fills(check, "done", people[0])
	has(t, html, catalogue()["draft-closed"].zh)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("registration is over: %d", status)
	}
	r.with(func() { r.now = time.Date(2019, 9, 6, 2, 0, 0, 0, time.UTC) })
	key := protocol.RosterKey{Key: make([]byte, 32)}
	if err := r.store.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, key); err != nil {
		t.Fatal(err)
	}
	_, id, _ := strings.Cut(check, "/drafts/")
	_ = id
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Elsewhere: &protocol.ElsewhereMark{Key: key.Mark(people[0].Application.Number()), Point: "43010402", PointName: "别的点"}}}}
	if err := r.store.ApplyRoster(0, 1, page, 1); err != nil {
		t.Fatal(err)
	}
	_, _, html = c.fills(check, "done", people[0])
	has(t, html, catalogue()["draft-elsewhere"].zh)
	page.Entries[0].Elsewhere.Gone, page.Entries[0].Version = true, 2
	if err := r.store.ApplyRoster(1, 2, page, 1); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := c.fills(check, "done", people[0]); status != http.StatusSeeOther {
		t.Errorf("not complete: %d", status)
	}
}

// What is typed of a choice means one programme, or several, or none, and then it
// is said why.
func TestChoicesAreTyped(t *testing.T) {
	r, people := entering(t)
	c := r.signedIn("chen")
	to, _, _ := c.begins("reason", "02", "paper", "7")
	for range 3 {
		_, to, _ = c.fills(to, "skip", people[0])
	}
	ch := people[0].Application.Choices[0]
	status, _, html := c.fills(to, "next", people[0], "school-1", "99999", "major-1", "", "category-1", "", "form-1", "")
	has(t, html, catalogue()["draft-choice-none"].zh)
	if status != http.StatusUnprocessableEntity {
		t.Error(status)
	}
	_, _, html = c.fills(to, "next", people[0], "school-1", ch.School, "major-1", "", "category-1", "", "form-1", "")
	picks := regexp.MustCompile(`name="pick-1" value="([^"]+)"`).FindAllStringSubmatch(html, -1)
	if len(picks) < 2 {
		t.Fatalf("%d programmes offered", len(picks))
	}
	want := campaign.KeyOf(ch)
	if status, next, _ := c.fills(to, "next", people[0], "school-1", ch.School, "major-1", "", "category-1", "", "form-1", "", "pick-1", want); status != http.StatusSeeOther {
		t.Errorf("picked: %d %s", status, next)
	}
	d, err := r.store.Draft(strings.Split(to, "/")[2])
	if err != nil || len(d.Application.Choices) == 0 || d.Application.Choices[0] != ch {
		t.Errorf("chosen %v, want %v", d.Application.Choices, ch)
	}
	if nextPaper("0104-03-0999") != "0104-03-1000" || nextPaper("A") != "" || nextPaper("9") != "10" {
		t.Error("the next paper is numbered wrongly")
	}
}

// A clerk enters a whole paper by keys alone; the pages have nothing for axe to
// find and never scroll sideways.
func TestDraftsInABrowser(t *testing.T) {
	source, ctx := chromium.Axe(t), browser(t)
	chip := form.Chip{}
	r, people := entering(t, func(o *Options) { o.Lent = func() (form.Chip, bool) { return chip, true } })
	chip = people[1].Chip
	p := people[0].Application
	look := func(name string) {
		t.Helper()
		for _, width := range []int64{1280, 360} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Evaluate[chromedp.Void](source+";void 0")); err != nil {
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
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800)); err != nil {
			t.Fatal(err)
		}
	}
	// A page that one types on is there when the cursor stands in it.
	typing := func(selector string) chromedp.Action[chromedp.Void] {
		return chromedp.Steps(chromium.Arrive(selector), chromium.Until(`document.activeElement !== document.body`))
	}
	do := func(all ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, all...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(r.server.URL+"/sign-in"), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`document.getElementById("name").value = "chen"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; void 0`, good, r.code())),
		chromedp.Click("main button.primary"), chromium.Arrive(".boxcard"))
	do(chromedp.Navigate(r.server.URL + "/drafts"))
	look("drafts-none")
	do(chromedp.Evaluate[chromedp.Void](`document.getElementById("reason").value = "02"; document.getElementById("paper").value = "0104-03-0038"; void 0`),
		chromedp.Click("main button.primary"), typing("form[data-entry]"))
	look("draft-person")
	// The cursor stands in the first empty field; every field is typed and left by Enter.
	for step, group := range []string{"person", "study", "work"} {
		for _, f := range r.status.Rules.Form.InGroup(group) {
			if !f.ByCandidate() {
				continue
			}
			v := p.Get(f.Key)
			if filled, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.id`)); err != nil || filled != "f-"+f.Key {
				t.Fatalf("step %d: the cursor stands in %q, not in %s (%v)", step+1, filled, f.Key, err)
			}
			do(chromedp.KeyEvent(v), chromium.Enter())
		}
		do(typing(`form[data-entry][action$="/` + strconv.Itoa(step+2) + `"]`))
	}
	for _, c := range p.Choices {
		for _, v := range []string{c.Level, c.Category, c.School, c.Major, c.Form} {
			do(chromedp.KeyEvent(v), chromium.Enter())
		}
	}
	for range 2 - len(p.Choices) {
		for range 5 {
			do(chromium.Enter())
		}
	}
	do(typing(`form[data-entry][action$="/5"]`))
	look("draft-claims")
	do(chromium.Enter(), typing(`button[value="more"]`)) // nothing is claimed: Enter goes on
	look("draft-check")
	do(chromium.Enter(), typing(`form[data-entry][action$="/1"]`))
	f, err := r.store.Find(p.Number())
	if err != nil || !f.Entered || f.Application.Get(form.PostAddress) != p.Get(form.PostAddress) || f.Application.Choices[0] != p.Choices[0] {
		t.Errorf("entered by keys: %+v, %v", f.Entered, err)
	}
	do(chromedp.KeyEvent(kb.F9), typing(`.errors`))
	look("draft-wrong")
	do(chromedp.KeyEvent(kb.F2), typing(`form[data-entry][action$="/2"]`), chromedp.KeyEvent(kb.F2), typing(`form[data-entry][action$="/3"]`),
		chromedp.KeyEvent(kb.F2), typing(`form[data-entry][action$="/4"]`), chromedp.KeyEvent("1"), chromedp.KeyEvent(kb.F9), typing(`.errors`))
	look("draft-choices")
	do(chromedp.KeyEvent(kb.F2), typing(`form[data-entry][action$="/5"]`), chromedp.KeyEvent(kb.F2), chromium.Arrive(`form[action$="/6"]`))
	look("draft-check-wrong")
	do(chromedp.Navigate(r.server.URL + "/drafts"))
	look("drafts")
}
