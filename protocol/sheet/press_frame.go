package sheet

import (
	"time"

	"zhunkao/protocol/sheet/qr"
)

// The voices of titles and of wording with legal weight.
const (
	Wording Voice = MonoBold + 1 + iota // serif
	Heading                             // serif, bold
)

// Weight is how heavy a rule is.
type Weight MM

// The weights.
const (
	Hair  = Weight(hair)  // between rows
	Rule  = Weight(rule)  // groups, the head of a table
	Boxed = Weight(boxed) // lines to write on
	Heavy = Weight(heavy) // the one key box
)

// Frame is what the common frame of an A4 sheet says: header and footer.
type Frame struct {
	Campaign string // long name
	Title    string
	Tag      string // black, beside the title; "" for none
	Keys     []Key  // from the right, at most three
	Paper    string // "18 已确认未缴费名单"
	Version  int    // of the layout
	Hash     string // 8 hex digits, of layout and wording
	Page, Of int
	Marks    []Mark
	Copy     string // whose copy it is
	Office   string // who prints
	Printed  time.Time
	Bound    MM     // by which the left margin is wider, for a file
	Code     string // of a QR code at the right; "" for none
}

// Key is a label over a large value in the header.
type Key struct {
	Label, Value string
	Width        MM
	Sizes        []Pt
}

// The body of a sheet that has the common frame.
const (
	FrameX   = marginL
	FrameW   = bodyW
	FrameTop = marginT + headerH // where the body begins
	FrameEnd = bodyEnd
)

// Frame draws the common frame.
func (p *Press) Frame(f Frame) {
	p.c.x, p.c.w = marginL+f.Bound, bodyW-f.Bound
	at := p.c.x + p.c.w
	if code, err := qr.Encode(f.Code, qr.M); f.Code != "" && err == nil { // else it stands there in digits
		const size MM = 17.5
		p.c.qr(Rect{at + 2 - size, marginT - 1, size, size}, code) // its quiet zone hangs into the margin
		at -= size + 3
	}
	for _, k := range f.Keys {
		p.key(at, k)
		at -= k.Width + 5
	}
	p.c.header(f.Campaign, f.Title, f.Tag, at+5)
	p.Foot(f)
}

// Foot draws the footer of a frame alone: a back has no header.
func (p *Press) Foot(f Frame) {
	p.c.x, p.c.w = marginL+f.Bound, bodyW-f.Bound
	p.c.footer(foot{paper: f.Paper, version: f.Version, hash: f.Hash, page: f.Page, of: f.Of, marks: f.Marks, copy: f.Copy, office: f.Office, printed: f.Printed})
}

// key is a label over a value whose lower edge is that of the title, however large.
func (p *Press) key(right MM, k Key) {
	const high MM = 12.5
	p.c.say(Rect{right - k.Width, marginT, k.Width, 3.75}, k.Label, plain, 7, alignRight)
	p.c.put(k.Value, place{box: Rect{right - k.Width, marginT + 3.75, k.Width, high}, v: strong, fit: sizes(k.Sizes...), align: alignRight, label: k.Label})
}

// Fill writes a text that may take some lines of a box: down a ladder of sizes on
// one line, then on lines of the last size, then cut, with what was cut told by
// Shortened. label names it.
func (p *Press) Fill(box Rect, s string, v Voice, label string, lines int, lead MM, all ...Pt) MM {
	l := sizes(all...)
	if lines > 1 {
		l = l.then(all[len(all)-1], lines, lead)
	}
	return p.c.put(s, place{box: box, v: v.voice(), fit: l, label: label})
}

// Under is a rule whose lower edge is at y.
func (p *Press) Under(x, y, w MM, weight Weight) { p.c.under(x, y, w, MM(weight)) }

// LeftOf is an upright rule whose left edge is at x.
func (p *Press) LeftOf(x, y, h MM, weight Weight) { p.c.leftOf(x, y, h, MM(weight)) }

// Box is a rectangle of four lines inside r.
func (p *Press) Box(r Rect, weight Weight) { p.c.frame(r, MM(weight)) }

// Head is the head of a table, 5 high, ruled above and below.
func (p *Press) Head(x, y MM, columns []MM, names []string) { p.c.head(x, y, columns, names) }

// Tick is a box to tick in the middle of r.
func (p *Press) Tick(r Rect, size MM, on bool) {
	p.c.tick(r.X+(r.W-size)/2, r.Y+(r.H+size)/2-.45, size, on)
}

// Seal is the place of a seal, with its caption.
func (p *Press) Seal(r Rect, caption string) { p.c.seal(r, caption) }

// SignAt is a line to sign on, h below y, with its caption under it.
func (p *Press) SignAt(x, y, w, h MM, caption string) { p.c.sign(x, y, w, h, caption) }
