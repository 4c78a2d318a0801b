package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// nurse is registered at the point: to bachelor, medical, with a bonus claimed.
func nurse() form.Application {
	return form.Application{ID: "app-1", Campaign: hubtest.Campaign, CampaignVersion: 1, Version: 3, Point: hubtest.Point, SequenceNumber: "19430104000123",
		Fields: form.Fields{form.DocumentType: "01", form.DocumentNumber: "430104199001011237", form.FullName: "罗小英", form.BirthDate: "19900101",
			form.Ethnic: "01", form.Household: "433101", form.Education: "31", form.School: "湘西职业技术学院", form.GraduationDate: "20120630", form.Diploma: "135911201206000123", form.Licence: "201443009876"},
		Choices: []form.Choice{{Order: 1, Level: "3", Category: "38", School: "10541", Major: "101101"}},
		Claims:  []form.Claim{{Kind: form.BonusClaim, Code: "B05"}}}
}

func newReviewRig(t *testing.T, change ...func(*Options)) (*rig, *clerk) {
	t.Helper()
	r, c := newVoidRig(t, change...)
	app, other := nurse(), nurse()
	other.ID, other.SequenceNumber, other.Claims = "app-2", "19430104000124", nil
	other.Fields = maps.Clone(other.Fields)
	other.Fields[form.DocumentNumber], other.Fields[form.FullName] = "430104199001011245", "罗小雅"
	page := protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app}, {Version: 2, Application: &other}}}
	if err := r.store.ApplyRoster(0, 2, page, protocol.TimeOf(r.o.Now())); err != nil {
		t.Fatal(err)
	}
	return r, c
}

func (r *rig) page1() []byte {
	return asJPEG(r.T, image.NewGray(image.Rect(0, 0, 40, 60)))
}

var workOf = regexp.MustCompile(`name="work" value="([^"]+)"`)

// desked is a review page that a clerk has open.
type desked struct {
	*clerk
	path, token, work string
	fields            map[string]string
}

// opens takes a person in hand.
func (c *clerk) opens(application string) *desked {
	c.Helper()
	status, html := c.get("/review/" + application)
	m, token := workOf.FindStringSubmatch(html), hidden.FindStringSubmatch(html)
	if status != http.StatusOK || m == nil || token == nil {
		c.Fatalf("no form for %s: %d", application, status)
	}
	return &desked{clerk: c, path: "/review/" + application, token: token[2], work: m[1], fields: map[string]string{}}
}

// does presses a button of the form, with a file if there is one.
func (d *desked) does(do string, file ...any) (int, string) {
	d.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	put := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			d.Fatal(err)
		}
	}
	put("token", d.token)
	put("work", d.work)
	put("do", do)
	if _, said := d.fields["claim.bonus.B05"]; !said && strings.HasSuffix(d.path, "/app-1") {
		put("claim.bonus.B05", protocol.Fail) // she claimed it when she registered: it is asked
	}
	for k, v := range d.fields {
		put(k, v)
	}
	if len(file) == 2 {
		f, err := w.CreateFormFile(file[0].(string), "paper.jpg")
		if err == nil {
			_, err = f.Write(file[1].([]byte))
		}
		if err != nil {
			d.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		d.Fatal(err)
	}
	return d.read(d.client.Post(d.server.URL+d.path, w.FormDataContentType(), &b))
}

// reviewsMade are the reviews that the box holds, as the hub reads them, with
// the plain bytes of their pictures by role.
func (r *rig) reviewsMade() (out []protocol.Review, pictures []map[string][]byte) {
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
		if rec.Manifest.Kind != protocol.RecordReview {
			continue
		}
		var v protocol.Review
		if err := protocol.OpenBody(rec.Manifest, rec.Body, r.hub.Opening, &v); err != nil {
			r.Fatal(err)
		}
		parts, err := r.store.Parts(rec)
		if err != nil {
			r.Fatal(err)
		}
		plain := map[string][]byte{}
		for _, ref := range v.Blobs {
			if plain[ref.Role], err = protocol.OpenBlob(ref, parts[ref.Hash]); err != nil {
				r.Fatal(err)
			}
		}
		out, pictures = append(out, v), append(pictures, plain)
	}
	return out, pictures
}

