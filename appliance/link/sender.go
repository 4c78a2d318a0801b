package link

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/protocol"
)

const (
	// ackPatience is how long the broker may take to acknowledge. 3.1.1 knows no
	// repeat within a connection, so after it the session is ended.
	ackPatience = 30 * time.Second
	// inFlight bounds, in bytes, what of records is on the way to the broker
	// without a PUBACK. A small message is next on the wire behind that much and
	// no more, wherever it lies: in our buffers, the kernel's, or the line's. At
	// 1 Mbit/s that is two seconds; a line of 100 Mbit/s and 20 ms is full by it.
	inFlight = 256 << 10
	// mostInFlight is that bound where each PUBACK comes within prompt: there
	// nothing waits for longer behind it. With less a hub near by stood still each
	// time its broker was not the next to run.
	mostInFlight = 2 << 20
	prompt       = 100 * time.Millisecond
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
	only  bool // manifest only: the hub holds the record, or may have it already
	parts []protocol.WantPart
}

// sender publishes for one session: urgent messages before whatever is left of
// the record under way. All but the channels belongs to the goroutine of run.
type sender struct {
	client mqtt.Client
	up     func(protocol.Kind) string
	load   func(job) (*cargo, error)

	urgent chan packet
	bulk   chan job
	done   chan sent

	now    *cargo   // the record under way
	big    []flying // of records, without a PUBACK, oldest first
	bytes  int      // of big
	room   int      // the most that bytes may be now; 0: inFlight
	spare  [][]byte // memory of chunks that the broker has: it is used again
	little []flying // of urgent messages
}

// flying is a message without a PUBACK.
type flying struct {
	token mqtt.Token
	packet
	at time.Time
}

// sent tells the session that a job went out, or why it could not.
type sent struct {
	job job
	err error // of load; an error of the connection ends the sender
}

// loaded is what the disk gave for a job.
type loaded struct {
	job   job
	cargo *cargo
	err   error
}

func (s *sender) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer stop()
	read := make(chan loaded)
	reading.Go(func() { s.read(ctx, read) })
	patience := time.NewTimer(ackPatience)
	defer patience.Stop()
	for {
		select { // small messages first, always
		case p := <-s.urgent:
			s.say(p)
			continue
		default:
		}
		if err := s.reap(); err != nil {
			return err
		}
		next := read
		if s.now != nil {
			out, err := s.carry()
			if err == nil && out {
				continue
			}
			if err != nil || s.now.empty() {
				job := s.now.job
				s.now = nil
				if err := s.tell(ctx, sent{job, err}); err != nil {
					return err
				}
				continue
			}
			next = nil
		}
		patience.Reset(s.patience())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p := <-s.urgent:
			s.say(p)
		case l := <-next:
			if s.now = l.cargo; l.err != nil {
				s.now = nil
				if err := s.tell(ctx, sent{l.job, l.err}); err != nil {
					return err
				}
			}
		case <-first(s.big):
		case <-first(s.little):
		case <-patience.C:
			return errStuck
		}
	}
}

// read reads one record ahead of the one that is being sent, so that neither the
// disk nor the line waits for the other.
func (s *sender) read(ctx context.Context, out chan<- loaded) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-s.bulk:
			c, err := s.load(j)
			select {
			case <-ctx.Done():
				return
			case out <- loaded{j, c, err}:
			}
		}
	}
}

// say publishes a small message. It waits for no PUBACK, its own or another's.
func (s *sender) say(p packet) {
	s.little = append(s.little, s.publish(p))
}

// carry publishes the next message of the record under way, if there is room for
// it; out says whether it did. Its error is the record's.
func (s *sender) carry() (out bool, err error) {
	p, ok, err := s.now.peek(s.memory)
	if err != nil || !ok {
		return false, err
	}
	if s.bytes > 0 && s.bytes+len(p.payload) > s.most() {
		return false, nil
	}
	s.now.drop()
	s.big = append(s.big, s.publish(p))
	s.bytes += len(p.payload)
	return true, nil
}

func (s *sender) publish(p packet) flying {
	return flying{s.client.Publish(s.up(p.kind), 1, false, p.payload), p, time.Now()}
}

// memory is for a chunk; nil when there is none to spare. It is that of one which the
// broker has acknowledged, so the client has copied it; a broker that acknowledges
// what it has not got spoils a chunk, which the hub finds by its hash.
func (s *sender) memory() []byte {
	if len(s.spare) == 0 {
		return nil
	}
	last := len(s.spare) - 1
	b := s.spare[last]
	s.spare = s.spare[:last]
	return b
}

// reap forgets what the broker has acknowledged. That proves nothing about the
// hub; it only paces.
func (s *sender) reap() error {
	for len(s.big) > 0 && ready(s.big[0].token) {
		done := s.big[0]
		s.big, s.bytes = s.big[1:], s.bytes-len(done.payload)
		if err := done.token.Error(); err != nil {
			return fmt.Errorf("link: publish: %w", err)
		}
		s.acknowledged(len(done.payload), time.Since(done.at))
		if done.kind == protocol.KindChunk {
			s.spare = append(s.spare, done.payload[:0])
		}
	}
	for len(s.little) > 0 && ready(s.little[0].token) {
		if err := s.little[0].token.Error(); err != nil {
			return fmt.Errorf("link: publish: %w", err)
		}
		s.little = s.little[1:]
	}
	return nil
}

// most is how many bytes may be on the way now.
func (s *sender) most() int { return max(s.room, inFlight) }

// acknowledged moves that bound by the time that a PUBACK took.
func (s *sender) acknowledged(bytes int, took time.Duration) {
	if took < prompt {
		s.room = min(s.most()+bytes, mostInFlight)
	} else {
		s.room = inFlight
	}
}

// patience is how long the oldest message without a PUBACK may still wait.
func (s *sender) patience() time.Duration {
	left := ackPatience
	for _, of := range [][]flying{s.big, s.little} {
		if len(of) > 0 {
			left = min(left, max(0, ackPatience-time.Since(of[0].at)))
		}
	}
	if len(s.big)+len(s.little) == 0 {
		return time.Hour // nobody owes us anything
	}
	return left
}

// first is done when the oldest is acknowledged; nil when there is none.
func first(of []flying) <-chan struct{} {
	if len(of) == 0 {
		return nil
	}
	return of[0].token.Done()
}

func (s *sender) tell(ctx context.Context, d sent) error {
	select {
	case s.done <- d:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func ready(t mqtt.Token) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}
