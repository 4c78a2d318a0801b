package sheet_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The whole paper, place by place, with the font inside the program: whoever
// moves a line sees it here, and raises the version that the footer prints.
func TestGolden(t *testing.T) {
	for name, p := range map[string]sheet.ProcessSheet{"ordinary": ordinary(t), "provisional": provisional(t), "slip": extremes(t)["slip"]} {
		got := layout(t, p, fallback(t)).Pages[0].Dump()
		path := filepath.Join("testdata", "process-"+name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Errorf("%s, line %d:\n got %s\nwant %s", name, i+1, a[i], b[i])
				break
			}
		}
		if len(a) != len(b) {
			t.Errorf("%s: %d things on the page, want %d", name, len(a), len(b))
		}
	}
}

func text(t testing.TB, p sheet.ProcessSheet) string {
	t.Helper()
	return layout(t, p, fallback(t)).Pages[0].Dump()
}

// The gaokao's form asks other things than the adult examination's: no box of the
// sheet stands empty for what nobody was asked, and the one choice is a category.
func TestSheetAsksWhatTheFormAsks(t *testing.T) {
	c := campaign.Gaokao2014()
	person := synthetic.Candidates(c, 3, 1, synthetic.Point{Code: "43010401", Division: "430104"})[0]
	d, err := sheet.ProcessSheet{Words: c.InWords(person.Application), FeeFen: -1}.Layout(fallback(t), c)
	if err != nil {
		t.Fatal(err)
	}
	got := d.Pages[0].Dump()
	for _, want := range []string{"户籍所在地", "考生类别", "户籍类别", "学籍号", person.Application.Get(form.PupilNumber), "报考科类", "考试类型", "语文、数学（文）、文科综合、外语"} {
		if !strings.Contains(got, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
	for _, other := range []string{"文化程度", "职业类别", "参加工作日期", "执业资格", "院校", "学制", "申请免试", "志愿"} {
		if strings.Contains(got, other) {
			t.Errorf("the sheet of the gaokao asks for %s", other)
		}
	}
}

func TestProvisional(t *testing.T) {
	p := provisional(t)
	p.Steps, p.Photo, p.Slip = ordinary(t).Steps, portrait(t, 102, 126), "X"
	p.Marks = []sheet.Mark{sheet.Unconfirmed, sheet.Specimen}
	got := text(t, p)
	for _, want := range []string{"84pt", "未确认 不作凭证", " 未确认\n", " 样张\n", "现场采集后", "考生自印 · 本人 · 2019-09-04 21:07"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on it", want)
		}
	}
	for _, never := range []string{"picture", "09-06 09:12", "缴费凭条", "第 0 份"} {
		if strings.Contains(got, never) {
			t.Errorf("%q is on it", never)
		}
	}
	if strings.Count(got, "wide 未确认\n") != 2 { // watermark, mark
		t.Error("the mark is there twice or not at all")
	}
	if got := text(t, ordinary(t)); strings.Contains(got, "84pt") || strings.Contains(got, "未确认") {
		t.Error("an ordinary sheet has a watermark")
	}
}

func TestMarksAndCopies(t *testing.T) {
	p := ordinary(t)
	p.Marks, p.Copy = []sheet.Mark{sheet.Reprint}, 4
	if got := text(t, p); !strings.Contains(got, " 补打\n") || !strings.Contains(got, "第 4 份 · 芙蓉区第03确认点") {
		t.Error("a reprint does not say so")
	}
	p.Marks, p.Slip = []sheet.Mark{sheet.Voided}, "PAY"
	if got := text(t, p); !strings.Contains(got, "作废 不作凭证") || !strings.Contains(got, "84pt") || strings.Contains(got, "缴费凭条") {
		t.Error("a voided sheet is not loud, or still asks for money")
	}
	p.Marks = nil
	if got := text(t, p); strings.Contains(got, "样张") || !strings.Contains(got, "缴费凭条") {
		t.Error("an original")
	}
}

// Whoever registered herself has no number of the office's: her sheet names none, and
// the empty sheet keeps the place for it.
func TestSheetWithoutANumber(t *testing.T) {
	p := ordinary(t)
	if got := text(t, p); !strings.Contains(got, " 报名号\n") {
		t.Error("an ordinary sheet lacks the number's name")
	}
	p.Number = ""
	if got := text(t, p); strings.Contains(got, "报名号") {
		t.Error("a sheet names a number that there is not")
	}
	p.Name = ""
	if got := text(t, p); !strings.Contains(got, " 报名号\n") {
		t.Error("an empty sheet has no place for the number")
	}
}

// A remark stands in the place of the step's own note, of that step alone, and
// in one that is done as in one that is not.
func TestRemark(t *testing.T) {
	const remark = "时间待核：受理时间由省中心核定"
	note := campaign.Adult2019().Process.Steps[0].Note
	if note == "" {
		t.Fatal("the first step has no note to give way")
	}
	p := ordinary(t)
	before := text(t, p)
	p.Steps = append([]sheet.StepDone{}, p.Steps...)
	p.Steps[0].Remark = remark
	after := text(t, p)
	if strings.Contains(before, remark) || !strings.Contains(after, " "+remark+"\n") || strings.Count(after, note) != strings.Count(before, note)-1 {
		t.Error("the remark is not on the sheet, or the note beside it")
	}
	if strings.Count(after, "\n") != strings.Count(before, "\n") {
		t.Error("something else moved")
	}
	p.Steps[0].Remark = strings.Repeat(remark, 9)
	if got := text(t, p); !strings.Contains(got, "附：") {
		t.Error("a remark that was cut stands nowhere whole")
	}
}

// The hash in the footer stays while only values change, and changes with any
// word of the campaign that is printed.
func TestTemplateHash(t *testing.T) {
	hash := func(p sheet.ProcessSheet, change func(c *campaign.Campaign)) string {
		c := campaign.Adult2019()
		change(&c)
		d, err := p.Layout(fallback(t), c)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(d.Pages[0].Dump(), "模板 ")
		return after[:9]
	}
	same := func(*campaign.Campaign) {}
	want := hash(ordinary(t), same)
	if hash(provisional(t), same) != want || hash(sheet.ProcessSheet{}, same) != want {
		t.Error("the hash depends on what was filled in")
	}
	for name, change := range map[string]func(c *campaign.Campaign){
		"name":        func(c *campaign.Campaign) { c.Zh += "（补报名）" },
		"declaration": func(c *campaign.Campaign) { c.Process.Declaration = "以上属实。" },
		"note":        func(c *campaign.Campaign) { c.Process.Note = "逐项办理。" },
		"step":        func(c *campaign.Campaign) { c.Process.Steps[0].Zh = "核验证件" },
		"result":      func(c *campaign.Campaign) { c.Process.Steps[5].Results[1].Zh = "免" },
	} {
		if hash(ordinary(t), change) == want {
			t.Errorf("%s changed and the hash did not", name)
		}
	}
}

func TestPhotos(t *testing.T) {
	cmyk := append([]byte{}, portrait(t, 10, 10)...)
	var wide bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 5000, 8))
	if err := jpeg.Encode(&wide, img, nil); err != nil {
		t.Fatal(err)
	}
	var colour bytes.Buffer
	small := image.NewRGBA(image.Rect(0, 0, 40, 90))
	small.SetRGBA(3, 3, color.RGBA{200, 10, 10, 255})
	if err := jpeg.Encode(&colour, small, nil); err != nil {
		t.Fatal(err)
	}
	var asPNG bytes.Buffer
	if err := png.Encode(&asPNG, small); err != nil {
		t.Fatal(err)
	}
	good := portrait(t, 102, 126)
	for _, tc := range []struct {
		name string
		jpeg []byte
		ok   bool
	}{
		{"grey", good, true}, {"colour", colour.Bytes(), true}, {"empty", []byte{}, false}, {"no picture", []byte("<svg>"), false}, {"PNG", asPNG.Bytes(), false},
		{"torn in the middle", good[:len(good)/2], false}, {"torn in the head", cmyk[:40], false}, {"too wide", wide.Bytes(), false},
	} {
		p := ordinary(t)
		p.Photo = tc.jpeg
		d := layout(t, p, fallback(t))
		got := d.Pages[0].Dump()
		if strings.Contains(got, "picture [20.") || strings.Contains(got, "picture") != tc.ok || strings.Contains(got, "相片无法读取") == tc.ok {
			t.Errorf("%s: taken %t, want %t", tc.name, strings.Contains(got, "picture"), tc.ok)
		}
		if tc.ok {
			fontstest.Run(t, "pdftoppm", "-r", "40", file(t, d))
			picture(t, d.Pages[0], 60, 50)
		}
		if _, err := sheet.NewPicture(tc.jpeg); errors.Is(err, sheet.ErrPicture) == tc.ok {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	p := ordinary(t)
	p.Photo = nil
	if got := text(t, p); !strings.Contains(got, "无相片") {
		t.Error("an empty box without a reason")
	}
	p.NoPhoto = "现场\n摄像后\n补贴"
	if got := text(t, p); !strings.Contains(got, "摄像后") || strings.Contains(got, "无相片") {
		t.Error("the reason is not in the box")
	}
}

func TestSlip(t *testing.T) {
	p := ordinary(t)
	p.Slip = strings.Repeat("A", 10000)
	if _, err := p.Layout(fallback(t), campaign.Adult2019()); !errors.Is(err, sheet.ErrSlip) {
		t.Errorf("a slip of 10,000 characters: %v", err)
	}
	p.Slip = strings.Repeat("a", 2000) // a code, but modules too fine for paper
	if _, err := p.Layout(fallback(t), campaign.Adult2019()); !errors.Is(err, sheet.ErrSlip) {
		t.Errorf("a slip of 2,000 bytes: %v", err)
	}
}

func TestLayoutRefusesMoreThanItHasRoomFor(t *testing.T) {
	c := campaign.Adult2019()
	for len(c.Process.Steps) <= campaign.MaxProcessSteps {
		c.Process.Steps = append(c.Process.Steps, c.Process.Steps[0])
	}
	if _, err := ordinary(t).Layout(fallback(t), c); !errors.Is(err, sheet.ErrLayout) {
		t.Errorf("eight steps: %v", err)
	}
	p := ordinary(t)
	p.Choices = append(p.Choices, p.Choices...)
	if _, err := p.Layout(fallback(t), campaign.Adult2019()); !errors.Is(err, sheet.ErrLayout) {
		t.Errorf("four choices: %v", err)
	}
}

// Check is what holds Layout to its promise; it must see a fault.
func TestCheckSeesTextOutsideItsCell(t *testing.T) {
	page := layout(t, ordinary(t), fallback(t)).Pages[0]
	if err := page.Check(); err != nil {
		t.Fatal(err)
	}
	page.Shift(5, 80)
	if err := page.Check(); !errors.Is(err, sheet.ErrLayout) {
		t.Errorf("a text moved by 80 mm: %v", err)
	}
}

func TestNothingOfThePersonIsPrintedByAccident(t *testing.T) {
	p := ordinary(t)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("x", "sheet", p, "words", p.Words)
	logger.Info("y", "sheet", &p)
	all := log.String() + fmt.Sprintf("%v %+v %#v %s %q %d", p, p, p, p, p, p) + fmt.Sprint(p.Words, &p) + fmt.Sprintf("%#v", p.Words)
	for _, secret := range []string{p.Name.Reveal(), p.DocumentNumber.Reveal(), p.Phone, p.Address, p.Birth, p.Number} {
		if strings.Contains(all, secret) {
			t.Errorf("%q stands in %s", secret, all)
		}
	}
	p.Slip = strings.Repeat("机密", 5000)
	if _, err := p.Layout(fallback(t), campaign.Adult2019()); err == nil || strings.Contains(err.Error(), "机密") {
		t.Errorf("the error: %v", err)
	}
}

// Many desks print at once from one set of fonts.
func TestManyAtOnce(t *testing.T) {
	f := fallback(t)
	want := pdf(t, layout(t, ordinary(t), f))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			p := ordinary(t)
			if i%2 == 1 {
				p.Name = identity.Name(strings.Repeat(string(rune('一'+i*50)), 20))
			}
			d, err := p.Layout(f, campaign.Adult2019())
			if err != nil {
				t.Error(err)
				return
			}
			var b bytes.Buffer
			if err := d.PDF(&b); err != nil {
				t.Error(err)
			}
			if i%2 == 0 && !bytes.Equal(b.Bytes(), want) {
				t.Error("other bytes beside others")
			}
			if err := d.Pages[0].Raster(60, 100, func(int, *image.Gray) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
