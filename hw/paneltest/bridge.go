package paneltest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// Bridge is a CP2112 USB bridge: eight GPIO lines over HID. It is played over
// /dev/uhid to the kernel's own driver, hid-cp2112, which makes a GPIO chip
// named BridgeLabel of it. It needs root and that module.
type Bridge struct {
	mu     sync.Mutex // guards what follows
	file   *os.File   // nil when unplugged
	done   chan struct{}
	fed    byte // inputs that are High
	latch  byte // outputs
	output byte // lines that are outputs
}

// BridgeLabel is the GPIO chip's label.
const BridgeLabel = "cp2112_gpio"

// What uhid's events are called (linux/uhid.h).
const (
	uhidDestroy     = 1
	uhidGetReport   = 9
	uhidGetReply    = 10
	uhidCreate2     = 11
	uhidSetReport   = 13
	uhidSetReply    = 14
	uhidEventLength = 4 + 4376
)

// Feed makes an input High or Low.
func (b *Bridge) Feed(n int, high bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fed &^= 1 << n
	if high {
		b.fed |= 1 << n
	}
}

// Fed says whether an input is High.
func (b *Bridge) Fed(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fed>>n&1 == 1
}

// Out says whether a line is an output that is High.
func (b *Bridge) Out(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.output&b.latch>>n&1 == 1
}

// Plug plugs it in: all lines are inputs.
func (b *Bridge) Plug() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil {
		return nil
	}
	f, err := os.OpenFile("/dev/uhid", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("paneltest: %w", err)
	}
	if _, err := f.Write(creation()); err != nil {
		return errors.Join(fmt.Errorf("paneltest: %w", err), f.Close())
	}
	b.file, b.done, b.output, b.latch = f, make(chan struct{}), 0, 0
	go b.serve(f, b.done)
	return nil
}

// Unplug pulls it: the chip is gone.
func (b *Bridge) Unplug() error {
	b.mu.Lock()
	f, done := b.file, b.done
	b.file = nil
	b.mu.Unlock()
	if f == nil {
		return nil
	}
	destroy := make([]byte, 4)
	binary.NativeEndian.PutUint32(destroy, uhidDestroy)
	_, err := f.Write(destroy)
	err = errors.Join(err, f.Close())
	<-done
	return err
}

// creation is the event that makes the device.
func creation() []byte {
	descriptor := reports()
	var e bytes.Buffer
	put := func(v any) { _ = binary.Write(&e, binary.NativeEndian, v) } // a buffer takes everything
	put(uint32(uhidCreate2))
	var name [128]byte
	copy(name[:], "CP2112 HID USB-to-SMBus Bridge")
	put(name)
	put([64]byte{})
	put([64]byte{})
	put(uint16(len(descriptor)))
	put(uint16(3)) // BUS_USB
	put([4]uint32{0x10C4, 0xEA90, 0x0101, 0})
	e.Write(descriptor)
	return e.Bytes()
}

// reports is the report descriptor: the feature reports of AN495 with their
// lengths, and one input report.
func reports() []byte {
	d := []byte{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08}
	for _, r := range [][2]byte{{0x02, 4}, {0x03, 1}, {0x04, 2}, {0x05, 2}, {0x06, 13}, {0x20, 1}} {
		d = append(d, 0x85, r[0], 0x95, r[1], 0x09, 0x01, 0xB1, 0x02)
	}
	d = append(d, 0x85, 0x13, 0x95, 0x3E, 0x09, 0x01, 0x81, 0x02)
	return append(d, 0xC0)
}

func (b *Bridge) serve(f *os.File, done chan<- struct{}) {
	defer close(done)
	buf := make([]byte, uhidEventLength)
	for {
		n, err := f.Read(buf)
		if err != nil {
			return
		}
		if n < 12 {
			continue
		}
		id, report := buf[4:8], buf[8]
		switch binary.NativeEndian.Uint32(buf) {
		case uhidGetReport:
			data := b.feature(report)
			e := binary.NativeEndian.AppendUint32(nil, uhidGetReply)
			e = append(e, id...)
			code := uint16(0)
			if data == nil {
				code = 5 // EIO
			}
			e = binary.NativeEndian.AppendUint16(e, code)
			e = binary.NativeEndian.AppendUint16(e, uint16(len(data)))
			_, err = f.Write(append(e, data...))
		case uhidSetReport:
			size := int(binary.NativeEndian.Uint16(buf[10:]))
			b.set(buf[12 : 12+min(size, 64)])
			e := binary.NativeEndian.AppendUint32(nil, uhidSetReply)
			e = append(e, id...)
			_, err = f.Write(binary.NativeEndian.AppendUint16(e, 0))
		}
		if err != nil && !errors.Is(err, fs.ErrClosed) {
			continue // the kernel has given this request up
		}
	}
}

// feature answers a feature report, its number first; nil for one there is not.
func (b *Bridge) feature(report byte) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch report {
	case 0x02:
		return []byte{report, b.output, 0xFF, 0x00, 0x00}
	case 0x03:
		return []byte{report, b.latch&b.output | b.fed&^b.output}
	case 0x05:
		return []byte{report, 0x0C, 0x03}
	case 0x06:
		return []byte{report, 0, 1, 0x86, 0xA0, 2, 0, 0, 0, 0, 0, 0, 0, 0}
	case 0x20:
		return []byte{report, 0}
	}
	return nil
}

// set takes a feature report: directions or values.
func (b *Bridge) set(r []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case len(r) >= 2 && r[0] == 0x02:
		b.output = r[1]
	case len(r) >= 3 && r[0] == 0x04:
		b.latch = b.latch&^r[2] | r[1]&r[2]
	}
}
