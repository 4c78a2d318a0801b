package camera_test

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"slices"
	"sync"
	"testing"
)

// usbCamera is a webcam as most are: USB video class 1.0, pictures raw up to
// 640 × 480 and as MJPG up to 1280 × 720, sent isochronously; its lamp filter set
// for sixty hertz. What it sees are JPEG files it is shown; each is sent when its
// size is the one agreed on. Its methods may be called from any goroutine.
type usbCamera struct {
	mu      sync.Mutex // guards the rest
	probed  agreement
	agreed  agreement
	setting byte           // of the streaming interface: 0 is no stream
	lamps   byte           // power line frequency: 0 none, 1 is 50 Hz, 2 is 60 Hz
	views   map[int][]view // by width
	n       int            // exposures
	flip    byte           // of the frame's identity
}

type view struct {
	data    []byte
	damaged bool // the camera says so itself
}

// agreement is the part of a probe and commit control the host may choose.
type agreement struct {
	format, frame byte
	interval      uint32 // 100 ns
}

const (
	streamEndpoint         = 1
	formatYUYV, formatMJPG = 1, 2
	vga, hd                = 1, 2
	fps30, fps15           = 333333, 666666
	sixtyHertz             = 2

	controlInterface, streamInterface  = 0, 1
	terminalCamera, unitImage, termUSB = 1, 2, 3
	lineFrequencyControl               = 5
)

var frameSize = map[byte][2]int{vga: {640, 480}, hd: {1280, 720}}

func (u *usbCamera) reset() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.probed = agreement{format: formatYUYV, frame: vga, interval: fps30}
	u.agreed, u.setting, u.lamps, u.flip = agreement{}, 0, sixtyHertz, 0
}

// show puts pictures before the camera, to be sent in turn.
func (u *usbCamera) show(t *testing.T, pictures ...[]byte) {
	t.Helper()
	views := make([]view, len(pictures))
	for i, p := range pictures {
		views[i].data = p
	}
	u.see(t, views...)
}

func (u *usbCamera) see(t *testing.T, views ...view) {
	t.Helper()
	byWidth := map[int][]view{}
	for _, v := range views {
		c, err := jpeg.DecodeConfig(bytes.NewReader(v.data))
		if err != nil {
			t.Fatal(err)
		}
		byWidth[c.Width] = append(byWidth[c.Width], v)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.views = byWidth
}

func (u *usbCamera) state() (a agreement, lamps byte, exposures int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.agreed, u.lamps, u.n
}

func (u *usbCamera) streaming() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.setting > 0
}

// exposure is a picture on its way.
type exposure struct {
	data  []byte
	flags byte
}

// expose takes the next picture; none while nobody looks, and of a size or
// format that was not shown.
func (u *usbCamera) expose() (exposure, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	views := u.views[frameSize[u.agreed.frame][0]]
	if u.setting == 0 || u.agreed.format != formatMJPG || len(views) == 0 {
		return exposure{}, false
	}
	v := views[u.n%len(views)]
	u.n++
	u.flip ^= 1
	const endOfHeader, failed = 0x80, 0x40
	flags := endOfHeader | u.flip
	if v.damaged {
		flags |= failed
	}
	return exposure{data: v.data, flags: flags}, true
}

// payload appends the next part of the picture with its header.
func (e *exposure) payload(to []byte, room int) []byte {
	const header, endOfFrame = 2, 0x02
	n := min(len(e.data), room-header)
	flags := e.flags
	if n == len(e.data) {
		flags |= endOfFrame
	}
	to = append(append(to, header, flags), e.data[:n]...)
	e.data = e.data[n:]
	return to
}

// The requests of USB 2.0 chapter 9 and of the video class, chapter 4.
const (
	getStatus, clearFeature, getDescriptor = 0x8000, 0x0201, 0x8006
	setConfiguration, setInterface         = 0x0009, 0x010B
	classSet, classGet                     = 0x21, 0xA1

	setCur, getCur, getMin, getMax, getRes, getInfo, getDef = 0x01, 0x81, 0x82, 0x83, 0x84, 0x86, 0x87
)

// control answers a request of the default pipe; not ok is a stall.
func (u *usbCamera) control(setup [8]byte, out []byte) (in []byte, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	value, index := binary.LittleEndian.Uint16(setup[2:]), binary.LittleEndian.Uint16(setup[4:])
	if setup[0] == classSet || setup[0] == classGet {
		switch {
		case index == streamInterface:
			return u.negotiate(setup[1], value>>8, out)
		case index == unitImage<<8|controlInterface && value>>8 == lineFrequencyControl:
			return u.lineFrequency(setup[1], out)
		}
		return nil, false
	}
	switch int(setup[0])<<8 | int(setup[1]) {
	case getDescriptor:
		in = descriptors()[value]
		return in, in != nil
	case getStatus:
		return []byte{0, 0}, true
	case setConfiguration, clearFeature:
		return nil, true
	case setInterface:
		if index == streamInterface {
			u.setting = byte(value)
		}
		return nil, true
	}
	return nil, false
}

