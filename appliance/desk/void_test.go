package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// voids fills the form of a confirmation in, head and all.
func (c *clerk) voids(seq int, fields ...string) (int, string) {
	c.Helper()
	path := fmt.Sprintf("/void/%d", seq)
	all := append([]string{"reason", "01", "taken", "0", "note", "当场发现", "name", "tan", "password", good, "code", c.code()}, fields...)
	return c.post(path, path, all...)
}

func newVoidRig(t *testing.T, change ...func(*Options)) (*rig, *clerk) {
	t.Helper()
	r := newRig(t, change...)
	lin := member("lin", protocol.StaffClerk, good)
	lin.Display = "林芳老师"
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), lin, member("tan", protocol.StaffHead, good))
	return r, r.signedIn("chen")
}

// made are the voids that the box holds, with what the hub would read in them.
func (r *rig) made() (out []protocol.Void) {
	r.Helper()
	head, _, err := r.store.Head()
	if err != nil {
		r.Fatal(err)
	}
	for seq := range head {
		rec, err := r.store.Record(seq + 1)
		if err != nil {
			r.Fatal(err)
		}
		if rec.Manifest.Kind != protocol.RecordVoid {
			continue
		}
		var v protocol.Void
		if err := protocol.OpenBody(rec.Manifest, rec.Body, r.hub.Opening, &v); err != nil {
			r.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// Clerk and head take a confirmation back through the page; what is sealed names
// both, and the page follows the hub's word on it.
func TestVoidByClerkAndHead(t *testing.T) {
	r, c := newVoidRig(t)
	first := r.confirm("app-1")
	if _, err := r.store.BeginCopy(store.Copy{Record: first.Manifest.ID, Number: 1, At: 1}); err != nil {
		t.Fatal(err)
	}
	_, html := c.get("/void")
	has(t, html, "看第 1 条", "09:00", "有效")
	if status, _ := c.voids(1, "taken", "1"); status != http.StatusSeeOther {
		t.Fatalf("taken back: %d", status)
	}
	all := r.made()
	if len(all) != 1 {
		t.Fatalf("%d voids are sealed", len(all))
	}
	v := all[0]
	if v.Record != first.Manifest.ID || v.Application != "app-1" || v.Point != hubtest.Point || v.Reason != "01" || v.Note != "当场发现" || v.Copies != 1 || v.TakenBack != 1 ||
		v.Assents[0].Account != "s-chen" || v.Assents[0].Role != protocol.AssentClerk || v.Assents[1].Account != "s-tan" || v.Assents[1].Role != protocol.AssentHead ||
		v.Assents[1].How != protocol.HowCode {
		t.Errorf("sealed as %+v", v)
	}
	_, html = c.get("/void/1")
	has(t, html, "已撤销，待上传", "撤销记录第 2 条")
	if strings.Contains(html, `name="password"`) {
		t.Error("what was taken back can be taken back again")
	}
	rec, err := r.store.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Accepted, "")
	_, html = c.get("/void/1")
	has(t, html, "已撤销，省中心已收到")
	r.confirm("app-1") // she may confirm again
	_, html = c.get("/void")
	has(t, html, "看第 3 条", "有效", "已撤销")
}

// A day whose voids are not at the hub does not agree, though all else does; the
// sheets taken back count as collected.
func TestDayWithAVoid(t *testing.T) {
	r, c := newVoidRig(t)
	if status, _ := c.post("/day", "/day/open", "paper", "10"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.settle(r.confirm("app-1"), protocol.Accepted, "")
	if status, _ := c.voids(1); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	_, html := c.get("/day")
	has(t, html, "撤销确认，没送达或没被接受", "撤销时收回、撕了角的也数在内")
	if status, html := c.post("/day", "/day/close", "collected", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "数不一样") {
		t.Errorf("closed by one, and a void waits: %d", status)
	}
	rec, err := r.store.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Accepted, "")
	if status, _ := c.post("/day", "/day/close", "collected", "1"); status != http.StatusSeeOther {
		t.Errorf("the void is at the hub: %d", status)
	}
	if d, _, err := r.store.LastDay(); err != nil || d.Counts.Voids != 1 || d.Counts.VoidsOpen != 0 || d.Second != nil {
		t.Errorf("closed as %+v, %v", d, err)
	}
}

// The hub's refusal of a void is shown in words, and it can be tried again.
func TestVoidRefusedAtTheHub(t *testing.T) {
	r, c := newVoidRig(t)
	r.confirm("app-1")
	if status, _ := c.voids(1); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	rec, err := r.store.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Quarantined, protocol.ReasonAssent)
	_, html := c.get("/void/1")
	has(t, html, "有效，撤销没有成", "省中心没有接受这次撤销", "这两位不能一同撤销", "请县招办撤销", "换一位负责人")
	_, html = c.get("/unsent")
	has(t, html, "省中心搁置", "确认 0 条，撤销 1 条", "这两位不能一同撤销")
	if status, _ := c.voids(1); status != http.StatusSeeOther || len(r.made()) != 2 {
		t.Errorf("tried again: %d, %d voids", status, len(r.made()))
	}
}

// What may not be taken back here is refused with what to do, and nothing is
// sealed: the same person, no head, a wrong code, no reason, yesterday's, one that
// was set aside, another's number, more sheets than there are.
func TestVoidRefused(t *testing.T) {
	r, c := newVoidRig(t)
	aside := r.confirm("app-0")
	r.settle(aside, protocol.Quarantined, protocol.ReasonContent)
	r.confirm("app-1")
	tan := r.signedIn("tan")
	say := func(name string, status int, html string, want int, words string) {
		t.Helper()
		if status != want || !strings.Contains(html, words) {
			t.Errorf("%s: %d, want %d and %q", name, status, want, words)
		}
	}
	for name, x := range map[string]struct {
		by     *clerk
		seq    int
		fields []string
		status int
		words  string
	}{
		"the clerk herself":  {c, 2, []string{"name", "chen"}, 422, "要负责人本人"},
		"two clerks":         {c, 2, []string{"name", "lin"}, 422, "要负责人本人"},
		"the head alone":     {tan, 2, nil, 422, "而且不是您自己"},
		"wrong password":     {c, 2, []string{"password", "three slow heron"}, 422, "对不上"},
		"wrong code":         {c, 2, []string{"code", "000000"}, 422, "对不上"},
		"nobody":             {c, 2, []string{"name", "", "password", "", "code", ""}, 422, "对不上"},
		"no reason":          {c, 2, []string{"reason", ""}, 422, "请选一个原因"},
		"a reason of no one": {c, 2, []string{"reason", "98"}, 422, "请选一个原因"},
		"no count":           {c, 2, []string{"taken", "some"}, 422, "请填张数"},
		"too many":           {c, 2, []string{"taken", "2"}, 422, "收回的比打出的多"},
		"a long note":        {c, 2, []string{"note", strings.Repeat("长", mostNote+1)}, 422, "太长"},
		"set aside":          {c, 1, nil, 422, "省中心搁置了这条"},
		"of no record":       {c, 9, nil, 404, ""},
	} {
		if x.seq == 9 { // there is no page to take the form from
			status, html := c.post("/void/2", "/void/9", "reason", "01", "taken", "0")
			say(name, status, html, x.status, x.words)
			continue
		}
		if x.seq == 1 { // nor is there one on this page
			_, html := c.get("/void/1")
			has(t, html, x.words)
			status, html := c.post("/void/2", "/void/1", "reason", "01", "note", "x", "taken", "0", "name", "tan", "password", good, "code", r.code())
			say(name, status, html, x.status, x.words)
			continue
		}
		status, html := x.by.voids(x.seq, x.fields...)
		say(name, status, html, x.status, x.words)
	}
	r.with(func() { r.now = r.now.Add(16 * time.Hour) }) // one in the morning
	c = r.browser()
	if status := c.signsIn("chen", good, r.code()); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	_, html := c.get("/void")
	has(t, html, "今天还没有")
	_, html = c.get("/void/2")
	has(t, html, "不是今天办的", "请县招办撤销")
	status, html := c.post("/void/2", "/void/2", "reason", "01", "note", "x", "taken", "0", "name", "tan", "password", good, "code", r.code())
	say("yesterday's", status, html, 422, "不是今天办的")
	if n := len(r.made()); n != 0 {
		t.Errorf("%d voids were sealed", n)
	}
}

// Two presses at once, and a third later, make one void; a visit's record that
// is sealed meanwhile goes between and is not lost.
func TestVoidOnce(t *testing.T) {
	r, c := newVoidRig(t)
	r.confirm("app-1")
	path := "/void/1"
	_, html := c.get(path)
	token := hidden.FindStringSubmatch(html)[2]
	answers := make([]int, 4)
	// Each press has a code that works: only the record itself keeps the second out.
	seal := func() int {
		v := Voiding{Sequence: 1, Reason: "01", Clerk: store.DayAct{Account: "s-chen", At: 1}, Head: store.DayAct{Account: "s-tan", At: 1}}
		if err := r.seal(context.Background(), v); err != nil {
			return http.StatusUnprocessableEntity
		}
		return http.StatusSeeOther
	}
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = seal() })
	}
	all.Wait()
	told := 0
	for _, a := range answers {
		if a == http.StatusSeeOther {
			told++
		}
	}
	if n := len(r.made()); n != 1 || told != 1 {
		t.Errorf("%d voids, %d presses were told that it is done", n, told)
	}
	status, html := c.post("/", path, "token", token, "reason", "01", "note", "x", "taken", "0", "name", "tan", "password", good, "code", r.code())
	if status != http.StatusUnprocessableEntity || !strings.Contains(html, "已经撤销过了") {
		t.Errorf("once more: %d", status)
	}
	if n := len(r.made()); n != 1 {
		t.Errorf("%d voids after a third press", n)
	}
}

