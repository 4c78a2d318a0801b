package paper

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// Pledge is paper 15 (诚信考试承诺书; S2019: copied by hand): the campaign's text, a small
// character above each cell for the candidate to copy it into. What is looked for is the
// next character. Who cannot write has it read out and gives a thumb print.
type Pledge struct {
	Campaign string // long name
	Text     string // of the campaign
	Number   string // 报名号
	Name     identity.Name
	About    []string // kind of document, masked number, level and category
	Office   string
	Printed  time.Time
	Flags    []sheet.Mark
}

// PledgeText is the campaign's text that candidates copy by hand.
const PledgeText = "pledge"

// PledgeOf is the pledge of one application: her number masked, in Chinese, for offices
// keep it.
func PledgeOf(c campaign.Campaign, app form.Application, at time.Time) Pledge {
	out := Pledge{Campaign: c.Zh, Text: c.Text(PledgeText, false), Number: c.InWords(app).Number, Name: app.Name(), Printed: at}
	kind := app.Get(form.DocumentType)
	if f, _ := c.Form.Field(form.DocumentType); f.Table != "" && kind != "" {
		kind = c.TableName(f.Table, kind)
	}
	out.About = []string{kind, identity.MaskNumber(app.Get(form.DocumentNumber))}
	if len(app.Choices) > 0 {
		first := app.Choices[0]
		out.About = append(out.About, c.TableName("level", first.Level)+" "+first.Category+" "+c.TableName("category", first.Category))
	}
	return out
}

// String names the paper and nothing of the person.
func (g Pledge) String() string { return "pledge" }

// GoString is String.
func (g Pledge) GoString() string { return g.String() }

// Format keeps values out under every verb.
func (g Pledge) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(g.String())) }

// LogValue names the paper and nothing of the person.
func (g Pledge) LogValue() slog.Value { return slog.StringValue(g.String()) }

const pledgeVersion = 1

// Measures of paper 15, part of the template's hash.
const (
	pledgeColumns          = 20
	pledgeCell    sheet.MM = 8.75
	pledgeRow     sheet.MM = 15
	pledgeModel   sheet.MM = 5
	pledgeTop     sheet.MM = 27.5 // name and instruction
	pledgeFoot    sheet.MM = 57.5
)

var pledgeWords = struct {
	Title, Number, How, Sign, Date, Thumb, Check, Clerk, Kept pair
	Checks                                                    []pair
}{
	Title: pair{"诚信考试承诺书", "Pledge of honesty"}, Number: pair{"报名号", "Number"},
	How:  pair{"请用黑色签字笔，照格上小字逐字抄录，一格一字，共 %d 字。抄写有困难的，可由工作人员宣读，考生本人签名并按指印。", "Copy the small characters with a black pen, one to a cell, %d in all. Who cannot write has it read out, signs and gives a thumb print."},
	Sign: pair{"承诺人签名", "Signature"}, Date: pair{"日期", "Date"}, Thumb: pair{"指印（代读时）", "Thumb print"}, Check: pair{"确认点核对", "Checked"}, Clerk: pair{"经办人", "Clerk"}, Kept: pair{"原件留存", "original, kept"},
	Checks: []pair{{"字数相符", "complete"}, {"本人书写", "her own hand"}, {"代读", "read out to her"}},
}

// pledgeRows shares a text out: a row never begins with a closing mark nor ends with an
// opening one, it stops early instead.
func pledgeRows(text string) (out [][]rune, count int) {
	var all []rune
	for _, r := range text {
		if !unicode.IsSpace(r) {
			all = append(all, r)
		}
	}
	count = len(all)
	for len(all) > 0 {
		n := min(pledgeColumns, len(all))
		for n > 1 && n < len(all) && (strings.ContainsRune("，。、；：？！）》”’", all[n]) || strings.ContainsRune("（《“‘", all[n-1])) {
			n--
		}
		out, all = append(out, all[:n]), all[n:]
	}
	return out, count
}

