package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
	"zhunkao/protocol/identity"
)

const (
	// pageBytes is about how much a roster page holds before it is sealed.
	pageBytes = 60 << 10
	// scanEntries is how many entries of the journal one page looks at, and
	// stepEntries how many it reads at a time: a page is full long before when each
	// tells of another application, and what was read beyond its end is read again.
	scanEntries = 2000
	stepEntries = 32
	// emptyAfter is when a box is told that nothing of the journal so far
	// concerns it: its mark must move now and then, or a restarted hub would
	// read the whole journal again for every box. Up to what Welcome named it is
	// told at once: by that a box knows that its first roster is whole.
	emptyAfter = 5000
)

// page is a roster page being made.
type page struct {
	entries []protocol.RosterEntry
	places  map[string]protocol.Place // by code
	size    int
	to      uint64
	broken  error // why an entry was left out
}

// resting reports whether a box is not told of the journal yet, and has it queued
// when it may be.
func (d *Dispatch) resting(box string) bool {
	return d.claim(box, func(t *told) bool {
		rest := t.rest(time.Now())
		if rest > 0 && !t.resting {
			t.resting = true
			time.AfterFunc(rest, func() {
				d.claim(box, func(t *told) bool { t.resting = false; return true })
				d.work.add(box)
			})
		}
		return rest > 0
	})
}

// sendRoster says the next page of the roster, unless one is under way.
func (d *Dispatch) sendRoster(ctx context.Context, b fleet.Box) error {
	if d.resting(b.ID) {
		return nil
	}
	var mark, from, newest uint64
	if !d.claim(b.ID, func(t *told) bool {
		mark, from, newest = t.marks.Roster, t.scanned, t.newest
		underway := t.roster.to > mark && time.Since(t.roster.at) < t.roster.pause
		if t.roster.to > mark && !underway {
			from, t.scanned = mark, mark // it did not arrive: make it again, as things are now
		}
		return !underway
	}) || d.opts.Sealer.Head().Number <= from {
		return nil
	}
	v, err := d.shared.campaign(ctx)
	if err != nil || v.Campaign == "" {
		return err
	}
	p, err := d.makePage(ctx, b, v.Campaign, from)
	if err != nil {
		return err
	}
	if p.broken != nil {
		d.opts.Log.Error("roster entry left out", "worker", "dispatch", "box", b.ID, "error", p.broken.Error())
	}
	if len(p.entries)+len(p.places) == 0 && p.to-mark < emptyAfter && mark >= newest {
		d.claim(b.ID, func(t *told) bool { t.scanned = max(t.scanned, p.to); return true })
		if p.to < d.opts.Sealer.Head().Number {
			d.work.add(b.ID)
		}
		return nil
	}
	if !d.claim(b.ID, func(t *told) bool {
		if t.marks.Roster != mark || !t.roster.due(p.to, time.Now()) {
			return false
		}
		t.scanned = p.to
		return true
	}) {
		return nil
	}
	sealed, err := sealFor(b, protocol.KindRoster, protocol.RosterPage{Entries: p.entries, Places: p.sorted()})
	if err != nil {
		return err
	}
	return d.say(b.ID, protocol.KindRoster, protocol.Roster{Address: address(b), Campaign: v.Campaign, From: mark, To: p.to, Sealed: sealed})
}

// concerns reports whether an act changes what a box must know, and which
// application it is about.
func concerns(e journal.Sealed) (string, bool) {
	switch e.Act {
	case journal.ApplicationRegistered, journal.ApplicationEdited, journal.ApplicationMoved, journal.ApplicationWithdrawn, journal.ApplicationApart,
		journal.DataErased:
		return e.Subject.ID, true
	case journal.ConfirmationReceived, journal.ConfirmationVoided, journal.ConfirmationDecided,
		journal.PapersAccepted, journal.PapersReturned, journal.PapersRefused, journal.CardVerified, journal.CardDiffers:
		return e.Detail["application"], true
	case journal.RecordQuarantined: // a void that was refused: the mark it took away comes back
		return e.Detail["application"], e.Detail["application"] != ""
	}
	return "", false
}

// makePage looks at the journal after from and says, of each application that
// its entries concern, how it stands now. It ends at the size of a page, at
// the end of the journal, or after scanEntries.
func (d *Dispatch) makePage(ctx context.Context, b fleet.Box, campaign string, from uint64) (page, error) {
	p := page{to: from, places: map[string]protocol.Place{}}
	err := d.opts.DB.Read(ctx, func(tx *db.Tx) error {
		for range scanEntries / stepEntries {
			sealed, err := journal.After(ctx, tx, p.to, stepEntries)
			if err != nil {
				return err
			}
			if whole, err := d.addEntries(ctx, tx, &p, b, campaign, sealed); err != nil || !whole {
				return err
			}
			if len(sealed) < stepEntries {
				break
			}
		}
		return d.own(ctx, tx, &p, b)
	})
	if err != nil {
		return page{}, fmt.Errorf("dispatch: roster after %d: %w", from, err)
	}
	return p, nil
}

