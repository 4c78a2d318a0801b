package web_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/web"
	"zhunkao/protocol/form"
)

// planted stands in a picture's comment: where it shows up, the picture does.
const planted = "PLANTED-IN-THE-PHOTO"

// drawn is a picture of nobody, with the mark in it.
func drawn(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetGray(0, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	comment := append([]byte{0xff, 0xfe, 0, byte(len(planted) + 2)}, planted...)
	return slices.Concat(b.Bytes()[:2], comment, b.Bytes()[2:])
}

func taken(findings ...string) *confirmation.Portrait {
	return &confirmation.Portrait{Source: confirmation.PortraitCamera, Profile: "ga461", Width: 358, Height: 441, Tries: 2, Notice: strings.Repeat("ab", 32), Findings: findings}
}

var source = regexp.MustCompile(`<img class="photo" src="data:image/jpeg;base64,([^"]+)"`)

// inPage gives the picture that stands in a page, nil if there is none.
func inPage(t *testing.T, page string) []byte {
	t.Helper()
	m := source.FindStringSubmatch(page)
	if m == nil {
		return nil
	}
	// The template writes + as a reference.
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(m[1], "&#43;", "+"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPhotoOnThePage: the picture with its size and what the box remarked, or
// why there is none, in both languages; a record of before is as it was.
func TestPhotoOnThePage(t *testing.T) {
	w := newWorld(t)
	whole := drawn(t, 358, 441)
	none := func(lack string) *confirmation.Portrait {
		return &confirmation.Portrait{Source: confirmation.PortraitNone, Lack: lack}
	}
	spoil := func(k []confirmation.BlobKey) { k[len(k)-1].Key[0] ^= 1 }
	b := w.as("po")
	for i, tc := range []struct {
		name   string
		visit  visit
		shown  bool
		zh, en []string
		not    string
	}{
		{"taken", visit{photo: whole, portrait: taken("show-eyes", "somebody-new")}, true,
			[]string{"现场照片", "358 × 441 像素", "第 2 次照的", "眼睛可能没有露全", "somebody-new"}, []string{"Photo taken here", "358 × 441 pixels", "try 2", "eyes perhaps not shown"}, "没照"},
		{"of another size than said", visit{photo: drawn(t, 64, 80), portrait: taken()}, true, []string{"64 × 80 像素"}, []string{"64 × 80 pixels"}, "358"},
		{"no JPEG", visit{photo: []byte("<svg onload=alert(1)>" + planted), portrait: taken()}, false, []string{"照片打不开"}, []string{"Photo cannot be opened"}, "svg onload"},
		{"larger than a browser should unpack", visit{photo: bomb(t), portrait: taken()}, false, []string{"照片打不开"}, []string{"Photo cannot be opened"}, planted},
		{"does not open", visit{photo: whole, portrait: taken(), keys: spoil}, false, []string{"照片打不开"}, []string{"Photo cannot be opened"}, planted},
		{"not there", visit{portrait: taken()}, false, []string{"照片打不开"}, []string{"Photo cannot be opened"}, "像素"},
		{"no camera", visit{portrait: none("no-camera")}, false, []string{"没照：终端没有摄像头"}, []string{"the box has no camera"}, "像素"},
		{"camera down", visit{portrait: none("camera")}, false, []string{"没照成：摄像头用不了"}, []string{"the camera did not work"}, "像素"},
		{"tries", visit{portrait: none("tries")}, false, []string{"没照成：照了几次都不合格"}, []string{"no picture was good enough"}, "像素"},
		{"declined", visit{portrait: none("declined")}, false, []string{"没照：本人不同意照相"}, []string{"she did not agree"}, "像素"},
		{"declined, and a picture all the same", visit{photo: whole, portrait: none("declined")}, false, []string{"没照：本人不同意照相"}, []string{"she did not agree"}, "像素"},
		{"a reason nobody knows", visit{portrait: none("moonlight")}, false, []string{"没有现场照片"}, []string{"No photo was taken"}, "moonlight"},
		{"the chip's", visit{portrait: &confirmation.Portrait{Source: confirmation.PortraitChip}}, false, []string{"没有现场照，用芯片照片"}, []string{"the chip photo is used"}, "像素"},
		{"a box of before", visit{photo: whole}, false, []string{"没有芯片照片"}, []string{"No chip photo"}, "现场照片"},
	} {
		path := "/gl/confirmations/" + w.confirmWith(i, tc.visit)
		for lang, want := range map[string][]string{"zh": tc.zh, "en": tc.en} {
			b.post("/gl/language", url.Values{"lang": {lang}}, "/gl/boxes")
			res, page := b.get(path)
			if got := inPage(t, page); tc.shown != (got != nil) || got != nil && !bytes.Equal(got, tc.visit.photo) {
				t.Errorf("%s, %s: %d bytes of a picture stand in the page", tc.name, lang, len(got))
			}
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", tc.name, res.StatusCode)
			}
			for _, word := range want {
				if !strings.Contains(textOf(page), word) {
					t.Errorf("%s: the %s page does not say %q", tc.name, lang, word)
				}
			}
			if strings.Contains(textOf(page), tc.not) {
				t.Errorf("%s: the %s page says %q", tc.name, lang, tc.not)
			}
			data := strings.Contains(res.Header.Get("Content-Security-Policy"), "img-src 'self' data:;")
			if data != tc.shown || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: pictures in the page are allowed: %v; kept: %q", tc.name, data, res.Header.Get("Cache-Control"))
			}
		}
	}
}

// bomb is a picture whose header asks for four thousand million pixels.
func bomb(t *testing.T) []byte {
	b := drawn(t, 16, 16)
	at := bytes.Index(b, []byte{0xff, 0xc0}) + 5
	return slices.Concat(b[:at], []byte{0xff, 0xff, 0xff, 0xff}, b[at+4:])
}

// TestPhotoStaysInThePage: the picture is in the answers whose look is
// journalled and nowhere else: not for who may not see the record, in no other
// page, no address, no file of the database in the clear, and not in the log.
func TestPhotoStaysInThePage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("walks every page; computes only")
	}
	w := newWorld(t, demo)
	photo := drawn(t, 358, 441)
	home := w.confirmWith(0, visit{photo: photo, portrait: taken("show-eyes")})
	foreign := w.confirmWith(1, visit{photo: photo, portrait: taken()})
	spoiled := w.confirmWith(2, visit{photo: photo, portrait: taken(), keys: func(k []confirmation.BlobKey) { k[1].Key[0] ^= 1 }})
	for _, a := range append(accounts(), account{}) {
		b := w.browser()
		if a.name != "" {
			b = w.as(a.name)
		}
		for id, division := range map[string]string{home: countyHere, foreign: countyThere} {
			want := a.name != "" && a.name != "te" && (division == countyHere || a.division == "430000")
			before := len(w.looks(id))
			_, page := b.get("/gl/confirmations/" + id)
			if got := bytes.Equal(inPage(t, page), photo); got != want {
				t.Errorf("%q sees the photo of %s: %v, want %v", a.role, division, got, want)
			}
			if looked := len(w.looks(id)) - before; looked != map[bool]int{true: 1}[want] {
				t.Errorf("%q at %s: %d looks in the journal", a.role, division, looked)
			}
		}
	}
	if _, page := w.as("po").post("/gl/confirmations/"+home+"/reveal", url.Values{"reason": {"电话核对本人"}}, "/gl/confirmations/"+home); !bytes.Equal(inPage(t, page), photo) {
		t.Error("the page with the whole number lacks the photo")
	}
	w.as("po").get("/gl/confirmations/" + spoiled)
	marks := []string{planted, base64.StdEncoding.EncodeToString(photo)[60:100], "data:image"}
	// The pages of the two records and of the two candidates: they say who looked.
	own := map[string]string{"/gl/confirmations/" + home: home, "/gl/confirmations/" + foreign: foreign}
	for _, p := range w.people[:2] {
		own["/gl/candidates/"+p.Application.ID] = p.Application.ID
	}
	looked := map[string]int{}
	for path, id := range own {
		looked[path] = len(w.looks(id))
	}
	w.as("po").crawl("/gl", func(path string, res *http.Response, body string) {
		for _, m := range marks {
			if strings.Contains(path, m) || strings.Contains(res.Header.Get("Location"), m) {
				t.Errorf("%.60s: the address holds the picture", path)
			}
			if own[path] == "" && strings.Contains(body, m) {
				t.Errorf("%s holds a picture", path)
			}
		}
		if data := strings.Contains(res.Header.Get("Content-Security-Policy"), "data:"); data != strings.Contains(body, `src="data:image/jpeg;`) {
			t.Errorf("%s: pictures in the page are allowed: %v", path, data)
		}
	}, "/gl/gallery/") // the scenes show nobody, and TestCrawl walks them
	for path, id := range own {
		if n := len(w.looks(id)) - looked[path]; n != 1 {
			t.Errorf("%s: %d looks in the journal after the crawl", path, n)
		}
	}
	for _, m := range marks {
		if strings.Contains(w.log.String(), m) {
			t.Errorf("the log holds %.20q", m)
		}
	}
	for table, list := range w.everything() {
		for _, row := range list.rows {
			for column, cell := range row {
				if slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(cell, m) }) {
					t.Errorf("%s.%s holds the picture in the clear", table, list.columns[column])
				}
			}
		}
	}
	if !strings.Contains(w.log.String(), "photo of a confirmation does not open") {
		t.Error("the log does not say that a photo did not open")
	}
	for _, r := range web.Table() {
		if strings.Contains(r.Path, "photo") {
			t.Errorf("%s: a picture has an address of its own", r.Path)
		}
	}
}

