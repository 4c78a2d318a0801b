package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
)

// Acceptance is the acceptance sheet (设备验收单, paper 19; demand A9): what a
// technician found of an office's equipment, held against the campaign's least,
// to be signed by technician and head of office. It names models and no serial
// numbers. Its zero value prints an empty form.
type Acceptance struct {
	Office  string // kind of office, e.g. 报名确认点
	Name    string // of the office; "": room to write it
	Source  string // where the list of the least stands
	Machine string // model of the computer
	CPU     string // model of its processor
	System  string // operating system
	Program string // which program looked, and its version

	Lines   []AcceptanceLine // at most MaxAcceptance
	Verdict Verdict          // of the whole

	Marks   []Mark
	Printed time.Time // when it was looked at; printed as UTC+8
}

// AcceptanceLine is one requirement.
type AcceptanceLine struct {
	Item    string
	Want    string
	Found   string
	Remedy  string // what to do; of lines that failed or are to be looked at
	Verdict Verdict
}

// Verdict says how a line, or the whole, stands.
type Verdict uint8

// The verdicts. The zero Verdict prints two empty boxes.
const (
	VerdictNone  Verdict = iota
	VerdictPass          // 合格
	VerdictFail          // 不合格
	VerdictAsk           // 待查: a person looks, ticks and signs
	VerdictSpare         // 可不配: not asked for, and not there
)

// String gives the verdict as the sheet has it.
func (v Verdict) String() string {
	return [...]string{"", words.Pass.Zh, words.Fail.Zh, words.Ask.Zh, words.Spare.Zh}[min(v, VerdictSpare)]
}

// MaxAcceptance is how many lines the sheet has room for.
const MaxAcceptance = 10

// acceptanceVersion is printed as 版式. It goes up when anything below moves.
const acceptanceVersion = 1

// Measures of the acceptance sheet, part of the template's hash.
var (
	acceptanceOffice  = []MM{87.5, 47.5, 40}
	acceptanceMachine = []MM{60, 65, 50}
	acceptanceCounts  = []MM{22.5, 22.5, 22.5, 107.5}
	acceptanceColumns = []MM{7.5, 27.5, 35, 37.5, 30, 37.5}
)

const (
	acceptanceRow  MM = 15
	acceptanceBox  MM = 20 // the key box
	acceptanceSign MM = 27.5
)

// Layout sets the sheet on its one page. It fails with ErrLayout: with more
// lines than MaxAcceptance, or if we made a mistake; never because of what a
// machine or a device calls itself.
func (a Acceptance) Layout(f *Fonts, c campaign.Campaign) (*Document, error) {
	if len(a.Lines) > MaxAcceptance {
		return nil, fmt.Errorf("%w: more lines than the acceptance sheet has room for", ErrLayout)
	}
	s := &acceptanceCanvas{canvas: newCanvas(f), a: a, c: c}
	s.draw()
	if err := s.page.Check(); err != nil {
		return nil, err
	}
	return &Document{Title: words.AcceptanceTitle.Zh, Printed: a.Printed, Pages: []*Page{s.page}}, nil
}

// acceptanceCanvas draws one acceptance sheet.
type acceptanceCanvas struct {
	*canvas
	a Acceptance
	c campaign.Campaign
}

func (s *acceptanceCanvas) draw() {
	const keyW MM = 45
	right := marginL + bodyW
	s.header(s.c.Zh, words.AcceptanceTitle.Zh, "", right-keyW)
	s.verdictKey(right, keyW)
	y := s.identity(marginT + headerH + Module)
	y = s.counts(y + Module)
	y = s.table(y + Module)
	end := bodyEnd - acceptanceSign
	s.signatures(end)
	s.remarks(Rect{marginL, y + Module, bodyW, end - Module - (y + Module)})
	s.footer(foot{paper: "19 " + words.AcceptanceTitle.Zh, version: acceptanceVersion, hash: s.hash(), page: 1, of: 1,
		marks: s.a.Marks, copy: s.a.Program, printed: s.a.Printed})
}

// hash names the layout and the wording; see processCanvas.hash.
func (s *acceptanceCanvas) hash() string {
	var b strings.Builder
	fmt.Fprintf(&b, "acceptance sheet %d\n%v\n%v\n%v\n%v\n%v %v %v\n", acceptanceVersion, acceptanceOffice, acceptanceMachine, acceptanceCounts, acceptanceColumns, acceptanceRow, acceptanceBox, acceptanceSign)
	fmt.Fprintf(&b, "%s\n%s\n%s\n%s\n%s\n%s\n", s.c.Zh, words.AcceptanceOath.Zh, words.AcceptancePassed.Zh, words.AcceptanceFailed.Zh, words.AcceptanceToo.Zh, words.AcceptanceAsked.Zh)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:4])
}
