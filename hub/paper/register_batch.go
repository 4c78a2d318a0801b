package paper

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"zhunkao/protocol/sheet"
)

// RegisterBatch is what a college gets: a list of those whom it admitted, with how many
// there are, and below it their register forms in the order of the list. A side that
// would stand behind the wrong front stays empty, so that both sides of a sheet are one
// person's.
type RegisterBatch struct {
	Campaign string
	College  string
	Office   string // who prints
	Printed  time.Time
	Flags    []sheet.Mark
	Forms    []Register // in the order of their numbers, without pictures
}

const registerListRow sheet.MM = 5

var registerListWords = struct{ Title, People, Pages, Number, Name, Major, Level, Note, Gave, Took, Seal, Empty, Copy pair }{
	Title: pair{"考生登记表移交清册", "Register forms handed over"}, People: pair{"人数", "People"}, Pages: pair{"登记表页数", "Pages"}, Number: pair{"考生号", "Candidate number"}, Name: pair{"姓名", "Name"}, Major: pair{"录取专业", "Major"}, Level: pair{"层次", "Level"},
	Note: pair{"登记表一人一张，正反两面，按本册顺序排列。点清后双方签名，缺页、错页当场更换。", "One sheet of two sides for each, in this order. Count, then sign."}, Gave: pair{"移交人", "Handed over by"}, Took: pair{"接收人　　　日期", "Taken by, date"}, Seal: pair{"省教育考试院盖章", "Seal of the province"},
	Empty: pair{"本页空白", "left empty"}, Copy: pair{"录取院校留存", "for the college"},
}

func registerList() table {
	return table{{w: 10, sizes: figures, align: sheet.Right}, {w: 45, name: registerListWords.Number.Zh, voice: sheet.Bold, sizes: figures}, {w: 45, name: registerListWords.Name.Zh, sizes: []sheet.Pt{9, 8, 7, 6, 5, 4.5}}, {w: 20, name: registerListWords.Level.Zh, sizes: figures}, {w: 55, name: registerListWords.Major.Zh, sizes: []sheet.Pt{9, 8, 7, 6, 5}}}
}

// registerShare is how many forms are laid out at a time: a college may have admitted
// twenty thousand people, and a form holds a picture.
const registerShare = 200

// Write binds the list and the forms together as one PDF. photos gives the pictures of the
// forms from one place to before another, nil for who has none: so much is in memory.
func (b RegisterBatch) Write(w io.Writer, f *sheet.Fonts, photos func(from, to int) ([][]byte, error)) error {
	next := -1
	return sheet.Join(w, registerListWords.Title.Zh, b.Printed, func() ([]byte, error) {
		if next < 0 {
			next = 0
			return pdfOf(b.lists(f))
		}
		if next >= len(b.Forms) {
			return nil, io.EOF
		}
		from, to := next, min(next+registerShare, len(b.Forms))
		next = to
		pictures, err := photos(from, to)
		if err != nil {
			return nil, err
		}
		return pdfOf(sheet.Together(registerListWords.Title.Zh, b.Printed, to-from, func(i int) (*sheet.Document, error) {
			r := b.Forms[from+i]
			if r.Photo = pictures[i]; len(r.Photo) == 0 {
				r.NoPhoto = sheet.NoPhotoYet
			}
			return r.Layout(f)
		}))
	})
}

func pdfOf(d *sheet.Document, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = d.PDF(&out)
	return out.Bytes(), err
}

// lists sets the list, on whole sheets.
func (b RegisterBatch) lists(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: registerListWords.Title.Zh, Printed: b.Printed}
	const top = sheet.FrameTop + 10 + 5
	room := rowsIn(top, sheet.FrameEnd, registerListRow)
	parts := pager{first: room, next: room, foot: 10}.cut(len(b.Forms))
	for n, part := range parts {
		p := sheet.NewPress(f)
		b.list(p, part, n+1, len(parts))
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	if len(parts)%2 == 1 {
		p := sheet.NewPress(f)
		p.Say(sheet.Rect{X: sheet.FrameX, Y: 140, W: sheet.FrameW, H: 10}, registerListWords.Empty.Zh, sheet.Plain, sheet.Centre, 9)
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

func (b RegisterBatch) list(p *sheet.Press, part span, page, of int) {
	t, x := registerList(), sheet.FrameX
	p.Frame(sheet.Frame{Campaign: b.Campaign, Title: registerListWords.Title.Zh, Paper: "26 " + registerListWords.Title.Zh, Version: registerVersion, Hash: templateHash("register list", registerVersion, t, b.Campaign, registerListWords),
		Page: page, Of: of, Marks: b.Flags, Copy: registerListWords.Copy.Zh, Office: b.Office, Printed: b.Printed, Keys: []sheet.Key{
			{Label: registerListWords.Pages.Zh, Value: thousands(int64(2 * len(b.Forms))), Width: 30, Sizes: []sheet.Pt{28, 24, 20}},
			{Label: registerListWords.People.Zh, Value: thousands(int64(len(b.Forms))), Width: 30, Sizes: []sheet.Pt{28, 24, 20}}}})
	y := sheet.FrameTop
	p.Say(sheet.Rect{X: x, Y: y, W: sheet.FrameW, H: 10}, b.College, sheet.Bold, sheet.Left, 12, 10.5, 9, 8)
	y = t.head(p, x, y+10)
	for i, r := range b.Forms[part.from:part.to] {
		t.row(p, x, y, registerListRow, fmt.Sprint(part.from+i+1), sheet.Grouped(r.Number), r.Name.Reveal(), r.Admitted.Level, r.Admitted.Major)
		y += registerListRow
		weight := sheet.Hair
		if (part.from+i+1)%5 == 0 || part.from+i+1 == part.to {
			weight = sheet.Rule
		}
		p.Under(x, y, t.width(), weight)
	}
	if page == of {
		p.Say(sheet.Rect{X: x, Y: y + 2.5, W: sheet.FrameW, H: 5}, registerListWords.Note.Zh, sheet.Wording, sheet.Left, 9)
		signatures(p, y+10, registerListWords.Seal.Zh, registerListWords.Gave.Zh, registerListWords.Took.Zh)
	}
}
