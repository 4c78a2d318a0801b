package broker

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// HubName is the common name of the certificate by which the hub's own client
// is known. It is not a box id, so no enrolment can give it away.
const HubName = "hub"

// ErrStopped says that the broker has been closed.
var ErrStopped = errors.New("broker: stopped")

// Options configures a Broker. All fields but MaxStore, MaxPayload and Log are
// required.
type Options struct {
	Listen string          // host:port of the MQTT listener; port 0 picks one
	Dir    string          // for the library's store; made when missing
	Server tls.Certificate // shown to boxes
	CA     *x509.Certificate
	// Admit decides at each connect whether the box with this certificate may
	// come in; an error refuses. It holds up only that connection, and must
	// answer within 4 s. A revoked box is refused, a frozen one let in to drain.
	Admit func(box string, cert *x509.Certificate) error
	// Topics gives the topic filter a box may publish to and the one it may
	// subscribe to. The words of the topics are the wire's, not the broker's.
	Topics func(box string) (publish, subscribe string)

	MaxPayload int   // bytes of one message; default 256 KiB
	MaxStore   int64 // bytes the store may take; default 1 GiB
	Log        *slog.Logger
}

// sessionsPerBox is how many connections of one box may stand at a time: the
// one it uses and one that the network has not yet noticed is gone.
const sessionsPerBox = 2

// Broker is the running broker.
type Broker struct {
	opts Options
	srv  *server.Server
	addr string
	down chan struct{}
	log  *fatalLogger

	secret string // of the broker's own connection, drawn at start

	mu       sync.Mutex          // guards both
	sessions map[string][]uint64 // connection ids by box, oldest first
	tries    map[string]*tries   // by box
}

// Start opens the listener and returns when boxes can connect. It holds the
// store directory until Close.
func Start(ctx context.Context, opts Options) (*Broker, error) {
	host, port, err := splitListen(opts.Listen)
	if err != nil {
		return nil, err
	}
	if opts.MaxPayload == 0 {
		opts.MaxPayload = 256 << 10
	}
	if opts.MaxStore == 0 {
		opts.MaxStore = 1 << 30
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if err := probe(ctx, opts.Listen); err != nil {
		return nil, err
	}
	b := &Broker{opts: opts, down: make(chan struct{}), secret: rand.Text(), sessions: map[string][]uint64{}, tries: map[string]*tries{}}
	b.log = &fatalLogger{log: opts.Log.With("worker", "broker"), fatal: make(chan error, 1)}
	conf := b.config(host, port)
	if b.srv, err = server.NewServer(conf); err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	b.srv.SetLoggerV2(b.log, false, false, false)
	go func() {
		b.srv.Start()
		b.srv.WaitForShutdown()
		close(b.down)
	}()
	if err := b.ready(ctx); err != nil {
		b.srv.Shutdown()
		<-b.down
		return nil, err
	}
	b.addr = net.JoinHostPort(host, strconv.Itoa(conf.MQTT.Port))
	return b, nil
}

func splitListen(listen string) (string, int, error) {
	host, p, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("broker: listen address %q: want host:port", listen)
	}
	port, err := strconv.Atoi(p)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("broker: listen address %q: bad port", listen)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// probe tells a taken port before the library does, in one plain sentence.
func probe(ctx context.Context, listen string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("broker: cannot listen for boxes on %s: %w", listen, err)
	}
	return l.Close()
}

func (b *Broker) config(host string, port int) *server.Options {
	pool := x509.NewCertPool()
	pool.AddCert(b.opts.CA)
	return &server.Options{
		ServerName:         "zhunkao-hub",
		DontListen:         true, // no NATS client port
		NoSigs:             true,
		NoSystemAccount:    true,
		JetStream:          true, // the MQTT part wants it
		StoreDir:           b.opts.Dir,
		JetStreamMaxStore:  b.opts.MaxStore,
		JetStreamMaxMemory: 64 << 20,
		MaxPayload:         int32(b.opts.MaxPayload),
		MaxPending:         64 << 20,
		MaxSubs:            16, // a box needs one filter, the hub one
		WriteDeadline:      10 * time.Second,
		// Checked for the MQTT listener too; there is no other.
		CustomClientAuthentication: b,
		MQTT: server.MQTTOpts{
			Host:                      host,
			Port:                      port,
			AuthTimeout:               5,
			TLSTimeout:                5,
			AckWait:                   30 * time.Second,
			MaxAckPending:             1024,
			ConsumerMemoryStorage:     true,
			ConsumerInactiveThreshold: 10 * time.Minute,
			TLSConfig: &tls.Config{
				MinVersion:   tls.VersionTLS13,
				Certificates: []tls.Certificate{b.opts.Server},
				ClientAuth:   tls.RequireAndVerifyClientCert,
				ClientCAs:    pool,
			},
		},
	}
}

// ready waits for the listener, for a fatal word of the library, or for ctx.
func (b *Broker) ready(ctx context.Context) error {
	done := make(chan bool, 1)
	go func() { done <- b.srv.ReadyForConnections(20 * time.Second) }()
	select {
	case err := <-b.log.fatal:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case ok := <-done:
		if ok {
			return b.keepNothing(ctx)
		}
	}
	select {
	case err := <-b.log.fatal:
		return err
	default:
		return errors.New("broker: did not start within 20 s; is its directory writable and not in use?")
	}
}

// Addr is the address of the MQTT listener, with the real port.
func (b *Broker) Addr() string { return b.addr }

// Fatal gives the condition after which the broker is of no use any more.
func (b *Broker) Fatal() <-chan error { return b.log.fatal }

// Sessions gives the number of connections that boxes and hub hold.
func (b *Broker) Sessions() int { return b.srv.NumClients() }

// Stored gives the bytes that the store takes and the bound it was given. What
// would go beyond is refused, and the box sends it again later.
func (b *Broker) Stored() (used uint64, limit int64, err error) {
	js, err := b.srv.Jsz(nil)
	if err != nil {
		return 0, 0, fmt.Errorf("broker: %w", err)
	}
	return js.Store, b.opts.MaxStore, nil
}

// Close ends every connection and the listener, and waits until the store is
// closed or ctx ends.
func (b *Broker) Close(ctx context.Context) error {
	b.srv.Shutdown()
	select {
	case <-b.down:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
