package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	rules "zhunkao/protocol/campaign"
)

// WorkSeating does what waits of a campaign's arrangement: it reads a list that is being
// frozen, tries one with a false seed, and runs one that two persons asked for. One hub
// does it at a time; it can be cut off anywhere and begun again, and nothing of it is
// seen before it is whole (fault 39).
func (f *Flow) WorkSeating(ctx context.Context, d *db.DB, id string) error {
	var camp rules.Campaign
	var v seating.Version
	var trial seating.Trial
	var making bool
	err := d.Ask(ctx, func(tx *db.Tx) (err error) {
		if v, making, err = seating.InMaking(ctx, tx, id); err == nil {
			trial, _, err = seating.TrialFor(ctx, tx, id)
		}
		return err
	})
	if err != nil || trial.State != seating.TrialAsked && (!making || v.State != seating.Freezing && v.State != seating.Numbering) {
		return err
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		newest, err := campaign.Latest(ctx, tx, id)
		if err == nil {
			camp, err = newest.Decode()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("flow: seating: %w", err)
	}
	if trial.State == seating.TrialAsked { // what fails of it keeps no version waiting
		err = f.trySeating(ctx, d, camp)
	}
	switch {
	case making && v.State == seating.Freezing:
		err = errors.Join(err, f.freezeSeating(ctx, d, camp, v))
	case making && v.State == seating.Numbering && v.Base != "":
		err = errors.Join(err, f.reviseSeating(ctx, d, camp, v))
	case making && v.State == seating.Numbering:
		err = errors.Join(err, f.runSeating(ctx, d, camp, v))
	}
	return err
}

// listNow reads the list on one snapshot.
func (f *Flow) listNow(ctx context.Context, d *db.DB, camp rules.Campaign) (p seating.Parts, list []seating.Listed, exempt int, err error) {
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		if p, err = seatParts(ctx, tx, camp); err == nil {
			list, exempt, err = f.seatList(ctx, tx, camp)
		}
		return err
	})
	return p, list, exempt, err
}

func (f *Flow) trySeating(ctx context.Context, d *db.DB, camp rules.Campaign) error {
	p, list, exempt, err := f.listNow(ctx, d, camp)
	if err != nil {
		return err
	}
	return seating.Try(ctx, d, camp.ID, p, list, exempt, f.ms, func(tx *db.Tx, t seating.Trial) error {
		return f.write(ctx, tx, Hub(), journal.Entry{Act: journal.SeatingTrialDone, Subject: journal.Subject{Kind: journal.OfCampaign, ID: camp.ID}, Campaign: camp.ID, Division: camp.Province,
			Detail: map[string]string{"people": strconv.Itoa(t.People), "problems": strconv.Itoa(t.Figures.Problems)}})
	})
}

// freezeSeating reads the list of a version that was begun and writes it down. What an
// earlier reading left is taken back: the list is that of one moment.
func (f *Flow) freezeSeating(ctx context.Context, d *db.DB, camp rules.Campaign, v seating.Version) error {
	p, list, exempt, err := f.listNow(ctx, d, camp)
	if err != nil {
		return err
	}
	input := p.Input(list)
	if err := input.Check(); err != nil {
		if errors.Is(err, arrangement.ErrInput) {
			return d.Write(ctx, func(tx *db.Tx) error {
				return f.endSeating(ctx, tx, camp, v, seating.Unusable, "", err.Error(), Hub(), "")
			})
		}
		return err
	}
	digest := input.Digest()
	for more := true; more; {
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { more, err = seating.Unlist(ctx, tx, v.ID); return err }); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(list, seating.Batch) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return seating.List(ctx, tx, v.ID, some) }); err != nil {
			return err
		}
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := seating.Freeze(ctx, tx, v.ID, p, digest, len(list), exempt, input.Unmapped(), f.ms()); err != nil {
			return err
		}
		return f.writeSeating(ctx, tx, journal.SeatingFrozen, camp, v, "", map[string]string{"number": strconv.Itoa(v.Number), "people": strconv.Itoa(len(list)), "exempt": strconv.Itoa(exempt), "digest": fmt.Sprintf("%x", digest)}, Hub())
	})
}

// runSeating seats everybody and publishes it. In the transaction that makes it visible
// stand the journal's entry and the messages.
func (f *Flow) runSeating(ctx context.Context, d *db.DB, camp rules.Campaign, v seating.Version) error {
	return seating.Run(ctx, d, v.ID, f.ms, func(tx *db.Tx, v seating.Version) error {
		if err := notice.Begin(ctx, tx, roundSeats, v.ID, v.Published); err != nil {
			return fmt.Errorf("flow: seating: %w", err)
		}
		return f.writeSeating(ctx, tx, journal.SeatingPublished, camp, v, v.Why, map[string]string{"number": strconv.Itoa(v.Number),
			"seats": strconv.Itoa(v.Figures.Seats), "rooms": strconv.Itoa(v.Figures.Rooms), "root": fmt.Sprintf("%x", v.Root)}, Hub())
	})
}

func (f *Flow) ms() int64 { return f.Now().UnixMilli() }
