package link_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// toll lies on the line between a box and the broker and keeps the broker's
// PUBACKs back until it is told to let them through: a line on which nothing is
// ever acknowledged in time, whatever the machine's speed.
type toll struct {
	t      *testing.T
	peer   *peer
	listen net.Listener
	wg     sync.WaitGroup

	mu   sync.Mutex // guards what follows
	open bool
	kept [][]byte // PUBACKs
	box  net.Conn
	all  []net.Conn
}

// puback is the type of the packet, MQTT 3.1.1, table 2.1.
const puback = 4

func newToll(t *testing.T, p *peer) *toll {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", p.keys.TLS(t, true))
	if err != nil {
		t.Fatal(err)
	}
	o := &toll{t: t, peer: p, listen: l}
	o.wg.Go(o.accept)
	t.Cleanup(func() {
		_ = l.Close()
		o.mu.Lock()
		for _, c := range o.all {
			_ = c.Close()
		}
		o.mu.Unlock()
		o.wg.Wait()
	})
	return o
}

func (o *toll) addr() string { return o.listen.Addr().String() }

func (o *toll) accept() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Error(err)
		return
	}
	roots := x509.NewCertPool()
	roots.AddCert(o.peer.keys.CA)
	conf := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: []tls.Certificate{{
		Certificate: [][]byte{o.peer.keys.Certificate(o.t, "box", key.Public()).Raw}, PrivateKey: key,
	}}}
	for {
		box, err := o.listen.Accept()
		if err != nil {
			return
		}
		broker, err := tls.Dial("tcp", o.peer.addr(), conf)
		if err != nil {
			o.t.Error(err)
			_ = box.Close()
			return
		}
		o.mu.Lock()
		o.box, o.kept = box, nil
		o.all = append(o.all, box, broker)
		o.mu.Unlock()
		o.wg.Go(func() { _, _ = io.Copy(broker, box); _ = broker.Close() })
		o.wg.Go(func() { o.down(box, broker); _ = box.Close() })
	}
}

// down passes on what the broker says, packet by packet.
func (o *toll) down(box, broker net.Conn) {
	in := bufio.NewReader(broker)
	for {
		packet, err := readPacket(in)
		if err != nil {
			return
		}
		o.mu.Lock()
		if packet[0]>>4 == puback && !o.open {
			o.kept = append(o.kept, packet)
		} else {
			_, err = box.Write(packet)
		}
		o.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// lift lets through what was kept back, and all that comes.
func (o *toll) lift() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = true
	for _, p := range o.kept {
		if _, err := o.box.Write(p); err != nil {
			o.t.Error(err)
		}
	}
	o.kept = nil
}

// readPacket reads one control packet (MQTT 3.1.1, 2.2): type and flags, the
// length in seven bits a byte, the rest.
func readPacket(in *bufio.Reader) ([]byte, error) {
	first, err := in.ReadByte()
	if err != nil {
		return nil, err
	}
	out := []byte{first}
	length := 0
	for shift := 0; ; shift += 7 {
		if shift > 21 {
			return nil, errors.New("a length of more than four bytes")
		}
		b, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		length |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			break
		}
	}
	at := len(out)
	out = append(out, make([]byte, length)...)
	_, err = io.ReadFull(in, out[at:])
	return out, err
}
