package intake

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

// rememberedNonces is how many hellos of a box are remembered, so that one
// that comes twice is not taken for a step back in its chain.
const rememberedNonces = 16

// open verifies what a box says of itself.
func (l *lane) verified(kind protocol.Kind, b fleet.Box, raw []byte, v any, from *protocol.Address) error {
	key, _, _ := l.hub.opts.Fleet.Key(b.ID)
	st, err := protocol.ParseStatement(kind, raw)
	if err != nil {
		return err
	}
	if err := st.Verify(key); err != nil {
		return err
	}
	if err := protocol.Decode(st.Payload, v); err != nil {
		return err
	}
	if string(from.Box) != b.ID || from.Epoch != b.Epoch {
		return protocol.ErrWrongBox
	}
	return nil
}

// hello compares what box and hub hold, and answers.
//
// It runs in the lane, in the order of the box's messages: no record the box
// sealed after this hello can have been committed, so a head below what the
// hub holds means that the box went back in time, or that there are two of it
// (faults 21, 22). Where several hubs listen, another may have committed what
// the box sealed after this hello, before it is looked at here: then only what
// was committed for a while counts, and heartbeats are looked at too.
func (l *lane) hello(ctx context.Context, u *under, b fleet.Box, m message) error {
	var h protocol.Hello
	if err := l.verified(protocol.KindHello, b, m.payload, &h, &h.Address); err != nil {
		return err
	}
	if slices.ContainsFunc(u.nonces, func(n []byte) bool { return bytes.Equal(n, h.Nonce) }) {
		return nil
	}
	if u.nonces = append(u.nonces, h.Nonce); len(u.nonces) > rememberedNonces {
		u.nonces = u.nonces[1:]
	}
	held, err := l.hub.held.load(ctx, b.ID, b.Epoch, b.Held)
	if err != nil {
		return err
	}
	if b, err = l.judgeHead(ctx, u, b, h, held, m.at); err != nil {
		return err
	}
	l.hub.opts.Fleet.Hold(b.ID, b.Epoch, held.UpTo)
	desk, port := l.deskOf(b, h)
	l.hub.opts.Fleet.Say(b.ID, fleet.Word{Epoch: b.Epoch, Marks: marks(h.Marks), Head: h.Head,
		Live: fleet.Live{Desk: desk, DeskPort: port, Boot: h.Boot, Software: h.Software, Waiting: h.Waiting, TimeSource: b.Live.TimeSource,
			Screen: b.Live.Screen, FreeDisk: b.Live.FreeDisk, Devices: b.Live.Devices,
			Blocked: b.Live.Blocked, BlockedSince: b.Live.BlockedSince, Ended: b.Live.Ended,
			Stick: b.Live.Stick, Kept: b.Live.Kept, Backup: b.Live.Backup}})
	l.hub.opts.Down.Welcome(ctx, b, h, held)
	if err := l.hub.tellSettled(ctx, b); err != nil {
		return err
	}
	return l.hub.askMissing(ctx, b)
}

