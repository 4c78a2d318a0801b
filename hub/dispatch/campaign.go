package dispatch

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/org"
	"zhunkao/protocol"
)

// sendCampaign says the newest campaign version, in pieces, with the point's
// own data and the roster key sealed to the box.
func (d *Dispatch) sendCampaign(ctx context.Context, b fleet.Box) error {
	v, err := d.shared.campaign(ctx)
	if err != nil {
		return err
	}
	point, err := d.PointInfo(ctx, b)
	if err != nil {
		return err
	}
	key, err := sealFor(b, protocol.KindCampaign, protocol.RosterKey{Key: d.opts.Keys.RosterKey(v.Campaign)})
	if err != nil {
		return err
	}
	pieces, err := protocol.CutCampaign(protocol.CampaignMessage{
		Address: address(b), Campaign: v.Campaign, Version: v.Version, Point: point, RosterKey: key,
	}, v.Bundle)
	if err != nil {
		return fmt.Errorf("dispatch: campaign %s v%d: %w", v.Campaign, v.Version, err)
	}
	for _, m := range pieces {
		if err := d.say(b.ID, protocol.KindCampaign, m); err != nil {
			return err
		}
	}
	return nil
}

// PointInfo is what a box says about where it stands.
func (d *Dispatch) PointInfo(ctx context.Context, b fleet.Box) (protocol.PointInfo, error) {
	var p org.Point
	err := d.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = d.shared.point(ctx, tx, b.Point)
		return err
	})
	if err != nil {
		return protocol.PointInfo{}, err
	}
	return protocol.PointInfo{Code: b.Point, Name: p.Name, Division: p.Division, Address: p.Address, Phone: p.Phone, Unit: b.Unit}, nil
}

// Campaign is the id of the campaign that boxes work for, "" when none is
// published yet.
func (d *Dispatch) Campaign(ctx context.Context) (string, error) {
	v, err := d.shared.campaign(ctx)
	return v.Campaign, err
}
