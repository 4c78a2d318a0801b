package portal_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// read answers the notices.
func (h *her) readNotices() {
	h.t.Helper()
	a := h.send(h.see("/ks/notices"), "/ks/notices", url.Values{"notice": {"yes"}, "privacy": {"yes"}, "photo": {"yes"}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/pledge" {
		h.t.Fatalf("notices: %d → %s: %s", a.Status, a.To, a.text())
	}
}

// sign reads the notices and signs the pledge.
func (h *her) sign() {
	h.t.Helper()
	h.readNotices()
	a := h.send(h.see("/ks/pledge"), "/ks/pledge", url.Values{"name": {h.app.Name().Reveal()}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/form" {
		h.t.Fatalf("pledge: %d → %s: %s", a.Status, a.To, a.text())
	}
}

// steps are the pages of the form, and the fields on each.
func (h *her) steps() (out [][]form.Field) {
	for n := 1; ; n++ {
		a := h.get(fmt.Sprintf("/ks/form/%d", n))
		if a.Status != http.StatusOK {
			return out
		}
		var fields []form.Field
		for _, f := range h.w.camp.Form.Fields {
			if strings.Contains(a.Page, `id="f-`+f.Key+`"`) {
				fields = append(fields, f)
			}
		}
		out = append(out, fields)
	}
}

// as gives what somebody types of an application into some fields.
func as(app form.Application, fields []form.Field) url.Values {
	out := url.Values{}
	for _, f := range fields {
		if f.Kind == form.KindLetters {
			out["f-"+f.Key] = strings.Split(app.Get(f.Key), "")
			continue
		}
		out.Set("f-"+f.Key, app.Get(f.Key))
	}
	return out
}

// fillIn sends every step of the form as her application has it, and leaves
// choices and point to the pages that are not tested here.
func (h *her) fillIn() {
	h.t.Helper()
	for i, fields := range h.steps() {
		path := fmt.Sprintf("/ks/form/%d", i+1)
		values := as(h.app, fields)
		values.Set("go", "next")
		if a := h.send(h.see(path), path, values); a.Status != http.StatusSeeOther {
			h.t.Fatalf("%s: %d: %s", path, a.Status, a.text())
		}
	}
	h.w.write(func(tx *db.Tx) error {
		d, err := h.w.drafts.Get(h.t.Context(), tx, h.account, h.w.camp.ID)
		if err != nil {
			return err
		}
		_, err = h.w.flow.Fill(h.t.Context(), tx, flow.Filling{Account: h.account, Campaign: h.w.camp.ID, From: d.Revision}, func(a *form.Application) error {
			a.Choices, a.Claims, a.Point = h.app.Choices, h.app.Claims, h.app.Point
			return nil
		})
		return err
	})
}

// handIn submits what is filled in, and gives the application.
func (h *her) handIn() candidate.Found {
	h.t.Helper()
	a := h.send(h.see("/ks/review"), "/ks/review", nil)
	if a.Status == http.StatusOK && a.says("第二密码") {
		const second = "湘江北去 橘子洲头 2013"
		set := h.send(h.see("/ks/account/second"), "/ks/account/second", url.Values{"old": {passphrase}, "second": {second}, "second-again": {second}})
		if set.Status != http.StatusSeeOther {
			h.t.Fatalf("a second password: %d: %s", set.Status, set.text())
		}
		a = h.send(h.send(h.see("/ks/review"), "/ks/review", nil), "/ks/review", url.Values{"second": {second}})
	}
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.To, "/ks/submitted") {
		h.t.Fatalf("submit: %d → %s: %s", a.Status, a.To, a.text())
	}
	return h.found()
}

func (h *her) found() (out candidate.Found) {
	h.t.Helper()
	h.w.read(func(tx *db.Tx) error {
		x, err := h.w.flow.Her(h.t.Context(), tx, h.account, h.w.camp.ID)
		out = x.Found
		return err
	})
	return out
}

// The whole way, by pages alone, in both examinations: everything comes from the
// definition of the form.
func TestWholeWay(t *testing.T) {
	for name, with := range map[string][]option{"adult": nil, "gaokao": {gaokao}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, with...)
			h := w.arrive(0)
			for _, path := range []string{"/ks/form", "/ks/form/1", "/ks/review"} {
				if a := h.get(path); a.Status != http.StatusSeeOther || a.To != "/ks/pledge" {
					t.Errorf("%s before the pledge: %d → %s", path, a.Status, a.To)
				}
			}
			if a := h.get("/ks/pledge"); a.To != "/ks/notices" {
				t.Errorf("the pledge before the notices: → %s", a.To)
			}
			a := h.send(h.see("/ks/notices"), "/ks/notices", url.Values{"notice": {"yes"}})
			if a.Status != http.StatusUnprocessableEntity || !a.says("有 2 处要改") || !strings.Contains(a.Page, `href="#c-privacy"`) {
				t.Errorf("two notices left out: %d: %s", a.Status, a.text())
			}
			h.readNotices()
			if a := h.send(h.see("/ks/pledge"), "/ks/pledge", nil); a.Status != http.StatusUnprocessableEntity || !a.says("请打上您的姓名") {
				t.Errorf("a pledge without a name: %d: %s", a.Status, a.text())
			}
			h.sign()

			// Every field she fills in stands on exactly one page, and no page is long.
			seen := map[string]int{}
			for i, fields := range h.steps() {
				if len(fields) == 0 || len(fields) > 10 {
					t.Errorf("step %d has %d fields", i+1, len(fields))
				}
				for _, f := range fields {
					seen[f.Key]++
				}
			}
			for _, f := range w.camp.Form.Fields {
				if want := map[bool]int{true: 1}[f.ByCandidate()]; seen[f.Key] != want {
					t.Errorf("%s stands on %d pages, want %d", f.Key, seen[f.Key], want)
				}
				if f.ByCandidate() && (f.Help == "" || f.HelpEn == "") {
					t.Errorf("%s has no help", f.Key)
				}
			}

			if a := h.see("/ks/review"); strings.Contains(a.Page, `action="/ks/review"`) || !a.says("补上才能提交") {
				t.Error("an empty form can be submitted")
			}
			h.fillIn()
			if got := h.handIn(); got.Version != 1 || !maps.Equal(filled(got.Application.Fields), filled(w.candidateOnly(h.app).Fields)) {
				t.Errorf("what was submitted is not what was typed: version %d", got.Version)
			}
			if a := h.see("/ks/status"); !a.says("开门时间") {
				t.Errorf("the status does not say when her point is open: %s", a.text())
			}
			if a := h.see("/ks/submitted"); w.camp.Policy.ConfirmUnpaid && (!a.says("现在还没有启用") || a.says("过了时间没缴")) {
				t.Errorf("a payment that is not in use is asked for: %s", a.text())
			}
			if a := h.see("/ks/submitted"); !a.says("还要去现场确认") || w.camp.Policy.ConfirmUnpaid && !a.says(" 办理") || !a.says("岳麓区第 1 报名确认点") && !a.says("安仁县第 1 报名确认点") {
				t.Errorf("what comes next: %s", a.text())
			}
			if a := h.see("/ks/review"); strings.Contains(a.Page, `action="/ks/review"`) || !a.says("已提交") {
				t.Errorf("submitted and unchanged there is nothing to submit: %s", a.text())
			}
		})
	}
}

