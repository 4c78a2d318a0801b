package paper

import (
	"fmt"
	"log/slog"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// Register is paper 03 (考生登记表; S2019, demands A6 and A53): what a college keeps of
// somebody whom it admitted, printed by the province alone. What is looked for is who it
// is and where admitted. One sheet, two sides, a wide margin to bind it.
type Register struct {
	Campaign       string // long name
	campaign.Words        // her application in words; Number is the candidate number
	Photo          []byte // JPEG; nil: NoPhoto stands there
	NoPhoto        string // lines end with \n
	Ticket         string // number of her admission ticket
	Marks          []RegisterMark
	Total          string // 总分
	Feature        string // 特征分
	File           string // 档案分
	Bonus          string // 优惠项目, in words; "" is none
	Integrity      string // 诚信参考信息, in words
	Admitted       RegisterAdmission
	Office         string // who prints
	Printed        time.Time
	Copy           int // 1 for the original
	Flags          []sheet.Mark
}

// RegisterMark is what somebody had in one subject: a number, or 缺考.
type RegisterMark struct{ Subject, Mark string }

// RegisterAdmission is where somebody was admitted; codes stand before names.
type RegisterAdmission struct {
	College, Major, Level, Form, Years string
	Date                               string // 2019-12-18
}

// String names the paper and nothing of the person.
func (r Register) String() string { return "register form" }

// GoString is String.
func (r Register) GoString() string { return r.String() }

// Format keeps values out under every verb.
func (r Register) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// LogValue names the paper and nothing of the person.
func (r Register) LogValue() slog.Value { return slog.StringValue(r.String()) }

const registerVersion = 1

// Measures of paper 03, part of the template's hash.
var (
	registerCells   = [][]sheet.MM{{87.5, 17.5, 35}, {35, 52.5, 52.5}, {35, 52.5, 52.5}, {87.5, 30, 52.5}, {35, 30, 52.5, 52.5}, {147.5, 22.5}}
	registerHeights = []sheet.MM{15, 12.5, 12.5, 10, 10, 12.5}
	registerChoices = []sheet.MM{12.5, 20, 30, 45, 35, 15, 12.5}
	registerHistory = []sheet.MM{45, 75, 25, 25}
	registerBoxes   = []sheet.MM{47.5, 47.5, 60}
)

const (
	registerBound sheet.MM = 5
	registerX              = sheet.FrameX + registerBound
	registerW              = sheet.FrameW - registerBound
	registerAdmit sheet.MM = 27.5
	registerPhoto sheet.MM = 30 // width of its cell
)

// registerWords is every fixed wording of paper 03.
var registerWords = struct {
	Title, Number, Name, Sex, Ethnic, Birth, Kind, Document, Politics, Education, Ticket, School, Graduated, Diploma, Occupation, Work, Licence, Phone, Address, Post                                                  pair
	Choices, Choice, Level, Category, College, Major, Form, Years, Scores, Total, Feature, File, Bonus, NoBonus, Integrity, Admission, AdmittedAt, AdmittedTo, Study, Day, Years2, Seal, Law, Original, Again, NoPhoto pair
	Back, History, HistoryNote, Period, Where, Post2, Witness, Employer, City, CollegeSays, EmployerSeal, CitySign, CollegeSeal, DayLine, BackNumber                                                                   pair
	Ordinals                                                                                                                                                                                                           []pair
}{
	Title: pair{"考生登记表", "Register form"}, Number: pair{"考生号", "Candidate number"}, Name: pair{"姓名", "Name"}, Sex: pair{"性别", "Sex"}, Ethnic: pair{"民族", "Ethnic group"}, Birth: pair{"出生日期", "Date of birth"},
	Kind: pair{"证件类型", "Kind of document"}, Document: pair{"证件号码", "Document"}, Politics: pair{"政治面貌", "Politics"}, Education: pair{"文化程度", "Education"}, Ticket: pair{"准考证号", "Ticket number"}, School: pair{"毕业学校", "School"},
	Graduated: pair{"毕业日期", "Graduated"}, Diploma: pair{"毕业证书编号", "Diploma"}, Occupation: pair{"职业类别", "Occupation"}, Work: pair{"参加工作日期", "In work since"}, Licence: pair{"医学类执业资格证书编号", "Medical licence"}, Phone: pair{"联系电话", "Telephone"},
	Address: pair{"通讯地址", "Postal address"}, Post: pair{"邮政编码", "Post code"}, Choices: pair{"志愿", "Choices"}, Choice: pair{"志愿", "Choice"}, Level: pair{"层次", "Level"}, Category: pair{"科类", "Category"}, College: pair{"院校", "College"}, Major: pair{"专业", "Major"},
	Form: pair{"形式", "Form"}, Years: pair{"学制", "Years"}, Scores: pair{"成绩与优惠", "Marks and bonus"}, Total: pair{"总分", "Total"}, Feature: pair{"特征分", "Bonus"}, File: pair{"档案分", "On file"}, Bonus: pair{"优惠项目", "Bonus"}, NoBonus: pair{"无", "none"},
	Integrity: pair{"诚信参考信息", "Integrity"}, Admission: pair{"录取", "Admission"}, AdmittedAt: pair{"录取院校", "College"}, AdmittedTo: pair{"录取专业", "Major"}, Study: pair{"层次　形式　学制", "Level, form, years"}, Day: pair{"录取日期", "Admitted on"}, Years2: pair{"%s年", "%s years"},
	Seal: pair{"省教育考试院录取专用章", "Seal of the province"}, Law: pair{"本表由省教育考试院统一打印，交录取院校归入考生档案。\n表内各项取自报名确认后的数据与录取数据，涂改无效。", "Printed by the province for the college's file.\nNothing on it may be altered."},
	Original: pair{"正本", "original"}, Again: pair{"第 %d 次打印", "print %d"}, NoPhoto: pair{"无相片", "no photo"},
	Back: pair{"考生登记表（背面）", "Register form, back"}, BackNumber: pair{"考生号 %s", "number %s"}, History: pair{"本人简历", "Curriculum vitae"}, HistoryNote: pair{"自高中阶段起，时间连续；由考生本人填写。", "From secondary school on, without gaps, by the candidate."},
	Period: pair{"起止年月", "From, to"}, Where: pair{"在何地何单位学习或者工作", "Where"}, Post2: pair{"任何职务", "Post"}, Witness: pair{"证明人", "Witness"}, Employer: pair{"所在单位意见", "Employer"}, City: pair{"市（州）招考机构审查意见", "City"}, CollegeSays: pair{"录取院校意见", "College"},
	EmployerSeal: pair{"单位（盖章）", "(seal)"}, CitySign: pair{"审查人签名", "Signature"}, CollegeSeal: pair{"院校（盖章）", "(seal)"}, DayLine: pair{"年　　月　　日", "date"},
	Ordinals: []pair{{"第一", "first"}, {"第二", "second"}, {"第三", "third"}, {"第四", "fourth"}, {"第五", "fifth"}},
}

// Layout sets the two sides. No name, address or picture stops it: what is too long is
// cut and written whole beside the seal.
func (r Register) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	front, back := sheet.NewPress(f), sheet.NewPress(f)
	r.front(front)
	r.back(back)
	one, err := front.Page()
	if err != nil {
		return nil, err
	}
	two, err := back.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: registerWords.Title.Zh, Printed: r.Printed, Pages: []*sheet.Page{one, two}}, nil
}

