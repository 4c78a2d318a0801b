package rehearsal_test

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/hub/broker"
	"zhunkao/hub/datadir"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
	"zhunkao/provisioning/rehearsal"
)

// eavesdropper hears every message of the broker in the clear, as a faithless
// broker would: TLS ends there. It is let in by a certificate made with the
// hub's own keys.
type eavesdropper struct {
	client mqtt.Client

	mu    sync.Mutex // guards heard
	heard []message
}

type message struct {
	topic   string
	payload []byte
}

func (s *story) listen([]string) error {
	ring, err := keys.Open(datadir.Dir(s.province.HubData()).Keys(), keys.Options{})
	if err != nil {
		return err
	}
	own, err := ring.IssueClient(broker.HubName)
	if err != nil {
		return err
	}
	e := &eavesdropper{}
	opts := mqtt.NewClientOptions().AddBroker("ssl://" + s.province.MQTT()).SetClientID(rand.Text()).SetAutoReconnect(false)
	opts.SetTLSConfig(&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: ring.Pool(), ServerName: "127.0.0.1", Certificates: []tls.Certificate{own}})
	e.client = mqtt.NewClient(opts)
	if err := finish(e.client.Connect()); err != nil {
		return fmt.Errorf("eavesdropper: connect: %w", err)
	}
	s.ear = e
	return finish(e.client.Subscribe("#", 1, func(_ mqtt.Client, m mqtt.Message) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard = append(e.heard, message{m.Topic(), append([]byte(nil), m.Payload()...)})
	}))
}

// unheard: nothing that went through the broker since listen held anything of
// the person readable; and what bears her went by, both ways.
func (s *story) unheard(a []string) error {
	if s.ear == nil {
		return errors.New("nobody listens")
	}
	c, err := s.person(a[0])
	if err != nil {
		return err
	}
	markers, err := rehearsal.Markers(c.Card)
	if err != nil {
		return err
	}
	defer s.ear.client.Disconnect(100)
	s.ear.mu.Lock()
	defer s.ear.mu.Unlock()
	kinds := map[protocol.Kind]int{}
	for _, m := range s.ear.heard {
		kinds[protocol.Kind(m.topic[strings.LastIndex(m.topic, "/")+1:])] += len(m.payload)
		if what := rehearsal.Find(append([]byte(m.topic+" "), m.payload...), markers); what != "" {
			return fmt.Errorf("her %s travels readable in a message on %s", what, m.topic)
		}
	}
	for _, k := range []protocol.Kind{protocol.KindManifest, protocol.KindChunk, protocol.KindReceipts, protocol.KindRoster, protocol.KindCampaign} {
		if kinds[k] == 0 {
			return fmt.Errorf("no %s went by: the ear proves nothing; it heard %v", k, kinds)
		}
	}
	return nil
}

// unlogged: no log of any program holds anything of the person.
func (s *story) unlogged(a []string) error {
	c, err := s.person(a[0])
	if err != nil {
		return err
	}
	markers, err := rehearsal.Markers(c.Card)
	if err != nil {
		return err
	}
	logs, err := s.province.LogFiles()
	if err != nil {
		return err
	}
	for path, text := range logs {
		if len(text) == 0 {
			return fmt.Errorf("%s is empty: it proves nothing", filepath.Base(path))
		}
		if what := rehearsal.Find(text, markers); what != "" {
			return fmt.Errorf("her %s stands in %s", what, filepath.Base(path))
		}
	}
	return nil
}