func filled(f form.Fields) form.Fields {
	out := form.Fields{}
	for k, v := range f {
		if v != "" {
			out[k] = v
		}
	}
	return out
}

// candidateOnly is an application with what she fills in herself.
func (w *world) candidateOnly(app form.Application) form.Application {
	app = app.Clone()
	for _, f := range w.camp.Form.Fields {
		if !f.ByCandidate() {
			delete(app.Fields, f.Key)
		}
	}
	return app
}

// where finds the step on which a field stands.
func (h *her) where(key string) (path string, fields []form.Field) {
	h.t.Helper()
	for i, fields := range h.steps() {
		if slices.ContainsFunc(fields, func(f form.Field) bool { return f.Key == key }) {
			return fmt.Sprintf("/ks/form/%d", i+1), fields
		}
	}
	h.t.Fatalf("%s stands nowhere", key)
	return "", nil
}

// What is wrong is said first, linked to its field, kept as typed, and mended by
// one press where the likely repair is known.
func TestRepairs(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, fields := h.where(form.GraduationDate)
	values := as(h.app, fields)
	values.Set("f-"+form.GraduationDate, "２０２６年6月30日")
	values.Set("go", "next")
	a := h.send(h.see(path), path, values)
	if a.Status != http.StatusUnprocessableEntity || !a.says("有 1 处要改") || !strings.Contains(a.Page, `href="#f-BYRQ"`) ||
		!strings.Contains(a.Page, `value="2026-06-30"`) || !a.says("改成 2016-06-30") || !strings.Contains(a.Page, `aria-invalid="true"`) {
		t.Fatalf("a day that has not come: %d: %s", a.Status, a.text())
	}
	values.Set("f-"+form.GraduationDate, "2016-2-30")
	if b := h.send(a, path, values); b.Status != http.StatusUnprocessableEntity || !b.says("“毕业日期”没有这一天") || !strings.Contains(b.Page, `value="2016-2-30"`) {
		t.Errorf("a day that is none: %d: %s", b.Status, b.text())
	}
	values.Set("f-"+form.GraduationDate, "2026-6-30")
	a = h.send(h.see(path), path, values)
	a = h.send(a, path, url.Values{"fix": {"BYRQ=2016-06-30"}})
	if a.Status != http.StatusSeeOther || a.To != path+"#f-BYRQ" {
		t.Fatalf("the repair: %d → %s", a.Status, a.To)
	}
	if got := h.drafted().Application.Get(form.GraduationDate); got != "20160630" {
		t.Errorf("after the repair the day is %q", got)
	}

	// What is only another spelling is written as the form keeps it.
	path, fields = h.where(form.DocumentNumber)
	head := "43010419900307123"
	number := head + string(identity.CheckDigit(head))
	for head[16] != 'z' && number[17] != 'X' {
		head = head[:14] + fmt.Sprintf("%03d", (int(head[14]-'0')*100+int(head[15]-'0')*10+int(head[16]-'0')+1)%1000)
		number = head + string(identity.CheckDigit(head))
	}
	values = as(h.app, fields)
	values.Set("f-"+form.DocumentNumber, wide(strings.ToLower(number)))
	values.Set("f-"+form.DocumentType, "01")
	values.Set("f-"+form.Household, "天上")
	if b := h.send(h.see(path), path, values); !b.says("没有认出“户籍所在地”") || !strings.Contains(b.Page, `value="天上"`) {
		t.Errorf("a county that there is not: %d: %s", b.Status, b.text())
	}
	values.Set("f-"+form.Household, "芙蓉区")
	values.Set("f-"+form.BirthDate, "1990.3.8")
	values.Set("f-"+form.Sex, map[byte]string{0: "2", 1: "1"}[(number[16]-'0')%2])
	a = h.send(h.see(path), path, values)
	if a.Status != http.StatusUnprocessableEntity || !a.says("有 1 处要改") || !a.says("出生日期与证件号码不符") || !a.says("改成 1990-03-07") {
		t.Fatalf("a day that is not the number's: %d: %s", a.Status, a.text())
	}
	got := h.drafted().Application
	if got.Get(form.DocumentNumber) != number || got.Get(form.Household) != "430102" || got.Get(form.BirthDate) != "19900308" {
		t.Errorf("spelled %d characters, household %s, birth %s", len(got.Get(form.DocumentNumber)), got.Get(form.Household), got.Get(form.BirthDate))
	}
	// The number stands whole in its own control and nowhere else.
	if n := strings.Count(a.Page, number); n != 1 || !strings.Contains(a.Page, `value="`+number+`"`) {
		t.Errorf("the number stands %d times on the page", n)
	}
	if a := h.see("/ks/review"); strings.Contains(a.Page, number) || !a.says(identity.MaskNumber(number)) {
		t.Error("the last look shows the number whole, or not at all")
	}
}

