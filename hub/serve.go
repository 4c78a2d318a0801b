package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"zhunkao/hub/broker"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/intake"
	"zhunkao/hub/web"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/guard"
	"zhunkao/protocol/sheet"
)

// openBroker starts the embedded broker, or finds the external one, and gives
// the hub a client certificate of its own.
func (h *Hub) openBroker(ctx context.Context) error {
	h.link.Report = h.connections.note
	own, err := h.keys.IssueClient(broker.HubName)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.link.TLS = &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, RootCAs: h.keys.Pool()}
	if x := h.config.Broker; x.URL != "" {
		h.link.URL = x.URL
		if x.CA == "" {
			return nil
		}
		pem, err := os.ReadFile(x.CA)
		if err != nil {
			return fmt.Errorf("hub: root of the broker: %w", err)
		}
		h.link.TLS.RootCAs = x509.NewCertPool()
		if !h.link.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("hub: %s holds no certificate", x.CA)
		}
		return nil
	}
	names, err := h.config.names()
	if err != nil {
		return err
	}
	// The hub's own client finds the broker by a name that is always there.
	server, err := h.keys.IssueServer(append(names, ownName)...)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.broker, err = broker.Start(ctx, broker.Options{Listen: h.config.MQTT, Dir: h.dir.Broker(), Server: server, CA: h.keys.CA(),
		Admit: h.admit, Topics: dispatch.Topics, MaxPayload: dispatch.MaxMessage, MaxStore: h.config.MaxStore, Log: h.log})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.then(func() error {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		return h.broker.Close(end)
	})
	h.link.URL = "tls://" + reach(h.broker.Addr())
	h.link.TLS.ServerName = ownName
	return nil
}

// ownName is the name under which the hub's own client knows its broker.
const ownName = "hub.zhunkao.internal"

// reach turns a wildcard listen address into one that can be dialled here.
func reach(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// openDoors: the pages, the door where boxes enrol, and the operator's socket.
func (h *Hub) openDoors(ctx context.Context) error {
	pages, err := h.listenTCP(ctx, "pages", h.config.Listen)
	if err != nil {
		return err
	}
	h.pages = pages
	conns := guard.NewConns(0, 0)
	pages.l = conns.Listener(pages.l)
	if err := h.pageTLS(pages, h.config.Listen); err != nil {
		return err
	}
	handler, err := h.web()
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	// A list of the whole province over a slow line is the longest answer. Live
	// pages have no end and move their deadline with each word; they end with
	// h.ending.
	pages.server = server(handler, h.log, 5*time.Minute)
	pages.server.ConnState = conns.State

	names, err := h.config.names()
	if err != nil {
		return err
	}
	cert, err := h.keys.IssueServer(names...)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	if h.boxes, err = h.listenTCP(ctx, "door", h.config.Door); err != nil {
		return err
	}
	atDoor := guard.NewConns(0, 0)
	h.boxes.l = tls.NewListener(atDoor.Listener(h.boxes.l), &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert}})
	h.boxes.server = server(h.enrolment(), h.log, 30*time.Second)
	h.boxes.server.ConnState = atDoor.State
	return h.openAdmin(ctx)
}

// pageTLS puts the certificate of the pages before a door; on a loopback address
// there may be none.
func (h *Hub) pageTLS(d *door, listen string) error {
	if h.config.TLSCert == "" {
		return nil
	}
	c := h.config
	c.Listen = listen
	conf, err := pageTLS(c)
	if err != nil {
		return err
	}
	d.l = tls.NewListener(d.l, conf)
	return nil
}

func (h *Hub) enrolment() *intake.Door {
	return &intake.Door{DB: h.db, Keys: h.keys, Flow: h.flow, Down: h.dispatch, Log: h.log,
		MQTT: func() string { return or(h.config.Advertise, h.Addresses().MQTT) }}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// openFonts opens the fonts of the papers that the pages give out. Broken ones
// are said and not used: a paper in the small font is better than none.
func (h *Hub) openFonts() (f *sheet.Fonts, err error) {
	dir := h.config.Fonts
	if dir == "" {
		if dir, err = sheet.DefaultFontsDir(); err != nil {
			dir = "" // no home, no cache
		}
	}
	f, err = sheet.OpenFonts(dir)
	if errors.Is(err, sheet.ErrBundle) {
		h.log.Error("the fonts are broken; papers are set in the small font", "error", err.Error())
		f, err = sheet.OpenFonts("")
	}
	if err != nil {
		return nil, fmt.Errorf("fonts: %w", err)
	}
	h.then(f.Close)
	return f, nil
}

func (h *Hub) web() (http.Handler, error) {
	fonts, err := h.openFonts()
	if err != nil {
		return nil, err
	}
	h.fonts = fonts
	if err := h.openTickets(); err != nil {
		return nil, err
	}
	o := web.Options{DB: h.db, Blob: h.blobs, Keys: h.keys, Journal: h.sealer, Staff: h.staff, Flow: h.flow, Errands: h.errands, Searches: h.searches, Intake: h.intake,
		Fonts: fonts, TLS: h.config.TLSCert != "", Storage: h.storage.Alarms, Line: h.atPortal, Notices: h.teller, PayChannels: h.teller.Configured(), Done: h.ending,
		Ready: h.ready, Observe: h.metrics.Observe, Log: h.log}
	if h.clock != nil {
		o.MoveClock = h.clock.Move
	}
	if h.db.Demo() {
		text, err := h.db.Meta(context.Background(), MetaDemoAccounts)
		if err != nil {
			return nil, err
		}
		var accounts []console.Account
		if text != "" {
			if err := json.Unmarshal([]byte(text), &accounts); err != nil {
				return nil, fmt.Errorf("demonstration's accounts: %w", err)
			}
		}
		o.DemoAccounts = accounts
	}
	o.Accounts = h.accounts
	if o.Applicants, err = h.portal(fonts); err != nil {
		return nil, err
	}
	return web.New(o)
}

// MetaDemoAccounts is the key of the meta table under which the demonstration
// keeps the sign-ins it shows: a JSON list of console.Account.
const MetaDemoAccounts = "demo.accounts"

func (h *Hub) listenTCP(ctx context.Context, name, address string) (*door, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("hub: cannot listen for the %s on %s; is another program there? %w", name, address, err)
	}
	h.then(func() error { return gone(l.Close()) })
	return &door{name: name, l: l}, nil
}

// gone passes over a listener that its server has closed already.
func gone(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// server bounds what a slow or hostile client can hold (fault 45).
func server(handler http.Handler, log *slog.Logger, write time.Duration) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: write, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		DisableGeneralOptionsHandler: true, // which would answer OPTIONS * past every check of ours
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
}

// address is where the door really listens.
func (d *door) address() string { return d.l.Addr().String() }

// serve answers until ctx ends; requests under way get a moment to end.
func (d *door) serve(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- d.server.Serve(d.l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	if err := d.server.Shutdown(end); err != nil {
		_ = d.server.Close() // who is still here has had his moment
	}
	<-done
	return nil
}

// pageTLS loads the certificate of the pages and refuses one whose names do
// not cover the listen address: every browser would.
func pageTLS(c Config) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("hub: certificate of the pages: %w", err)
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("hub: certificate of the pages: %w", err)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) && leaf.VerifyHostname(host) != nil {
		return nil, fmt.Errorf("hub: the certificate %s does not name %s; it names %v %v", c.TLSCert, host, leaf.DNSNames, leaf.IPAddresses)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert},
		CipherSuites: []uint16{ // AEAD only, for those that cannot speak 1.3 (S19)
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		}}, nil
}
