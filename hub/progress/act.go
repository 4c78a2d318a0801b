package progress

import (
	"context"
	"fmt"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Figures are what is counted. Confirmed are the confirmations that stand: in
// force, or with a time that is still to be judged, but none that is disputed or
// voided; each is counted where it was made. An application is counted where it
// is registered now. Begun are those who have begun to fill in at the portal, each
// at the point that the form named last before it was first submitted: they were
// not registered by an office, and most of them are registered by now.
type Figures struct {
	Registered, Confirmed, Paid, Begun int64
}

// Add gives the sum.
func (f Figures) Add(o Figures) Figures {
	return Figures{f.Registered + o.Registered, f.Confirmed + o.Confirmed, f.Paid + o.Paid, f.Begun + o.Begun}
}

// less gives the difference.
func (f Figures) less(o Figures) Figures {
	return f.Add(Figures{-o.Registered, -o.Confirmed, -o.Paid, -o.Begun})
}

// rule says what an act changes.
type rule struct {
	adds  Figures // at the point and level that the entry names
	left  bool    // what it adds goes from the detail "from", if that is there
	moves bool    // the registration goes with the details "from" and "from-level", if they are there
	// standing makes it count only if this detail says that the confirmation
	// stands, or stood; "" is always.
	standing string
	// earlier takes the level from the entry that brought the confirmation in:
	// whoever disputes it has not opened it.
	earlier bool
	// settles counts what came to stand, or does not any more, by both details.
	settles bool
}

// ruleOf is the table of what counts. An act that is not in it changes no
// number.
func ruleOf(act journal.Act) (rule, bool) {
	switch act {
	case journal.ApplicationRegistered:
		return rule{adds: Figures{Registered: 1}}, true
	case journal.ApplicationWithdrawn:
		return rule{adds: Figures{Registered: -1}}, true
	case journal.ApplicationEdited, journal.ApplicationMoved:
		return rule{moves: true}, true
	case journal.ConfirmationReceived:
		return rule{adds: Figures{Confirmed: 1}, moves: true, standing: journal.DetailState}, true
	case journal.ConfirmationDisputed, journal.ConfirmationVoided, journal.PapersRefused:
		return rule{adds: Figures{Confirmed: -1}, standing: journal.DetailStood, earlier: true}, true
	case journal.ConfirmationDecided:
		return rule{adds: Figures{Confirmed: 1}, moves: true, earlier: true, settles: true}, true
	case journal.DraftPlaced:
		return rule{adds: Figures{Begun: 1}, left: true}, true
	case journal.OrderPaid:
		return rule{adds: Figures{Paid: 1}}, true
	case journal.OrderRefunded, journal.PaymentReverted:
		return rule{adds: Figures{Paid: -1}}, true
	}
	return rule{}, false
}

// change is what one entry adds at one place. Hours are counted from 1970, UTC.
type change struct {
	campaign, point, level string
	hour                   int64
	Figures
}

// changes gives what an entry changes; tx is asked only for what the entry does
// not say itself.
func changes(ctx context.Context, tx *db.Tx, e journal.Entry) ([]change, error) {
	r, ok := ruleOf(e.Act)
	if !ok || e.Result != "" || e.Campaign == "" || len(e.Point) <= divisionDigits {
		return nil, nil
	}
	here := change{campaign: e.Campaign, point: e.Point, level: e.Detail[journal.DetailLevel], hour: hourOf(e.At.UnixMilli())}
	var out []change
	if from, was := e.Detail[journal.DetailFrom], e.Detail[journal.DetailFromLevel]; r.moves && (from != "" || was != "") {
		left, came := here, here
		if len(from) > divisionDigits {
			left.point = from
		}
		if was != "" {
			left.level = was
		}
		left.Registered, came.Registered = -1, 1
		out = append(out, left, came)
	}
	adds := r.adds
	if r.settles {
		switch was, is := stands(e.Detail[journal.DetailStood]), stands(e.Detail[journal.DetailState]); {
		case was && !is:
			adds = Figures{}.less(adds)
		case was == is:
			adds = Figures{}
		}
	}
	if adds == (Figures{}) || r.standing != "" && !stands(e.Detail[r.standing]) {
		return out, nil
	}
	if r.earlier {
		level, err := levelBefore(ctx, tx, e.Subject)
		if err != nil {
			return nil, err
		}
		here.level = level
	}
	here.Figures = adds
	if from := e.Detail[journal.DetailFrom]; r.left && len(from) > divisionDigits {
		before := here
		before.point, before.Figures = from, Figures{}.less(r.adds)
		out = append(out, before)
	}
	return append(out, here), nil
}

func stands(state string) bool {
	return state == string(confirmation.InForce) || state == string(confirmation.TimePending)
}

// levelBefore is the level under which a confirmation was counted.
func levelBefore(ctx context.Context, tx *db.Tx, s journal.Subject) (string, error) {
	entries, err := journal.Of(ctx, tx, s)
	if err != nil {
		return "", fmt.Errorf("progress: %w", err)
	}
	for _, e := range entries {
		if e.Act == journal.ConfirmationReceived {
			return e.Detail[journal.DetailLevel], nil
		}
	}
	return "", nil
}

const divisionDigits = 6 // a point's code is that of its county and more (org.CreatePoint)

const hourMS = 3600 * 1000

func hourOf(ms int64) int64 {
	h := ms / hourMS
	if ms%hourMS < 0 {
		h--
	}
	return h
}
