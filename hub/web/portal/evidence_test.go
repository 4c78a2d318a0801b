package portal_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	pics "zhunkao/hub/picture"
	"zhunkao/protocol/form"
)

// upload sends a file in a form.
func (b *browser) upload(path string, fields map[string]string, file []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			b.t.Fatal(err)
		}
	}
	if file != nil {
		part, err := m.CreateFormFile("file", "王小明 身份证 430102.jpg")
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.w.server.URL+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Origin", b.w.server.URL)
	return b.do(req)
}

// snapshot is a picture as a telephone takes it, with where it was taken.
func snapshot(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00GPS 28.2N 112.9E"
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(out, b.Bytes()[2:]...)
}

func (h *her) pictures() (out []pics.Picture) {
	h.t.Helper()
	h.w.read(func(tx *db.Tx) (err error) {
		out, err = pics.List(h.t.Context(), tx, h.account, h.w.camp.ID)
		return err
	})
	return out
}

func TestEvidence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h, other := w.arrive(0), w.arrive(1)
		for _, x := range []*her{h, other} {
			x.begin(func(app *form.Application) {
				bachelor(app)
				app.Fields[form.Ethnic], app.Fields[form.BirthDate] = "01", "19990101"
				app.Choices = []form.Choice{w.programme("12", 0).Choice(1)}
			})
		}
		a := h.see("/ks/evidence")
		disabled := func(value string) bool {
			return strings.Contains(regexp.MustCompile(`<input[^>]*value="`+value+`"[^>]*>`).FindString(a.Page), "disabled")
		}
		if disabled("bonus-B05") || !disabled("bonus-B08") || !disabled("exemption-E03") || disabled("exemption-E01") || !a.says("少数民族考生：请核对民族") || !a.says("不适用于“高起本”") {
			t.Errorf("what may be claimed: %s", a.text())
		}
		for _, bad := range []string{"bonus-B08", "exemption-E03", "bonus-B99", "x-1", "", "bonus-"} {
			if got := h.send(a, "/ks/evidence", url.Values{"claim": {bad}}); got.Status != http.StatusUnprocessableEntity || len(h.drafted().Application.Claims) > 0 {
				t.Errorf("%q: %d", bad, got.Status)
			}
		}
		if got := h.send(a, "/ks/evidence", url.Values{"claim": {"bonus-B05"}, "number": {strings.Repeat("长", 61)}}); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a number too long: %d", got.Status)
		}
		got := h.send(a, "/ks/evidence", url.Values{"claim": {"bonus-B05"}, "number": {" 功 2018-12 "}})
		want := form.Claim{Kind: form.BonusClaim, Code: "B05", Evidence: "功 2018-12"}
		if c := h.drafted().Application.Claims; got.Status != http.StatusSeeOther || len(c) != 1 || c[0] != want {
			t.Fatalf("%d, claimed %v", got.Status, c)
		}
		if got := h.send(a, "/ks/evidence", url.Values{"claim": {"bonus-B05"}, "number": {" 功 2018-12 "}}); got.Status != http.StatusSeeOther || len(h.drafted().Application.Claims) != 1 {
			t.Errorf("the same click twice: %d", got.Status)
		}

		// A picture of the paper.
		a = h.see("/ks/evidence")
		fields := map[string]string{"token": tokenOf(a), "claim": "bonus-B05"}
		if got := h.upload("/ks/evidence/picture", fields, snapshot(t, 800, 600)); got.Status != http.StatusSeeOther {
			t.Fatalf("%d: %s", got.Status, got.text())
		}
		shown := h.see("/ks/evidence/picture/1")
		if c, err := jpeg.DecodeConfig(strings.NewReader(shown.Page)); err != nil || c.Width != 600 || c.Height != 800 || strings.Contains(shown.Page, "GPS") || shown.Head.Get("Cache-Control") != "no-store" {
			t.Errorf("the picture: %v, %v, kept by the browser: %q", c, err, shown.Head.Get("Cache-Control"))
		}
		if a := h.see("/ks/evidence"); !strings.Contains(a.Page, `src="/ks/evidence/picture/1"`) || !a.says("还可以传 2 张") {
			t.Errorf("after the picture: %s", a.text())
		}
		for _, path := range []string{"/ks/evidence/picture/1", "/ks/evidence/picture/0", "/ks/evidence/picture/x"} {
			if got := other.get(path); got.Status != http.StatusNotFound {
				t.Errorf("%s for somebody else: %d", path, got.Status)
			}
		}
		// What is no picture is refused in words, and leaves nothing.
		for says, file := range map[string][]byte{
			"不收 PDF": []byte("%PDF-1.7\n%%EOF"), "HEIC": []byte("\x00\x00\x00\x18ftypheic"), "这不是照片": []byte("<html><script>alert(1)</script>"),
			"打不开": snapshot(t, 800, 600)[:900], "没有选照片": nil, "太小": snapshot(t, 100, 100), "边长超过": snapshot(t, 4097, 300),
		} {
			if got := h.upload("/ks/evidence/picture", fields, file); got.Status != http.StatusUnprocessableEntity || !got.says(says) || !got.says("有 1 处要改") || !strings.Contains(got.Page, `href="#file-`) {
				t.Errorf("want %q: %d: %s", says, got.Status, got.text())
			}
		}
		if got := h.upload("/ks/evidence/picture", fields, make([]byte, pics.MaxFile+1<<20)); got.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("beyond the cap: %d", got.Status)
		}
		if got := h.upload("/ks/evidence/picture", map[string]string{"token": tokenOf(a), "claim": "bonus-B02"}, snapshot(t, 400, 400)); got.Status != http.StatusSeeOther || len(h.pictures()) != 1 {
			t.Errorf("a picture of what she does not claim: %d, %d pictures", got.Status, len(h.pictures()))
		}
		for range 2 {
			h.upload("/ks/evidence/picture", fields, snapshot(t, 400, 400))
		}
		if got := h.upload("/ks/evidence/picture", fields, snapshot(t, 400, 400)); got.Status != http.StatusUnprocessableEntity || !got.says("照片够了") || len(h.pictures()) != 3 {
			t.Errorf("a fourth: %d, %d pictures", got.Status, len(h.pictures()))
		}
		// Removed, by nobody but her.
		id := h.pictures()[1].ID
		o := other.see("/ks/evidence")
		if other.post("/ks/evidence/picture/remove", url.Values{"token": {tokenOf(o)}, "picture": {id}}); len(h.pictures()) != 3 {
			t.Error("somebody else removed a picture")
		}
		if h.post("/ks/evidence/picture/remove", url.Values{"token": {tokenOf(a)}, "picture": {id}}); len(h.pictures()) != 2 {
			t.Error("she cannot remove hers")
		}
		// The claim goes with its pictures.
		if got := h.send(h.see("/ks/evidence"), "/ks/evidence/remove", url.Values{"claim": {"bonus-B05"}}); got.Status != http.StatusSeeOther || len(h.pictures()) != 0 || len(h.drafted().Application.Claims) != 0 {
			t.Errorf("%d, %d pictures left", got.Status, len(h.pictures()))
		}
		// Nothing of a file's name, nor of what she typed, is in the log.
		for _, secret := range []string{"王小明", "430102.jpg", "2018-12", "GPS"} {
			if strings.Contains(w.log.String(), secret) {
				t.Errorf("%q stands in the log", secret)
			}
		}
	})
}