func (r Register) frame(page int) sheet.Frame {
	copied := registerWords.Original.Zh
	if r.Copy > 1 {
		copied = fmt.Sprintf(registerWords.Again.Zh, r.Copy)
	}
	hash := templateHash("register", registerVersion, registerCells, registerHeights, registerChoices, registerHistory, registerBoxes, registerBound, registerAdmit, r.Campaign, registerWords)
	return sheet.Frame{Campaign: r.Campaign, Title: registerWords.Title.Zh, Paper: "03 " + registerWords.Title.Zh, Version: registerVersion, Hash: hash, Page: page, Of: 2, Marks: r.Flags,
		Copy: copied, Office: r.Office, Printed: r.Printed, Bound: registerBound}
}

func (r Register) front(p *sheet.Press) {
	frame := r.frame(1)
	frame.Keys = []sheet.Key{{Label: registerWords.Number.Zh, Value: sheet.Grouped(r.Number), Width: 72.5, Sizes: []sheet.Pt{16, 14, 12, 10.5}}}
	if r.Number != "" {
		frame.Code = "ZK1:F:" + r.Number
	}
	p.Frame(frame)
	y := r.identity(p, sheet.FrameTop+2.5)
	y = r.choices(p, y)
	y = r.scores(p, y)
	y = r.admission(p, y)
	const seal sheet.MM = 42.5
	top := min(y+5, sheet.FrameEnd-seal)
	p.Seal(sheet.Rect{X: registerX + registerW - seal, Y: top, W: seal, H: seal}, registerWords.Seal.Zh)
	at := sheet.Rect{X: registerX, Y: top + seal - 10, W: 122.5, H: 5}
	p.Appendix(sheet.Rect{X: at.X, Y: y + 2.5, W: at.W, H: at.Y - y - 5})
	for _, line := range lines(registerWords.Law.Zh) {
		p.Say(at, line, sheet.Wording, sheet.Left, 9)
		at.Y += 5
	}
}

