package campaign_test

import (
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// The rehearsal of a version reads, decodes and checks every application of
// the province: the check may take a fraction of the decoding (the two
// benchmarks stand beside each other on the same people).
func BenchmarkChecker(b *testing.B) {
	for _, c := range campaign.Shipped() {
		k, apps := manyChecked(b, c)
		at := campaign.Place{Code: "43010203", Division: "430102", Medical: true, Minors: true, Known: true}
		day := synthetic.Day(c)
		b.Run(c.ID, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if a := k.Check(apps[i%len(apps)], at, day); !a.Valid() {
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
	for _, p := range synthetic.Candidates(c, 5, 1000, synthetic.Point{Code: "43010203", Division: "430102"}) {
		at := campaign.Place{}
		if len(k.Check(p.Application, at, time.Date(2019, 9, 6, 0, 0, 0, 0, window.Zone())).Findings) == 0 {
			apps = append(apps, p.Application)
		}
	}
	if len(apps) < 900 {
		tb.Fatalf("%d of 1000 are valid", len(apps))
	}
	return k, apps
}
