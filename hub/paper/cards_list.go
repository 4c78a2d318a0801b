package paper

import (
	"fmt"
	"strconv"
	"strings"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// CardList is paper 12 as one list (网报登录表; domain §2): what stands on sign-in cards,
// a line for each person, for the teacher of a class who hands them out and has each sign.
// It has the passwords, so it is printed once as cards are.
type CardList Cards

const cardListVersion = 1

// Measures of the list, part of the template's hash.
const (
	cardListRow  sheet.MM = 10
	cardListHead sheet.MM = 22.5 // how to use it, and the code, on the first page
	cardListFoot sheet.MM = 25
)

var cardListWords = struct {
	Title, People, No, Name, Document, Signed, How, Keep, Gave, Date pair
}{
	Title: pair{"网报登录表", "Sign-in list"}, People: pair{"人数", "People"}, No: pair{"序", "No."}, Name: pair{"姓名", "Name"}, Document: pair{"证件号码", "Document"}, Signed: pair{"本人签收", "Received, herself"},
	How:  pair{"逐人告知本人的报名顺序号和初始密码，本人签收。别人的不要给看。", "Tell each person her own number and password, and have her sign. Show nobody another's."},
	Keep: pair{"发完以后由发放人妥善保管，报名结束后销毁。", "Keep it safe when all is handed out, and destroy it when registration is over."},
	Gave: pair{"发放人签名", "Handed out by"}, Date: pair{"日期", "Date"},
}

func cardListTable() table {
	return table{
		{w: 8, name: cardListWords.No.Zh, align: sheet.Centre, sizes: []sheet.Pt{9, 8, 7}},
		{w: 32, name: words.CardSequence.Zh, voice: sheet.Bold, sizes: []sheet.Pt{14, 12, 10.5, 9}},
		{w: 42, name: cardListWords.Name.Zh, voice: sheet.Bold, sizes: []sheet.Pt{12, 10.5, 9, 8, 7, 6}, lines: 2, lead: 4},
		{w: 28, name: cardListWords.Document.Zh, sizes: []sheet.Pt{8, 7, 6}},
		{w: 35, name: words.CardPassword.Zh, voice: sheet.MonoBold, sizes: []sheet.Pt{14, 12, 10.5}},
		{w: 30, name: cardListWords.Signed.Zh},
	}
}

// Layout sets the sheets.
func (s CardList) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: cardListWords.Title.Zh, Printed: s.Printed}
	first := rowsIn(sheet.FrameTop+cardListHead+5, sheet.FrameEnd, cardListRow)
	next := rowsIn(sheet.FrameTop+5, sheet.FrameEnd, cardListRow)
	parts := pager{first: first, next: next, foot: rowsIn(0, cardListFoot, cardListRow) + 1}.cut(len(s.Cards))
	for n, part := range parts {
		p := sheet.NewPress(f)
		if err := s.page(p, part, n+1, len(parts)); err != nil {
			return nil, err
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

func (s CardList) page(p *sheet.Press, part span, page, of int) error {
	t, x, y := cardListTable(), sheet.FrameX, sheet.FrameTop
	p.Frame(sheet.Frame{Campaign: s.Examination, Title: cardListWords.Title.Zh, Paper: "12 " + cardListWords.Title.Zh, Version: cardListVersion,
		Hash: templateHash("card list", cardListVersion, t, cardListRow, cardListHead, cardListFoot, s.Examination, cardListWords), Page: page, Of: of, Copy: words.Once.Zh, Office: s.Where, Printed: s.Printed,
		Keys: []sheet.Key{{Label: cardListWords.People.Zh, Value: strconv.Itoa(len(s.Cards)), Width: 30, Sizes: []sheet.Pt{28, 24, 20}}}})
	if page == 1 {
		if err := s.use(p, y); err != nil {
			return err
		}
		y += cardListHead
	}
	top := y
	y = t.head(p, x, y)
	for i := part.from; i < part.to; i++ {
		c := s.Cards[i]
		t.row(p, x, y, cardListRow, strconv.Itoa(i+1), grouped(c.Sequence), c.Name.Reveal(), identity.MaskNumber(c.Number.Reveal()), c.Password, "")
		y += cardListRow
		weight := sheet.Hair
		if (i+1)%5 == 0 || i+1 == part.to {
			weight = sheet.Rule
		}
		p.Under(x, y, t.width(), weight)
	}
	p.LeftOf(x+t.width()-t[len(t)-1].w, top, y-top, sheet.Hair)
	if page == of {
		p.Say(sheet.Rect{X: x, Y: y + 2.5, W: sheet.FrameW, H: 5}, cardListWords.Keep.Zh, sheet.Plain, sheet.Left, 9, 8)
		p.SignAt(x, y+12.5, 70, 10, cardListWords.Gave.Zh)
		p.SignAt(x+77.5, y+12.5, 45, 10, cardListWords.Date.Zh)
	}
	return nil
}

// use says where it is from, how it is handed out, and what each person does then.
func (s CardList) use(p *sheet.Press, y sheet.MM) error {
	x, w := sheet.FrameX, sheet.FrameW
	if s.Link != "" {
		w -= cardCode + 2.5
		if err := p.Code(sheet.Rect{X: x + sheet.FrameW - cardCode, Y: y + .5, W: cardCode, H: cardCode}, s.Link); err != nil {
			return err
		}
	}
	lines := []string{strings.Trim(s.Where+"　"+s.Address, "　"), cardListWords.How.Zh}
	if len(s.Cards) > 0 {
		until := s.Cards[0].Until.In(window.Zone())
		lines = append(lines, fmt.Sprintf(words.CardFirst.Zh, until.Month(), until.Day())+"；"+words.CardGlyphs.Zh)
	}
	if s.Window != "" {
		lines = append(lines, s.Window)
	}
	for i, text := range lines {
		voice, sizes := sheet.Plain, []sheet.Pt{9, 8.5, 8, 7, 6}
		if i == 0 {
			voice, sizes = sheet.Bold, []sheet.Pt{10.5, 9, 8, 7, 6}
		}
		p.Say(sheet.Rect{X: x, Y: y + 5*sheet.MM(i), W: w, H: 5}, text, voice, sheet.Left, sizes...)
	}
	return nil
}