// wide writes digits as input methods do.
func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '０' }, s)
}

// What is empty does not keep her from going on, and is asked for at the end,
// with a link to its field.
func TestMissingIsAskedAtTheEnd(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.Education)
	if a := h.send(h.see(path), path, url.Values{"go": {"next"}}); a.Status != http.StatusSeeOther || a.To == path {
		t.Fatalf("an empty step: %d → %s", a.Status, a.To)
	}
	if a := h.see(path); a.says("处要改") {
		t.Error("what is empty is found fault with before the end")
	}
	link := path + "?show=all#f-" + form.Education
	a := h.see("/ks/review")
	if !strings.Contains(a.Page, `href="`+link+`"`) {
		t.Fatalf("no link to %s: %s", link, a.text())
	}
	if a := h.see(path + "?show=all"); !a.says("请填写“文化程度”") {
		t.Error("come from the last look, what is missing is not said")
	}
	if a := h.get("/ks/form"); a.To != "/ks/form/1" {
		t.Errorf("the form begins at %s", a.To)
	}
}

// autosave sends a step as the script does.
func (h *her) autosave(page answer, path string, fields url.Values) (answer, map[string]any) {
	h.t.Helper()
	f := formTag.FindString(page.Page[strings.Index(page.Page, `<form class="form"`):])
	values := asIs(f)
	maps.Copy(values, fields)
	a := h.post(path+"/save", values)
	var out map[string]any
	if strings.HasPrefix(a.Head.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal([]byte(a.Page), &out); err != nil {
			h.t.Fatal(err)
		}
	}
	return a, out
}

