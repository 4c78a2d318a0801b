package storage

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
)

// The rims, in hundredths of the room there is.
const (
	Full  = 80 // an alarm begins at or above this (S31)
	Eased = 75 // and ends below this
)

// lookEvery is the pace of looking. A disk of 20 GB that fills at 100 MB a
// second goes from the alarm to full in 40 s.
const lookEvery = 15 * time.Second

// Place is what fills.
type Place string

// The places.
const (
	Disk         Place = "disk"          // file system of the data directory
	Broker       Place = "broker"        // store of the embedded broker, against its bound
	Database     Place = "database"      // size of the database, against the room it was given
	DatabaseDisk Place = "database-disk" // file system of an SQLite file that lies elsewhere
)

// Reading is how full a place is, in bytes.
type Reading struct{ Used, Limit uint64 }

// Percent gives the used part in hundredths, rounded down: 80 is reached, not
// nearly reached. Without a limit it is 0.
func (r Reading) Percent() int {
	if r.Limit == 0 {
		return 0
	}
	return int(float64(min(r.Used, r.Limit)) / float64(r.Limit) * 100)
}

// Probe reads one place.
type Probe struct {
	Place Place
	// Of names the one place among several hubs on one database; "" is a place
	// that all share.
	Of   string
	Read func(context.Context) (Reading, error)
}

// State is one place as it was last seen.
type State struct {
	Place Place
	Reading
	Percent int
	Alarm   bool
}

// Options configure a Watch; all fields but Log are required.
type Options struct {
	DB     *db.DB
	Flow   *flow.Flow
	Probes []Probe
	Log    *slog.Logger // nil discards
}

// Watch looks at places. It is safe for concurrent use.
type Watch struct {
	opts Options

	mu     sync.Mutex // guards what follows
	places []place
}

type place struct {
	State
	noted bool // an alarm is what the journal last said of it
	blind bool // it could not be read; said once
}

// Open takes up the alarms where the journal left them, and looks once.
func Open(ctx context.Context, o Options) (*Watch, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Watch{opts: o}
	for _, p := range o.Probes {
		was, err := o.DB.Meta(ctx, p.meta())
		if err != nil {
			return nil, fmt.Errorf("storage: %w", err)
		}
		w.places = append(w.places, place{State: State{Place: p.Place, Alarm: was == metaAlarm}, noted: was == metaAlarm})
	}
	w.Look(ctx)
	return w, nil
}

const metaAlarm = "alarm"

// meta is where the database remembers what was journalled last.
func (p Probe) meta() string {
	if p.Of == "" {
		return "storage." + string(p.Place)
	}
	return "storage." + string(p.Place) + "." + p.Of
}

// Run looks again and again until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			w.Look(ctx)
		}
	}
}

// Look reads every place now.
func (w *Watch) Look(ctx context.Context) {
	for i, p := range w.opts.Probes {
		r, err := p.Read(ctx)
		if ctx.Err() != nil {
			return
		}
		if state, due := w.take(i, r, err); due {
			w.note(ctx, i, state)
		}
	}
}

// take brings one reading in and says whether the journal has to be told.
func (w *Watch) take(i int, r Reading, err error) (State, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &w.places[i]
	if err != nil {
		if !p.blind {
			w.opts.Log.Warn("storage: a place cannot be read", "worker", "storage", "place", string(p.Place), "error", err.Error())
		}
		p.blind = true
		return p.State, p.Alarm != p.noted
	}
	was := p.Alarm
	p.blind, p.Reading, p.Percent = false, r, r.Percent()
	if was {
		p.Alarm = p.Percent >= Eased
	} else {
		p.Alarm = p.Percent >= Full
	}
	if p.Alarm != was {
		say := w.opts.Log.Info
		text := "storage: there is room again"
		if p.Alarm {
			say, text = w.opts.Log.Warn, "storage: a place is filling up"
		}
		say(text, "worker", "storage", "place", string(p.Place), "percent", p.Percent, "used", r.Used, "limit", r.Limit)
	}
	return p.State, p.Alarm != p.noted
}

// note journals a change, unless another hub on this database has.
func (w *Watch) note(ctx context.Context, i int, s State) {
	probe, want := w.opts.Probes[i], ""
	if s.Alarm {
		want = metaAlarm
	}
	err := w.opts.DB.Write(ctx, func(tx *db.Tx) error {
		is, err := tx.Meta(ctx, probe.meta())
		if err != nil || is == want {
			return err
		}
		detail := map[string]string{"place": string(s.Place), "percent": strconv.Itoa(s.Percent)}
		if err := w.opts.Flow.SeeStorage(ctx, tx, s.Alarm, detail); err != nil {
			return err
		}
		return tx.SetMeta(ctx, probe.meta(), want)
	})
	if err != nil {
		w.opts.Log.Error("storage: the alarm is not journalled yet", "worker", "storage", "place", string(s.Place), "error", err.Error())
		return
	}
	w.mu.Lock()
	w.places[i].noted = s.Alarm
	w.mu.Unlock()
}

// States gives every place as it was last seen.
func (w *Watch) States() []State {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]State, 0, len(w.places))
	for _, p := range w.places {
		out = append(out, p.State)
	}
	return out
}

// Alarms gives the places that are filling up.
func (w *Watch) Alarms() []State {
	var out []State
	for _, s := range w.States() {
		if s.Alarm {
			out = append(out, s)
		}
	}
	return out
}
