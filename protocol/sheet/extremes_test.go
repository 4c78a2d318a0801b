package sheet_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// extremes are sheets at and beyond the longest allowed values.
func extremes(t testing.TB) map[string]sheet.ProcessSheet {
	long := ordinary(t)
	long.Name = "买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江"
	long.Ethnic = "外国血统中国籍人士（入籍）"
	long.Address = strings.Repeat("湘西土家族苗族自治州", 20)                // 200 characters
	long.School = strings.Repeat("湖南第一师范学院", 4)[:3*30]             // 30
	long.Occupation = "党的机关、国家机关、群众团体和社会组织、企事业单位负责人"               // the longest of the table
	long.DocumentType = "港澳居民来往内地通行证(回乡证)"                         // the longest of the table
	long.DocumentNumber = identity.Number(strings.Repeat("8", 30)) // the longest of the form
	long.Diploma = strings.Repeat("8", 30)
	long.Licence = strings.Repeat("8", 30)
	long.Phone = strings.Repeat("8", 20)
	long.Bonuses = []string{"边疆、山区、牧区、少数民族聚居地区少数民族考生"}
	long.Choices[0].School = "10532 " + strings.Repeat("院", 40)
	long.Office = "湘西土家族苗族自治州龙山县里耶镇民族高级中学第03报名确认点"
	long.Marks = []sheet.Mark{sheet.Specimen, sheet.Reprint, sheet.Voided}

	beyond := long
	beyond.Name = identity.Name(strings.Repeat("阿卜杜热合曼·图尔荪", 5)) // 50
	beyond.Address = strings.Repeat("湘西土家族苗族自治州", 26)
	beyond.Exemptions = []string{strings.Repeat("“三支一扶”服务期满考核合格者；", 4)}
	beyond.Number = strings.Repeat("9", 40)

	slip := beyond
	slip.Marks, slip.Number = nil, "19430102340901"
	slip.Slip = "HTTPS://PAY.EXAMPLE/S/" + strings.Repeat("0A9ZK$%*+-./:", 14)
	slip.SlipText = "请在9月11日24时前，用手机扫描左侧二维码，在网上支付报名考试费170.00元；完成支付方为有效。不必等待信息上传，扫码即可支付。"

	latin := ordinary(t)
	latin.Name = "WOLFESCHLEGELSTEINHAUSENBERGERDORFF MAXIMILIAN"
	latin.Address = "Flat 12B, 4711 Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Road, " + strings.Repeat("W", 70)

	rare := ordinary(t)
	rare.Name = "㛃𬭩𬀩·𠮷䶮\U0001F600\ue100\u202e\x00龘é"
	rare.Photo, rare.NoPhoto = nil, "证件照片\n未能读取"
	return map[string]sheet.ProcessSheet{"ordinary": ordinary(t), "provisional": provisional(t), "long": long, "beyond": beyond, "slip": slip, "latin": latin, "rare": rare, "empty": {}}
}

// What is cut on its place is written whole under the last block.
func TestWhatIsCutIsWrittenBelow(t *testing.T) {
	f := fontstest.Bundle(t)
	plain := func(p sheet.ProcessSheet) string {
		text := fontstest.Run(t, "pdftotext", "-raw", file(t, layout(t, p, f)), "-")
		return strings.NewReplacer("\n", "", "\f", "").Replace(text)
	}
	p := ordinary(t)
	p.Name = identity.Name(strings.Repeat("阿卜杜热合曼·图尔荪", 5))
	p.Address = strings.Repeat("湘西土家族苗族自治州", 26)
	text := plain(p)
	if !strings.Contains(text, "附：姓名“"+p.Name.Reveal()+"”；通讯地址“"+p.Address+"”") || strings.Count(text, "…") != 2 {
		t.Errorf("not whole below:\n%s", text)
	}
	p.Address = strings.Repeat("湘西土家族苗族自治州", 400)
	if text := plain(p); !strings.Contains(text, "…（余下部分见系统记录）") {
		t.Error("more than the sheet has room for, and it does not say so")
	}
	// At the longest allowed value nothing is cut but the two that the sheet
	// has no room for.
	long := extremes(t)["long"]
	text = plain(long)
	for _, s := range []string{long.Address, long.School, long.Occupation, long.DocumentType, long.DocumentNumber.Reveal(), long.Diploma, long.Licence, long.Phone, long.Bonuses[0]} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not whole on the sheet", s)
		}
	}
}

// Seven steps, a slip and much that was cut: still one page, and nothing lies
// on anything.
func TestSevenStepsFit(t *testing.T) {
	c := campaign.Adult2019()
	c.Process.Steps = append(c.Process.Steps, campaign.ProcessStep{Key: "last", Zh: "领取回执", Note: "交回本表", Results: []campaign.StepResult{{Key: "done", Zh: "已领"}}})
	if p := c.Validate(); p != nil {
		t.Fatal(p)
	}
	for name, p := range extremes(t) {
		d, err := p.Layout(fontstest.Bundle(t), c)
		if err != nil || len(d.Pages) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkWords(t, name, words(t, d))
	}
	one := campaign.Adult2019()
	one.Process.Steps = one.Process.Steps[:1]
	if _, err := ordinary(t).Layout(fontstest.Bundle(t), one); err != nil {
		t.Error(err)
	}
}

// Anything in any field, drawn by lot from what breaks programs: Layout refuses
// a page with a text outside its place, so an error is a finding.
func TestAnythingAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"刘", "䶮", "𬭩", "·", "W", "i", " ", "\u3000", "e\u0301", "\u202e", "\x00", "\xff", "\xed\xa0\x80", "😀", "سعيد", "，", "（", "》", "901", "\ue863", "\n", "-", "\U000E0100", "﷽"}
	anything := func() string {
		var b strings.Builder
		piece := rng.IntN(len(pieces))
		for range rng.IntN(1 + rng.IntN(300)) {
			if rng.IntN(3) > 0 {
				piece = rng.IntN(len(pieces))
			}
			b.WriteString(pieces[piece])
		}
		return b.String()
	}
	f, c := fontstest.Bundle(t), campaign.Adult2019()
	for i := range 200 {
		p := ordinaryWithout()
		v := reflect.ValueOf(&p.Words).Elem()
		for k := range v.NumField() {
			if v.Field(k).Kind() == reflect.String && rng.IntN(3) == 0 {
				v.Field(k).SetString(anything())
			}
		}
		p.Choices[0].School, p.Choices[1].Level = anything(), anything()
		p.Bonuses, p.Exemptions = []string{anything(), anything()}, []string{anything()}
		p.Office, p.NoPhoto, p.SlipText, p.Provisional = anything(), anything(), anything(), rng.IntN(4) == 0
		if rng.IntN(2) == 0 {
			p.Slip = "HTTPS://PAY.EXAMPLE/S/0123456789ABCDEF"
		}
		d, err := p.Layout(f, c)
		if err != nil {
			t.Fatalf("draw %d: %v", i, err)
		}
		if i%40 == 0 {
			checkWords(t, fmt.Sprint("draw ", i), words(t, d))
		}
	}
}
