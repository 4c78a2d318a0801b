package sheet_test

import (
	"bytes"
	"image/color"
	"strings"
	"testing"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// A photo that stands on two copies is in the file once.
func TestCopiesShareAPicture(t *testing.T) {
	face := sheet.NewPortrait(portrait(t, 102, 126), "")
	d := &sheet.Document{}
	for range 2 {
		p := sheet.NewPress(fallback(t))
		p.Photo(sheet.Rect{X: 20, Y: 20, W: 20, H: 25}, face, true)
		p.Photo(sheet.Rect{X: 60, Y: 20, W: 20, H: 25}, sheet.NewPortrait(portrait(t, 60, 70), ""), true)
		page, err := p.Page()
		if err != nil {
			t.Fatal(err)
		}
		d.Pages = append(d.Pages, page)
	}
	if n := bytes.Count(pdf(t, d), []byte("/Subtype/Image")); n != 3 {
		t.Errorf("%d pictures in the file, want 3", n)
	}
}

// A box is struck out from its upper left to its lower right, in whatever bands it is
// drawn, and another program draws the same line.
func TestSlant(t *testing.T) {
	p := sheet.NewPress(fallback(t))
	p.Slant(sheet.Rect{X: 20, Y: 20, W: 100, H: 40})
	page, err := p.Page()
	if err != nil {
		t.Fatal(err)
	}
	whole := picture(t, page, 75, 10000)
	if got := picture(t, page, 75, 7); !bytes.Equal(got.Pix, whole.Pix) {
		t.Error("bands give another line")
	}
	dot := func(mm float64) int { return int(mm*75/25.4 + .5) }
	for x := 22.0; x < 119; x += 2 {
		y := 20 + (x-20)*.4
		if !black(whole, dot(x), dot(y)) {
			t.Errorf("no line at %.0f %.1f", x, y)
		}
		if black(whole, dot(x), dot(y+3)) || black(whole, dot(x), dot(y-3)) {
			t.Errorf("more than a line at %.0f", x)
		}
	}
	fontstest.Run(t, "pdftoppm", "-r", "40", file(t, &sheet.Document{Pages: []*sheet.Page{page}}))
}

func black(img interface{ GrayAt(x, y int) color.Gray }, x, y int) bool {
	for dy := -1; dy <= 1; dy++ {
		if img.GrayAt(x, y+dy).Y < 128 {
			return true
		}
	}
	return false
}

// A name breaks after the middle dot nearest its middle; one without breaks at half; what
// three lines do not take is cut and told.
func TestNamesOnPapers(t *testing.T) {
	for _, c := range []struct {
		name  string
		w, h  sheet.MM
		lines []string
		cut   int
	}{
		{"刘䶮", 32, 6.45, []string{"刘䶮"}, 0},
		{"热依汗古丽·阿卜杜克热木", 32, 6.45, []string{"热依汗古丽·", "阿卜杜克热木"}, 0},
		{"阿卜杜热西提·买买提明", 20.75, 7.15, []string{"阿卜杜热西提·", "买买提明"}, 0},
		{"古丽巴哈尔罕·阿卜杜热依木江·买买提吐尔逊江汗古丽", 20.75, 7.15, []string{"古丽巴哈尔罕·阿卜", "杜热依木江·买买提", "吐尔逊江汗古丽"}, 0},
		{strings.Repeat("古丽巴哈尔", 8), 20.75, 7.15, nil, 1},
	} {
		p := sheet.NewPress(fallback(t))
		p.Name(sheet.Rect{X: 20, Y: 20, W: c.w, H: c.h}, c.name, sheet.Left, "姓名", 6.5, 15, 12, 10, 8.5)
		if p.Shortened() != c.cut {
			t.Errorf("%s: %d cut, want %d", c.name, p.Shortened(), c.cut)
		}
		page, err := p.Page()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.lines == nil {
			continue
		}
		var got []string
		for _, line := range strings.Split(strings.TrimSpace(page.Dump()), "\n") {
			_, text, _ := strings.Cut(line, "wide ")
			got = append(got, text)
		}
		if strings.Join(got, "|") != strings.Join(c.lines, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.lines)
		}
	}
}

// What has no photo says why in an empty box; a photo nobody can read says so.
func TestPortraits(t *testing.T) {
	for name, c := range map[string]struct {
		face sheet.Portrait
		want string
	}{"none": {sheet.NewPortrait(nil, "未采集相片\n补采"), "未采集相片"}, "torn": {sheet.NewPortrait([]byte("x"), "补采"), "相片无法读取"}, "good": {sheet.NewPortrait(portrait(t, 10, 10), "补采"), "picture"}} {
		p := sheet.NewPress(fallback(t))
		p.Photo(sheet.Rect{X: 20, Y: 20, W: 20, H: 25}, c.face, false)
		page, err := p.Page()
		if err != nil {
			t.Fatal(err)
		}
		if got := page.Dump(); !strings.Contains(got, c.want) || strings.Contains(got, "line") == (name == "good") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