// The script and the button ask the same rules.
func TestAutosave(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.GraduationDate)
	page := h.see(path)
	a, told := h.autosave(page, path, url.Values{"f-BYRQ": {"2026-6-30"}, "f-BYXXMC": {" 湖南女子学院 "}})
	if a.Status != http.StatusOK || told["revision"] != float64(2) || told["at"] != "10:31" {
		t.Fatalf("saved: %d %v", a.Status, told)
	}
	day := told["fields"].(map[string]any)["BYRQ"].(map[string]any)
	if day["fix"] != "BYRQ=2016-06-30" || day["words"] != "改成 2016-06-30" || day["error"] == "" || day["value"] != "2026-06-30" {
		t.Errorf("of the day it is said: %v", day)
	}
	if empty := told["fields"].(map[string]any)["WHCDDM"].(map[string]any); empty["missing"] != true {
		t.Errorf("of what is empty it is said: %v", empty)
	}
	b := h.send(page, path, url.Values{"revision": {"2"}, "f-BYRQ": {"2026-6-30"}, "f-BYXXMC": {"湖南女子学院"}})
	if b.Status != http.StatusUnprocessableEntity || !b.says(fmt.Sprint(day["error"])) {
		t.Errorf("the button says something else: %d %s", b.Status, b.text())
	}
	if b := h.see(path); !b.says("10:31 已保存") {
		t.Error("the page does not say when it was saved")
	}
	a, told = h.autosave(page, path, url.Values{"f-BYXXMC": {"湖南大学"}}) // from revision 1
	if a.Status != http.StatusConflict || told["conflict"] != true {
		t.Errorf("an old page saves: %d %v", a.Status, told)
	}
	if got := h.drafted().Application.Get(form.School); got != "湖南女子学院" {
		t.Errorf("the old page has written %q", got)
	}
	h.confirmNow()
	if a, told = h.autosave(page, path, nil); a.Status != http.StatusConflict || told["ended"] != true {
		t.Errorf("after the confirmation: %d %v", a.Status, told)
	}
}