// negotiate answers probe and commit: what the host proposes, brought to what
// the camera can.
func (u *usbCamera) negotiate(request byte, selector uint16, out []byte) ([]byte, bool) {
	const probe, commit, size = 1, 2, 26
	if selector != probe && selector != commit {
		return nil, false
	}
	a := u.probed
	if selector == commit && request == getCur {
		a = u.agreed
	}
	switch request {
	case setCur:
		if len(out) < size {
			return nil, false
		}
		a = agreement{format: out[2], frame: out[3], interval: binary.LittleEndian.Uint32(out[4:])}
		if a.format != formatMJPG {
			a.format, a.frame = formatYUYV, vga
		}
		if a.frame != hd {
			a.frame = vga
		}
		if a.interval > fps30 {
			a.interval = fps15
		} else {
			a.interval = fps30
		}
		u.probed = a
		if selector == commit {
			u.agreed = a
		}
		return nil, true
	case getCur, getMin, getMax, getDef:
		b := make([]byte, size)
		b[2], b[3] = a.format, a.frame
		binary.LittleEndian.PutUint32(b[4:], a.interval)
		px := frameSize[a.frame]
		binary.LittleEndian.PutUint32(b[18:], uint32(2*px[0]*px[1]))
		binary.LittleEndian.PutUint32(b[22:], packetBytes)
		return b, true
	case getInfo:
		return []byte{3}, true
	}
	return nil, false
}

func (u *usbCamera) lineFrequency(request byte, out []byte) ([]byte, bool) {
	switch request {
	case setCur:
		if len(out) != 1 || out[0] > sixtyHertz {
			return nil, false
		}
		u.lamps = out[0]
		return nil, true
	case getCur:
		return []byte{u.lamps}, true
	case getMin:
		return []byte{0}, true
	case getMax, getDef:
		return []byte{sixtyHertz}, true
	case getRes:
		return []byte{1}, true
	case getInfo:
		return []byte{3}, true // can be read and set
	}
	return nil, false
}

// packetBytes a microframe: three transactions of 1024 bytes.
const packetBytes = 3 * 1024

const deviceName = "Camera 摄像头"

// descriptors gives what GET_DESCRIPTOR asks for, by type and index.
func descriptors() map[uint16][]byte {
	le16 := func(n int) []byte { return []byte{byte(n), byte(n >> 8)} }
	le32 := func(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }
	d := func(parts ...[]byte) []byte { // a descriptor begins with its length
		b := slices.Concat(parts...)
		return append([]byte{byte(len(b) + 1)}, b...)
	}
	bs := func(b ...byte) []byte { return b }
	inter := func(n, setting, endpoints, subclass byte) []byte {
		return d(bs(4, n, setting, endpoints, 0x0E, subclass, 0, 0))
	}

	units := slices.Concat(
		d(bs(0x24, 2, terminalCamera), le16(0x0201), bs(0, 0), le16(0), le16(0), le16(0), bs(3, 0, 0, 0)),
		d(bs(0x24, 5, unitImage, terminalCamera), le16(0), bs(2, 0, 1<<2, 0)), // bit 10: power line frequency
		d(bs(0x24, 3, termUSB), le16(0x0101), bs(0, unitImage, 0)),
	)
	head := func(n int) []byte {
		return d(bs(0x24, 1), le16(0x0100), le16(n), le32(48_000_000), bs(1, streamInterface))
	}
	unitsHead := head(len(head(0)) + len(units))

	frame := func(kind, n byte) []byte {
		w, h := frameSize[n][0], frameSize[n][1]
		return d(bs(0x24, kind, n, 0), le16(w), le16(h), le32(w*h*2*8*15), le32(w*h*2*8*30), le32(w*h*2), le32(fps30), bs(2), le32(fps30), le32(fps15))
	}
	formats := slices.Concat(
		d(bs(0x24, 4, formatYUYV, 1), []byte("YUY2\x00\x00\x10\x00\x80\x00\x00\xAA\x008\x9Bq"), bs(16, vga, 0, 0, 0, 0)),
		frame(5, vga),
		d(bs(0x24, 6, formatMJPG, 2, 0, vga, 0, 0, 0, 0)),
		frame(7, vga), frame(7, hd),
		d(bs(0x24, 0x0D, 1, 1, 4)),
	)
	input := func(n int) []byte {
		return d(bs(0x24, 1, 2), le16(n), bs(0x80|streamEndpoint, 0, termUSB, 0, 0, 0, 1, 0, 0))
	}
	formatsHead := input(len(input(0)) + len(formats))

	body := slices.Concat(
		d(bs(0x0B, controlInterface, 2, 0x0E, 3, 0, 0)), // the two belong together
		inter(controlInterface, 0, 0, 1), unitsHead, units,
		inter(streamInterface, 0, 0, 2), formatsHead, formats,
		inter(streamInterface, 1, 1, 2),
		d(bs(5, 0x80|streamEndpoint, 0x05), le16(2<<11|1024), bs(1)),
	)
	name := []byte{3}
	for _, r := range deviceName {
		name = append(name, le16(int(r))...)
	}
	return map[uint16][]byte{
		0x0100: d(bs(1), le16(0x0200), bs(0xEF, 2, 1, 64), le16(0x1D6B), le16(0x0102), le16(0x0100), bs(0, 1, 0, 1)),
		0x0200: append(d(bs(2), le16(9+len(body)), bs(2, 1, 0, 0x80, 250)), body...),
		0x0300: d(bs(3), le16(0x0409)),
		0x0301: d(name),
	}
}
