package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Unpaid is paper 18 (已确认未缴费名单): whom a point is to call, with room for what they
// say (demands A20, A43). It has whole telephone numbers and no number of a document.
// What was put down already is ticked.
type Unpaid struct {
	Campaign string // long name
	Point    string
	Office   string // who prints
	CheckBy  time.Time
	Reasons  []UnpaidReason // at most MaxUnpaidReasons
	Rows     []UnpaidRow
	Printed  time.Time
	Specimen bool
}

// UnpaidReason is one reason of the campaign's list.
type UnpaidReason struct {
	Code, Zh string
	Remark   bool // asks for words
}

// UnpaidRow is one person.
type UnpaidRow struct {
	Name      identity.Name
	Level     string
	Category  string
	Phone     string
	Number    string // candidate number, else the sequence number; "" before there is one
	Order     string
	Confirmed time.Time
	Due       time.Time
	Fen       int64
	Code      string // what was put down already
	Note      string
}

// MaxUnpaidReasons is how many boxes a row has room for.
const MaxUnpaidReasons = 9

const unpaidVersion = 3

// Measures of paper 18, in mm. They are part of the template's hash. The column of
// reasons is as wide as the campaign's list is long; the name gives way.
const (
	unpaidRows           = 22 // a page
	unpaidRowH  sheet.MM = 10
	unpaidTick  sheet.MM = 4
	unpaidStep  sheet.MM = 5 // from box to box
	unpaidFoot  sheet.MM = 42.5
	unpaidNo    sheet.MM = 8
	unpaidPhone sheet.MM = 33.5
	unpaidWhich sheet.MM = 28
	unpaidFee   sheet.MM = 14
	unpaidNote  sheet.MM = 19.5
	unpaidLeast sheet.MM = 31 // of the reasons
)

// columns are the widths, in the order of the sheet.
func (u Unpaid) columns() []sheet.MM {
	why := max(unpaidLeast, unpaidStep*sheet.MM(len(u.Reasons))+1.5)
	name := sheet.FrameW - unpaidNo - unpaidPhone - unpaidWhich - unpaidFee - why - unpaidNote
	return []sheet.MM{unpaidNo, name, unpaidPhone, unpaidWhich, unpaidFee, why, unpaidNote}
}

