package dispatch

import (
	"context"
	"crypto/ecdh"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/hub/ticket"
	"zhunkao/protocol"
)

// Options configures New; all fields but Staff, Tickets and Log are required.
type Options struct {
	DB         *db.DB
	Keys       *keys.Ring
	Candidates *candidate.Store
	Fleet      *fleet.Fleet
	Staff      *staff.Desk  // who works at a point; nil: nobody travels to the boxes
	Tickets    *ticket.Desk // of a point's candidates; nil: none travel
	Sealer     *journal.Sealer
	Now        func() time.Time // civil time
	Log        *slog.Logger
}

const (
	// queueLen bounds what waits for the connection; beyond it is dropped.
	queueLen = 4096
)

// Dispatch speaks to the boxes. It is safe for concurrent use.
type Dispatch struct {
	opts           Options
	out            chan outgoing
	dropped        atomic.Uint64
	said, receipts atomic.Uint64
	shared         *shared
	backups        atomic.Pointer[backups] // nil: none is finished, or it was not read yet

	mu    sync.Mutex // guards boxes
	boxes map[string]*told
	work  *queue

	staffMu    sync.Mutex // guards staffLists
	staffLists map[string]staffList

	ticketMu    sync.Mutex // guards ticketLists
	ticketLists map[string]ticketList
}

type outgoing struct {
	topic   string
	payload []byte
}

// New makes a Dispatch; Run starts it.
func New(o Options) *Dispatch {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Dispatch{opts: o, out: make(chan outgoing, queueLen), boxes: map[string]*told{}, work: newQueue(),
		shared: newShared(o), staffLists: map[string]staffList{}, ticketLists: map[string]ticketList{}}
}

// Publish puts one message on the wire, or says that it could not.
type Publish func(topic string, payload []byte) error

// Run serves until ctx ends; publish is called by one goroutine at a time.
func (d *Dispatch) Run(ctx context.Context, publish Publish) error {
	var wg sync.WaitGroup
	for range rosterWorkers {
		wg.Go(func() { d.serve(ctx) })
	}
	wg.Go(func() { d.follow(ctx) })
	wg.Go(func() { d.watchBackups(ctx) })
	wg.Go(func() { d.send(ctx, publish) })
	wg.Wait()
	return nil
}

// send is the one goroutine that publishes.
func (d *Dispatch) send(ctx context.Context, publish Publish) {
	for {
		select {
		case <-ctx.Done():
			d.flush(publish)
			return
		case m := <-d.out:
			if err := publish(m.topic, m.payload); err != nil {
				d.dropped.Add(1)
				continue
			}
			d.said.Add(1)
		}
	}
}

// flush says what is still queued, receipts of the last commit among it, until
// the connection does not take it.
func (d *Dispatch) flush(publish Publish) {
	for {
		select {
		case m := <-d.out:
			if publish(m.topic, m.payload) != nil {
				return
			}
		default:
			return
		}
	}
}

// Dropped counts what could not be said when it was due.
func (d *Dispatch) Dropped() uint64 { return d.dropped.Load() }

// say signs a message and puts it into the queue; it never waits.
func (d *Dispatch) say(box string, kind protocol.Kind, v any) error {
	payload, err := protocol.SignMessage(kind, v, d.opts.Keys.Signer())
	if err != nil {
		return fmt.Errorf("dispatch: %s for %s: %w", kind, box, err)
	}
	select {
	case d.out <- outgoing{protocol.DownTopic(protocol.BoxID(box), kind), payload}:
	default:
		d.dropped.Add(1)
	}
	return nil
}

// sayLogged is say for callers that can do nothing about a failure: it is our
// own mistake, or the box asks again.
func (d *Dispatch) sayLogged(box string, kind protocol.Kind, v any) {
	if err := d.say(box, kind, v); err != nil {
		d.opts.Log.Error("message not made", "worker", "dispatch", "box", box, "kind", string(kind), "error", err.Error())
	}
}

