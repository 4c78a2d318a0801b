package broker_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// wire is a connection on which a test writes its own packets.
type wire struct {
	t *testing.T
	net.Conn
}

func (d *door) wire(t *testing.T, box string) wire {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(d.ca.cert)
	c, err := tls.Dial("tcp", d.Addr(), &tls.Config{Certificates: []tls.Certificate{d.ca.issue(t, box)}, RootCAs: pool, MinVersion: tls.VersionTLS13})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(wait))
	return wire{t, c}
}

// packet frames a body as MQTT 3.1.1 says (2.2.3).
func packet(first byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	out := []byte{first}
	for n := len(body); ; {
		b := byte(n % 128)
		if n /= 128; n > 0 {
			b |= 128
		}
		out = append(out, b)
		if n == 0 {
			return append(out, body...)
		}
	}
}

func text(s string) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...) }

// hello is a CONNECT of MQTT 3.1.1 with flags and what follows the client id.
func hello(id string, flags byte, more ...[]byte) []byte {
	return packet(0x10, text("MQTT"), []byte{4, flags | 2, 0, 60}, text(id), slices.Concat(more...))
}

// say writes and returns what comes next: the first byte and the body of the
// next packet, or an error when the broker closed.
func (w wire) say(b []byte) (byte, []byte, error) {
	if _, err := w.Write(b); err != nil {
		return 0, nil, err
	}
	return w.hear()
}

func (w wire) hear() (byte, []byte, error) {
	var one [1]byte
	if _, err := io.ReadFull(w, one[:]); err != nil {
		return 0, nil, err
	}
	first, size := one[0], 0
	for shift := 0; shift < 28; shift += 7 {
		if _, err := io.ReadFull(w, one[:]); err != nil {
			return 0, nil, err
		}
		if size |= int(one[0]&127) << shift; one[0] < 128 {
			break
		}
	}
	body := make([]byte, size)
	_, err := io.ReadFull(w, body)
	return first, body, err
}

// in connects and must be let in.
func (w wire) in(connect []byte) wire {
	w.t.Helper()
	first, body, err := w.say(connect)
	if err != nil || first != 0x20 || len(body) != 2 || body[1] != 0 {
		w.t.Fatalf("CONNECT: %x %x, %v", first, body, err)
	}
	return w
}

// others is a hub and a box B that must not notice what box A does.
type others struct {
	d    *door
	hub  mqtt.Client
	up   chan mqtt.Message
	b    mqtt.Client
	own  chan mqtt.Message
	lost chan error
}

func (d *door) others(t *testing.T) *others {
	t.Helper()
	o := &others{d: d, own: make(chan mqtt.Message, 64), lost: make(chan error, 4), up: make(chan mqtt.Message, 64)}
	fell := func(_ mqtt.Client, err error) { o.lost <- err }
	opt := d.options(d.ca.issue(t, "hub"))
	opt.SetConnectionLostHandler(fell)
	o.hub = connect(t, opt)
	// The hub listens to everything here, so that nothing can pass beside it.
	if err := done(o.hub.Subscribe("#", 1, func(_ mqtt.Client, m mqtt.Message) { o.up <- m })); err != nil {
		t.Fatal(err)
	}
	opt = d.options(d.ca.issue(t, boxB))
	opt.SetConnectionLostHandler(fell)
	o.b = connect(t, opt)
	if err := done(o.b.Subscribe("t/down/"+boxB+"/+", 1, func(_ mqtt.Client, m mqtt.Message) { o.own <- m })); err != nil {
		t.Fatal(err)
	}
	return o
}

// own reports a topic that box A may publish to: whatever stands in its one
// level, the library's own signs too, it is A that said it. What box A said
// rightly is no harm to anybody.
func own(topic string) bool {
	level, ok := strings.CutPrefix(topic, "t/up/"+boxA+"/")
	return ok && !strings.ContainsAny(level, "/+#")
}

