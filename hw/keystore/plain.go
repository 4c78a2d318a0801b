package keystore

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// plain is the guard that guards nothing but the file's mode.
type plain struct{}

func (plain) kind() Kind   { return KindFile }
func (plain) close() error { return nil }

func (plain) make(string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return pkcs8(key)
}

func (plain) signer(file string, text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemPKCS8 {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	return parseSigner(file, block.Bytes)
}

// hide writes an opening key as PKCS 8 and the wrapping key as its bytes: so it
// was before there were other kinds.
func (plain) hide(file string, secret []byte) ([]byte, error) {
	if file == wrapFile {
		return pem.EncodeToMemory(&pem.Block{Type: pemWrap, Bytes: secret}), nil
	}
	key, err := ecdh.X25519().NewPrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return pkcs8(key)
}

func (plain) reveal(file string, text []byte) ([]byte, error) {
	damaged := fmt.Errorf("%w: %s", ErrDamaged, file)
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, damaged
	}
	if file == wrapFile {
		if block.Type != pemWrap || len(block.Bytes) != 32 {
			return nil, damaged
		}
		return block.Bytes, nil
	}
	if block.Type != pemPKCS8 {
		return nil, damaged
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, damaged
	}
	dh, ok := key.(*ecdh.PrivateKey)
	if !ok || dh.Curve() != ecdh.X25519() {
		return nil, fmt.Errorf("%w: %s is no X25519 key", ErrDamaged, file)
	}
	return dh.Bytes(), nil
}

func pkcs8(key any) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPKCS8, Bytes: der}), nil
}

func parseSigner(file string, der []byte) (crypto.Signer, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	signer, ok := key.(*ecdsa.PrivateKey)
	if !ok || signer.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: %s is no P-256 key", ErrDamaged, file)
	}
	return signer, nil
}
