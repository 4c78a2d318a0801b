package paper

import (
	"fmt"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

const handoverVersion = 1

const handoverRow sheet.MM = 7.5

// handWords is the wording of the registers of a site.
var handWords = struct {
	Mixed, GroupRooms, Handover, Bags, Sitting, Start, Room, Subject, Expected, Papers, Answers, Out, OutTime, OutBy, Back, BackTime, BackBy, Spare, Sum, Gave, Kept, Head, Law, When pair

	Allocation, Sites, Rooms, Has, No, Site, Phone, Run, Count, Total, Review, State, Made, AllocationNote pair
}{
	Mixed: pair{"混合", "mixed"}, GroupRooms: pair{"%s %d间", "%s: %d"},
	Handover: pair{"领卷回收登记表", "Bags handed out and taken back"}, Bags: pair{"试卷袋", "Bags"}, Sitting: pair{"场次", "Sitting"}, Start: pair{"%s 开考", "begins %s"},
	Room: pair{"考室", "Room"}, Subject: pair{"科目", "Subject"}, Expected: pair{"应考", "Expected"}, Papers: pair{"试卷袋", "Papers"}, Answers: pair{"答题卡袋", "Answers"},
	Out: pair{"领　卷", "Out"}, OutTime: pair{"时间", "Time"}, OutBy: pair{"领取人签名", "Signature"}, Back: pair{"回　收", "Back"}, BackTime: pair{"时间", "Time"}, BackBy: pair{"交回人签名", "Signature"}, Spare: pair{"备用", "spare"},
	Sum:  pair{"正袋 %d 袋　备用袋 %d 袋　共 %d 袋　答题卡袋 %d 袋", "%d bags, %d spare, %d in all, %d of answers"},
	Gave: pair{"试卷发放人", "Handed out by"}, Kept: pair{"试卷保管人", "Kept by"}, Head: pair{"考点主考", "Head of the site"},
	Law:  pair{"领取、交回时当面点清，逐袋签名；缺袋、破损、拆封当场写入考场情况记录单并报告考点主考。", "Count in each other's sight and sign for each bag; what is missing, torn or open is written down at once and told to the head of the site."},
	When: pair{"第 %d 场　%d月%d日 %s %s 开考", "sitting %d, %d/%d %s, begins %s"},

	Allocation: pair{"考室分配表", "Rooms at the sites"}, Sites: pair{"考点", "Sites"}, Rooms: pair{"考室", "Rooms"}, Has: pair{"可用", "Has"}, No: pair{"", ""}, Site: pair{"考点　地址　安排的层次、科类", "Site, address, levels and categories"},
	Phone: pair{"联系人　电话", "Contact"}, Run: pair{"考室号", "Rooms"}, Count: pair{"间数", "Number"}, Total: pair{"合计", "Total"}, Review: pair{"市（州）复核", "Checked by the city"}, State: pair{"%s", "%s"}, Made: pair{"制表", "Made by"},
	AllocationNote: pair{"考室号连续分配，准考证号、座位不因考点改变。考点有变动的，另发通知，以编排版本新的一份为准。", "Runs of rooms without a gap; no number and no seat changes with the site. Of two tables the one of the later version holds."},
}

func handoverTable() table {
	return table{{w: 15, name: handWords.Room.Zh, voice: sheet.Bold, sizes: []sheet.Pt{12, 10.5, 9}}, {w: 30, name: handWords.Subject.Zh, sizes: []sheet.Pt{10.5, 9, 8, 7, 6}}, {w: 12.5, name: handWords.Expected.Zh, align: sheet.Right, sizes: []sheet.Pt{10.5, 9}},
		{w: 12.5, name: handWords.Papers.Zh, align: sheet.Right, voice: sheet.Bold, sizes: []sheet.Pt{10.5, 9}}, {w: 15, name: handWords.Answers.Zh, align: sheet.Right, voice: sheet.Bold, sizes: []sheet.Pt{10.5, 9}},
		{w: 15, name: handWords.OutTime.Zh}, {w: 30, name: handWords.OutBy.Zh}, {w: 15, name: handWords.BackTime.Zh}, {w: 30, name: handWords.BackBy.Zh}}
}

// Layout sets the sheets.
func (h Handover) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: handWords.Handover.Zh, Printed: h.Printed}
	var rows [][]string
	spare, last := 0, ""
	for _, b := range h.Bags {
		room := b.Room
		if room == last {
			room = ""
		}
		last = b.Room
		rows = append(rows, []string{room, b.Subject, fmt.Sprint(b.Expected), "1", "1", "", "", "", ""})
	}
	for i, s := range h.Spares {
		spare += s.Spare
		room := ""
		if i == 0 {
			room = handWords.Spare.Zh
		}
		rows = append(rows, []string{room, s.Subject, "–", fmt.Sprint(s.Spare), "–", "", "", "", ""})
	}
	const top = sheet.FrameTop + 10 + 10
	room := rowsIn(top, sheet.FrameEnd, handoverRow)
	parts := pager{first: room, next: room, foot: 8, group: func(i int) bool { return i < len(rows) && rows[i][0] != "" }}.cut(len(rows))
	for n, part := range parts {
		p := sheet.NewPress(f)
		hash := templateHash("handover", handoverVersion, handoverRow, handoverTable(), h.Campaign, handWords, siteWords)
		h.frame(p, "23 ", handWords.Handover.Zh, handoverVersion, hash, n+1, len(parts),
			sheet.Key{Label: handWords.Bags.Zh, Value: fmt.Sprint(len(h.Bags) + spare), Width: 25, Sizes: []sheet.Pt{28, 24, 20}},
			sheet.Key{Label: handWords.Sitting.Zh, Value: fmt.Sprint(h.Number), Width: 15, Sizes: []sheet.Pt{28, 24, 20}})
		y := h.place(p, sheet.FrameTop, whenText(h.Number, h.From))
		y = h.rows(p, y, rows[part.from:part.to])
		if n == len(parts)-1 {
			p.Say(sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW, H: 7.5}, fmt.Sprintf(handWords.Sum.Zh, len(h.Bags), spare, len(h.Bags)+spare, len(h.Bags)), sheet.Bold, sheet.Left, 10.5, 9, 8)
			p.Fill(sheet.Rect{X: sheet.FrameX, Y: y + 7.5, W: sheet.FrameW, H: 5}, handWords.Law.Zh, sheet.Wording, handWords.Handover.Zh, 1, 0, 9, 8.5, 8)
			signatures(p, y+15, siteWords.Seal.Zh, handWords.Gave.Zh, handWords.Kept.Zh, handWords.Head.Zh)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// rows draws a part of the table, with what is out and what is back named above it.
func (h Handover) rows(p *sheet.Press, y sheet.MM, rows [][]string) sheet.MM {
	t, x := handoverTable(), sheet.FrameX
	var at []sheet.MM
	for _, c := range t {
		at = append(at, x)
		x += c.w
	}
	top := y
	for _, g := range []struct {
		name     string
		from, to int
	}{{handWords.Out.Zh, 5, 7}, {handWords.Back.Zh, 7, 9}} {
		w := t[g.from].w + t[g.from+1].w
		p.Say(sheet.Rect{X: at[g.from], Y: y, W: w, H: 5}, g.name, sheet.Bold, sheet.Centre, 9)
	}
	y = t.head(p, sheet.FrameX, y+5)
	for i, texts := range rows {
		t.row(p, sheet.FrameX, y, handoverRow, texts...)
		y += handoverRow
		switch {
		case i+1 == len(rows), rows[i+1][0] == handWords.Spare.Zh:
			p.Under(sheet.FrameX, y, t.width(), sheet.Rule)
		case rows[i+1][0] == "":
			p.Under(sheet.FrameX+t[0].w, y, t.width()-t[0].w, sheet.Hair)
		default:
			p.Under(sheet.FrameX, y, t.width(), sheet.Hair)
		}
	}
	p.LeftOf(at[5], top, y-top, sheet.Rule)
	p.LeftOf(at[7], top, y-top, sheet.Rule)
	for _, i := range []int{6, 8} {
		p.LeftOf(at[i], top+5, y-top-5, sheet.Hair)
	}
	return y
}

// whenText is a sitting with the hour at which it begins.
func whenText(n int, from time.Time) string {
	at := from.In(window.Zone())
	return fmt.Sprintf(handWords.When.Zh, n, at.Month(), at.Day(), half(from), clock(from))
}
