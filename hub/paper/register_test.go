package paper_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// nobody is a picture as large as a chip's.
func nobody(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 102, 126))
	for y := range 126 {
		for x := range 102 {
			v := uint8(0xF0)
			if dx, dy := x-51, y-52; dx*dx*9+dy*dy*6 < 9000 {
				v = 0xC0
			} else if y > 92 && dx*dx < 1700 {
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

// register is the form of the mock-up.
func register(t *testing.T) paper.Register {
	return paper.Register{Campaign: "湖南省2019年成人高等学校招生",
		Words: campaign.Words{Number: "19430102340901", Name: "刘䶮", Sex: "女", Ethnic: "汉族", Birth: "1984-09-04", DocumentType: "居民身份证", DocumentNumber: "430102198409049024", Politics: "群众", Education: "大学专科毕业",
			School: "湖南广播电视大学", GraduationDate: "2018-06-30", Diploma: "511615201806000901", Occupation: "专业技术人员", WorkDate: "2008-07-01", Phone: "19900000901", PostCode: "410001", Address: "长沙市芙蓉区马王堆街道古汉路901号育英小区9栋901室",
			Choices: []campaign.ChoiceInWords{{Order: 1, Level: "专升本", Category: "34 经济管理类", School: "10532 湖南大学", Major: "120203 会计学", Form: "函授", Years: "2.5"},
				{Order: 2, Level: "专升本", Category: "34 经济管理类", School: "10554 湖南工商大学", Major: "120204 财务管理", Form: "函授", Years: "2.5"}}},
		Photo: nobody(t), Ticket: "010234012701", Marks: []paper.RegisterMark{{Subject: "政治", Mark: "112"}, {Subject: "外语（英语）", Mark: "96"}, {Subject: "高等数学(二)", Mark: "104"}}, Total: "312", Feature: "20", File: "332",
		Bonus: "年满25周岁，20分（截至2019-12-31）。各项不累加，取最高一项。", Integrity: "已签订并抄录《诚信考试承诺书》（2019-09-06）。本次考试无违规记录。",
		Admitted: paper.RegisterAdmission{College: "10532 湖南大学", Major: "120203 会计学", Level: "专升本", Form: "函授", Years: "2.5", Date: "2019-12-18"},
		Office:   "湖南省教育考试院", Printed: time.Date(2019, 12, 19, 2, 32, 0, 0, time.UTC), Copy: 1, Flags: []sheet.Mark{sheet.Specimen}}
}

// longRegister has everything as long as it gets.
func longRegister(t *testing.T) paper.Register {
	r := register(t)
	r.Name, r.Campaign = identity.Name("买买提依明·阿卜杜热合曼·图尔荪尼亚孜·艾合买提江"), strings.Repeat("湖南省二〇一九年", 6)
	r.Ethnic, r.DocumentType, r.Politics, r.Education, r.Occupation = strings.Repeat("维吾尔族", 5), strings.Repeat("台湾居民来往大陆通行证", 3), strings.Repeat("中国国民党革命委员会", 3), strings.Repeat("大学专科毕业", 5), strings.Repeat("商业服务业人员", 5)
	r.Address, r.School, r.Diploma, r.Licence, r.Phone = strings.Repeat("凤凰县沱江镇红旗路", 23)[:3*200], strings.Repeat("湘西民族职业技术学院", 5), strings.Repeat("5116152018", 6), strings.Repeat("医学类执业资格", 6), strings.Repeat("1990000090", 4)
	r.Bonus, r.Integrity = strings.Repeat("少数民族聚居地区少数民族，十分。", 8), strings.Repeat("已签订并抄录承诺书。", 12)
	r.Admitted.College, r.Admitted.Major, r.Admitted.Form = strings.Repeat("湖南民族职业技术学院", 4), strings.Repeat("计算机科学与技术", 5), strings.Repeat("函授", 6)
	r.Marks = append(r.Marks, paper.RegisterMark{Subject: "史地（历史地理综合）", Mark: "缺考"}, paper.RegisterMark{Subject: "专业加试", Mark: "100"})
	r.Choices = append(r.Choices, r.Choices...)
	r.Choices[0].School = strings.Repeat("湖南工商大学", 6)
	r.Office = strings.Repeat("湖南省教育考试院", 4)
	return r
}

// TestRegister: both sides say everything that was filled in, a photo that is no picture
// stops nothing, what is too long stands whole beside the seal, and no verb
// prints a value.
func TestRegister(t *testing.T) {
	f := open(t, false)
	r := register(t)
	pdf, pages := pressed(t, f, r)
	again, _ := pressed(t, f, register(t))
	if pages != 2 || !bytes.Equal(pdf, again) {
		t.Errorf("%d pages; same bytes: %t", pages, bytes.Equal(pdf, again))
	}
	text := solid(poppler(t, pdf, "-layout"))
	for _, want := range []string{"刘䶮", "1943 0102 34 0901", "430102198409049024", "0102 34 0127 01", r.Address, "第一", "10554 湖南工商大学", "高等数学(二)", "外语（英语）", "312", "332", r.Bonus, r.Integrity, "10532 湖南大学", "120203 会计学", "2.5年", "2019-12-18",
		"省教育考试院录取专用章", "考生登记表（背面）", "自高中阶段起", "市（州）招考机构审查意见", "准表 03 考生登记表 · 版式 1", "第 2 页 共 2 页", "样张"} {
		if !strings.Contains(text, solid(want)) {
			t.Errorf("it does not say %q", want)
		}
	}
	for name, r := range map[string]paper.Register{"long": longRegister(t), "empty": {}, "no picture": {Photo: []byte("none")}} {
		pdf, pages := pressed(t, f, r)
		if pages != 2 {
			t.Errorf("%s: %d pages", name, pages)
		}
		if name != "long" {
			continue
		}
		text := solid(poppler(t, pdf, "-raw"))
		for _, want := range []string{"附：", r.Name.Reveal(), r.Address, r.Bonus} {
			if !strings.Contains(text, solid(want)) {
				t.Errorf("of what is too long it does not say %q whole", want)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		if got := fmt.Sprintf(verb, r); got != "register form" {
			t.Errorf("%s: %s", verb, got)
		}
	}
	if to := os.Getenv("ZHUNKAO_LOOK_SITE"); to != "" {
		files := map[string][]byte{}
		files["03"], _ = pressed(t, f, register(t))
		files["03-long"], _ = pressed(t, f, longRegister(t))
		files["03-list"], _ = bound(t, f, registerBatch(t, 37))
		for name, pdf := range files {
			if err := os.WriteFile(to+"/"+name+".pdf", pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func registerBatch(t *testing.T, n int) paper.RegisterBatch {
	b := paper.RegisterBatch{Campaign: "湖南省2019年成人高等学校招生", College: "10532 湖南大学", Office: "湖南省教育考试院", Printed: time.Date(2019, 12, 19, 2, 32, 0, 0, time.UTC)}
	for i := range n {
		r := register(t)
		r.Number, r.Photo = fmt.Sprintf("1943010234%04d", 901+i), nil
		b.Forms = append(b.Forms, r)
	}
	return b
}

// bound is the PDF of a college's forms, of whom every second has a picture, and how many
// pages it has. Pictures are asked for in order, once, some at a time.
func bound(t *testing.T, f *sheet.Fonts, b paper.RegisterBatch) ([]byte, int) {
	t.Helper()
	var file bytes.Buffer
	asked := 0
	picture := register(t).Photo
	if err := b.Write(&file, f, func(from, to int) ([][]byte, error) {
		if from != asked || to-from > 200 {
			t.Errorf("pictures %d to %d are asked for, %d were", from, to, asked)
		}
		asked = to
		out := make([][]byte, to-from)
		for i := range out {
			if (from+i)%2 == 0 {
				out[i] = picture
			}
		}
		return out, nil
	}); err != nil {
		t.Fatal(err)
	}
	if asked != len(b.Forms) {
		t.Errorf("%d pictures were asked for, of %d", asked, len(b.Forms))
	}
	m := regexp.MustCompile(`/Type/Pages/Count (\d+)`).FindSubmatch(file.Bytes())
	if m == nil {
		t.Fatal("no pages")
	}
	pages, _ := strconv.Atoi(string(m[1]))
	return file.Bytes(), pages
}

// TestRegisterBatch: the list counts everybody once, in order, and each form begins on a
// front.
func TestRegisterBatch(t *testing.T) {
	f := open(t, true)
	for _, n := range []int{0, 1, 37, 38, 48, 49, 201} {
		pdf, pages := bound(t, f, registerBatch(t, n))
		lists := pages - 2*n
		if lists%2 != 0 || lists < 2 {
			t.Errorf("%d people: %d pages before the first form", n, lists)
		}
		if n != 49 {
			continue
		}
		for page := 1; page <= 2*n; page++ {
			text := solid(poppler(t, pdf, "-f", fmt.Sprint(lists+page), "-l", fmt.Sprint(lists+page)))
			number := solid(sheet.Grouped(fmt.Sprintf("1943010234%04d", 901+(page-1)/2)))
			if lacks := strings.Contains(text, solid("未采集相片")); lacks != (page%4 == 3) { // the front of every second
				t.Errorf("page %d: no picture: %v", page, lacks)
			}
			if !strings.Contains(text, number) || strings.Contains(text, "背面") != (page%2 == 0) {
				t.Fatalf("page %d behind the list is not a side of form %d", page, (page+1)/2)
			}
			if page == 6 {
				break
			}
		}
		text := solid(poppler(t, pdf, "-l", fmt.Sprint(lists)))
		for i := range n {
			if number := solid(sheet.Grouped(fmt.Sprintf("1943010234%04d", 901+i))); strings.Count(text, number) != 1 {
				t.Errorf("number %d stands %d times on the list", i, strings.Count(text, number))
			}
		}
	}
}
