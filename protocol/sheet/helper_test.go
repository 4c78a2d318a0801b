package sheet_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

func TestMain(m *testing.M) { fontstest.Main(m) }

func fallback(t testing.TB) *sheet.Fonts {
	t.Helper()
	f, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func layout(t testing.TB, p sheet.ProcessSheet, f *sheet.Fonts) *sheet.Document {
	t.Helper()
	d, err := p.Layout(f, campaign.Adult2019())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func pdf(t testing.TB, d *sheet.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// file writes a document where other programs can read it.
func file(t testing.TB, d *sheet.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(path, pdf(t, d), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// portrait is nobody: a grey figure as large as a chip's picture.
func portrait(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(0xF0)
			dx, dy := float64(x)-float64(w)/2, float64(y)-float64(h)*.42
			if dx*dx/(float64(w*w)*.05)+dy*dy/(float64(h*h)*.06) < 1 {
				v = 0xC0
			} else if float64(y) > float64(h)*.75 && dx*dx < float64(w*w)*.16 {
				v = 0x60
			}
			img.SetGray(x, y, color.Gray{v})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// minute is a time of the examinations' first week.
func minute(clock string) time.Time {
	at, err := time.ParseInLocation("01-02 15:04", clock, time.FixedZone("", 8*3600))
	if err != nil {
		panic(err)
	}
	return at.AddDate(2019, 0, 0)
}

// ordinary is the sheet of the mock-up.
func ordinary(t testing.TB) sheet.ProcessSheet {
	p := ordinaryWithout()
	p.Photo = portrait(t, 204, 252)
	return p
}

// ordinaryWithout is the same without a photo.
func ordinaryWithout() sheet.ProcessSheet {
	return sheet.ProcessSheet{
		Words: campaign.Words{
			Number: "19430102340901", Name: identity.Name("刘䶮"), Sex: "女", Ethnic: "汉族", Birth: "1984-09-04",
			DocumentType: "居民身份证", DocumentNumber: identity.Number("430102198409049024"), Politics: "群众", Education: "大学专科毕业",
			Language: "英语", Occupation: "专业技术人员", School: "湖南广播电视大学", GraduationDate: "2018-06-30", Diploma: "511615201806000901",
			WorkDate: "2008-07-01", PostCode: "410001", Phone: "19900000901", Address: "长沙市芙蓉区马王堆街道古汉路901号育英小区9栋901室",
			Choices: []campaign.ChoiceInWords{
				{Order: 1, Level: "专升本", Category: "34 经济管理类", School: "10532 湖南大学", Major: "120203 会计学", Form: "函授", Years: "2.5"},
				{Order: 2, Level: "专升本", Category: "34 经济管理类", School: "10554 湖南工商大学", Major: "120204 财务管理", Form: "函授", Years: "2.5"},
			},
			Bonuses: []string{"年满25周岁（自动）"},
		},
		Steps: []sheet.StepDone{
			{Step: "identity", Results: []string{"same"}, At: minute("09-06 09:12")},
			{Step: "review", Results: []string{"passed"}, At: minute("09-06 09:15")},
			{Step: "bonus", Results: []string{"some"}, At: minute("09-06 09:16")},
			{Step: "pledge", Results: []string{"copied"}, At: minute("09-06 09:24")},
			{Step: "confirm", Results: []string{"confirmed"}, At: minute("09-06 09:26")},
		},
		FeeFen: 17000, Marks: []sheet.Mark{sheet.Specimen}, Copy: 1, Office: "芙蓉区第03确认点", Printed: minute("09-06 09:26"),
	}
}

// provisional is the second sheet of the mock-up: printed at home, everything
// as long as it gets.
func provisional(testing.TB) sheet.ProcessSheet {
	return sheet.ProcessSheet{
		Words: campaign.Words{
			Number: "19433130120926", Name: identity.Name("古丽娜尔·阿卜杜热合曼"), Sex: "女", Ethnic: "维吾尔族", Birth: "1999-11-03",
			DocumentType: "居民身份证", DocumentNumber: identity.Number("433130199911039262"), Politics: "群众", Education: "普通高中毕业",
			Language: "俄语", Occupation: "商业、服务业人员", School: "湘西土家族苗族自治州龙山县里耶镇民族高级中学（秦简校区）", GraduationDate: "2018-06-30",
			WorkDate: "2018-09-01", PostCode: "416800", Phone: "19900000926",
			Address: strings.Repeat("湖南省湘西土家族苗族自治州龙山县里耶镇长春社区沿江北路与秦简文化广场交叉口东北侧", 5)[:3*200],
			Choices: []campaign.ChoiceInWords{
				{Order: 1, Level: "高起本", Category: "12 理工类", School: "10531 吉首大学", Major: "080901 计算机科学与技术", Form: "业余", Years: "5"},
				{Order: 2, Level: "高起专", Category: "22 理工类", School: "12601 湘西民族职业技术学院", Major: "610201 计算机应用技术", Form: "业余", Years: "2.5"},
			},
			Bonuses: []string{"少数民族聚居地区少数民族"},
		},
		Provisional: true, FeeFen: 16000, Printed: minute("09-04 21:07"),
	}
}

var errStop = errors.New("stop")
