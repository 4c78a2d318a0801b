package paper_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/paper"
)

// closingOf is a day with so many exceptions, each of which explains 160.00 that a
// statement has beyond the books.
func closingOf(n int) paper.Closing {
	at := time.Date(2019, 9, 5, 16, 0, 0, 0, time.UTC)
	c := paper.Closing{Campaign: "湖南省2019年成人高等学校招生全国统一考试", Office: "湖南省教育考试院", Day: at, Had: at.Add(34 * time.Hour), Printed: at.Add(35 * time.Hour),
		Channels: []paper.ClosingLine{{Name: "微信支付", Own: 23_456, Stated: 23_456 + n, OwnFen: 387_654_000, StatedFen: 387_654_000 + 16_000*int64(n), Listed: -16_000 * int64(n)},
			{Name: "支付宝", Own: 1200, Stated: 1200, OwnFen: 19_400_000, StatedFen: 19_400_000}},
		Refunds: paper.ClosingLine{Name: "退款", Own: -3, Stated: -3, OwnFen: -50_000, StatedFen: -50_000}, Came: paper.ClosingCarry{N: 2, Fen: 33_000, Why: "前两日跨日"}, Goes: paper.ClosingCarry{N: 5, Fen: 81_000, Why: "等次日账单"}}
	for i := range n {
		c.Rows = append(c.Rows, paper.ClosingRow{Class: "长款", Channel: "微信", Order: fmt.Sprintf("2019430000000000%04d", i+1), Fen: 16_000, Signed: true, Why: "渠道已收、本系统没有这一单，已请渠道查询，问清付款人以后原路退回"})
	}
	return c
}

// wordsAt gives the words of a paper by page, each with how far down it ends, pt.
func wordsAt(t *testing.T, pdf []byte) (pages []map[string]float64) {
	t.Helper()
	word := regexp.MustCompile(`yMax="([0-9.]+)">([^<]*)</word>`)
	for _, page := range strings.Split(poppler(t, pdf, "-bbox"), "<page ")[1:] {
		at := map[string]float64{}
		for _, m := range word.FindAllStringSubmatch(page, -1) {
			y, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			at[m[2]] = max(at[m[2]], y)
		}
		pages = append(pages, at)
	}
	return pages
}

// TestClosing: paper 17 has each exception once and in order on as many pages as it
// takes; no row runs into the signatures, which stand on the last page with what is
// carried; the same day gives the same bytes.
func TestClosing(t *testing.T) {
	f := open(t, true)
	for _, n := range []int{0, 1, 8, 9, 10, 11, 12, 13, 24, 40, 41, 42, 43, 44, 45, 46, 90, 200} {
		c := closingOf(n)
		doc, err := c.Layout(f)
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		var pdf, again bytes.Buffer
		if err := doc.PDF(&pdf); err != nil {
			t.Fatal(err)
		}
		if doc, err = c.Layout(f); err == nil {
			err = doc.PDF(&again)
		}
		if err != nil || !bytes.Equal(pdf.Bytes(), again.Bytes()) {
			t.Errorf("%d exceptions: not the same bytes, %v", n, err)
		}
		pages, next := wordsAt(t, pdf.Bytes()), 1
		for i, at := range pages {
			rows := 0
			for y := 0.0; ; rows++ {
				here, ok := at[fmt.Sprintf("2019430000000000%04d", next)]
				if !ok {
					break
				}
				if here <= y || here > 227.5*72/25.4 && i == len(pages)-1 || here > 282*72/25.4 {
					t.Errorf("%d exceptions: row %d ends at %.0f pt of page %d", n, next, here, i+1)
				}
				y = here
				next++
			}
			if i > 0 && rows == 0 {
				t.Errorf("%d exceptions: page %d has none", n, i+1)
			}
		}
		if next != n+1 {
			t.Errorf("%d exceptions: %d stand there in order", n, next-1)
		}
	}
}

// TestClosingSays: what is left unexplained is the sum of what nothing accounts for; a
// day that does not balance has nothing to sign and says so, one that is not closed is a
// draft, and a closed one names the two and its seal.
func TestClosingSays(t *testing.T) {
	f := open(t, true)
	says := func(c paper.Closing) string {
		t.Helper()
		doc, err := c.Layout(f)
		if err != nil {
			t.Fatal(err)
		}
		var pdf bytes.Buffer
		if err := doc.PDF(&pdf); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(poppler(t, pdf.Bytes(), "-layout")), "")
	}
	even := closingOf(2)
	closed := even
	closed.Closed, closed.By, closed.Second, closed.At, closed.Seal = true, "邓志远", "谭丽华", even.Printed.Add(time.Hour), "1a2b3c4d"
	uneven := closingOf(2)
	uneven.Channels[1].StatedFen += 17_000
	opposed := closingOf(0) // one channel has what another lacks: nothing left in all, and yet not balanced
	opposed.Channels[0].StatedFen += 500
	opposed.Channels[1].StatedFen -= 500
	nofile := even
	nofile.Had = time.Time{}
	for name, c := range map[string]struct {
		of          paper.Closing
		unexplained int64
		has, not    []string
	}{
		"a draft":  {even, 0, []string{"已轧平", "尚未封账", "制表人", "财务专用章", "+160.00", "-320.00", "3,876,540.00", "3,876,860.00", "24,653笔（已扣退款3笔）", "转入下日5笔", "810.00", "以下空白"}, []string{"未轧平", "邓志远", "封账指纹"}},
		"closed":   {closed, 0, []string{"已轧平", "邓志远", "谭丽华", "09-0712:00", "封账指纹1a2b3c4d"}, []string{"尚未封账", "不得封账"}},
		"uneven":   {uneven, 17_000, []string{"未轧平", "不得封账", "170.00"}, []string{"制表人与复核人须", "财务专用章"}},
		"opposed":  {opposed, 0, []string{"未轧平", "不得封账", "+5.00", "-5.00"}, []string{"财务专用章"}},
		"no files": {nofile, 0, []string{"账单取得未取得"}, nil},
	} {
		if got := c.of.Unexplained(); got != c.unexplained {
			t.Errorf("%s: %d fen unexplained, want %d", name, got, c.unexplained)
		}
		text := says(c.of)
		for _, want := range c.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s: it does not say %q", name, want)
			}
		}
		for _, no := range c.not {
			if strings.Contains(text, no) {
				t.Errorf("%s: it says %q", name, no)
			}
		}
	}
}