// Layout sets the sheets: one for up to 200 characters.
func (g Pledge) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	rows, count := pledgeRows(g.Text)
	out := &sheet.Document{Title: pledgeWords.Title.Zh, Printed: g.Printed}
	const top = sheet.FrameTop + pledgeTop
	room := rowsIn(top, sheet.FrameEnd, pledgeRow)
	foot := rowsIn(0, pledgeFoot, pledgeRow) + 1
	parts := pager{first: room, next: room, foot: foot}.cut(len(rows))
	for n, part := range parts {
		p := sheet.NewPress(f)
		g.head(p, n+1, len(parts), count)
		y := top
		for _, row := range rows[part.from:part.to] {
			g.row(p, y, row)
			y += pledgeRow
		}
		if n == len(parts)-1 {
			g.foot(p, y)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

func (g Pledge) head(p *sheet.Press, page, of, count int) {
	code := ""
	if g.Number != "" {
		code = "ZK1:F:" + strings.ToUpper(g.Number)
	}
	p.Frame(sheet.Frame{Campaign: g.Campaign, Title: pledgeWords.Title.Zh, Paper: "15 " + pledgeWords.Title.Zh, Version: pledgeVersion,
		Hash: templateHash("pledge", pledgeVersion, pledgeColumns, pledgeCell, pledgeRow, pledgeModel, pledgeTop, pledgeFoot, g.Campaign, g.Text, pledgeWords),
		Page: page, Of: of, Marks: g.Flags, Copy: pledgeWords.Kept.Zh, Office: g.Office, Printed: g.Printed, Code: code,
		Keys: []sheet.Key{{Label: pledgeWords.Number.Zh, Value: sheet.Grouped(g.Number), Width: 60, Sizes: []sheet.Pt{16, 14, 12, 10, 8}}}})
	x, y := sheet.FrameX, sheet.FrameTop
	about := p.Say(sheet.Rect{X: x + 75, Y: y, W: sheet.FrameW - 75, H: 15}, joined(g.About...), sheet.Plain, sheet.Right, 9, 8, 7, 6)
	p.Name(sheet.Rect{X: x, Y: y, W: sheet.FrameW - about - 5, H: 15}, g.Name.Reveal(), sheet.Left, pledgeWords.Title.Zh, 8, 22, 18, 15, 12)
	p.Say(sheet.Rect{X: x, Y: y + 15, W: sheet.FrameW, H: 5}, fmt.Sprintf(pledgeWords.How.Zh, count), sheet.Plain, sheet.Left, 9, 8.5, 8)
	p.Under(x, y+22.5, sheet.FrameW, sheet.Rule)
}

// row is a row of models and of cells below them.
func (g Pledge) row(p *sheet.Press, y sheet.MM, row []rune) {
	x, w := sheet.FrameX, pledgeCell*sheet.MM(len(row))
	for i, r := range row {
		at := sheet.Rect{X: x + pledgeCell*sheet.MM(i), Y: y, W: pledgeCell, H: pledgeModel}
		p.Say(at, string(r), sheet.Wording, sheet.Centre, 9.5)
		p.LeftOf(at.X, y+pledgeModel, pledgeCell, sheet.Hair)
	}
	p.LeftOf(x+w-.15, y+pledgeModel, pledgeCell, sheet.Hair)
	p.Under(x, y+pledgeModel+.15, w, sheet.Hair)
	p.Under(x, y+pledgeModel+pledgeCell, w, sheet.Hair)
}

func (g Pledge) foot(p *sheet.Press, y sheet.MM) {
	x := sheet.FrameX
	p.Seal(sheet.Rect{X: x + sheet.FrameW - 30, Y: y + 5, W: 30, H: 25}, pledgeWords.Thumb.Zh)
	p.SignAt(x, y+17.5, 70, 12.5, pledgeWords.Sign.Zh)
	p.SignAt(x+77.5, y+17.5, 45, 12.5, pledgeWords.Date.Zh)
	y += 42.5
	p.Under(x, y+.3, sheet.FrameW, sheet.Rule)
	w := p.Say(sheet.Rect{X: x, Y: y, W: 40, H: 10}, pledgeWords.Check.Zh, sheet.Heading, sheet.Left, 9)
	var checks []string
	for _, c := range pledgeWords.Checks {
		checks = append(checks, c.Zh)
	}
	p.Options(sheet.Rect{X: x + w + 5, Y: y, W: 80, H: 10}, 9, checks...)
	p.Say(sheet.Rect{X: x + 112.5, Y: y, W: 15, H: 10}, pledgeWords.Clerk.Zh, sheet.Plain, sheet.Right, 9)
	p.Under(x+130, y+7.5, 45, sheet.Boxed)
	p.Under(x, y+10, sheet.FrameW, sheet.Hair)
}
