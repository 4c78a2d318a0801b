package dispatch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/protocol"
)

// Points as boxes know them: where else to go, and whom a point serves. They ride
// on the pages of the roster: the point of the box on each, another with the first
// mark that names it, and again whenever it changes.

func (p *page) place(o org.Point) {
	if o.Name == "" || o.Division == "" { // nobody knows it any more
		return
	}
	x := protocol.Place{Code: o.Code, Name: o.Name, Division: o.Division, Address: o.Address, Phone: o.Phone, Hours: o.Hours, Closed: !o.Open,
		Takes: protocol.Takes{Medical: o.Medical, Minors: o.Minors, Levels: strings.FieldsFunc(o.Levels, func(r rune) bool { return r == ',' })}}
	if _, there := p.places[o.Code]; !there {
		if raw, err := protocol.Encode(x); err == nil {
			p.size += len(raw)
		}
	}
	p.places[o.Code] = x
}

func (p *page) sorted() []protocol.Place {
	return slices.SortedFunc(maps.Values(p.places), func(a, b protocol.Place) int { return strings.Compare(a.Code, b.Code) })
}

// changed adds the point that an entry says is new or other: of the box's own
// city, for that is where somebody is sent; a change of one that it may hold from
// a mark, wherever that lies.
func (d *Dispatch) changed(ctx context.Context, tx *db.Tx, p *page, b fleet.Box, e journal.Sealed) error {
	if e.Act != journal.PointChanged && e.Act != journal.PointCreated || len(b.Point) < cityDigits ||
		e.Act == journal.PointCreated && !strings.HasPrefix(e.Subject.ID, b.Point[:cityDigits]) {
		return nil
	}
	o, err := org.GetPoint(ctx, tx, e.Subject.ID) // not from memory: it has just changed
	if errors.Is(err, org.ErrNotFound) {
		return nil
	}
	if err == nil {
		p.place(o)
	}
	return err
}

// cityDigits is how much of a point's code names its city.
const cityDigits = 4

// own adds the box's own point to a page that says anything.
func (d *Dispatch) own(ctx context.Context, tx *db.Tx, p *page, b fleet.Box) error {
	if _, there := p.places[b.Point]; there || len(p.entries) == 0 {
		return nil
	}
	o, err := d.shared.point(ctx, tx, b.Point)
	if err == nil {
		p.place(o)
	}
	return err
}
