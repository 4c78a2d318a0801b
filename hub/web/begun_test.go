package web_test

import (
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
)

// TestBegunIsSeen: staff see who has begun to fill in at the portal, each the
// figure of her own remit (demand B13).
func TestBegunIsSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		for _, point := range []string{pointHere, pointHere, pointThere} {
			w.write(t.Context(), func(tx *db.Tx) error {
				return journal.Write(t.Context(), tx, journal.Entry{At: now(), Author: journal.Author{Kind: journal.ByCandidate, ID: "u"}, Act: journal.DraftPlaced,
					Subject: journal.Subject{Kind: journal.OfAccount, ID: "u"}, Campaign: w.camp.ID, Point: point, Division: point[:6]})
			})
		}
		w.sealedUp()
		for who, want := range map[string]string{"po": "网上已开始填 3", "co": "网上已开始填 2", "cl": "网上已开始填 2"} {
			if _, page := w.as(who).get("/gl"); !strings.Contains(page, want) {
				t.Errorf("%s does not see %q", who, want)
			}
		}
		if _, page := w.as("co").get("/gl/points"); !strings.Contains(page, `<td data-label="已开始填" class="n">2</td>`) {
			t.Errorf("the list of points does not tell who has begun")
		}
	})
}