// A clerk finds her by the number on her sheet, looks at all that is asked of
// her, photographs the pledge and the evidence of one claim, and enters it: the
// record says all of it, and the hash is of the picture.
func TestReview(t *testing.T) {
	r, c := newReviewRig(t, func(o *Options) {
		o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, image.NewGray(image.Rect(0, 0, 60, 90))), nil }
	})
	first := r.confirm("app-1")
	res := r.finds(c, "1943 0104 0001 23")
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/review/app-1" {
		t.Fatalf("found %d %q", res.StatusCode, at)
	}
	c.opens("app-1")
	_, html := c.get("/review/app-1")
	has(t, html, "罗小英", "学历证书", "湘西职业技术学院", "135911201206000123", "医学类执业资格证书", "201443009876", "户籍", "抄写的诚信考试承诺书",
		"9月11日", "报名时已申请", "立功证书", "考生不能申请的")
	if strings.Contains(html, "430104199001011237") || strings.Contains(html, "低龄考生") {
		t.Error("the page shows her whole number, or asks what is not asked of her")
	}
	d := c.opens("app-1")
	if status, html := d.does("pledge-take"); status != http.StatusOK || !strings.Contains(html, "/pledge/1") {
		t.Fatalf("the pledge by the camera: %d", status)
	}
	for i, p := range [][]byte{asJPEG(t, image.NewGray(image.Rect(0, 0, 50, 50))), r.page1()} {
		if status, html := d.does("copy-bring", "copy", p); status != http.StatusOK || !strings.Contains(html, fmt.Sprintf("/copy/%d", i+1)) {
			t.Fatalf("evidence %d: %d", i, status)
		}
	}
	d.does("copy-drop 1")
	if status, body := d.get("/review/app-1/" + d.work + "/pledge/1"); status != http.StatusOK || !strings.HasPrefix(body, "\xff\xd8") {
		t.Errorf("the picture is not shown back: %d", status)
	}
	d.fields = map[string]string{"item.diploma": "pass", "item.licence": "warn", "note.licence": "下周带来", "item.household": "pass", "item.pledge": "pass",
		"claim.bonus.B05": "pass", "of.2": "bonus.B05", "note": "已告知"}
	if _, html := d.does("look"); !strings.Contains(html, `name="item.licence" value="warn" checked`) || !strings.Contains(html, `value="下周带来"`) {
		t.Error("what was ticked is lost")
	}
	if status, html := d.does("seal"); status != http.StatusSeeOther {
		t.Fatalf("entered: %d %s", status, html)
	}
	all, pictures := r.reviewsMade()
	if len(all) != 1 {
		t.Fatalf("%d reviews", len(all))
	}
	v := all[0]
	if v.Application != "app-1" || v.Version != 3 || v.Point != hubtest.Point || v.Record != first.Manifest.ID || v.Note != "已告知" || v.Clerk.Account != "s-chen" || v.Clerk.Role != protocol.AssentClerk || v.Clerk.How != protocol.HowCode {
		t.Errorf("sealed as %+v", v)
	}
	if got := fmt.Sprint(v.Items); got != "[{diploma pass } {licence warn 下周带来} {household pass } {pledge pass }]" {
		t.Errorf("items %s", got)
	}
	if got := fmt.Sprint(v.Claims); got != "[{bonus B05 pass [1]}]" {
		t.Errorf("claims %s", got)
	}
	if len(v.Blobs) != 2 || protocol.HashOf(pictures[0][protocol.RolePledge]) != v.Pledge || v.Pledge == (protocol.Hash{}) || len(pictures[0][protocol.RoleCopy(1)]) == 0 {
		t.Errorf("blobs %d, and the pledge's hash is %s", len(v.Blobs), v.Pledge)
	}
	if len(r.sessionOf(c).albums.of(albumPledge).Numbers()) != 0 {
		t.Error("the picture stays in memory")
	}
	_, html = c.get("/review")
	has(t, html, "已审核，09:00", "待上传")
	_, html = c.get("/review/app-1")
	has(t, html, "09:00 审核过，第 2 条记录", "以新的为准")
	_, html = c.get("/unsent")
	has(t, html, "其他 1 条", "资格审核")
	if strings.Contains(html, "app-1") {
		t.Error("the list of unsent records names somebody")
	}
}

