package ticket

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	rules "zhunkao/protocol/campaign"
)

// ErrNone says that somebody has no seat in a published arrangement.
var ErrNone = errors.New("ticket: no seat")

// Desk fills tickets. It is safe for any number of goroutines.
type Desk struct {
	Candidates *candidate.Store
	Keys       *keys.Ring
	Blob       *blob.Store
	Log        *slog.Logger // of pictures that cannot be shown; nil: of none

	mu   sync.Mutex     // guards last
	last rules.Campaign // decoded; never changed
}

// Found is where somebody sits, with all that her ticket follows from and nothing opened:
// enough to say whether a ticket that was made before is still right.
type Found struct {
	Campaign rules.Campaign
	Row      candidate.Row
	Version  seating.Version
	Seat     seating.Seat
	Room     seating.Room
	Site     site.Site // zero while the room has none
	Area     string    // its name
	records  []confirmation.Record
}

// Ready reports whether a ticket can be given out: the room has a site.
func (f Found) Ready() bool { return f.Site.ID != "" }

// Valid reports whether her registration still stands: whoever withdrew, or whose
// confirmation was voided after the arrangement was published, has a seat in it and no
// ticket.
func (f Found) Valid() bool { return f.Row.State == candidate.Confirmed }

// Pictured reports whether a picture was taken of her; whether it can be shown is known
// when it is opened.
func (f Found) Pictured() bool {
	return slices.ContainsFunc(f.records, func(r confirmation.Record) bool {
		return r.State.Stands() && slices.ContainsFunc(r.Blobs, func(b confirmation.Blob) bool { return b.Role == rolePhoto })
	})
}

// rolePhoto is the blob of the picture, in the words of the wire.
const rolePhoto = "photo"

// Stamp is a hash of all that the ticket follows from but its wording and fonts: while it
// is the same, so is the ticket.
func (f Found) Stamp() [sha256.Size]byte {
	var records []string
	for _, r := range f.records {
		records = append(records, r.ID, string(r.State))
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q %d %q %d %+v %q %x %q", f.Campaign.ID, f.Campaign.Version, f.Row.ID, f.Row.Version, f.Seat, f.Area, f.Version.Root, append(records,
		f.Site.ID, f.Site.Name, f.Site.Address, f.Site.Phone, string(f.Site.State))))
}

// Of fills the ticket of an application from the published arrangement. ErrNone. What is
// personal has been opened: who calls it journals what it is for.
func (d *Desk) Of(ctx context.Context, tx *db.Tx, application string) (Filled, error) {
	f, err := d.Find(ctx, tx, application)
	if err != nil {
		return Filled{}, err
	}
	return d.Fill(ctx, tx, f)
}

// Find finds where somebody sits by the published arrangement. ErrNone.
func (d *Desk) Find(ctx context.Context, tx *db.Tx, application string) (f Found, err error) {
	f.Row, err = d.Candidates.Row(ctx, tx, application)
	if errors.Is(err, candidate.ErrNotFound) {
		return f, ErrNone
	}
	if err != nil {
		return f, err
	}
	var ok bool
	if f.Version, f.Seat, f.Room, ok, err = seating.SeatOf(ctx, tx, f.Row.Campaign, application); err != nil {
		return f, err
	}
	if !ok {
		return f, ErrNone
	}
	if f.Campaign, err = d.campaign(ctx, tx, f.Row.Campaign); err != nil {
		return f, err
	}
	if f.Site, f.Area, err = place(ctx, tx, f.Campaign, f.Room); err != nil {
		return f, err
	}
	f.records, err = confirmation.List(ctx, tx, confirmation.Filter{Application: application})
	return f, err
}

