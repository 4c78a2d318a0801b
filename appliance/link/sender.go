package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/protocol"
)

const (
	// ackPatience is how long the broker may take to acknowledge. 3.1.1 knows no
	// repeat within a connection, so after it the session is ended.
	ackPatience = 30 * time.Second
	// unacked bounds what is on the way to the broker without a PUBACK.
	unacked = 32
)

// errStuck says that the broker acknowledges no more.
var errStuck = errors.New("link: broker does not acknowledge")

// packet is one message to publish.
type packet struct {
	kind    protocol.Kind
	payload []byte
}

// job is one record to send: whole, only its manifest, or only a part's rest.
type job struct {
	seq   uint64
	only  bool // manifest only: the hub said it holds the record
	parts []protocol.WantPart
}

// sender publishes for one session: urgent messages before the next record.
type sender struct {
	client mqtt.Client
	up     func(protocol.Kind) string
	load   func(job) ([]packet, error)

	urgent chan packet
	bulk   chan job
	done   chan sent

	tokens []mqtt.Token
}

// sent tells the session that a job went out, or why it could not.
type sent struct {
	job  job
	size int
	err  error // of load; an error of the connection ends the sender
}

func (s *sender) run(ctx context.Context) error {
	for {
		// Small control messages never wait behind a backlog.
		select {
		case p := <-s.urgent:
			if err := s.publish(ctx, p); err != nil {
				return err
			}
			continue
		default:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p := <-s.urgent:
			if err := s.publish(ctx, p); err != nil {
				return err
			}
		case j := <-s.bulk:
			if err := s.send(ctx, j); err != nil {
				return err
			}
		}
	}
}

func (s *sender) send(ctx context.Context, j job) error {
	packets, err := s.load(j)
	size := 0
	for _, p := range packets {
		select {
		case u := <-s.urgent:
			if err := s.publish(ctx, u); err != nil {
				return err
			}
		default:
		}
		if err := s.publish(ctx, p); err != nil {
			return err
		}
		size += len(p.payload)
	}
	select {
	case s.done <- sent{j, size, err}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// publish hands p to the client, and waits when too much is unacknowledged. A
// token that is done proves nothing about the hub; it only paces.
func (s *sender) publish(ctx context.Context, p packet) error {
	s.tokens = append(s.tokens, s.client.Publish(s.up(p.kind), 1, false, p.payload))
	for len(s.tokens) > unacked || len(s.tokens) > 0 && ready(s.tokens[0]) {
		t := s.tokens[0]
		s.tokens = s.tokens[1:]
		timer := time.NewTimer(ackPatience)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
			return errStuck
		case <-t.Done():
			timer.Stop()
		}
		if err := t.Error(); err != nil {
			return fmt.Errorf("link: publish: %w", err)
		}
	}
	return nil
}

func ready(t mqtt.Token) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}

// load reads what a job needs from the store.
func (l *Link) load(j job) ([]packet, error) {
	rec, err := l.opt.Store.Record(j.seq)
	if err != nil {
		return nil, err
	}
	if j.only {
		return []packet{{protocol.KindManifest, rec.Envelope}}, nil
	}
	parts, err := l.opt.Store.Parts(rec)
	if err != nil {
		return nil, err
	}
	var out []packet
	order, skip := rec.Manifest.Parts(), func(protocol.Hash) uint64 { return 0 }
	if len(j.parts) > 0 {
		order, skip = wanted(rec.Manifest, j.parts)
	} else {
		out = append(out, packet{protocol.KindManifest, rec.Envelope})
	}
	for _, c := range protocol.Chunks(rec.Manifest.ID, parts, order, skip) {
		raw, err := protocol.Encode(c)
		if err != nil {
			return nil, err
		}
		out = append(out, packet{protocol.KindChunk, raw})
	}
	return out, nil
}

// wanted picks the parts the hub asked for, from where it asked.
func wanted(m protocol.Manifest, parts []protocol.WantPart) ([]protocol.Part, func(protocol.Hash) uint64) {
	from := map[protocol.Hash]uint64{}
	for _, p := range parts {
		from[p.Part] = p.From
	}
	var order []protocol.Part
	for _, p := range m.Parts() {
		if _, ok := from[p.Hash]; ok {
			order = append(order, p)
		}
	}
	return order, func(h protocol.Hash) uint64 { return from[h] }
}
