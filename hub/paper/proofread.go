package paper

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
)

// Proofread is paper 13 (校对表; S2014, domain §1.11): everything that stands in an
// application, for the candidate to compare at the desk with her documents and to sign.
// What is looked for is what changed: a bar at the left, the old value struck through.
type Proofread struct {
	Campaign string // long name
	Number   string // 报名号
	Name     identity.Name
	About    []string // sex, masked number, kind of document, language
	Photo    []byte   // JPEG; nil: NoPhoto stands there
	NoPhoto  string
	Rows     []ProofreadRow
	Office   string // who prints
	Printed  time.Time
	Copy     int
	Flags    []sheet.Mark
}

// ProofreadRow is one thing that was entered.
type ProofreadRow struct {
	Field, Now string
	Changed    bool
	Was        string // what stood there before; "" was empty
	Source     string // who entered that, and when
}

// String names the paper and nothing of the person.
func (r Proofread) String() string { return "proof sheet" }

// GoString is String.
func (r Proofread) GoString() string { return r.String() }

// Format keeps values out under every verb.
func (r Proofread) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue names the paper and nothing of the person.
func (r Proofread) LogValue() slog.Value { return slog.StringValue(r.String()) }

const proofreadVersion = 1

// Measures of paper 13, part of the template's hash.
var proofreadColumns = []sheet.MM{3.5, 21.5, 70, 42.5, 9.5, 28}

const (
	proofreadRow  sheet.MM = 10
	proofreadTall sheet.MM = 30 // of what takes more than two lines
	proofreadTop  sheet.MM = 40 // photo and name, on the first page
	proofreadFoot sheet.MM = 35
)

var proofreadWords = struct {
	Title, Changes, Number, How, Field, Now, Was, Right, Mend, Empty, NoPhoto, Oath, OathNone, Sign, Date, Clerk, Print pair
}{
	Title: pair{"校对表", "Proof sheet"}, Changes: pair{"改动", "Changes"}, Number: pair{"报名号", "Number"},
	How:   pair{"请逐项核对“现登记”一栏。对的划√；不对的，在“改正”栏写正确内容，交报名确认点当场修改、重新打印。左侧有黑条的项，是第一次填报以后改动过的，请重点核对。", "Compare each line. Tick what is right; write down what is not, have it mended and printed anew. A bar marks what was changed since it was first entered."},
	Field: pair{"项目", "Field"}, Now: pair{"现登记", "Entered"}, Was: pair{"原登记（来源）", "Before, by whom"}, Right: pair{"√", "ok"}, Mend: pair{"改正", "Correction"}, Empty: pair{"（空）", "(empty)"}, NoPhoto: pair{"现场采集后\n打印", "printed once\ntaken"},
	Oath: pair{"以上各项已由本人持证件核对。共 %d 处改动，无其他错误。签名后以本表为准。", "I compared all of this with my documents: %d changes, no other mistake. What I sign holds."}, OathNone: pair{"以上各项已由本人持证件核对，没有改动，没有错误。签名后以本表为准。", "I compared all of this with my documents: nothing changed, no mistake. What I sign holds."},
	Sign: pair{"考生签名", "Candidate's signature"}, Date: pair{"日期", "Date"}, Clerk: pair{"报名确认点经办人", "Clerk"}, Print: pair{"第 %d 次打印", "print %d"},
}

