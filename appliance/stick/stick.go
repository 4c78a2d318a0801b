package stick

import (
	"context"
	"errors"
	"log/slog"
	"os"
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
	Lacking int   // records that are durable here and not on it
	Bytes   int64 // of these, with all that belongs to them
	// Behind is how long the one of them that waits longest has: since it was
	// sealed, or since the stick came, whichever is later. 0 when none is.
	Behind time.Duration
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
	lag  lag
	put  func(f *os.File, b []byte) error // writes and syncs; another only in tests

	atOnce int // of the goroutine of Run: how much is written with one sync, in bytes

	mu      sync.Mutex // guards what follows
	trouble Trouble
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
	return &Keeper{opt: o, kick: make(chan struct{}, 1), put: put, trouble: NoStick, said: NoStick}
}

// put makes bytes durable at the end of a file.
func put(f *os.File, b []byte) error {
	if _, err := f.Write(b); err != nil {
		return err
	}
	return f.Sync()
}

// Sealed says that there is a new record, which is durable here. It does not wait.
func (k *Keeper) Sealed() {
	k.lag.sealed(time.Now())
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// State says how it stands now. It waits for no stick.
func (k *Keeper) State() State {
	var s State
	s.Lacking, s.Bytes, s.Behind = k.lag.figure(time.Now())
	k.mu.Lock()
	s.Trouble = k.trouble
	k.mu.Unlock()
	if s.Trouble == None && s.Behind > MaxBehind {
		s.Trouble = Behind
	}
	return s
}

// Run keeps the journal until ctx ends. Errors: store.ErrBroken, that of ctx.
func (k *Keeper) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer stop()
	watch.Go(func() { k.watch(ctx) })
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
				at, k.atOnce = newShelf(e.Dir, k.opt.Box, k.put), leastAtOnce
			}
			k.lag.came()
			if _, _, err := k.lag.reckon(k.opt.Store, nil, time.Now()); err != nil { // until it has been read nothing is on it
				return err
			}
			k.set(troubleOf(e))
		case <-k.kick:
		case <-t.C:
		}
		var err error
		if at != nil {
			if err = k.fill(ctx, at); err == nil && time.Since(tidied) > k.opt.Tidy {
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
		} else if _, _, err = k.lag.reckon(k.opt.Store, nil, time.Now()); err != nil {
			return err
		}
		k.tell()
	}
}

// look is how often is looked whether the stick has fallen behind: the writer
// cannot say so while it hangs in a write.
const look = time.Second

func (k *Keeper) watch(ctx context.Context) {
	t := time.NewTicker(look)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			k.tell()
		}
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
		k.opt.Log.Info("stick", "trouble", string(s.Trouble), "lacking", s.Lacking, "bytes", s.Bytes, "behind_ms", s.Behind.Milliseconds())
		k.opt.Changed(s)
	}
}

// fill brings onto the stick what is lacking, what is new before what is old. Its
// error is the stick's, or store.ErrBroken.
func (k *Keeper) fill(ctx context.Context, at *shelf) error {
	if err := at.open(); err != nil {
		return err
	}
	for at.unread() { // a long journal takes its time: what is new goes between its files
		todo, fresh, err := k.lag.reckon(k.opt.Store, at.on, time.Now())
		if err == nil {
			err = k.write(ctx, at, todo[:fresh])
		}
		if err == nil {
			err = at.learn(ctx, k.opt.Store)
		}
		if err != nil {
			return err
		}
	}
	for {
		todo, _, err := k.lag.reckon(k.opt.Store, at.on, time.Now())
		if err == nil {
			err = k.write(ctx, at, todo)
		}
		if err != nil || !k.lag.new() {
			return err
		}
	}
}

// How many bytes of records are written with one sync, about; one record is
// always. It begins with the least, is doubled while that takes a stick less than
// brisk, and halved when it takes longer than slow: a new record never waits long
// for old ones, on whatever stick.
const (
	leastAtOnce = 64 << 10
	mostAtOnce  = 1 << 20
	brisk       = 500 * time.Millisecond
	slow        = 2 * time.Second
)

// pace takes how long one write took.
func (k *Keeper) pace(took time.Duration) {
	switch {
	case took < brisk:
		k.atOnce = min(2*k.atOnce, mostAtOnce)
	case took > slow:
		k.atOnce = max(k.atOnce/2, leastAtOnce)
	}
}

// write brings records onto the stick, in their order, at least some of them, and
// no more when a newer one is there.
func (k *Keeper) write(ctx context.Context, at *shelf, todo []store.Place) error {
	for first := true; len(todo) > 0 && ctx.Err() == nil && (first || !k.lag.new()); first = false {
		some, err := k.take(&todo)
		if err != nil {
			return err
		}
		for len(some) > 0 {
			n, began := len(some), time.Now()
			err := at.append(some)
			if errors.Is(err, unix.ENOSPC) { // perhaps something on it is needed no more, or one alone finds room
				if n, err = 1, k.tidy(at); err == nil {
					err = at.append(some[:n])
				}
			}
			if err != nil {
				return err
			}
			for _, one := range some[:n] {
				k.lag.written(one.place)
			}
			some = some[n:]
			k.pace(time.Since(began))
		}
	}
	return ctx.Err()
}

// take takes the next records for the stick off a list. What was let go of
// meanwhile is passed over, and what cannot be read: it blocks nothing behind it.
// Error: store.ErrBroken.
func (k *Keeper) take(todo *[]store.Place) (some []piece, err error) {
	for size := 0; len(*todo) > 0 && size < k.atOnce; *todo = (*todo)[1:] {
		p := (*todo)[0]
		kept, err := k.opt.Store.KeptAt(p)
		switch {
		case errors.Is(err, store.ErrBroken):
			return nil, err
		case errors.Is(err, store.ErrNotFound) && kept.Record.Envelope == nil:
		case err != nil:
			k.opt.Log.Error("a record cannot be read for the stick; the others go on", "sequence", p.Sequence, "err", err)
		default:
			some = append(some, piece{p, kept})
			for _, b := range kept.Parts {
				size += len(b)
			}
		}
	}
	return some, nil
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
