package paper

import (
	"zhunkao/protocol/sheet"
)

const violationVersion = 1

var violationWords = struct {
	Title, Sitting, Name, Number, Document, Room, Seat, Subject, Group, Found, Label, Facts, FactsNote, Evidence, EvidenceNote, Law, LawNote, Breach, Cheat, Cheat2, Disorder, Item, Done, Oath, Refused, Signed, A, B, Head, Seal, Kept, When pair
	Proofs, Steps                                                                                                                                                                                                                              []pair
}{
	Title: pair{"违纪作弊登记表", "Breach of the rules"}, Sitting: pair{"场次", "Sitting"}, Name: pair{"姓名", "Name"}, Number: pair{"准考证号", "Ticket number"}, Document: pair{"证件号码", "Document"},
	Room: pair{"考室", "Room"}, Seat: pair{"座位", "Seat"}, Subject: pair{"科目", "Subject"}, Group: pair{"层次、科类", "Level, category"}, Found: pair{"发现时间", "Found at"}, Label: pair{"在此粘贴该考生条形码", "bar code label"},
	Facts: pair{"违规事实", "Facts"}, FactsNote: pair{"写明时间、经过和亲眼所见，不写推测。写不下的另附页，注明页数。", "What was seen, and when. No guesses. More on a sheet of its own."},
	Evidence: pair{"证据", "Evidence"}, EvidenceNote: pair{"写明名称、数量、编号和保管人。", "Name, number and keeper of each."},
	Law: pair{"拟适用条款", "Rule"}, LawNote: pair{"《国家教育考试违规处理办法》（教育部令第33号）。由考点填写，市（州）、省招考机构认定。", "Order 33 of the ministry. Filled in by the site, decided by the offices."},
	Breach: pair{"第五条 违纪　第（　　）项", "5: breach"}, Cheat: pair{"第六条 作弊　第（　　）项", "6: cheating"}, Cheat2: pair{"第七条 认定作弊　第（　　）项", "7: held to be cheating"}, Disorder: pair{"第八条 扰乱秩序　第（　　）项", "8: disorder"},
	Done: pair{"当场处理", "Done at once"}, Oath: pair{"以上事实已当面告知本人。", "The candidate was told these facts."}, Refused: pair{"考生拒绝签名（由两名监考员注明）", "refuses to sign"}, Signed: pair{"考生签名　　　　　　　时间", "Candidate's signature, time"},
	A: pair{"监考员甲", "Invigilator A"}, B: pair{"监考员乙", "Invigilator B"}, Head: pair{"考点主考", "Head of the site"}, Seal: pair{"考点盖章", "Seal of the site"}, Kept: pair{"一人一表，考后随试卷交回", "a sheet for each person"}, When: pair{"第　　场　　　月　　日", "sitting, date"},
	Proofs: []pair{{"夹带材料", "notes"}, {"通讯、存储设备", "devices"}, {"试卷、答题卡、草稿纸", "papers"}, {"监控录像", "video"}, {"证人证言", "witnesses"}, {"其他", "other"}},
	Steps:  []pair{{"收缴物品", "things taken"}, {"终止本场考试", "sitting ended"}, {"带离考室", "led out"}, {"更换试卷、座位", "paper or seat changed"}, {"报告公安机关", "police told"}, {"其他", "other"}},
}

// Heights of its blocks.
const (
	violationCell  sheet.MM = 12.5
	violationLine  sheet.MM = 10
	violationFacts          = 5 // lines
)