// A power cut after the sealing and before the answer: nothing was shown, and
// after the restart the desk says what is true.
func TestVoidAndPowerCut(t *testing.T) {
	cut := false
	var r *rig
	r, c := newVoidRig(t, func(o *Options) {
		seal := o.Void
		o.Void = func(ctx context.Context, v Voiding) error {
			if err := seal(ctx, v); err != nil {
				return err
			}
			if cut {
				panic(http.ErrAbortHandler) // the machine is gone; nothing more is said
			}
			return nil
		}
	})
	r.confirm("app-1")
	_, html := c.get("/void/1")
	token := hidden.FindStringSubmatch(html)[2]
	cut = true
	v := strings.NewReader("token=" + token + "&reason=01&note=x&taken=0&name=tan&password=three+slow+herons&code=" + r.code())
	req, err := http.NewRequest(http.MethodPost, r.server.URL+"/void/1", v)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err := c.client.Do(req); err == nil {
		t.Fatalf("the page answered %s", res.Status)
	}
	dir := filepath.Join(r.dir, "data")
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(dir, keys, store.Options{MinFree: 1, Reserve: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	line, err := Voidable(again, 1, r.o.Now())
	if err != ErrVoidDone || line.Void == nil || line.Void.Standing != store.StandsWaiting {
		t.Errorf("after the restart: %+v, %v", line, err)
	}
	if o, err := again.Outbox(); err != nil || o.Waiting != 2 {
		t.Errorf("outbox %+v, %v: the void goes out like any record", o, err)
	}
}

// A box that seals nothing, and one whose disk failed, take nothing back and
// never say so.
func TestVoidNotSealed(t *testing.T) {
	for err, want := range map[error]struct {
		status int
		words  string
	}{
		ErrVoidStopped:  {422, "现在不能封存记录"},
		store.ErrFull:   {422, "没有撤销"},
		store.ErrBroken: {500, "请稍等再试"},
	} {
		r, c := newVoidRig(t, func(o *Options) { o.Void = func(context.Context, Voiding) error { return fmt.Errorf("box: %w", err) } })
		r.confirm("app-1")
		status, html := c.voids(1)
		if status != want.status || !strings.Contains(html, want.words) || strings.Contains(html, "已撤销，") {
			t.Errorf("%v: %d", err, status)
		}
		if _, html := c.get("/void/1"); !strings.Contains(html, `name="password"`) {
			t.Errorf("%v: it cannot be tried again", err)
		}
	}
}

// The number of her sheet finds her confirmation of today; it stands in no
// address and no log, and the pages name nobody.
func TestVoidIsFoundByTheSheet(t *testing.T) {
	r, c := newVoidRig(t)
	app := form.Application{ID: "app-1", Campaign: hubtest.Campaign, Point: hubtest.Point, SequenceNumber: "19430104000123",
		Fields: map[string]string{form.DocumentNumber: "430104199001011237", form.FullName: "罗小英"}}
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app}}}
	if err := r.store.ApplyRoster(0, 1, page, protocol.TimeOf(r.o.Now().Add(-3*time.Hour))); err != nil {
		t.Fatal(err)
	}
	r.confirm("app-1")
	r.confirm("app-2")
	res, err := c.client.PostForm(c.server.URL+"/void/find", map[string][]string{"token": {r.token(c)}, "number": {"1943 0104 0001 23"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/void/1" {
		t.Errorf("found %d %q", res.StatusCode, at)
	}
	status, html := c.post("/void", "/void/find", "number", "19430104000124")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("another number: %d", status)
	}
	has(t, html, "今天这台机器没有这个报名号的确认")
	_, now := c.get("/")
	has(t, now, "最近一次更新：3 小时前")
	for _, path := range []string{"/", "/void", "/void/1", "/unsent"} {
		_, html := c.get(path)
		for _, hers := range []string{"罗小英", "430104199001011237", "19430104000123", "app-1"} {
			if strings.Contains(html, hers) {
				t.Errorf("%s shows %q", path, hers)
			}
		}
	}
}

