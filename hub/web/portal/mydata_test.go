package portal_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/dossier"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
	"zhunkao/hub/site"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

var officer = flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}, Source: "10.0.0.2"}

// Every kind of message has words in both languages, and what its codes mean is
// said.
func TestEveryMessageIsSaid(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit()
	for i, k := range notice.Kinds() {
		n := notice.Notice{Application: h.app.ID, Kind: k, At: w.now().UnixMilli() + int64(i), Args: map[string]string{}}
		for _, arg := range k.Arguments() {
			n.Args[arg] = map[string]string{"by": notice.ByOffice, "point": pointThere, "step": "register", "codes": "choice 1: no-programme", "old": "15000", "new": "17000"}[arg]
		}
		w.write(func(tx *db.Tx) error { return notice.Put(t.Context(), tx, n) })
	}
	for _, lang := range []string{"zh", "en"} {
		h.send(h.see("/ks/messages"), "/ks/display", url.Values{"show": {lang}})
		next := "/ks/messages"
		text := ""
		for range 5 {
			a := h.see(next)
			text += a.text()
			_, older, ok := strings.Cut(a.Page, `href="/ks/messages?before=`)
			if !ok {
				break
			}
			older, _, _ = strings.Cut(older, `"`)
			next = "/ks/messages?before=" + older
		}
		for _, no := range []string{"msg.", "%!", "no-programme", "{"} {
			if strings.Contains(text, no) {
				i := strings.Index(text, no)
				t.Errorf("%s: %q is on the page: %s", lang, no, text[max(0, i-60):min(len(text), i+60)])
			}
		}
		for _, yes := range map[string][]string{"zh": {"安仁县第 1 报名确认点", "原来 150 元，现在 170 元", "志愿要重新选"}, "en": {"150 yuan before, 170 yuan now", "a choice must be made again"}}[lang] {
			if !strings.Contains(text, yes) {
				t.Errorf("%s: %q is not said", lang, yes)
			}
		}
	}
}

// What an office does is new until she says that she has read it; another's
// messages are not hers.
func TestMessagesAreReadByHerself(t *testing.T) {
	w := newWorld(t)
	she, other := w.arrive(0), w.arrive(1)
	she.submit()
	app := she.app.Clone()
	app.Version++
	app.Fields[form.PhoneNumber] = "13911112222"
	w.write(func(tx *db.Tx) error { return w.flow.Register(t.Context(), tx, app, candidate.FromOffice, officer) })
	a := she.see("/ks/messages")
	if !a.says("有 2 条新消息") || !a.says("招考机构改了您的报名信息") || strings.Contains(a.Page, "13911112222") {
		t.Fatalf("she reads %s", a.text())
	}
	if b := other.see("/ks/messages"); !b.says("还没有消息") {
		t.Errorf("another reads %s", b.text())
	}
	if again := she.see("/ks/messages"); !again.says("有 2 条新消息") {
		t.Error("looking marked them as read")
	}
	if r := she.send(a, "/ks/messages/read", nil); r.Status != http.StatusSeeOther || r.To != "/ks/messages" {
		t.Fatalf("%d → %s", r.Status, r.To)
	}
	if a := she.see("/ks/messages"); !a.says("消息都看过了") || strings.Contains(a.Page, `class="count"`) {
		t.Errorf("after reading: %s", a.text())
	}
}

// The texts of a demonstration are shown, of any other hub there is no such page.
func TestTexts(t *testing.T) {
	w := newWorld(t, demo, func(_ *testing.T, w *world) { w.options.Texts = notice.NewOutbox(w.keys, nil) })
	w.write(func(tx *db.Tx) error {
		return w.options.Texts.Text(t.Context(), tx, identity.Phone("13800138000"), notice.TextCode, map[string]string{"code": "482913", "minutes": "10"})
	})
	if a := w.browser().see("/ks/demo/texts"); !a.says("482913") || !a.says("13800138000") {
		t.Errorf("the page says %s", a.text())
	}
	if a := newWorld(t).browser().get("/ks/demo/texts"); a.Status != http.StatusNotFound {
		t.Errorf("outside a demonstration: %d", a.Status)
	}
}

