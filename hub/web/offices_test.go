package web_test

import (
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange/sheet"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
)

func (w *world) getOffice(id string) org.Office {
	w.t.Helper()
	var o org.Office
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) (err error) {
		o, err = org.GetOffice(w.t.Context(), tx, id)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return o
}

func officeForm(version int) url.Values {
	return url.Values{"head": {"谭丽华"}, "head_phone": {"0731-88880001"}, "admin": {"彭佳"}, "admin_phone": {"138 0013 8000"}, "address": {"麓山南路 12 号"}, "version": {fmt.Sprint(version)}}
}

// TestOfficeIsFilledIn by its own office and by the one above; the journal
// names the fields and no person.
func TestOfficeIsFilledIn(t *testing.T) {
	w := newWorld(t)
	page := "/gl/offices/" + countyHere
	if _, list := w.as("ci").get("/gl/offices"); !strings.Contains(textOf(list), "1 个市、9 个县（市、区）没有填齐负责人") {
		t.Errorf("what is missing is not told: %s", textOf(list))
	}
	res, _ := w.as("co").post(page, officeForm(1), page)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != page+"?done=save" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if o := w.getOffice(countyHere); o.Head != "谭丽华" || o.AdminPhone != "13800138000" || !o.Complete() || o.Version != 2 {
		t.Errorf("the office is %+v", o)
	}
	if _, list := w.as("ci").get("/gl/offices"); !strings.Contains(textOf(list), "8 个县（市、区）没有填齐负责人") {
		t.Errorf("it is still told as missing: %s", textOf(list))
	}
	second := officeForm(2)
	second.Set("admin", "向前")
	if res, _ := w.as("ci").post(page, second, page); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the office above may not: %d", res.StatusCode)
	}
	if res, _ := w.as("ci").post(page, func() url.Values { f := officeForm(3); f.Set("admin", "向前"); return f }(), page); res.Header.Get("Location") != page+"?done=same" {
		t.Errorf("the same again: %s", res.Header.Get("Location"))
	}
	if res, _ := w.as("co").post("/gl/offices/430100", officeForm(1), page); res.StatusCode != http.StatusNotFound {
		t.Errorf("a county writes its city: %d", res.StatusCode)
	}
	if res, _ := w.as("te").post(page, officeForm(3), page); res.StatusCode != http.StatusForbidden {
		t.Errorf("a technician writes: %d", res.StatusCode)
	}
	if got := w.acts(countyHere); !slices.Equal(got, []string{"office.changed", "office.changed"}) {
		t.Errorf("the journal has %q", got)
	}
	for table, all := range w.everything() {
		for _, row := range all.rows {
			if strings.HasPrefix(table, "journal") && strings.Contains(fmt.Sprint(row), "谭丽华") {
				t.Errorf("%s names a person: %v", table, row)
			}
		}
	}
	if _, html := w.as("co").get(page); !strings.Contains(textOf(html), "信息管理员") || !strings.Contains(html, `value="谭丽华"`) {
		t.Errorf("the page: %s", textOf(html))
	}
}

// TestOfficeFormIsRefused at the field, with what was typed; who writes over
// what another wrote meanwhile sees both (fault 31).
func TestOfficeFormIsRefused(t *testing.T) {
	w := newWorld(t)
	page := "/gl/offices/" + countyHere
	bad := officeForm(1)
	bad.Set("head_phone", "明天再填")
	res, html := w.as("co").post(page, bad, page)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, `value="明天再填"`) || !strings.Contains(html, `aria-describedby="e-head_phone"`) || !strings.Contains(textOf(html), "不是电话号码") {
		t.Errorf("%d %s", res.StatusCode, textOf(html))
	}
	if res, _ := w.as("co").post(page, officeForm(1), page); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	late := officeForm(1)
	late.Set("head", "田宏")
	res, html = w.as("ci").post(page, late, page)
	if text := textOf(html); res.StatusCode != http.StatusConflict || !strings.Contains(html, `value="田宏"`) || !strings.Contains(text, "现在是：谭丽华") || !strings.Contains(text, "别人改过了") {
		t.Errorf("%d %s", res.StatusCode, text)
	}
	if !strings.Contains(html, `name="version" value="2"`) {
		t.Error("saving once more would be refused again")
	}
	if o := w.getOffice(countyHere); o.Head != "谭丽华" {
		t.Errorf("it was written over: %s", o.Head)
	}
}

