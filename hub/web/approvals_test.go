package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/staff"
)

// send posts a form with files, with the token that the page at from holds.
func (b *browser) send(to string, form url.Values, files map[string][]byte, from string) (*http.Response, string) {
	b.w.t.Helper()
	_, page := b.get(from)
	if m := tokenField.FindStringSubmatch(page); m != nil {
		form.Set("token", m[1])
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	must := func(err error) {
		if err != nil {
			b.w.t.Fatal(err)
		}
	}
	for key, values := range form {
		for _, v := range values {
			must(w.WriteField(key, v))
		}
	}
	for key, file := range files {
		part, err := w.CreateFormFile(key, "石淼 430104199001010013.pdf") // what a file is called is nobody's business
		must(err)
		_, err = part.Write(file)
		must(err)
	}
	must(w.Close())
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+to, &body)
	must(err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", b.w.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for i := range 320 * 200 {
		m.Set(i%320, i/320, color.RGBA{uint8(i), uint8(i >> 8), 90, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var pdf = []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

func pointForm() url.Values {
	return url.Values{"kind": {"point"}, "f-name": {"岳麓区第 2 报名确认点"}, "f-contact": {"谭丽华"}, "f-phone": {"0731-55500123"}, "f-address": {"桐梓坡路 1 号"},
		"f-levels": {"1", "3"}, "f-minors": {"1"}, "f-boxes": {"3"}}
}

func idOf(res *http.Response) string {
	u, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		return ""
	}
	return path.Base(u.Path)
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// decide does one thing to a case from its page, as somebody.
func (w *world) decide(who, what, id, opinion string) (*http.Response, string) {
	w.t.Helper()
	at := "/gl/approvals/" + id
	_, page := w.as(who).get(at)
	form := url.Values{"opinion": {opinion}}
	if m := versionField.FindStringSubmatch(page); m != nil {
		form.Set("version", m[1])
	}
	return w.as(who).post(at+"/"+what, form, at)
}

func (w *world) done(who, what, id, opinion string) {
	w.t.Helper()
	if res, body := w.decide(who, what, id, opinion); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("%s by %s: %d %s", what, who, res.StatusCode, textOf(body))
	}
}

func (w *world) declare(form url.Values) string {
	w.t.Helper()
	res, body := w.as("co").send("/gl/approvals/new", form, map[string][]byte{"p-site-plan": picture(w.t)}, "/gl/approvals/new?kind=point")
	if res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("declared: %d %s", res.StatusCode, textOf(body))
	}
	return idOf(res)
}

func (w *world) caseOf(id string) (c approval.Case) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) (err error) {
		c, err = approval.Get(w.t.Context(), tx, id)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) says(who, path string, want ...string) string {
	w.t.Helper()
	res, page := w.as(who).get(path)
	if res.StatusCode != http.StatusOK {
		w.t.Errorf("%s at %s: %d", who, path, res.StatusCode)
	}
	text := textOf(page)
	for _, x := range want {
		if !strings.Contains(text, x) {
			w.t.Errorf("%s at %s does not see %q: %s", who, path, x, text)
		}
	}
	return text
}

// TestPointDeclared walks a declaration through every office at its pages:
// returned with a reason, mended, judged for another office, approved; and one
// that is withdrawn.
func TestPointDeclared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		id := w.declare(pointForm())
		w.says("co", "/gl/approvals/mine", "本机构申报 1 件", "岳麓区第 2 报名确认点", "等市级审核")
		w.says("co", "/gl/approvals", "没有要我审核的")
		w.says("po", "/gl/approvals", "没有要我审核的")
		w.says("ci", "/gl/approvals", "待我审核 1 件", "新设确认点", "新报", "高起本，专升本", "受理低龄考生", "场地平面图", "JPEG", "退回修改", "不同意")
		if strings.Contains(w.says("co", "/gl/approvals/"+id), "不同意") {
			t.Error("the county is offered to judge what it submitted")
		}

		if res, body := w.decide("ci", "return", id, ""); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(body), "请写明意见") {
			t.Errorf("returned without a reason: %d", res.StatusCode)
		}
		w.done("ci", "return", id, "平面图看不出等候区")
		w.says("co", "/gl/approvals/"+id, "退回了这件", "平面图看不出等候区", "修改后重报")
		_, page := w.as("co").get("/gl/approvals/" + id + "/mend")
		if !strings.Contains(page, `value="桐梓坡路 1 号"`) || !strings.Contains(page, "平面图看不出等候区") || !strings.Contains(page, "已有 JPEG") {
			t.Error("the form of a mended case has lost what was filled in")
		}
		form := pointForm()
		form.Set("f-address", "桐梓坡路 8 号")
		form.Set("version", versionField.FindStringSubmatch(page)[1])
		res, body := w.as("co").send("/gl/approvals/"+id+"/mend", form, map[string][]byte{"p-site-plan": pdf}, "/gl/approvals/"+id+"/mend")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("mended: %d %s", res.StatusCode, textOf(body))
		}
		w.says("ci", "/gl/approvals/"+id, "第 2 次申报", "桐梓坡路 8 号", "原来", "桐梓坡路 1 号", "PDF", "第 1 次的")

		w.as("po")
		w.as("pa")
		res, body = w.as("ci").post("/gl/approvals/delegations", url.Values{"account": {w.accountID("po")}, "until": {"2019-09-10"}, "reason": {"外出开会"}}, "/gl/approvals/delegations")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("delegated: %d %s", res.StatusCode, textOf(body))
		}
		w.says("po", "/gl/approvals", "待我审核 1 件", "代长沙市招生考试机构审核")
		w.done("po", "agree", id, "材料齐全")
		if text := w.says("po", "/gl/approvals/"+id, "代长沙市招生考试机构", "材料齐全"); strings.Contains(text, "不同意") {
			t.Error("she is offered to judge at two tiers")
		}
		w.done("pa", "agree", id, "")
		if c := w.caseOf(id); c.State != approval.Approved || c.Point != "43010402" {
			t.Fatalf("%+v", c)
		}
		w.says("co", "/gl/points", "岳麓区第 2 报名确认点", "43010402")
		w.says("co", "/gl/approvals/"+id, "已通过", "43010402")

		form = pointForm()
		form.Set("f-name", "不办了的确认点")
		id = w.declare(form)
		w.done("co", "withdraw", id, "")
		if c := w.caseOf(id); c.State != approval.Withdrawn {
			t.Errorf("%+v", c)
		}
		w.sealedUp()
		w.says("po", "/gl/journal", "申报事项", "审核退回", "修改后重报", "委托审核", "审核通过", "撤回申报", "平面图看不出等候区")
		for _, never := range []string{"谭丽华", "桐梓坡路", "55500123"} {
			if strings.Contains(w.log.String(), never) || strings.Contains(w.says("pa", "/gl/journal"), never) {
				t.Errorf("log or journal quotes the form: %s", never)
			}
		}
	})
}

