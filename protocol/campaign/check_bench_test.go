package campaign_test

import (
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// The rehearsal of a version reads, decodes and checks every application of
// the province: the check may take a fraction of the decoding (the two
// benchmarks stand beside each other on the same people).
func BenchmarkChecker(b *testing.B) {
	for _, c := range campaign.Shipped() {
		k, apps := manyChecked(b, c)
		day := synthetic.Day(c)
		b.Run(c.ID, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if a := k.Check(apps[i%len(apps)], openPoint, day); !a.Valid() {
					b.Fatal(a.Findings)
				}
			}
		})
	}
}

func BenchmarkDecodeApplication(b *testing.B) {
	for _, c := range campaign.Shipped() {
		_, apps := manyChecked(b, c)
		var rows [][]byte
		for _, a := range apps {
			row, err := cbor.Marshal(a)
			if err != nil {
				b.Fatal(err)
			}
			rows = append(rows, row)
		}
		b.Run(c.ID, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				var a form.Application
				if err := cbor.Unmarshal(rows[i%len(rows)], &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyChecked is valid people of a campaign, special ones among them.
func manyChecked(tb testing.TB, c campaign.Campaign) (*campaign.Checker, []form.Application) {
	tb.Helper()
	k, err := c.Checker()
	if err != nil {
		tb.Fatal(err)
	}
	var apps []form.Application
	for _, p := range synthetic.Candidates(c, 5, 1000, synthetic.Point{Code: openPoint.Code, Division: openPoint.Division}) {
		if k.Check(p.Application, openPoint, synthetic.Day(c)).Valid() {
			apps = append(apps, p.Application)
		}
	}
	if len(apps) < 900 {
		tb.Fatalf("%d of 1000 are valid", len(apps))
	}
	return k, apps
}
