package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Closing is paper 17, the day's closing (日结对账单): two persons of the office look at
// it, sign, and the day is not changed any more. What is looked for is the difference
// that no exception explains.
type Closing struct {
	Campaign string
	Office   string
	Day      time.Time // its midnight
	Had      time.Time // when the last file of a channel came; zero: none has
	Channels []ClosingLine
	Refunds  ClosingLine
	Rows     []ClosingRow
	Came     ClosingCarry // of earlier days
	Goes     ClosingCarry // to the next day
	Closed   bool
	By       string // the two, with their times, once it is closed
	Second   string
	At       time.Time
	Seal     string // of what is kept of the closed day, short
	Marks    []sheet.Mark
	Printed  time.Time
}

// ClosingLine is a channel, or all refunds, whose sums are negative.
type ClosingLine struct {
	Name        string
	Own, Stated int
	OwnFen      int64
	StatedFen   int64
	Listed      int64 // what the exceptions account for: added to the difference it leaves what nothing explains
}

func (l ClosingLine) difference() int64  { return l.StatedFen - l.OwnFen }
func (l ClosingLine) unexplained() int64 { return l.difference() + l.Listed }

// ClosingRow is an exception.
type ClosingRow struct {
	Class, Channel, Order string
	Fen                   int64 // by which the statement exceeds the books; of a pair that agrees, the amount
	Signed                bool
	Why                   string
}

// ClosingCarry is what goes from one day to the next.
type ClosingCarry struct {
	N   int
	Fen int64
	Why string
}

const closingVersion = 3

// closingWords are its wordings, apart from those of the other papers.
var closingWords = struct {
	Title, Day, State, Even, Uneven, Head, NoFile, Own, Stated, Out, Count, Channels, Channel, OwnN, OwnFen, StatedN, StatedFen, Difference, Listed, OutShort, Total,
	Exceptions, ExceptionsNote, Class, Order, Fen, Why, Blank, Carry, CarryHead, CarryWhy, Came, Goes, Law, By, Second, SignAt, Seal, Copy, On, From, Draft, DraftTag, NoClose, Sealed pair
}{
	Title: pair{"日结对账单", "Closing of a day"}, Day: pair{"对账日", "Day"}, State: pair{"状态", "State"}, Even: pair{"已轧平", "balanced"}, Uneven: pair{"未轧平", "not balanced"},
	Head:   pair{"对账区间 %s 00:00:00 — 23:59:59　账单取得 %s　单位：元", "from %s 00:00:00 to 23:59:59, statements had %s, in yuan"},
	NoFile: pair{"未取得", "not yet"},
	Own:    pair{"本系统净额", "Our net sum"}, Stated: pair{"渠道账单净额", "The channels' net sum"}, Out: pair{"未解释差额", "Unexplained"},
	Count:    pair{"%s 笔（已扣退款 %s 笔）", "%s movements (%s refunds)"},
	Channels: pair{"分渠道", "By channel"}, Channel: pair{"渠道", "Channel"}, OwnN: pair{"系统笔数", "Ours"}, OwnFen: pair{"系统金额", "Our sum"}, StatedN: pair{"账单笔数", "Stated"}, StatedFen: pair{"账单金额", "Stated sum"},
	Difference: pair{"差额", "Difference"}, Listed: pair{"已列异常", "Listed"}, OutShort: pair{"未解释", "Unexplained"}, Total: pair{"合计", "Total"},
	Exceptions: pair{"异常明细", "Exceptions"}, ExceptionsNote: pair{"每一笔差额各有一行；没有写明原因的差额，不得结账。", "Each difference has a line; without its reason no day is closed."},
	Class: pair{"类型", "Kind"}, Order: pair{"缴费单号", "Order"}, Fen: pair{"金额", "Amount"}, Why: pair{"原因与处理", "Reason and step"}, Blank: pair{"以下空白", "nothing below"},
	Carry: pair{"存疑结转", "Carried"}, CarryHead: pair{"结转", "Carried"}, CarryWhy: pair{"说明", "Note"}, Came: pair{"上日转入 %d 笔", "From days before: %d"}, Goes: pair{"转入下日 %d 笔", "To the next day: %d"},
	Law: pair{"制表人与复核人须为两人，各自登录核对后签名。签名后本日封账，不再改动；以后的更正另列凭证。", "Two persons look at this, each signed in, and sign. Then the day is closed for good; corrections are vouchers of their own."},
	By:  pair{"制表人", "Made by"}, Second: pair{"复核人", "Checked by"}, SignAt: pair{"%s　　　　　　　　时间", "%s, time"}, Seal: pair{"财务专用章", "Seal of the treasury"}, Copy: pair{"财务留存", "for the treasury"},
	On: pair{"转下页　本页 %d 项", "carried forward: %d on this page"}, From: pair{"承前页", "brought forward"}, Draft: pair{"尚未封账", "not closed yet"}, DraftTag: pair{"草稿", "draft"}, NoClose: pair{"不得封账", "must not be closed"},
	Sealed: pair{"封账指纹 %s", "seal %s"},
}