// Layout sets the sheets; the signature stands on the last.
func (r Proofread) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: proofreadWords.Title.Zh, Printed: r.Printed}
	measure := sheet.NewPress(f)
	heights := make([]sheet.MM, len(r.Rows))
	for i, row := range r.Rows {
		heights[i] = proofreadRow
		if measure.Width(row.Now, sheet.Bold, 8) > 1.9*(proofreadColumns[2]-2.5) {
			heights[i] = proofreadTall
		}
	}
	parts := proofreadCut(heights)
	portrait := sheet.NewPortrait(r.Photo, first(r.NoPhoto, proofreadWords.NoPhoto.Zh))
	for n, part := range parts {
		p := sheet.NewPress(f)
		y := r.head(p, n+1, len(parts))
		if n == 0 {
			y = r.who(p, y, portrait)
		}
		y = r.table(p, y, part, heights)
		if n == len(parts)-1 {
			r.foot(p, y)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// proofreadCut shares the rows out; the signature stays with at least three of them.
func proofreadCut(heights []sheet.MM) (out []span) {
	from, room := 0, sheet.FrameEnd-sheet.FrameTop-proofreadTop-5
	for {
		sum, to := sheet.MM(0), from
		for to < len(heights) && sum+heights[to] <= room {
			sum += heights[to]
			to++
		}
		if to == len(heights) && sum+proofreadFoot <= room {
			return append(out, span{from, to})
		}
		to = max(min(to, len(heights)-3), from+1)
		out = append(out, span{from, to})
		from, room = to, sheet.FrameEnd-sheet.FrameTop-5
	}
}

func (r Proofread) changes() (n int) {
	for _, row := range r.Rows {
		if row.Changed {
			n++
		}
	}
	return n
}

func (r Proofread) head(p *sheet.Press, page, of int) sheet.MM {
	copied := ""
	if r.Copy > 0 {
		copied = fmt.Sprintf(proofreadWords.Print.Zh, r.Copy)
	}
	p.Frame(sheet.Frame{Campaign: r.Campaign, Title: proofreadWords.Title.Zh, Paper: "13 " + proofreadWords.Title.Zh, Version: proofreadVersion,
		Hash: templateHash("proofread", proofreadVersion, proofreadColumns, proofreadRow, proofreadTall, proofreadTop, proofreadFoot, r.Campaign, proofreadWords),
		Page: page, Of: of, Marks: r.Flags, Copy: copied, Office: r.Office, Printed: r.Printed, Keys: []sheet.Key{
			{Label: proofreadWords.Number.Zh, Value: sheet.Grouped(r.Number), Width: 55, Sizes: []sheet.Pt{16, 14, 12, 10, 8}},
			{Label: proofreadWords.Changes.Zh, Value: strconv.Itoa(r.changes()), Width: 17.5, Sizes: []sheet.Pt{28, 24}}}})
	return sheet.FrameTop
}

// who is the photo, the name and how to use the sheet.
func (r Proofread) who(p *sheet.Press, y sheet.MM, portrait sheet.Portrait) sheet.MM {
	p.Photo(sheet.Rect{X: sheet.FrameX, Y: y + 2.5, W: 27.5, H: 35}, portrait, true)
	x, w := sheet.FrameX+32.5, sheet.FrameW-32.5
	p.Name(sheet.Rect{X: x, Y: y + 2.5, W: w, H: 12.5}, r.Name.Reveal(), sheet.Left, proofreadWords.Field.Zh, 8, 26, 22, 18, 15, 12)
	p.Say(sheet.Rect{X: x, Y: y + 15, W: w, H: 5}, joined(r.About...), sheet.Plain, sheet.Left, 9, 8, 7, 6)
	p.Fill(sheet.Rect{X: x, Y: y + 22.5, W: w, H: 15}, proofreadWords.How.Zh, sheet.Wording, proofreadWords.Title.Zh, 3, 5, 9)
	return y + proofreadTop
}

func (r Proofread) table(p *sheet.Press, y sheet.MM, part span, heights []sheet.MM) sheet.MM {
	t := table{{w: proofreadColumns[0]}, {w: proofreadColumns[1], name: proofreadWords.Field.Zh}, {w: proofreadColumns[2], name: proofreadWords.Now.Zh}, {w: proofreadColumns[3], name: proofreadWords.Was.Zh},
		{w: proofreadColumns[4], name: proofreadWords.Right.Zh, align: sheet.Centre}, {w: proofreadColumns[5], name: proofreadWords.Mend.Zh}}
	top := y
	y = t.head(p, sheet.FrameX, y)
	at := []sheet.MM{sheet.FrameX}
	for _, w := range proofreadColumns {
		at = append(at, at[len(at)-1]+w)
	}
	for i := part.from; i < part.to; i++ {
		row, h := r.Rows[i], heights[i]
		p.Fill(sheet.Rect{X: at[1] + 1.25, Y: y, W: proofreadColumns[1] - 1.75, H: h}, row.Field, sheet.Plain, proofreadWords.Field.Zh, 2, 3.5, 8, 7.5, 7, 6.5)
		voice := sheet.Plain
		if row.Changed {
			p.Bar(sheet.Rect{X: at[0], Y: y, W: 2, H: h - .15})
			voice = sheet.Bold
			r.was(p, sheet.Rect{X: at[3] + 1.25, Y: y, W: proofreadColumns[3] - 2.5, H: h}, row)
		}
		now := sheet.Rect{X: at[2] + 1.25, Y: y, W: proofreadColumns[2] - 2.5, H: h}
		if h > proofreadRow {
			p.Fill(now, row.Now, voice, row.Field, 8, 3.3, 7.5)
		} else {
			p.Fill(now, row.Now, voice, row.Field, 2, 4, 11, 9, 8)
		}
		p.Tick(sheet.Rect{X: at[4], Y: y, W: proofreadColumns[4], H: h}, 3.25, false)
		y += h
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
	p.LeftOf(at[5], top, y-top, sheet.Hair)
	return y
}

// was is the old value, struck through, over where it came from.
func (r Proofread) was(p *sheet.Press, box sheet.Rect, row ProofreadRow) {
	const lead sheet.MM = 3.5
	old := breakLines(p, first(row.Was, proofreadWords.Empty.Zh), box.W, 8, 2)
	y := box.Y + (box.H-lead*sheet.MM(len(old)+1))/2
	for _, line := range old {
		w := p.Say(sheet.Rect{X: box.X, Y: y, W: box.W, H: lead}, line, sheet.Plain, sheet.Left, 8, 7.5, 7)
		if row.Was != "" {
			p.Under(box.X, y+lead/2+.25, w, sheet.Boxed)
		}
		y += lead
	}
	p.Say(sheet.Rect{X: box.X, Y: y, W: box.W, H: lead}, row.Source, sheet.Plain, sheet.Left, 7, 6.5, 6, 5.5)
}

// breakLines fills lines with a text; what is too long ends with … .
func breakLines(p *sheet.Press, s string, w sheet.MM, size sheet.Pt, most int) (out []string) {
	rest := []rune(s)
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && p.Width(string(rest[:n+1]), sheet.Plain, size) <= w {
			n++
		}
		if len(out)+1 == most && n < len(rest) {
			return append(out, string(rest[:max(1, n-1)])+"…")
		}
		out, rest = append(out, string(rest[:n])), rest[n:]
	}
	return out
}

func (r Proofread) foot(p *sheet.Press, y sheet.MM) {
	oath := proofreadWords.OathNone.Zh
	if n := r.changes(); n > 0 {
		oath = fmt.Sprintf(proofreadWords.Oath.Zh, n)
	}
	p.Say(sheet.Rect{X: sheet.FrameX, Y: y + 5, W: sheet.FrameW, H: 5}, oath, sheet.Wording, sheet.Left, 9)
	p.SignAt(sheet.FrameX, y+15, 60, 10, proofreadWords.Sign.Zh)
	p.SignAt(sheet.FrameX+67.5, y+15, 35, 10, proofreadWords.Date.Zh)
	p.SignAt(sheet.FrameX+110, y+15, 65, 10, proofreadWords.Clerk.Zh)
}
