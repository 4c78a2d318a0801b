package link

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// The errors of Enrol.
var (
	// ErrHub: the server is not the hub that the ticket names.
	ErrHub = errors.New("link: the server is not the hub of this ticket")
	// ErrCode: the hub does not take the code: used, expired or mistyped.
	ErrCode = errors.New("link: the hub does not accept the code")
	// ErrAway: the hub could not be reached or could not answer; try again.
	ErrAway = errors.New("link: the hub cannot be reached")
	// ErrGrant: the hub's answer is not an identity for this box.
	ErrGrant = errors.New("link: the hub's answer is not an identity for this box")
)

// Enrolment is what Enrol needs.
type Enrolment struct {
	Ticket   protocol.Ticket
	Keys     *keystore.Store
	KeyName  string // signing and opening key; made if they are not there
	Software string
}

// Enrol gets this box an identity: it makes the keys if they are not there
// (they never leave the keystore), asks the hub over TLS whose root must have
// the ticket's fingerprint, and checks the grant. It saves nothing but the
// keys: the caller makes the grant durable. With the same ticket and KeyName
// it can be repeated after a power cut at any point.
func Enrol(ctx context.Context, e Enrolment) (protocol.EnrolGrant, error) {
	var none protocol.EnrolGrant
	body, device, err := e.request()
	if err != nil {
		return none, err
	}
	raw, err := e.post(ctx, body)
	if err != nil {
		return none, err
	}
	var g protocol.EnrolGrant
	if err := protocol.Decode(raw, &g); err != nil {
		return none, fmt.Errorf("%w: %w", ErrGrant, err)
	}
	if err := checkGrant(g, e.Ticket, device, time.Now()); err != nil {
		return none, fmt.Errorf("%w: %w", ErrGrant, err)
	}
	return g, nil
}

// request makes keys, CSR and statement.
func (e Enrolment) request() ([]byte, *ecdsa.PublicKey, error) {
	if err := e.Keys.Create(e.KeyName); err != nil && !errors.Is(err, keystore.ErrExists) {
		return nil, nil, fmt.Errorf("link: %w", err)
	}
	if err := e.Keys.CreateOpener(e.KeyName); err != nil && !errors.Is(err, keystore.ErrExists) {
		return nil, nil, fmt.Errorf("link: %w", err)
	}
	signer, err := e.Keys.Signer(e.KeyName)
	if err != nil {
		return nil, nil, fmt.Errorf("link: %w", err)
	}
	device, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, nil, fmt.Errorf("link: device key is not ECDSA")
	}
	opening, err := openingKey(e.Keys, e.KeyName)
	if err != nil {
		return nil, nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "zhunkao box"}, // the hub gives the name
	}, signer)
	if err != nil {
		return nil, nil, fmt.Errorf("link: certificate request: %w", err)
	}
	body, err := protocol.SignMessage(protocol.KindEnrol, protocol.EnrolRequest{
		Code: e.Ticket.Code, CSR: csr, Opening: opening.PublicKey().Bytes(),
		KeyStore: string(e.Keys.Kind()), Software: e.Software,
	}, signer)
	return body, device, err
}

func (e Enrolment) post(ctx context.Context, body []byte) ([]byte, error) {
	host, _, err := net.SplitHostPort(e.Ticket.Address)
	if err != nil {
		return nil, fmt.Errorf("%w: address", ErrHub)
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS13,
			ServerName: host,
			// The usual check trusts the system's roots; ours trusts the one
			// certificate that the ticket names, and does all the rest.
			InsecureSkipVerify: true,
			VerifyConnection: func(cs tls.ConnectionState) error {
				return verifyPinned(cs.PeerCertificates, e.Ticket.Fingerprint, host, time.Now())
			},
		},
	}
	client := &http.Client{
		Transport: transport,
		Timeout:   30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+e.Ticket.Address+protocol.EnrolPath, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: address", ErrHub)
	}
	req.Header.Set("Content-Type", protocol.EnrolMedia)
	res, err := client.Do(req)
	if errors.Is(err, ErrHub) {
		return nil, ErrHub
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, protocol.MaxEnrol+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: status %d", ErrAway, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: status %d", ErrCode, res.StatusCode)
	case len(raw) > protocol.MaxEnrol:
		return nil, fmt.Errorf("%w: %w", ErrGrant, protocol.ErrTooLarge)
	}
	return raw, nil
}

// verifyPinned accepts a chain that ends in the certificate with fingerprint
// pin, presented with it, and whose leaf is good for host now.
func verifyPinned(chain []*x509.Certificate, pin protocol.Hash, host string, now time.Time) error {
	if len(chain) == 0 {
		return ErrHub
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	found := false
	for _, c := range chain {
		if protocol.Hash(sha256.Sum256(c.Raw)) == pin && c.IsCA {
			roots.AddCert(c)
			found = true
			continue
		}
		between.AddCert(c)
	}
	if !found {
		return ErrHub
	}
	if err := notABox(chain); err != nil {
		return err
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, DNSName: host, CurrentTime: certTime(now, time.Time{}, chain[0]),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrHub, err)
	}
	return nil
}

// checkGrant refuses an identity that would not work or is not ours.
func checkGrant(g protocol.EnrolGrant, t protocol.Ticket, device *ecdsa.PublicKey, now time.Time) error {
	if protocol.HashOf(g.CA) != t.Fingerprint {
		return errors.New("another authority than the ticket's")
	}
	ca, err := x509.ParseCertificate(g.CA)
	if err != nil {
		return errors.New("authority certificate cannot be read")
	}
	cert, err := x509.ParseCertificate(g.Certificate)
	if err != nil {
		return errors.New("device certificate cannot be read")
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	if _, err := cert.Verify(x509.VerifyOptions{
		Roots: roots, CurrentTime: certTime(now, time.Time{}, cert),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		return fmt.Errorf("device certificate: %w", err)
	}
	if pub, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || !pub.Equal(device) {
		return errors.New("device certificate is for another key")
	}
	if cert.Subject.CommonName != string(g.Box) {
		return errors.New("device certificate is for another box")
	}
	for _, k := range g.Signing {
		pub, err := x509.ParsePKIXPublicKey(k.Key)
		if err != nil {
			return errors.New("signing key cannot be read")
		}
		if id, err := protocol.SigningKeyID(pub); err != nil || id != k.ID {
			return errors.New("signing key has another id")
		}
	}
	if _, _, err := net.SplitHostPort(g.MQTT); err != nil {
		return errors.New("broker address")
	}
	return nil
}
