package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

var (
	// ErrNotQueued: no such token is held here, or what is asked of it does not
	// fit how it stands: it was served, withdrawn, or called to another box.
	ErrNotQueued = errors.New("store: this token cannot be used so")
	// ErrQueueFull: this box has given out all numbers of the day.
	ErrQueueFull = errors.New("store: no number is left today")
	// ErrQueueSoon: a number was drawn at the screen a moment ago.
	ErrQueueSoon = errors.New("store: a number was drawn at the screen a moment ago")
	// ErrQueueOften: as many numbers were drawn at the screen within an hour as may.
	ErrQueueOften = errors.New("store: many numbers were drawn at the screen within an hour")
)

// MaxTokens is how many tokens one box gives out in a day: three digits.
const MaxTokens = 999

// QueueState is how the holder of a token stands.
type QueueState string

// The states. A power cut changes none of them.
const (
	QueueWaiting   QueueState = "waiting"
	QueueCalled    QueueState = "called"    // to the box To
	QueueServed    QueueState = "served"    // Record says by what, if it was a confirmation
	QueuePassed    QueueState = "passed"    // 过号: called and did not come; may be called again
	QueueWithdrawn QueueState = "withdrawn" // does not wait any more
)

// QueueKey names a token.
type QueueKey struct {
	Day    string         `cbor:"day"`    // 2006-01-02 at the point
	Box    protocol.BoxID `cbor:"box"`    // that drew it
	Number uint16         `cbor:"number"` // 1, 2, 3 … of that box and day
}

// Queued is one token and how its holder stands. The box that drew it has the
// last word on that. It names nobody.
type Queued struct {
	QueueKey
	Unit   int            `cbor:"unit"`             // of the box that drew it: what stands before the number
	Token  []byte         `cbor:"token"`            // signed protocol.Token
	Drawn  protocol.Time  `cbor:"drawn"`            // as well as the box knew
	State  QueueState     `cbor:"state"`            //
	At     protocol.Time  `cbor:"at"`               // since when it stands so; of a call: the last one
	To     protocol.BoxID `cbor:"to,omitempty"`     // where it was called to
	ToUnit int            `cbor:"tounit,omitempty"` //
	Calls  int            `cbor:"calls,omitempty"`  // how often
	Record protocol.ID    `cbor:"record,omitzero"`  // the confirmation that it was sealed with
	Screen bool           `cbor:"screen,omitempty"` // drawn at the idle screen, by nobody in particular
}

// Label is the token's number as it is shown and called: 2-012.
func (q Queued) Label() string { return fmt.Sprintf("%d-%03d", q.Unit, q.Number) }

// Ended reports whether its holder waits for nothing any more.
func (q Queued) Ended() bool { return q.State == QueueServed || q.State == QueueWithdrawn }

// keptDays is how many days' tokens are kept: the day itself and the one before,
// for a box whose clock was put right in between.
const keptDays = 2

func queueKey(k QueueKey) []byte { return fmt.Appendf(nil, "%s/%s/%05d", k.Day, k.Box, k.Number) }

// DrawToken gives out the next number of this box and day: sign makes the token
// of it. It is durable when it returns nil, and no number is given twice. Tokens
// of days long over are let go. Errors: ErrQueueFull, sign's, ErrFull, ErrBroken.
func (s *Store) DrawToken(day string, unit int, at protocol.Time, sign func(number uint16) ([]byte, error)) (Queued, error) {
	return s.drawToken(day, unit, at, nil, sign)
}

// ScreenLimit bounds what is drawn at the idle screen, where nobody looks on: a
// child at play must not print a roll of numbers.
type ScreenLimit struct {
	Pause time.Duration // between two numbers
	Hour  int           // numbers within an hour
}

// DrawAtScreen is DrawToken for whoever presses the button on the idle screen.
// Errors beside those of DrawToken: ErrQueueSoon, ErrQueueOften.
func (s *Store) DrawAtScreen(day string, unit int, at protocol.Time, most ScreenLimit, sign func(number uint16) ([]byte, error)) (Queued, error) {
	return s.drawToken(day, unit, at, &most, sign)
}

