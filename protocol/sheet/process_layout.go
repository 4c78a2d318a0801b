package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet/qr"
)

// ErrSlip is given for a slip that its place cannot carry readably.
var ErrSlip = errors.New("sheet: the slip is too long for its place")

// processVersion is printed as 版式. It goes up when anything below moves.
const processVersion = 1

// Heights of the blocks of the process sheet.
const (
	identityY MM = marginT + headerH + Module
	choiceRow MM = 7.5
	signH     MM = 27.5
	slipH     MM = 25
	slipLeast MM = 17.5
)

// Widths of its cells and columns. They are part of the template's hash.
var (
	identityColumns = [][]MM{{92.5, 17.5, 35}, {40, 52.5, 52.5}, {40, 52.5, 22.5, 30}, {85, 32.5, 57.5}, {32.5, 52.5, 32.5, 57.5}}
	identityRows    = []MM{15, 12.5, 12.5, 10, 10, 15}
	choiceColumns   = []MM{15, 20, 27.5, 47.5, 37.5, 15, 12.5}
	categoryColumns = []MM{40, 52.5, 82.5}
	stepColumns     = []MM{10, 70, 42.5, 32.5, 20}
)

// Layout sets the sheet on its one page with the wording of the campaign. It
// fails with ErrSlip, and with ErrLayout if we made a mistake; never because
// of a name, an address or a picture.
func (p ProcessSheet) Layout(f *Fonts, c campaign.Campaign) (*Document, error) {
	if len(c.Process.Steps) > campaign.MaxProcessSteps || len(p.Choices) > maxChoices {
		return nil, fmt.Errorf("%w: more steps or choices than the sheet has room for", ErrLayout)
	}
	s := &processCanvas{canvas: newCanvas(f), p: p, c: c}
	if p.Provisional {
		s.p.Steps, s.p.Photo, s.p.Slip = nil, nil, ""
		s.p.Marks = append([]Mark{Unconfirmed}, without(p.Marks, Unconfirmed)...)
	}
	if err := s.draw(); err != nil {
		return nil, err
	}
	if err := s.page.Check(); err != nil {
		return nil, err
	}
	return &Document{Title: words.ProcessTitle.Zh, Printed: p.Printed, Pages: []*Page{s.page}}, nil
}

// maxChoices is what fits above seven steps.
const maxChoices = 3

// processCanvas draws one process sheet.
type processCanvas struct {
	*canvas
	p ProcessSheet
	c campaign.Campaign
}

func (s *processCanvas) draw() error {
	tag := ""
	switch {
	case s.p.Provisional:
		tag = string(Unconfirmed) + " " + words.NotAVoucher.Zh
		s.watermark(string(Unconfirmed), words.NotAVoucher.Zh)
	case has(s.p.Marks, Practice):
		tag = string(Practice) + " " + words.NotAVoucher.Zh
		s.watermark(string(Practice), words.NotAVoucher.Zh)
		s.p.Slip = "" // there is nothing to pay
	case has(s.p.Marks, Voided):
		tag = string(Voided) + " " + words.NotAVoucher.Zh
		s.watermark(string(Voided), words.NotAVoucher.Zh)
		s.p.Slip = "" // nobody pays for what was taken back
	}
	if err := s.top(tag); err != nil {
		return err
	}
	y := s.identity(identityY)
	y = s.choices(y)
	y = s.claims(y + Module)

	// What was cut so far wants room at the foot, and so does a slip: then the
	// steps stand closer, but never too close to sign in.
	rest := bodyEnd - y - 7.5 - 5 - Module - signH
	want := s.appendixHeight()
	if s.p.Slip != "" {
		want = Module + slipH
	}
	row := MM(12.5)
	if rest-row*MM(len(s.c.Process.Steps)) < want {
		row = 10
	}
	y = s.steps(y, row)
	y = s.signatures(y + Module)
	if s.p.Slip != "" {
		if err := s.slip(y + Module); err != nil {
			return err
		}
	} else {
		s.appendix(Rect{marginL, y + 1.25, bodyW, footerY - .5 - (y + 1.25)})
	}
	s.footer(foot{paper: "01 " + words.ProcessTitle.Zh, version: processVersion, hash: s.hash(), page: 1, of: 1,
		marks: s.p.Marks, copy: s.copyText(), office: s.officeText(), printed: s.p.Printed})
	return nil
}

func (s *processCanvas) top(tag string) error {
	const qrSize MM = 17.5
	qrX := marginL + bodyW + 2 - qrSize // its quiet zone hangs into the margin
	right := qrX - 5
	number := Grouped(s.p.Number)
	l := sizes(20, 18, 16, 14, 12, 10.5, 9, 8, 7)
	keyW := MM(70)
	if tag == "" {
		keyW = 85
	}
	s.header(s.c.Zh, words.ProcessTitle.Zh, tag, right-keyW)
	if s.p.Number != "" || s.blank() { // a person who has no number has no empty name of one
		s.headerKey(right, keyW, words.Number.Zh, number, l)
	}
	if s.p.Number == "" {
		return nil
	}
	code, err := qr.Encode("ZK1:F:"+strings.ToUpper(s.p.Number), qr.M)
	if err != nil {
		return nil // a number no code can carry: it stands there in digits
	}
	s.qr(Rect{qrX, marginT - 1, qrSize, qrSize}, code)
	return nil
}

// hash names the layout and the wording: two sheets with one hash differ only
// in what was filled in.
func (s *processCanvas) hash() string {
	var b strings.Builder
	fmt.Fprintf(&b, "process sheet %d\n%v\n%v\n%v\n%v\n", processVersion, identityColumns, identityRows, choiceColumns, stepColumns)
	if s.c.Form.Choose == form.ChooseCategory {
		fmt.Fprintf(&b, "%v\n", categoryColumns)
	}
	fmt.Fprintf(&b, "%s\n%s\n%s\n", s.c.Zh, s.c.Process.Note, s.c.Process.Declaration)
	for _, step := range s.c.Process.Steps {
		fmt.Fprintf(&b, "%s\n%s\n%t\n", step.Zh, step.Note, step.Fee)
		for _, r := range step.Results {
			fmt.Fprintf(&b, "%s\n", r.Zh)
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:4])
}

func (s *processCanvas) copyText() string {
	switch {
	case s.p.Provisional:
		return words.OwnCopy.Zh
	case s.p.Copy > 0:
		return fmt.Sprintf(words.CopyOf.Zh, s.p.Copy)
	}
	return ""
}

func (s *processCanvas) officeText() string {
	if s.p.Provisional && s.p.Office == "" {
		return words.OwnOffice.Zh
	}
	return s.p.Office
}

// yuan writes an amount of fen.
func yuan(fen int64) string { return fmt.Sprintf(words.Yuan.Zh, fen/100, fen%100) }

func stepTime(t time.Time) string { return localTime(t, "01-02 15:04") }

func has(all []Mark, m Mark) bool { return len(without(all, m)) < len(all) }

func without(all []Mark, m Mark) []Mark {
	var out []Mark
	for _, x := range all {
		if x != m {
			out = append(out, x)
		}
	}
	return out
}
