package intake

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

const (
	// recordsPerBox and bytesPerBox bound what one box may have under way. A
	// record at its limit fits once; an ordinary one takes 40 KB.
	recordsPerBox = 64
	bytesPerBox   = protocol.MaxRecord + 8<<20
	// giveUpAfter is how long a record may make no progress before it is
	// forgotten: its box will announce it again.
	giveUpAfter = 2 * time.Minute
	// tickEvery is how often at most a lane looks at what is late.
	tickEvery = time.Second
	// maxManifest bounds a manifest: with all its blobs it has under 3 KiB.
	maxManifest = 16 << 10
)

// lane owns the records under way of some boxes. Only its own goroutine
// touches its maps.
type lane struct {
	hub      *Intake
	in       chan message
	small    chan message
	gate     *gate
	stuck    atomic.Bool // nothing was taken off it for as long as Deliver waits
	boxes    map[string]*under
	prepared int // keys of boxes that are
	// scratch holds the plain bytes of one blob while it is looked at.
	scratch []byte
}

// under is what one box has under way.
type under struct {
	records map[protocol.Hash]*pending // by envelope
	parts   map[protocol.Hash]*part    // by ciphertext
	bytes   uint64                     // that the manifests under way name
	nonces  [][]byte                   // of the last hellos: a repeated one is no news
	jumps   [][]byte                   // of the last heartbeats that told of a jump
	recent  map[protocol.Hash]time.Time
	lacking string          // what the last heartbeat showed missing
	noise   budget          // lines of the log about what it says
	alarms  budget          // entries of the journal about its clock
	desks   budget          // certificates for its desk
	asks    budget          // pictures of tickets
	forks   map[string]bool // why it was called forked, in this run
	signer  signer
}

// pending is a verified manifest whose parts are not all here.
type pending struct {
	m     protocol.Manifest
	raw   []byte
	hash  protocol.Hash
	need  int
	moved time.Time // real time of the last progress
	since time.Time // when it was announced, where several hubs share it
	asked time.Time
	held  bool // it was set aside, and is looked at anew
}

// part is a piece of ciphertext that a manifest names.
type part struct {
	protocol.Part
	bytes  []byte // whole, or nil
	staged bool   // some of it lies with package blob
	users  []*pending
}

func newLane(in *Intake) *lane {
	return &lane{hub: in, in: make(chan message, laneQueue), small: make(chan message, laneQueue), gate: newGate(), boxes: map[string]*under{}}
}

// run deals with messages until end, and with what is queued then. Work goes
// on under work.
func (l *lane) run(end, work context.Context) {
	tick := time.NewTicker(min(tickEvery, l.hub.opts.Want))
	defer tick.Stop()
	for {
		select { // one at a time: without end they would keep all else waiting
		case m := <-l.small:
			l.take(work, m)
		default:
		}
		select {
		case <-end.Done():
			l.drain(work)
			return
		case <-work.Done():
			return
		case m := <-l.small:
			l.take(work, m)
		case m := <-l.in:
			l.take(work, m)
		case now := <-tick.C:
			l.late(now)
		}
	}
}

// drain takes what waits now; who goes on speaking is not listened to any more.
func (l *lane) drain(ctx context.Context) {
	for range len(l.in) {
		l.take(ctx, <-l.in)
	}
}

func (l *lane) take(ctx context.Context, m message) {
	defer l.gate.leave(m.box, m.word())
	_, b, ok := l.hub.opts.Fleet.Key(m.box)
	if !ok && l.hub.opts.Fleet.Renew(ctx, m.box) { // it was enrolled at another hub
		_, b, ok = l.hub.opts.Fleet.Key(m.box)
	}
	if !ok || b.State == fleet.Revoked { // an external broker may not know yet (fault 20)
		l.hub.count.dropped.Add(1)
		return
	}
	u := l.boxes[m.box]
	if u == nil {
		u = &under{records: map[protocol.Hash]*pending{}, parts: map[protocol.Hash]*part{}, recent: map[protocol.Hash]time.Time{},
			noise: budget{most: noiseLines, span: time.Minute}, alarms: budget{most: alarmEntries, span: time.Hour}, forks: map[string]bool{}}
		l.boxes[m.box] = u
	}
	err := l.dispatch(ctx, u, b, m)
	if (errors.Is(err, protocol.ErrSignature) || errors.Is(err, protocol.ErrWrongBox)) && l.hub.opts.Fleet.Renew(ctx, m.box) {
		_, b, _ = l.hub.opts.Fleet.Key(m.box) // it was enrolled anew at another hub
		err = l.dispatch(ctx, u, b, m)
	}
	switch {
	case err == nil || ctx.Err() != nil:
	case isWire(err):
		l.hub.count.malformed.Add(1)
		l.gate.bad(m.box)
		l.note(u, slog.LevelWarn, "message not taken", m, err)
	default:
		l.hub.count.dropped.Add(1)
		l.note(u, slog.LevelError, "message could not be dealt with; it will come again", m, err)
	}
}

