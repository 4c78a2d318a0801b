package desk

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// send posts a form with files, as a browser does; fields are key and value in
// turn, file is what is brought in "file".
func (c *clerk) send(from, to string, file []byte, fields ...string) (int, string) {
	c.Helper()
	_, html := c.get(from)
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	write := func(k, v string) {
		if err := m.WriteField(k, v); err != nil {
			c.Fatal(err)
		}
	}
	if t := hidden.FindStringSubmatch(html); t != nil {
		write(t[1], t[2])
	}
	for i := 0; i < len(fields); i += 2 {
		write(fields[i], fields[i+1])
	}
	if file != nil {
		f, err := m.CreateFormFile("file", "IMG_1.jpg")
		if err == nil {
			_, err = f.Write(file)
		}
		if err != nil {
			c.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		c.Fatal(err)
	}
	res, err := c.client.Post(c.server.URL+to, m.FormDataContentType(), &b)
	return c.read(res, err)
}

// passport is what a clerk types of one.
func passport(change ...string) []string {
	f := []string{"why", "no-chip", "document", "08", "number", "14CV28143", "name", "Élodie Marchand", "sex", "2", "birth", "1994-05-12",
		"nationality", "fra", "to", "20280101"}
	return append(f, change...)
}

// rigPapers is a desk whose box takes what is presented.
func rigPapers(t *testing.T) (*rig, *[]visit.Presented) {
	var begun []visit.Presented
	r := newRig(t, func(o *Options) {
		o.Papers = func(_ context.Context, e visit.Presented) error { begun = append(begun, e); return nil }
		o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, paper(64, 32)), nil }
	})
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	return r, &begun
}

// A passport is typed and pictured, by the box's camera and from the clerk's own
// machine, and the visit begins; afterwards the desk holds nothing of it.
func TestPapersBegin(t *testing.T) {
	r, begun := rigPapers(t)
	c := r.signedIn("chen")
	if status, _ := c.send("/papers", "/papers", nil, passport("do", "take")...); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if status, _ := c.send("/papers", "/papers", withExif(asJPEG(t, paper(64, 32)), 6), passport("do", "bring")...); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	_, html := c.get("/papers")
	has(t, html, `value="14CV28143"`, `value="Élodie Marchand"`, "/papers/picture/1", "/papers/picture/2", "护照资料页")
	if status, body := c.get("/papers/picture/2"); status != http.StatusOK || !strings.HasPrefix(body, "\xff\xd8") || strings.Contains(body, "Exif") {
		t.Error("the picture cannot be looked at, or is as it came", status)
	}
	other := r.signedIn("tan")
	if status, _ := other.get("/papers/picture/2"); status != http.StatusNotFound {
		t.Error("somebody else's session shows it", status)
	}
	if _, html := other.get("/papers"); strings.Contains(html, "14CV28143") {
		t.Error("what one clerk types, another sees")
	}
	if status, html := c.send("/papers", "/papers", nil, passport("do", "begin")...); status != http.StatusSeeOther {
		t.Fatal(status, html)
	}
	if len(*begun) != 1 {
		t.Fatal("begun", len(*begun))
	}
	e := (*begun)[0]
	want := form.Chip{Type: form.ChipPapers, Number: "14CV28143", Name: "ÉLODIE MARCHAND", Sex: "2", Birth: "19940512", Nationality: "FRA", ValidTo: "20280101"}
	if e.Chip != want || e.Papers != (protocol.Papers{Why: protocol.WhyNoChip, Document: "08", Copies: 2}) || len(e.Copies) != 2 {
		t.Errorf("presented otherwise than typed: document %s, %d copies", e.Papers.Document, len(e.Copies))
	}
	if e.Clerk.Account != "s-chen" || e.Clerk.Role != protocol.AssentClerk || e.Clerk.How != protocol.HowCode || e.Clerk.At == 0 {
		t.Errorf("clerk %+v", e.Clerk)
	}
	if _, html := c.get("/papers"); strings.Contains(html, "14CV28143") || strings.Contains(html, "/papers/picture/") {
		t.Error("the desk still holds what was presented")
	}
}

