package ticket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/seating"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Maker writes the public file of every published arrangement, and makes first copies
// before their hour, room by room, from Ahead before the first may be printed until the
// last was. What has changed since is made again within an Hour; what is asked for first is
// laid out then.
//
// It can be cut off at any time and begun again: what lies there is not made twice. A
// fault is said and tried again a minute later; one of a room keeps nobody else's from
// being made, and is tried again with the next walk.
type Maker struct {
	DB      *db.DB
	Desk    *Desk
	Fonts   *sheet.Fonts
	Made    *Made
	Bundles *Bundles
	Now     func() time.Time // civil clock
	Log     *slog.Logger

	walked map[string]time.Time // version → when all of its rooms were last walked; of Run alone
}

// Ahead is how long before the first may be printed tickets begin to be made: a province's
// takes a core some hours.
const Ahead = 48 * time.Hour

const (
	everyMinute = time.Minute
	againAfter  = time.Hour
)

// Run works until ctx ends.
func (m *Maker) Run(ctx context.Context) error {
	tick := time.NewTicker(everyMinute)
	defer tick.Stop()
	for {
		if err := m.Step(ctx); err != nil && ctx.Err() == nil {
			m.Log.Warn("tickets are made again later", "worker", "tickets", "error", err.Error())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Step does what there is to do now.
func (m *Maker) Step(ctx context.Context) error {
	if m.walked == nil {
		m.walked = map[string]time.Time{}
	}
	var seated []seating.Version
	printing := map[string]bool{}
	err := m.DB.Read(ctx, func(tx *db.Tx) error {
		seated, printing = nil, map[string]bool{}
		all, err := campaign.List(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range all {
			versions, err := seating.Versions(ctx, tx, c.Campaign)
			if err != nil {
				return err
			}
			for _, v := range versions {
				if v.State.Seated() {
					seated = append(seated, v)
				}
				if v.State != seating.Published {
					continue
				}
				if printing[v.ID], err = m.printing(ctx, tx, c.Campaign); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, v := range seated {
		if err := m.Bundles.Write(ctx, m.DB, v.ID); err != nil {
			return err
		}
	}
	for id, now := range printing {
		if !now {
			delete(printing, id)
		}
	}
	if err := m.Made.Keep(printing); err != nil {
		return err
	}
	for _, v := range seated {
		if last, done := m.walked[v.ID]; !printing[v.ID] || done && time.Since(last) < againAfter {
			continue
		}
		began := time.Now()
		switch err := m.walk(ctx, v); {
		case errors.Is(err, ErrFull):
			m.Log.Info("no room for more tickets", "worker", "tickets")
		case err != nil:
			return err
		}
		m.walked[v.ID] = began
	}
	return nil
}

// printing reports whether a campaign's tickets are printed now or soon.
func (m *Maker) printing(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	c, err := m.Desk.campaign(ctx, tx, id)
	if err != nil {
		return false, err
	}
	now := m.Now()
	for _, w := range window.Latest(c.Windows, window.PrintTicket) {
		if now.After(w.From.Add(-Ahead)) && now.Before(w.To) {
			return true, nil
		}
	}
	return false, nil
}

// walk makes what is missing of a version. A room that fails is said and passed over.
// Errors: ErrFull, and those of a database that is away.
func (m *Maker) walk(ctx context.Context, v seating.Version) error {
	var rooms []seating.Room
	err := m.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rooms, err = seating.Rooms(ctx, tx, v.ID, "")
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.Site == "" {
			continue
		}
		switch err := m.room(ctx, v, r); {
		case err == nil:
		case errors.Is(err, ErrFull), errors.Is(err, blob.ErrAway), db.Away(err), ctx.Err() != nil:
			return err
		default:
			m.Log.Error("the tickets of a room are not made", "worker", "tickets", "area", r.Area, "room", r.Number, "error", err.Error())
		}
	}
	return nil
}

// room makes what is missing of a room, and then rests for as long as that took: half of
// a core is everybody else's.
func (m *Maker) room(ctx context.Context, v seating.Version, r seating.Room) error {
	var filled []Filled
	err := m.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := m.Desk.Look(ctx, tx, v, r)
		if err != nil {
			return err
		}
		var missing []Found
		for _, f := range all {
			if !m.Made.Has(f) {
				missing = append(missing, f)
			}
		}
		filled, err = m.Desk.FillAll(ctx, tx, missing)
		return err
	})
	if err != nil {
		return err
	}
	began := time.Now()
	for _, f := range filled {
		if err := m.layOut(f); err != nil {
			return err
		}
	}
	if len(filled) == 0 {
		return nil
	}
	pause := time.NewTimer(time.Since(began))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// layOut lays out a first copy and keeps it.
func (m *Maker) layOut(f Filled) error {
	doc, err := f.Print(m.Fonts, Printing{Copy: 1, At: m.Now(), Specimen: m.DB.Demo()})
	if err != nil {
		return fmt.Errorf("ticket: %w", err)
	}
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		return fmt.Errorf("ticket: %w", err)
	}
	return m.Made.Put(f, file.Bytes())
}