// A copy holds all that is kept, goes to who gives the password alone, and is
// journalled and told.
func TestCopyOfMyData(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit()
	h.begin(func(*form.Application) {})
	photo := picture(t)
	h.confirm(h.app, 1, w.now().Add(-time.Hour), photo, flow.Step{State: confirmation.InForce})
	w.write(func(tx *db.Tx) error {
		if err := payment.OpenOrder(t.Context(), tx, payment.Order{Number: "ZK201900000001", Application: h.app.ID, Campaign: w.camp.ID, Fen: 16050, OpenedAt: w.now().UnixMilli()}); err != nil {
			return err
		}
		if err := payment.OpenOrder(t.Context(), tx, payment.Order{Number: "ZK201900000002", Application: "another", Campaign: w.camp.ID, Fen: 16050, OpenedAt: w.now().UnixMilli()}); err != nil {
			return err
		}
		m := payment.Movement{Channel: "alipay", Kind: payment.Payment, Number: "2019090622001", Order: "ZK201900000001", Fen: 16050, At: w.now().UnixMilli(), Source: payment.ByNotice}
		if _, err := payment.Book(t.Context(), tx, m, w.now().UnixMilli()); err != nil {
			return err
		}
		m.Number = "2019090622002" // names her order, and is found to be another's: not in her copy
		b, err := payment.Book(t.Context(), tx, m, w.now().UnixMilli())
		if err != nil {
			return err
		}
		if err := site.AddMove(t.Context(), tx, w.camp.ID, h.app.Point[:6], site.Move{Application: h.app.ID, From: "0104", To: "0103", Reason: "行动不便", By: "s1", At: 1}); err != nil {
			return err
		}
		return payment.Own(t.Context(), tx, b.Movement.ID, "ZK201900000002", w.now().UnixMilli(), "s1", "截图上是另一个人")
	})
	page := h.see("/ks/my-data")
	if !page.says("带走一份") || !page.says("有错要改") || !page.says("提交删除申请") {
		t.Fatalf("the page says %s", page.text())
	}
	if a := h.send(page, "/ks/my-data/copy", url.Values{"copy-password": {"not hers"}, "format": {"json"}}); a.Status != http.StatusUnprocessableEntity || !a.says("密码不对") || a.Head.Get("Content-Disposition") != "" {
		t.Fatalf("without the password: %d", a.Status)
	}
	a := h.send(page, "/ks/my-data/copy", url.Values{"copy-password": {passphrase}, "format": {"json"}})
	if a.Status != http.StatusOK || a.Head.Get("Content-Disposition") != `attachment; filename="my-data.json"` || a.Head.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", a.Status, a.Head)
	}
	var c dossier.Copy
	if err := json.Unmarshal([]byte(a.Page), &c); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var pictures int
	for _, s := range c.Sections {
		for _, e := range s.Entries {
			pictures += len(e.Pictures)
			for _, l := range e.Lines {
				found[s.Key+"/"+l.Key] = l.Value
			}
		}
	}
	if found["application/"+form.DocumentNumber] != h.app.Get(form.DocumentNumber) || found["application/choice-1"] == "" ||
		found["draft/"+form.FullName] != string(h.app.Name()) || pictures != 1 || len(c.Kept) < 10 || found["account/account.login"] == "" {
		t.Errorf("the copy has %d pictures and %d values", pictures, len(found))
	}
	if found["payment/payment.number"] != "ZK201900000001" || found["payment/payment.amount"] != "160.50" {
		t.Errorf("her order is in the copy as %q, %q yuan", found["payment/payment.number"], found["payment/payment.amount"])
	}
	if moved := found["payment/payment.moved.payment"]; !strings.Contains(moved, "160.50") || !strings.Contains(moved, "支付宝") || !strings.Contains(moved, "2019090622001") || !strings.Contains(moved, "已作报考费") {
		t.Errorf("what the channel moved is in the copy as %q", moved)
	}
	if found["application/move.to"] != "0103" || found["application/move.reason"] != "行动不便" {
		t.Errorf("she was moved to area %q for %q", found["application/move.to"], found["application/move.reason"])
	}
	if strings.Contains(a.Page, "2019090622002") {
		t.Error("somebody else's payment is in her copy")
	}
	for key := range h.app.Fields {
		if h.app.Get(key) != "" && found["application/"+key] != h.app.Get(key) {
			t.Errorf("field %s is not in the copy", key)
		}
	}
	html := h.send(page, "/ks/my-data/copy", url.Values{"copy-password": {passphrase}, "format": {"html"}})
	if !strings.Contains(html.Page, h.app.Get(form.DocumentNumber)) || !strings.Contains(html.Page, base64.StdEncoding.EncodeToString(photo)[:400]) {
		t.Error("the readable copy lacks number or photo")
	}
	if m := h.see("/ks/messages"); !m.says("您导出了一份自己的信息") {
		t.Errorf("she is told %s", m.text())
	}
	if strings.Contains(w.log.String(), h.app.Get(form.DocumentNumber)) {
		t.Error("the number is in the log")
	}
}