// identity is the grid of the person and the photo.
func (r Register) identity(p *sheet.Press, y sheet.MM) sheet.MM {
	body := []sheet.Pt{10.5, 9, 8, 7.5, 7, 6.5}
	plain := func(label pair, text string) sheet.Value {
		return sheet.Value{Label: label.Zh, Text: dash(text), Sizes: body, Lines: 2, Lead: 2.65}
	}
	large := func(label pair, text string) sheet.Value {
		return sheet.Value{Label: label.Zh, Text: dash(text), Sizes: []sheet.Pt{14, 12, 10.5, 9, 8, 7}, Lines: 2, Lead: 3.5}
	}
	document := plain(registerWords.Document, r.DocumentNumber.Reveal())
	document.Voice = sheet.Bold
	grid := [][]sheet.Value{
		{{Label: registerWords.Name.Zh, Text: r.Name.Reveal(), Voice: sheet.Bold, Sizes: []sheet.Pt{22, 18, 15, 12}, Lines: 2, Lead: 5, Name: true}, large(registerWords.Sex, r.Sex), large(registerWords.Ethnic, r.Ethnic)},
		{plain(registerWords.Birth, r.Birth), plain(registerWords.Kind, r.DocumentType), document},
		{plain(registerWords.Politics, r.Politics), plain(registerWords.Education, r.Education), plain(registerWords.Ticket, sheet.Grouped(r.Ticket))},
		{plain(registerWords.School, r.School), plain(registerWords.Graduated, r.GraduationDate), plain(registerWords.Diploma, r.Diploma)},
		{plain(registerWords.Occupation, r.Occupation), plain(registerWords.Work, r.WorkDate), plain(registerWords.Licence, r.Licence), plain(registerWords.Phone, r.Phone)},
		{{Label: registerWords.Address.Zh}, plain(registerWords.Post, r.PostCode)},
	}
	x, top := registerX, y
	p.Under(x, y+.3, registerW, sheet.Rule)
	for i, row := range grid[:5] {
		p.Cells(x, y, registerHeights[i], registerCells[i], row...)
		y += registerHeights[i]
	}
	h := registerHeights[5]
	at := sheet.Rect{X: x, Y: y, W: registerCells[5][0], H: h}
	p.Cell(at, sheet.Value{Label: registerWords.Address.Zh, Sizes: body})
	p.Fill(sheet.Rect{X: x + 17.5, Y: y + .5, W: 128.5, H: h - 1}, dash(r.Address), sheet.Plain, registerWords.Address.Zh, 5, 2.3, 10.5, 9, 8, 7, 6)
	p.Cell(sheet.Rect{X: at.Right(), Y: y, W: registerCells[5][1], H: h}, grid[5][1])
	p.LeftOf(x, top, y+h-top, sheet.Hair)
	// The photo's cell is beside the first three rows.
	box := sheet.Rect{X: x + registerW - registerPhoto, Y: top, W: registerPhoto, H: 40}
	p.Under(box.X, box.Bottom(), box.W, sheet.Hair)
	p.LeftOf(box.Right()-.15, top, box.H, sheet.Hair)
	p.Photo(sheet.Rect{X: box.X + 1.2, Y: top + 2.5, W: 27.5, H: 35}, sheet.NewPortrait(r.Photo, first(r.NoPhoto, registerWords.NoPhoto.Zh)), true)
	return y + h
}

