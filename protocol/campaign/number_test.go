package campaign_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
)

func pattern(t testing.TB, template string) campaign.NumberPattern {
	t.Helper()
	p, err := campaign.NumberTemplate{Template: template}.Compile()
	if err != nil {
		t.Fatalf("%s: %v", template, err)
	}
	return p
}

func TestNumberFormat(t *testing.T) {
	values := func(c campaign.Campaign, division, category string, more ...string) map[string]string {
		v := c.NumberValues(division, category)
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = more[i+1]
		}
		return v
	}
	adult := campaign.Adult2019()
	gaokao := campaign.Campaign{Year: 2014}
	for _, tc := range []struct {
		name, template, want string
		values               map[string]string
	}{
		{"candidate, adult", "{yy}{province2}{county4}{group2}{serial4}", "19430102340901", values(adult, "430102", "34", "serial", "901")},
		{"candidate, gaokao", "{yy}{province2}{county4}{type1}{kl1}{serial4}", "14430304150001", values(gaokao, "430304", "15", "serial", "1")},
		{"ticket", "{area4}{level1}{cat1}{room4}{seat2}", "010234001207", values(adult, "430102", "34", "area", "0102", "room", "12", "seat", "7")},
		{"ticket of Shandong", "{yyyy}{province2}{county4}1{group2}{serial5}", "201943010213400009", values(adult, "430102", "34", "serial", "9")},
		{"sequence", "{county4}{serial5}", "030400051", values(gaokao, "430304", "", "serial", "00051")},
		{"order with letters", "ZK{yyyy}-{division6}{serial8}", "ZK2019-43010200000099", values(adult, "430102", "", "serial", "99")},
		{"greatest", "{county4}{serial3}", "0102999", map[string]string{"county": "0102", "serial": "999"}},
	} {
		p := pattern(t, tc.template)
		got, err := p.Format(tc.values)
		if err != nil || got != tc.want || len(got) != p.Width() {
			t.Errorf("%s: got %s, %v; want %s", tc.name, got, err, tc.want)
			continue
		}
		parts, err := p.Parse(got)
		if err != nil {
			t.Errorf("%s: parse: %v", tc.name, err)
		}
		if again, err := p.Format(parts); err != nil || again != got {
			t.Errorf("%s: taken apart and put together: %s, %v", tc.name, again, err)
		}
	}
}

func TestNumberRefuses(t *testing.T) {
	for name, template := range map[string]string{
		"empty": "", "unknown placeholder": "{kaodian4}{serial4}", "no width": "{serial}", "width 0": "{serial0}", "width with a zero": "{serial04}",
		"width too great": "{serial13}", "county of six": "{county6}", "twice": "{serial4}{serial4}", "not closed": "{serial4", "not opened": "serial4}",
		"small letters": "zk{serial4}", "Chinese": "号{serial4}", "blank": " {serial4}", "too long": "{serial12}{division6}{date8}{yyyy}{point6}",
		"nested": "{{serial4}}", "empty name": "{}", "only a width": "{4}", "huge": strings.Repeat("0", 1<<20), "huge width": "{serial99999999999999999999}",
	} {
		if _, err := (campaign.NumberTemplate{Template: template}).Compile(); !errors.Is(err, campaign.ErrNumber) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := pattern(t, "{county4}{serial3}")
	for name, v := range map[string]map[string]string{
		"missing": {"county": "0102"}, "too long": {"county": "0102", "serial": "1000"}, "short code": {"county": "102", "serial": "1"},
		"letters": {"county": "0102", "serial": "1x"}, "full width": {"county": "0102", "serial": "１"}, "zero": {"county": "0102", "serial": "0"},
		"empty": {"county": "0102", "serial": ""}, "sign": {"county": "0102", "serial": "-1"}, "unknown": {"county": "0102", "serial": "1", "kaodian": "2"},
	} {
		if got, err := p.Format(v); !errors.Is(err, campaign.ErrNumber) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, number := range map[string]string{"short": "010200", "long": "01020001", "letters": "01O2001", "zero": "0102000", "empty": "", "full width": "0102００"} {
		if got, err := p.Parse(number); !errors.Is(err, campaign.ErrNumber) || got != nil || number != "" && strings.Contains(err.Error(), number) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := pattern(t, "ZK{serial4}").Parse("ZX0001"); err == nil {
		t.Error("another fixed part is accepted")
	}
}

func TestNumberCapacity(t *testing.T) {
	p := pattern(t, "{area4}{level1}{cat1}{room4}{seat2}")
	for name, want := range map[string]int64{"room": 9999, "seat": 99, "cat": 10, "serial": 0} {
		if got := p.Capacity(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	if p.Has("serial") || !p.Has("room") || p.Width() != 12 {
		t.Error("placeholders")
	}
}

// Every number that a pattern takes apart is the number that it makes of the parts.
func FuzzNumber(f *testing.F) {
	for _, s := range [][2]string{{"{yy}{province2}{county4}{group2}{serial4}", "19430102340901"}, {"{area4}{level1}{cat1}{room4}{seat2}", "010234001207"},
		{"ZK-{serial12}", "ZK-000000000001"}, {"{", ""}, {"{serial4}{", "0001"}, {"{yyyy}{date8}", "201920190902"}, {"{serial99}", ""}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, template, number string) {
		p, err := campaign.NumberTemplate{Template: template}.Compile()
		if err != nil {
			return
		}
		values, err := p.Parse(number)
		if err != nil {
			return
		}
		again, err := p.Format(values)
		if err != nil || again != number {
			t.Fatalf("%q: %q came back as %q, %v", template, number, again, err)
		}
		if back, err := p.Parse(again); err != nil || !maps.Equal(back, values) {
			t.Fatalf("%q: %v, %v", template, back, err)
		}
	})
}