// Layout sets the sheets. Of more reasons than there is room for the last have no box:
// they are written into the column of notes.
func (u Unpaid) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if len(u.Reasons) > MaxUnpaidReasons {
		u.Reasons = u.Reasons[:MaxUnpaidReasons]
	}
	out := &sheet.Document{Title: unpaidWords.Title.Zh, Printed: u.Printed}
	cuts := u.pages()
	for n, cut := range cuts {
		p := sheet.NewPress(f)
		y := u.head(p, n+1, len(cuts))
		for i := cut[0]; i < cut[1]; i++ {
			u.row(p, y, i)
			y += unpaidRowH
		}
		if n == len(cuts)-1 {
			u.foot(p, y+5)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// pages cuts the rows: what stands at the foot of the last stays with at least three
// rows, where there are three.
func (u Unpaid) pages() (out [][2]int) {
	const withFoot = 17
	n := len(u.Rows)
	for at := 0; ; {
		left := n - at
		switch {
		case left <= withFoot:
			return append(out, [2]int{at, n})
		case left <= unpaidRows:
			out = append(out, [2]int{at, n - 3})
			return append(out, [2]int{n - 3, n})
		}
		take := unpaidRows
		if left-take < 3 {
			take = left - 3
		}
		out = append(out, [2]int{at, at + take})
		at += take
	}
}

// head is the frame, the point, the reasons and the head of the table; it gives where
// the rows begin.
func (u Unpaid) head(p *sheet.Press, page, of int) sheet.MM {
	var sum int64
	var due time.Time
	for _, r := range u.Rows {
		sum += r.Fen
		if r.Due.After(due) {
			due = r.Due
		}
	}
	var marks []sheet.Mark
	if u.Specimen {
		marks = append(marks, sheet.Specimen)
	}
	p.Frame(sheet.Frame{Campaign: u.Campaign, Title: unpaidWords.Title.Zh, Paper: "18 " + unpaidWords.Title.Zh, Version: unpaidVersion, Hash: u.hash(), Page: page, Of: of, Marks: marks,
		Copy: unpaidWords.Kept.Zh, Office: u.Office, Printed: u.Printed, Keys: []sheet.Key{
			{Label: unpaidWords.People.Zh, Value: strconv.Itoa(len(u.Rows)), Width: 25, Sizes: []sheet.Pt{28, 22, 18}},
			{Label: unpaidWords.Fee.Zh, Value: unpaidYuan(sum), Width: 40, Sizes: []sheet.Pt{16, 14, 12}}}})
	y := sheet.FrameTop
	line := sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW, H: 7.5}
	at := p.Say(sheet.Rect{X: line.X, Y: y, W: 80, H: 7.5}, u.Point, sheet.Bold, sheet.Left, 9, 8, 7.5, 7, 6.5)
	rest := sheet.Rect{X: line.X + at + 3, Y: y, W: line.W - at - 3, H: 7.5}
	text := ""
	if !due.IsZero() {
		text = fmt.Sprintf(unpaidWords.Due.Zh, moment(due))
	}
	at = p.Say(rest, text, sheet.Plain, sheet.Left, 9, 8, 7)
	rest.X, rest.W = rest.X+at+3, rest.W-at-3
	if !u.CheckBy.IsZero() {
		at = p.Say(rest, fmt.Sprintf(unpaidWords.By.Zh, moment(u.CheckBy)), sheet.Bold, sheet.Left, 9, 8, 7)
		rest.X, rest.W = rest.X+at+3, rest.W-at-3
	}
	p.Say(rest, unpaidWords.How.Zh, sheet.Plain, sheet.Right, 9, 8, 7, 6.5, 6, 5.5, 5)
	y += 7.5
	list := unpaidWords.Reasons.Zh
	for i, r := range u.Reasons {
		list += fmt.Sprintf("%d %s　", i+1, r.Zh)
	}
	p.Fill(sheet.Rect{X: line.X, Y: y, W: line.W, H: 7.5}, list, sheet.Plain, unpaidWords.Reasons.Zh, 2, 3.5, 8, 7)
	y += 7.5
	columns := u.columns()
	p.Head(sheet.FrameX, y, columns, []string{"", unpaidWords.Name.Zh, unpaidWords.Phone.Zh, unpaidWords.Which.Zh, "", "", unpaidWords.Note.Zh})
	x := sheet.FrameX + columns[0] + columns[1] + columns[2] + columns[3]
	p.Say(sheet.Rect{X: x, Y: y, W: columns[4] - 1.25, H: 5}, unpaidWords.Fee.Zh, sheet.Plain, sheet.Right, 7)
	for i := range u.Reasons {
		p.Say(u.box(i, y, 5), strconv.Itoa(i+1), sheet.Bold, sheet.Centre, 7)
	}
	return y + 5
}

// box is where the box of a reason stands in a row.
func (u Unpaid) box(i int, y, h sheet.MM) sheet.Rect {
	columns := u.columns()
	x := sheet.FrameX
	for _, w := range columns[:5] {
		x += w
	}
	each := (columns[5] - 1.5) / sheet.MM(max(1, len(u.Reasons)))
	return sheet.Rect{X: x + .75 + each*sheet.MM(i), Y: y, W: each, H: h}
}

// row is one person, 10 high.
func (u Unpaid) row(p *sheet.Press, y sheet.MM, i int) {
	r, columns := u.Rows[i], u.columns()
	x := sheet.FrameX
	cell := func(n int) sheet.Rect {
		out := sheet.Rect{X: x + 1.25, Y: y, W: columns[n] - 1.75, H: unpaidRowH}
		x += columns[n]
		return out
	}
	p.Say(cell(0), strconv.Itoa(i+1), sheet.Plain, sheet.Left, 8)
	name := cell(1)
	if p.Width(r.Name.Reveal(), sheet.Bold, 7) > name.W { // the longest take two lines
		p.Fill(sheet.Rect{X: name.X, Y: y + .3, W: name.W, H: 6}, r.Name.Reveal(), sheet.Bold, unpaidWords.Name.Zh, 2, 2.9, 7, 6.5)
	} else {
		p.Say(sheet.Rect{X: name.X, Y: y + .4, W: name.W, H: 5}, r.Name.Reveal(), sheet.Bold, sheet.Left, 12, 10, 9, 8, 7.5, 7)
	}
	p.Say(sheet.Rect{X: name.X, Y: y + 5.7, W: name.W, H: 4}, r.Level+" "+r.Category, sheet.Plain, sheet.Left, 7.5, 7, 6.5, 6, 5.5, 5)
	phone := r.Phone
	if len(phone) == 11 {
		phone = phone[:3] + " " + phone[3:7] + " " + phone[7:]
	}
	p.Say(cell(2), phone, sheet.Bold, sheet.Left, 12, 10, 9, 8, 7)
	which := cell(3)
	p.Say(sheet.Rect{X: which.X, Y: y + .8, W: which.W, H: 4.2}, first(r.Number, r.Order), sheet.Plain, sheet.Left, 8, 7, 6.5, 6)
	if !r.Confirmed.IsZero() {
		p.Say(sheet.Rect{X: which.X, Y: y + 5, W: which.W, H: 4.2}, r.Confirmed.In(window.Zone()).Format("01-02 15:04"), sheet.Plain, sheet.Left, 8)
	}
	p.Say(cell(4), unpaidYuan(r.Fen), sheet.Plain, sheet.Right, 9, 8, 7)
	for n, why := range u.Reasons {
		p.Tick(u.box(n, y, unpaidRowH), unpaidTick, r.Code == why.Code)
	}
	x += columns[5]
	p.Fill(cell(6), r.Note, sheet.Plain, unpaidWords.Note.Zh, 3, 2.6, 7, 6)
	p.LeftOf(x-columns[6], y, unpaidRowH, sheet.Boxed)
	weight := sheet.Hair
	if (i+1)%5 == 0 || i == len(u.Rows)-1 {
		weight = sheet.Rule
	}
	p.Under(sheet.FrameX, y+unpaidRowH, sheet.FrameW, weight)
}

// foot is the sum of the reasons, the signatures and the seal.
func (u Unpaid) foot(p *sheet.Press, y sheet.MM) {
	const wide sheet.MM = 125
	p.Say(sheet.Rect{X: sheet.FrameX, Y: y, W: wide, H: 5}, fmt.Sprintf(unpaidWords.Oath.Zh, len(u.Rows)), sheet.Wording, sheet.Left, 9)
	counts := map[string]int{}
	for _, r := range u.Rows {
		counts[r.Code]++
	}
	each := (wide - 25) / sheet.MM(max(1, len(u.Reasons)))
	for i, r := range u.Reasons {
		box := sheet.Rect{X: sheet.FrameX + each*sheet.MM(i), Y: y + 5, W: each - 1, H: 7.5}
		w := p.Say(box, strconv.Itoa(i+1), sheet.Bold, sheet.Left, 9)
		n := sheet.Rect{X: box.X + w + .75, Y: box.Y, W: box.W - w - 4.5, H: 6}
		p.Under(n.X, n.Bottom(), n.W, sheet.Boxed)
		if c := counts[r.Code]; c > 0 {
			p.Say(n, strconv.Itoa(c), sheet.Plain, sheet.Centre, 9, 8, 7, 6)
		}
		p.Say(sheet.Rect{X: n.Right() + .25, Y: box.Y, W: 3.5, H: 7.5}, unpaidWords.One.Zh, sheet.Plain, sheet.Left, 8)
	}
	p.Say(sheet.Rect{X: sheet.FrameX + wide - 25, Y: y + 5, W: 25, H: 7.5}, fmt.Sprintf(unpaidWords.Sum.Zh, len(u.Rows)), sheet.Bold, sheet.Left, 9, 8)
	p.SignAt(sheet.FrameX, y+20, 52, 10, unpaidWords.Checker.Zh)
	p.SignAt(sheet.FrameX+59.5, y+20, 52, 10, unpaidWords.Head.Zh)
	p.Seal(sheet.Rect{X: sheet.FrameX + sheet.FrameW - 42.5, Y: y, W: 42.5, H: unpaidFoot}, unpaidWords.Seal.Zh)
}

// hash names the layout, the wording and the campaign's reasons.
func (u Unpaid) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "unpaid %d\n%v %v %v %v\n%v\n%s\n%+v\n%+v", unpaidVersion, unpaidRows, unpaidRowH, unpaidTick, unpaidStep, u.columns(), u.Campaign, u.Reasons, unpaidWords))
	return hex.EncodeToString(sum[:4])
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// moment is a time of day for the eye; midnight is the end of the day before.
func moment(t time.Time) string {
	t = t.In(window.Zone())
	if t.Hour() == 0 && t.Minute() == 0 {
		t = t.Add(-time.Minute)
		return fmt.Sprintf(momentWords.Midnight.Zh, t.Month(), t.Day())
	}
	return fmt.Sprintf(momentWords.Time.Zh, t.Month(), t.Day(), t.Format("15:04"))
}