// What is wrong is said at its field, by the rules of the type of document, and
// everything typed stays.
func TestPapersWrong(t *testing.T) {
	r, begun := rigPapers(t)
	c := r.signedIn("chen")
	if _, html := c.send("/papers", "/papers", nil, "do", "begin"); true {
		has(t, html, "请选为什么不刷卡", "请选报名用的证件", "请照原件录姓名", "请选性别", "日期不对", "至少要拍一张", "录过的都在")
	}
	c.send("/papers", "/papers", nil, passport("do", "take")...)
	resident := []string{"document", "01", "why", "missing", "note", "户口簿", "number", "11010519491231002X", "name", "王小明", "sex", "2", "birth", "19491231", "nationality", "", "to", ""}
	for _, tc := range []struct {
		name   string
		change []string
		want   string
	}{
		{"chip", []string{"document", "02"}, "这种证件有芯片：请先刷卡"},
		{"no chip", []string{"why", "missing"}, "这种证件没有芯片，原因请选"},
		{"number of another kind", []string{"number", "护照一号"}, "号码不合这种证件的规则"},
		{"no end", []string{"to", ""}, "请录有效期"},
		{"lapsed", []string{"to", "20190905"}, "这份证件过期了"},
		{"no such day", []string{"birth", "19940231"}, "日期不对"},
		{"not born yet", []string{"birth", "20300101"}, "日期不对"},
		{"nationality", []string{"nationality", "法国"}, "国籍代码是 3 个字母"},
		{"check digit", append(resident[:len(resident):len(resident)], "number", "110105194912310021"), "号码不合这种证件的规则"},
		{"sex of the number", append(resident[:len(resident):len(resident)], "sex", "1"), "和号码里的性别不一样"},
		{"birth of the number", append(resident[:len(resident):len(resident)], "birth", "19491230"), "和号码里的出生日期不一样"},
		{"what was shown", append(resident[:len(resident):len(resident)], "note", ""), "请写明看的是什么证件"},
	} {
		fields := merged(passport(), tc.change, "do", "begin")
		status, html := c.send("/papers", "/papers", nil, fields...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, tc.want) || !strings.Contains(html, "/papers/picture/1") {
			t.Errorf("%s: %d, the page does not say %q", tc.name, status, tc.want)
		}
	}
	if len(*begun) != 0 {
		t.Fatal("begun all the same")
	}
	if status, _ := c.send("/papers", "/papers", nil, merged(passport(), resident, "do", "begin")...); status != http.StatusSeeOther || len(*begun) != 1 {
		t.Error("a lost card, and what was shown instead: ", status)
	}
}

// merged is a with what b says otherwise.
func merged(a, b []string, more ...string) []string {
	v := map[string]string{}
	for _, l := range [][]string{a, b, more} {
		for i := 0; i < len(l); i += 2 {
			v[l[i]] = l[i+1]
		}
	}
	var out []string
	for k, x := range v {
		out = append(out, k, x)
	}
	return out
}

// A box that is busy, stopped or blind says so, and nothing typed is lost.
func TestPapersNotNow(t *testing.T) {
	r, _ := rigPapers(t)
	c := r.signedIn("chen")
	c.send("/papers", "/papers", nil, passport("do", "take")...)
	for err, want := range map[error]string{ErrPapersBusy: "正有人办理", ErrPapersCamera: "没有摄像头", ErrPapersStopped: "不办理新的确认"} {
		r.o.Papers = func(context.Context, visit.Presented) error { return err }
		if status, html := c.send("/papers", "/papers", nil, passport("do", "begin")...); status != http.StatusUnprocessableEntity || !strings.Contains(html, want) || !strings.Contains(html, "14CV28143") {
			t.Errorf("%v: %d, want %q", err, status, want)
		}
	}
	for err, want := range map[error]string{ErrCameraBusy: "正给考生照相", ErrCameraLost: "没有画面", errors.New("x"): "没有画面"} {
		r.o.Picture = func(context.Context) ([]byte, error) { return nil, err }
		if _, html := c.send("/papers", "/papers", nil, passport("do", "take")...); !strings.Contains(html, want) {
			t.Errorf("%v: the page does not say %q", err, want)
		}
	}
	if _, html := c.send("/papers", "/papers", []byte("%PDF-1.7"), passport("do", "bring")...); !strings.Contains(html, "这不是能看的图片") {
		t.Error("a PDF is taken")
	}
	if status, _ := c.send("/papers", "/papers", bytes.Repeat([]byte{0}, uploadRoom+1), passport("do", "bring")...); status == http.StatusSeeOther || status == http.StatusOK {
		t.Error("more than a form may bring", status)
	}
	c.send("/papers", "/papers", nil, passport("do", "drop-1")...)
	if _, html := c.get("/papers"); strings.Contains(html, "/papers/picture/") || !strings.Contains(html, "14CV28143") {
		t.Error("dropping a picture did something else")
	}
	c.send("/papers", "/papers", nil, passport("do", "clear")...)
	if _, html := c.get("/papers"); strings.Contains(html, "14CV28143") {
		t.Error("not cleared")
	}
}