// Who consented for her as a child, and the sheet, are in her own copy (S37).
func TestCopyHasTheGuardian(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit()
	h.sheet = append(picture(t), "the sheet"...)
	h.guardian = &confirmation.Guardian{Name: "周样样", Relation: "mother", Phone: "13912345607", Text: strings.Repeat("ab", 32), Sheet: protocol.HashOf(h.sheet).String()}
	h.confirm(h.app, 1, w.now().Add(-time.Hour), picture(t), flow.Step{State: confirmation.InForce})
	html := h.send(h.see("/ks/my-data"), "/ks/my-data/copy", url.Values{"copy-password": {passphrase}, "format": {"html"}})
	for _, want := range []string{"周样样", "母亲", "13912345607", "监护人同意书", base64.StdEncoding.EncodeToString(h.sheet)[:200]} {
		if !strings.Contains(html.Page, want) {
			t.Errorf("the copy lacks %.20q", want)
		}
	}
}

// Before she is confirmed she erases all at once; what she is asked twice is
// asked.
func TestEraseMyData(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit()
	h.begin(func(*form.Application) {})
	page := h.see("/ks/my-data")
	for name, c := range map[string]struct {
		fields url.Values
		says   string
	}{
		"not sure":       {url.Values{"erase-password": {passphrase}}, "请先勾上"},
		"wrong password": {url.Values{"sure": {"yes"}, "erase-password": {"x"}}, "密码不对"},
	} {
		if a := h.send(page, "/ks/my-data/erase", c.fields); a.Status != http.StatusUnprocessableEntity || !a.says(c.says) {
			t.Errorf("%s: %d %s", name, a.Status, a.text())
		}
	}
	if a := h.send(page, "/ks/my-data/erase", url.Values{"sure": {"yes"}, "erase-password": {passphrase}}); a.To != "/ks/my-data?done=erased" {
		t.Fatalf("%d → %s", a.Status, a.To)
	}
	w.read(func(tx *db.Tx) error {
		if _, err := w.flow.Candidates.Row(t.Context(), tx, h.app.ID); err == nil {
			t.Error("the application is still there")
		}
		return nil
	})
	if a := h.see("/ks/my-data?done=erased"); !a.says("已经删除") || a.says("提交删除申请") {
		t.Errorf("the page says %s", a.text())
	}
	if a := h.send(h.see("/ks/my-data"), "/ks/my-data/erase", url.Values{"sure": {"yes"}, "account": {"yes"}, "erase-password": {passphrase}}); a.To != "/ks/sign-in?done=erased" {
		t.Fatalf("%d → %s", a.Status, a.To)
	}
	if a := h.get("/ks/my-data"); a.Status != http.StatusSeeOther {
		t.Errorf("the session lives on: %d", a.Status)
	}
	if a := w.browser().see("/ks/sign-in?done=erased"); !a.says("账号和报名信息都已删除") {
		t.Errorf("%s", a.text())
	}
}

// After she is confirmed she asks, and the answer comes back.
func TestAskForMyData(t *testing.T) {
	w := newWorld(t)
	h := w.confirmedOne()
	page := h.see("/ks/my-data")
	if strings.Contains(page.Page, `value="ZKZH"`) || !strings.Contains(page.Page, `value="`+form.PhoneNumber+`"`) {
		t.Error("a number that the province gives is among what is set right")
	}
	bad := h.send(page, "/ks/my-data/correct", url.Values{"field": {form.PhoneNumber}, "wanted": {"13911112222"}})
	if bad.Status != http.StatusUnprocessableEntity || !bad.says("请写原因") || !strings.Contains(bad.Page, `value="13911112222"`) {
		t.Errorf("without a reason: %d, what she typed is lost", bad.Status)
	}
	if a := h.send(page, "/ks/my-data/correct", url.Values{"field": {form.PhoneNumber}, "wanted": {"13911112222"}, "why": {"换号了"}}); a.To != "/ks/my-data?done=corrected" {
		t.Fatalf("%d → %s: %s", a.Status, a.To, a.text())
	}
	if a := h.send(page, "/ks/my-data/erase", url.Values{"sure": {"yes"}, "erase-password": {passphrase}, "erase-why": {"不考了"}}); a.To != "/ks/my-data?done=erasure" {
		t.Fatalf("%d → %s: %s", a.Status, a.To, a.text())
	}
	if a := h.see("/ks/my-data"); !a.says("等待答复") || !a.says("换号了") || !a.says("不考了") {
		t.Errorf("the page says %s", a.text())
	}
	w.write(func(tx *db.Tx) error {
		all, err := dossier.Of(t.Context(), tx, w.keys, h.app.ID, "")
		if err != nil {
			return err
		}
		for _, r := range all {
			if err := w.flow.AnswerForData(t.Context(), tx, r.ID, dossier.Refused, "请先到县招考办来一趟", officer); err != nil {
				return err
			}
		}
		return nil
	})
	if a := h.see("/ks/messages"); !a.says("您要的更正没有办") || !a.says("您要的删除没有办") {
		t.Errorf("she is told %s", a.text())
	}
	if a := h.see("/ks/my-data"); !a.says("请先到县招考办来一趟") {
		t.Errorf("the answer is not on %s", a.text())
	}
}
