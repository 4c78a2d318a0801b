package confirmation

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestTextsAreJSON: what is written by hand is what the library writes, whatever
// is in it, and no field of the four types is forgotten.
func TestTextsAreJSON(t *testing.T) {
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,20}`), rapid.String(),
		rapid.SampledFrom([]string{"", "提前取卡", "a\u2028b", "<b>&\"\\", "\xff\xfe", "tab\tnew\nline", "\x7f", "é"}))
	number := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, math.MinInt64, math.MaxInt64}))
	for _, x := range []struct {
		of     any
		fields int
	}{{Time{}, 7}, {Check{}, 4}, {Event{}, 3}, {Blob{}, 4}} {
		if n := reflect.TypeOf(x.of).NumField(); n != x.fields {
			t.Errorf("%T has %d fields: its append knows %d", x.of, n, x.fields)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() string { return text.Draw(t, "text") }
		r := Record{ID: "x", Time: Time{number.Draw(t, "earliest"), number.Draw(t, "latest"), draw(), number.Draw(t, "hub"),
			rapid.Uint64().Draw(t, "since"), rapid.Uint32().Draw(t, "boot"), draw()}}
		if rapid.Bool().Draw(t, "lists") {
			r.Checks, r.Timeline, r.Blobs = []Check{}, []Event{}, []Blob{}
		}
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			r.Checks = append(r.Checks, Check{draw(), draw(), draw(), draw()})
			r.Timeline = append(r.Timeline, Event{draw(), number.Draw(t, "at"), rapid.Bool().Draw(t, "hub's")})
			r.Blobs = append(r.Blobs, Blob{draw(), draw(), draw(), number.Draw(t, "size")})
		}
		evidence, checks, timeline, blobs, err := r.texts()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			got string
			of  any
		}{{evidence, r.Time}, {checks, r.Checks}, {timeline, r.Timeline}, {blobs, r.Blobs}} {
			want, err := json.Marshal(x.of)
			if err != nil {
				t.Fatal(err)
			}
			if x.got != string(want) {
				t.Errorf("%T: got %s, want %s", x.of, x.got, want)
			}
		}
	})
}
