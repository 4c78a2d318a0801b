package link

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/protocol"
)

const (
	inboxSize = 256
	// helloAgain is how soon an unanswered hello is said again: the broker may
	// be there before the hub listens.
	helloAgain = 2 * time.Second
	// minBeat keeps "at once" from becoming a flood.
	minBeat = time.Second
	// ahead is how many records are handed to the sender before their turn, so
	// that it goes on while receipts are being written to the disk.
	ahead = 64
	// deaf is how many heartbeats the hub may leave unanswered.
	deaf = 3
)

// session is one connection with one client. Its fields belong to the
// goroutine of run.
type session struct {
	*Link
	send    *sender
	inbox   chan mqtt.Message
	lost    chan error
	dropped chan struct{} // the inbox was full

	drain    drain
	pieces   protocol.CampaignPieces
	welcomed bool
	after    mqtt.Message     // was taken from the inbox already, and is dealt with next
	waits    <-chan time.Time // a backlog waits for its turn to begin; nil: nothing is held back
	missed   int              // heartbeats without an answer
	lastBeat time.Time
	pruned   uint64    // the backup mark that was gone by …
	prunedAt time.Time // … and when
	said     []saying  // by the last heartbeats, oldest first
	desk     deskAsk
	pictures pictureAsk
}

// errLost says that the connection went.
var errLost = errors.New("link: connection lost")

// session is one of them; it tells how long it stood, for the next pause.
func (l *Link) session(ctx context.Context) (stood time.Duration, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &session{
		Link:    l,
		inbox:   make(chan mqtt.Message, inboxSize),
		lost:    make(chan error, 1),
		dropped: make(chan struct{}, 1),
		drain:   newDrain(l.opt.Window, l.opt.Resend),
	}
	conf, err := l.tlsConfig()
	if err != nil {
		return 0, err
	}
	client := mqtt.NewClient(s.options(ctx, conf))
	if err := await(ctx, client.Connect(), 60*time.Second); err != nil {
		return 0, fmt.Errorf("link: connect: %w", err)
	}
	connected := time.Now()
	defer func() { stood = time.Since(connected) }()
	defer client.Disconnect(100)
	if err := s.subscribe(ctx, client); err != nil {
		return 0, err
	}
	s.send = &sender{
		client: client,
		up:     func(k protocol.Kind) string { return protocol.UpTopic(l.id.Box(), k) },
		load:   l.load,
		urgent: make(chan packet, 8),
		bulk:   make(chan job, ahead),
		done:   make(chan sent, ahead),
	}
	sending := make(chan error, 1)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		sending <- s.send.run(ctx)
	}()
	err = s.run(ctx, sending)
	stop()
	<-gone // nothing of this session outlives it
	return 0, err
}

// options are those of hardware §6.1: the outbox is ours, the session clean,
// the id fresh, the handlers short.
func (s *session) options(ctx context.Context, conf *tls.Config) *mqtt.ClientOptions {
	id := make([]byte, 11)
	_, _ = rand.Read(id)
	o := mqtt.NewClientOptions()
	o.AddBroker("ssl://" + s.id.Grant.MQTT)
	o.SetClientID("zk" + hex.EncodeToString(id)[:21])
	o.SetProtocolVersion(4)
	o.SetCleanSession(true)
	o.SetStore(mqtt.NewOrderedMemoryStore())
	o.SetAutoReconnect(false)
	o.SetConnectRetry(false)
	o.SetKeepAlive(30 * time.Second)
	o.SetPingTimeout(10 * time.Second)
	o.SetConnectTimeout(30 * time.Second)
	o.SetWriteTimeout(ackPatience)
	o.SetOrderMatters(true)
	o.SetTLSConfig(conf)
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := dial(ctx, s.id.Grant.MQTT, conf)
		if err == nil {
			// Ends every wait inside the client, also the one for CONNACK.
			context.AfterFunc(ctx, func() { time.AfterFunc(150*time.Millisecond, func() { _ = conn.Close() }) })
		}
		return conn, err
	})
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		select {
		case s.inbox <- m:
		default:
			poke(s.dropped) // whatever it was, the hub says it again
		}
	})
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) {
		select {
		case s.lost <- err:
		default:
		}
	})
	return o
}

// await waits for a token with a deadline: a token may never be done.
func await(ctx context.Context, t mqtt.Token, patience time.Duration) error {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errStuck
	case <-t.Done():
		return t.Error()
	}
}

func (s *session) subscribe(ctx context.Context, client mqtt.Client) error {
	filter := protocol.DownFilter(s.id.Box())
	t := client.Subscribe(filter, 1, nil)
	if err := await(ctx, t, ackPatience); err != nil {
		return fmt.Errorf("link: subscribe: %w", err)
	}
	if st, ok := t.(*mqtt.SubscribeToken); ok && st.Result()[filter] > 2 {
		return errors.New("link: the broker refused the subscription")
	}
	return nil
}

