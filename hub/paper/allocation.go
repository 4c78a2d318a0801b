package paper

import (
	"fmt"
	"strings"

	"zhunkao/protocol/sheet"
)

const allocationVersion = 1

const allocationRow sheet.MM = 15

func allocationTable() table {
	numbers := []sheet.Pt{12, 10.5, 9, 8}
	return table{{w: 8, name: handWords.No.Zh, sizes: []sheet.Pt{9, 8}}, {w: 75, name: handWords.Site.Zh}, {w: 29.5, name: handWords.Phone.Zh}, {w: 25, name: handWords.Run.Zh, voice: sheet.Bold, sizes: numbers},
		{w: 10, name: handWords.Count.Zh, align: sheet.Right, voice: sheet.Bold, sizes: numbers}, {w: 10, name: handWords.Has.Zh, align: sheet.Right, sizes: []sheet.Pt{10.5, 9, 8}}, {w: 17.5, name: handWords.Expected.Zh, align: sheet.Right, voice: sheet.Bold, sizes: numbers}}
}

// Layout sets the sheets.
func (a Allocation) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: handWords.Allocation.Zh, Printed: a.Printed}
	type line struct{ site, run int }
	var lines []line
	rooms, expected, has := 0, 0, 0
	for i, s := range a.Sites {
		has += s.Has
		for k, r := range s.Runs {
			rooms, expected = rooms+r.Rooms, expected+r.Expected
			lines = append(lines, line{i, k})
		}
		if len(s.Runs) == 0 {
			lines = append(lines, line{i, -1})
		}
	}
	const top = sheet.FrameTop + 10 + 5
	room := rowsIn(top, sheet.FrameEnd, allocationRow)
	t := allocationTable()
	parts := pager{first: room, next: room, foot: 4, group: func(i int) bool { return i < len(lines) && lines[i].run <= 0 }}.cut(len(lines))
	for n, part := range parts {
		p := sheet.NewPress(f)
		hash := templateHash("allocation", allocationVersion, allocationRow, t, a.Campaign, handWords, siteWords)
		count := func(label string, n int, w sheet.MM) sheet.Key {
			return sheet.Key{Label: label, Value: thousands(int64(n)), Width: w, Sizes: []sheet.Pt{28, 24, 20}}
		}
		a.frame(p, "22 ", handWords.Allocation.Zh, allocationVersion, hash, n+1, len(parts), count(handWords.Expected.Zh, expected, 37.5), count(handWords.Rooms.Zh, rooms, 22.5), count(handWords.Sites.Zh, len(a.Sites), 15))
		y := t.head(p, sheet.FrameX, a.place(p, sheet.FrameTop, a.State))
		for i, l := range lines[part.from:part.to] {
			a.row(p, t, y, l.site, l.run, i == 0)
			y += allocationRow
			x, w := sheet.FrameX, t.width()
			if k := part.from + i + 1; k < len(lines) && lines[k].run > 0 && k < part.to {
				x, w = x+t[0].w+t[1].w+t[2].w, w-t[0].w-t[1].w-t[2].w
			}
			p.Under(x, y, w, sheet.Hair)
		}
		if n == len(parts)-1 {
			p.Under(sheet.FrameX, y, t.width(), sheet.Rule)
			t.bold().row(p, sheet.FrameX, y, 7.5, "", "", "", handWords.Total.Zh, fmt.Sprint(rooms), fmt.Sprint(has), thousands(int64(expected)))
			p.Under(sheet.FrameX, y+7.5, t.width(), sheet.Rule)
			p.Fill(sheet.Rect{X: sheet.FrameX, Y: y + 10, W: sheet.FrameW, H: 5}, handWords.AllocationNote.Zh, sheet.Wording, handWords.Allocation.Zh, 1, 0, 9, 8.5, 8)
			signatures(p, y+17.5, siteWords.Seal.Zh, handWords.Made.Zh, summaryWords.HeadArea.Zh, handWords.Review.Zh)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// row is a run of rooms; the site stands beside its first one, and once more at the top
// of a page.
func (a Allocation) row(p *sheet.Press, t table, y sheet.MM, site, run int, top bool) {
	s := a.Sites[site]
	var r AllocationRun
	if run >= 0 {
		r = s.Runs[run]
	}
	texts := make([]string, len(t))
	if r.Rooms > 0 {
		texts[3] = r.First
		if r.First != r.Last {
			texts[3] += "–" + r.Last
		}
		texts[6] = thousands(int64(r.Expected))
	}
	texts[4] = fmt.Sprint(r.Rooms)
	x := sheet.FrameX + t[0].w + 1.25
	groups := y + 9.5
	if run > 0 && !top {
		groups = y + 1.5
	}
	p.Fill(sheet.Rect{X: x, Y: groups, W: t[1].w - 2.5, H: 4.5}, r.Groups, sheet.Plain, handWords.Site.Zh, 2, 2.25, 7.5, 7, 6.5, 6, 5.5)
	if run <= 0 || top {
		texts[0], texts[5] = fmt.Sprint(site+1), fmt.Sprint(s.Has)
		p.Fill(sheet.Rect{X: x, Y: y + .5, W: t[1].w - 2.5, H: 5.5}, s.Name, sheet.Bold, handWords.Site.Zh, 2, 2.5, 10.5, 9, 8, 7, 6.5)
		p.Fill(sheet.Rect{X: x, Y: y + 5.5, W: t[1].w - 2.5, H: 4}, s.Address, sheet.Plain, handWords.Site.Zh, 2, 2, 8, 7, 6.5, 6, 5, 4)
		at := x + t[1].w
		p.Say(sheet.Rect{X: at, Y: y + .75, W: t[2].w - 2.5, H: 5}, s.Contact, sheet.Plain, sheet.Left, 9, 8, 7, 6, 5)
		p.Say(sheet.Rect{X: at, Y: y + 5.5, W: t[2].w - 2.5, H: 4}, strings.TrimSpace(s.Phone), sheet.Plain, sheet.Left, 9, 8, 7, 6, 5)
	}
	t.row(p, sheet.FrameX, y, 7.5, texts...)
}