// What her age brings needs no claim; after the confirmation nothing is added.
func TestEvidenceDueAndOver(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(1)
	h.begin(bachelor)
	if a := h.see("/ks/evidence"); !a.says("到年龄自动加分") {
		t.Errorf("the bonus of her age: %s", a.text())
	}
	h = w.confirmedOne()
	a := h.see("/ks/evidence")
	if !a.says("已经现场确认") || strings.Contains(a.Page, `type="file"`) {
		t.Errorf("after the confirmation: %s", a.text())
	}
	h.upload("/ks/evidence/picture", map[string]string{"token": tokenOf(a), "claim": "bonus-B05"}, snapshot(t, 400, 400))
	if len(h.pictures()) != 0 {
		t.Error("a picture was added after the confirmation")
	}
}

func TestEvidenceGaokao(t *testing.T) {
	w := newWorld(t, gaokao)
	h := w.arrive(0)
	h.begin(func(*form.Application) {})
	h.secondSet()
	a := h.see("/ks/evidence")
	if !a.says("不在这里申报") || strings.Contains(a.Page, `name="claim"`) {
		t.Errorf("%s", a.text())
	}
	if got := h.post("/ks/evidence", url.Values{"token": {tokenOf(a)}, "revision": {"1"}, "claim": {"bonus-G01"}, "second": {secondPassword}}); got.Status != http.StatusUnprocessableEntity || len(h.drafted().Application.Claims) > 0 {
		t.Errorf("claimed all the same: %d", got.Status)
	}
	if a := h.see("/ks/choices"); a.says("加分和免试") {
		t.Error("the strip has a step for them")
	}
}