// may judges a number at the screen by those that were drawn there before. What
// was drawn later than now, by a clock that was put right since, counts for nothing.
func (l ScreenLimit) may(before []Queued, at protocol.Time) error {
	n := 0
	for _, q := range before {
		age := at.Time().Sub(q.Drawn.Time())
		switch {
		case !q.Screen || age < 0 || age >= time.Hour:
		case age < l.Pause:
			return ErrQueueSoon
		default:
			n++
		}
	}
	if n >= l.Hour {
		return ErrQueueOften
	}
	return nil
}

func (s *Store) drawToken(day string, unit int, at protocol.Time, screen *ScreenLimit, sign func(number uint16) ([]byte, error)) (Queued, error) {
	id, err := s.Identity()
	if err != nil {
		return Queued{}, err
	}
	q := Queued{QueueKey: QueueKey{Day: day, Box: id.Box()}, Unit: unit, Drawn: at, State: QueueWaiting, At: at, Screen: screen != nil}
	err = s.update(func(tx *bolt.Tx) error {
		if err := letGoTokens(tx, day); err != nil {
			return err
		}
		q.Number = 0
		var own []Queued
		err := eachQueued(tx, day, func(one Queued) error {
			if one.Box == q.Box {
				own, q.Number = append(own, one), max(q.Number, one.Number)
			}
			return nil
		})
		if err == nil && screen != nil {
			err = screen.may(own, at)
		}
		if err != nil {
			return err
		}
		if q.Number >= MaxTokens {
			return ErrQueueFull
		}
		q.Number++
		if q.Token, err = sign(q.Number); err != nil {
			return err
		}
		return put(tx, bucketQueue, queueKey(q.QueueKey), q)
	})
	return q, err
}

// letGoTokens deletes the tokens of all but the newest days up to today's.
func letGoTokens(tx *bolt.Tx, today string) error {
	days := map[string]bool{}
	var old [][]byte // a cursor loses its place when something is deleted under it
	c := tx.Bucket(bucketQueue).Cursor()
	for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
		day, _, _ := bytes.Cut(k, []byte("/"))
		if string(day) < today {
			days[string(day)] = true
		}
		if len(days) >= keptDays {
			old = append(old, bytes.Clone(k))
		}
	}
	for _, k := range old {
		if err := tx.Bucket(bucketQueue).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func eachQueued(tx *bolt.Tx, day string, f func(Queued) error) error {
	prefix := []byte(day + "/")
	c := tx.Bucket(bucketQueue).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		var q Queued
		if _, err := get(tx, bucketQueue, k, &q); err != nil {
			return err
		}
		if err := f(q); err != nil {
			return err
		}
	}
	return nil
}

// Queue lists a day's tokens that this box drew or was called for, in the order
// in which they were drawn.
func (s *Store) Queue(day string) (all []Queued, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		return eachQueued(tx, day, func(q Queued) error { all = append(all, q); return nil })
	})
	slices.SortStableFunc(all, func(a, b Queued) int {
		return cmp.Or(cmp.Compare(a.Drawn, b.Drawn), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Number, b.Number))
	})
	return all, err
}

// Token gives one. ErrNotFound when it is not held.
func (s *Store) Token(k QueueKey) (q Queued, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		there, err := get(tx, bucketQueue, queueKey(k), &q)
		if err == nil && !there {
			err = ErrNotFound
		}
		return err
	})
	return q, err
}

// CallToken calls the holder of a token to a box, once more if it was that box
// before. One that is called elsewhere must be passed over first. Errors:
// ErrNotQueued.
func (s *Store) CallToken(k QueueKey, to protocol.BoxID, unit int, at protocol.Time) (Queued, error) {
	return s.turnToken(k, func(q *Queued) error {
		if q.Ended() || q.State == QueueCalled && q.To != to {
			return ErrNotQueued
		}
		q.State, q.At, q.To, q.ToUnit = QueueCalled, at, to, unit
		q.Calls++
		return nil
	})
}