// unaffected sends one message each way between hub and box B: nothing else may
// have come to either, and nobody may have been cut.
func (o *others) unaffected(t *testing.T) {
	t.Helper()
	word := fmt.Sprint(time.Now().UnixNano())
	if err := done(o.b.Publish("t/up/"+boxB+"/x", 1, false, word)); err != nil {
		t.Fatalf("box B cannot speak: %v", err)
	}
	m := receive(t, o.up)
	for own(m.Topic()) {
		m = receive(t, o.up)
	}
	if m.Topic() != "t/up/"+boxB+"/x" || string(m.Payload()) != word {
		t.Fatalf("the hub heard %.80q (%d bytes)", m.Topic(), len(m.Payload()))
	}
	if err := done(o.hub.Publish("t/down/"+boxB+"/x", 1, false, word)); err != nil {
		t.Fatalf("the hub cannot speak: %v", err)
	}
	for _, at := range []chan mqtt.Message{o.own, o.up} { // the hub hears itself: it listens to all
		if m := receive(t, at); m.Topic() != "t/down/"+boxB+"/x" || string(m.Payload()) != word {
			t.Fatalf("somebody heard %.80q (%d bytes)", m.Topic(), len(m.Payload()))
		}
	}
	select {
	case err := <-o.lost:
		t.Fatalf("somebody else was cut: %v", err)
	default:
	}
}

// TestOddConnects: other versions and spoilt CONNECTs are refused before
// anything else happens.
func TestOddConnects(t *testing.T) {
	d := open(t)
	o := d.others(t)
	for name, b := range map[string][]byte{
		"MQTT 3.1":             packet(0x10, text("MQIsdp"), []byte{3, 2, 0, 60}, text("a")),
		"MQTT 5":               packet(0x10, text("MQTT"), []byte{5, 2, 0, 60, 0}, text("a")),
		"MQTT 5 of properties": packet(0x10, text("MQTT"), []byte{5, 2, 0, 60, 5, 0x11, 0xff, 0xff, 0xff, 0xff}, text("a")),
		"MQTT 6":               packet(0x10, text("MQTT"), []byte{6, 2, 0, 60}, text("a")),
		"another protocol":     packet(0x10, text("HTTP"), []byte{4, 2, 0, 60}, text("a")),
		"reserved flag":        packet(0x10, text("MQTT"), []byte{4, 3, 0, 60}, text("a")),
		"id that is no text":   hello("a\xff\xfe", 0),
		"cut short":            packet(0x10, text("MQTT"), []byte{4}),
		"id past the end":      packet(0x10, text("MQTT"), []byte{4, 2, 0, 60, 0xff, 0xff, 'a'}),
		"will of QoS 3":        hello("a", 0x1c, text("t/up/"+boxA+"/w"), text("will")),
		"foreign will":         hello("a", 0x04, text("t/up/"+boxB+"/w"), text("will")),
		"foreign kept will":    hello("a", 0x24, text("t/down/"+boxB+"/w"), text("will")),
		"will to the broker":   hello("a", 0x04, text("$MQTT/sub/w"), text("will")),
		"will to all":          hello("a", 0x04, text("#"), text("will")),
		"no CONNECT":           packet(0x30, text("t/up/"+boxA+"/x"), []byte("early")),
		"rubbish":              []byte(strings.Repeat("GET / HTTP/1.1\r\n\r\n", 20)),
		"endless length":       {0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"256 MB announced":     {0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := d.wire(t, boxA)
			_, _ = w.Write(b)
			_ = w.Conn.(*tls.Conn).CloseWrite()
			first, body, err := w.hear()
			if err == nil && first == 0x20 && len(body) > 1 && body[1] == 0 && !strings.Contains(name, "will") {
				t.Errorf("was let in")
			}
			_ = w.Close() // without a DISCONNECT: a will that was taken is said now
			o.unaffected(t)
		})
	}
}

