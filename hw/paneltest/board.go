package paneltest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Size is how many inputs and how many outputs the board has.
const Size = 8

// Knobs are the board's faults; the zero value is healthy. The fields of the
// JSON door are the same.
type Knobs struct {
	Silent    bool   `json:"silent,omitempty"`     // hears, and says nothing
	LateMS    int    `json:"late_ms,omitempty"`    // answers so much later
	Prefix    string `json:"prefix,omitempty"`     // hex: noise before each answer
	BadSum    bool   `json:"bad_sum,omitempty"`    // wrong checksums
	Truncate  int    `json:"truncate,omitempty"`   // answers end after so many bytes
	DropNth   int    `json:"drop_nth,omitempty"`   // every n-th answer is lost
	Exception int    `json:"exception,omitempty"`  // refuses with this code, 1 to 11
	GapMS     int    `json:"gap_ms,omitempty"`     // between the bytes of an answer
	Lines     int    `json:"lines,omitempty"`      // it has only so many of each; 0 all
	StuckCoil int    `json:"stuck_coil,omitempty"` // coil n-1 says yes and does nothing
	OtherUnit bool   `json:"other_unit,omitempty"` // its address is another
}

func (k Knobs) check() error {
	if _, err := hex.DecodeString(k.Prefix); err != nil {
		return fmt.Errorf("paneltest: prefix: %w", err)
	}
	if k.LateMS < 0 || k.LateMS > 60_000 || k.GapMS < 0 || k.GapMS > 1000 || k.Truncate < 0 || k.DropNth < 0 ||
		k.Exception < 0 || k.Exception > 11 || k.Lines < 0 || k.Lines > Size || k.StuckCoil < 0 || k.StuckCoil > Size || len(k.Prefix) > 512 {
		return errors.New("paneltest: a knob is turned too far")
	}
	return nil
}

// Entry is one line of the board's diary.
type Entry struct {
	At       time.Time `json:"at"`
	Function int       `json:"function"` // as asked; 0 for what was no request
	Bytes    int       `json:"bytes"`    // of the answer; 0 for none
}

// diaryLength is how many entries are kept.
const diaryLength = 100

// Board is an input/output board at unit address 1. It is safe for concurrent use.
type Board struct {
	mu      sync.Mutex // guards what follows
	inputs  [Size]bool
	coils   [Size]bool
	rises   [Size][]time.Time // when a coil came on, the last eight
	knobs   Knobs
	answers int
	asked   map[int]int // requests by function
	diary   []Entry
	changed chan struct{}
}

// New makes a board with no input fed and all outputs off.
func New() *Board { return &Board{changed: make(chan struct{}), asked: map[int]int{}} }

// Changed is closed at the next change of anything.
func (b *Board) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// change does something under the lock and wakes who waits.
func (b *Board) change(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
	close(b.changed)
	b.changed = make(chan struct{})
}

// Feed feeds or cuts an input.
func (b *Board) Feed(n int, fed bool) { b.change(func() { b.inputs[n] = fed }) }

// Fed says whether an input is fed.
func (b *Board) Fed(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inputs[n]
}

// Coil says whether an output is on.
func (b *Board) Coil(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.coils[n]
}

// Rises says how often an output came on within the last d, of the last eight
// times.
func (b *Board) Rises(n int, d time.Duration) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	count := 0
	for _, at := range b.rises[n] {
		if time.Since(at) < d {
			count++
		}
	}
	return count
}

// PowerCycle switches it off and on: all outputs are off.
func (b *Board) PowerCycle() { b.change(func() { b.coils = [Size]bool{} }) }

// Knobs are the faults now.
func (b *Board) Knobs() Knobs {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.knobs
}

// SetKnobs sets the faults.
func (b *Board) SetKnobs(k Knobs) error {
	if err := k.check(); err != nil {
		return err
	}
	b.change(func() { b.knobs, b.answers = k, 0 })
	return nil
}

// Asked is how many requests of a function it has heard; 0 counts what was none.
func (b *Board) Asked(function int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked[function]
}

// Diary is what it heard and answered last.
func (b *Board) Diary() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Entry(nil), b.diary...)
}

// note keeps a line of the diary. It wakes nobody: a driver asks 25 times a
// second. Of the same request over and over the last is kept.
func (b *Board) note(e Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[e.Function]++
	if n := len(b.diary); n > 0 && b.diary[n-1].Function == e.Function && b.diary[n-1].Bytes == e.Bytes && e.Function == 2 {
		b.diary[n-1] = e
		return
	}
	b.diary = append(b.diary, e)
	if len(b.diary) > diaryLength {
		b.diary = append([]Entry(nil), b.diary[len(b.diary)-diaryLength:]...)
	}
}

// answer carries a request out and gives the answer behind the address.
func (b *Board) answer(request []byte) []byte {
	b.mu.Lock()
	k := b.knobs
	b.mu.Unlock()
	function := request[0]
	refuse := func(code int) []byte { return []byte{function | 0x80, byte(code)} }
	if k.Exception > 0 {
		return refuse(k.Exception)
	}
	lines := Size
	if k.Lines > 0 {
		lines = k.Lines
	}
	first := int(request[1])<<8 | int(request[2])
	count := int(request[3])<<8 | int(request[4])
	switch function {
	case 1, 2:
		if count < 1 || count > 2000 {
			return refuse(3)
		}
		if first+count > lines {
			return refuse(2)
		}
		return append([]byte{function, byte((count + 7) / 8)}, b.pack(function == 2, first, count)...)
	case 5:
		if count != 0xFF00 && count != 0 {
			return refuse(3)
		}
		if first >= lines {
			return refuse(2)
		}
		if k.StuckCoil != first+1 {
			b.change(func() { b.set(first, count != 0) })
		}
		return request[:5]
	case 15:
		if first+count > lines {
			return refuse(2)
		}
		if count < 1 || len(request) != 6+(count+7)/8 || int(request[5]) != (count+7)/8 {
			return refuse(3)
		}
		b.change(func() {
			for i := range count {
				b.set(first+i, request[6+i/8]>>(i%8)&1 == 1)
			}
		})
		return request[:5]
	}
	return refuse(1)
}

// calm is how long after its last change a lamp is known not to blink.
const calm = 2600 * time.Millisecond

// set sets an output; the lock is held. Who watches is woken once more when a
// lamp has stopped blinking, which no change tells.
func (b *Board) set(n int, on bool) {
	if on != b.coils[n] {
		time.AfterFunc(calm, func() { b.change(func() {}) })
	}
	if on && !b.coils[n] {
		b.rises[n] = append(b.rises[n], time.Now())
		if len(b.rises[n]) > 8 {
			b.rises[n] = append([]time.Time(nil), b.rises[n][1:]...)
		}
	}
	b.coils[n] = on
}

func (b *Board) pack(inputs bool, first, count int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	from := b.coils
	if inputs {
		from = b.inputs
	}
	out := make([]byte, (count+7)/8)
	for i := range count {
		if from[first+i] {
			out[i/8] |= 1 << (i % 8)
		}
	}
	return out
}
