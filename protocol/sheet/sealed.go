package sheet

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Sealed is a confirmation as its process sheet needs it. The box knows it from
// the visit and the hub from the record; both fill the sheet by Process, so that
// what she downloads at home is what the box has printed, byte for byte, but for
// the slip of a box that was alone.
type Sealed struct {
	Application form.Application // as read and signed
	ForClerk    bool             // a difference between application and chip was left for a clerk
	Undecidable bool             // the box could not tell whether the window was open
	Photo       []byte           // JPEG as sealed; nil: none was taken
	At          time.Time        // of the sealing, as the record has it
	Office      string           // name of the point where it was sealed
	Specimen    bool             // of a demonstration
	Practice    bool             // of a training (演练)
	Slip        string           // text of its signed slip (protocol.SlipLink), printed while the hub does not answer; "" when it does
}

// Process fills the sheet of the nth copy in the wording of the campaign version
// that she signed under. Copy 1 is the original: its footer has the time of the
// sealing, whoever prints it and however often. A later copy is marked a reprint
// and has the time of its printing.
func (s Sealed) Process(c campaign.Campaign, n int, printed time.Time) ProcessSheet {
	p := ProcessSheet{
		Words: c.InWords(s.Application), Steps: s.steps(c.Process.Steps), FeeFen: -1,
		Photo: s.Photo, Copy: n, Office: s.Office, Printed: s.At,
	}
	if p.Slip = s.Slip; p.Slip != "" {
		p.SlipText = words.SlipNote.Zh
		if strings.HasPrefix(p.Slip, "HTTP") { // an address: a telephone's camera opens it (protocol.SlipLink)
			p.SlipText = words.SlipOpens.Zh
		}
	}
	if len(s.Photo) == 0 {
		p.NoPhoto = NoPhotoYet
	}
	if n > 1 {
		p.Printed = printed
		p.Marks = append(p.Marks, Reprint)
	}
	if s.Specimen {
		p.Marks = append(p.Marks, Specimen)
	}
	if s.Practice {
		p.Marks = append(p.Marks, Practice)
	}
	if fee, ok := c.Fee(s.Application.First().Level); ok {
		p.FeeFen = fee
	}
	return p
}

// steps is what a box itself does of the sheet's steps; the rest is ticked by
// hand.
func (s Sealed) steps(all []campaign.ProcessStep) []StepDone {
	same := campaign.StepSame
	if s.ForClerk {
		same = campaign.StepDiffers
	}
	var out []StepDone
	for _, step := range all {
		if step.Key == campaign.StepIdentity {
			out = append(out, StepDone{Step: step.Key, Results: []string{same}, At: s.At})
		}
	}
	if s.Undecidable && len(all) > 0 {
		if len(out) == 0 { // a campaign without that step
			out = append(out, StepDone{Step: all[0].Key})
		}
		out[0].Remark = TimePending
	}
	return out
}

// String names nothing of the person.
func (s Sealed) String() string { return "sealed confirmation" }

// GoString is String.
func (s Sealed) GoString() string { return s.String() }

// Format keeps values out under every verb.
func (s Sealed) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue names nothing of the person.
func (s Sealed) LogValue() slog.Value { return slog.StringValue(s.String()) }