// A long day is listed from its end, and the rest is found by the sheet.
func TestVoidListsTheNewest(t *testing.T) {
	r, c := newVoidRig(t)
	for n := range 52 {
		r.confirm(fmt.Sprintf("app-%d", n))
	}
	_, html := c.get("/void")
	has(t, html, "看第 52 条", "看第 3 条", "更早的 2 条没有列出来")
	if strings.Contains(html, "看第 2 条") {
		t.Error("the whole day is listed")
	}
}

func (r *rig) token(c *clerk) string {
	_, html := c.get("/void")
	return hidden.FindStringSubmatch(html)[2]
}

// What waits and what was set aside is listed by kind, age, reason and remedy.
func TestUnsent(t *testing.T) {
	r, c := newVoidRig(t)
	_, html := c.get("/unsent")
	has(t, html, "没有。")
	if err := r.store.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 3, Bundle: []byte{1}, At: protocol.TimeOf(r.o.Now().Add(-50 * time.Hour))}, protocol.RosterKey{Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	var all []protocol.Record
	for i := range len(reasonWords) {
		all = append(all, r.confirm(fmt.Sprintf("app-%d", i)))
	}
	i := 0
	for why := range reasonWords {
		r.settle(all[i], protocol.Quarantined, why)
		i++
	}
	r.confirm("app-waits")
	if status, _ := c.voids(len(all) + 1); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.with(func() { r.now, r.status.Linked = r.now.Add(26*time.Hour-time.Hour), false })
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good))
	c = r.signedIn("chen")
	_, html = c.get("/unsent")
	has(t, html, "确认 1 条，撤销 1 条", "最早一条：25 小时前", fmt.Sprintf("确认 %d 条，撤销 0 条", len(all)), "告诉县招办，可以用 U 盘带走")
	for _, key := range reasonWords {
		has(t, html, catalogue()[key].zh, catalogue()[key+"-do"].zh)
	}
	_, html = c.get("/")
	has(t, html, "看是哪些，怎么办", "第 3 版，3 天前收到")
}

