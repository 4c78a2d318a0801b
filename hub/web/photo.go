package web

import (
	"errors"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/web/console"
)

// photo is what a page shows of the photo: the picture, or why there is none.
// nil for a record that says nothing of one: its box could not take any. blobs is of the
// transaction that is open.
func (s *server) photo(blobs *blob.Store, w words, r confirmation.Record, content confirmation.Content) *console.Photo {
	p := content.Portrait
	if p == nil {
		return nil
	}
	out := &console.Photo{Tries: int(p.Tries)}
	switch p.Source {
	case confirmation.PortraitCamera:
		var err error
		if out.JPEG, out.Width, out.Height, err = hand.Photo(blobs, r, content); err != nil {
			out.Why = "record.photo.broken"
			if !errors.Is(err, hand.ErrNone) {
				s.Log.Warn("web: photo of a confirmation does not open", "record", r.ID, "error", err.Error())
			}
		}
		for _, f := range p.Findings {
			if key := "finding." + f; w.pages.Has(key) {
				f = w.t(key)
			}
			out.Findings = append(out.Findings, f)
		}
	case confirmation.PortraitChip:
		out.Why = "record.photo.chip"
	default:
		out.Why = "record.photo.lacking"
		if key := "lack." + p.Lack; w.pages.Has(key) {
			out.Why = key
		}
	}
	return out
}

// settled are the words of what was decided at the box about each field; what
// is not known is left to the staff.
func settled(content confirmation.Content) map[string]console.Decision {
	out := map[string]console.Decision{}
	for _, s := range content.Settled {
		d := console.Decision{Key: "compare.settled.clerk", ForClerk: s.ForClerk()}
		switch s.Decision {
		case confirmation.SettledChip:
			d.Key = "compare.settled.chip"
		case confirmation.SettledKept:
			d.Key = "compare.settled.kept"
		}
		out[s.Field] = d
	}
	return out
}
