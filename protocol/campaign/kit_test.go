package campaign_test

import (
	"slices"
	"testing"

	"zhunkao/protocol/campaign"
)

// TestKits: section 2.2 of the 2019 plan, demand A9.
func TestKits(t *testing.T) {
	c := campaign.Adult2019()
	for _, want := range []struct {
		office                string
		cores, clock, mem, gb int
		must, may             []string
	}{
		{campaign.KitPoint, 2, 3000, 4096, 500, []string{"camera", "idcard", "network", "printer-wide"}, nil},
		{campaign.KitCounty, 4, 3000, 4096, 1000, []string{"camera", "dvd", "idcard", "network", "printer-wide"}, nil},
		{campaign.KitCity, 4, 3000, 4096, 1000, []string{"camera", "dvd", "idcard", "network", "printer-wide"}, []string{"printer-colour"}},
	} {
		k, ok := c.Kit(want.office)
		if !ok {
			t.Errorf("%s has no kit", want.office)
			continue
		}
		var must, may []string
		for _, d := range k.Devices {
			if d.May {
				may = append(may, d.Key)
			} else {
				must = append(must, d.Key)
			}
		}
		slices.Sort(must)
		if k.Cores != want.cores || k.ClockMHz != want.clock || k.MemoryMB != want.mem || k.DiskGB != want.gb || !slices.Equal(must, want.must) || !slices.Equal(may, want.may) {
			t.Errorf("%s: %+v", want.office, k)
		}
	}
}

func TestKitsAreChecked(t *testing.T) {
	for name, spoil := range map[string]func(k *campaign.Kit){
		"unknown office":   func(k *campaign.Kit) { k.Office = "school" },
		"office twice":     func(k *campaign.Kit) { k.Office = campaign.KitCity },
		"negative":         func(k *campaign.Kit) { k.MemoryMB = -1 },
		"no source":        func(k *campaign.Kit) { k.Source = "" },
		"unknown device":   func(k *campaign.Kit) { k.Devices[0].Key = "scanner" },
		"one device twice": func(k *campaign.Kit) { k.Devices[0].Key = k.Devices[1].Key },
	} {
		c := campaign.Adult2019()
		spoil(&c.Kits[0])
		if len(c.Validate()) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}
