package sheet_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// mixed has a line of each verdict.
func mixed() sheet.Acceptance {
	return sheet.Acceptance{
		Office: "报名确认点", Name: "芙蓉区第03确认点", Source: "湘教考信字〔2019〕3号 二、2. 硬件配置", Machine: "联想 启天 M710t",
		CPU: "Intel(R) Core(TM) i5-7400 CPU @ 3.00GHz", System: "Debian GNU/Linux 12", Program: "provision 1",
		Lines: []sheet.AcceptanceLine{
			{Item: "内存", Want: "不低于4 GB", Found: "7.7 GB", Verdict: sheet.VerdictPass},
			{Item: "硬盘", Want: "不低于500 GB", Found: "31 GB", Remedy: "加装或更换硬盘。", Verdict: sheet.VerdictFail},
			{Item: "宽幅激光打印机", Want: "宽幅高速激光打印机", Found: "未检查", Remedy: "由验收人现场查看，填写型号。", Verdict: sheet.VerdictAsk},
			{Item: "彩色宽幅激光打印机", Want: "彩色宽幅激光打印机（可配）", Verdict: sheet.VerdictSpare},
		},
		Verdict: sheet.VerdictFail, Printed: minute("08-28 10:14"),
	}
}

func accept(t testing.TB, a sheet.Acceptance, f *sheet.Fonts) *sheet.Document {
	t.Helper()
	d, err := a.Layout(f, campaign.Adult2019())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAcceptanceGolden(t *testing.T) {
	got := accept(t, mixed(), fallback(t)).Pages[0].Dump()
	path := filepath.Join("testdata", "acceptance.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d:\n got %s\nwant %s", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d things on the page, want %d", len(a), len(b))
	}
}

// TestAcceptanceMarksWithoutColour: what is not in order is told by black areas
// and words, so that it survives a one-bit copy.
func TestAcceptanceMarksWithoutColour(t *testing.T) {
	blacks := func(a sheet.Acceptance) int {
		return strings.Count(accept(t, a, fallback(t)).Pages[0].Dump(), "area 0 of 1, ")
	}
	// An unticked line as the measure: each tick box is an area of four, a tick one of one.
	one := func(v sheet.Verdict) int {
		a := sheet.Acceptance{Lines: []sheet.AcceptanceLine{{Item: "硬盘", Verdict: v}}}
		return blacks(a) - blacks(sheet.Acceptance{})
	}
	for v, want := range map[sheet.Verdict]int{
		sheet.VerdictNone: 0, sheet.VerdictSpare: 0, sheet.VerdictPass: 1, // the tick
		sheet.VerdictFail: 4, // the tick, the number's cell, the tag, the count
		sheet.VerdictAsk:  1, // the tag
	} {
		if got := one(v); got != want {
			t.Errorf("%q: %d black areas, want %d", v, got, want)
		}
	}
	dump := accept(t, mixed(), fallback(t)).Pages[0].Dump()
	if strings.Contains(dump, "area 1") || strings.Contains(dump, "area 2") {
		t.Error("something is marked by grey")
	}
}

// TestAcceptanceSpeaks: what a person copies out of the PDF.
func TestAcceptanceSpeaks(t *testing.T) {
	read := func(a sheet.Acceptance) string {
		return strings.Join(strings.Fields(fontstest.Run(t, "pdftotext", "-layout", file(t, accept(t, a, fontstest.Bundle(t))), "-")), " ")
	}
	text := read(mixed())
	for _, want := range []string{"设备验收单", "湖南省2019年成人高等学校招生全国统一考试", "芙蓉区第03确认点", "2019-08-28 10:14", "联想 启天 M710t",
		"湘教考信字〔2019〕3号", "不低于500 GB", "31 GB", "加装或更换硬盘。", "偏差认可人", "查看人", "可不配", "技术员签名", "机构负责人签名", "机构盖章",
		"现场复核后", "准表 19 设备验收单", "provision 1", "粗框标出"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on it:\n%s", want, text)
		}
	}
	good := mixed()
	good.Verdict, good.Lines = sheet.VerdictPass, good.Lines[:1]
	text = read(good)
	for _, never := range []string{"偏差认可人", "查看人", "现场复核后", "先处理"} {
		if strings.Contains(text, never) {
			t.Errorf("%q is on a sheet where all is well", never)
		}
	}
}

// TestAcceptanceHolds: Layout checks every text against its cell; the longest
// names of machines must not make it fail, and must not be lost.
func TestAcceptanceHolds(t *testing.T) {
	long := mixed()
	long.Name, long.Machine, long.CPU, long.System = strings.Repeat("湘西土家族苗族自治州", 5), strings.Repeat("GenuineLongBoard ", 10), strings.Repeat("W", 80), strings.Repeat("系统", 60)
	long.Source, long.Program, long.Office = strings.Repeat("依据", 80), strings.Repeat("provision ", 12), strings.Repeat("县", 40)
	long.Lines = nil
	for i := range sheet.MaxAcceptance {
		long.Lines = append(long.Lines, sheet.AcceptanceLine{Item: strings.Repeat("打印机", 12), Want: strings.Repeat("宽幅高速激光打印机", 9),
			Found: strings.Repeat("LaserJet Enterprise ", 9), Remedy: strings.Repeat("接好打印机。", 15), Verdict: sheet.Verdict(i % 5)})
	}
	rare := mixed()
	rare.Lines[1].Found, rare.Machine = "\U0001F600\ue100\u202e\x00龘é\xff", "㛃𬭩𬀩"
	for name, a := range map[string]sheet.Acceptance{"long": long, "rare": rare, "empty": {}, "mixed": mixed()} {
		for _, f := range []*sheet.Fonts{fallback(t), fontstest.Bundle(t)} {
			d := accept(t, a, f)
			if len(d.Pages) != 1 {
				t.Errorf("%s: %d pages", name, len(d.Pages))
			}
			if name == "long" && !strings.Contains(d.Pages[0].Dump(), "附：") {
				t.Error("what was cut is not told")
			}
		}
	}
	long.Lines = append(long.Lines, long.Lines[0])
	if _, err := long.Layout(fallback(t), campaign.Adult2019()); !errors.Is(err, sheet.ErrLayout) {
		t.Errorf("a line too many: %v", err)
	}
}

// TestAcceptanceInTheSmallFont: a technician's machine often has no other. Our
// own words must not come out as boxes.
func TestAcceptanceInTheSmallFont(t *testing.T) {
	f := fallback(t)
	asked := mixed()
	asked.Verdict = sheet.VerdictAsk
	good := mixed()
	good.Verdict = sheet.VerdictPass
	for _, a := range []sheet.Acceptance{mixed(), asked, good, {}} {
		if missing := f.Missing(accept(t, a, f).Pages[0].Dump()); len(missing) > 0 {
			t.Errorf("%q are not in it", missing)
		}
	}
}

func TestAcceptanceTemplate(t *testing.T) {
	hash := func(a sheet.Acceptance, zh string) string {
		c := campaign.Adult2019()
		c.Zh += zh
		d, err := a.Layout(fallback(t), c)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(d.Pages[0].Dump(), "模板 ")
		return after[:9]
	}
	if hash(mixed(), "") != hash(sheet.Acceptance{}, "") || hash(mixed(), "") == hash(mixed(), "（补）") {
		t.Error("the hash must name the wording and nothing that was filled in")
	}
	d := accept(t, mixed(), fallback(t))
	if !bytes.Equal(pdf(t, d), pdf(t, accept(t, mixed(), fallback(t)))) {
		t.Error("the same sheet gave other bytes")
	}
}
