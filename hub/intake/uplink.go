package intake

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/hub/dispatch"
	"zhunkao/protocol"
)

// Uplink says how the hub listens at its broker.
type Uplink struct {
	dispatch.Link
	// Shared names the group of a shared subscription ("hub" for
	// $share/hub/…), for several hubs at an external broker. The embedded
	// broker has none.
	Shared string
	// QoS of the subscription. 0 is right wherever receipts are: a broker hands
	// messages over without writing them to its store first, which was measured
	// (see README), and what a lost connection costs the boxes say again.
	QoS byte
	// Tap, when set, is the ear of a broker in this process: what boxes publish
	// under a filter, without the way through its listener. Link is not used.
	Tap func(ctx context.Context, filter string, take func(topic string, payload []byte), ready func()) error
}

// The pauses before a subscription that was refused is tried on a connection of
// its own; they double.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// Listen subscribes to all that boxes say and delivers it until ctx ends.
// ready is called each time a subscription stands.
func (in *Intake) Listen(ctx context.Context, u Uplink, ready func()) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		var stood atomic.Bool // the client calls from goroutines of its own
		in.listen(ctx, u, func() { stood.Store(true); ready() })
		if stood.Load() {
			pause = firstPause
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
	}
}

// listen serves on one client until ctx ends or the broker does not subscribe
// it. The client connects again by itself when its connection is lost, but a
// connection without a subscription is one that looks healthy and hears
// nothing, and a client that has been disconnected is not used again.
func (in *Intake) listen(ctx context.Context, u Uplink, ready func()) {
	filter := protocol.UpFilter()
	if u.Shared != "" {
		filter = "$share/" + u.Shared + "/" + filter
	}
	if u.Tap != nil {
		err := u.Tap(ctx, filter, func(topic string, payload []byte) { in.Deliver(ctx, topic, payload) }, func() {
			in.opts.Log.Info("listening to the boxes", "worker", "intake")
			ready()
		})
		if err != nil {
			in.opts.Log.Error("the broker's own connection is lost; trying again", "worker", "intake", "error", err.Error())
		}
		return
	}
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	deaf := make(chan struct{}, 1)
	take := func(_ mqtt.Client, m mqtt.Message) { in.Deliver(ctx, m.Topic(), m.Payload()) }
	u.Client(own, "intake", in.opts.Log,
		func(o *mqtt.ClientOptions) { o.SetDefaultPublishHandler(take) },
		func(c mqtt.Client) {
			if err := granted(c.Subscribe(filter, u.QoS, take)); err != nil {
				in.opts.Log.Error("not subscribed; trying again on another connection", "worker", "intake", "error", err.Error())
				select {
				case deaf <- struct{}{}:
				default: // said already
				}
				return
			}
			in.opts.Log.Info("listening to the boxes", "worker", "intake")
			ready()
		})
	select {
	case <-ctx.Done():
	case <-deaf:
	}
}

var (
	errNoAnswer = errors.New("intake: the broker does not answer")
	errRefused  = errors.New("intake: the broker refuses the subscription")
)

// granted waits for the answer to a subscription. The client takes a refusal
// (MQTT 3.1.1, 3.9.3: 0x80) for an answer like any other.
func granted(tok mqtt.Token) error {
	if !tok.WaitTimeout(10 * time.Second) {
		return errNoAnswer
	}
	if err := tok.Error(); err != nil {
		return err
	}
	if s, ok := tok.(*mqtt.SubscribeToken); ok {
		for _, code := range s.Result() { // one, under the filter without its group
			if code > 2 {
				return errRefused
			}
		}
	}
	return nil
}