// finds posts a number to find somebody by.
func (r *rig) finds(c *clerk, number string) *http.Response {
	r.Helper()
	res, err := c.client.PostForm(c.server.URL+"/review/find", map[string][]string{"token": {r.token(c)}, "number": {number}})
	if err != nil {
		r.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res
}

func (r *rig) sessionOf(c *clerk) *session {
	req := httptest.NewRequest(http.MethodGet, r.server.URL, nil)
	for _, k := range c.client.Jar.Cookies(req.URL) {
		if s := r.sessions.find(k.Value, false); s != nil {
			return s
		}
	}
	r.Fatal("no session")
	return nil
}

// By her identity number too, and nothing that was typed comes back in an
// address; whoever is registered elsewhere, or nowhere, is said so.
func TestReviewFinds(t *testing.T) {
	r, c := newReviewRig(t)
	if at := r.finds(c, "43010419900101 1237").Header.Get("Location"); at != "/review/app-1" {
		t.Errorf("by her number: %q", at)
	}
	status, html := c.post("/review", "/review/find", "number", "430104199001011253")
	if status != http.StatusUnprocessableEntity || !strings.Contains(html, "名册上没有这个号码") {
		t.Errorf("nobody: %d", status)
	}
	entered := store.Draft{ID: protocol.NewID().String(), Reason: "02", Begun: store.DayAct{Account: "s-chen", At: 1}}
	entered.Application = form.Application{ID: entered.ID, Campaign: hubtest.Campaign, Version: 1, Fields: form.Fields{form.DocumentNumber: "430102199001010019", form.FullName: "某甲"}}
	if err := r.store.NewDraft(entered); err != nil {
		t.Fatal(err)
	}
	entered.Revision = 1
	if _, err := r.store.CompleteDraft(entered, entered.Begun); err != nil {
		t.Fatal(err)
	}
	for _, signed := range []bool{false, true} {
		if status, _ := c.post("/review", "/review/find", "number", "430102199001010019"); status != http.StatusSeeOther {
			t.Errorf("entered here, signed %t: %d", signed, status)
		}
		want, says := http.StatusUnprocessableEntity, catalogue()["review-unsigned"].zh
		if signed {
			want, says = http.StatusOK, "某甲"
		}
		if status, html := c.get("/review/" + entered.ID); status != want || !strings.Contains(html, says) {
			t.Errorf("entered here, signed %t: the page does not say %q (%d)", signed, says, status)
		}
		if !signed {
			r.confirm(entered.ID)
		}
	}
	if status, _ := c.get("/review/app-9"); status != http.StatusNotFound {
		t.Errorf("of no application: %d", status)
	}
	_, html = c.get("/review")
	for _, hers := range []string{"罗小英", "430104199001011237", string(identity.Number("430104199001011237").String())} {
		if strings.Contains(html, hers) {
			t.Errorf("the list shows %q", hers)
		}
	}
	if strings.Contains(html, "正在这台机器上办的人") {
		t.Error("nobody called, and somebody is shown")
	}
	r.o.Present = func() string { return "app-2" }
	_, html = c.get("/review")
	has(t, html, "正在这台机器上办的人", "/review/app-2")
}

// Nothing is sealed of a review that is not whole, and each refusal says what to
// do; what was ticked stays.
func TestReviewRefused(t *testing.T) {
	r, c := newReviewRig(t)
	whole := map[string]string{"item.diploma": "pass", "item.licence": "pass", "item.household": "pass", "item.pledge": "warn"}
	for name, x := range map[string]struct {
		change map[string]string
		copies int
		words  string
	}{
		"an item untouched":             {map[string]string{"item.licence": ""}, 0, "每一项都要选"},
		"an answer of no kind":          {map[string]string{"item.licence": "maybe"}, 0, "每一项都要选"},
		"not fitting, without a word":   {map[string]string{"item.household": "fail"}, 0, "哪里不符"},
		"the pledge without a picture":  {map[string]string{"item.pledge": "pass"}, 0, "拍了照才算"},
		"evidence whole, and no copy":   {map[string]string{"claim.bonus.B05": "pass"}, 0, "至少一张"},
		"a copy of nothing":             {map[string]string{}, 1, "没有选是哪一项"},
		"a copy of what is not claimed": {map[string]string{"of.1": "bonus.B01"}, 1, "没有申请的项目"},
		"a claim untouched":             {map[string]string{"claim.bonus.B05": ""}, 0, "报名时申请了的"},
		"a long note":                   {map[string]string{"note": strings.Repeat("长", mostNote+1)}, 0, "太长"},
	} {
		d := c.opens("app-1")
		for k, v := range whole {
			d.fields[k] = v
		}
		for range x.copies {
			d.does("copy-bring", "copy", r.page1())
		}
		for k, v := range x.change {
			if k == "of.1" {
				k = fmt.Sprint("of.", r.sessionOf(c).albums.of(albumCopies).Numbers()[0])
			}
			d.fields[k] = v
		}
		if status, html := d.does("seal"); status != http.StatusUnprocessableEntity || !strings.Contains(html, x.words) || !strings.Contains(html, `name="item.diploma" value="pass" checked`) {
			t.Errorf("%s: %d", name, status)
		}
	}
	d := c.opens("app-1")
	d.fields["claim.exemption.E01"] = "fail" // may be claimed
	d.fields["claim.bonus.B08"] = "fail"     // of minorities: not offered to her, and so not sealed
	for k, v := range whole {
		d.fields[k] = v
	}
	if status, _ := d.does("seal"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	all, _ := r.reviewsMade()
	if len(all) != 1 || fmt.Sprint(all[0].Claims) != "[{bonus B05 fail []} {exemption E01 fail []}]" || all[0].Pledge != (protocol.Hash{}) || all[0].Record != (protocol.ID{}) {
		t.Errorf("sealed %+v", all)
	}
	for name, do := range map[string]func(d *desked) (int, string){
		"no picture": func(d *desked) (int, string) { return d.does("pledge-bring") },
		"text":       func(d *desked) (int, string) { return d.does("pledge-bring", "pledge", []byte("no picture at all")) },
		"no camera":  func(d *desked) (int, string) { return d.does("pledge-take") },
	} {
		if status, _ := do(c.opens("app-1")); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// Presses at once make one review, and a page that another page of the same
// clerk has overtaken seals nothing and shows no picture of anybody else.
func TestReviewOnce(t *testing.T) {
	r, c := newReviewRig(t)
	d := c.opens("app-1")
	d.does("pledge-bring", "pledge", r.page1())
	d.fields = map[string]string{"item.diploma": "pass", "item.licence": "pass", "item.household": "pass", "item.pledge": "pass"}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if status, _ := d.does("seal"); status != http.StatusSeeOther {
				t.Errorf("pressed: %d", status)
			}
		})
	}
	all.Wait()
	if made, _ := r.reviewsMade(); len(made) != 1 || made[0].Pledge == (protocol.Hash{}) {
		t.Errorf("%d reviews", len(made))
	}

	d = c.opens("app-1")
	d.does("pledge-bring", "pledge", r.page1())
	other := c.opens("app-2")
	if status, _ := c.get("/review/app-1/" + d.work + "/pledge/1"); status != http.StatusNotFound {
		t.Errorf("her picture is still shown: %d", status)
	}
	d.fields = map[string]string{"item.diploma": "pass", "item.licence": "pass", "item.household": "pass", "item.pledge": "pass"}
	if status, html := d.does("seal"); status != http.StatusUnprocessableEntity || !strings.Contains(html, "已经清掉") {
		t.Errorf("overtaken: %d", status)
	}
	if status, _ := other.get("/review/app-2/" + other.work + "/pledge/1"); status != http.StatusNotFound {
		t.Errorf("a picture of another: %d", status)
	}
	if made, _ := r.reviewsMade(); len(made) != 1 {
		t.Errorf("%d reviews", len(made))
	}
	if status, _ := c.post("/review", "/review/app-1", "do", "seal", "token", "wrong"); status != http.StatusForbidden {
		t.Errorf("without the session's token: %d", status)
	}
}

// What was not sealed is never said to be: a box that seals nothing, a full
// disk, a fault; then it can be pressed again, and the pictures are still there.
func TestReviewNotSealed(t *testing.T) {
	var fails error
	r, c := newReviewRig(t)
	r.o.Review = func(ctx context.Context, v Reviewing) error {
		if fails != nil {
			return fails
		}
		return r.sealReview(ctx, v)
	}
	d := c.opens("app-1")
	d.does("pledge-bring", "pledge", r.page1())
	d.fields = map[string]string{"item.diploma": "pass", "item.licence": "pass", "item.household": "pass", "item.pledge": "pass"}
	for _, x := range []struct {
		err    error
		status int
		words  string
	}{{ErrReviewStopped, 422, "没有登记"}, {store.ErrFull, 422, "存储满了"}, {errors.New("disk"), 500, "稍等再试"}} {
		fails = x.err
		if status, html := d.does("seal"); status != x.status || !strings.Contains(html, x.words) {
			t.Errorf("%v: %d", x.err, status)
		}
	}
	fails = nil
	if status, _ := d.does("seal"); status != http.StatusSeeOther {
		t.Error(status)
	}
	if made, _ := r.reviewsMade(); len(made) != 1 || made[0].Pledge == (protocol.Hash{}) {
		t.Errorf("%d reviews", len(made))
	}
}

// What the hub says of a review is shown where the clerk looks.
func TestReviewRefusedAtTheHub(t *testing.T) {
	r, c := newReviewRig(t)
	d := c.opens("app-1")
	d.fields = map[string]string{"item.diploma": "pass", "item.licence": "pass", "item.household": "fail", "note.household": "户口簿是外省的", "item.pledge": "warn"}
	if status, _ := d.does("seal"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	rec, err := r.store.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Quarantined, protocol.ReasonAssent)
	_, html := c.get("/review/app-1")
	has(t, html, "省中心搁置", "第 1 条记录")
	_, html = c.get("/review")
	has(t, html, "还没有签名提交", "省中心搁置")
	r.with(func() { r.now = r.now.Add(24 * time.Hour) })
	if seen, err := r.store.SeenOn(r.today(), time.FixedZone("", 8*3600)); err != nil || len(seen) != 0 {
		t.Errorf("yesterday's stand in today's list: %v, %v", seen, err)
	}
}
