package form

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
)

// Digest names the content of an application: everything in it, every part
// with its length before it, fields by key, choices and claims by their order.
// Fields that are absent or empty count alike. The encoding must never change:
// digests of signed applications are kept.
func Digest(app Application) [32]byte {
	var b []byte
	put := func(parts ...string) {
		for _, s := range parts {
			b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
			b = append(b, s...)
		}
	}
	number := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	put("zhunkao application 1", app.ID, app.Campaign, number(app.CampaignVersion), number(app.Version), app.Point, app.SequenceNumber)
	for _, key := range slices.Sorted(maps.Keys(app.Fields)) {
		if v := app.Fields[key]; v != "" {
			put("field", key, v)
		}
	}
	choices := slices.Clone(app.Choices)
	slices.SortStableFunc(choices, func(a, b Choice) int { return a.Order - b.Order })
	for _, c := range choices {
		put("choice", strconv.Itoa(c.Order), c.Level, c.Category, c.School, c.SchoolName, c.Major, c.MajorName, c.Class, c.Form, c.Years)
	}
	for _, c := range app.Claims {
		put("claim", c.Kind, c.Code, c.Evidence)
	}
	return sha256.Sum256(b)
}
