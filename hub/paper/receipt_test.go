package paper_test

import (
	"bytes"
	"testing"
	"time"

	"zhunkao/hub/paper"
)

// TestCapitals: amounts as they stand on papers of money.
func TestCapitals(t *testing.T) {
	for fen, want := range map[int64]string{17000: "壹佰柒拾元整", 12000: "壹佰贰拾元整", 4000: "肆拾元整", 100: "壹元整", 10050: "壹佰元伍角整", 10005: "壹佰元零伍分", 123456: "壹仟贰佰叁拾肆元伍角陆分",
		100_500: "壹仟零伍元整", 1_000_000: "壹万元整", 1_000_100: "壹万零壹元整", 12_000_000: "壹拾贰万元整", 10_000_000: "壹拾万元整", 50: "零元伍角整", 1_000_000_000: "10000000.00"} {
		if got := paper.Capitals(fen); got != want {
			t.Errorf("%d: %s, want %s", fen, got, want)
		}
	}
}

// TestReceipt: one sheet, whatever the names are as long as; it can be made with the
// small font.
func TestReceipt(t *testing.T) {
	r := paper.Receipt{Campaign: "2014 年普通高等学校招生全国统一考试", Point: "长沙市岳麓区湖南师范大学附属中学第一报名点（艺术类、体育类考生专用受理窗口）", Number: "20144300000417733061-2",
		Order: "2014 4300 0004 1773 3061", Name: "阿卜杜热合曼·买买提吐尔逊江·艾合买提", Document: "431***********2241", Level: "普通高考", Fen: 12000, By: "刘素梅",
		At: time.Date(2013, 11, 6, 2, 0, 0, 0, time.UTC), Printed: time.Date(2013, 11, 6, 2, 1, 0, 0, time.UTC)}
	doc, err := r.Layout(open(t, true))
	if err != nil || len(doc.Pages) != 1 {
		t.Fatalf("%v", err)
	}
	var pdf bytes.Buffer
	if err := doc.PDF(&pdf); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF")) {
		t.Errorf("%v", err)
	}
}
