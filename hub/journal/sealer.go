package journal

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

// Keys is what the journal needs of package keys; *keys.Ring is one.
type Keys interface {
	Signer() crypto.Signer
	SignerID() keys.ID
	VerifyKey(keys.ID) (ed25519.PublicKey, error)
	JournalSeal(row []byte) []byte
}

// Options of NewSealer.
type Options struct {
	DB          *db.DB
	Keys        Keys
	Checkpoints string           // path of the file of checkpoints, outside the database
	Now         func() time.Time // civil clock, for the time of checkpoints; nil is time.Now
	Tick        time.Duration    // how often to look for unsealed entries; 0 is 100 ms
	Every       time.Duration    // how often to sign a checkpoint; 0 is one second
}

// batch is how many entries one sealing transaction numbers.
const batch = 512

// Sealer numbers and chains what was committed. Its methods are safe for
// concurrent use; Run runs once at a time.
type Sealer struct {
	o Options

	beat    atomic.Int64 // real time of the last look or batch, ns since 1970
	mu      sync.Mutex   // guards what follows
	head    Checkpoint
	told    uint64
	changed chan struct{}
	leading bool // this hub seals, and keeps the file of checkpoints

	// What follows belongs to Run.
	copied time.Time // when the file was last brought up to the table
	signed uint64    // number of the newest checkpoint in file and table
	file   *os.File  // open while leading
}

// NewSealer makes a sealer; Run starts it, and Head is true from then on.
func NewSealer(o Options) (*Sealer, error) {
	if o.DB == nil || o.Keys == nil || o.Checkpoints == "" {
		return nil, errors.New("journal: sealer needs database, keys and file of checkpoints")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Tick <= 0 {
		o.Tick = 100 * time.Millisecond // each costs the writer of SQLite a sync
	}
	if o.Every <= 0 {
		o.Every = time.Second
	}
	return &Sealer{o: o, changed: make(chan struct{})}, nil
}

// Head is the newest sealed entry known here; its time is zero.
func (s *Sealer) Head() Checkpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head
}

// Told is the number of the newest sealed entry known here that may say more than
// that somebody searched: while it stands, nothing that the journal tells of has
// changed. Where another hub seals, it is the number of Head.
func (s *Sealer) Told() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told
}

// Changed is closed when Head moves. Take it before reading with After, wait on
// it after, and nothing is missed.
func (s *Sealer) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Sealer) moved(head Checkpoint, told uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if head.Number == s.head.Number {
		return
	}
	s.head, s.told = head, max(s.told, told)
	close(s.changed)
	s.changed = make(chan struct{})
}

// leads notes whether this hub seals.
func (s *Sealer) leads(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leading = is
}

// Run seals until ctx ends, and then signs what it sealed. When another hub on
// this database seals, it only watches, so that Head and Changed are true
// everywhere, and takes over when the other is gone. When it ends it takes along
// what the other has signed, which may be the last of all. It returns nil when
// ctx ended, else the fault; it may be run again.
func (s *Sealer) Run(ctx context.Context) (err error) {
	led := false
	defer func() {
		if err == nil && !led && s.o.DB.Kind() != db.SQLite {
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), last)
			defer cancel()
			err = s.follow(end)
		}
	}()
	tick := time.NewTicker(s.o.Tick)
	defer tick.Stop()
	for {
		if err := s.look(ctx); err != nil {
			return unlessEnded(ctx, err)
		}
		lead, err := s.o.DB.TryLead(ctx, "journal")
		if err != nil {
			return unlessEnded(ctx, err)
		}
		if lead != nil {
			// Who was given the lead as it was told to end has copied nothing yet.
			led, err = s.lead(ctx, lead, tick.C)
			return err
		}
		if time.Since(s.copied) >= s.o.Every {
			if err := s.follow(ctx); err != nil {
				return unlessEnded(ctx, err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// unlessEnded drops an error that came when ctx had ended: whatever was asked
// of the database then was broken off.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// last is how long the closing checkpoint may take after ctx has ended.
const last = 5 * time.Second

// lead seals and signs until ctx ends. led says that it came to it: then the file has
// every line, the last of them its own.
func (s *Sealer) lead(ctx context.Context, lead *db.Lead, tick <-chan time.Time) (led bool, err error) {
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), last)
		defer cancel()
		err = errors.Join(err, lead.Release(end))
	}()
	if err := s.openFile(ctx); err != nil {
		return false, unlessEnded(ctx, err)
	}
	defer func() { err = errors.Join(err, s.file.Close()) }()
	if err := s.fill(ctx); err != nil {
		return false, unlessEnded(ctx, err)
	}
	s.leads(true)
	defer s.leads(false)
	every := time.NewTicker(s.o.Every)
	defer every.Stop()
	for {
		if err := unlessEnded(ctx, s.seal(ctx)); err != nil {
			return true, err
		}
		select {
		case <-ctx.Done():
			end, cancel := outlasting(ctx)
			defer cancel()
			// What was written until the end, such as that it ends, and what was
			// sealed in the last second.
			return true, errors.Join(s.seal(end), s.checkpoint(end))
		case <-every.C:
			if err := errors.Join(unlessEnded(ctx, lead.Held(ctx)), s.checkpoint(ctx)); err != nil {
				return true, err
			}
			// Who led before may have signed once more, not knowing that his lead
			// was lost.
			if err := unlessEnded(ctx, s.copyLines(ctx, s.file)); err != nil {
				return true, err
			}
		case <-tick:
		}
	}
}

// contests is how often one round of sealing may lose a number to another hub.
const contests = 12

// seal numbers everything that is committed, batch by batch. Who led before and
// has not yet noticed that the lead is lost may number other entries meanwhile:
// the database gives each number to one of both, and the other begins anew from
// the head that stands then.
func (s *Sealer) seal(ctx context.Context) error {
	lost := 0
	for {
		n, told := 0, uint64(0)
		var head Checkpoint
		err := s.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
			tx.Quietly() // the head says more
			n, head, told, err = s.sealBatch(ctx, tx)
			return err
		})
		if s.o.DB.Kind() != db.SQLite && db.Unique(err) && lost < contests {
			lost++
			continue
		}
		if err != nil {
			return fmt.Errorf("journal: seal: %w", err)
		}
		s.beats()
		if n > 0 {
			s.moved(head, told)
		}
		if n < batch {
			return nil
		}
	}
}