// TestOddPublishes: what box A publishes where it may not, or as it may not,
// reaches nobody, and cuts at most A.
func TestOddPublishes(t *testing.T) {
	d := open(t)
	o := d.others(t)
	mine := "t/up/" + boxA + "/x"
	pub := func(flags byte, topic string, payload []byte) []byte {
		id := []byte{0, 7}
		if flags&6 == 0 {
			id = nil
		}
		return packet(0x30|flags, text(topic), id, payload)
	}
	odd := map[string][]byte{
		"QoS 3":                    pub(6, mine, []byte("x")),
		"a topic of 65,535 bytes":  pub(2, mine+strings.Repeat("a", 65535-len(mine)), []byte("x")),
		"65,535 levels":            pub(2, strings.Repeat("/", 65535), []byte("x")),
		"a topic past the end":     packet(0x32, []byte{0xff, 0xff, 't'}),
		"no topic":                 pub(2, "", []byte("x")),
		"NUL in the topic":         pub(2, mine+"\x00", []byte("x")),
		"a topic that is no text":  pub(2, "t/up/"+boxA+"/\xff\xfe", []byte("x")),
		"packet id 0":              packet(0x32, text(mine), []byte{0, 0}, []byte("x")),
		"one byte more than a MiB": pub(2, mine, make([]byte, 1<<20+1)),
		"one byte too many":        pub(2, mine, make([]byte, 256<<10+1)),
		"SUBACK from a client":     packet(0x90, []byte{0, 1, 0}),
		"CONNECT twice":            hello("again", 0),
	}
	for _, topic := range []string{"t/up/+/x", "t/up/" + boxA + "/+", "t/up/#", "#", "+", "t/up/" + boxB + "/x", "t/down/" + boxA + "/x", "t/down/" + boxB + "/x", "t/up/" + boxA,
		"t/up/" + boxA + "/x/y", "$SYS/broker/uptime", "$SYS.REQ.SERVER.PING", "$SYS/REQ/SERVER/PING", "$JS/API/STREAM/DELETE/$MQTT_msgs", "$JS.API.STREAM.DELETE.$MQTT_msgs",
		"$JS/API/STREAM/LIST", "$JS/API/STREAM/PURGE/$MQTT_rmsgs", "$JS/ACK/a/b", "$MQTT/msgs/t/up/" + boxB + "/x", "$MQTT/sub/abc", "$MQTT/rmsgs/x", "$MQTT/deliver/pubrel/x",
		"$KV/a/b", "$OBJ/a", "_INBOX/a", "_R_/a", "t.up." + boxB + ".x", "t/up/" + boxA + "/x.y", "t/up/" + boxA + "/>", "t/up/" + boxA + "/*", "t/up/*/x", ">", "t/>"} {
		for _, qos := range []byte{0, 2} {
			odd[fmt.Sprintf("%s at QoS %d", topic, qos/2)] = pub(qos, topic, []byte("x"))
		}
		odd[topic+" kept"] = pub(3, topic, []byte("x"))
	}
	for name, b := range odd {
		t.Run(name, func(t *testing.T) {
			w := d.wire(t, boxA).in(hello("odd", 0))
			_, _ = w.Write(b)
			_ = w.Conn.(*tls.Conn).CloseWrite()
			_, _ = io.Copy(io.Discard, w) // until the broker has done with it
			o.unaffected(t)
		})
	}
}

// TestEmptyFullAndTwice: a payload of nothing and the largest one arrive; QoS 2
// arrives once, however often it is said.
func TestEmptyFullAndTwice(t *testing.T) {
	d := open(t)
	o := d.others(t)
	mine := "t/up/" + boxA + "/x"
	a := connect(t, d.options(d.ca.issue(t, boxA)))
	for _, n := range []int{0, 200 << 10} {
		if err := done(a.Publish(mine, 1, false, make([]byte, n))); err != nil {
			t.Fatal(err)
		}
		if m := receive(t, o.up); m.Topic() != mine || len(m.Payload()) != n {
			t.Fatalf("got %s of %d bytes, want %d", m.Topic(), len(m.Payload()), n)
		}
	}
	w := d.wire(t, boxA).in(hello("twice", 0))
	again := packet(0x34, text(mine), []byte{0, 9}, []byte("twice"))
	for range 3 {
		if first, _, err := w.say(again); err != nil || first != 0x50 {
			t.Fatalf("PUBREC: %x, %v", first, err)
		}
		again[0] |= 8 // DUP
	}
	if first, _, err := w.say(packet(0x62, []byte{0, 9})); err != nil || first != 0x70 {
		t.Fatalf("PUBCOMP: %x, %v", first, err)
	}
	if m := receive(t, o.up); string(m.Payload()) != "twice" {
		t.Fatalf("got %q", m.Payload())
	}
	o.unaffected(t)
}