// run is the session's one loop.
func (s *session) run(ctx context.Context, sending <-chan error) error {
	hello := time.NewTimer(0)
	defer hello.Stop()
	beat := time.NewTimer(jitter(protocol.HeartbeatEvery * time.Second))
	defer beat.Stop()
	soon := time.NewTimer(time.Hour)
	soon.Stop()
	defer soon.Stop()
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	for {
		next, bulk := s.next()
		if at, ok := s.drain.wake(); ok {
			again.Reset(time.Until(at))
		}
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-s.lost:
			return errors.Join(errLost, err)
		case err := <-sending:
			return errors.Join(errLost, err)
		case m := <-s.inbox:
			for s.after = m; err == nil && s.after != nil; {
				m, s.after = s.after, nil
				err = s.take(m)
			}
		case <-s.dropped:
			s.opt.Events(Refused{Err: errors.New("link: too many messages at once; some were let go")})
		case bulk <- next:
			s.drain.handed()
		case d := <-s.send.done:
			err = s.wentOut(d)
		case <-s.kick:
			err = s.fill()
		case <-s.waits:
			s.waits = nil
			err = s.fill()
		case <-again.C:
			s.drain.overdue(time.Now())
		case <-hello.C:
			if !s.welcomed {
				err = s.hello()
				hello.Reset(jitter(helloAgain))
			}
		case <-s.Link.beat:
			soon.Reset(max(0, minBeat-time.Since(s.lastBeat)))
		case <-soon.C:
			err = s.heartbeat()
		case <-beat.C:
			beat.Reset(protocol.HeartbeatEvery * time.Second)
			if s.missed++; s.missed > deaf && s.welcomed {
				return errors.New("link: the hub does not answer")
			}
			err = errors.Join(s.heartbeat(), s.askDesk(), s.askPictures())
		}
		if err != nil {
			return err
		}
	}
}

// next gives the channel to hand a job to, or nil when there is none.
func (s *session) next() (job, chan<- job) {
	if !s.flowing() {
		return job{}, nil
	}
	j, ok := s.drain.peek()
	if !ok {
		return job{}, nil
	}
	return j, s.send.bulk
}

// hand gives the sender what it has room for, without waiting.
func (s *session) hand() {
	for {
		j, bulk := s.next()
		if bulk == nil {
			return
		}
		select {
		case bulk <- j:
			s.drain.handed()
		default:
			return
		}
	}
}

// alike gives the payloads of what waits in the inbox, as long as it is of one
// kind and for this box; the first other is dealt with after it.
func (s *session) alike(kind protocol.Kind) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for range inboxSize {
			select {
			case m := <-s.inbox:
				if m.Topic() != protocol.DownTopic(s.id.Box(), kind) {
					s.after = m
					return
				}
				if !yield(m.Payload()) {
					return
				}
			default:
				return
			}
		}
	}
}

// say signs v and queues it before all records. A full queue is no error: what
// is said this way is said again.
func (s *session) say(kind protocol.Kind, v any) error {
	raw, err := protocol.SignMessage(kind, v, s.device)
	if err != nil {
		return err
	}
	select {
	case s.send.urgent <- packet{kind, raw}:
	default:
	}
	return nil
}

func (s *session) hello() error {
	head, hash, err := s.opt.Store.Head()
	if err != nil {
		return err
	}
	out, err := s.opt.Store.Outbox()
	if err != nil {
		return err
	}
	marks, err := s.opt.Store.Marks()
	if err != nil {
		return err
	}
	h := protocol.Hello{
		Address: s.id.Address(), Nonce: s.opt.Clock.Ask(), Boot: s.opt.Store.Boot(),
		Software: s.opt.Software, KeyStore: string(s.opt.Keys.Kind()), Marks: marks,
		Head: head, HeadHash: hash, Receipted: out.Receipted, Waiting: out.Waiting,
	}
	if s.opt.DeskPort != nil && len(s.opt.DeskNames) > 0 {
		if h.DeskPort = s.opt.DeskPort(); h.DeskPort != 0 {
			h.Desk = s.opt.DeskNames
		}
	}
	return s.say(protocol.KindHello, h)
}

func (s *session) heartbeat() error {
	var h protocol.Heartbeat
	if s.opt.Health != nil {
		h = s.opt.Health()
	}
	var err error
	h.Address, h.Nonce = s.id.Address(), s.opt.Clock.Ask()
	if h.Marks, err = s.opt.Store.Marks(); err != nil {
		return err
	}
	if h.Head, _, err = s.opt.Store.Head(); err != nil {
		return err
	}
	out, err := s.opt.Store.Outbox()
	if err != nil {
		return err
	}
	h.Waiting, h.Oldest = out.Waiting, out.Oldest
	if h.Ended, err = s.opt.Store.Ended(); err != nil {
		return err
	}
	if h.Backup, err = s.opt.Store.Backup(); err != nil {
		return err
	}
	if h.Kept, err = s.opt.Store.Kept(); err != nil {
		return err
	}
	h.Time = s.opt.Clock.Evidence("")
	if s.said = append(s.said, saying{h.Nonce, h.Devices}); len(s.said) > deaf {
		s.said = s.said[1:]
	}
	s.lastBeat = time.Now()
	return s.say(protocol.KindHeartbeat, h)
}

// saying is what a heartbeat told of the devices.
type saying struct {
	nonce   []byte
	devices []protocol.DeviceState
}

// saidWith gives what the heartbeat with this nonce told.
func (s *session) saidWith(nonce []byte) []protocol.DeviceState {
	for _, x := range s.said {
		if bytes.Equal(x.nonce, nonce) {
			return x.devices
		}
	}
	return nil
}
