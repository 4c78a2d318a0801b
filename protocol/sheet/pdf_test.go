package sheet_test

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// What a person copies out of the sheet is what was put in, code point by code
// point, beyond the first plane as well.
func TestTextCopiesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	f := fontstest.Bundle(t)
	for _, name := range []string{
		"刘䶮", "王㛃", "李𬭩", "陈𬀩", "𠮷野", "古丽娜尔·阿卜杜热合曼", "𪚥·龘", "买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江",
		"JEAN-LUC D'ARC", "ANDRÉ ŞAHİN", "〇一", "羽羽", "\u2f12\u529b", // a radical and the character it looks like
	} {
		p := ordinary(t)
		p.Name = identity.Name(name)
		p.School = "学校" + name
		text := fontstest.Run(t, "pdftotext", "-raw", file(t, layout(t, p, f)), "-")
		if !strings.Contains(strings.ReplaceAll(text, "\n", ""), name) || !strings.Contains(text, "学校"+name) {
			t.Errorf("%q is not in what was copied", name)
		}
		if missing := f.Missing(name); missing != nil {
			t.Errorf("%q: missing %q", name, string(missing))
		}
	}
}

func TestAllThatWasFilledInCopiesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	p := ordinary(t)
	p.Steps[2].Count = 3
	text := strings.ReplaceAll(fontstest.Run(t, "pdftotext", "-layout", file(t, layout(t, p, fontstest.Bundle(t))), "-"), " ", "")
	want := []string{"湖南省2019年成人高等学校招生全国统一考试", "报名流程表", "1943 0102 34 0901", p.Name.Reveal(), p.Sex, p.Ethnic, p.Birth, p.DocumentType,
		p.DocumentNumber.Reveal(), p.Politics, p.Education, p.Language, p.Occupation, p.School, p.GraduationDate, p.Diploma, p.WorkDate, "—", p.PostCode,
		p.Phone, p.Address, "第一", "第二", "34 经济管理类", "10532 湖南大学", "10554 湖南工商大学", "120203 会计学", "函授", "2.5", "年满25周岁（自动）",
		"核验证件、采集相片", "读居民身份证；非居民身份证件现场摄像并复印", "有，共 3 份", "抄录诚信考试承诺书", "缴纳报名考试费", "170.00 元", "09-06 09:12", "09-06 09:26",
		"上一项未签，下一项不办。", "后果由本人承担。", "考生签名", "日期", "报名确认点负责人", "报名确认点盖章", "准表 01 报名流程表 · 版式 1 · 模板",
		"第 1 页 共 1 页", "样张", "第 1 份 · 芙蓉区第03确认点 · 2019-09-06 09:26"}
	for _, s := range want {
		if !strings.Contains(text, strings.ReplaceAll(s, " ", "")) {
			t.Errorf("%q is not on the sheet", s)
		}
	}
	if strings.Contains(text, "附：") {
		t.Error("an appendix, though all fits")
	}
}

