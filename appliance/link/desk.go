package link

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

const (
	// renewDesk is how long before its end the desk's certificate is renewed.
	renewDesk = 30 * 24 * time.Hour
	// askDeskAgain is how soon an unanswered request is said again, and
	// askDeskAnswered how soon one that was answered: of a refusal, somebody must
	// change the configuration or release the box.
	askDeskAgain    = time.Minute
	askDeskAnswered = time.Hour
)

// deskAsk is a request for the desk's certificate under way. The key is made
// for it and kept only with the certificate.
type deskAsk struct {
	nonce []byte
	key   *ecdsa.PrivateKey
	again time.Time // not before
}

func (s *session) staff(raw []byte) error {
	var m protocol.Staff
	if err := protocol.OpenAddressed(protocol.KindStaff, raw, s.id.HubKeys, s.id.Address(), &m); err != nil {
		return err
	}
	var page protocol.StaffPage
	if err := protocol.OpenAtBox(m.Sealed, protocol.KindStaff, s.id.Address(), s.opening, &page); err != nil {
		return err
	}
	taken, err := s.opt.Store.SaveStaff(m, page)
	if err != nil {
		return err
	}
	if taken {
		s.opt.Events(StaffTaken{m.Until})
	}
	s.beatNow()
	return nil
}

// askDesk asks for a certificate when the desk has none that fits, or the one
// it has ends soon.
func (s *session) askDesk() error {
	now := s.opt.Now()
	if len(s.opt.DeskNames) == 0 || !s.welcomed || now.Before(s.desk.again) {
		return nil
	}
	held, err := s.opt.Store.Desk()
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrDamaged) {
		return err
	}
	if err == nil && s.deskFits(held, now) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("link: desk: %w", err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "zhunkao desk"}}, key)
	if err != nil {
		return fmt.Errorf("link: desk: %w", err)
	}
	nonce := make([]byte, protocol.NonceSize)
	_, _ = rand.Read(nonce) // never fails (Go 1.24)
	s.desk = deskAsk{nonce, key, now.Add(askDeskAgain)}
	return s.say(protocol.KindDesk, protocol.DeskRequest{Address: s.id.Address(), Nonce: nonce, CSR: csr, Names: s.opt.DeskNames})
}

// deskFits reports whether a certificate is for this enrolment and these names,
// and good for a while. A board whose clock is decades off keeps what it has.
func (s *session) deskFits(d store.Desk, now time.Time) bool {
	cert, err := x509.ParseCertificate(d.Certificate)
	return err == nil && d.Epoch == s.id.Grant.Epoch && slices.Equal(d.Names, s.opt.DeskNames) &&
		cert.NotAfter.After(certTime(now, s.opt.Build, cert).Add(renewDesk))
}

func (s *session) deskCertificate(raw []byte) error {
	var c protocol.DeskCertificate
	if err := protocol.OpenAddressed(protocol.KindDeskCert, raw, s.id.HubKeys, s.id.Address(), &c); err != nil {
		return err
	}
	if s.desk.key == nil || !bytes.Equal(c.Nonce, s.desk.nonce) {
		return errStale
	}
	key := s.desk.key
	s.desk.key = nil
	if c.Refusal != "" {
		s.desk.again = s.opt.Now().Add(askDeskAnswered)
		s.opt.Events(DeskRefused{c.Refusal})
		return nil
	}
	if err := s.checkDesk(c.Certificate, &key.PublicKey); err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("link: desk: %w", err)
	}
	defer clear(der)
	_, err = s.opt.Store.Desk()
	first := errors.Is(err, store.ErrNotFound)
	err = s.opt.Store.SaveDesk(store.Desk{Key: der, Certificate: c.Certificate, Names: s.opt.DeskNames, Epoch: s.id.Grant.Epoch})
	if err != nil {
		return err
	}
	// What came is as good as the hub gives: one that still does not fit is no
	// reason to ask at every heartbeat.
	s.desk.again = s.opt.Now().Add(askDeskAnswered)
	s.opt.Events(DeskCertified{First: first})
	return nil
}

// checkDesk refuses a certificate that no browser of the point would take.
func (s *session) checkDesk(der []byte, key *ecdsa.PublicKey) error {
	bad := func(what string) error { return fmt.Errorf("%w: desk certificate: %s", protocol.ErrMalformed, what) }
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return bad("cannot be read")
	}
	ca, err := x509.ParseCertificate(s.id.Grant.CA)
	if err != nil {
		return fmt.Errorf("%w: hub certificate", store.ErrDamaged)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: certTime(s.opt.Now(), s.opt.Build, cert),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err != nil {
		return bad("not of this hub")
	}
	if !key.Equal(cert.PublicKey) {
		return bad("for another key")
	}
	for _, n := range s.opt.DeskNames {
		if err := cert.VerifyHostname(n); err != nil {
			return bad("lacks a name")
		}
	}
	return nil
}
