package exampapers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// contents stands for everything that the sections of a batch are made from. A batch that
// another hub goes on with is of one state only if this is the same: seats that were added
// and names that were corrected meanwhile change it. It goes by the fields, since a Sitter
// prints nothing of itself.
func contents(of Of) string {
	h := sha256.New()
	put(h, of.Campaign, of.Office, of.Area, of.AreaName, of.SiteHead.Site, of.Address, of.SiteHead.Version, of.Copy, of.Printed.UnixMilli(), of.Marks, len(of.Rooms), len(of.Whole))
	for _, r := range slices.Concat(of.Rooms, of.Whole) {
		put(h, r.Templates(), r.Room, r.Mixed, r.Times, len(r.Sitters), len(r.Sittings))
		for _, s := range r.Sitters {
			photo := sha256.Sum256(s.Photo)
			put(h, s.Seat, s.Number, s.Name.Reveal(), s.Sex, s.Last4, s.Language, s.Foreign, s.Level, s.Code, s.Category, s.NoPhoto, hex.EncodeToString(photo[:]))
		}
		for _, v := range r.Sittings {
			put(h, v.Number, v.From.UnixMilli(), v.To.UnixMilli(), len(v.Subjects))
			for _, c := range v.Subjects {
				put(h, c.Subject, c.Language, c.Seats)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// put adds values so that no two rows of them read alike.
func put(h hash.Hash, values ...any) {
	for _, v := range values {
		text := fmt.Sprint(v)
		_, _ = fmt.Fprintf(h, "%d:%s", len(text), text)
	}
}
