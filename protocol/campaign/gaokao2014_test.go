package campaign_test

import (
	"testing"

	"zhunkao/protocol/campaign"
)

func TestGaokao2014HasNoProblem(t *testing.T) {
	for _, p := range campaign.Gaokao2014().Validate() {
		t.Error(p)
	}
}
