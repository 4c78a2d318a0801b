package campaign_test

import (
	"slices"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
)

// TestArrangement: what contradicts itself is refused with its place, and a campaign
// without the block is as good as it was.
func TestArrangement(t *testing.T) {
	for what, c := range map[string]struct {
		spoil func(*campaign.Arrangement)
		place string
	}{
		"a room too large": {func(a *campaign.Arrangement) { a.Size = 31 }, "arrangement.size"},
		"no size":          {func(a *campaign.Arrangement) { a.Size = 0 }, "arrangement.size"},
		"a grid":           {func(a *campaign.Arrangement) { a.Grid = "4x4" }, "arrangement.grid"},
		"a tail":           {func(a *campaign.Arrangement) { a.Tail = "lose" }, "arrangement.tail"},
		"nothing merged":   {func(a *campaign.Arrangement) { a.MinTail = 3 }, "arrangement.min_tail"},
		"no language":      {func(a *campaign.Arrangement) { a.LanguageField = "" }, "arrangement.language_field"},
		"a neighbour":      {func(a *campaign.Arrangement) { a.Neighbours = []string{"SHOE"} }, "arrangement.neighbours"},
		"a need of air":    {func(a *campaign.Arrangement) { a.Needs[0].Apart = false }, "arrangement.needs access"},
		"a need's code":    {func(a *campaign.Arrangement) { a.Needs[0].Codes = []string{"?"} }, "arrangement.needs access.codes"},
		"one office":       {func(a *campaign.Arrangement) { a.Draws = a.Draws[:1] }, "arrangement.draws"},
		"a blank":          {func(a *campaign.Arrangement) { a.Draws[1].Zh = "信息 处" }, "arrangement.draws information"},
		"nobody twice":     {func(a *campaign.Arrangement) { a.Draws[1].Zh = a.Draws[0].Zh }, "arrangement.draws"},
	} {
		camp := campaign.Adult2019()
		a := camp.Arrangement
		a.Needs, a.Draws, a.Neighbours = slices.Clone(a.Needs), slices.Clone(a.Draws), slices.Clone(a.Neighbours)
		c.spoil(&a)
		camp.Arrangement = a
		if found := camp.Validate(); !slices.ContainsFunc(found, func(p campaign.Problem) bool { return strings.HasPrefix(p.Place, c.place) }) {
			t.Errorf("%s: %v", what, found)
		}
	}
	camp := campaign.Adult2019()
	camp.Arrangement = campaign.Arrangement{}
	camp.Assumptions = slices.DeleteFunc(slices.Clone(camp.Assumptions), func(a campaign.Assumption) bool { return a.Key == "arrangement" })
	if found := camp.Validate(); len(found) > 0 {
		t.Errorf("without the block: %v", found)
	}
}

// TestPools: levels share a room only where all that both sit ends at one time.
func TestPools(t *testing.T) {
	p := campaign.Adult2019().Pools()
	if p["1"] != p["2"] || p["1"] == p["3"] || p["1"] == "" || p["3"] == "" {
		t.Errorf("%v", p)
	}
	if p := campaign.Gaokao2014().Pools(); p["1"] != p["9"] {
		t.Errorf("%v", p)
	}
}