// A session that ends takes what was typed and pictured with it.
func TestPapersEndWithTheSession(t *testing.T) {
	r, _ := rigPapers(t)
	c := r.signedIn("chen")
	c.send("/papers", "/papers", nil, passport("do", "take")...)
	var held *session
	for _, s := range r.sessions.all {
		held = s
	}
	c.post("/", "/sign-out")
	if held.papers.get() != (papersForm{}) || len(held.albums.of(albumPapers).Numbers()) != 0 {
		t.Error("the session's memory still holds papers")
	}
}

// A session that nobody comes back to ends all the same, with what it holds.
func TestPapersOfASessionLeftOpen(t *testing.T) {
	r, _ := rigPapers(t)
	c := r.signedIn("chen")
	c.send("/papers", "/papers", nil, passport("do", "take")...)
	var held *session
	for _, s := range r.sessions.all {
		held = s
	}
	r.Sweep()
	if len(held.albums.of(albumPapers).Numbers()) != 1 {
		t.Fatal("swept while it is in use")
	}
	r.with(func() { r.mono += idleLimit })
	r.Sweep()
	if held.papers.get() != (papersForm{}) || len(held.albums.of(albumPapers).Numbers()) != 0 || len(r.sessions.all) != 0 {
		t.Error("nobody came back, and the box still holds papers")
	}
}

// Every type of document of every campaign that ships has rules for its number.
func TestEveryDocumentCanBeTyped(t *testing.T) {
	for _, c := range []campaign.Campaign{campaign.Adult2019(), campaign.Gaokao2014()} {
		for _, d := range c.Documents {
			number := map[string]string{"resident": "11010519491231002X", "hkmo-residence": "810000199408230021", "tw-residence": "830000199201300022",
				"hkmo-travel": "H12345678", "tw-travel": "12345678", "foreigner2017": "USA430084090404", "foreigner2023": "911124198108030024",
				"passport": "14CV28143", "military": "南字第1234567号"}[d.Kind]
			_, wrong := readPaper(papersForm{Why: protocol.WhyMissing, Document: d.Code, Number: number, Name: "王小明", Sex: "2", Note: "x"}, &c, time.Now())
			if why := wrong["number"]; why != "" || wrong["document"] != "" {
				t.Errorf("%s: document %s (%s) cannot be typed: %s", c.ID, d.Code, d.Kind, why)
			}
		}
	}
}

// A number that is registered here with another name begins nothing until the clerk has
// looked again and says of this number that it is one person; another spelling of the
// name is no other name.
func TestPapersOfAnotherName(t *testing.T) {
	r, begun := rigPapers(t)
	app := form.Application{ID: "web-1", Campaign: "adult-2019", Version: 1, Point: "43010402",
		Fields: form.Fields{form.DocumentNumber: "11010519491231002X", form.FullName: "王小 明"}}
	if err := r.store.ApplyRoster(0, 1, protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app}}}, 7); err != nil {
		t.Fatal(err)
	}
	c := r.signedIn("chen")
	typed := func(more ...string) []string {
		return merged(passport(), []string{"document", "01", "why", "missing", "note", "户口簿", "number", "11010519491231002X", "sex", "2", "birth", "19491231", "nationality", "", "to", ""}, more...)
	}
	c.send("/papers", "/papers", nil, typed("do", "take")...)
	for name, more := range map[string][]string{"another name": {"name", "田小满"}, "said of another number": {"name", "田小满", "same", "110105194912310021"}} {
		status, html := c.send("/papers", "/papers", nil, typed(append(more, "do", "begin")...)...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(html, "这个号码登记的是另一个姓名") || !strings.Contains(html, `name="same" value="11010519491231002X"`) || strings.Contains(html, "王小") {
			t.Errorf("%s: %d", name, status)
		}
	}
	if len(*begun) != 0 {
		t.Fatal("begun all the same")
	}
	for n, more := range [][]string{{"name", "田小满", "same", "11010519491231002X"}, {"name", "王小明"}} {
		c.send("/papers", "/papers", nil, typed("do", "take")...)
		if status, _ := c.send("/papers", "/papers", nil, typed(append(more, "do", "begin")...)...); status != http.StatusSeeOther || len(*begun) != n+1 {
			t.Errorf("%v: %d, %d begun", more, status, len(*begun))
		}
	}
}