// Others' programs take the file without a complaint (run fails on any), find
// every font inside and one A4 page.
func TestOthersReadTheFile(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	for name, d := range map[string]*sheet.Document{
		"bundle": layout(t, ordinary(t), fontstest.Bundle(t)), "provisional": layout(t, provisional(t), fontstest.Bundle(t)), "fallback": layout(t, ordinary(t), fallback(t)),
	} {
		path := file(t, d)
		lines := strings.Split(strings.TrimSpace(fontstest.Run(t, "pdffonts", path)), "\n")[2:]
		if len(lines) < 2 || name != "fallback" && len(lines) != 4 {
			t.Errorf("%s: %d fonts", name, len(lines))
		}
		for _, line := range lines {
			if !regexp.MustCompile(`^[A-Z]{6}\+\S+ +CID TrueType +Identity-H +yes yes yes `).MatchString(line) {
				t.Errorf("%s: font %s", name, line)
			}
		}
		info := fontstest.Run(t, "pdfinfo", path)
		for _, want := range []string{"Pages:           1\n", "(A4)", "Title:           报名流程表", "JavaScript:      no", "Encrypted:       no", "CreationDate:"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: pdfinfo lacks %q:\n%s", name, want, info)
			}
		}
		fontstest.Run(t, "pdftoppm", "-r", "40", path)
		if got := fontstest.Run(t, "pdfimages", "-list", path); name != "provisional" && !strings.Contains(got, "jpeg") {
			t.Errorf("%s: the photo is not in it as it was: %s", name, got)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	first := pdf(t, layout(t, ordinary(t), fontstest.Bundle(t)))
	pdf(t, layout(t, provisional(t), fontstest.Bundle(t)))
	if !bytes.Equal(first, pdf(t, layout(t, ordinary(t), fontstest.Bundle(t)))) {
		t.Error("the same sheet gives other bytes the second time")
	}
	a, b := fallback(t), fallback(t)
	pdf(t, layout(t, provisional(t), b)) // fills b's memory in another order
	if !bytes.Equal(pdf(t, layout(t, ordinary(t), a)), pdf(t, layout(t, ordinary(t), b))) {
		t.Error("fonts opened twice give other bytes")
	}
	p := ordinary(t)
	p.Copy = 2
	if bytes.Equal(first, pdf(t, layout(t, p, fontstest.Bundle(t)))) {
		t.Error("another copy gives the same bytes")
	}
}

// word is one of pdftotext's: place in points, text.
type word struct {
	x0, y0, x1, y1 float64
	text           string
}

var wordLine = regexp.MustCompile(`<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)</word>`)

func words(t testing.TB, d *sheet.Document) []word {
	t.Helper()
	var out []word
	for _, m := range wordLine.FindAllStringSubmatch(fontstest.Run(t, "pdftotext", "-bbox", file(t, d), "-"), -1) {
		var v [4]float64
		for i := range v {
			var err error
			if v[i], err = strconv.ParseFloat(m[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, word{v[0], v[1], v[2], v[3], m[5]})
	}
	if len(out) < 40 {
		t.Fatalf("only %d words on the sheet", len(out))
	}
	return out
}

// checkWords holds that no word leaves the paper's margins and that no two lie
// on each other, as another program sees them.
func checkWords(t *testing.T, name string, all []word) {
	t.Helper()
	const mm = 72 / 25.4
	var flat []word
	for _, w := range all {
		if h := w.y1 - w.y0; h > 20*mm { // of the watermark, which lies across
			continue
		}
		if w.x0 < 19.9*mm || w.x1 > 195.1*mm || w.y0 < 11*mm || w.y1 > 290*mm {
			t.Errorf("%s: %q at %.1f–%.1f, %.1f–%.1f mm", name, w.text, w.x0/mm, w.x1/mm, w.y0/mm, w.y1/mm)
		}
		flat = append(flat, w)
	}
	for i, a := range flat {
		for _, b := range flat[i+1:] {
			w := math.Min(a.x1, b.x1) - math.Max(a.x0, b.x0)
			h := math.Min(a.y1, b.y1) - math.Max(a.y0, b.y0)
			if w > .3*mm && h > .3*mm {
				t.Errorf("%s: %q and %q lie on each other by %.1f × %.1f mm", name, a.text, b.text, w/mm, h/mm)
			}
		}
	}
}

func TestNothingLiesOnAnything(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	f := fontstest.Bundle(t)
	for name, p := range extremes(t) {
		checkWords(t, name, words(t, layout(t, p, f)))
	}
	checkWords(t, "fallback", words(t, layout(t, extremes(t)["long"], fallback(t))))
	// The name stands in its own cell, 92.5 × 15 from (20, 35).
	p := ordinary(t)
	p.Name = "买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江"
	lines := 0
	for _, w := range words(t, layout(t, p, f)) {
		if strings.Contains(p.Name.Reveal(), w.text) && len(w.text) > 9 {
			lines++
			const mm = 72 / 25.4
			if w.x0 < 20*mm || w.x1 > 112.5*mm || w.y0 < 38*mm || w.y1 > 50*mm {
				t.Errorf("%q leaves the cell of the name: %v", w.text, w)
			}
		}
	}
	if lines != 2 {
		t.Errorf("a name of 25 characters stands in %d lines", lines)
	}
}

func TestPDFHoldsManyPages(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	f := fontstest.Bundle(t)
	all := sheet.Document{Title: "两页"}
	for i := range 3 {
		p := ordinary(t)
		p.Number = fmt.Sprintf("1943010234%04d", i)
		all.Pages = append(all.Pages, layout(t, p, f).Pages...)
	}
	text := fontstest.Run(t, "pdftotext", file(t, &all), "-")
	if strings.Count(text, "\f") != 3 || !strings.Contains(text, "1943 0102 34 0002") {
		t.Error("three pages did not come back")
	}
}
