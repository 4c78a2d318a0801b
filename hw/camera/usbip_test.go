package camera_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cable is the device's end of a USB cable whose other end is in a port of the
// kernel's virtual host controller (vhci_hcd): what passes is USB/IP, the
// protocol's own headers without the handshake before them. The kernel's gadgets
// will not do: dummy_hcd has no isochronous endpoints, and usb_f_uvc has no
// others.
//
// One goroutine answers requests, one exposes pictures; both end when the cable
// is pulled.
type cable struct {
	dev  *usbCamera
	line *os.File
	all  sync.WaitGroup

	mu      sync.Mutex // guards the rest, and writing
	more    *sync.Cond // a transfer came, or there will be none
	waiting []transfer // for pictures, oldest first
	gone    bool
	pulled  chan struct{}
	trouble error
}

// The messages and their parts (Documentation/usb/usbip_protocol.rst). All
// numbers are big-endian.
const (
	cmdSubmit, cmdUnlink, retSubmit, retUnlink = 1, 2, 3, 4

	headSize, packetSize = 48, 16

	port      = 0
	highSpeed = 3
	portFree  = 4 // in the status file
	hostPath  = "/sys/devices/platform/vhci_hcd.0/"
)

// transfer is one request for the isochronous endpoint.
type transfer struct {
	seq     uint32
	start   uint32
	packets []packet
}

// packet is a part of a transfer: where it lies in the host's buffer, how long
// it may be, how long it is.
type packet struct{ offset, length, actual, status uint32 }

// plugIn puts a camera into the port.
func plugIn(t *testing.T, dev *usbCamera) *cable {
	t.Helper()
	await(t, "the port is free", func() bool { return portStatus(t) == portFree })
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fds[0], true); err != nil { // so that Close ends a Read
		t.Fatal(err)
	}
	c := &cable{dev: dev, line: os.NewFile(uintptr(fds[0]), "cable"), pulled: make(chan struct{})}
	c.more = sync.NewCond(&c.mu)
	dev.reset()
	c.all.Go(c.answer)
	c.all.Go(c.film)
	err = os.WriteFile(hostPath+"attach", fmt.Appendf(nil, "%d %d %d %d", port, fds[1], 1<<16|2, highSpeed), 0)
	if closed := unix.Close(fds[1]); err != nil || closed != nil { // the kernel has its own hold on it
		c.pull()
		t.Fatal(err, closed)
	}
	return c
}

// pull pulls the cable out, and gives what went wrong while it was in.
func (c *cable) pull() error {
	c.hangUp(nil)
	c.all.Wait()
	return c.trouble
}

func (c *cable) hangUp(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return
	}
	c.gone, c.trouble = true, why
	close(c.pulled)
	c.more.Broadcast()
	_ = c.line.Close() // the host sees it
}

// answer serves what the host sends until the cable is pulled.
func (c *cable) answer() {
	head := make([]byte, headSize)
	for {
		if _, err := io.ReadFull(c.line, head); err != nil {
			c.hangUp(nil)
			return
		}
		var err error
		switch command := word(head, 0); command {
		case cmdSubmit:
			err = c.submitted(head)
		case cmdUnlink:
			err = c.unlinked(word(head, 1), word(head, 5))
		default:
			err = fmt.Errorf("command %d of the host", command)
		}
		if err != nil {
			c.hangUp(err)
			return
		}
	}
}

func word(b []byte, n int) uint32 { return binary.BigEndian.Uint32(b[4*n:]) }

func (c *cable) submitted(head []byte) error {
	seq, in, endpoint, size := word(head, 1), word(head, 3) == 1, word(head, 4), word(head, 6)
	switch {
	case endpoint == 0:
		var out []byte
		if !in {
			out = make([]byte, size)
			if _, err := io.ReadFull(c.line, out); err != nil {
				return err
			}
		}
		data, ok := c.dev.control([8]byte(head[40:48]), out)
		status, actual := int32(0), uint32(len(out))
		if in {
			data = data[:min(len(data), int(size))]
			actual = uint32(len(data))
		}
		if !ok {
			status, actual, data = -int32(unix.EPIPE), 0, nil
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.more.Broadcast() // it may have been the one that ends the stream
		return c.write(message(retSubmit, seq, uint32(status), actual, 0, 0), data)
	case endpoint == streamEndpoint && in:
		t := transfer{seq: seq, start: word(head, 7), packets: make([]packet, word(head, 8))}
		list := make([]byte, packetSize*len(t.packets))
		if _, err := io.ReadFull(c.line, list); err != nil {
			return err
		}
		for i := range t.packets {
			t.packets[i] = packet{offset: word(list, 4*i), length: word(list, 4*i+1)}
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting = append(c.waiting, t)
		c.more.Broadcast()
		return nil
	default:
		return fmt.Errorf("transfer for endpoint %d", endpoint)
	}
}

// unlinked takes a transfer back. One that is not waiting has been answered.
func (c *cable) unlinked(seq, which uint32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := int32(0)
	for i, t := range c.waiting {
		if t.seq == which {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			status = -int32(unix.ECONNRESET)
			break
		}
	}
	return c.write(message(retUnlink, seq, uint32(status)))
}

// message makes a header with its first words.
func message(command, seq uint32, words ...uint32) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, headSize), command)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = append(b, make([]byte, 12)...) // device, direction, endpoint: the host knows
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return b[:headSize]
}

// write needs the lock.
func (c *cable) write(parts ...[]byte) error {
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if _, err := c.line.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// film exposes a picture fifteen times a second and sends it.
func (c *cable) film() {
	tick := time.NewTicker(time.Second / 15)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.pulled:
			return
		}
		if p, ok := c.dev.expose(); ok {
			if err := c.send(p); err != nil {
				c.hangUp(err)
				return
			}
		}
	}
}

// send fills as many of the host's transfers as the picture needs. What is left
// of a picture when the stream is switched off is not sent.
func (c *cable) send(p exposure) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p.data) > 0 {
		for len(c.waiting) == 0 && !c.gone && c.dev.streaming() {
			c.more.Wait()
		}
		if c.gone || !c.dev.streaming() {
			return nil
		}
		t := c.waiting[0]
		c.waiting = c.waiting[1:]
		var body, list []byte
		for i := range t.packets {
			k := &t.packets[i]
			if len(p.data) > 0 {
				before := len(body)
				body = p.payload(body, int(k.length))
				k.actual = uint32(len(body) - before)
			}
			for _, w := range []uint32{k.offset, k.length, k.actual, k.status} {
				list = binary.BigEndian.AppendUint32(list, w)
			}
		}
		if err := c.write(message(retSubmit, t.seq, 0, uint32(len(body)), t.start, uint32(len(t.packets))), body, list); err != nil && !c.gone {
			return err
		}
	}
	return nil
}

// portStatus reads what the host says of the port.
func portStatus(t *testing.T) (status int) {
	t.Helper()
	b, err := os.ReadFile(hostPath + "status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var hub string
		var n int
		if _, err := fmt.Sscanf(line, "%s %d %d", &hub, &n, &status); err == nil && hub == "hs" && n == port {
			return status
		}
	}
	t.Fatalf("no port %d in\n%s", port, b)
	return 0
}

// await looks until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.After(limit)
	for !so() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not in time: %s", what)
		}
	}
}
