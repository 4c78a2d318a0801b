package campaign_test

import (
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
)

// TestTextsNameWhoThereIs: no shipped text sends anybody to a telephone that the
// campaign does not have, or to a page that is called otherwise.
func TestTextsNameWhoThereIs(t *testing.T) {
	for _, c := range []campaign.Campaign{campaign.Adult2019(), campaign.Gaokao2014()} {
		has := c.Text("helpline", false) != ""
		for _, text := range c.Texts {
			if !has && (strings.Contains(text.Zh, "报名咨询电话") || strings.Contains(text.En, "by telephone")) {
				t.Errorf("%s: %s names a telephone that there is not", c.ID, text.Key)
			}
			if strings.Contains(text.Zh, "“我的信息”") || strings.Contains(text.En, "“My data”") {
				t.Errorf("%s: %s names no page by its name", c.ID, text.Key)
			}
		}
	}
}
