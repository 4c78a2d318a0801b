package web_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol/campaign"
)

// uploaded posts a form with one file to a path.
func (b *browser) uploaded(path, field, name string, file []byte, own url.Values) (*http.Response, string) {
	b.w.t.Helper()
	return b.do(b.fileForm(path, field, name, file, own))
}

// fileForm is a form with a file, as a browser sends it; "" names no file.
func (b *browser) fileForm(path, field, name string, file []byte, own url.Values) *http.Request {
	b.w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, values := range own {
		for _, v := range values {
			if err := form.WriteField(k, v); err != nil {
				b.w.t.Fatal(err)
			}
		}
	}
	if field != "" {
		part, err := form.CreateFormFile(field, name)
		if err != nil {
			b.w.t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			b.w.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.w.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, url.Values{})
	r2, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+path, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r2.Header = r.Header.Clone()
	r2.Header.Set("Content-Type", form.FormDataContentType())
	return r2
}

// later is the next version of the world's campaign, changed.
func (w *world) later(version uint32, change func(*campaign.Campaign)) []byte {
	w.t.Helper()
	c := campaign.Adult2019()
	c.Version = version
	change(&c)
	raw, err := campaign.Encode(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

// dearer costs everybody a yuan more: everybody is concerned.
func dearer(c *campaign.Campaign) {
	for i := range c.Fees {
		c.Fees[i].Fen += 100
	}
}

// rested waits until no rehearsal is under way.
func (w *world) rested() {
	w.t.Helper()
	late := time.After(2 * time.Minute)
	for {
		var n int
		w.write(w.t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(w.t.Context(), `SELECT (SELECT count(*) FROM campaign_rehearsal r JOIN campaign_progress p ON p.rehearsal = r.id WHERE r.state = 'running' AND r.id < 'h9') + (SELECT count(*) FROM journal_check WHERE state = 'running')`).Scan(&n)
		})
		if n == 0 {
			return
		}
		select {
		case <-late:
			w.t.Fatal("a rehearsal or a check does not end")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

var draftPath = regexp.MustCompile(`^/gl/campaigns/[0-9a-f]{64}`)

// drafted uploads a version and gives the path of its page.
func (w *world) drafted(name string, raw []byte) string {
	w.t.Helper()
	b := w.as(name)
	res, page := b.uploaded("/gl/campaigns", "bundle", "b.json", raw, url.Values{"token": {b.token()}})
	if res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("draft: %d %s", res.StatusCode, textOf(page))
	}
	path := draftPath.FindString(res.Header.Get("Location"))
	if path == "" {
		w.t.Fatalf("draft leads to %q", res.Header.Get("Location"))
	}
	return path
}

// TestAVersionComesIntoForce walks a version's whole way on the pages: draft,
// rehearse, stop, rehearse, two persons sign, in force; on both databases.
func TestAVersionComesIntoForce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		pa, po := w.as("pa"), w.as("po")
		path := w.drafted("po", w.later(2, dearer))
		says := func(b *browser, path string, wants ...string) string {
			t.Helper()
			res, page := b.get(path)
			text := textOf(page)
			for _, want := range wants {
				if res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
					t.Errorf("%s: %d, does not say %q: %s", path, res.StatusCode, want, text)
				}
			}
			return page
		}
		says(po, path, "草案，未预演", "报名考试费", "由160元提高到161元")
		if res, _ := po.get(path + "/sign"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("signing before the rehearsal: %d", res.StatusCode)
		}
		// A rehearsal on another hub, as the database tells of it, is stopped from here.
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO campaign_rehearsal (id, digest, campaign, version, against, against_digest, places, saved, day, state, rehearsed_by, began_at, ended_at, applications, invalid, valid, choice, fee, unreadable)
				SELECT 'h000000000001', digest, campaign, version, 1, digest, digest, 0, '2019-09-06', 'running', 'operator', 0, 0, 0, 0, 0, 0, 0, 0 FROM campaign_draft`)
			if err == nil {
				_, err = tx.Exec(t.Context(), `INSERT INTO campaign_progress (rehearsal, done, total, stop, beat) VALUES ('h000000000001', 12, 24, FALSE, $1)`, time.Now().UnixMilli())
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		page := says(pa, path, "已检查 12 / 24 份报名", "停止预演")
		if !strings.Contains(page, `value="50"`) || !strings.Contains(page, `data-live="`+path+`/live"`) {
			t.Error("no bar, or no stream")
		}
		if _, part := pa.get(path + "/part"); !strings.Contains(part, "12 / 24") || strings.Contains(part, "<html") {
			t.Errorf("the part is %q", part)
		}
		if res, _ := pa.post(path+"/stop", url.Values{}, path); res.StatusCode != http.StatusSeeOther {
			t.Errorf("stop: %d", res.StatusCode)
		}
		says(pa, path, "正在停止…")
		var stop bool
		w.write(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT stop FROM campaign_progress`).Scan(&stop)
		})
		if !stop {
			t.Error("the other hub is not told")
		}
		// It is silent: the page says so, and the next rehearsal clears it away.
		w.write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE campaign_progress SET beat = 0`)
			return err
		})
		says(pa, path, "中断了")
		if res, body := po.post(path+"/rehearse", url.Values{}, path); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("rehearse: %d %s", res.StatusCode, textOf(body))
		}
		w.rested()
		says(po, path, "检查了 24 份报名", "去签发")
		says(po, path+"/effects?kind=fee", "费用变化", "→")
		if _, page := w.as("co").get(path + "/effects"); !strings.Contains(textOf(page), "只计本辖区") || strings.Contains(textOf(page), "安仁县") {
			t.Errorf("a county's list: %s", textOf(page))
		}
		sign := func(b *browser, form url.Values) (int, string) {
			t.Helper()
			res, body := b.post(path+"/sign", form, path)
			return res.StatusCode, textOf(body)
		}
		whole := func(name, why string) url.Values {
			return url.Values{"reason": {why}, "password": {password}, "code": {stafftest.Code(t, d, name)}}
		}
		if code, text := sign(po, url.Values{"reason": {"涨价"}, "password": {"不是这个密码 1"}, "code": {stafftest.Code(t, d, "po")}}); code != 422 || !strings.Contains(text, "密码或验证码不对") {
			t.Errorf("a wrong password: %d %s", code, text)
		}
		if code, text := sign(po, url.Values{"reason": {"涨价"}, "password": {password}, "code": {"000000"}}); code != 422 || !strings.Contains(text, "密码或验证码不对") {
			t.Errorf("a wrong code: %d %s", code, text)
		}
		if code, text := sign(po, url.Values{"password": {password}, "code": {stafftest.Code(t, d, "po")}}); code != 422 || !strings.Contains(text, "要写原因") {
			t.Errorf("no reason: %d %s", code, text)
		}
		// Somebody registers meanwhile: the numbers are said again with that.
		app := w.people[0].Application
		app.Version++
		w.write(t.Context(), func(tx *db.Tx) error {
			return w.flow.Register(t.Context(), tx, app, "portal", flow.By{Author: flow.Operator().Author})
		})
		says(po, path+"/sign", "又保存了 1 次", "还没有人签发")
		if code, text := sign(po, whole("po", "省里涨价一元")); code != http.StatusSeeOther {
			t.Fatalf("the first signature: %d %s", code, text)
		}
		says(pa, path+"/sign", "省里涨价一元", "某po", "已签 1 人，共需 2 人")
		if code, text := sign(po, whole("po", "再签一次")); code == http.StatusSeeOther {
			t.Errorf("one person signed twice: %d %s", code, text)
		}
		says(pa, path, "签发中")
		if code, text := sign(pa, whole("pa", "已核对")); code != http.StatusSeeOther {
			t.Fatalf("the second signature: %d %s", code, text)
		}
		says(pa, path, "现行", "省里涨价一元", "已核对")
		says(pa, "/gl/campaigns", "第 2 版", "曾用", "某po", "某pa")
		if res, body := pa.get(path + "/bundle"); res.StatusCode != http.StatusOK || body != string(w.later(2, dearer)) || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the bundle: %d, %d bytes", res.StatusCode, len(body))
		}
		w.sealedUp()
		acts := strings.Join(w.acts("adult-2019"), "\n")
		for _, act := range []string{"campaign.drafted", "campaign.rehearsal-stopped", "campaign.rehearsal-begun", "campaign.rehearsed", "campaign.signed  省里涨价一元", "campaign.signed  已核对", "campaign.published"} {
			if !strings.Contains(acts, act) {
				t.Errorf("the journal lacks %q:\n%s", act, acts)
			}
		}
		if strings.Contains(w.log.String(), `"level":"ERROR"`) {
			t.Errorf("a fault on the way: %s", w.log.String())
		}
	})
}

// TestDraftRefused: what is no bundle, or one with problems, is refused with the
// place and what to do, and nothing is stored.
func TestDraftRefused(t *testing.T) {
	w := newWorld(t)
	b := w.as("po")
	for name, c := range map[string]struct {
		raw  []byte
		want []string
	}{
		"not JSON":      {[]byte("PK\x03\x04"), []string{"这不是方案文件"}},
		"nothing":       {nil, []string{"这不是方案文件"}},
		"a forged line": {[]byte("{\"id\":\"x\",\"\\n{level\":1}"), []string{"这不是方案文件"}},
		"the same one":  {w.later(1, func(*campaign.Campaign) {}), []string{"版本号须高于现行版本"}},
		"no fees":       {w.later(2, func(c *campaign.Campaign) { c.Fees = nil }), []string{"方案有问题", "fees", "没有规定费用"}},
		"a reversed window": {w.later(2, func(c *campaign.Campaign) { c.Windows[0].To = c.Windows[0].From.Add(-time.Hour) }),
			[]string{"windows ", "结束时间应晚于开始时间"}},
	} {
		res, page := b.uploaded("/gl/campaigns", "bundle", "x.json", c.raw, url.Values{"token": {b.token()}})
		for _, want := range c.want {
			if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(page), want) {
				t.Errorf("%s: %d, does not say %q: %.600s", name, res.StatusCode, want, textOf(page))
			}
		}
	}
	if res, page := b.uploaded("/gl/campaigns", "", "", nil, url.Values{"token": {b.token()}}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "请先选择文件") {
		t.Errorf("no file: %d", res.StatusCode)
	}
	if res, page := b.uploaded("/gl/campaigns", "bundle", "x.json", bytes.Repeat([]byte(" "), campaign.MaxBundle+1), url.Values{"token": {b.token()}}); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "文件太大") {
		t.Errorf("a large file: %d", res.StatusCode)
	}
	if _, page := b.get("/gl/campaigns"); !strings.Contains(textOf(page), "没有草案") {
		t.Error("something was stored")
	}
	if strings.Contains(w.log.String(), `"level":"ERROR"`) {
		t.Errorf("a refusal was a fault: %s", w.log.String())
	}
}

// TestWindowsAreMovedFromThePage: each act makes a draft with the reason, or is
// refused with what to do and what was typed kept.
func TestWindowsAreMovedFromThePage(t *testing.T) {
	w := newWorld(t)
	b := w.as("po")
	post := func(form url.Values) (*http.Response, string) {
		form.Set("reason", "湘江水位超过警戒线")
		return b.post("/gl/windows", form, "/gl/windows")
	}
	open, future := "register-all", ""
	for _, x := range w.camp.Windows {
		if x.From.After(now()) && future == "" {
			future = x.ID
		}
		if !x.From.After(now()) && now().Before(x.To) {
			open = x.ID
		}
	}
	for name, c := range map[string]struct {
		form url.Values
		want string // "" is a draft
	}{
		"extend":             {url.Values{"act": {"extend"}, "window": {open}, "to-day": {"2019-09-30"}, "to": {"24:00"}}, ""},
		"suspend":            {url.Values{"act": {"suspend"}, "window": {open}, "from-day": {"2019-09-07"}, "from": {"08:00"}}, ""},
		"withdraw":           {url.Values{"act": {"withdraw"}, "window": {future}}, ""},
		"withdraw what runs": {url.Values{"act": {"withdraw"}, "window": {open}}, "已经开放"},
		"the past":           {url.Values{"act": {"extend"}, "window": {open}, "to-day": {"2019-09-06"}, "to": {"09:00"}}, "新的截止时间已经过去"},
		"no window":          {url.Values{"act": {"withdraw"}}, "至少选一个时段"},
		"a pattern":          {url.Values{"act": {"withdraw"}, "window": {"*"}}, "至少选一个时段"},
		"no time":            {url.Values{"act": {"extend"}, "window": {open}}, "所需的时间"},
		"a wrong time":       {url.Values{"act": {"extend"}, "window": {open}, "to-day": {"2019-13-40"}}, "时间填得不对"},
		"no act":             {url.Values{"act": {"abolish"}, "window": {open}}, "请选怎么调整"},
		"groups":             {url.Values{"act": {"slots"}, "window": {future}, "from-day": {"2019-09-20"}, "to-day": {"2019-09-22"}, "groups": {"99"}}, "分组数应为 1 至 10"},
		"not paused":         {url.Values{"act": {"resume"}, "window": {open}, "to-day": {"2019-09-07"}}, "没有暂停"},
	} {
		res, page := post(c.form)
		if c.want == "" {
			path := draftPath.FindString(res.Header.Get("Location"))
			if res.StatusCode != http.StatusSeeOther || path == "" {
				t.Errorf("%s: %d %s", name, res.StatusCode, textOf(page))
				continue
			}
			if _, page := b.get(path); !strings.Contains(textOf(page), "第 2 版") || !strings.Contains(textOf(page), "湘江水位超过警戒线") {
				t.Errorf("%s: the draft does not give the reason: %s", name, textOf(page))
			}
			continue
		}
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(page), c.want) || !strings.Contains(page, "湘江水位超过警戒线") {
			t.Errorf("%s: %d, want %q and what was typed: %.400s", name, res.StatusCode, c.want, textOf(page))
		}
	}
	if res, page := b.post("/gl/windows", url.Values{"act": {"withdraw"}, "window": {future}}, "/gl/windows"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "要写原因") {
		t.Errorf("no reason: %d", res.StatusCode)
	}
	if _, page := w.as("co").get("/gl/windows"); strings.Contains(page, `action="/gl/windows"`) || !strings.Contains(textOf(page), "现在开放") {
		t.Error("a county's page of windows")
	}
}

// TestRehearsalStream tells a page that its rehearsal has ended, at once when
// none is under way.
func TestRehearsalStream(t *testing.T) {
	w := newWorld(t)
	path := w.drafted("po", w.later(2, dearer))
	res, body := w.as("ci").get(path + "/live")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "event: ended") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	for _, bad := range []string{"?kind=all", "?division=430x", "?division=431028", "?after=%27", "?kind=invalid%00"} {
		if res, _ := w.as("co").get(path + "/effects" + bad); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	if got := fmt.Sprint(w.moves); got != "[]" {
		t.Error(got)
	}
}
