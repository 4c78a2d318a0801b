package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

func slips(n int) paper.Slips {
	s := paper.Slips{Where: "长沙市芙蓉区", Address: "cz.zhunkao.example/gl", Office: "芙蓉区招办", Printed: time.Date(2019, 8, 26, 7, 30, 0, 0, time.UTC)}
	for i := range n {
		place := fmt.Sprintf("芙蓉区第%02d确认点　马王堆街道社区教育中心", i+1)
		if i == 2 {
			place = "芙蓉区第03确认点　湖南广播电视大学芙蓉工作站（医卫类审核点）"
		}
		s.Slips = append(s.Slips, paper.Slip{Number: int64(901 + i), Place: place, User: fmt.Sprintf("430102-%02d-admin", i+1),
			Password: "HK7W-P4XQ-" + string(rune('A'+i)) + "9", Until: time.Date(2019, 8, 28, 9, 0, 0, 0, time.UTC)})
	}
	return s
}

// open opens the bundle, or the small font: the paper stands with it too.
func open(t *testing.T, small bool) *sheet.Fonts {
	t.Helper()
	if !small {
		return fontstest.Bundle(t)
	}
	f, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func pdf(t *testing.T, f *sheet.Fonts, s paper.Slips) []byte {
	t.Helper()
	doc, err := s.Layout(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := doc.PDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// poppler reads a PDF with a program nobody here wrote.
func poppler(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "slips.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return fontstest.Run(t, "pdftotext", append(args, file, "-")...)
}

// solid is a text without blanks, of which a reader of PDFs makes its own.
func solid(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), ""), "\u3000", "")
}

// TestSlipsReadBack: what stands in the PDF, read by another program, is what
// was put in; ten a sheet; the stub, the part at the left that the office keeps,
// names the user and never the password.
func TestSlipsReadBack(t *testing.T) {
	for name, small := range map[string]bool{"the fonts of the papers": false, "the small font": true} {
		t.Run(name, func(t *testing.T) { readBack(t, open(t, small)) })
	}
}

func readBack(t *testing.T, f *sheet.Fonts) {
	s := slips(12)
	file := pdf(t, f, s)
	text := poppler(t, file, "-raw")
	if n := strings.Count(text, "\f"); n != 2 {
		t.Errorf("%d sheets, want 2", n)
	}
	for _, a := range s.Slips {
		if n := strings.Count(text, a.Password); n != 1 {
			t.Errorf("password of slip %d stands %d times", a.Number, n)
		}
		if n := strings.Count(text, a.User); n != 2 {
			t.Errorf("user of slip %d stands %d times, want once on the stub and once on the slip", a.Number, n)
		}
		if !strings.Contains(solid(text), solid(a.Place)) {
			t.Errorf("place of slip %d is not there", a.Number)
		}
	}
	// The stubs: x from 0 to 65 mm, in points at 72 dpi.
	stubs := poppler(t, file, "-x", "0", "-y", "0", "-W", "184", "-H", "842")
	for _, a := range s.Slips {
		if strings.Contains(stubs, a.Password) || strings.Contains(stubs, a.Password[:4]) && a.Password[:4] != a.User[:4] {
			t.Errorf("a stub shows the password of slip %d", a.Number)
		}
		if !strings.Contains(stubs, a.User) {
			t.Errorf("the stub of slip %d does not name its user", a.Number)
		}
	}
	for _, want := range []string{"账号密码条", "存根", "第 901 号", "首次登录须改密码", "8月28日17时前登录有效", "cz.zhunkao.example/gl", "第 2 页 共 2 页", "芙蓉区招办", "2019-08-26 15:30"} {
		if !strings.Contains(solid(text), solid(want)) {
			t.Errorf("the sheet does not say %q", want)
		}
	}
	if again := pdf(t, f, s); !bytes.Equal(file, again) {
		t.Error("the same input gives other bytes")
	}
}

// TestLongestStays: names as long as they may be stay in their boxes.
func TestLongestStays(t *testing.T) {
	s := slips(1)
	s.Where, s.Office, s.Address = strings.Repeat("湘西土家族苗族自治州", 6), strings.Repeat("招生考试机构", 12), strings.Repeat("a.very.long.host.example/", 8)
	s.Slips[0].User, s.Slips[0].Place, s.Slips[0].Number = strings.Repeat("w", 32), strings.Repeat("第一报名确认点", 20), 1<<40
	text := poppler(t, pdf(t, open(t, true), s))
	if !strings.Contains(text, strings.Repeat("w", 32)) || !strings.Contains(text, s.Slips[0].Password) {
		t.Errorf("a long name or its password is cut:\n%s", text)
	}
}

// TestLook writes the sheet to a file when asked to, for a person to look at.
func TestLook(t *testing.T) {
	to := os.Getenv("ZHUNKAO_LOOK")
	if to == "" {
		t.Skip("ZHUNKAO_LOOK names no file")
	}
	if err := os.WriteFile(to, pdf(t, open(t, false), slips(10)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNoSlips(t *testing.T) {
	doc, err := slips(0).Layout(open(t, true))
	if err != nil || len(doc.Pages) != 1 {
		t.Errorf("%v, %v", doc, err)
	}
}