// attached is a file in a form; the zero value is none.
type attached struct {
	field, name string
	body        []byte
}

// multipart is a form that may hold a file, with the token it is given.
func (b *browser) multipart(path string, form url.Values, file attached, token string) *http.Request {
	b.w.t.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	own := maps.Clone(form)
	if own == nil {
		own = url.Values{}
	}
	if token != "" {
		own.Set("token", token)
	}
	for _, k := range slices.Sorted(maps.Keys(own)) {
		for _, v := range own[k] {
			if err := m.WriteField(k, v); err != nil {
				b.w.t.Fatal(err)
			}
		}
	}
	if file.field != "" {
		part, err := m.CreateFormFile(file.field, file.name)
		if err == nil {
			_, err = part.Write(file.body)
		}
		if err != nil {
			b.w.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.w.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+path, &buf)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Origin", b.w.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// sendFile sends a form that may hold a file, with the token that the page at
// from holds.
func (b *browser) sendFile(path string, form url.Values, file attached, from string) (*http.Response, string) {
	b.w.t.Helper()
	token := ""
	_, page := b.get(from)
	if m := tokenField.FindStringSubmatch(page); m != nil {
		token = m[1]
	}
	return b.do(b.multipart(path, form, file, token))
}

// officeList is a list of offices as somebody fills it in.
func officeList(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	var b bytes.Buffer
	s, err := sheet.New(sheet.KindXLSX, &b, sheet.About{Title: "机构", At: now()}, []string{"机构编号", "负责人", "负责人电话"})
	for _, r := range rows {
		if err == nil {
			err = s.Row(r...)
		}
	}
	if err == nil {
		err = s.Close("")
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOfficesFromAList: what the hub exports is filled in and sent back; all or
// nothing, and only what is theirs.
func TestOfficesFromAList(t *testing.T) {
	w := newWorld(t)
	res, file := w.as("ci").get("/gl/offices?as=xlsx")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("export: %d", res.StatusCode)
	}
	if res, body := w.as("ci").sendFile("/gl/offices/import", nil, attached{"list", "机构.xlsx", []byte(file)}, "/gl/offices"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/offices?done=import&rows=10&changed=0" {
		t.Errorf("the exported list as it is: %d %s %s", res.StatusCode, res.Header.Get("Location"), textOf(body))
	}
	good := officeList(t, []any{countyHere, "谭丽华", "0731-88880001"}, []any{"430102", "周明", "0731-88880002"})
	if res, body := w.as("ci").sendFile("/gl/offices/import", nil, attached{"list", "x.xlsx", good}, "/gl/offices"); res.StatusCode != http.StatusSeeOther || !strings.HasSuffix(res.Header.Get("Location"), "rows=2&changed=2") {
		t.Errorf("a good list: %d %s", res.StatusCode, textOf(body))
	}
	if o := w.getOffice("430102"); o.Head != "周明" || o.Admin != "" {
		t.Errorf("the office is %+v", o)
	}
	bad := officeList(t, []any{"430103", "好的", "0731-88880003"}, []any{countyThere, "别市的", "0735-88880001"}, []any{"430105", "电话不对", "88880001"})
	res, html := w.as("ci").sendFile("/gl/offices/import", nil, attached{"list", "x.xlsx", bad}, "/gl/offices")
	text := textOf(html)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "表里有 2 处不对") || !strings.Contains(text, "没有这个编号的机构，或者不归您管") || !strings.Contains(text, "不是电话号码") {
		t.Errorf("a bad list: %d %s", res.StatusCode, text)
	}
	if o := w.getOffice("430103"); o.Head != "" {
		t.Error("a row of a refused list was taken")
	}
	for name, body := range map[string]attached{"要 .xlsx 表": {"list", "x.xlsx", []byte("不是表")}, "没有选文件": {}} {
		if res, html := w.as("ci").sendFile("/gl/offices/import", nil, body, "/gl/offices"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(html), name) {
			t.Errorf("%s: %d %s", name, res.StatusCode, textOf(html))
		}
	}
	if res, _ := w.as("co").sendFile("/gl/offices/import", nil, attached{"list", "x.xlsx", good}, "/gl/offices"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a county imports: %d", res.StatusCode)
	}
	if res, _ := w.as("po").sendFile("/gl/offices/import", nil, attached{"list", "x.xlsx", officeList(t, []any{countyThere, "省里填的", "0735-88880001"})}, "/gl/offices"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the province: %d", res.StatusCode)
	}
	if got := w.acts("430100"); !slices.Equal(got, []string{"offices.imported", "offices.imported"}) {
		t.Errorf("the journal has %q", got)
	}
	_, page := w.as("po").get("/gl/offices?city=430100&lacking=yes")
	if strings.Contains(page, "/gl/offices/"+countyThere) || !strings.Contains(page, `/gl/offices/430103"`) {
		t.Errorf("the filter: %s", textOf(page))
	}
}

// TestPointPages: the list by filters, and all of a point on its page.
func TestPointPages(t *testing.T) {
	w := newWorld(t)
	w.write(t.Context(), func(tx *db.Tx) error {
		return w.flow.CreatePoint(t.Context(), tx, org.Point{Code: "43010402", Name: "岳麓区第 2 报名确认点", Division: countyHere, Contact: "李晓雯", Phone: "0731-55500177", Levels: "1",
			Medical: true, Boxes: 3}, flow.Operator())
	})
	_, all := w.as("co").get("/gl/points")
	if text := textOf(all); !strings.Contains(text, "确认点 2 个") || !strings.Contains(text, "李晓雯") || !strings.Contains(text, "终端不够") {
		t.Errorf("the list: %s", text)
	}
	for q, want := range map[string][]bool{"?takes=medical": {false, true}, "?state=open": {true, false}, "?state=shut": {false, true}, "?state=short": {false, true}, "?takes=minors": {false, false},
		"?place=" + countyHere: {true, true}, "?place=430102": {false, false}} {
		_, page := w.as("co").get("/gl/points" + q)
		got := []bool{strings.Contains(page, `/gl/points/`+pointHere+`"`), strings.Contains(page, `/gl/points/43010402"`)}
		if !slices.Equal(got, want) {
			t.Errorf("%s shows %v, want %v", q, got, want)
		}
	}
	id := w.as("cl").report(reportForm())
	_, page := w.as("co").get("/gl/points/" + pointHere)
	text := textOf(page)
	for _, want := range []string{"岳麓区第 1 报名确认点", "长沙市岳麓区", "某路 1 号", "0731-55500123", "全部层次", "某cl", "确认点工作人员", "停电 等接手", "新设确认点"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	for _, link := range []string{"/gl/boxes/" + w.boxes[pointHere].ID, "/gl/incidents/" + id, "/gl/incidents/new?point=" + pointHere} {
		if !strings.Contains(page, link) {
			t.Errorf("the page does not lead to %s", link)
		}
	}
	for name, want := range map[string]bool{"co": true, "ci": false, "te": false} {
		_, page := w.as(name).get("/gl/points/" + pointHere)
		if got := strings.Contains(page, "/gl/approvals/new?kind=point-change&amp;point="+pointHere); got != want {
			t.Errorf("%s is led to declare a change: %v", name, got)
		}
	}
	if _, file := w.as("co").get("/gl/points?as=csv"); !strings.Contains(file, "43010402,") || strings.Contains(file, pointThere) {
		t.Errorf("the file: %s", file)
	}
	if _, page := w.as("cl").get("/gl/points"); strings.Contains(page, "/gl/points/43010402") {
		t.Error("a clerk sees another point")
	}
	if res, _ := w.as("cl").get("/gl/points/43010402"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a clerk opens another point: %d", res.StatusCode)
	}
}
