package broker_test

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/broker"
)

// stored is the size of the broker's store on the disk.
func stored(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // tidied up under our eyes
		}
		if err != nil || e.IsDir() {
			return err
		}
		if i, err := e.Info(); err == nil {
			size += i.Size()
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return size
}

// TestLastingSessionsAreBounded: a box that opens one session after another
// that the broker shall keep, each with a subscription to be served later, is
// held up soon, and the others notice nothing.
func TestLastingSessionsAreBounded(t *testing.T) {
	d, dir := openIn(t)
	o := d.others(t)
	let := 0
	for i := range 400 {
		w := d.wire(t, boxA)
		first, body, err := w.say(packet(0x10, text("MQTT"), []byte{4, 0, 0, 60}, text(fmt.Sprintf("last-%d-%s", i, rand.Text()))))
		if err == nil && first == 0x20 && len(body) == 2 && body[1] == 0 {
			let++
			_, _, _ = w.say(packet(0x82, []byte{0, 3}, text("t/down/"+boxA+"/+"), []byte{1}))
		}
		_ = w.Close()
	}
	if let > 200 {
		t.Errorf("%d of 400 sessions were opened within seconds", let)
	}
	if size := stored(t, dir); size > 4<<20 {
		t.Errorf("the store holds %d bytes of sessions", size)
	}
	o.unaffected(t)
	for range 20 { // others connect all the while
		connect(t, d.options(d.ca.issue(t, boxB))).Disconnect(0)
	}
}

// TestUnfinishedMessagesAreBounded: messages of QoS 2 that their box never
// releases do not pile up.
func TestUnfinishedMessagesAreBounded(t *testing.T) {
	d, dir := openIn(t)
	o := d.others(t)
	w := d.wire(t, boxA).in(hello("unfinished", 0))
	for i := range 200 { // 40 MiB
		first, _, err := w.say(packet(0x34, text("t/up/"+boxA+"/x"), []byte{byte((i + 1) >> 8), byte(i + 1)}, make([]byte, 200<<10)))
		if err != nil || first != 0x50 {
			break // refused: as good an answer as any
		}
	}
	if size := stored(t, dir); size > 8<<20 {
		t.Errorf("the store holds %d bytes of unfinished messages", size)
	}
	_ = w.Close()
	o.unaffected(t)
}

// TestRevokedWhileItConnects: a box that is revoked while its connection is
// being let in does not keep it.
func TestRevokedWhileItConnects(t *testing.T) {
	ca := newAuthority(t, "hub CA")
	var b *broker.Broker
	var revoked atomic.Bool
	b, err := broker.Start(t.Context(), broker.Options{
		Listen: "127.0.0.1:0", Dir: t.TempDir(), Server: ca.issue(t, "127.0.0.1"), CA: ca.cert,
		Admit: func(box string, _ *x509.Certificate) error {
			if revoked.Swap(true) {
				return errors.New("revoked")
			}
			b.Disconnect(box) // the revocation falls between the question and its answer
			return nil
		},
		Topics: func(box string) (string, string) { return "t/up/" + box + "/+", "t/down/" + box + "/+" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close(t.Context()) })
	d := &door{Broker: b, ca: ca}
	w := d.wire(t, boxA)
	first, body, err := w.say(hello("late", 0))
	if err == nil && first == 0x20 && body[1] == 0 {
		_ = w.SetReadDeadline(time.Now().Add(2 * time.Minute))
		if _, _, err := w.hear(); err == nil || isTimeout(err) {
			t.Error("a revoked box keeps its connection")
		}
	}
}

func isTimeout(err error) bool {
	var n interface{ Timeout() bool }
	return errors.As(err, &n) && n.Timeout()
}
