package protocol

import "zhunkao/protocol/form"

// Verification is the body of RecordVerification (核验): the card of somebody who
// was confirmed on papers is read later, at any box. With the same number and
// name the confirmation is provisional no longer; with another it stays so, and
// the office sees both.
type Verification struct {
	Record      ID                `cbor:"record"` // the confirmation on papers
	Application string            `cbor:"application"`
	Point       string            `cbor:"point"` // where the box stands
	Chip        form.Chip         `cbor:"chip"`  // as decoded by the box
	Differences []form.Difference `cbor:"differences,omitempty"`
	Timeline    []Event           `cbor:"timeline"`
	Checks      []Check           `cbor:"checks"`
	Blobs       []BlobRef         `cbor:"blobs"` // RoleChipText, RoleChipWLT; in the manifest's order
}

func (v Verification) blobs() []BlobRef { return v.Blobs }

func (v Verification) check() error {
	if v.Record == (ID{}) || v.Application == "" || !short(v.Application) || !name(v.Point) || len(v.Blobs) > MaxBlobs {
		return malformed("verification")
	}
	return happened(v.Timeline, v.Checks)
}

// happened checks a timeline and the checks that were made.
func happened(timeline []Event, checks []Check) error {
	if len(timeline) > 256 || len(checks) > 256 {
		return malformed("timeline")
	}
	for _, e := range timeline {
		if !e.At.sane() || !short(e.Step) {
			return malformed("timeline")
		}
	}
	for _, k := range checks {
		if !short(k.Name, k.Note) || !result(k.Result) {
			return malformed("check")
		}
	}
	return nil
}
