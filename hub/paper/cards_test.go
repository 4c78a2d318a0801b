package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

func cards(n int) paper.Cards {
	s := paper.Cards{Examination: "湖南省2014年普通高等学校招生全国统一考试", Where: "芙蓉区第03报名点", Window: "11月1日 8:00 至 11月10日 18:00",
		Address: "gk.zhunkao.example/ks", Link: "https://gk.zhunkao.example/ks/card", Printed: time.Date(2013, 10, 29, 8, 5, 0, 0, time.UTC)}
	names := []identity.Name{"刘䶮", "欧阳𬭩", "买买提·艾力", "陈㛃", "王喆", "阿卜杜热西提·买买提明", "罗𬀩", "李华"}
	for i := range n {
		s.Cards = append(s.Cards, paper.Card{Name: names[i%len(names)], Number: identity.Number("43010219960307902" + fmt.Sprint(i%10)), Sequence: fmt.Sprintf("0102%05d", 901+i),
			Password: "K7MP-4XQ" + string(rune('A'+i)), Until: time.Date(2013, 12, 28, 4, 0, 0, 0, time.UTC)})
	}
	return s
}

func cardsPDF(t *testing.T, f *sheet.Fonts, s paper.Cards) []byte {
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

// TestCardsReadBack: what stands in the PDF, read by another program, is what
// was put in: each password on its own card and nowhere else, the number masked.
func TestCardsReadBack(t *testing.T) {
	for name, small := range map[string]bool{"the fonts of the papers": false, "the small font": true} {
		t.Run(name, func(t *testing.T) {
			f, s := open(t, small), cards(11)
			file := cardsPDF(t, f, s)
			text := poppler(t, file, "-raw")
			if n := strings.Count(text, "\f"); n != 2 {
				t.Errorf("%d sheets, want 2", n)
			}
			for i, c := range s.Cards {
				if n := strings.Count(text, c.Password); n != 1 {
					t.Errorf("password of card %d stands %d times", i, n)
				}
				if strings.Contains(text, c.Number.Reveal()) {
					t.Errorf("the number of card %d stands there whole", i)
				}
				if !small && !strings.Contains(solid(text), solid(c.Name.Reveal())) {
					t.Errorf("the name of card %d is not there", i)
				}
				if !strings.Contains(text, c.Sequence[:4]+" "+c.Sequence[4:]) {
					t.Errorf("the sequence number of card %d is not there", i)
				}
			}
			// The first card, 95 mm wide from 10 mm, in points at 72 dpi.
			first := poppler(t, file, "-l", "1", "-x", "28", "-y", "38", "-W", "269", "-H", "191")
			if !strings.Contains(first, s.Cards[0].Password) || strings.Contains(first, s.Cards[1].Password) || strings.Contains(first, s.Cards[2].Password) {
				t.Errorf("the first card bears another's password, or not its own:\n%s", first)
			}
			for _, want := range []string{"网报登录卡", "报名顺序号 0102 00901–0102 00908", "gk.zhunkao.example/ks", "12月28日前有效", "第 2 页 共 2 页", "沿虚线裁开"} {
				if !strings.Contains(solid(text), solid(want)) {
					t.Errorf("the sheet does not say %q", want)
				}
			}
			if again := cardsPDF(t, f, s); !bytes.Equal(file, again) {
				t.Error("the same input gives other bytes")
			}
		})
	}
}

// TestCardList: the list has everybody's line on it once, in the same order, her number
// masked; names of 25 characters and long lists stay inside their boxes.
func TestCardList(t *testing.T) {
	f, s := open(t, false), cards(60)
	s.Cards[1].Name = identity.Name("阿卜杜热西提·买买提明·艾力热合曼江·吐尔逊古丽")
	doc, err := paper.CardList(s).Layout(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := doc.PDF(&b); err != nil {
		t.Fatal(err)
	}
	text := poppler(t, b.Bytes(), "-layout")
	at := -1
	for i, c := range s.Cards {
		seq := c.Sequence[:4] + " " + c.Sequence[4:]
		if n := strings.Index(text, seq); n < at || strings.Count(text, seq) != 1 {
			t.Errorf("line %d is not where it belongs, or not there once", i+1)
		} else {
			at = n
		}
		if strings.Contains(text, c.Number.Reveal()) {
			t.Errorf("the number of line %d stands there whole", i+1)
		}
	}
	if n := strings.Count(text, s.Cards[0].Password); n < 1 || len(doc.Pages) != 3 {
		t.Errorf("the first password stands %d times on %d sheets", n, len(doc.Pages))
	}
	for _, want := range []string{"准表 12 网报登录表", "本人签收", "60", "只打印一次", "12月28日前有效", "发放人签名"} {
		if !strings.Contains(solid(text), solid(want)) {
			t.Errorf("the list does not say %q", want)
		}
	}
	look(t, "12-list", paper.CardList(s))
}

// TestCardsCode: a program nobody here wrote reads the codes back.
func TestCardsCode(t *testing.T) {
	for _, program := range []string{"pdftoppm", "zbarimg"} {
		fontstest.Tool(t, program)
	}
	s, dir := cards(8), t.TempDir()
	file := filepath.Join(dir, "cards.pdf")
	if err := os.WriteFile(file, cardsPDF(t, open(t, true), s), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "200", "-png", file, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pictures, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil || len(pictures) != 1 {
		t.Fatalf("%v, %v", pictures, err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--raw", "-q", pictures[0]).Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(out), s.Link); n != 8 {
		t.Errorf("%d codes read, want 8:\n%s", n, out)
	}
}

func TestCardsLongestStay(t *testing.T) {
	s := cards(1)
	s.Where, s.Address, s.Examination = strings.Repeat("湘西土家族苗族自治州", 4), strings.Repeat("a.very.long.host.example/", 5), strings.Repeat("普通高等学校招生全国统一考试", 4)
	s.Cards[0].Name = identity.Name(strings.Repeat("阿卜杜", 10))
	if text := poppler(t, cardsPDF(t, open(t, true), s)); !strings.Contains(text, s.Cards[0].Password) {
		t.Errorf("the password is cut:\n%s", text)
	}
}