// sealBatch gives how many it numbered, the new head, and the number of the last
// of them that is not a search, 0 when all are.
func (s *Sealer) sealBatch(ctx context.Context, tx *db.Tx) (n int, head Checkpoint, told uint64, err error) {
	type waiting struct {
		id, act string
		body    []byte
	}
	var rows []waiting
	err = tx.Each(ctx, `SELECT id, act, body FROM journal_entry WHERE number IS NULL ORDER BY id LIMIT $1`,
		[]any{batch}, func(scan func(...any) error) error {
			var w waiting
			err := scan(&w.id, &w.act, &w.body)
			rows = append(rows, w)
			return err
		})
	if err != nil || len(rows) == 0 {
		return 0, Checkpoint{}, 0, err
	}
	head, err = readHead(ctx, tx)
	if err != nil {
		return 0, Checkpoint{}, 0, err
	}
	all := make([]sealing, 0, len(rows))
	for _, w := range rows {
		head = Checkpoint{Number: head.Number + 1, Hash: link(head.Hash, head.Number+1, sha256.Sum256(w.body))}
		all = append(all, sealing{int64(head.Number), bytes.Clone(head.Hash[:]), s.o.Keys.JournalSeal(stamp(head, w.id, w.body)), w.id})
		if Act(w.act) != CandidateSearched {
			told = head.Number
		}
	}
	if err := writeSeals(ctx, tx, all); err != nil {
		return 0, Checkpoint{}, 0, err
	}
	return len(rows), head, told, nil
}

// sealing is what the sealer adds to an entry.
type sealing struct {
	number      int64
	chain, seal []byte
	id          string
}

// writeSeals numbers entries that have no number yet. PostgreSQL gets them in
// one statement: each would be a way to the server and back.
func writeSeals(ctx context.Context, tx *db.Tx, all []sealing) error {
	changed := int64(0)
	if tx.Kind() == db.PostgreSQL {
		numbers, ids := make([]int64, len(all)), make([]string, len(all))
		chains, seals := make([][]byte, len(all)), make([][]byte, len(all))
		for i, s := range all {
			numbers[i], chains[i], seals[i], ids[i] = s.number, s.chain, s.seal, s.id
		}
		var err error
		changed, err = tx.Exec(ctx, `UPDATE journal_entry SET number = v.number, chain = v.chain, seal = v.seal
			FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::text[]) AS v (number, chain, seal, id)
			WHERE journal_entry.id = v.id AND journal_entry.number IS NULL`, numbers, chains, seals, ids)
		if err != nil {
			return err
		}
	} else {
		for _, s := range all {
			n, err := tx.Exec(ctx, `UPDATE journal_entry SET number = $1, chain = $2, seal = $3
				WHERE id = $4 AND number IS NULL`, s.number, s.chain, s.seal, s.id)
			if err != nil {
				return err
			}
			changed += n
		}
	}
	if changed != int64(len(all)) {
		return fmt.Errorf("%d of %d entries were sealed by another", int64(len(all))-changed, len(all))
	}
	return nil
}

// link is the chain hash: SHA-256(chain before ‖ number, 8 bytes big-endian ‖
// SHA-256 of the entry).
func link(before Hash, number uint64, entry Hash) Hash {
	var b [32 + 8 + 32]byte
	copy(b[:], before[:])
	binary.BigEndian.PutUint64(b[32:], number)
	copy(b[40:], entry[:])
	return sha256.Sum256(b[:])
}

// stamp is what the keyed hash of a row covers: all of it and where it stands,
// so that each row is known as the hub's own without its neighbours.
func stamp(at Checkpoint, id string, raw []byte) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 40+len(id)+1+len(raw)), at.Number)
	b = append(b, at.Hash[:]...)
	b = append(append(b, id...), 0)
	return append(b, raw...)
}

func readHead(ctx context.Context, tx *db.Tx) (Checkpoint, error) {
	var n int64
	var chain []byte
	err := tx.QueryRow(ctx, `SELECT number, chain FROM journal_entry
		WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1`).Scan(&n, &chain)
	if errors.Is(err, db.ErrNoRows) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	head := Checkpoint{Number: uint64(n)}
	if copy(head.Hash[:], chain) != len(head.Hash) {
		return Checkpoint{}, fmt.Errorf("number %d: %w", n, errBody)
	}
	return head, nil
}

func (s *Sealer) look(ctx context.Context) error {
	var head Checkpoint
	err := s.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		head, err = readHead(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("journal: head: %w", err)
	}
	s.beats()
	s.moved(head, head.Number)
	return nil
}

func (s *Sealer) beats() { s.beat.Store(time.Now().UnixNano()) }

// Beat is the real time at which the sealer last did something, sealing or
// looking: it stands still when the database does. Zero before Run.
func (s *Sealer) Beat() time.Time {
	n := s.beat.Load()
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}
