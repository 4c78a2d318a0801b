package intake_test

import (
	"bytes"
	"crypto/rand"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// speaker is an MQTT connection that sends packets which were made before, of QoS 1
// and without waiting for a PUBACK, and hears what it has subscribed to.
type speaker struct {
	b     *testing.B
	next  uint16     // packet id
	mu    sync.Mutex // guards writing to conn
	conn  net.Conn
	ended atomic.Bool
}

// newSpeaker connects over conn; filter may be empty.
func newSpeaker(b *testing.B, conn net.Conn, filter string, hear func(topic string, payload []byte)) *speaker {
	b.Helper()
	s := &speaker{b: b, conn: conn}
	if err := conn.SetDeadline(time.Now().Add(patient)); err != nil {
		b.Fatal(err)
	}
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.CleanSession, hello.ClientIdentifier = "MQTT", 4, true, rand.Text()
	s.asks(hello, packets.Connack)
	if filter != "" {
		sub := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
		sub.MessageID, sub.Topics, sub.Qoss = 1, []string{filter}, []byte{1}
		s.asks(sub, packets.Suback)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.listen(hear)
	}()
	b.Cleanup(func() {
		s.ended.Store(true)
		_ = conn.Close()
		<-over
	})
	return s
}

// asks writes a packet and reads its answer.
func (s *speaker) asks(p packets.ControlPacket, answer byte) {
	s.b.Helper()
	if err := p.Write(s.conn); err != nil {
		s.b.Fatal(err)
	}
	got, err := packets.ReadPacket(s.conn)
	if err != nil {
		s.b.Fatal(err)
	}
	switch got := got.(type) {
	case *packets.ConnackPacket:
		if answer == packets.Connack && got.ReturnCode == packets.Accepted {
			return
		}
	case *packets.SubackPacket:
		if answer == packets.Suback && len(got.ReturnCodes) == 1 && got.ReturnCodes[0] <= 2 {
			return
		}
	}
	s.b.Fatalf("mqtt: the broker says %s", got)
}

// listen hears until the connection ends.
func (s *speaker) listen(hear func(string, []byte)) {
	for {
		p, err := packets.ReadPacket(s.conn)
		if err != nil {
			if !s.ended.Load() {
				s.b.Errorf("mqtt: %v", err)
			}
			return
		}
		said, ok := p.(*packets.PublishPacket)
		if !ok {
			continue // a PUBACK
		}
		hear(said.TopicName, said.Payload)
		if said.Qos == 0 {
			continue
		}
		ack := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
		ack.MessageID = said.MessageID
		var raw bytes.Buffer
		_ = ack.Write(&raw) // into memory
		s.write(raw.Bytes())
	}
}

// packet makes the PUBLISH of a message, as it goes over the wire.
func (s *speaker) packet(topic string, payload []byte) []byte {
	s.next++
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.Qos, p.TopicName, p.MessageID, p.Payload = 1, topic, s.next, payload
	var raw bytes.Buffer
	_ = p.Write(&raw) // into memory
	return raw.Bytes()
}

func (s *speaker) write(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.conn.Write(raw); err != nil && !s.ended.Load() {
		s.b.Errorf("mqtt: %v", err)
	}
}
