package sheet

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet/qr"
)

// PaperForm is paper 14 (信息采集草表): what a candidate writes by hand when nothing works,
// and a clerk types. It is made from the campaign's own form, so that paper and pages ask
// the same in the same order. What is looked for is the next cell; corner marks and code
// are for a scanner.
type PaperForm struct {
	Campaign campaign.Campaign
	Number   string // of this form, unlike any other's; "" leaves room to write it
	Office   string // who prints
	Printed  time.Time
	Marks    []Mark
}

const paperFormVersion = 1

// Measures of paper 14, part of the template's hash.
const (
	paperFormTop   MM = 37.5 // where the first line begins, below the header
	paperFormEnd   MM = 281.25
	paperFormLabel MM = 22.5
	paperFormHalf  MM = 90  // where the second of two fields on a line begins
	paperFormRest  MM = 20  // of its label
	paperFormRoom  MM = 65  // of a field that shares its line
	paperFormWide  MM = 7.5 // a cell for a Chinese character, and of a number
	paperFormSlim  MM = 6.25
	paperFormCell  MM = 8.75 // height of a cell
	paperFormNext  MM = 10   // from a line of cells to the next of the same field
	paperFormGap   MM = 2.5  // between groups of cells
	paperFormTick  MM = 4
	paperFormRow   MM = 6.25 // from a line of boxes to the next
	paperFormMark  MM = 5
)

// paperFormPitches are how far lines are apart: the widest at which a side holds them.
var paperFormPitches = []MM{12.5, 11.875, 11.25, 10.625}

// Layout sets the sides: who she is, then what she chooses and signs. A form that asks
// more than a side holds goes on to the next.
func (f PaperForm) Layout(fonts *Fonts) (*Document, error) {
	measure := NewPress(fonts)
	sides := slices.Concat(share(f.person(measure)), share(f.choices(measure)))
	out := &Document{Title: paperFormWords.Title.Zh, Printed: f.Printed}
	for n, side := range sides {
		p := NewPress(fonts)
		if err := f.frame(p, n+1, len(sides), fmt.Sprintf(paperFormWords.Side.Zh, n+1, side.title)); err != nil {
			return nil, err
		}
		y := paperFormTop
		for _, l := range side.lines {
			l.draw(p, y, side.pitch)
			y += l.high(side.pitch)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// NewPaperNumber draws the number of a form that is printed at a place: a point or an
// office. Six letters of 31 are enough that no two of one campaign meet, online or not.
func NewPaperNumber(place string) string {
	const letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
	var drawn [6]byte
	_, _ = rand.Read(drawn[:]) // never fails
	for i, b := range drawn {
		drawn[i] = letters[int(b)%len(letters)]
	}
	return place + "-" + string(drawn[:])
}

// paperSide is one side of the form.
type paperSide struct {
	title string
	pitch MM
	lines []paperLine
}

// share gives lines to as many sides as they take.
func share(of paperSide) (out []paperSide) {
	for _, pitch := range paperFormPitches {
		sum := MM(0)
		for _, l := range of.lines {
			sum += l.high(pitch)
		}
		if of.pitch = pitch; sum <= paperFormEnd-paperFormTop {
			return []paperSide{of}
		}
	}
	of.pitch = paperFormPitches[0]
	side, y := paperSide{title: of.title, pitch: of.pitch}, paperFormTop
	for _, l := range of.lines {
		if h := l.high(of.pitch); y+h > paperFormEnd {
			out = append(out, side)
			side.lines, y = nil, paperFormTop
		}
		side.lines = append(side.lines, l)
		y += l.high(of.pitch)
	}
	return append(out, side)
}

// frame is the header, which is this paper's own, the marks and the footer.
func (f PaperForm) frame(p *Press, page, of int, side string) error {
	c, hash := p.c, f.hash()
	const code MM = 20
	for i, at := range []Point{{8, 8}, {197, 8}, {8, 284}, {197, 284}} {
		if i < 3 {
			p.Bar(Rect{at.X, at.Y, paperFormMark, paperFormMark})
			continue
		}
		const thick MM = 1.25 // hollow: which way up it lies
		p.Bar(Rect{at.X, at.Y, paperFormMark, thick})
		p.Bar(Rect{at.X, at.Y + paperFormMark - thick, paperFormMark, thick})
		p.Bar(Rect{at.X, at.Y + thick, thick, paperFormMark - 2*thick})
		p.Bar(Rect{at.X + paperFormMark - thick, at.Y + thick, thick, paperFormMark - 2*thick})
	}
	sign, err := qr.Encode(strings.ToUpper(fmt.Sprintf("ZK1:D:%s:%d:%d:%s", f.Number, page, paperFormVersion, hash)), qr.Q)
	if err != nil {
		return err
	}
	right := marginL + bodyW
	c.qr(Rect{right + 2 - code, marginT - 1, code, code}, sign)
	right -= code + 2
	c.say(Rect{marginL, marginT, 110, 5}, f.Campaign.Zh, wording, 9, left)
	w := c.say(Rect{marginL, marginT + 5, 80, 10}, paperFormWords.Title.Zh, titleVoice, 20, left)
	c.say(Rect{marginL + w + 3, marginT + 6.5, 60, 8.5}, side, wording, 10.5, left)
	c.say(Rect{right - 45, marginT, 45, 3.75}, paperFormWords.Number.Zh, plain, 7, alignRight)
	if f.Number != "" {
		c.put(f.Number, place{box: Rect{right - 50, marginT + 3.75, 50, 8.75}, v: strong, fit: sizes(14, 12, 10.5, 9), align: alignRight, label: paperFormWords.Number.Zh})
	} else {
		c.under(right-45, marginT+12.5, 45, boxed)
	}
	c.say(Rect{marginL, marginT + 16.25, 150, 5}, paperFormWords.How.Zh, plain, 8, left)
	c.under(marginL, marginT+22.5, bodyW, heavy)
	p.Foot(Frame{Paper: "14 " + paperFormWords.Title.Zh, Version: paperFormVersion, Hash: hash, Page: page, Of: of, Marks: f.Marks, Copy: paperFormWords.Kept.Zh, Office: f.Office, Printed: f.Printed})
	return nil
}

// hash names the layout, the wording and what the campaign asks.
func (f PaperForm) hash() string {
	form := f.Campaign.Form
	sum := sha256.Sum256(fmt.Appendf(nil, "paper form %d\n%v %v %v %v %v %v %v %v %v %v %v %v %v %v\n%s\n%+v\n%+v %d %s\n%+v", paperFormVersion, paperFormTop, paperFormLabel, paperFormHalf, paperFormRest, paperFormRoom, paperFormWide, paperFormSlim,
		paperFormCell, paperFormNext, paperFormGap, paperFormTick, paperFormRow, paperFormMark, paperFormPitches, f.Campaign.Zh, form.Fields, form.Levels, form.MaxChoices, form.Choose, paperFormWords))
	return hex.EncodeToString(sum[:4])
}