// unpaidYuan is an amount with two decimals and commas between thousands.
func unpaidYuan(fen int64) string {
	whole := strconv.FormatInt(fen/100, 10)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	return fmt.Sprintf("%s.%02d", whole, fen%100)
}

// unpaidWords is every fixed wording of paper 18.
var unpaidWords = struct {
	Title, People, Fee, Due, By, How, Reasons, Name, Phone, Which, Note, Oath, One, Sum, Checker, Head, Seal, Kept pair
}{
	Title:   pair{"已确认未缴费名单", "Confirmed and not paid"},
	People:  pair{"人数", "People"},
	Fee:     pair{"应缴", "To pay"},
	Due:     pair{"缴费截止 %s", "To be paid by %s"},
	By:      pair{"核实期限 %s", "To be checked by %s"},
	How:     pair{"逐人联系，登记原因；每人必填一项", "Reach each of them and put down the reason: one for each"},
	Reasons: pair{"原因：", "Reasons: "},
	Name:    pair{"姓名　层次　科类", "Name, level, category"},
	Phone:   pair{"电话", "Telephone"},
	Which:   pair{"报名号　确认时间", "Number, confirmed"},
	Note:    pair{"联系、说明", "Reached, remarks"},
	Oath:    pair{"以上 %d 人已逐一核实。各原因人数：", "These %d people were checked one by one. By reason:"},
	One:     pair{"人", "people"},
	Sum:     pair{"合计 %d 人", "Total %d"},
	Checker: pair{"核实人　　　　　　日期", "Checked by, date"},
	Head:    pair{"确认点负责人　　　　日期", "Head of the point, date"},
	Seal:    pair{"报名确认点盖章", "Seal of the point"},
	Kept:    pair{"报县区留存", "for the county"},
}
