package form_test

import (
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// The rehearsal of a campaign version checks every application of the
// province with this very function.
func BenchmarkCheck(b *testing.B) {
	c := campaign.Adult2019()
	a := candidate(b, c, "3")
	b.ReportAllocs()
	for b.Loop() {
		if len(form.Check(c.Form, a, day)) != 0 {
			b.Fatal("not valid")
		}
	}
}
