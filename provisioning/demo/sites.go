package demo

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/site"
	"zhunkao/protocol/campaign"
)

// sites gives every county of the campaign's day a site, and those of Changsha two, so
// that an arrangement can be played to its end. They are invented, and small enough
// that a county which many choose can be over-full.
func (m *maker) sites(ctx context.Context) error {
	var all []site.Site
	for _, d := range campaign.Divisions(m.e.Start) {
		if d.Tier != campaign.County {
			continue
		}
		school := func(name string, rooms int) site.Site {
			n := len(all)
			return site.Site{Campaign: m.rules.ID, Division: d.Code, Name: d.Name + name, Address: fmt.Sprintf("%s演示大道 %d 号", d.Name, 10+n),
				Contact: person(n), Phone: phone(3000 + n), Rooms: rooms, Seats: rooms * 30}
		}
		all = append(all, school("第一中学", 18+len(all)%7))
		if d.Parent == "430100" {
			all = append(all, school("第二中学", 12))
		}
	}
	return m.db.Write(ctx, func(tx *db.Tx) error { return m.flow.SetSites(ctx, tx, all, m.by) })
}