func (w *world) accountID(name string) (id string) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT id FROM account WHERE name = $1`, name).Scan(&id)
	}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestForeignCases: another county's case, attachment and delegation are
// nowhere, in no list, count or file.
func TestForeignCases(t *testing.T) {
	w := newWorld(t)
	id := w.declare(pointForm())
	paper := w.paperOf(id)
	far := account{"far", staff.CountyOperator, countyThere, ""}
	w.hireAs(far)
	for _, p := range []string{"/gl/approvals/" + id, "/gl/approvals/" + id + "/mend", "/gl/papers/" + paper, "/gl/approvals?case=" + id} {
		if res, _ := w.as("far").get(p); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", p, res.StatusCode)
		}
	}
	for _, what := range []string{"agree", "refuse", "return", "withdraw"} {
		if res, _ := w.as("far").post("/gl/approvals/"+id+"/"+what, url.Values{"version": {"1"}, "opinion": {"x"}}, "/gl/approvals"); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	if res, body := w.as("far").post("/gl/approvals/agree", url.Values{"case": {id + ".1"}}, "/gl/approvals"); res.StatusCode != http.StatusConflict || w.caseOf(id).Version != 1 {
		t.Errorf("in bulk: %d %s", res.StatusCode, textOf(body))
	}
	for _, p := range []string{"/gl/approvals", "/gl/approvals/all", "/gl/approvals/mine", "/gl/approvals/late", "/gl/approvals/all?as=csv"} {
		if _, page := w.as("far").get(p); strings.Contains(page, id) || strings.Contains(page, "岳麓区第 2") {
			t.Errorf("%s shows a foreign case", p)
		}
	}
	if _, file := w.as("co").get("/gl/approvals/all?as=csv"); !strings.Contains(file, "岳麓区第 2 报名确认点") || !strings.Contains(file, id) {
		t.Errorf("the county's own file: %s", file)
	}
}

// hireAs makes an account that is not among the usual ones.
func (w *world) hireAs(a account) {
	w.t.Helper()
	w.extra = append(w.extra, a)
}

func (w *world) paperOf(id string) string {
	w.t.Helper()
	var out string
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) error {
		all, err := approval.Papers(w.t.Context(), tx, id)
		if len(all) > 0 {
			out = all[0].ID
		}
		return err
	}); err != nil || out == "" {
		w.t.Fatalf("no attachment: %v", err)
	}
	return out
}

// TestAttachments: what is inside decides, a picture loses what is hidden in
// it, what is shown is journalled, and what lies on the disk is ciphertext.
func TestAttachments(t *testing.T) {
	w := newWorld(t)
	hidden := append(bytes.Clone(picture(t)[:2]), append([]byte("\xff\xe1\x00\x22Exif\x00\x00GPS 28.2282 112.9388 xxxxxxx"), picture(t)[2:]...)...)
	wide := image.NewGray(image.Rect(0, 0, 5000, 2))
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, wide); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":        {nil, "请选一个文件"},
		"a program":      {[]byte("MZ\x90\x00 and so on"), "文件类型不对"},
		"a page":         {[]byte("<html><script>alert(1)</script>%PDF-1.4 %%EOF"), "文件类型不对"},
		"half a PDF":     {[]byte("%PDF-1.4\n1 0 obj"), "文件打不开"},
		"half a JPEG":    {picture(t)[:300], "文件打不开"},
		"a bomb":         {bomb.Bytes(), "图片尺寸过大"},
		"too many bytes": {append(bytes.Clone(pdf), make([]byte, 9<<20)...), "文件太大"},
	} {
		files := map[string][]byte{}
		if c.file != nil {
			files["p-site-plan"] = c.file
		}
		res, body := w.as("co").send("/gl/approvals/new", pointForm(), files, "/gl/approvals/new?kind=point")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(body), c.want) || !strings.Contains(body, `value="桐梓坡路 1 号"`) {
			t.Errorf("%s: %d %s", name, res.StatusCode, textOf(body))
		}
	}
	res, body := w.as("co").send("/gl/approvals/new", pointForm(), map[string][]byte{"p-site-plan": hidden, "p-permit": pdf}, "/gl/approvals/new?kind=point")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, textOf(body))
	}
	id := idOf(res)
	var papers []approval.Paper
	w.write(t.Context(), func(tx *db.Tx) (err error) {
		papers, err = approval.Papers(t.Context(), tx, id)
		return err
	})
	for _, p := range papers {
		res, body := w.as("ci").get("/gl/papers/" + p.ID)
		want, how := "image/jpeg", "inline"
		if p.Name == "permit" {
			want, how = "application/pdf", "attachment"
		}
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != want || !strings.HasPrefix(res.Header.Get("Content-Disposition"), how) || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %s", p.Name, res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"))
		}
		if strings.Contains(body, "GPS 28.2282") || strings.Contains(res.Header.Get("Content-Disposition"), "430104199001010013") {
			t.Errorf("%s: keeps what nobody should see", p.Name)
		}
		if p.Name == "permit" && body != string(pdf) {
			t.Error("the PDF is another")
		}
		raw, err := w.blobs.Get(p.Hash())
		if err != nil || bytes.Contains(raw, []byte("%PDF")) || bytes.HasPrefix(raw, []byte{0xff, 0xd8}) {
			t.Errorf("%s lies readable among the blobs: %v", p.Name, err)
		}
	}
	w.sealedUp()
	w.says("po", "/gl/journal", "查看申报附件", "某ci")
}

// TestFormIsHeldToItsKind: what no field asks for is not taken, what is wrong is
// said at its field, and nothing typed is lost (S11).
func TestFormIsHeldToItsKind(t *testing.T) {
	w := newWorld(t)
	form := pointForm()
	form.Set("f-boxes", "600")
	form.Set("f-phone", "打我手机")
	form.Set("f-name", "")
	form["f-levels"] = []string{"1", "9"}
	res, body := w.as("co").send("/gl/approvals/new", form, map[string][]byte{"p-site-plan": pdf}, "/gl/approvals/new?kind=point")
	if res.StatusCode != http.StatusUnprocessableEntity || strings.Count(body, `class="error"`) != 4 || strings.Count(body, `aria-invalid="true"`) != 3 {
		t.Errorf("%d, %d errors: %s", res.StatusCode, strings.Count(body, `class="error"`), textOf(body))
	}
	for _, kept := range []string{`value="600"`, `value="打我手机"`, `value="谭丽华"`, `name="f-levels" value="1" checked`} {
		if !strings.Contains(body, kept) {
			t.Errorf("%s is lost", kept)
		}
	}
	form = pointForm()
	for _, extra := range []string{"f-open", "f-code", "f-state", "state", "office", "tier", "f-version", "judge", "division"} {
		form.Set(extra, "1")
	}
	id := w.declare(form)
	var content approval.Content
	w.write(t.Context(), func(tx *db.Tx) (err error) {
		content, err = approval.OpenContent(t.Context(), tx, w.keys, id, 1)
		return err
	})
	if len(content) != 7 || w.caseOf(id).Judge != "430100" {
		t.Errorf("%d fields were taken, %+v", len(content), w.caseOf(id))
	}
	for _, kind := range []string{"moon", "point-change", "..%2f"} {
		if res, _ := w.as("ci").get("/gl/approvals/new?kind=" + kind); res.StatusCode == http.StatusOK {
			t.Errorf("the city is shown the form of %s", kind)
		}
	}
}
