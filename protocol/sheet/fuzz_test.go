package sheet_test

import (
	"bytes"
	"image"
	"strings"
	"sync"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// Read once: a fuzzer that parses a campaign for each name tries few names.
var (
	fuzzFonts    = sync.OnceValues(func() (*sheet.Fonts, error) { return sheet.OpenFonts("") })
	fuzzCampaign = sync.OnceValue(campaign.Adult2019)
)

// FuzzName: no name stops a sheet or leaves its cell. Layout refuses a page
// that fails its own check, so an error here is a text outside its place.
func FuzzName(f *testing.F) {
	for _, s := range []string{"刘䶮", "古丽娜尔·阿卜杜热合曼", "", "\x00", "\xff\xfe", "\xed\xa0\x80", "\u202e\u2066abc", "e\u0301\u0301\u0301", "😀👨‍👩‍👧", "سعيد محمد", "\u3000", "········",
		strings.Repeat("𬭩", 50), strings.Repeat("W", 50), strings.Repeat("·", 51), strings.Repeat("i", 300), "<script>", "{{7*7}}", "%s%n", "\ue863", "\U000E0100", "\U0010FFFF", "a\u00a0b\u2028c\td"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 4096 {
			name = name[:4096]
		}
		one(t, func(p *sheet.ProcessSheet) { p.Name = identity.Name(name) })
	})
}

// FuzzFields puts anything anywhere.
func FuzzFields(f *testing.F) {
	f.Add("12345678901234", "甲", "地址", "A1", "", int64(1), 0, false)
	f.Add("x", strings.Repeat("长", 400), strings.Repeat("W", 900), "\xff\x00", strings.Repeat("0", 300), int64(-1<<63), 1<<30, true)
	f.Add("", "", "", "", "", int64(1<<62), -1, true)
	f.Add(strings.Repeat("9", 200), "\u202e", "a b\nc", "“”", "\x00", int64(0), 7, false)
	f.Fuzz(func(t *testing.T, number, short, long, code, slip string, fen int64, n int, provisional bool) {
		for _, s := range []*string{&number, &short, &long, &code} {
			*s = (*s)[:min(len(*s), 8192)]
		}
		one(t, func(p *sheet.ProcessSheet) {
			p.Words = campaign.Words{Number: number, Name: identity.Name(short), Sex: code, Ethnic: short, Birth: code, DocumentType: short, DocumentNumber: identity.Number(code),
				Politics: long, Education: short, Language: short, Occupation: long, School: long, GraduationDate: short, Diploma: long, WorkDate: short, Licence: long,
				PostCode: short, Phone: long, Address: long, Bonuses: []string{short, long}, Exemptions: []string{long},
				Choices: []campaign.ChoiceInWords{{Order: n, Level: short, Category: long, School: long, Major: long, Form: short, Years: code}}}
			p.FeeFen, p.Copy, p.Office, p.NoPhoto, p.Provisional = fen, n, long, short, provisional
			p.Photo = nil
			p.Steps[2].Count = n
			p.Marks = []sheet.Mark{sheet.Mark(code), sheet.Voided}
			p.Slip, p.SlipText = "", long
			if len(slip) < 120 && !provisional {
				p.Slip, p.Marks = slip, nil
			}
		})
	})
}

// one lays a sheet out and writes it both ways.
func one(t *testing.T, change func(p *sheet.ProcessSheet)) {
	t.Helper()
	fonts, err := fuzzFonts()
	if err != nil {
		t.Fatal(err)
	}
	p := ordinaryWithout()
	change(&p)
	d, err := p.Layout(fonts, fuzzCampaign())
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if len(d.Pages) != 1 {
		t.Fatalf("%d pages", len(d.Pages))
	}
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		t.Fatal(err)
	}
	if err := d.Pages[0].Raster(50, 200, func(int, *image.Gray) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// FuzzPicture: no bytes given as a photo stop a sheet.
func FuzzPicture(f *testing.F) {
	good := portrait(f, 20, 25)
	f.Add(good)
	f.Add(good[:100])
	f.Add([]byte{0xff, 0xd8, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		if b == nil {
			b = []byte{}
		}
		one(t, func(p *sheet.ProcessSheet) { p.Photo = b })
	})
}
