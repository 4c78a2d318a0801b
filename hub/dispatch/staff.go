package dispatch

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

const (
	// staffLife is how long a box may let somebody in without having heard of
	// her again: two weeks without a network, and one to spare.
	staffLife = 21 * 24 * time.Hour
	// staffDay is how often a list is said again though nobody changed, so that
	// its life runs on while the hub is there.
	staffDay = 24 * time.Hour
	// staffFresh is how long a list is believed, so that not every box of every
	// point asks the database at each change of the journal. A disabled clerk is
	// out at the desk when the next heartbeat has been answered (S6, S20).
	staffFresh = 5 * time.Second
)

// staffList is who travels to the boxes of one point, as looked up at a time.
type staffList struct {
	looked  time.Time // real
	members []protocol.StaffMember
	boxes   []protocol.PointBox
	mark    uint64
}

// staffOf gives the list of a point, at most staffFresh old.
func (d *Dispatch) staffOf(ctx context.Context, point string) (staffList, error) {
	d.staffMu.Lock()
	l, ok := d.staffLists[point]
	d.staffMu.Unlock()
	if ok && time.Since(l.looked) < staffFresh {
		return l, nil
	}
	l = staffList{looked: time.Now(), members: []protocol.StaffMember{}}
	var all []staff.Ahead
	if err := d.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = d.opts.Staff.OfPoint(ctx, tx, point)
		return err
	}); err != nil {
		return staffList{}, err
	}
	for _, a := range all[:min(len(all), protocol.MaxStaff)] {
		role := protocol.StaffClerk
		if a.Role == staff.PointHead {
			role = protocol.StaffHead
		}
		m := protocol.StaffMember{ID: a.ID, Name: a.Name, Display: a.Display, Role: role, Verifier: a.Verifier, Secret: a.Secret}
		if c := a.Card; c != nil {
			m.Card = &protocol.StaffCard{At: protocol.Time(c.At), Salt: c.Salt, Mark: c.Mark, PIN: c.PIN}
		}
		l.members = append(l.members, m)
	}
	l.boxes = d.boxesOf(point)
	mark, err := d.staffMark(protocol.StaffPage{Members: l.members, Boxes: l.boxes})
	if err != nil {
		return staffList{}, err
	}
	l.mark = mark
	d.staffMu.Lock()
	defer d.staffMu.Unlock()
	d.staffLists[point] = l
	return l, nil
}

// boxesOf are the boxes of a point that may know of each other: all that are not
// shut out. A frozen one is among them, for the desks show that it serves nobody.
func (d *Dispatch) boxesOf(point string) (out []protocol.PointBox) {
	for _, b := range d.opts.Fleet.Snapshot() {
		if b.Point != point || b.State == fleet.Revoked || len(out) == protocol.MaxPointBoxes {
			continue
		}
		out = append(out, protocol.PointBox{Box: protocol.BoxID(b.ID), Unit: b.Unit, Key: protocol.HashOf(b.DeviceKey), Names: b.Live.Desk, Port: b.Live.DeskPort})
	}
	return out
}

// staffMark names a list and its day. The keyed hash tells a broker nothing of
// what it stands for, and is never 0, which is nobody's.
func (d *Dispatch) staffMark(page protocol.StaffPage) (uint64, error) {
	raw, err := protocol.Encode(page)
	if err != nil {
		return 0, err
	}
	defer clear(raw)
	sum := sha256.Sum256(raw)
	day := d.opts.Now().Unix() / int64(staffDay/time.Second)
	key := d.opts.Keys.SignInKey("staff-ahead/" + hex.EncodeToString(sum[:]) + "/" + time.Unix(day*int64(staffDay/time.Second), 0).UTC().Format(time.DateOnly))
	return max(1, binary.BigEndian.Uint64(key)>>1), nil
}

// sendStaff says who works at the box's point, unless the box holds just that
// or was told a moment ago.
func (d *Dispatch) sendStaff(ctx context.Context, b fleet.Box, held uint64) error {
	if d.opts.Staff == nil {
		return nil
	}
	l, err := d.staffOf(ctx, b.Point)
	if err != nil || l.mark == held {
		return err
	}
	if !d.claim(b.ID, func(t *told) bool { return t.staff.due(l.mark, time.Now()) }) {
		return nil
	}
	sealed, err := sealFor(b, protocol.KindStaff, protocol.StaffPage{Members: l.members, Boxes: l.boxes})
	if err != nil {
		return err
	}
	now := d.opts.Now()
	return d.say(b.ID, protocol.KindStaff, protocol.Staff{Address: address(b), Point: b.Point,
		Issued: protocol.TimeOf(now), Until: protocol.TimeOf(now.Add(staffLife)), Mark: l.mark, Sealed: sealed})
}

// DeskCertificate answers a box that asked for its desk's certificate.
func (d *Dispatch) DeskCertificate(b fleet.Box, c protocol.DeskCertificate) {
	c.Address = address(b)
	d.sayLogged(b.ID, protocol.KindDeskCert, c)
}