// Columns of its tables, in mm.
var (
	closingChannels   = []sheet.MM{22.5, 17.5, 31, 17.5, 31, 19, 19, 17.5}
	closingExceptions = []sheet.MM{8, 20, 15, 40, 22, 70}
	closingCarry      = []sheet.MM{83, 22, 70}
)

const (
	closingRow  sheet.MM = 7.5
	closingFoot sheet.MM = 227.5 // of the law and the signatures, on the last page
	closingTail sheet.MM = 27.5  // of what is carried
)

// Unexplained is what no exception accounts for, in all.
func (c Closing) Unexplained() (fen int64) {
	for _, l := range c.lines() {
		fen += l.unexplained()
	}
	return fen
}

func (c Closing) even() bool {
	for _, l := range c.lines() {
		if l.unexplained() != 0 {
			return false
		}
	}
	return true
}

// lines are the channels, and the refunds where there are any.
func (c Closing) lines() []ClosingLine {
	out := append([]ClosingLine{}, c.Channels...)
	if c.Refunds.Own != 0 || c.Refunds.Stated != 0 || c.Refunds.Listed != 0 {
		out = append(out, c.Refunds)
	}
	return out
}

// Layout sets the sheets.
func (c Closing) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: closingWords.Title.Zh, Printed: c.Printed}
	parts := c.parts()
	for n, rows := range parts {
		p := sheet.NewPress(f)
		c.frame(p, n+1, len(parts))
		y := sheet.FrameTop
		if n == 0 {
			y = c.sums(p, y)
		}
		y = c.exceptions(p, y, rows, n == 0, n == len(parts)-1)
		if n == len(parts)-1 {
			c.carry(p, y)
			c.signatures(p)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// span is a run of rows on a page.
type span struct{ from, to int }

// parts shares the exceptions out: the last page keeps the signatures and at least
// three of them.
func (c Closing) parts() (out []span) {
	first := sheet.FrameTop + 10 + 30 + 7.5 + 5 + closingRow*sheet.MM(len(c.lines())) + 10 + 12.5
	from := 0
	for y := first; ; y = sheet.FrameTop + 12.5 {
		left := len(c.Rows) - from
		last := int((closingFoot - closingTail - 10 - y) / closingRow)
		if left <= last {
			return append(out, span{from, len(c.Rows)})
		}
		most := int((sheet.FrameEnd - closingRow - y) / closingRow)
		n := min(most, max(left-3, 1))
		out = append(out, span{from, from + n})
		from += n
	}
}

func (c Closing) frame(p *sheet.Press, page, of int) {
	state, marks, tag := closingWords.Even.Zh, c.Marks, ""
	switch {
	case !c.even():
		state, marks, tag = closingWords.Uneven.Zh, append([]sheet.Mark{sheet.Mark(closingWords.NoClose.Zh)}, marks...), closingWords.Uneven.Zh
	case !c.Closed:
		marks = append([]sheet.Mark{sheet.Mark(closingWords.Draft.Zh)}, marks...)
	}
	p.Frame(sheet.Frame{Campaign: c.Campaign, Title: closingWords.Title.Zh, Tag: tag, Paper: "17 " + closingWords.Title.Zh, Version: closingVersion, Hash: closingHash(), Page: page, Of: of, Marks: marks,
		Copy: closingWords.Copy.Zh, Office: c.Office, Printed: c.Printed,
		Keys: []sheet.Key{{Label: closingWords.State.Zh, Value: state, Width: 19, Sizes: []sheet.Pt{16, 14}}, {Label: closingWords.Day.Zh, Value: c.Day.In(window.Zone()).Format(time.DateOnly), Width: 36, Sizes: []sheet.Pt{16, 14}}}})
}

// closingHash stands for layout and wording.
func closingHash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %v %v %v %v", closingVersion, closingChannels, closingExceptions, closingCarry, closingWords))
	return hex.EncodeToString(sum[:4])
}

// sums are the key box and the channels.
func (c Closing) sums(p *sheet.Press, y sheet.MM) sheet.MM {
	x, w, day := sheet.FrameX, sheet.FrameW, c.Day.In(window.Zone()).Format("01-02")
	had := closingWords.NoFile.Zh
	if !c.Had.IsZero() {
		had = c.Had.In(window.Zone()).Format("01-02 15:04")
	}
	p.Say(sheet.Rect{X: x, Y: y, W: 62, H: 10}, c.Office, sheet.Bold, sheet.Left, 9, 8, 7)
	p.Say(sheet.Rect{X: x + 62, Y: y, W: w - 62, H: 10}, fmt.Sprintf(closingWords.Head.Zh, day, had), sheet.Plain, sheet.Right, 9, 8)
	y += 10
	var total ClosingLine
	for _, l := range c.lines() {
		total.Own, total.OwnFen, total.Stated, total.StatedFen, total.Listed = total.Own+l.Own, total.OwnFen+l.OwnFen, total.Stated+l.Stated, total.StatedFen+l.StatedFen, total.Listed+l.Listed
	}
	p.Box(sheet.Rect{X: x, Y: y, W: w, H: 30}, sheet.Heavy)
	for i, k := range []struct {
		label string
		fen   int64
		n     int
		back  int
	}{{closingWords.Own.Zh, total.OwnFen, total.Own, c.Refunds.Own}, {closingWords.Stated.Zh, total.StatedFen, total.Stated, c.Refunds.Stated}} {
		left := x + 60*sheet.MM(i)
		if i > 0 {
			p.LeftOf(left, y, 30, sheet.Rule)
		}
		p.Say(sheet.Rect{X: left + 3, Y: y + 2, W: 54, H: 5}, k.label, sheet.Plain, sheet.Left, 9)
		p.Say(sheet.Rect{X: left + 2, Y: y + 11, W: 55, H: 10}, yuan(k.fen), sheet.Bold, sheet.Right, 18, 16, 14)
		p.Say(sheet.Rect{X: left + 2, Y: y + 22, W: 55, H: 4}, fmt.Sprintf(closingWords.Count.Zh, thousands(int64(k.n)), thousands(int64(-k.back))), sheet.Plain, sheet.Right, 8)
	}
	p.LeftOf(x+120, y, 30, sheet.Rule)
	p.Say(sheet.Rect{X: x + 123, Y: y + 2, W: 50, H: 5}, closingWords.Out.Zh, sheet.Plain, sheet.Left, 9)
	p.Say(sheet.Rect{X: x + 122, Y: y + 8, W: 50, H: 20}, yuan(c.Unexplained()), sheet.Bold, sheet.Right, 44, 36, 28, 20)
	y += 30
	y = section(p, y, closingWords.Channels.Zh, "")
	y = closingHead(p, y, closingChannels, []string{closingWords.Channel.Zh, closingWords.OwnN.Zh, closingWords.OwnFen.Zh, closingWords.StatedN.Zh, closingWords.StatedFen.Zh, closingWords.Difference.Zh, closingWords.Listed.Zh, closingWords.OutShort.Zh}, "lnnnnnnn")
	for _, l := range c.lines() {
		l.row(p, y, closingRow, sheet.Plain)
		y += closingRow
		p.Under(x, y, w, sheet.Hair)
	}
	p.Under(x, y, w, sheet.Rule)
	total.Name = closingWords.Total.Zh
	total.row(p, y, 10, sheet.Bold)
	y += 10
	p.Under(x, y, w, sheet.Rule)
	return y
}

func (l ClosingLine) row(p *sheet.Press, y, h sheet.MM, voice sheet.Voice) {
	cells(p, y, h, closingChannels, "Lnnnnnn"+"N", voice, l.Name, thousands(int64(l.Own)), yuan(l.OwnFen), thousands(int64(l.Stated)), yuan(l.StatedFen), signed(l.difference()), signed(l.Listed), yuan(l.unexplained()))
}

// section is the title of a table.
func section(p *sheet.Press, y sheet.MM, title, note string) sheet.MM {
	return sectionAt(p, sheet.FrameX, sheet.FrameW, y, title, note)
}

// sectionAt is one of a body that is bound wider.
func sectionAt(p *sheet.Press, x, wide, y sheet.MM, title, note string) sheet.MM {
	w := p.Say(sheet.Rect{X: x, Y: y, W: 60, H: 7.5}, title, sheet.Heading, sheet.Left, 10.5)
	if note != "" {
		p.Say(sheet.Rect{X: x + w + 3, Y: y, W: wide - w - 3, H: 7.5}, note, sheet.Plain, sheet.Left, 8)
	}
	return y + 7.5
}

// closingHead is the head of a table; of the columns, those with n hold numbers.
func closingHead(p *sheet.Press, y sheet.MM, columns []sheet.MM, names []string, kinds string) sheet.MM {
	p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Rule)
	x := sheet.FrameX
	for i, w := range columns {
		align := sheet.Left
		if kinds[i] == 'n' {
			align = sheet.Right
		}
		p.Say(sheet.Rect{X: x + 1.25, Y: y, W: w - 2.5, H: 5}, names[i], sheet.Plain, align, 7)
		x += w
	}
	p.Under(sheet.FrameX, y+5, sheet.FrameW, sheet.Rule)
	return y + 5
}