func (l *lane) dispatch(ctx context.Context, u *under, b fleet.Box, m message) error {
	switch m.kind {
	case protocol.KindHello:
		return l.hello(ctx, u, b, m)
	case protocol.KindHeartbeat:
		return l.heartbeat(ctx, u, b, m)
	case protocol.KindDesk:
		return l.desk(ctx, u, b, m)
	case protocol.KindLacking:
		return l.lacking(ctx, u, b, m)
	case protocol.KindManifest:
		return l.manifest(ctx, u, b, m)
	case protocol.KindChunk:
		return l.chunk(ctx, u, b, m)
	case overdue:
		return l.gather(ctx, u, b, true)
	}
	return protocol.ErrMalformed
}

const (
	// noiseLines is how many lines a minute the log takes about what one box
	// says: it must not fill the disk.
	noiseLines = 20
	// alarmEntries is how many entries an hour the journal takes about the clock
	// of one box.
	alarmEntries = 12
)

func (l *lane) note(u *under, level slog.Level, what string, m message, err error) {
	may, first := u.noise.spend(m.at)
	if first {
		l.hub.opts.Log.Warn("more of what this box says is not logged for a minute", "worker", "intake", "box", m.box)
	}
	if may {
		l.hub.opts.Log.Log(context.Background(), level, what, "worker", "intake", "box", m.box, "kind", string(m.kind), "error", err.Error())
	}
}

// isWire tells what is wrong with a message from what is wrong with us.
func isWire(err error) bool {
	for _, e := range []error{protocol.ErrMalformed, protocol.ErrTooLarge, protocol.ErrUnknownVersion, protocol.ErrUnknownSuite,
		protocol.ErrUnknownKey, protocol.ErrSignature, protocol.ErrOpen, protocol.ErrHash, protocol.ErrWrongBox} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// announce takes a verified manifest under way, within the box's share.
func (u *under) announce(m protocol.Manifest, raw []byte, hash protocol.Hash, now time.Time) (*pending, bool) {
	size := uint64(0)
	for _, p := range m.Parts() {
		size += p.Size
	}
	if len(u.records) >= recordsPerBox || u.bytes+size > bytesPerBox {
		return nil, false
	}
	p := &pending{m: m, raw: raw, hash: hash, moved: now}
	for _, named := range m.Parts() {
		q := u.parts[named.Hash]
		if q == nil {
			q = &part{Part: named}
			u.parts[named.Hash] = q
		}
		if q.Size != named.Size { // one hash, two sizes: the manifest cannot come true
			u.forget(p)
			return nil, false
		}
		q.users = append(q.users, p)
		if q.bytes == nil {
			p.need++
		}
	}
	u.bytes += size
	u.records[hash] = p
	return p, true
}

// forget drops a record under way and the parts that no other one names; it
// returns those of them that were staged.
func (u *under) forget(p *pending) (staged []blob.Hash) {
	if u.records[p.hash] == p {
		delete(u.records, p.hash)
		for _, named := range p.m.Parts() {
			u.bytes -= named.Size
		}
	}
	for _, named := range p.m.Parts() {
		q := u.parts[named.Hash]
		if q == nil {
			continue
		}
		q.users = slices.DeleteFunc(q.users, func(o *pending) bool { return o == p })
		if len(q.users) == 0 {
			delete(u.parts, named.Hash)
			if q.staged {
				staged = append(staged, blob.Hash(named.Hash))
			}
		}
	}
	return staged
}

// late asks for parts that are missing too long, and forgets what will not
// come.
func (l *lane) late(now time.Time) {
	for box, u := range l.boxes {
		l.rest(&u.signer, now)
		var want protocol.Want
		for _, p := range u.records {
			switch idle := now.Sub(p.moved); {
			case idle > giveUpAfter:
				u.forget(p) // what is staged stays, until it is a day old: the box may come back
			case l.hub.pool != nil: // then whoever finds it late asks
			case idle > l.hub.opts.Want && now.Sub(p.asked) > 2*l.hub.opts.Want:
				p.asked = now
				l.want(box, u, p, &want)
			}
		}
		for h, at := range u.recent {
			if now.Sub(at) > giveUpAfter {
				delete(u.recent, h)
			}
		}
		if len(want.Parts) == 0 {
			continue
		}
		if b, ok := l.hub.opts.Fleet.Box(box); ok {
			l.hub.opts.Down.Want(b, want)
		}
	}
}

// maxWanted bounds a Want message.
const maxWanted = 256

func (l *lane) want(box string, u *under, p *pending, w *protocol.Want) {
	for _, named := range p.m.Parts() {
		q := u.parts[named.Hash]
		if q == nil || q.bytes != nil || len(w.Parts) >= maxWanted {
			continue
		}
		from := l.hub.opts.Blobs.Staged(box, blob.Hash(named.Hash))
		if from >= named.Size {
			from = 0 // whole, but another: it was discarded
		}
		w.Parts = append(w.Parts, protocol.WantPart{Record: p.m.ID, Part: named.Hash, From: from})
	}
}
