package campaign

// Process is what the process sheet (报名流程表) says of the steps of
// confirmation. Its wording is part of the campaign: another examination has
// other steps.
type Process struct {
	Note        string        `cbor:"note" json:"note"`               // beside the heading of the steps
	Declaration string        `cbor:"declaration" json:"declaration"` // above the candidate's signature
	Steps       []ProcessStep `cbor:"steps" json:"steps"`             // in order, 1 to 7
}

// ProcessStep is one step, signed by the clerk who did it.
type ProcessStep struct {
	Key     string       `cbor:"key" json:"key"` // "identity", "review", …
	Zh      string       `cbor:"zh" json:"zh"`
	Note    string       `cbor:"note" json:"note"`
	Fee     bool         `cbor:"fee,omitempty" json:"fee,omitempty"` // the amount stands beside its name
	Results []StepResult `cbor:"results" json:"results"`             // the boxes to tick, 1 to 3
}

// StepResult is one box to tick. {n} in its text is a count, left open for the
// pen when it is not known.
type StepResult struct {
	Key string `cbor:"key" json:"key"`
	Zh  string `cbor:"zh" json:"zh"`
}

// StepIdentity is the step that a box does itself: the card is read, the photo
// taken. Its results are StepSame and StepDiffers.
const (
	StepIdentity = "identity"
	StepSame     = "same"
	StepDiffers  = "differs"
)

// MaxProcessSteps is how many steps the sheet has room for.
const MaxProcessSteps = 7