// Fill fills the ticket of whom Find has found, on the same snapshot. Its errors are
// faults, but ErrNone for who was erased since.
func (d *Desk) Fill(ctx context.Context, tx *db.Tx, f Found) (Filled, error) {
	who, err := d.Candidates.Get(ctx, tx, f.Row.ID)
	if errors.Is(err, candidate.ErrNotFound) {
		return Filled{}, ErrNone
	}
	if err != nil {
		return Filled{}, err
	}
	proof, err := seating.Proof(ctx, tx, f.Version.ID, f.Seat)
	if err != nil && !errors.Is(err, seating.ErrException) {
		return Filled{}, err
	}
	return d.filled(ctx, tx, f, who, proof)
}

// Room fills the tickets of a room by seat: for who prints many. Whoever was erased since
// is left out.
func (d *Desk) Room(ctx context.Context, tx *db.Tx, v seating.Version, room seating.Room) ([]Filled, error) {
	all, err := d.Look(ctx, tx, v, room)
	if err != nil {
		return nil, err
	}
	return d.FillAll(ctx, tx, all)
}

// Look finds whoever sits in a room, by seat, with nothing opened.
func (d *Desk) Look(ctx context.Context, tx *db.Tx, v seating.Version, room seating.Room) (out []Found, err error) {
	one := Found{Version: v, Room: room}
	if one.Campaign, err = d.campaign(ctx, tx, v.Campaign); err != nil {
		return nil, err
	}
	if one.Site, one.Area, err = place(ctx, tx, one.Campaign, room); err != nil {
		return nil, err
	}
	seats, err := seating.Seats(ctx, tx, v.ID, room.Area, room.Number, room.Number)
	if err != nil {
		return nil, err
	}
	for _, s := range seats {
		one.Seat = s
		one.Row, err = d.Candidates.Row(ctx, tx, s.Application)
		if errors.Is(err, candidate.ErrNotFound) {
			continue
		}
		if err == nil {
			one.records, err = confirmation.List(ctx, tx, confirmation.Filter{Application: s.Application})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// FillAll fills the tickets of some whom Look has found in one room, on the same snapshot.
func (d *Desk) FillAll(ctx context.Context, tx *db.Tx, all []Found) ([]Filled, error) {
	if len(all) == 0 {
		return nil, nil
	}
	v, room := all[0].Version, all[0].Room
	seats, err := seating.Seats(ctx, tx, v.ID, room.Area, room.Number, room.Number)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, f := range all {
		ids[i] = f.Row.ID
	}
	found, err := d.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []Filled
	proven := proofs(seats, room.Drawn)
	for _, f := range all {
		who, ok := found[f.Row.ID]
		if !ok {
			continue
		}
		one, err := d.filled(ctx, tx, f, who, proven[f.Seat.Seat])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// filled fills one ticket; a proof of nobody is none.
func (d *Desk) filled(ctx context.Context, tx *db.Tx, f Found, who candidate.Found, proof arrangement.Proof) (Filled, error) {
	photo, err := d.photo(ctx, tx, f.records)
	if err != nil {
		return Filled{}, err
	}
	p := Place{Version: f.Version, Seat: f.Seat, Site: f.Site, Area: f.Area}
	if !f.Seat.Exception && proof.Of > 0 {
		if p.Proof, err = Proof(f.Campaign, f.Version, seating.Arranged(f.Seat), proof); err != nil {
			return Filled{}, err
		}
	}
	out := Fill(f.Campaign, p, who.Application, photo)
	out.Stamp = f.Stamp()
	return out, nil
}

// proofs are the proofs of a room's drawn seats as far as its root, by seat: what a code
// holds, and what seating.Proof gives of each by itself.
func proofs(seats []seating.Seat, drawn int) map[int]arrangement.Proof {
	var r arrangement.Result
	for _, s := range seats {
		if !s.Exception {
			r.Seats = append(r.Seats, seating.Arranged(s))
		}
	}
	if len(r.Seats) == 0 {
		return nil
	}
	r.Rooms = []arrangement.Room{{Area: r.Seats[0].Area, Number: r.Seats[0].Room, Last: drawn}}
	tree, out := r.Tree(), map[int]arrangement.Proof{}
	for _, s := range r.Seats {
		if p, ok := tree.Proof(s); ok {
			out[s.Seat] = p
		}
	}
	return out
}

// place is the site of a room and the name of its area; zero while it has none.
func place(ctx context.Context, tx *db.Tx, c rules.Campaign, room seating.Room) (at site.Site, area string, err error) {
	if room.Site == "" {
		return at, "", nil
	}
	if at, err = site.Get(ctx, tx, room.Site); err != nil {
		return at, "", err
	}
	plan, _, err := site.InForceOf(ctx, tx, c.ID, org.Above(at.Division))
	if err != nil {
		return at, "", err
	}
	a, _ := plan.Area(room.Area)
	return at, a.Name, nil
}

// Photo is the picture on somebody's ticket, nil where there is none.
func (d *Desk) Photo(ctx context.Context, tx *db.Tx, application string) ([]byte, error) {
	records, err := confirmation.List(ctx, tx, confirmation.Filter{Application: application})
	if err != nil {
		return nil, err
	}
	return d.photo(ctx, tx, records)
}

// Code is the text of the code of whom Find has found, without an address before it.
// seating.ErrException of an exception seat.
func (d *Desk) Code(ctx context.Context, tx *db.Tx, f Found) (string, error) {
	proof, err := seating.Proof(ctx, tx, f.Version.ID, f.Seat)
	if err != nil {
		return "", err
	}
	code, err := proof.Code(f.Campaign.ID, f.Version.Number, seating.Arranged(f.Seat))
	return code.String(), err
}

// photo is the picture that was taken of somebody at the confirmation that stands, the
// newest that has one; nil where none was. What cannot be shown is as if it were not
// there: the ticket says that there is none, and a clerk sees to it.
func (d *Desk) photo(ctx context.Context, tx *db.Tx, records []confirmation.Record) ([]byte, error) {
	for _, r := range records {
		if !r.State.Stands() {
			continue
		}
		if photo, err := d.shown(ctx, tx, r); err != nil || photo != nil {
			return photo, err
		}
	}
	return nil, nil
}

// shown is the picture of a record; nil where it has none that can be shown. What is
// damaged is one person's: it is said with its record, and stops nobody else's ticket.
// Its errors are those of a store that is away: the same may be tried again.
func (d *Desk) shown(ctx context.Context, tx *db.Tx, r confirmation.Record) ([]byte, error) {
	all, err := confirmation.OpenAll(ctx, tx, d.Keys, []confirmation.Record{r})
	if err != nil {
		return nil, err
	}
	one := all[r.ID]
	photo, err := []byte(nil), one.Err
	if err == nil {
		photo, _, _, err = hand.Photo(d.Blob.In(ctx, tx), r, one.Content)
	}
	switch {
	case err == nil:
		return photo, nil
	case errors.Is(err, blob.ErrAway), db.Away(err), ctx.Err() != nil:
		return nil, err
	case d.Log != nil && !errors.Is(err, hand.ErrNone) && !errors.Is(err, blob.ErrNotFound):
		d.Log.Error("a picture cannot be shown", "record", r.ID, "error", err.Error())
	}
	return nil, nil
}

// campaign gives the newest version of a campaign, decoded once.
func (d *Desk) campaign(ctx context.Context, tx *db.Tx, id string) (rules.Campaign, error) {
	newest, err := campaign.Newest(ctx, tx, id)
	if err != nil {
		return rules.Campaign{}, err
	}
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	if last.ID == id && last.Version == newest {
		return last, nil
	}
	v, err := campaign.Get(ctx, tx, id, newest)
	if err != nil {
		return rules.Campaign{}, err
	}
	c, err := v.Decode()
	if err != nil {
		return rules.Campaign{}, fmt.Errorf("ticket: campaign: %w", err)
	}
	d.mu.Lock()
	d.last = c
	d.mu.Unlock()
	return c, nil
}