func (r Register) choices(p *sheet.Press, y sheet.MM) sheet.MM {
	y = sectionAt(p, registerX, registerW, y, registerWords.Choices.Zh, "")
	var t table
	for i, name := range []pair{registerWords.Choice, registerWords.Level, registerWords.Category, registerWords.College, registerWords.Major, registerWords.Form, registerWords.Years} {
		t = append(t, column{w: registerChoices[i], name: name.Zh, sizes: []sheet.Pt{9, 8, 7.5, 7, 6.5}, lines: 2, lead: 3})
	}
	y = t.head(p, registerX, y)
	for _, c := range r.Choices[:min(len(r.Choices), len(registerWords.Ordinals))] {
		name := fmt.Sprint(c.Order)
		if c.Order >= 1 && c.Order <= len(registerWords.Ordinals) {
			name = registerWords.Ordinals[c.Order-1].Zh
		}
		t.row(p, registerX, y, 7.5, name, c.Level, c.Category, c.School, c.Major, c.Form, c.Years)
		y += 7.5
		p.Under(registerX, y, registerW, sheet.Hair)
	}
	return y
}

// scores is a column for each subject and the three sums, and what came of bonus and
// conduct.
func (r Register) scores(p *sheet.Press, y sheet.MM) sheet.MM {
	y = sectionAt(p, registerX, registerW, y, registerWords.Scores.Zh, "")
	all := append(append([]RegisterMark{}, r.Marks...), RegisterMark{registerWords.Total.Zh, r.Total}, RegisterMark{registerWords.Feature.Zh, r.Feature}, RegisterMark{registerWords.File.Zh, r.File})
	var t table
	var texts []string
	for _, m := range all {
		t = append(t, column{w: registerW / sheet.MM(len(all)), name: m.Subject, align: sheet.Right, voice: sheet.Bold, sizes: []sheet.Pt{14, 12, 10.5, 9}})
		texts = append(texts, dash(m.Mark))
	}
	y = t.head(p, registerX, y)
	t.row(p, registerX, y, 10, texts...)
	y += 10
	p.Under(registerX, y, registerW, sheet.Hair)
	for _, l := range []struct {
		label pair
		text  string
	}{{registerWords.Bonus, first(r.Bonus, registerWords.NoBonus.Zh)}, {registerWords.Integrity, dash(r.Integrity)}} {
		p.Say(sheet.Rect{X: registerX, Y: y, W: 27.5, H: 10}, l.label.Zh, sheet.Heading, sheet.Left, 9)
		p.Fill(sheet.Rect{X: registerX + 30, Y: y, W: registerW - 30, H: 10}, l.text, sheet.Plain, l.label.Zh, 2, 4, 9, 8)
		y += 10
		p.Under(registerX, y, registerW, sheet.Hair)
	}
	return y
}

