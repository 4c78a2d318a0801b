package appliance

import (
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// What the fonts lack is found wherever it would be printed, and only there.
func TestUnprintable(t *testing.T) {
	f, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	c := campaign.Adult2019()
	who := synthetic.Candidates(c, 2019, 1, synthetic.Point{Code: "43010401", Division: "430104"})[0]
	plain := who.Application.Clone()
	for k := range plain.Fields {
		if k == form.FullName || k == form.PostAddress || k == form.School {
			plain.Fields[k] = "张三"
		}
	}
	chip := who.Chip
	const rare = "龘" // beyond GB 2312, which the small font has
	with := func(field string) form.Application {
		a := plain.Clone()
		a.Fields[field] = "王" + rare + rare
		return a
	}
	for _, tc := range []struct {
		name   string
		app    form.Application
		change func(*form.Chip, *campaign.Campaign)
		want   string
	}{
		{"nothing", plain, nil, ""},
		{"name", with(form.FullName), nil, form.FullName},
		{"address", with(form.PostAddress), nil, form.PostAddress},
		{"school", with(form.School), nil, form.School},
		{"not on the sheet", with("E_MAIL_OF_NO_FORM"), nil, ""},
		{"taken over from the chip", plain, func(chip *form.Chip, c *campaign.Campaign) {
			chip.Ethnic, c.Policy.Settle = rare, []string{form.Ethnic}
		}, form.Ethnic},
		{"on the chip, not hers to take", plain, func(chip *form.Chip, c *campaign.Campaign) {
			chip.Ethnic, c.Policy.Settle = rare, nil
		}, ""},
	} {
		chip, c := chip, c
		if tc.change != nil {
			tc.change(&chip, &c)
		}
		got := unprintable(f, c, tc.app, chip)
		if tc.want == "" && len(got) != 0 || tc.want != "" && (len(got) != 1 || got[0].Field != tc.want || string(got[0].Runes) != rare) {
			t.Errorf("%s: %+v, want %q", tc.name, got, tc.want)
		}
		if unprintable(nil, c, tc.app, chip) != nil {
			t.Errorf("%s: said by a box without a printer", tc.name)
		}
	}
}
