package dispatch

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/protocol"
)

// Link says how to reach a broker, the hub's own or an external one.
type Link struct {
	URL string      // "tls://host:port"
	TLS *tls.Config // with the hub's client certificate and the broker's root
	// Report, unless nil, is told when a client of that name has connected, and
	// when it lost its connection.
	Report func(name string, up bool)
}

// Client makes an MQTT client that connects and keeps connecting until ctx
// ends. ready runs after every connect, in a goroutine of its own, and may wait
// on tokens. Sessions are clean and the id is drawn at random: the broker keeps
// nothing for us, and nobody can take over a name they cannot guess.
func (l Link) Client(ctx context.Context, name string, log *slog.Logger, set func(*mqtt.ClientOptions), ready func(mqtt.Client)) mqtt.Client {
	o := mqtt.NewClientOptions().AddBroker(l.URL).SetTLSConfig(l.TLS).
		SetClientID("hub-" + name + "-" + rand.Text()).
		SetCleanSession(true).SetOrderMatters(true).
		SetAutoReconnect(true).SetConnectRetry(true).SetConnectRetryInterval(time.Second).
		SetMaxReconnectInterval(10 * time.Second).SetConnectTimeout(10 * time.Second).
		SetKeepAlive(20 * time.Second).SetPingTimeout(10 * time.Second).SetWriteTimeout(10 * time.Second).
		SetStore(mqtt.NewOrderedMemoryStore())
	o.OnConnectionLost = func(_ mqtt.Client, err error) {
		if l.Report != nil {
			l.Report(name, false)
		}
		if ctx.Err() == nil {
			log.Warn("connection to the broker lost; connecting again", "worker", name, "error", err.Error())
		}
	}
	o.OnConnect = func(c mqtt.Client) {
		log.Info("connected to the broker", "worker", name)
		if l.Report != nil {
			l.Report(name, true)
		}
		if ready != nil {
			ready(c)
		}
	}
	if set != nil {
		set(o)
	}
	c := mqtt.NewClient(o)
	c.Connect() // with ConnectRetry the token waits for success, which may be hours away
	context.AfterFunc(ctx, func() { c.Disconnect(250) })
	return c
}

// publishLimit is how long one message may wait for the network.
const publishLimit = 5 * time.Second

var (
	errAway = errors.New("dispatch: no connection to the broker")
	errSlow = errors.New("dispatch: the network did not take it in time")
)

// Publisher connects a client of its own and gives its Publish. The quality of
// service is 0: what a lost connection costs is said again after the next
// hello, and a broker's acknowledgement would mean nothing. ready, which may be
// nil, is called after every connect.
func (l Link) Publisher(ctx context.Context, log *slog.Logger, ready func()) Publish {
	client := l.Client(ctx, "dispatch", log, nil, func(mqtt.Client) {
		if ready != nil {
			ready()
		}
	})
	return func(topic string, payload []byte) error {
		if !client.IsConnectionOpen() {
			return errAway
		}
		tok := client.Publish(topic, 0, false, payload)
		if !tok.WaitTimeout(publishLimit) {
			return errSlow
		}
		return tok.Error()
	}
}

// MaxMessage is the largest payload on the wire, for the broker's limit.
const MaxMessage = protocol.MaxMessage

// Topics gives the filters that the box with this id may publish to and
// subscribe to, and no other.
func Topics(box string) (publish, subscribe string) {
	id := protocol.BoxID(box)
	return protocol.UpTopic(id, "+"), protocol.DownFilter(id)
}
