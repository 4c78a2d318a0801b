package sheet

import (
	"fmt"
	"log/slog"
	"time"

	"zhunkao/protocol/campaign"
)

// Mark is what a footer says of a sheet that is not an ordinary original.
type Mark string

// ProcessSheet is the process sheet (报名流程表, paper 01): the paper that goes
// with a candidate through the steps of confirmation, each signed by a clerk,
// and then to the province. Its zero value prints an empty form.
type ProcessSheet struct {
	campaign.Words // the application in words, see campaign.Campaign.InWords

	Steps  []StepDone // what has been done; order does not matter
	FeeFen int64      // in the step that names a fee; negative: no amount is printed

	Photo       []byte // JPEG, filled into the box; nil: NoPhoto stands there
	NoPhoto     string // reason in an empty photo box; lines end with \n
	Provisional bool   // printed by the candidate: watermark, empty steps, no photo, 未确认
	Slip        string // signed slip; "": none. At most what a QR of 25 mm can carry, see ErrSlip
	SlipText    string // what the candidate does with the slip

	Marks   []Mark
	Copy    int       // 1 for the original
	Office  string    // where it was printed
	Printed time.Time // when; printed as UTC+8
}

// StepDone is what the sheet shows of a step that has been done.
type StepDone struct {
	Step    string    // key of a campaign.ProcessStep
	Results []string  // keys of its results, ticked by the system
	Count   int       // number in a result with {n}; 0 leaves room to write it
	At      time.Time // zero: the place stays empty
	Remark  string    // stands in bold in the place of the step's note; "": the note
}

// String names the paper and nothing of the person.
func (p ProcessSheet) String() string { return "process sheet" }

// GoString is String.
func (p ProcessSheet) GoString() string { return p.String() }

// Format keeps values out under every verb.
func (p ProcessSheet) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(p.String())) }

// LogValue names the paper and nothing of the person.
func (p ProcessSheet) LogValue() slog.Value { return slog.StringValue(p.String()) }