// confirmNow marks her as confirmed, registering her first if need be.
func (h *her) confirmNow() {
	h.t.Helper()
	if h.found().ID == "" {
		h.submit()
	}
	h.w.write(func(tx *db.Tx) error {
		_, err := h.w.flow.Candidates.Confirm(h.t.Context(), tx, h.found().ID, h.found().Point, h.w.now().UnixMilli())
		return err
	})
}

// Two tabs: the second is shown both sides, and nothing is lost (faults 31, 33).
func TestTwoTabs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.sign()
		path, _ := h.where(form.School)
		one, two := h.see(path), h.see(path)
		if a := h.send(one, path, url.Values{"f-BYXXMC": {"湖南女子学院"}, "go": {"next"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("the first tab: %d", a.Status)
		}
		if a := h.send(one, path, url.Values{"f-BYXXMC": {"湖南女子学院"}, "go": {"next"}}); a.Status != http.StatusSeeOther {
			t.Errorf("the same form again: %d, want as the first time", a.Status)
		}
		a := h.send(two, path, url.Values{"f-BYXXMC": {"湖南大学"}, "f-BYZSH": {"115381201606000217"}, "go": {"next"}})
		if a.Status != http.StatusConflict || !a.says("湖南女子学院") || !a.says("湖南大学") || !a.says("在别的窗口改过") {
			t.Fatalf("the second tab: %d: %s", a.Status, a.text())
		}
		if got := h.drafted().Application.Get(form.School); got != "湖南女子学院" {
			t.Errorf("the second tab has written %q", got)
		}
		a = h.send(a, path, url.Values{"f-BYXXMC": {"湖南大学"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("decided: %d: %s", a.Status, a.text())
		}
		if got := h.drafted().Application; got.Get(form.School) != "湖南大学" || got.Get(form.Diploma) != "115381201606000217" {
			t.Errorf("after she decided: %q %q", got.Get(form.School), got.Get(form.Diploma))
		}
	})
}

// No field that others fill in comes in by a form (S11), and nothing that cannot
// be read breaks a draft.
func TestForeignFields(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	path, _ := h.where(form.FullName)
	a := h.send(h.see(path), path, url.Values{"f-KSH": {"19430104340217"}, "f-LXDH": {"13911112222"}, "f-XM": {"\xff\xfe\x00李"}, "go": {"next"}})
	got := h.drafted().Application
	if got.Get(form.CandidateNumber) != "" || got.Get(form.PhoneNumber) != "" {
		t.Error("a field that is not on the page came in")
	}
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a name that is no text: %d", a.Status)
	}
	if a := h.see(path); !a.says("处要改") {
		t.Error("what cannot be read is not found fault with")
	}
	if strings.Contains(w.log.String(), "李") {
		t.Error("the log names her")
	}
}

// TestRareCharactersAreSaid: what no font of the papers has is said at the last look,
// before anything is submitted or confirmed, and keeps nobody from it.
func TestRareCharactersAreSaid(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.begin(func(*form.Application) {})
	if a := h.see("/ks/review"); a.says("有的字打印时用方框代替") {
		t.Error("said of common characters")
	}
	h = w.arrive(1)
	h.begin(func(a *form.Application) {
		a.Fields[form.FullName] = "欧阳\U000323AF"
		a.Fields[form.PostAddress] += "\ue000"
	})
	a := h.see("/ks/review")
	if !a.says("有的字打印时用方框代替") || !a.says("U+323AF") || !a.says("U+E000") || !a.says("姓名") {
		t.Errorf("the last look says %s", a.text())
	}
}
