package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
	"zhunkao/protocol/identity"
)

// unpaidList is a list of so many people, with the reasons of a campaign.
func unpaidList(n int) paper.Unpaid {
	u := paper.Unpaid{Campaign: "湖南省2019年成人高等学校招生全国统一考试", Point: "芙蓉区第03确认点", Office: "芙蓉区第03确认点", CheckBy: time.Date(2019, 9, 20, 10, 0, 0, 0, time.UTC), Printed: time.Date(2019, 9, 19, 0, 0, 0, 0, time.UTC), Specimen: true,
		Reasons: []paper.UnpaidReason{{"01", "本人放弃报考", false}, {"02", "忘记或者错过缴费时间", false}, {"03", "支付不成功", false}, {"04", "已付款但系统未到账", true}, {"05", "申请免试", false}, {"06", "重复报名", false}, {"07", "联系不上本人", false}, {"99", "其他", true}}}
	names := []string{"赵春燕", "钱永红", "刘䶮明", "迪丽拜尔·吾买尔江", "阿不都外力·阿不都热合曼·艾山江·买买提明"}
	for i := range n {
		u.Rows = append(u.Rows, paper.UnpaidRow{Name: identity.Name(names[i%len(names)]), Level: "专升本", Category: "34 经济管理类", Phone: fmt.Sprintf("1990000%04d", 901+i), Number: fmt.Sprintf("1943010234%04d", 901+i), Order: "430000000000000001",
			Confirmed: time.Date(2019, 9, 6, 0, i, 0, 0, time.UTC), Due: time.Date(2019, 9, 11, 16, 0, 0, 0, time.UTC), Fen: 17000})
	}
	if n > 2 {
		u.Rows[1].Code, u.Rows[2].Code, u.Rows[2].Note = "01", "04", "说9月10日付过，有截图，已查支付渠道没有这笔"
	}
	return u
}

// Paper 18 says each person once, in order, with her telephone; sums and reasons agree;
// whoever has no glyph or a long name stops no sheet, and the same list gives the same
// bytes.
func TestUnpaid(t *testing.T) {
	for _, n := range []int{0, 1, 17, 18, 22, 23, 37, 60} {
		u := unpaidList(n)
		f := open(t, n != 37)
		make := func() []byte {
			doc, err := u.Layout(f)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := doc.PDF(&b); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		doc, err := u.Layout(f)
		if err != nil {
			t.Fatal(err)
		}
		pdf := make()
		if !bytes.Equal(pdf, make()) {
			t.Errorf("%d people: not the same bytes", n)
		}
		if n != 37 {
			continue
		}
		if out := os.Getenv("PAPER18"); out != "" {
			if err := os.WriteFile(out, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if len(doc.Pages) != 2 {
			t.Errorf("%d people on %d pages", n, len(doc.Pages))
		}
		text := strings.Join(strings.Fields(poppler(t, pdf, "-layout")), "")
		for i := range u.Rows {
			if phone := fmt.Sprintf("1990000%04d", 901+i); strings.Count(text, phone) != 1 {
				t.Errorf("%s stands there %d times", phone, strings.Count(text, phone))
			}
		}
		for _, want := range []string{"6,290.00", "已确认未缴费名单", "芙蓉区第03确认点", "核实期限9月20日18:00", "缴费截止9月11日24:00", "合计37人", "刘䶮明", "艾山江·买买提明", "第2页共2页"} {
			if !strings.Contains(text, want) {
				t.Errorf("it does not say %q", want)
			}
		}
	}
}