// Layout sets the sheets, all alike.
func (v Violation) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: violationWords.Title.Zh, Printed: v.Printed}
	of := max(1, v.Blanks)
	for n := range of {
		p := sheet.NewPress(f)
		v.draw(p, n+1, of)
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

func (v Violation) draw(p *sheet.Press, page, of int) {
	head := v.SiteHead
	head.For = first(head.For, violationWords.Kept.Zh)
	head.frame(p, "24 ", violationWords.Title.Zh, violationVersion, templateHash("violation", violationVersion, violationCell, violationLine, violationFacts, v.Campaign, violationWords), page, of)
	when := violationWords.When.Zh
	if v.Number > 0 {
		when = whenText(v.Number, v.From)
	}
	x, y := sheet.FrameX, v.place(p, sheet.FrameTop, when)
	y = v.who(p, x, y)
	y = v.lines(p, y, violationWords.Facts.Zh, violationWords.FactsNote.Zh, violationFacts)
	y = section(p, y, violationWords.Evidence.Zh, violationWords.EvidenceNote.Zh)
	p.Under(x, y, sheet.FrameW, sheet.Rule)
	p.Options(sheet.Rect{X: x, Y: y, W: sheet.FrameW, H: 7.5}, 9, inChinese(violationWords.Proofs)...)
	y += 7.5
	for range 2 {
		y += violationLine
		p.Under(x, y, sheet.FrameW, sheet.Hair)
	}
	y = section(p, y, violationWords.Law.Zh, violationWords.LawNote.Zh)
	p.Under(x, y, sheet.FrameW, sheet.Rule)
	for i, rule := range []pair{violationWords.Breach, violationWords.Cheat, violationWords.Cheat2, violationWords.Disorder} {
		p.Options(sheet.Rect{X: x + 87.5*sheet.MM(i%2), Y: y + 7.5*sheet.MM(i/2), W: 85, H: 7.5}, 9, rule.Zh)
	}
	y += 15
	p.Under(x, y, sheet.FrameW, sheet.Hair)
	w := p.Say(sheet.Rect{X: x, Y: y, W: 30, H: 10}, violationWords.Done.Zh, sheet.Heading, sheet.Left, 10.5)
	p.Options(sheet.Rect{X: x + w + 5, Y: y, W: sheet.FrameW - w - 5, H: 10}, 9, inChinese(violationWords.Steps)...)
	y += 10
	p.Under(x, y, sheet.FrameW, sheet.Rule)
	p.Say(sheet.Rect{X: x, Y: y, W: 60, H: 10}, violationWords.Oath.Zh, sheet.Wording, sheet.Left, 9)
	p.Options(sheet.Rect{X: x, Y: y + 10, W: 70, H: 7.5}, 9, violationWords.Refused.Zh)
	p.SignAt(x+77.5, y+2.5, 97.5, 12.5, violationWords.Signed.Zh)
	signatures(p, y+20, violationWords.Seal.Zh, violationWords.A.Zh, violationWords.B.Zh, violationWords.Head.Zh)
}

// who is the person, to be written, and the place of the label with her bars.
func (v Violation) who(p *sheet.Press, x, y sheet.MM) sheet.MM {
	const label sheet.MM = 62.5
	w := sheet.FrameW - label
	write := func(name string) sheet.Value { return sheet.Value{Label: name, Sizes: []sheet.Pt{10.5}} }
	p.Under(x, y+.3, sheet.FrameW, sheet.Rule)
	p.LeftOf(x, y, 3*violationCell, sheet.Hair)
	p.Cells(x, y, violationCell, []sheet.MM{w - 55, 55}, write(violationWords.Name.Zh), write(violationWords.Number.Zh))
	p.Cells(x, y+violationCell, violationCell, []sheet.MM{w - 45, 22.5, 22.5}, write(violationWords.Document.Zh), write(violationWords.Room.Zh), write(violationWords.Seat.Zh))
	p.Cells(x, y+2*violationCell, violationCell, []sheet.MM{w - 55, 55, label}, write(violationWords.Subject.Zh), write(violationWords.Group.Zh), write(violationWords.Found.Zh))
	at := sheet.Rect{X: x + w, Y: y, W: label, H: 2 * violationCell}
	p.Under(at.X, at.Bottom(), at.W, sheet.Hair)
	p.LeftOf(at.Right()-.15, at.Y, at.H, sheet.Hair)
	p.Say(at, violationWords.Label.Zh, sheet.Plain, sheet.Centre, 8)
	return y + 3*violationCell
}

// lines is a section with lines to write on.
func (v Violation) lines(p *sheet.Press, y sheet.MM, title, note string, n int) sheet.MM {
	y = section(p, y, title, note)
	p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Rule)
	for range n {
		y += violationLine
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
	return y
}
