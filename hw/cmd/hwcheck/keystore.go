package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"zhunkao/hw/keystore"
)

// keystoreCmd is "hwcheck keystore".
type keystoreCmd struct {
	Kind string `required:"" enum:"file,machine,tpm" help:"What guards the keys: tpm, machine or file. 密钥由什么保护。"`
	TPM  string `name:"tpm" default:"${tpm}" help:"The TPM: device or unix socket. TPM 设备或套接字。"`
	Dir  string `help:"Also open the keys in this directory, and change nothing. 同时打开这个目录里的密钥（不改动）。"`
	JSON bool   `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
}

// keystoreReport is the JSON object. Its names are a contract.
type keystoreReport struct {
	Kind   string `json:"kind"`
	Signed bool   `json:"signed"`  // a key was made, signed, and the signature holds
	Opened bool   `json:"opened"`  // HPKE there and back
	Wraps  bool   `json:"wrapped"` // data wrapped there and back
	Bound  bool   `json:"bound"`   // a copy of the files alone gives nothing away
	SignMS int    `json:"sign_ms"` // one signature
}

func (c *keystoreCmd) run(_ context.Context, out, errs io.Writer) int {
	report, err := c.try()
	if err == nil && c.Dir != "" {
		err = c.open()
	}
	if err == nil {
		if err := c.show(out, report); err != nil {
			fmt.Fprintln(errs, err)
			return exitUsage
		}
		key := "keys good"
		if keystore.Kind(c.Kind) == keystore.KindFile {
			key = "keys demo"
		}
		say(errs, key, nil)
		return exitRead
	}
	code, key := exitReader, "keys broken"
	switch {
	case errors.Is(err, keystore.ErrOtherBoard):
		key = "keys foreign"
	case errors.Is(err, keystore.ErrNoSerial):
		code, key = exitLine, "keys no serial"
	case errors.Is(err, os.ErrPermission):
		code, key = exitLine, "keys denied"
	case errors.Is(err, os.ErrNotExist):
		code, key = exitLine, "keys no tpm"
	}
	say(errs, key, err)
	return code
}

// open opens an existing store; its wrapping key proves the board.
func (c *keystoreCmd) open() error {
	made, err := keystore.KindOf(c.Dir)
	if err != nil {
		return err
	}
	if made == "" { // opening would make keys there
		return fmt.Errorf("%w: no keys in %s", keystore.ErrNotFound, c.Dir)
	}
	s, err := keystore.Open(keystore.Options{Dir: c.Dir, Kind: keystore.Kind(c.Kind), TPM: c.TPM})
	if err != nil {
		return err
	}
	return s.Close()
}

// try does with a store of its own, thrown away after, what a box does.
func (c *keystoreCmd) try() (r keystoreReport, err error) {
	r.Kind = c.Kind
	dir, err := os.MkdirTemp("", "hwcheck-keys")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := keystore.Open(keystore.Options{Dir: filepath.Join(dir, "keys"), Kind: keystore.Kind(c.Kind), TPM: c.TPM})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := errors.Join(s.Create("probe"), s.CreateOpener("probe")); err != nil {
		return r, err
	}
	signer, err := s.Signer("probe")
	if err != nil {
		return r, err
	}
	digest := sha256.Sum256([]byte("hwcheck"))
	start := time.Now()
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return r, err
	}
	r.SignMS = int(time.Since(start).Milliseconds())
	public, ok := signer.Public().(*ecdsa.PublicKey)
	r.Signed = ok && ecdsa.VerifyASN1(public, digest[:], signature)
	opener, err := s.Opener("probe")
	if err != nil {
		return r, err
	}
	sealed, err := hpke.Seal(opener.PublicKey(), hpke.HKDFSHA256(), hpke.AES256GCM(), nil, []byte("probe"))
	if err != nil {
		return r, err
	}
	plain, err := hpke.Open(opener, hpke.HKDFSHA256(), hpke.AES256GCM(), nil, sealed)
	if err != nil {
		return r, err
	}
	r.Opened = bytes.Equal(plain, []byte("probe"))
	wrapped, err := s.Wrap("probe", plain)
	if err != nil {
		return r, err
	}
	unwrapped, err := s.Unwrap("probe", wrapped)
	if err != nil {
		return r, err
	}
	r.Wraps = bytes.Equal(plain, unwrapped)
	r.Bound = s.Kind() != keystore.KindFile
	if !r.Signed || !r.Opened || !r.Wraps {
		return r, fmt.Errorf("%w: a key does not do what it was made for", keystore.ErrDamaged)
	}
	return r, s.Destroy("probe")
}

func (c *keystoreCmd) show(w io.Writer, r keystoreReport) error {
	if c.JSON {
		return writeJSON(w, r)
	}
	_, err := fmt.Fprintf(w, "种类 kind: %s\n签名 signed: %v (%d ms)\n解封 opened: %v\n包裹 wrapped: %v\n与本机绑定 bound: %v\n",
		r.Kind, r.Signed, r.SignMS, r.Opened, r.Wraps, r.Bound)
	return err
}