// TestForeignFilters: no filter but its own gives a box anything.
func TestForeignFilters(t *testing.T) {
	d := open(t)
	o := d.others(t)
	for _, filter := range []string{"#", "+/+", "+/+/+/+", "$share/x/#", "$share/x/t/down/" + boxB + "/+", "$SYS/#", "$MQTT/#", "$JS/API/#", "$queue/#", "t/down/" + boxB + "/+",
		"t/down/+/+", "t/#", "t/up/#", ">", "*", "t/down/*/x", "t.down." + boxB + ".x", "$MQTT/msgs/#", "t/down/" + boxB + "/x", "", "t/down/#/x", "\xff", strings.Repeat("a/", 30_000)} {
		t.Run(fmt.Sprintf("%.30q", filter), func(t *testing.T) {
			w := d.wire(t, boxA).in(hello("filter", 0))
			first, body, err := w.say(packet(0x82, []byte{0, 3}, text(filter), []byte{1}))
			if err == nil && (first != 0x90 || len(body) != 3 || body[2] != 0x80) {
				t.Errorf("SUBSCRIBE was answered %x %x", first, body)
			}
			o.unaffected(t)
			_ = w.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if first, body, err := w.hear(); err == nil {
				t.Errorf("box A heard %x %.80q", first, body)
			}
			_ = w.Close()
		})
	}
}

// TestClientIDOfAnother: who takes the id of box B's connection may put that
// one out, but gets nothing of it, and B, which draws a fresh one, comes back.
func TestClientIDOfAnother(t *testing.T) {
	d := open(t)
	o := d.others(t)
	victim := d.options(d.ca.issue(t, boxB)).SetClientID("known")
	got := make(chan mqtt.Message, 8)
	v := connect(t, victim)
	if err := done(v.Subscribe("t/down/"+boxB+"/+", 1, func(_ mqtt.Client, m mqtt.Message) { got <- m })); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		w := d.wire(t, boxA).in(packet(0x10, text("MQTT"), []byte{4, 0, 0, 60}, text("known"))) // wants the old session
		if err := done(o.hub.Publish("t/down/"+boxB+"/x", 1, false, "for B")); err != nil {
			t.Fatal(err)
		}
		if m := receive(t, o.own); string(m.Payload()) != "for B" {
			t.Fatalf("box B heard %q", m.Payload())
		}
		if m := receive(t, o.up); string(m.Payload()) != "for B" {
			t.Fatalf("the hub heard %q", m.Payload())
		}
		_ = w.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if first, body, err := w.hear(); err == nil {
			t.Fatalf("the taker of an id heard %x %q", first, body)
		}
		_ = w.Close()
	}
	again := connect(t, d.options(d.ca.issue(t, boxB)))
	if err := done(again.Publish("t/up/"+boxB+"/y", 1, false, "back")); err != nil {
		t.Fatal(err)
	}
	if m := receive(t, o.up); string(m.Payload()) != "back" {
		t.Fatalf("the hub heard %q", m.Payload())
	}
}

// TestKeptMessagesAreBounded: a box that floods its own topics with messages to
// be kept fills neither the disk nor the ears of whoever subscribes later.
func TestKeptMessagesAreBounded(t *testing.T) {
	d, dir := openIn(t)
	a := connect(t, d.options(d.ca.issue(t, boxA)))
	const each = 64 << 10
	for i := range 200 { // 12.5 MiB
		if err := done(a.Publish(fmt.Sprintf("t/up/%s/k%d", boxA, i), 1, true, make([]byte, each))); err != nil {
			break // cut: as good an answer as any
		}
	}
	o := d.others(t) // the hub subscribes now
	o.unaffected(t)
	if err := done(a.Publish("t/up/"+boxA+"/k", 1, true, "now")); err != nil {
		t.Fatal(err)
	}
	if m := receive(t, o.up); string(m.Payload()) != "now" { // to who listens it comes like any other
		t.Fatalf("the hub heard %q", m.Topic())
	}
	var size int64
	if err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // tidied up under our eyes
		}
		if err != nil || e.IsDir() {
			return err
		}
		if i, err := e.Info(); err == nil {
			size += i.Size()
		}
		return nil
	}); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if size > 4<<20 {
		t.Errorf("the store holds %d bytes of what a box wanted kept", size)
	}
}
