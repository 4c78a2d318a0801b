package paper

import (
	"fmt"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Receipt is the paper for cash that was taken at a point (收款凭据, demand B11): the
// same twice on a sheet, one half for the candidate and one for the point. It says
// that the treasury's own receipt is another one.
type Receipt struct {
	Campaign string
	Point    string
	Number   string // of the receipt
	Order    string // 缴费单号, as it is read out
	Name     string
	Document string // masked
	Level    string
	Fen      int64
	At       time.Time
	By       string // who took it
	Printed  time.Time
}

const receiptVersion = 1

// receiptWords are its wordings: apart from those of the slips, whose template they
// would change.
var receiptWords = struct{ Title, Hers, Ours, Name, Document, Level, Amount, Yuan, Order, Number, Point, At, Sign, Seal, Note, Foot pair }{
	Title:    pair{"收款凭据", "Receipt"},
	Hers:     pair{"考生联", "the candidate's"},
	Ours:     pair{"存根联", "the point's"},
	Name:     pair{"姓　　名", "Name"},
	Document: pair{"证件号码", "Document"},
	Level:    pair{"报考类别", "Level"},
	Amount:   pair{"实收金额", "Amount"},
	Yuan:     pair{"￥%d.%02d　人民币%s", "￥%d.%02d, %s"},
	Order:    pair{"缴费单号", "Order"},
	Number:   pair{"凭据编号", "Receipt no."},
	Point:    pair{"收款地点", "Taken at"},
	At:       pair{"收款时间", "Taken on"},
	Sign:     pair{"缴费人签名", "Signature"},
	Seal:     pair{"收款单位盖章", "Seal"},
	Note:     pair{"本凭据证明现金已收，请保管好；财政票据由财政部门另行开具。收错了，当天凭本联到收款地点更正。", "This shows that cash was taken; the treasury's own receipt is made out apart. If it is wrong, bring it back on the same day."},
	Foot:     pair{"准表 21 收款凭据 · 版式 %d · 打印 %s", "Zhunkao paper 21 receipt · layout %d · printed %s"},
}

// Measures in mm from the top left of the sheet, of the upper half.
const (
	receiptX sheet.MM = 20
	receiptW sheet.MM = 170
	receiptH sheet.MM = 148.5
	receiptL sheet.MM = 32 // of labels
)

// Layout sets the sheet.
func (r Receipt) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	p := sheet.NewPress(f)
	r.half(p, 0, receiptWords.Hers.Zh)
	p.Cut(sheet.Point{X: 5, Y: receiptH}, sheet.Point{X: 205, Y: receiptH})
	r.half(p, receiptH, receiptWords.Ours.Zh)
	page, err := p.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: receiptWords.Title.Zh, Printed: r.Printed, Pages: []*sheet.Page{page}}, nil
}

// half is one copy, from y down.
func (r Receipt) half(p *sheet.Press, y sheet.MM, whose string) {
	p.Say(sheet.Rect{X: receiptX, Y: y + 14, W: receiptW, H: 9}, receiptWords.Title.Zh, sheet.Bold, sheet.Centre, 18)
	p.Say(sheet.Rect{X: receiptX, Y: y + 24, W: receiptW, H: 5}, r.Campaign, sheet.Plain, sheet.Centre, 10.5, 9, 8)
	p.Say(sheet.Rect{X: receiptX, Y: y + 14, W: receiptW, H: 5}, whose, sheet.Plain, sheet.Right, 9)
	at := y + 34
	line := func(label, text string, face sheet.Voice, sizes ...sheet.Pt) {
		p.Say(sheet.Rect{X: receiptX, Y: at, W: receiptL, H: 8}, label, sheet.Plain, sheet.Left, 10.5)
		p.Say(sheet.Rect{X: receiptX + receiptL, Y: at, W: receiptW - receiptL, H: 8}, text, face, sheet.Left, sizes...)
		at += 8.5
	}
	line(receiptWords.Name.Zh, r.Name, sheet.Bold, 12, 10.5, 9)
	line(receiptWords.Document.Zh, r.Document, sheet.Plain, 10.5)
	line(receiptWords.Level.Zh, r.Level, sheet.Plain, 10.5, 9)
	line(receiptWords.Amount.Zh, fmt.Sprintf(receiptWords.Yuan.Zh, r.Fen/100, r.Fen%100, Capitals(r.Fen)), sheet.Bold, 12, 10.5)
	line(receiptWords.Order.Zh, r.Order, sheet.Plain, 10.5)
	line(receiptWords.Number.Zh, r.Number, sheet.Plain, 10.5, 9)
	line(receiptWords.Point.Zh, r.Point, sheet.Plain, 10.5, 9, 8)
	line(receiptWords.At.Zh, r.At.In(window.Zone()).Format("2006-01-02 15:04")+"　"+r.By, sheet.Plain, 10.5, 9)
	p.Say(sheet.Rect{X: receiptX, Y: at + 4, W: 30, H: 6}, receiptWords.Sign.Zh, sheet.Plain, sheet.Left, 10.5)
	p.Sign(sheet.Rect{X: receiptX + 32, Y: at + 3, W: 50, H: 8})
	p.Say(sheet.Rect{X: receiptX + 90, Y: at + 4, W: 30, H: 6}, receiptWords.Seal.Zh, sheet.Plain, sheet.Left, 10.5)
	p.Say(sheet.Rect{X: receiptX, Y: y + receiptH - 16, W: receiptW, H: 4.5}, receiptWords.Note.Zh, sheet.Plain, sheet.Left, 8, 7)
	p.Say(sheet.Rect{X: receiptX, Y: y + receiptH - 11, W: receiptW, H: 4.5}, fmt.Sprintf(receiptWords.Foot.Zh, receiptVersion, r.Printed.In(window.Zone()).Format("2006-01-02 15:04")), sheet.Plain, sheet.Left, 7)
}

// Capitals writes an amount as it stands on papers of money, so that no stroke can be
// added to it: 壹佰柒拾元整.
func Capitals(fen int64) string {
	digits, units := []rune("零壹贰叁肆伍陆柒捌玖"), []string{"", "拾", "佰", "仟", "万", "拾万"}
	yuan, out, gap := fen/100, "", false
	text := fmt.Sprint(yuan)
	if len(text) > len(units) { // more than any fee
		return fmt.Sprintf("%d.%02d", yuan, fen%100)
	}
	for i, c := range text {
		if c == '0' {
			gap = true
			continue
		}
		if gap && out != "" {
			out += "零"
		}
		gap = false
		unit := units[len(text)-1-i]
		if len(text) == 6 && i == 0 && text[1] != '0' {
			unit = "拾" // 壹拾贰万, not 壹拾万贰万
		}
		out += string(digits[c-'0']) + unit
	}
	if out == "" {
		out = "零"
	}
	out += "元"
	switch jiao, cent := fen/10%10, fen%10; {
	case jiao == 0 && cent == 0:
		return out + "整"
	case cent == 0:
		return out + string(digits[jiao]) + "角整"
	case jiao == 0:
		return out + "零" + string(digits[cent]) + "分"
	default:
		return out + string(digits[jiao]) + "角" + string(digits[cent]) + "分"
	}
}