// EndToken says how a token stands now: QueueWaiting takes a call back. What is
// served with a record stays so. Errors: ErrNotQueued.
func (s *Store) EndToken(k QueueKey, state QueueState, at protocol.Time) (Queued, error) {
	return s.turnToken(k, func(q *Queued) error {
		if q.Ended() || state == QueueCalled {
			return ErrNotQueued
		}
		q.State, q.At = state, at
		return nil
	})
}

// ServedToken notes that a token was sealed with a confirmation, at this box or,
// as its neighbour says, at another. Said twice it changes nothing. Errors:
// ErrNotQueued when another record used it.
func (s *Store) ServedToken(k QueueKey, record protocol.ID, at protocol.Time) error {
	_, err := s.turnToken(k, func(q *Queued) error { return q.serve(record, at) })
	return err
}

// serve uses a token up. Whoever was withdrawn or passed over and comes all the
// same is served; a second record is not.
func (q *Queued) serve(record protocol.ID, at protocol.Time) error {
	if q.Record != (protocol.ID{}) && q.Record != record {
		return ErrNotQueued
	}
	q.State, q.At, q.Record = QueueServed, at, record
	return nil
}

func (s *Store) turnToken(k QueueKey, f func(*Queued) error) (q Queued, err error) {
	err = s.update(func(tx *bolt.Tx) error {
		there, err := get(tx, bucketQueue, queueKey(k), &q)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotQueued
		}
		if err := f(&q); err != nil {
			return err
		}
		return put(tx, bucketQueue, queueKey(k), q)
	})
	return q, err
}

// TakeCalled keeps the token of another box whose holder was called here. The
// caller has made sure that it is what that box signed. Errors: ErrNotQueued when
// it was used here before.
func (s *Store) TakeCalled(q Queued) error {
	return s.update(func(tx *bolt.Tx) error {
		var old Queued
		there, err := get(tx, bucketQueue, queueKey(q.QueueKey), &old)
		if err != nil {
			return err
		}
		if there && (old.Record != protocol.ID{} || !bytes.Equal(old.Token, q.Token)) {
			return ErrNotQueued
		}
		return put(tx, bucketQueue, queueKey(q.QueueKey), q)
	})
}

// CommitQueued is Commit of a confirmation with which a token is used up, in the
// same transaction. Errors beside those of Commit: ErrNotQueued when another
// record used it.
func (s *Store) CommitQueued(rec protocol.Record, application string, at protocol.Time, k QueueKey) error {
	return s.commit(rec, copyMark{Application: application, At: at}, func(tx *bolt.Tx) error {
		var q Queued
		there, err := get(tx, bucketQueue, queueKey(k), &q)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotQueued
		}
		if err := q.serve(rec.Manifest.ID, at); err != nil {
			return err
		}
		return put(tx, bucketQueue, queueKey(k), q)
	})
}

// QueueDay is the day for which people may draw numbers themselves, at the idle
// screen; "" before the first.
func (s *Store) QueueDay() (day string, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		_, err := get(tx, bucketMeta, []byte(metaQueueDay), &day)
		return err
	})
	return day, err
}

// SetQueueDay switches that on for a day, or off with "".
func (s *Store) SetQueueDay(day string) error {
	return s.update(func(tx *bolt.Tx) error { return put(tx, bucketMeta, []byte(metaQueueDay), day) })
}

// Pace is how long one person kept a box, and when she left.
type Pace struct {
	At protocol.Time `cbor:"at"`
	S  uint32        `cbor:"s"` // seconds
}

// MaxPaces is how many are kept.
const MaxPaces = 16

// AddPace notes how long the last person took.
func (s *Store) AddPace(at protocol.Time, took time.Duration) error {
	return s.update(func(tx *bolt.Tx) error {
		all, err := paces(tx)
		if err != nil {
			return err
		}
		all = append(all, Pace{at, uint32(max(0, took) / time.Second)})
		return put(tx, bucketMeta, []byte(metaPaces), all[max(0, len(all)-MaxPaces):])
	})
}

// Paces are the last ones, in order of time.
func (s *Store) Paces() (all []Pace, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		all, err = paces(tx)
		return err
	})
	return all, err
}

func paces(tx *bolt.Tx) (all []Pace, err error) {
	_, err = get(tx, bucketMeta, []byte(metaPaces), &all)
	return all, err
}