// cells sets a row: l and n as in a head, in capitals bold, s small.
func cells(p *sheet.Press, y, h sheet.MM, columns []sheet.MM, kinds string, voice sheet.Voice, texts ...string) {
	x := sheet.FrameX
	for i, w := range columns {
		align, face, ladder := sheet.Left, voice, []sheet.Pt{10, 9.5, 9, 8, 7, 6.5}
		switch kinds[i] {
		case 'L':
			face = sheet.Bold
		case 'N':
			align, face = sheet.Right, sheet.Bold
		case 'n':
			align, ladder = sheet.Right, []sheet.Pt{10.5, 10, 9, 8, 7, 6}
		case 's': // of words, that may take two lines
			p.Fill(sheet.Rect{X: x + 1.25, Y: y, W: w - 2.5, H: h}, texts[i], voice, texts[0], 2, 3.5, 8.5, 8, 7.5)
			x += w
			continue
		}
		p.Say(sheet.Rect{X: x + 1.25, Y: y, W: w - 2.5, H: h}, texts[i], face, align, ladder...)
		x += w
	}
}

// exceptions sets some of them.
func (c Closing) exceptions(p *sheet.Press, y sheet.MM, rows span, first, last bool) sheet.MM {
	title := closingWords.Exceptions.Zh
	if !first {
		title += "　" + closingWords.From.Zh
	}
	y = section(p, y, title, closingWords.ExceptionsNote.Zh)
	y = closingHead(p, y, closingExceptions, []string{"", closingWords.Class.Zh, closingWords.Channel.Zh, closingWords.Order.Zh, closingWords.Fen.Zh, closingWords.Why.Zh}, "llllnl")
	for i := rows.from; i < rows.to; i++ {
		r := c.Rows[i]
		fen := yuan(r.Fen)
		if r.Signed {
			fen = signed(r.Fen)
		}
		cells(p, y, closingRow, closingExceptions, "lLllns", sheet.Plain, fmt.Sprint(i+1), r.Class, r.Channel, r.Order, fen, r.Why)
		y += closingRow
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
	note, h := closingWords.Blank.Zh, sheet.MM(10)
	if !last {
		note, h = fmt.Sprintf(closingWords.On.Zh, rows.to-rows.from), closingRow
	}
	p.Say(sheet.Rect{X: sheet.FrameX + 1.25, Y: y, W: 100, H: h}, note, sheet.Plain, sheet.Left, 8)
	p.Under(sheet.FrameX, y+h, sheet.FrameW, sheet.Rule)
	return y + h
}

// carry sets what came from earlier days and what goes to the next.
func (c Closing) carry(p *sheet.Press, y sheet.MM) {
	y = section(p, y, closingWords.Carry.Zh, "")
	y = closingHead(p, y, closingCarry, []string{closingWords.CarryHead.Zh, closingWords.Fen.Zh, closingWords.CarryWhy.Zh}, "lnl")
	for _, l := range []struct {
		words string
		c     ClosingCarry
	}{{closingWords.Came.Zh, c.Came}, {closingWords.Goes.Zh, c.Goes}} {
		cells(p, y, closingRow, closingCarry, "lns", sheet.Plain, fmt.Sprintf(l.words, l.c.N), yuan(l.c.Fen), l.c.Why)
		y += closingRow
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
}

// signatures stand on the last page, and nowhere while the day does not balance.
func (c Closing) signatures(p *sheet.Press) {
	if !c.even() {
		return
	}
	x, y := sheet.FrameX, closingFoot
	p.Say(sheet.Rect{X: x, Y: y, W: sheet.FrameW, H: 7.5}, closingWords.Law.Zh, sheet.Wording, sheet.Left, 9, 8.5, 8)
	for i, who := range []struct{ label, name string }{{closingWords.By.Zh, c.By}, {closingWords.Second.Zh, c.Second}} {
		left := x + 62.5*sheet.MM(i)
		if c.Closed {
			p.Say(sheet.Rect{X: left, Y: y + 27, W: 55, H: 6}, who.name+"　"+c.At.In(window.Zone()).Format("01-02 15:04"), sheet.Plain, sheet.Left, 9, 8, 7)
		}
		p.SignAt(left, y+22.5, 55, 12.5, fmt.Sprintf(closingWords.SignAt.Zh, who.label))
	}
	if c.Seal != "" {
		p.Say(sheet.Rect{X: x, Y: y + 43, W: 117.5, H: 4}, fmt.Sprintf(closingWords.Sealed.Zh, c.Seal), sheet.Plain, sheet.Left, 7)
	}
	p.Seal(sheet.Rect{X: x + sheet.FrameW - 42.5, Y: y + 7.5, W: 42.5, H: 42.5}, closingWords.Seal.Zh)
}

// thousands writes a count with its thousands.
func thousands(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// yuan writes fen: 4,911,890.00.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%s.%02d", sign, thousands(fen/100), fen%100)
}

// signed writes a difference with its sign.
func signed(fen int64) string {
	if fen > 0 {
		return "+" + yuan(fen)
	}
	return yuan(fen)
}
