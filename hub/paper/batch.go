package paper

import (
	"fmt"

	"zhunkao/protocol/sheet"
)

const coverVersion = 1

var coverWords = struct {
	Title, Pages, Rooms, Expected, Batch, Part, Of, Copies, Range, Sum, SumNote, Law, Printed, Counted, Received, Seal, Copy, Rest pair
}{
	Title: pair{"考务资料封面", "Papers of an examination: cover"}, Pages: pair{"页数", "Pages"}, Rooms: pair{"考室", "Rooms"}, Expected: pair{"应考", "Expected"}, Batch: pair{"打印批次 %s", "batch %s"},
	Part: pair{"资料（装订顺序）", "Paper, in binding order"}, Of: pair{"内容", "For"}, Copies: pair{"份数", "Copies"}, Range: pair{"页次", "Pages from, to"}, Sum: pair{"合计", "Total"}, SumNote: pair{"另有本封面 1 页", "besides this cover"},
	Law:     pair{"打印后先清点页数，与本表不符的不得装订、分发。重新打印的，旧的一份收回销毁；编排版本不同的两份资料不得混用。", "Count the pages first; what differs from this list is neither bound nor given out. Of what is printed anew the old is taken back and destroyed; never mix two versions."},
	Printed: pair{"打印", "Printed by"}, Counted: pair{"清点", "Counted by"}, Received: pair{"考点领取", "Received for the site"}, Seal: pair{"县（市、区）招生办盖章", "Seal of the county's office"}, Copy: pair{"随资料装订", "bound with the papers"}, Rest: pair{"其他资料", "other papers"},
}

const coverRow sheet.MM = 10

func coverTable() table {
	large := []sheet.Pt{12, 10.5, 9, 8}
	return table{{w: 10, sizes: []sheet.Pt{10.5, 9}}, {w: 65, name: coverWords.Part.Zh, voice: sheet.Bold, sizes: large}, {w: 45, name: coverWords.Of.Zh, sizes: []sheet.Pt{10.5, 9, 8, 7, 6}}, {w: 15, name: coverWords.Copies.Zh, align: sheet.Right, sizes: large},
		{w: 15, name: coverWords.Pages.Zh, align: sheet.Right, voice: sheet.Bold, sizes: large}, {w: 25, name: coverWords.Range.Zh, align: sheet.Right, sizes: []sheet.Pt{10.5, 9, 8}}}
}

// MaxCoverParts is how many kinds of papers a cover has room for.
const MaxCoverParts = 16

// Layout sets the sheet, which is one page; what is behind MaxCoverParts is told as one.
func (c Cover) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if over := len(c.Parts) - MaxCoverParts; over > 0 {
		rest := CoverPart{Paper: coverWords.Rest.Zh}
		for _, part := range c.Parts[MaxCoverParts-1:] {
			rest.Things, rest.Pages = rest.Things+part.Things, rest.Pages+part.Pages
		}
		c.Parts = append(append([]CoverPart{}, c.Parts[:MaxCoverParts-1]...), rest)
	}
	p := sheet.NewPress(f)
	t, x := coverTable(), sheet.FrameX
	head := c.SiteHead
	head.For = first(head.For, coverWords.Copy.Zh)
	number := func(label string, n int, w sheet.MM) sheet.Key {
		return sheet.Key{Label: label, Value: thousands(int64(n)), Width: w, Sizes: []sheet.Pt{28, 24, 20, 16}}
	}
	head.frame(p, "25 ", coverWords.Title.Zh, coverVersion, templateHash("cover", coverVersion, coverRow, t, c.Campaign, coverWords), 1, 1,
		number(coverWords.Pages.Zh, c.Pages(), 32.5), number(coverWords.Expected.Zh, c.Expected, 37.5), number(coverWords.Rooms.Zh, c.Rooms, 22.5))
	y := sheet.FrameTop + 2.5
	name := first(c.Site, c.areaText())
	p.Fill(sheet.Rect{X: x, Y: y, W: sheet.FrameW, H: 15}, name, sheet.Heading, coverWords.Title.Zh, 2, 7.5, 26, 22, 18, 16)
	y += 15
	side := c.Version
	if c.Batch != "" {
		side = fmt.Sprintf(coverWords.Batch.Zh, c.Batch) + "　" + side
	}
	w := p.Say(sheet.Rect{X: x, Y: y, W: 115, H: 7.5}, c.Address, sheet.Plain, sheet.Left, 10.5, 9, 8, 7, 6, 5, 4)
	p.Say(sheet.Rect{X: x + w + 3, Y: y, W: sheet.FrameW - w - 3, H: 7.5}, c.areaText()+"　"+side, sheet.Plain, sheet.Right, 9, 8, 7, 6, 5)
	y = t.head(p, x, y+10)
	copies, page := 0, 0
	for i, part := range c.Parts {
		copies += part.Things
		where := ""
		if part.Pages > 0 {
			where = fmt.Sprintf("%d–%d", page+1, page+part.Pages)
		}
		page += part.Pages
		what := part.Of
		if part.Note != "" {
			what += "　" + part.Note
		}
		t.row(p, x, y, coverRow, fmt.Sprint(i+1), part.Paper, what, thousands(int64(part.Things)), thousands(int64(part.Pages)), where)
		y += coverRow
		p.Under(x, y, t.width(), sheet.Hair)
	}
	p.Under(x, y, t.width(), sheet.Rule)
	t.bold().row(p, x, y, coverRow, "", coverWords.Sum.Zh, coverWords.SumNote.Zh, thousands(int64(copies)), thousands(int64(page)), "")
	p.Under(x, y+coverRow, t.width(), sheet.Rule)
	y += coverRow + 2.5
	p.Fill(sheet.Rect{X: x, Y: y, W: 127.5, H: 15}, coverWords.Law.Zh, sheet.Wording, coverWords.Title.Zh, 3, 5, 9)
	signatures(p, y+5, coverWords.Seal.Zh, coverWords.Printed.Zh, coverWords.Counted.Zh, coverWords.Received.Zh)
	sheetPage, err := p.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: coverWords.Title.Zh, Printed: c.Printed, Pages: []*sheet.Page{sheetPage}}, nil
}
