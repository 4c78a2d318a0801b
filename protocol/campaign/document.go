package campaign

import "zhunkao/protocol/form"

// DocumentType says what a point does with one type of identity document (2019
// plan, section 4.3; demands A36, A40).
type DocumentType struct {
	Code   string   `cbor:"code" json:"code"`                         // in the form's table "document"
	Kind   string   `cbor:"kind" json:"kind"`                         // identity.Kind, the same as in that table
	Chip   bool     `cbor:"chip,omitempty" json:"chip,omitempty"`     // the reader can read it
	Photo  string   `cbor:"photo" json:"photo"`                       // PhotoChip, PhotoCamera or PhotoChipElseCamera
	Review Tier     `cbor:"review,omitempty" json:"review,omitempty"` // who reviews it after the point; "" when nobody does
	Copies []string `cbor:"copies,omitempty" json:"copies,omitempty"` // papers the point copies, Chinese
	Status string   `cbor:"status,omitempty" json:"status,omitempty"`
}

// DocumentOf gives what a point does with a card whose chip was read; false where
// the table does not name its kind.
func (c Campaign) DocumentOf(chip form.Chip) (DocumentType, bool) {
	kind := string(chip.Kind())
	for _, d := range c.Documents {
		if kind != "" && d.Kind == kind {
			return d, true
		}
	}
	return DocumentType{}, false
}

// ReviewedCard gives the entry of the table by which an office reviews somebody's
// card after the point has read it (demand A40), and whether one does: by the
// card, or by the document with which she registered.
func (c Campaign) ReviewedCard(app form.Application, chip form.Chip) (DocumentType, bool) {
	if d, ok := c.DocumentOf(chip); ok && d.Review != "" {
		return d, true
	}
	for _, d := range c.Documents {
		if d.Review != "" && d.Chip && chip.Kind() != "" && d.Code == app.Get(form.DocumentType) {
			return d, true
		}
	}
	return DocumentType{}, false
}

// ReasonList is what may be given as the reason of one kind of act.
type ReasonList struct {
	Key     string   `cbor:"key" json:"key"` // one of the Reasons… values
	Zh      string   `cbor:"zh" json:"zh"`
	En      string   `cbor:"en" json:"en"`
	Entries []Reason `cbor:"entries" json:"entries"`
}

// Reason is one reason to choose.
type Reason struct {
	Code   string `cbor:"code" json:"code"`
	Zh     string `cbor:"zh" json:"zh"`
	En     string `cbor:"en" json:"en"`
	Remark bool   `cbor:"remark,omitempty" json:"remark,omitempty"` // must be explained in words
	Status string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Keys of reason lists.
const (
	ReasonsUnpaid    = "unpaid"    // why a confirmed candidate has not paid (demand A43)
	ReasonsVoid      = "void"      // why a confirmation is voided
	ReasonsUnlock    = "unlock"    // why something is mended after confirmation
	ReasonsReturn    = "return"    // why a report or a request is sent back
	ReasonsPostpone  = "postpone"  // why a window is moved or extended (demand A26)
	ReasonsRefund    = "refund"    // why money goes back
	ReasonsExemption = "exemption" // why an exemption is refused
	ReasonsBonus     = "bonus"     // why a bonus is refused
	ReasonsDraft     = "draft"     // why an application is entered from a paper form
	ReasonsReveal    = "reveal"    // why a whole ID number is shown
)

// PhotoProfile is one set of measures of a photo. A profile that the box's
// camera makes has the name it has there; measures of the head are the
// camera's own.
type PhotoProfile struct {
	Name       string   `cbor:"name" json:"name"` // "ga461"
	Zh         string   `cbor:"zh" json:"zh"`
	En         string   `cbor:"en" json:"en"`
	Width      int      `cbor:"width" json:"width"` // pixels
	Height     int      `cbor:"height" json:"height"`
	DPI        int      `cbor:"dpi,omitempty" json:"dpi,omitempty"`               // 0: none asked
	MinBytes   int      `cbor:"min_bytes,omitempty" json:"min_bytes,omitempty"`   // of the file; 0: no limit
	MaxBytes   int      `cbor:"max_bytes,omitempty" json:"max_bytes,omitempty"`   // of the file; 0: no limit
	Background []string `cbor:"background,omitempty" json:"background,omitempty"` // Background… values; empty: any
	Camera     bool     `cbor:"camera,omitempty" json:"camera,omitempty"`         // a box takes it; else it comes from the chip or from elsewhere
	Source     string   `cbor:"source,omitempty" json:"source,omitempty"`         // where the measures stand
	Status     string   `cbor:"status,omitempty" json:"status,omitempty"`
}

// Colours behind a person.
const (
	BackgroundWhite = "white"
	BackgroundGrey  = "light-grey"
	BackgroundBlue  = "light-blue"
)

// Step is one step of the calendar: its name on screens and who does it.
type Step struct {
	Key string   `cbor:"key" json:"key"` // window.Step
	Zh  string   `cbor:"zh" json:"zh"`
	En  string   `cbor:"en" json:"en"`
	By  []string `cbor:"by,omitempty" json:"by,omitempty"` // "candidate" or a Tier
}
