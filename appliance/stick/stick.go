package stick

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/store"
	"zhunkao/hw/fault"
	hw "zhunkao/hw/stick"
	"zhunkao/protocol"
)

const (
	// MaxBehind is how far the stick may lie behind the disk.
	MaxBehind = 10 * time.Second
	// again is how often is tried what could not be done.
	again = 5 * time.Second
	// fileSize is about how long a file becomes, in bytes.
	fileSize = 32 << 20
)

// Trouble is what is wrong with the stick, a word for the technician.
type Trouble string

// The troubles.
const (
	None     Trouble = ""
	NoStick  Trouble = "no stick"
	Full     Trouble = "stick full"
	ReadOnly Trouble = "stick read only"
	Unusable Trouble = "stick unusable" // no file system that is known, or no right to it
	Failing  Trouble = "stick fails"    // it answers with errors
	Behind   Trouble = "stick behind"   // slow, or hanging
)

// Troubles lists every one that stands in a heartbeat.
func Troubles() []Trouble { return []Trouble{Full, ReadOnly, Unusable, Failing, Behind} }

// State is how the stick stands.
type State struct {
	Trouble Trouble
	Lacking int           // records that are here and not on it
	Since   time.Duration // how long that has been so, 0 when none is
}

// Options configure a Keeper. Store, Box and Sticks are required.
type Options struct {
	Store  *store.Store
	Box    protocol.BoxID
	Sticks <-chan hw.Event
	// Changed is called when Trouble has become another; it must not wait.
	Changed func(State)
	// Tidy is how often is looked for files that are needed no more; 0 is a minute.
	Tidy time.Duration
	Log  *slog.Logger // nil is slog.Default()
}

// Keeper writes the journal. It is made by New; Run works, the rest may be called
// from anywhere.
type Keeper struct {
	opt  Options
	kick chan struct{}

	mu      sync.Mutex // guards what follows
	trouble Trouble
	lacking int
	since   time.Time // when the first of these was sealed, or came to be lacking; zero when none is
	said    Trouble
}

// New makes a Keeper.
func New(o Options) *Keeper {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Changed == nil {
		o.Changed = func(State) {}
	}
	if o.Tidy == 0 {
		o.Tidy = time.Minute
	}
	return &Keeper{opt: o, kick: make(chan struct{}, 1), trouble: NoStick, said: NoStick}
}

// Sealed says that there is a new record. It does not wait.
func (k *Keeper) Sealed() {
	k.mu.Lock()
	k.lacking++
	if k.since.IsZero() {
		k.since = time.Now()
	}
	k.mu.Unlock()
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// State says how it stands now. It waits for no stick.
func (k *Keeper) State() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := State{Trouble: k.trouble, Lacking: k.lacking}
	if !k.since.IsZero() {
		s.Since = time.Since(k.since)
	}
	if s.Trouble == None && s.Since > MaxBehind {
		s.Trouble = Behind
	}
	return s
}

// Run keeps the journal until ctx ends. Errors: store.ErrBroken, that of ctx.
func (k *Keeper) Run(ctx context.Context) error {
	var at *shelf // nil: no stick
	defer func() { at.close() }()
	t := time.NewTicker(again)
	defer t.Stop()
	tidied := time.Time{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-k.opt.Sticks:
			if !ok {
				return errors.New("stick: nobody tells of sticks any more")
			}
			at.close()
			at = nil
			if e.Dir != "" {
				at = newShelf(e.Dir, k.opt.Box)
			}
			k.set(troubleOf(e))
			if err := k.count(nil, false, time.Now()); err != nil { // until it has been read nothing is on it
				return err
			}
		case <-k.kick:
		case <-t.C:
		}
		var err error
		if at != nil {
			if err = k.write(ctx, at); err == nil && time.Since(tidied) > k.opt.Tidy {
				tidied = time.Now()
				err = k.tidy(at)
			}
			if errors.Is(err, store.ErrBroken) {
				return err
			}
			if err != nil && ctx.Err() == nil {
				k.opt.Log.Warn("the stick is not written to; it is tried again", "err", err)
			}
			k.set(troubleIn(err))
		} else if err = k.count(nil, false, time.Now()); err != nil {
			return err
		}
		k.tell()
	}
}

// troubleOf is what an event of the port says.
func troubleOf(e hw.Event) Trouble {
	switch {
	case e.Dir != "":
		return None
	case e.Fault == nil:
		return NoStick
	case errors.Is(e.Fault, hw.ErrReadOnly):
		return ReadOnly
	case errors.Is(e.Fault, fault.Device):
		return Failing
	}
	return Unusable
}

// troubleIn is what an error of the stick's files says.
func troubleIn(err error) Trouble {
	switch {
	case err == nil:
		return None
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG):
		return Full
	case errors.Is(err, unix.EROFS):
		return ReadOnly
	}
	return Failing
}

func (k *Keeper) set(t Trouble) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trouble = t
}

// tell says when it stands otherwise than it did.
func (k *Keeper) tell() {
	s := k.State()
	k.mu.Lock()
	changed := s.Trouble != k.said
	k.said = s.Trouble
	k.mu.Unlock()
	if changed {
		k.opt.Log.Info("stick", "trouble", string(s.Trouble), "lacking", s.Lacking)
		k.opt.Changed(s)
	}
}

// count finds how many records are not on the stick; on is what is. done: all that
// was here at began is.
func (k *Keeper) count(on map[store.Place]bool, done bool, began time.Time) error {
	places, err := k.opt.Store.Places()
	if err != nil {
		return err
	}
	n := 0
	for _, p := range places {
		if !on[p] {
			n++
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lacking = n
	switch {
	case n == 0:
		k.since = time.Time{}
	case done || k.since.IsZero():
		k.since = began
	}
	return nil
}

// write brings what is lacking onto the stick, in order.
func (k *Keeper) write(ctx context.Context, at *shelf) error {
	began := time.Now()
	whole, err := k.fill(ctx, at)
	return errors.Join(err, k.count(at.on, whole && err == nil, began))
}

// fill writes it; whole: nothing was passed over. Its error is the stick's, or
// store.ErrBroken.
func (k *Keeper) fill(ctx context.Context, at *shelf) (whole bool, err error) {
	if err := at.read(ctx, k.opt.Store); err != nil {
		return false, err
	}
	places, err := k.opt.Store.Places()
	if err != nil {
		return false, err
	}
	whole = true
	for _, p := range places {
		if at.on[p] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		kept, err := k.opt.Store.KeptAt(p)
		switch {
		case errors.Is(err, store.ErrBroken):
			return false, err
		case errors.Is(err, store.ErrNotFound) && kept.Record.Envelope == nil:
			continue // let go of meanwhile
		case err != nil: // it blocks nothing behind it
			k.opt.Log.Error("a record cannot be read for the stick; the others go on", "sequence", p.Sequence, "err", err)
			whole = false
			continue
		}
		err = at.append(p, kept)
		if errors.Is(err, unix.ENOSPC) { // perhaps something on it is needed no more
			if err = k.tidy(at); err == nil {
				err = at.append(p, kept)
			}
		}
		if err != nil {
			return false, err
		}
	}
	return whole, nil
}

// tidy removes files of which the store holds nothing any more.
func (k *Keeper) tidy(at *shelf) error {
	places, err := k.opt.Store.Places()
	if err != nil {
		return err
	}
	here := make(map[store.Place]bool, len(places))
	for _, p := range places {
		here[p] = true
	}
	return at.tidy(here)
}