// addEntries adds what some entries of the journal lead to, each application once;
// false when the page is full before their end.
func (d *Dispatch) addEntries(ctx context.Context, tx *db.Tx, p *page, b fleet.Box, campaign string, sealed []journal.Sealed) (whole bool, err error) {
	about := make([]string, len(sealed)) // "": none that this box must know
	var ids []string
	for i, e := range sealed {
		if id, ok := concerns(e); ok && e.Campaign == campaign && id != "" && !slices.Contains(ids, id) {
			about[i], ids = id, append(ids, id)
		}
	}
	known, err := d.lookUp(ctx, tx, ids)
	if err != nil {
		return false, err
	}
	moved, freed := movedFrom(sealed, b.Point), takenBack(sealed)
	for i, e := range sealed {
		if err := d.changed(ctx, tx, p, b, e); err != nil {
			return false, err
		}
		if id := about[i]; id != "" {
			if p.size > pageBytes {
				return false, nil
			}
			if err := d.addApplication(ctx, tx, p, b, e.Number, id, known, moved[id], freed[id]); err != nil {
				return false, err
			}
		}
		p.to = e.Number
	}
	return true, nil
}

// movedFrom lists the applications that an entry says left this point.
func movedFrom(entries []journal.Sealed, point string) map[string]bool {
	out := map[string]bool{}
	for _, e := range entries {
		id, _ := concerns(e)
		switch e.Act {
		case journal.ApplicationMoved, journal.ConfirmationReceived, journal.ConfirmationDecided:
			if e.Detail["from"] == point {
				out[id] = true
			}
		}
	}
	return out
}

// takenBack lists the applications of which an entry says that a confirmation
// counts no more: a box forgets that they are confirmed.
func takenBack(entries []journal.Sealed) map[string]bool {
	out := map[string]bool{}
	for _, e := range entries {
		if e.Act == journal.ConfirmationVoided || e.Act == journal.ConfirmationDecided || e.Act == journal.PapersRefused {
			out[e.Detail["application"]] = true
		}
	}
	return out
}

// addApplication adds how one application stands now, as this box must know
// it: whole at its own point, a keyed mark everywhere else.
func (d *Dispatch) addApplication(ctx context.Context, tx *db.Tx, p *page, b fleet.Box, number uint64, id string, known known, left, freed bool) error {
	found, there := known.applications[id]
	if !there {
		return addErased(ctx, tx, p, number, id)
	}
	if freed && found.State != candidate.Confirmed {
		voided := protocol.ConfirmedMark{Application: id, Point: found.Point, Voided: true}
		if err := known.complete(&voided); err != nil {
			return err
		}
		p.add(protocol.RosterEntry{Version: number, Confirmed: &voided})
	}
	if found.Apart { // the number is somebody else's: by it boxes must find her
		p.add(protocol.RosterEntry{Version: number, Gone: id})
		return nil
	}
	mark := protocol.RosterKey{Key: d.opts.Keys.RosterKey(found.Campaign)}.Mark(found.Application.Number())
	if found.State == candidate.Withdrawn {
		p.add(protocol.RosterEntry{Version: number, Gone: id})
		p.add(protocol.RosterEntry{Version: number, Elsewhere: &protocol.ElsewhereMark{Key: mark, Point: found.Point, Gone: true}})
		return nil
	}
	if found.Point != b.Point {
		where, err := d.shared.point(ctx, tx, found.Point)
		if err != nil {
			return err
		}
		if left {
			p.add(protocol.RosterEntry{Version: number, Gone: id})
		}
		p.add(protocol.RosterEntry{Version: number, Elsewhere: &protocol.ElsewhereMark{Key: mark, Point: found.Point, PointName: where.Name}})
		p.place(where)
		return nil
	}
	// It may have stood elsewhere before; taking a mark back that the box does
	// not hold does no harm.
	p.add(protocol.RosterEntry{Version: number, Elsewhere: &protocol.ElsewhereMark{Key: mark, Point: found.Point, Gone: true}})
	p.add(protocol.RosterEntry{Version: number, Application: &found.Application})
	if found.State != candidate.Confirmed {
		return nil
	}
	confirmed := protocol.ConfirmedMark{Application: id, At: protocol.Time(found.ConfirmedAt), Point: found.ConfirmedPoint}
	if err := known.complete(&confirmed); err != nil {
		return err
	}
	p.add(protocol.RosterEntry{Version: number, Confirmed: &confirmed})
	return nil
}

// addErased has a box forget an application that was erased, and the mark by
// which it knows the number, if it has either.
func addErased(ctx context.Context, tx *db.Tx, p *page, number uint64, id string) error {
	e, err := candidate.GetErased(ctx, tx, id)
	if errors.Is(err, candidate.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.add(protocol.RosterEntry{Version: number, Gone: id})
	if len(e.Mark) > 0 {
		p.add(protocol.RosterEntry{Version: number, Elsewhere: &protocol.ElsewhereMark{Key: e.Mark, Point: e.Point, Gone: true}})
	}
	return nil
}

// Mark gives how the boxes of a campaign know a number that is registered
// elsewhere.
func Mark(ring *keys.Ring) func(campaign string, n identity.Number) []byte {
	return func(campaign string, n identity.Number) []byte {
		return protocol.RosterKey{Key: ring.RosterKey(campaign)}.Mark(n)
	}
}

// add counts sizes by encoding, for a page must fit a message. What cannot be
// encoded is left out: one broken entry must not keep a point from its roster.
func (p *page) add(e protocol.RosterEntry) {
	raw, err := protocol.Encode(protocol.RosterPage{Entries: []protocol.RosterEntry{e}})
	if err != nil {
		p.broken = err
		return
	}
	p.entries = append(p.entries, e)
	p.size += len(raw)
}
