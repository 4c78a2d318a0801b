package link

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// tlsConfig trusts the hub's own CA, as pinned at enrolment, and nothing else,
// and shows the device's certificate. TLS 1.3 only (demand S19).
func (l *Link) tlsConfig() (*tls.Config, error) {
	ca, err := x509.ParseCertificate(l.id.Grant.CA)
	if err != nil {
		return nil, fmt.Errorf("%w: hub certificate", store.ErrDamaged)
	}
	own, err := x509.ParseCertificate(l.id.Grant.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: device certificate", store.ErrDamaged)
	}
	host, _, err := net.SplitHostPort(l.id.Grant.MQTT)
	if err != nil {
		return nil, fmt.Errorf("%w: broker address", store.ErrDamaged)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		RootCAs:    roots,
		ServerName: host,
		Certificates: []tls.Certificate{{
			Certificate: [][]byte{l.id.Grant.Certificate, l.id.Grant.CA},
			PrivateKey:  l.device,
			Leaf:        own,
		}},
		Time: func() time.Time { return certTime(l.opt.Now(), l.opt.Build, own) },
		// The same authority certifies the desks of boxes. None of them is the hub,
		// whatever name it got.
		VerifyConnection: func(cs tls.ConnectionState) error { return notABox(cs.PeerCertificates) },
	}, nil
}

// notABox refuses a server that shows the certificate of a box.
func notABox(chain []*x509.Certificate) error {
	if len(chain) == 0 || protocol.BoxID(chain[0].Subject.CommonName).Valid() {
		return fmt.Errorf("%w: it shows the certificate of a box", ErrHub)
	}
	return nil
}

// certTime is the time by which certificates are judged: real time, also in a
// demonstration, but not before the build, and not before or after the box's
// own certificate: a board whose battery is empty wakes in 1970 or 2100, and
// must still find the hub that tells it the time (demand fault 8). What that
// gives away is little: the CA is pinned, and revocation is the hub's.
func certTime(now, build time.Time, own *x509.Certificate) time.Time {
	if now.Before(build) {
		now = build
	}
	if now.Before(own.NotBefore) {
		return own.NotBefore
	}
	if now.After(own.NotAfter.AddDate(5, 0, 0)) {
		return own.NotBefore
	}
	return now
}

// dial opens the TLS connection under ctx, so that closing down never waits
// for a broker that does not answer; the connection is closed when ctx ends.
func dial(ctx context.Context, addr string, conf *tls.Config) (net.Conn, error) {
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 30 * time.Second}, Config: conf}
	ctxDial, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	conn, err := d.DialContext(ctxDial, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	return conn, nil
}
