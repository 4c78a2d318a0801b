package ticket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/seating"
)

// The tickets of a point, which travel ahead to its boxes (demand A60): page by page, so
// that no more than a page is ever in memory, and without pictures, which boxes ask for.

// OfPoint is what the tickets of a point follow from.
type OfPoint struct {
	Version seating.Version
	Count   int               // tickets that can be given out: their rooms have sites
	Stamp   [sha256.Size]byte // the same as long as all of them are
}

// Travelling is a ticket as it travels. Its Photo is nil.
type Travelling struct {
	Filled
	Picture string // names its picture, in hexadecimal: the hash of the sealed photo; "" if none was taken
}

// pointSeats are the seats of a point's candidates whose confirmation stands and whose
// room has a site, in the order of rooms.
const pointSeats = ` FROM application a JOIN seating_seat s ON s.version = $1 AND s.application = a.id
	JOIN seating_room r ON r.version = s.version AND r.area = s.area AND r.number = s.room
	JOIN site t ON t.id = r.site
	WHERE a.campaign = $2 AND a.point = $3 AND a.state = '` + string(candidate.Confirmed) + `' AND s.number <> '' ORDER BY s.area, s.room, s.seat`

// Point says what the tickets of a point are by the published arrangement. False while
// none is published, or none of the point's rooms has a site yet in the first one.
func (d *Desk) Point(ctx context.Context, tx *db.Tx, campaign, point string) (o OfPoint, ok bool, err error) {
	if o.Version, ok, err = seating.Current(ctx, tx, campaign); err != nil || !ok {
		return o, false, err
	}
	c, err := d.campaign(ctx, tx, campaign)
	if err != nil {
		return o, false, err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %x", campaign, c.Version, o.Version.ID, o.Version.Root)
	err = tx.Each(ctx, `SELECT a.id, a.version, a.changed_at, s.area, s.room, s.seat, s.number, t.id, t.changed_at, t.name, t.address, t.phone`+pointSeats,
		[]any{o.Version.ID, campaign, point}, func(row func(...any) error) error {
			var id, area, number, site, name, address, phone string
			var version, changed, room, seat, moved int64
			if err := row(&id, &version, &changed, &area, &room, &seat, &number, &site, &moved, &name, &address, &phone); err != nil {
				return err
			}
			o.Count++
			fmt.Fprintf(h, "\n%q %d %d %q %d %d %q %q %d %q %q %q", id, version, changed, area, room, seat, number, site, moved, name, address, phone)
			return nil
		})
	if err != nil {
		return o, false, fmt.Errorf("ticket: of a point: %w", err)
	}
	h.Sum(o.Stamp[:0])
	if o.Count > 0 {
		return o, true, nil
	}
	var seated int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM application a JOIN seating_seat s ON s.version = $1 AND s.application = a.id WHERE a.campaign = $2 AND a.point = $3`,
		o.Version.ID, campaign, point).Scan(&seated); err != nil {
		return o, false, fmt.Errorf("ticket: of a point: %w", err)
	}
	// Who has no seat here hears so; who waits for a site does not yet. But where an
	// earlier version may have been printed, the empty list makes its tickets void.
	return o, seated == 0 || o.Version.Number > 1, nil
}

// Page gives the tickets of a point from the first-th on, from 0, at most n, in the order
// of rooms and seats. Whoever was erased since is left out.
func (d *Desk) Page(ctx context.Context, tx *db.Tx, v seating.Version, point string, first, n int) (out []Travelling, err error) {
	type key struct {
		area string
		room int
	}
	var ids []string
	at := map[string]key{}
	err = tx.Each(ctx, `SELECT a.id, s.area, s.room`+pointSeats+` LIMIT $4 OFFSET $5`, []any{v.ID, v.Campaign, point, n, first}, func(row func(...any) error) error {
		var id string
		var k key
		if err := row(&id, &k.area, &k.room); err != nil {
			return err
		}
		ids, at[id] = append(ids, id), k
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ticket: page of a point: %w", err)
	}
	found, err := d.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	rooms := map[key]roomful{}
	for _, id := range ids {
		who, ok := found[id]
		if !ok {
			continue
		}
		r, ok := rooms[at[id]]
		if !ok {
			if r, err = d.roomful(ctx, tx, v, at[id].area, at[id].room); err != nil {
				return nil, err
			}
			rooms[at[id]] = r
		}
		one, err := d.ahead(ctx, tx, r, who)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// roomful is a room with all that its tickets share.
type roomful struct {
	Found
	seats  map[string]seating.Seat // by application
	proofs map[int]string          // texts of codes, by seat
}

func (d *Desk) roomful(ctx context.Context, tx *db.Tx, v seating.Version, area string, number int) (r roomful, err error) {
	r.Version, r.seats, r.proofs = v, map[string]seating.Seat{}, map[int]string{}
	if r.Campaign, err = d.campaign(ctx, tx, v.Campaign); err != nil {
		return r, err
	}
	if r.Room, err = seating.RoomOf(ctx, tx, v.ID, area, number); err != nil {
		return r, err
	}
	if r.Site, r.Area, err = place(ctx, tx, r.Campaign, r.Room); err != nil {
		return r, err
	}
	seats, err := seating.Seats(ctx, tx, v.ID, area, number, number)
	if err != nil {
		return r, err
	}
	proven := proofs(seats, r.Room.Drawn)
	for _, s := range seats {
		r.seats[s.Application] = s
		if p, ok := proven[s.Seat]; ok && !s.Exception {
			if r.proofs[s.Seat], err = Proof(r.Campaign, v, seating.Arranged(s), p); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

func (d *Desk) ahead(ctx context.Context, tx *db.Tx, r roomful, who candidate.Found) (out Travelling, err error) {
	s := r.seats[who.Row.ID]
	records, err := confirmation.List(ctx, tx, confirmation.Filter{Application: who.Row.ID})
	if err != nil {
		return out, err
	}
	out.Filled = Fill(r.Campaign, Place{Version: r.Version, Seat: s, Site: r.Site, Area: r.Area, Proof: r.proofs[s.Seat]}, who.Application, nil)
	for _, rec := range records {
		if b, ok := photoOf(rec); ok && rec.State.Stands() {
			out.Picture = b.Hash
			break
		}
	}
	return out, nil
}

func photoOf(r confirmation.Record) (confirmation.Blob, bool) {
	for _, b := range r.Blobs {
		if b.Role == rolePhoto {
			return b, true
		}
	}
	return confirmation.Blob{}, false
}

// Picture opens the picture of that name, if it is that of a candidate of this point now.
// ErrNone: it is not, or cannot be shown.
func (d *Desk) Picture(ctx context.Context, tx *db.Tx, point, application, name string) ([]byte, error) {
	if _, err := hex.DecodeString(name); err != nil {
		return nil, ErrNone
	}
	row, err := d.Candidates.Row(ctx, tx, application)
	if errors.Is(err, candidate.ErrNotFound) || err == nil && row.Point != point {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	records, err := confirmation.List(ctx, tx, confirmation.Filter{Application: application})
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		b, ok := photoOf(r)
		if !ok || b.Hash != name || !r.State.Stands() {
			continue
		}
		photo, err := d.shown(ctx, tx, r)
		if err == nil && photo == nil {
			err = ErrNone
		}
		return photo, err
	}
	return nil, ErrNone
}
