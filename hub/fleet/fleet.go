package fleet

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"zhunkao/hub/db"
)

// Options configures Open.
type Options struct {
	DB  *db.DB
	Now func() time.Time // civil time
	// OnState is called after a box's state or epoch has changed, here or, as
	// seen at the next look, at another hub: to cut sessions, to tell the box.
	// It must not wait.
	OnState func(Box)
	Log     *slog.Logger
}

const (
	// keepEvery is how often what boxes said goes to the database, and keepShared
	// where other hubs read it there.
	keepEvery  = 30 * time.Second
	keepShared = 10 * time.Second
	// lookEvery is how often the stored boxes are read again, for another hub on
	// the same database may have frozen or revoked a box (S20: within 60 s), or
	// heard it: with heartbeats every 15 s nobody is called silent who spoke there.
	lookEvery = 10 * time.Second
	// renewEvery is how often at most one box is looked for by itself.
	renewEvery = time.Second
	// mostRenewed bounds for how many that is remembered.
	mostRenewed = 10_000
	// listenEvery is how often the fleet is searched for boxes gone silent.
	listenEvery = 5 * time.Second
)

// Fleet is the hub's live view of its boxes. It is safe for concurrent use.
type Fleet struct {
	opts Options

	mu      sync.Mutex // guards all below
	boxes   map[string]*entry
	renewed map[string]time.Time
	changed chan struct{}
}

type entry struct {
	Box
	key   *ecdsa.PublicKey
	dirty bool
}

// Open reads all boxes.
func Open(ctx context.Context, opts Options) (*Fleet, error) {
	if opts.OnState == nil {
		opts.OnState = func(Box) {}
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	f := &Fleet{opts: opts, boxes: map[string]*entry{}, renewed: map[string]time.Time{}, changed: make(chan struct{})}
	return f, f.look(ctx)
}

// Run keeps memory and database together until ctx ends, and writes once more
// on the way out.
func (f *Fleet) Run(ctx context.Context) error {
	every := keepEvery
	if f.opts.DB.Kind() == db.PostgreSQL {
		every = keepShared
	}
	keeping, looking, listening := time.NewTicker(every), time.NewTicker(lookEvery), time.NewTicker(listenEvery)
	defer keeping.Stop()
	defer looking.Stop()
	defer listening.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return f.keep(last)
		case <-keeping.C:
			err = f.keep(ctx)
		case <-looking.C:
			err = f.look(ctx)
		case <-listening.C:
			f.listen()
		}
		if err != nil {
			f.opts.Log.Warn("fleet: will be tried again", "worker", "fleet", "error", err.Error())
		}
	}
}

// listen marks the boxes that have said nothing for too long.
func (f *Fleet) listen() {
	f.mu.Lock()
	defer f.mu.Unlock()
	any := false
	for _, e := range f.boxes {
		if !e.Live.Silent && time.Since(e.Live.Heard) > SilentAfter {
			e.Live.Silent, any = true, true
		}
	}
	if any {
		f.announce()
	}
}

// look reads the stored boxes and takes over states and epochs.
func (f *Fleet) look(ctx context.Context) error {
	var stored []Box
	err := f.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		stored, err = All(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range stored {
		if err := f.take(b); err != nil {
			return err
		}
	}
	return nil
}

// take brings a stored box into memory; what it said last in memory stays when
// it is newer and of the same epoch.
func (f *Fleet) take(b Box) error {
	key, err := parseKey(b.DeviceKey)
	if err != nil {
		return fmt.Errorf("fleet: box %s: %w", b.ID, err)
	}
	f.mu.Lock()
	old, known := f.boxes[b.ID]
	if known && old.Epoch > b.Epoch || known && old.Epoch == b.Epoch && old.StateAt > b.StateAt {
		f.mu.Unlock() // an older look
		return nil
	}
	woken := false
	moved := !known || old.State != b.State || old.Epoch != b.Epoch
	e := &entry{Box: b, key: key}
	if known && old.Epoch == b.Epoch && old.Live.Seen >= b.Live.Seen {
		e.Live, e.Marks, e.Head, e.Held = old.Live, old.Marks, old.Head, max(old.Held, b.Held)
		e.dirty = old.dirty
	} else if known && old.Epoch == b.Epoch {
		e.Held = max(old.Held, b.Held) // another hub heard it later
		woken = old.Live.Silent && !e.Live.Silent
	}
	e.Live.Silent = e.Live.Heard.IsZero() || e.Live.Silent
	f.boxes[b.ID] = e
	if moved || woken {
		f.announce()
	}
	f.mu.Unlock()
	if moved && known {
		f.opts.OnState(b)
	}
	return nil
}

// Renew looks at one box in the database, for it may have been enrolled at
// another hub a moment ago; true when that is news here. It looks for one box
// once a second at most.
func (f *Fleet) Renew(ctx context.Context, id string) bool {
	f.mu.Lock()
	if time.Since(f.renewed[id]) < renewEvery {
		f.mu.Unlock()
		return false
	}
	if len(f.renewed) >= mostRenewed {
		clear(f.renewed)
	}
	f.renewed[id] = time.Now()
	f.mu.Unlock()
	var b Box
	err := f.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		b, err = Get(ctx, tx, id)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return false
	}
	old, known := f.Box(id)
	if err == nil {
		err = f.take(b)
	}
	if err != nil {
		f.opts.Log.Warn("fleet: will be tried again", "worker", "fleet", "box", id, "error", err.Error())
		return false
	}
	return !known || old.Epoch != b.Epoch || old.State != b.State
}