func address(b fleet.Box) protocol.Address {
	return protocol.Address{Box: protocol.BoxID(b.ID), Epoch: b.Epoch}
}

// Held is what the hub holds of a box's chain.
type Held struct {
	UpTo   uint64   // every sequence up to here
	Beyond []uint64 // and these after it, ascending
}

// Top is the highest sequence held.
func (h Held) Top() uint64 {
	if n := len(h.Beyond); n > 0 {
		return h.Beyond[n-1]
	}
	return h.UpTo
}

// maxBeyond bounds the list in a Welcome: a box that is told less sends a
// little more, which does no harm.
const maxBeyond = 512

// Welcome answers a hello whose signature has been verified.
func (d *Dispatch) Welcome(ctx context.Context, b fleet.Box, h protocol.Hello, held Held) {
	version, err := d.shared.newest(ctx)
	if err != nil {
		d.opts.Log.Warn("welcome without campaign", "worker", "dispatch", "box", b.ID, "error", err.Error())
	}
	newest := d.opts.Sealer.Head().Number
	d.sayLogged(b.ID, protocol.KindWelcome, protocol.Welcome{
		Address: address(b), Nonce: h.Nonce, HubTime: protocol.TimeOf(d.opts.Now()), State: protocol.BoxState(b.State),
		Receipted: held.UpTo, Beyond: held.Beyond[:min(len(held.Beyond), maxBeyond)],
		Campaign: version, Roster: newest,
	})
	d.mark(b, h.Marks, h.Waiting, true, newest)
}

// Clock answers a heartbeat whose signature has been verified.
func (d *Dispatch) Clock(b fleet.Box, h protocol.Heartbeat) {
	d.sayLogged(b.ID, protocol.KindClock, protocol.Clock{
		Address: address(b), Nonce: h.Nonce, HubTime: protocol.TimeOf(d.opts.Now()), State: protocol.BoxState(b.State),
		BackupMark: d.backed(b),
	})
	d.mark(b, h.Marks, h.Waiting, false, 0)
}

// Farewell is the last word to a box that has been revoked: without it the box
// would take the closed door for a network that is away, and go on serving.
func (d *Dispatch) Farewell(b fleet.Box) {
	var nobody [protocol.NonceSize]byte // it answers nothing
	d.sayLogged(b.ID, protocol.KindClock, protocol.Clock{
		Address: address(b), Nonce: nobody[:], HubTime: protocol.TimeOf(d.opts.Now()), State: protocol.BoxState(b.State),
	})
}

// receiptsPerMessage keeps a message of receipts far below the limit.
const receiptsPerMessage = 256

// Receipts gives the hub's word on envelopes of one box. It is called after
// the commit, never before (promise P2).
func (d *Dispatch) Receipts(b fleet.Box, entries []protocol.Receipt) {
	head := d.opts.Sealer.Head()
	for len(entries) > 0 {
		n := min(len(entries), receiptsPerMessage)
		d.sayLogged(b.ID, protocol.KindReceipts, protocol.Receipts{
			Address: address(b), Entries: entries[:n],
			Checkpoint: protocol.Checkpoint{Number: head.Number, Hash: protocol.Hash(head.Hash), At: protocol.TimeOf(head.At)},
			BackupMark: d.backed(b),
		})
		d.receipts.Add(uint64(n))
		entries = entries[n:]
	}
}

// Want asks for what the hub lacks.
func (d *Dispatch) Want(b fleet.Box, w protocol.Want) {
	w.Address = address(b)
	d.sayLogged(b.ID, protocol.KindWant, w)
}

// errOpening says that a box has no usable opening key.
var errOpening = errors.New("dispatch: opening key of the box is unusable")

// sealFor seals what names a person, or a key, to one box.
func sealFor(b fleet.Box, kind protocol.Kind, v any) (protocol.Sealed, error) {
	key, err := ecdh.X25519().NewPublicKey(b.Opening)
	if err != nil {
		return protocol.Sealed{}, errOpening
	}
	return protocol.SealForBox(protocol.SuiteAES, kind, address(b), key, v)
}
