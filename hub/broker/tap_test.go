package broker_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// ear is a tap of the test's broker.
type ear struct {
	heard chan [2]string // topic, payload
	ended chan error
	stop  context.CancelFunc
}

func (d *door) tap(t testing.TB, filter string) ear {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	e := ear{make(chan [2]string, 64), make(chan error, 1), stop}
	ready := make(chan struct{})
	go func() {
		e.ended <- d.Tap(ctx, filter, func(topic string, payload []byte) { e.heard <- [2]string{topic, string(payload)} },
			func() { close(ready) })
	}()
	select {
	case <-ready:
	case err := <-e.ended:
		t.Fatalf("Tap: %v", err)
	case <-time.After(wait):
		t.Fatal("the tap does not come to stand")
	}
	return e
}

func (e ear) next(t testing.TB) (topic, payload string) {
	t.Helper()
	select {
	case m := <-e.heard:
		return m[0], m[1]
	case err := <-e.ended:
		t.Fatalf("the tap ended: %v", err)
	case <-time.After(wait):
		t.Fatal("nothing is heard")
	}
	return "", ""
}

// TestTapHearsWhatTheHubsClientHears: every message, whole and in its order, in
// any quality of service, of the filter and no other.
func TestTapHearsWhatTheHubsClientHears(t *testing.T) {
	d := open(t)
	e := d.tap(t, "t/up/+/+")
	_, up := d.hub(t)
	a, b := connect(t, d.options(d.ca.issue(t, boxA))), connect(t, d.options(d.ca.issue(t, boxB)))
	line := []byte("MSG t.up.x.y 1 5\r\nfalse\r\n") // a payload that looks like the protocol under it
	for i, payload := range [][]byte{[]byte("x"), nil, line, bytes.Repeat(line, 8<<10)} {
		for box, c := range map[string]mqtt.Client{boxA: a, boxB: b} {
			for qos := range byte(2) {
				topic := fmt.Sprintf("t/up/%s/kind%d", box, i)
				if err := done(c.Publish(topic, qos, false, payload)); err != nil {
					t.Fatal(err)
				}
				m := receive(t, up)
				got, text := e.next(t)
				if got != topic || got != m.Topic() || text != string(payload) || text != string(m.Payload()) {
					t.Fatalf("%s, QoS %d: tap heard %s of %d bytes, client %s of %d, want %d bytes", topic, qos, got, len(text), m.Topic(), len(m.Payload()), len(payload))
				}
			}
		}
	}
	e.stop()
	if err := <-e.ended; err != nil {
		t.Errorf("stopped: %v", err)
	}
}

// TestTapSaysWhenItIsCut: the hub then makes another one.
func TestTapSaysWhenItIsCut(t *testing.T) {
	d := open(t)
	e := d.tap(t, "t/up/+/+")
	if err := d.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-e.ended:
		if err == nil {
			t.Error("the broker is gone and the tap ends as if it had been told to")
		}
	case <-time.After(wait):
		t.Fatal("the tap does not see that the broker is gone")
	}
	if err := d.Tap(t.Context(), "t/up/+/+", nil, nil); err == nil {
		t.Error("a closed broker was tapped")
	}
}
