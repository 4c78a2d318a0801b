package paper

import (
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/protocol/sheet"
)

// sealed is the step of a visit at which the record was sealed, in the words of
// the wire.
const sealed = "sealed"

// undecidable is the verdict of a box that could not tell the time, in the words
// of the wire.
const undecidable = "undecidable"

// Process is the process sheet (报名流程表, paper 01) of a confirmation as the box
// that sealed it has printed it: the same values go through the same filling
// (sheet.Sealed), so that copy 1 of both is the same, byte for byte, where both
// have the same fonts. photo is the JPEG that was sealed, nil when none was;
// point is the name of the point where it was sealed. It is set in the campaign
// version of r.
//
// What was decided later, a dispute or a candidate number, is not on it: it is
// the sheet of what she signed. A record without the time of its sealing, which
// no box makes, has none of the times.
func Process(r confirmation.Record, c confirmation.Content, photo []byte, point string, demo bool) sheet.Sealed {
	return sheet.Sealed{
		Application: c.Application, ForClerk: c.ForClerk() > 0, Undecidable: r.Time.Verdict == undecidable,
		Photo: photo, At: SealedAt(r), Office: point, Specimen: demo,
	}
}

// SealedAt is when the box sealed a record, by the box's clock; zero when the
// record does not say.
func SealedAt(r confirmation.Record) time.Time {
	for _, e := range r.Timeline {
		if e.Step == sealed && !e.Hub {
			return time.UnixMilli(e.At)
		}
	}
	return time.Time{}
}