// What is no confirmation asks nobody to confirm again, and a single clerk's word
// is not spoken of as a void.
func TestWordsForWhatIsNoConfirmation(t *testing.T) {
	p := &page{Lang: "zh-CN"}
	for _, kind := range []protocol.RecordKind{protocol.RecordReview, protocol.RecordVerification, protocol.RecordIncident, protocol.RecordTraining, protocol.RecordOwnCard, protocol.RecordVoid} {
		for why := range reasonWords {
			l := store.Line{Kind: kind, Reason: why}
			says, err1 := p.Why(l)
			do, err2 := p.WhatToDo(l)
			if err := errors.Join(err1, err2); err != nil || strings.Contains(do, "考生要重新确认") || kind != protocol.RecordVoid && strings.Contains(says+do, "撤销") {
				t.Errorf("%s, %s: %s %s (%v)", kind, why, says, do, err)
			}
		}
	}
}

// Every reason of the protocol has its words.
func TestEveryReasonHasWords(t *testing.T) {
	for _, why := range []protocol.Reason{protocol.ReasonMalformed, protocol.ReasonSignature, protocol.ReasonBox, protocol.ReasonVersion, protocol.ReasonKey, protocol.ReasonOpen,
		protocol.ReasonConflict, protocol.ReasonFork, protocol.ReasonCampaign, protocol.ReasonUnknown, protocol.ReasonAssent, protocol.ReasonContent, protocol.ReasonRefused} {
		if reasonWord(why) == "aside-other" {
			t.Errorf("no words for %s", why)
		}
	}
	for key, w := range catalogue() {
		if w.zh == "" || w.en == "" {
			t.Errorf("%s lacks a language", key)
		}
		if regexp.MustCompile("%[a-z]").FindAllString(w.zh, -1) == nil != (regexp.MustCompile("%[a-z]").FindAllString(w.en, -1) == nil) {
			t.Errorf("%s takes other values than its translation", key)
		}
	}
}