// deskOf is where a box says that its desk is, as far as a desk may be there: by
// the names that the hub would certify.
func (l *lane) deskOf(b fleet.Box, h protocol.Hello) (names []string, port uint16) {
	for _, n := range h.Desk {
		if l.mayDesk(b, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil, 0
	}
	return names, h.DeskPort
}

// judgeHead freezes a box whose account of its chain cannot be.
func (l *lane) judgeHead(ctx context.Context, u *under, b fleet.Box, h protocol.Hello, held dispatch.Held, at time.Time) (fleet.Box, error) {
	why, detail, err := l.fork(ctx, b, h, held)
	if err != nil {
		return b, err
	}
	if why == fleet.FreezeRollback && l.hub.pool != nil {
		old, err := l.heldBefore(ctx, b, at.Add(-crossing))
		if err != nil || h.Head >= old {
			return b, err
		}
	}
	// A frozen box says its low head at every connection; that is no news.
	if why == "" || b.State != fleet.Active && u.forks[why] {
		return b, nil
	}
	err = l.hub.opts.DB.Write(ctx, func(tx *db.Tx) error { return l.hub.opts.Flow.SeeFork(ctx, tx, b.ID, why, detail) })
	if err != nil {
		return b, err
	}
	u.forks[why] = true
	l.hub.opts.Log.Error("a box has two histories", "worker", "intake", "box", b.ID, "reason", why)
	b, _ = l.hub.opts.Fleet.Box(b.ID)
	return b, nil
}

// crossing is how much later than a record what a box said before it may be
// looked at, when it went to another hub.
const crossing = 10 * time.Second

// heldBefore is the highest sequence of a box that stood before a moment of
// real time.
func (l *lane) heldBefore(ctx context.Context, b fleet.Box, before time.Time) (top uint64, err error) {
	civil := l.hub.opts.Now().Add(-time.Since(before))
	err = l.hub.opts.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(max(seq), 0) FROM envelope WHERE box = $1 AND epoch = $2 AND chained AND at < $3`,
			b.ID, int64(b.Epoch), civil.UnixMilli()).Scan(&top)
	})
	if err != nil {
		return 0, fmt.Errorf("intake: chain of %s: %w", b.ID, err)
	}
	return top, nil
}

// fork says why the box's own account of its chain cannot be, "" when it can.
func (l *lane) fork(ctx context.Context, b fleet.Box, h protocol.Hello, held dispatch.Held) (string, map[string]string, error) {
	detail := map[string]string{"head": strconv.FormatUint(h.Head, 10), "held": strconv.FormatUint(held.Top(), 10),
		"epoch": fmt.Sprint(b.Epoch), "boot": fmt.Sprint(h.Boot)}
	if h.Head < held.Top() {
		return fleet.FreezeRollback, detail, nil
	}
	if h.Head == 0 || h.Head > held.Top() {
		return "", nil, nil
	}
	var rows []row
	err := l.hub.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = readRows(ctx, tx, "envelope WHERE box = $1 AND epoch = $2 AND chained AND seq = $3", []any{b.ID, int64(b.Epoch), int64(h.Head)})
		return err
	})
	if err != nil || len(rows) == 0 || rows[0].hash == h.HeadHash.String() {
		return "", nil, err
	}
	detail["said"], detail["stands"] = h.HeadHash.String(), rows[0].hash
	return fleet.FreezeHead, detail, nil
}

func marks(m protocol.Marks) fleet.Marks {
	return fleet.Marks{Roster: m.Roster, Campaign: m.Campaign, Checkpoint: m.Checkpoint.Number}
}

// maxMissing bounds how many records are asked for at a time.
const maxMissing = 64

// heartbeat notes how the box is, answers with the time, and asks for records
// that two heartbeats in turn have shown missing.
func (l *lane) heartbeat(ctx context.Context, u *under, b fleet.Box, m message) error {
	var h protocol.Heartbeat
	if err := l.verified(protocol.KindHeartbeat, b, m.payload, &h, &h.Address); err != nil {
		return err
	}
	if slices.ContainsFunc(u.jumps, func(n []byte) bool { return bytes.Equal(n, h.Nonce) }) {
		return nil // come twice, or late: no second jump
	}
	live := fleet.Live{Boot: h.Time.Boot, Waiting: h.Waiting, Oldest: int64(h.Oldest), Earliest: int64(h.Time.Earliest),
		Latest: int64(h.Time.Latest), TimeSource: h.Time.Source, Screen: h.Screen, FreeDisk: h.FreeDisk, Uptime: h.Uptime,
		Blocked: h.Blocked, BlockedSince: int64(h.BlockedSince), Ended: h.Ended, Stick: stickOf(h), Kept: h.Kept, Backup: h.Backup}
	for _, d := range h.Devices {
		live.Devices = append(live.Devices, fleet.Device{Name: d.Name, State: d.State, Fault: d.Fault})
	}
	// Before the answer: a box says "jumped" until it has one, so an entry that
	// could not be written is written at its next heartbeat.
	if may, first := u.jumped(m, live, b.Live); first {
		l.hub.opts.Log.Warn("more jumps of this box's clock are not journalled for an hour", "worker", "intake", "box", b.ID)
	} else if may {
		err := l.hub.opts.DB.Write(ctx, func(tx *db.Tx) error { return l.hub.opts.Flow.SeeClockJump(ctx, tx, b.ID, h.Time.Boot, h.Time.Source) })
		if err != nil {
			return err
		}
		l.hub.opts.Log.Warn("a box saw its clock jump", "worker", "intake", "box", b.ID)
	}
	if jumped(live) {
		if u.jumps = append(u.jumps, h.Nonce); len(u.jumps) > rememberedNonces {
			u.jumps = u.jumps[1:]
		}
	}
	l.hub.opts.Fleet.Say(b.ID, fleet.Word{Epoch: b.Epoch, Marks: marks(h.Marks), Head: h.Head, Live: live})
	l.hub.opts.Down.Clock(b, h)

	held, err := l.hub.held.held(ctx, b.ID, b.Epoch, b.Held)
	if err == nil && (l.hub.pool != nil || len(missing(held, h)) > 0) { // another hub may hold it
		held, err = l.hub.held.load(ctx, b.ID, b.Epoch, b.Held)
	}
	if err == nil && l.hub.pool != nil && h.Head < held.Top() {
		b, err = l.judgeHead(ctx, u, b, protocol.Hello{Head: h.Head, Boot: h.Time.Boot}, held, m.at)
	}
	if err != nil {
		return err
	}
	l.hub.opts.Fleet.Hold(b.ID, b.Epoch, held.UpTo)
	missing := missing(held, h)
	shown := fmt.Sprint(missing)
	again := len(missing) > 0 && u.lacking == shown
	u.lacking = shown
	if again {
		l.hub.opts.Down.Want(b, protocol.Want{Records: missing})
	}
	return nil
}

// stickOf is how far a box's stick lies behind. A time beyond a year is cut: what is
// behind so far is behind.
func stickOf(h protocol.Heartbeat) *fleet.Stick {
	if h.Stick == nil {
		return nil
	}
	const year = 365 * 24 * time.Hour
	behind := min(h.Stick.Behind, uint64(year.Milliseconds()))
	return &fleet.Stick{Records: h.Stick.Records, Bytes: h.Stick.Bytes, Behind: time.Duration(behind) * time.Millisecond}
}

// jumped reports whether a jump is new and may be journalled, and whether it is
// the first that may not.
func (u *under) jumped(m message, now, before fleet.Live) (may, first bool) {
	if !jumped(now) || jumped(before) {
		return false, false
	}
	return u.alarms.spend(m.at)
}

// jumped reports whether a box's clock has jumped and not been set right since.
func jumped(l fleet.Live) bool {
	return slices.ContainsFunc(l.Devices, func(d fleet.Device) bool { return d.Name == protocol.DeviceClock && d.Fault == protocol.FaultJumped })
}

// missing lists sequences the hub should hold: gaps below the highest it has,
// and, when the outbox is empty, all up to the head (the hub was restored from
// a backup).
func missing(held dispatch.Held, h protocol.Heartbeat) []uint64 {
	var out []uint64
	upTo := held.Top()
	if h.Waiting == 0 {
		upTo = max(upTo, h.Head)
	}
	for s := held.UpTo + 1; s <= upTo && len(out) < maxMissing; s++ {
		if _, ok := slices.BinarySearch(held.Beyond, s); !ok {
			out = append(out, s)
		}
	}
	return out
}
