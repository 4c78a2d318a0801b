package arrangement_test

import (
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/protocol/campaign"
)

// TestGridsOfCampaigns: the grids that a campaign may name are those that seats are
// given on, and have as many.
func TestGridsOfCampaigns(t *testing.T) {
	n := 0
	for _, name := range []string{"5x6S", "6x5S", "7-8-8-7S", "8-7-7-8S", "7-7-8-8S", "5x5S(25)", "4x4"} {
		g, ok := arrangement.GridOf(name)
		if ok {
			n++
		}
		if seats := campaign.GridSeats(name); ok != (seats > 0) || ok && seats != len(g.Seats) {
			t.Errorf("%s: %d seats in a campaign", name, seats)
		}
	}
	if n != 6 {
		t.Errorf("%d grids", n)
	}
}
