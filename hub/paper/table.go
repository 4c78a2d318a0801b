package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"zhunkao/protocol/sheet"
)

// column is one column of a table.
type column struct {
	w     sheet.MM
	name  string
	align sheet.Align
	voice sheet.Voice
	sizes []sheet.Pt // the first that fits
	lines int        // that a text may take at the last size; 0 is one
	lead  sheet.MM   // from one of them to the next
}

// table is a table of a paper, its head ruled above and below.
type table []column

func (t table) width() (w sheet.MM) {
	for _, c := range t {
		w += c.w
	}
	return w
}

// head draws the head, 5 high, at x y and gives where the rows begin.
func (t table) head(p *sheet.Press, x, y sheet.MM) sheet.MM {
	p.Under(x, y+.3, t.width(), sheet.Rule)
	p.Under(x, y+5, t.width(), sheet.Rule)
	for _, c := range t {
		p.Say(sheet.Rect{X: x + 1.25, Y: y + .3, W: c.w - 2.5, H: 4.4}, c.name, sheet.Plain, c.align, 7, 6.5, 6)
		x += c.w
	}
	return y + 5
}

// row sets a row h high, without its rule. A text of "" leaves its cell empty.
func (t table) row(p *sheet.Press, x, y, h sheet.MM, texts ...string) {
	for i, c := range t {
		box := sheet.Rect{X: x + 1.25, Y: y, W: c.w - 2.5, H: h}
		switch {
		case texts[i] == "":
		case c.lines > 1:
			p.Fill(box, texts[i], c.voice, c.name, c.lines, c.lead, c.sizes...)
		default:
			p.Say(box, texts[i], c.voice, c.align, c.sizes...)
		}
		x += c.w
	}
}

// bold is the same table for a row of sums.
func (t table) bold() table {
	out := append(table{}, t...)
	for i := range out {
		out[i].voice = sheet.Bold
	}
	return out
}

// pager shares the rows of a table out to pages (look/print/sheets.md §1).
type pager struct {
	first, next int              // rows for which the first page and each other has room
	foot        int              // rows whose room the foot of the last page takes; less than next by 5 at least
	group       func(i int) bool // whether row i begins another group; nil: there is one
}

// cut gives the rows of each page. The foot stays with at least three of them, no page
// has a head with less than two below it, and a page ends before a change of group that
// lies within its last ten rows. The first page may be left without rows.
func (g pager) cut(n int) (out []span) {
	from, room := 0, g.first
	for {
		left := n - from
		if left+g.foot <= room {
			return append(out, span{from, n})
		}
		take := min(room, left-3)
		if take < 2 {
			take = 0
		}
		for k := take; g.group != nil && k >= max(take-10, 2); k-- {
			if g.group(from + k) {
				take = k
				break
			}
		}
		out = append(out, span{from, from + take})
		from, room = from+take, g.next
	}
}

// rowsIn counts the rows of a height between two heights.
func rowsIn(from, to, high sheet.MM) int { return int((to - from) / high) }

// frame is the common frame of a paper of a site.
func (h SiteHead) frame(p *sheet.Press, number, title string, version int, hash string, page, of int, keys ...sheet.Key) {
	p.Frame(sheet.Frame{Campaign: h.Campaign, Title: title, Paper: number + title, Version: version, Hash: hash, Page: page, Of: of, Marks: h.Marks,
		Copy: h.copyOf(), Office: h.Office, Printed: h.Printed, Keys: keys})
}

func (h SiteHead) copyOf() string {
	out := first(h.For, siteWords.Kept.Zh)
	if h.Copy > 1 {
		out += " " + fmt.Sprintf(siteWords.Again.Zh, h.Copy)
	}
	return out
}

// areaText is the area as people say it: 0102 长沙市芙蓉区考区.
func (h SiteHead) areaText() string {
	return h.Area + " " + strings.TrimSuffix(h.AreaName, siteWords.Area.Zh) + siteWords.Area.Zh
}

// place is the line under the header, 10 high: the site, or the area, and what else is told.
func (h SiteHead) place(p *sheet.Press, y sheet.MM, rest string) sheet.MM {
	name, side := h.Site, h.areaText()
	if name == "" {
		name, side = side, ""
	}
	for _, s := range []string{rest, h.Version} {
		if side != "" && s != "" {
			side += "　"
		}
		side += s
	}
	w := p.Say(sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW * .55, H: 10}, name, sheet.Bold, sheet.Left, 12, 10.5, 9, 8, 7, 6)
	p.Say(sheet.Rect{X: sheet.FrameX + w + 3, Y: y, W: sheet.FrameW - w - 3, H: 10}, side, sheet.Plain, sheet.Right, 9, 8, 7, 6.5, 6)
	return y + 10
}

// signatures are lines to sign on in a row, and the place of a seal at the right, 40 high.
func signatures(p *sheet.Press, y sheet.MM, seal string, who ...string) {
	const wide, gap sheet.MM = 40, 7.5
	each := (sheet.FrameW-wide)/sheet.MM(len(who)) - gap
	for i, s := range who {
		p.SignAt(sheet.FrameX+(each+gap)*sheet.MM(i), y+22.5, each, 12.5, s)
	}
	p.Seal(sheet.Rect{X: sheet.FrameX + sheet.FrameW - wide, Y: y, W: wide, H: 40}, seal)
}

// templateHash stands for layout and wording.
func templateHash(parts ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v", parts))
	return hex.EncodeToString(sum[:4])
}

// siteWords is the wording that the papers of a site share.
var siteWords = struct{ Kept, Again, Area, Sitting, Seal, Carried, Brought, RoomsOf pair }{
	Kept: pair{"考点留存", "for the site"}, Again: pair{"第 %d 次打印", "print %d"}, Area: pair{"考区", "area"},
	Sitting: pair{"第 %d 场　%d月%d日 %s", "sitting %d, %d/%d %s"},
	Seal:    pair{"县（市、区）招生办盖章", "Seal of the county's office"}, Carried: pair{"本页小计，转下页", "carried forward"}, Brought: pair{"承前页", "brought forward"},
	RoomsOf: pair{"%d 个考室", "%d rooms"},
}

// dash stands for what is not known.
func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// joined are the texts that there are.
func joined(all ...string) string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "　")
}

// lines are those of a wording.
func lines(s string) []string { return strings.Split(s, "\n") }
