package desk

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
)

// TLS is the configuration of the desk's listener. The certificate is looked up
// at each connection, so that a renewed one counts at once; without one nobody
// gets in. TLS 1.2 is for the old PC (S19).
func (d *Desk) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of TLS 1.2: those with AEAD
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			held, err := d.o.Store.Desk()
			if err != nil {
				return nil, fmt.Errorf("desk: no certificate: %w", err)
			}
			key, err := x509.ParsePKCS8PrivateKey(held.Key)
			if err != nil {
				return nil, fmt.Errorf("desk: key: %w", err)
			}
			return &tls.Certificate{Certificate: [][]byte{held.Certificate, d.o.CA}, PrivateKey: key}, nil
		},
	}
}

func (d *Desk) certificate() (*x509.Certificate, error) {
	held, err := d.o.Store.Desk()
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(held.Certificate)
}
