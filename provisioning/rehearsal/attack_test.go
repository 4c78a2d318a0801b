package rehearsal_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/appliance"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/provisioning/rehearsal"
)

// thief holds all that lies on a box's disk: its keys and its sealed records.
// What a TPM would keep from him, the demonstration's file store does not.
type thief struct {
	id     store.Identity
	record protocol.Record
	client mqtt.Client
	heard  chan protocol.Receipts

	keys    string // folder of the stolen keys
	lost    chan struct{}
	revoked time.Time
}

// rob copies a running box's disk and connects with its certificate.
func (s *story) rob(name string) (*thief, error) {
	b, err := s.at(name)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(s.province.Dir, "stolen")
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, os.DirFS(b.Data)); err != nil {
		return nil, err
	}
	if err := rehearsal.Private(dir); err != nil {
		return nil, err
	}
	keys, err := keystore.OpenFile(appliance.KeysDir(dir))
	if err != nil {
		return nil, err
	}
	copied, err := store.Open(dir, keys, store.Options{})
	if err != nil {
		return nil, err
	}
	defer copied.Close()
	t := &thief{heard: make(chan protocol.Receipts, 1024), lost: make(chan struct{}, 1), keys: appliance.KeysDir(dir)}
	if t.id, err = copied.Identity(); err != nil {
		return nil, err
	}
	if t.record, err = copied.Record(1); err != nil {
		return nil, err
	}
	return t, t.connect(s.ctx, keys)
}

func (t *thief) connect(ctx context.Context, keys *keystore.Store) error {
	device, err := keys.Signer(t.id.KeyName)
	if err != nil {
		return err
	}
	ca, err := x509.ParseCertificate(t.id.Grant.CA)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(t.id.Grant.MQTT)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	opts := mqtt.NewClientOptions().AddBroker("ssl://" + t.id.Grant.MQTT).SetClientID(rand.Text()).SetAutoReconnect(false)
	opts.SetConnectionLostHandler(t.lose)
	opts.SetTLSConfig(&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ServerName: host, Certificates: []tls.Certificate{{
		Certificate: [][]byte{t.id.Grant.Certificate, t.id.Grant.CA}, PrivateKey: device}}})
	t.client = mqtt.NewClient(opts)
	if err := finish(t.client.Connect()); err != nil {
		return fmt.Errorf("thief: connect: %w", err)
	}
	return finish(t.client.Subscribe(protocol.DownTopic(t.id.Box(), protocol.KindReceipts), 1, func(_ mqtt.Client, m mqtt.Message) {
		var r protocol.Receipts
		if protocol.OpenStatement(protocol.KindReceipts, m.Payload(), t.id.HubKeys, &r) == nil {
			t.heard <- r
		}
	}))
}

func finish(token mqtt.Token) error {
	if !token.WaitTimeout(2 * time.Minute) {
		return fmt.Errorf("the broker does not answer")
	}
	return token.Error()
}

func (t *thief) send(envelope []byte) error {
	return finish(t.client.Publish(protocol.UpTopic(t.id.Box(), protocol.KindManifest), 1, false, envelope))
}

// receipt waits for the hub's word on an envelope.
func (t *thief) receipt(envelope []byte) (protocol.Receipt, error) {
	late := time.After(rehearsal.Wait)
	for {
		select {
		case r := <-t.heard:
			for _, e := range r.Entries {
				if e.Envelope == protocol.HashOf(envelope) {
					return e, nil
				}
			}
		case <-late:
			return protocol.Receipt{}, fmt.Errorf("the hub said nothing of the envelope")
		}
	}
}

// replay sends the first record of a box again, n times, and wants the same
// receipt each time.
func (s *story) replay(a []string) error {
	if err := want(a, 2, "replay BOX N"); err != nil {
		return err
	}
	n, err := strconv.Atoi(a[1])
	if err != nil {
		return err
	}
	t, err := s.rob(a[0])
	if err != nil {
		return err
	}
	defer t.client.Disconnect(100)
	var first protocol.Receipt
	for i := range n {
		if err := t.send(t.record.Envelope); err != nil {
			return err
		}
		r, err := t.receipt(t.record.Envelope)
		if err != nil {
			return fmt.Errorf("replay %d: %w", i+1, err)
		}
		if i == 0 {
			first = r
		}
		if r != first || r.Outcome != protocol.Accepted {
			return fmt.Errorf("replay %d: another receipt than the first time", i+1)
		}
	}
	return nil
}

// garble sends the first record with one bit of its signature turned over, and
// wants it set aside by name.
func (s *story) garble(a []string) error {
	t, err := s.rob(a[0])
	if err != nil {
		return err
	}
	defer t.client.Disconnect(100)
	bad := append([]byte(nil), t.record.Envelope...)
	bad[len(bad)-20] ^= 1
	if err := t.send(bad); err != nil {
		return err
	}
	return s.until(func() error {
		n, err := s.province.Count(s.ctx)
		if err == nil && n.Quarantined == 0 {
			err = fmt.Errorf("%s: the garbled envelope is not shown", filepath.Base(s.province.Dir))
		}
		return err
	})
}