// admission is the box that is looked for.
func (r Register) admission(p *sheet.Press, y sheet.MM) sheet.MM {
	y = sectionAt(p, registerX, registerW, y, registerWords.Admission.Zh, "")
	const left sheet.MM = 107.5
	a, x := r.Admitted, registerX
	for i, v := range []struct{ label, text string }{{registerWords.AdmittedAt.Zh, a.College}, {registerWords.AdmittedTo.Zh, a.Major}} {
		at := sheet.Rect{X: x + 2.5, Y: y + 1.25 + 12.5*sheet.MM(i), W: left - 5, H: 3.75}
		p.Say(at, v.label, sheet.Plain, sheet.Left, 7)
		p.Fill(sheet.Rect{X: at.X, Y: at.Y + 3.75, W: at.W, H: 8}, dash(v.text), sheet.Bold, v.label, 2, 4, 14, 12, 10.5, 10)
	}
	p.LeftOf(x+left, y, registerAdmit, sheet.Rule)
	years := a.Years
	if years != "" {
		years = fmt.Sprintf(registerWords.Years2.Zh, years)
	}
	at := sheet.Rect{X: x + left + 2.5, Y: y + 1.25, W: registerW - left - 5, H: 3.75}
	p.Say(at, registerWords.Study.Zh, sheet.Plain, sheet.Left, 7)
	p.Say(sheet.Rect{X: at.X, Y: at.Y + 3.75, W: at.W, H: 6.25}, dash(joined(a.Level, a.Form, years)), sheet.Plain, sheet.Left, 10.5, 9, 8, 7, 6)
	p.Say(sheet.Rect{X: at.X, Y: at.Y + 12.5, W: at.W, H: 3.75}, registerWords.Day.Zh, sheet.Plain, sheet.Left, 7)
	p.Say(sheet.Rect{X: at.X, Y: at.Y + 16.25, W: at.W, H: 6.25}, dash(a.Date), sheet.Bold, sheet.Left, 10.5, 9)
	p.Box(sheet.Rect{X: x, Y: y, W: registerW, H: registerAdmit}, sheet.Heavy)
	return y + registerAdmit
}

// back has what is written by hand.
func (r Register) back(p *sheet.Press) {
	x, w, y := registerX, registerW, sheet.FrameTop-20
	p.Foot(r.frame(2))
	line := sheet.Rect{X: x, Y: y, W: w, H: 5}
	p.Say(line, registerWords.Back.Zh, sheet.Wording, sheet.Left, 9)
	number := p.Say(line, fmt.Sprintf(registerWords.BackNumber.Zh, sheet.Grouped(r.Number)), sheet.Wording, sheet.Right, 9)
	p.Name(sheet.Rect{X: x + 40, Y: y, W: w - 40 - number - 3.5, H: 5}, r.Name.Reveal(), sheet.Right, registerWords.Name.Zh, 6, 9, 8)
	p.Under(x, y+7.5, w, sheet.Heavy)
	y = sectionAt(p, x, w, y+7.5, registerWords.History.Zh, registerWords.HistoryNote.Zh)
	top := y
	var t table
	for i, name := range []pair{registerWords.Period, registerWords.Where, registerWords.Post2, registerWords.Witness} {
		t = append(t, column{w: registerHistory[i], name: name.Zh})
	}
	y = t.head(p, x, y)
	for range 6 {
		y += 10
		p.Under(x, y, w, sheet.Hair)
	}
	at := x
	for _, c := range registerHistory[:3] {
		at += c
		p.LeftOf(at, top, y-top, sheet.Hair)
	}
	for i, v := range []struct{ title, sign pair }{{registerWords.Employer, registerWords.EmployerSeal}, {registerWords.City, registerWords.CitySign}, {registerWords.CollegeSays, registerWords.CollegeSeal}} {
		box := sheet.Rect{X: x, Y: y + 5, W: w, H: registerBoxes[i]}
		p.Box(box, sheet.Hair)
		p.Say(sheet.Rect{X: x + 2.5, Y: box.Y + 2.5, W: 80, H: 5}, v.title.Zh, sheet.Heading, sheet.Left, 10.5)
		p.Seal(sheet.Rect{X: box.Right() - 50 - 42.5, Y: box.Y + (box.H-42.5)/2, W: 42.5, H: 42.5}, "")
		p.Say(sheet.Rect{X: box.Right() - 45, Y: box.Bottom() - 20, W: 40, H: 5}, v.sign.Zh, sheet.Plain, sheet.Right, 9)
		p.Say(sheet.Rect{X: box.Right() - 45, Y: box.Bottom() - 10, W: 40, H: 5}, registerWords.DayLine.Zh, sheet.Plain, sheet.Right, 9)
		y = box.Bottom()
	}
}
