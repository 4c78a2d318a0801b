package flow

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// approved does what the kind of an approved case does by itself; a kind
// without an effect is complete with the entry.
func (f *Flow) approved(ctx context.Context, tx *db.Tx, camp rules.Campaign, k approval.Kind, c approval.Case, by By) (approval.Case, error) {
	detail := map[string]string{}
	if k.Effect != "" {
		content, err := approval.OpenContent(ctx, tx, f.Keys, c.ID, c.Round)
		if err != nil {
			return c, err
		}
		if c, err = f.effect(ctx, tx, camp, k, c, content, by); err != nil {
			return c, err
		}
		detail["effect"] = k.Effect
	}
	return c, f.writeCase(ctx, tx, journal.ApprovalApproved, c, "", detail, by)
}

func (f *Flow) effect(ctx context.Context, tx *db.Tx, camp rules.Campaign, k approval.Kind, c approval.Case, content approval.Content, by By) (approval.Case, error) {
	switch k.Effect {
	case rules.EffectPointOpen:
		code, err := freeCode(ctx, tx, c.Division)
		if err != nil {
			return c, err
		}
		p := org.Point{Code: code, Division: c.Division, Open: true}
		fill(&p, k, content)
		if err := f.CreatePoint(ctx, tx, p, by); err != nil {
			return c, err
		}
		c.Point = code
		return c, approval.SetPoint(ctx, tx, c.ID, code)
	case rules.EffectPointChange, rules.EffectPointClose:
		p, err := org.GetPoint(ctx, tx, c.Point)
		if err != nil {
			return c, fmt.Errorf("flow: approved: %w", err)
		}
		fields := "open"
		if k.Effect == rules.EffectPointChange {
			fields = fill(&p, k, content)
		} else {
			p.Open = false
		}
		if err := org.UpdatePoint(ctx, tx, p); err != nil {
			return c, fmt.Errorf("flow: approved: %w", err)
		}
		return c, f.write(ctx, tx, by, journal.Entry{Act: journal.PointChanged, Subject: journal.Subject{Kind: journal.OfPoint, ID: p.Code},
			Point: p.Code, Division: p.Division, Detail: map[string]string{"approval": c.ID, "fields": fields}})
	case rules.EffectRooms:
		return c, f.takeRooms(ctx, tx, c, content, by)
	case rules.EffectSiteOpen, rules.EffectSiteChange, rules.EffectSiteClose, rules.EffectCatchment, rules.EffectMoves:
		return f.siteEffect(ctx, tx, camp, k, c, content, by)
	}
	return c, fmt.Errorf("flow: case %s: the campaign names an effect that nobody knows: %q", c.ID, k.Effect)
}

// fill writes the fields of a form into a point, those only that the kind has,
// and names them.
func fill(p *org.Point, k approval.Kind, content approval.Content) string {
	names := ""
	for _, f := range k.Fields {
		value := content[f.Key]
		switch f.Key {
		case "name":
			p.Name = value
		case "contact":
			p.Contact = value
		case "phone":
			p.Phone = value
		case "address":
			p.Address = value
		case "way":
			p.Way = value
		case "hours":
			p.Hours = value
		case "levels":
			p.Levels = value
		case "medical":
			p.Medical = value == "1"
		case "minors":
			p.Minors = value == "1"
		case "boxes":
			p.Boxes, _ = strconv.Atoi(value) // digits, or nothing: zero is "not said"
		default:
			continue
		}
		if names != "" {
			names += " "
		}
		names += f.Key
	}
	return names
}

// PointContent is a point as a form of a change begins.
func PointContent(p org.Point) approval.Content {
	flag := map[bool]string{true: "1"}
	c := approval.Content{"name": p.Name, "contact": p.Contact, "phone": p.Phone, "address": p.Address, "way": p.Way, "hours": p.Hours, "levels": p.Levels,
		"medical": flag[p.Medical], "minors": flag[p.Minors]}
	if p.Boxes > 0 {
		c["boxes"] = strconv.Itoa(p.Boxes)
	}
	return c
}

// freeCode gives the lowest code above those a county has used: no code is ever
// used again, for papers name it. ErrCodes.
func freeCode(ctx context.Context, tx *db.Tx, county string) (string, error) {
	points, err := org.Points(ctx, tx, county)
	if err != nil {
		return "", err
	}
	highest := 0
	for _, p := range points {
		if p.Division != county || len(p.Code) != 8 {
			continue
		}
		if n, err := strconv.Atoi(p.Code[6:]); err == nil {
			highest = max(highest, n)
		}
	}
	if highest >= 99 {
		return "", ErrCodes
	}
	return fmt.Sprintf("%s%02d", county, highest+1), nil
}