// looks are the entries of the journal that somebody looked at a record.
func (w *world) looks(id string) []string {
	w.t.Helper()
	return slices.DeleteFunc(w.acts(id), func(act string) bool { return !strings.HasPrefix(act, "record.viewed") })
}

// TestDecidedAtTheBox: the comparison says who decided, and what is left to the
// staff stands on top.
func TestDecidedAtTheBox(t *testing.T) {
	w := newWorld(t)
	b := w.as("po")
	id := w.confirmWith(0, visit{settled: []confirmation.Settlement{
		{Field: form.FullName, Decision: confirmation.SettledClerk}, {Field: form.Sex, Decision: confirmation.SettledKept}, {Field: form.Ethnic, Decision: confirmation.SettledChip},
		{Field: form.Education, Decision: "by-the-moon"}}})
	rows := regexp.MustCompile(`(?s)<tr[^>]*><td>([^<]*)</td>.*?</tr>`)
	for lang, want := range map[string]map[string]string{
		"zh": {"姓名": "由工作人员定", "性别": "保留本人填写，待工作人员核对", "民族": "用证件的", "出生日期": "一样", "": "有 3 处不同留给工作人员核对"},
		"en": {"name": "for the staff to decide", "sex": "hers for now; the staff to check", "": "Differences left for the staff: 3"},
	} {
		b.post("/gl/language", url.Values{"lang": {lang}}, "/gl/boxes")
		_, page := b.get("/gl/confirmations/" + id)
		got := map[string]string{}
		for _, m := range rows.FindAllStringSubmatch(page, -1) {
			got[m[1]] = textOf(m[0])
		}
		for label, words := range want {
			if label == "" {
				got[label] = textOf(page)
			}
			if !strings.Contains(got[label], words) {
				t.Errorf("%s %s: the row says %q, want %q", lang, label, got[label], words)
			}
		}
		if n := strings.Count(page, `class="forclerk"`); n != 3 {
			t.Errorf("%s: %d rows are marked for the staff, want 3", lang, n)
		}
	}
	_, page := b.get("/gl/confirmations/" + w.confirm(2))
	if strings.Contains(page, "forclerk") || strings.Contains(textOf(page), "left for the staff") {
		t.Error("a record of before says that something is left")
	}
}
