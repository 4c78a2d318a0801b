package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Slips is paper 16: ten slips a sheet, each a stub that is signed for and has
// no password, and a slip that is handed out. It is printed once; to print again
// is to make new passwords.
type Slips struct {
	Where   string // whose users they are: "长沙市芙蓉区"
	Address string // where one signs in, as typed: "cz.zhunkao.example/gl"; "" is not told
	Office  string // who prints
	Printed time.Time
	Slips   []Slip
}

// Slip is one account.
type Slip struct {
	Number   int64
	Place    string // office or point, as the holder knows it
	User     string
	Password string
	Until    time.Time // from then on it opens nothing
}

// PerSheet is how many slips stand on a sheet.
const PerSheet = 10

const slipsVersion = 3

// Measures of the paper, in mm from the top left of the sheet. They are part of
// the template's hash.
const (
	slipX, slipY  sheet.MM = 10, 13.5
	slipH         sheet.MM = 27
	stubW         sheet.MM = 55
	slipW         sheet.MM = 190
	edgeX         sheet.MM = 5 // where a cut begins
	stubIndent    sheet.MM = 2.5
	slipIndent    sheet.MM = 5
	placeW        sheet.MM = 92
	betweenFields sheet.MM = 7.5
)

// Layout sets the sheets.
func (s Slips) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: words.Title.Zh, Printed: s.Printed}
	pages := max(1, (len(s.Slips)+PerSheet-1)/PerSheet)
	for n := range pages {
		p := sheet.NewPress(f)
		from := n * PerSheet
		part := s.Slips[from:min(from+PerSheet, len(s.Slips))]
		s.margins(p, n+1, pages)
		for i, slip := range part {
			s.slip(p, slipY+slipH*sheet.MM(i), slip)
		}
		for i := range len(part) + 1 {
			y := slipY + slipH*sheet.MM(i)
			p.Cut(sheet.Point{X: edgeX, Y: y}, sheet.Point{X: 210 - edgeX, Y: y})
		}
		p.Cut(sheet.Point{X: slipX + stubW, Y: slipY}, sheet.Point{X: slipX + stubW, Y: slipY + slipH*sheet.MM(len(part))})
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// margins is what stands above and below the slips.
func (s Slips) margins(p *sheet.Press, page, of int) {
	head := sheet.Rect{X: slipX, Y: 6, W: slipW, H: 3.75}
	w := p.Say(head, words.Title.Zh, sheet.Bold, sheet.Left, 7)
	head.X, head.W = head.X+w+2.5, 95-w
	p.Say(head, fmt.Sprintf(words.Head.Zh, s.Where, len(s.Slips)), sheet.Plain, sheet.Left, 7, 6.5, 6)
	p.Say(sheet.Rect{X: 110, Y: 6, W: 90, H: 3.75}, words.Keep.Zh, sheet.Plain, sheet.Right, 7)

	hash := s.hash()
	foot := sheet.Rect{X: 12.5, Y: 287.25, W: 185, H: 3.75}
	p.Say(foot, fmt.Sprintf(words.Footer.Zh, words.Title.Zh, slipsVersion, hash[:4], hash[4:]), sheet.Plain, sheet.Left, 7)
	p.Say(foot, fmt.Sprintf(words.PageOf.Zh, page, of), sheet.Plain, sheet.Centre, 7)
	right := words.Once.Zh
	if s.Office != "" {
		right += " · " + s.Office
	}
	right += " · " + s.Printed.In(window.Zone()).Format("2006-01-02 15:04")
	p.Say(sheet.Rect{X: 115, Y: foot.Y, W: 82.5, H: foot.H}, right, sheet.Plain, sheet.Right, 7, 6.5, 6, 5.5)
}

// slip is one account, y the upper cut.
func (s Slips) slip(p *sheet.Press, y sheet.MM, a Slip) {
	number := fmt.Sprintf(words.Number.Zh, a.Number)

	line := sheet.Rect{X: slipX + stubIndent, Y: y + 2.5, W: stubW - stubIndent - 3, H: 5.5}
	w := p.Say(line, words.Stub.Zh, sheet.Bold, sheet.Left, 8)
	after := line
	after.X, after.W = line.X+w+2.5, line.W-w-2.5
	p.Say(after, number, sheet.Plain, sheet.Left, 8)
	line.Y += 5.5
	w = p.Say(line, words.User.Zh, sheet.Plain, sheet.Left, 8)
	p.Say(sheet.Rect{X: line.X + w + 1, Y: line.Y, W: line.W - w - 1, H: line.H}, a.User, sheet.Bold, sheet.Left, 8, 7.5, 7, 6.5, 6, 5.5)
	for _, label := range []string{words.Receiver.Zh, words.Date.Zh} {
		line.Y += 5.5
		w = p.Say(line, label, sheet.Plain, sheet.Left, 8)
		p.Sign(sheet.Rect{X: line.X + w + 1, Y: line.Y, W: 34, H: 4.75})
	}

	x, room := slipX+stubW+slipIndent, slipW-stubW-2*slipIndent
	p.Say(sheet.Rect{X: x, Y: y + 2.5, W: placeW, H: 5}, a.Place, sheet.Bold, sheet.Left, 10.5, 9, 8, 7)
	p.Say(sheet.Rect{X: x + placeW, Y: y + 2.5, W: room - placeW, H: 5}, number, sheet.Plain, sheet.Right, 8)
	s.keys(p, x, y+7.5, room, a)
	until := a.Until.In(window.Zone())
	day := fmt.Sprintf(momentWords.Hour.Zh, until.Month(), until.Day(), until.Hour())
	hint := fmt.Sprintf(words.HintHere.Zh, day)
	if s.Address != "" {
		hint = fmt.Sprintf(words.Hint.Zh, s.Address, day)
	}
	p.Say(sheet.Rect{X: x, Y: y + 20, W: room, H: 3.75}, hint, sheet.Plain, sheet.Left, 7, 6.5, 6, 5.5)
}

// keys are user name and password: both large, one beside the other, and both
// smaller alike when the name is long.
func (s Slips) keys(p *sheet.Press, x, y, room sheet.MM, a Slip) {
	var size sheet.Pt
	var user, password sheet.MM
	for _, size = range []sheet.Pt{20, 18, 16, 14, 12, 10} {
		user, password = max(p.Width(a.User, sheet.MonoBold, size), 15), p.Width(a.Password, sheet.MonoBold, size)
		if user+betweenFields+password <= room {
			break
		}
	}
	user = min(user, room-betweenFields-password)
	at := x + user + betweenFields
	for _, f := range []struct {
		box   sheet.Rect
		label pair
		text  string
	}{{sheet.Rect{X: x, Y: y, W: user, H: 3.75}, words.User, a.User}, {sheet.Rect{X: at, Y: y, W: x + room - at, H: 3.75}, words.Password, a.Password}} {
		p.Say(f.box, f.label.Zh, sheet.Plain, sheet.Left, 7)
		f.box.Y, f.box.H = f.box.Y+3.75, 8
		p.Say(f.box, f.text, sheet.MonoBold, sheet.Left, size, size*.8, size*.6)
	}
}

// hash names the layout and the wording; another paper has another.
func (s Slips) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "slips %d\n%v %v %v %v %v %v %v %v %v %v\n%+v", slipsVersion,
		slipX, slipY, slipH, stubW, slipW, edgeX, stubIndent, slipIndent, placeW, betweenFields, words))
	return hex.EncodeToString(sum[:4])
}
