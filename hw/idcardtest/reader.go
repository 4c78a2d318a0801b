package idcardtest

import (
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// phase is how far the module has got with the card.
type phase uint8

const (
	idle phase = iota
	found
	selected
	halted // read; still readable, but find answers 80
)

// Entry is one line of the reader's diary: what was asked and answered, and
// never what stands on the card.
type Entry struct {
	At     time.Time `json:"at"`
	Cmd    string    `json:"cmd"` // four hex digits, or a word
	SW     string    `json:"sw"`  // six hex digits; "" when nothing was answered
	Bytes  int       `json:"bytes"`
	Remark string    `json:"remark,omitempty"`
}

const diary = 200 // entries kept

// Reader is one emulated reader. All methods may be called from anywhere.
type Reader struct {
	mu      sync.Mutex // guards everything below
	knobs   Knobs
	card    *Card
	put     uint64 // counts placements and liftings, so that a pending read sees one
	phase   phase
	baud    int
	answers int // answers so far, for DropNth
	reads   int // successful reads so far
	log     []Entry
	changed chan struct{} // closed and replaced at every change, for Changed
}

// New makes a healthy reader with no card on it, at 115200 baud.
func New() *Reader { return &Reader{baud: 115200, changed: make(chan struct{})} }

// Place puts a card on the reader, in place of the one that lies there.
func (r *Reader) Place(c Card) error {
	if _, err := c.Text(); err != nil {
		return err
	}
	r.change(func() { r.card, r.phase, r.put = &c, idle, r.put+1 })
	return nil
}

// Lift takes the card away.
func (r *Reader) Lift() {
	r.change(func() { r.card, r.phase, r.put = nil, idle, r.put+1 })
}

// Card is the card on the reader.
func (r *Reader) Card() (Card, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.card == nil {
		return Card{}, false
	}
	return *r.card, true
}

// Knobs are the faults as set now.
func (r *Reader) Knobs() Knobs {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.knobs
}

// SetKnobs sets the faults.
func (r *Reader) SetKnobs(k Knobs) error {
	if err := k.Check(); err != nil {
		return err
	}
	r.change(func() { r.knobs, r.answers = k, 0 })
	return nil
}

// SetBaud leaves the module at another speed, as a former owner might have.
func (r *Reader) SetBaud(baud int) { r.change(func() { r.baud = baud }) }

// Baud is the module's speed.
func (r *Reader) Baud() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.baud
}

// PowerCycle forgets what a module forgets without power; the speed stays.
func (r *Reader) PowerCycle() { r.change(func() { r.phase = idle }) }

// Reads is the number of successful reads of text and portrait.
func (r *Reader) Reads() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reads
}

// Log is the diary, oldest first.
func (r *Reader) Log() []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Entry(nil), r.log...)
}

// Changed closes at the next change of card, knobs or diary.
func (r *Reader) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changed
}

func (r *Reader) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	r.notify()
}

// notify wakes whoever waits in Changed; mu is held.
func (r *Reader) notify() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Reader) note(e Entry) {
	e.At = time.Now()
	r.change(func() {
		if len(r.log) >= diary {
			r.log = append(r.log[:0], r.log[1:]...)
		}
		r.log = append(r.log, e)
	})
}

// begin is the moment a command came: it remembers which card lay there.
type begin struct {
	cmd   uint16
	put   uint64
	knobs Knobs
	wait  time.Duration
	lift  time.Duration // lift the card so long after; 0 never
}

func (r *Reader) begin(cmd uint16) begin {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := begin{cmd: cmd, put: r.put, knobs: r.knobs, wait: r.knobs.delay(cmd)}
	if r.knobs.LiftAfterMS > 0 && (cmd == 0x3001 || cmd == 0x3010) {
		b.lift = time.Duration(r.knobs.LiftAfterMS) * time.Millisecond
		r.knobs.LiftAfterMS = 0
	}
	if b.knobs.concerns(cmd) {
		b.wait += time.Duration(r.knobs.LateMS) * time.Millisecond
	}
	return b
}

// finish is the moment its delay is over: it carries the command out and
// returns the bytes to send, nil for none.
func (r *Reader) finish(b begin, data []byte) ([]byte, Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := Entry{Cmd: fmt.Sprintf("%04X", b.cmd)}
	rep, silent := r.carryOut(b, data)
	k := b.knobs
	if silent {
		e.Remark = "no such command here: silent"
		return nil, e
	}
	if !k.faulty() || !k.concerns(b.cmd) {
		e.SW = fmt.Sprintf("%X", rep.sw[:])
		out := rep.bytes()
		e.Bytes = len(out)
		return out, e
	}
	if r.knobs.Times > 0 {
		if r.knobs.Times--; r.knobs.Times == 0 {
			r.knobs.clearAnswerFaults()
		}
	}
	if k.SW != "" {
		raw, _ := hex.DecodeString(k.SW) // checked when set
		copy(rep.sw[:], raw)
		if rep.sw[2] != 0x90 && rep.sw[2] != 0x9F {
			rep.data = nil
		}
	}
	if k.Blank && rep.sw[2] == 0x90 && len(rep.data) > 260 {
		for i := 4; i < 260; i += 2 {
			rep.data[i], rep.data[i+1] = 0x20, 0
		}
	}
	e.SW = fmt.Sprintf("%X", rep.sw[:])
	r.answers++
	if k.DropNth > 0 && r.answers%k.DropNth == 0 {
		e.SW, e.Remark = "", "dropped"
		return nil, e
	}
	out := spoil(rep.bytes(), k)
	e.Bytes, e.Remark = len(out), "with a fault"
	return out, e
}