func parseKey(der []byte) (*ecdsa.PublicKey, error) {
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := pub.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("device key is a %T", pub)
	}
	return key, nil
}

// announce wakes everyone who waits on Changed. The lock is held.
func (f *Fleet) announce() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Changed is closed at the next change of any box.
func (f *Fleet) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// Snapshot gives every box as it is now, by point and unit.
func (f *Fleet) Snapshot() []Box {
	f.mu.Lock()
	out := make([]Box, 0, len(f.boxes))
	for _, e := range f.boxes {
		out = append(out, e.Box)
	}
	f.mu.Unlock()
	slices.SortFunc(out, func(a, b Box) int {
		if c := strings.Compare(a.Point, b.Point); c != 0 {
			return c
		}
		return int(a.Unit) - int(b.Unit)
	})
	return out
}

// Box gives one box as it is now.
func (f *Fleet) Box(id string) (Box, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.boxes[id]; ok {
		return e.Box, true
	}
	return Box{}, false
}

// Key gives the key that box signs with in its present epoch.
func (f *Fleet) Key(id string) (*ecdsa.PublicKey, Box, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.boxes[id]; ok {
		return e.key, e.Box, true
	}
	return nil, Box{}, false
}

// Admit says whether the holder of a certificate may open a connection: a
// known box, not revoked, with the key of its present epoch. Frozen boxes come
// in, to drain.
func (f *Fleet) Admit(id string, cert *x509.Certificate) error {
	err := f.admit(id, cert)
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), admitPatience)
	defer cancel()
	if !f.Renew(ctx, id) { // it may have been enrolled at another hub
		return err
	}
	return f.admit(id, cert)
}

// admitPatience is how long a box waits until the database has been asked.
const admitPatience = 3 * time.Second

func (f *Fleet) admit(id string, cert *x509.Certificate) error {
	key, b, ok := f.Key(id)
	switch {
	case !ok:
		return ErrNotFound
	case b.State == Revoked:
		return fmt.Errorf("%w: revoked", ErrState)
	case !key.Equal(cert.PublicKey):
		return fmt.Errorf("%w: certificate of an ended epoch", ErrState)
	}
	return nil
}

// Word is what a box said of itself.
type Word struct {
	Epoch uint32
	Marks Marks
	Head  uint64
	Live  Live
}

// Say takes the newest word of a box; its Seen is set here.
func (f *Fleet) Say(id string, w Word) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.boxes[id]
	if !ok || e.Epoch != w.Epoch {
		return
	}
	// Later than what it said before, whatever the clock does meanwhile: by this
	// the newer word is told from the older.
	w.Live.Seen, w.Live.Heard, w.Live.Silent = max(f.opts.Now().UnixMilli(), e.Live.Seen+1), time.Now(), false
	w.Head = min(w.Head, math.MaxInt64) // what a database holds; a box that claims more keeps nobody from reading it
	if w.Live.Software == "" {          // heartbeats do not repeat what hello said
		w.Live.Software, w.Live.Boot = e.Live.Software, max(w.Live.Boot, e.Live.Boot)
		w.Live.Desk, w.Live.DeskPort = e.Live.Desk, e.Live.DeskPort
	}
	e.Live, e.Marks, e.Head, e.dirty = w.Live, w.Marks, w.Head, true
	f.announce()
}

// Hold records that the hub holds every sequence of the epoch up to held.
func (f *Fleet) Hold(id string, epoch uint32, held uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.boxes[id]; ok && e.Epoch == epoch && held > e.Held {
		e.Held, e.dirty = held, true
		e.Head = max(e.Head, held)
		f.announce()
	}
}

// keep writes every box that said something since the last time.
func (f *Fleet) keep(ctx context.Context) error {
	f.mu.Lock()
	var dirty []Box
	for _, e := range f.boxes {
		if e.dirty {
			dirty = append(dirty, e.Box)
			e.dirty = false
		}
	}
	f.mu.Unlock()
	if len(dirty) == 0 {
		return nil
	}
	slices.SortFunc(dirty, func(a, b Box) int { return strings.Compare(a.ID, b.ID) }) // one order: no deadlock between hubs
	err := f.opts.DB.Write(ctx, func(tx *db.Tx) error {
		for _, b := range dirty {
			if err := keep(ctx, tx, b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		f.mu.Lock()
		for _, b := range dirty {
			f.boxes[b.ID].dirty = true
		}
		f.mu.Unlock()
	}
	return err
}
