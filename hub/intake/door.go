package intake

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
)

// Door is where a new box gets its identity: HTTPS POST of protocol.EnrolPath
// under a server certificate of the hub's CA, and nothing else.
type Door struct {
	DB   *db.DB
	Keys *keys.Ring
	Flow *flow.Flow
	Down *dispatch.Dispatch
	MQTT func() string // host:port that boxes are told to connect to
	Log  *slog.Logger

	limit throttle
}

// ServeHTTP takes one enrolment. What is refused says why in one English line
// for the technician's tool; what fails says only that it failed.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	if r.URL.Path != protocol.EnrolPath {
		http.Error(w, "there is nothing here", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		h.Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	source, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		source = r.RemoteAddr
	}
	if !d.limit.allow(source, time.Now()) {
		h.Set("Retry-After", "60")
		http.Error(w, fleet.ErrTooMany.Error(), http.StatusTooManyRequests)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, protocol.MaxEnrol))
	if err != nil {
		http.Error(w, "request too large or cut short", http.StatusRequestEntityTooLarge)
		return
	}
	grant, err := d.enrol(r.Context(), raw, source)
	if err != nil {
		d.limit.failed(source)
	}
	switch {
	case err == nil:
		h.Set("Content-Type", protocol.EnrolMedia)
		_, _ = w.Write(grant) // the box asks again with the same code when this is lost
	case errors.Is(err, fleet.ErrCode):
		http.Error(w, fleet.ErrCode.Error()+"; ask for a new ticket", http.StatusForbidden)
	case isWire(err):
		http.Error(w, "not an enrolment request of this version", http.StatusBadRequest)
	default:
		d.Log.Error("enrolment failed", "worker", "door", "error", err.Error())
		http.Error(w, "the hub could not do it now; try again in a minute", http.StatusInternalServerError)
	}
}

func (d *Door) enrol(ctx context.Context, raw []byte, source string) ([]byte, error) {
	req, csr, _, err := protocol.OpenEnrol(raw)
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKIXPublicKey(csr.PublicKey)
	if err != nil {
		return nil, protocol.ErrMalformed
	}
	var b fleet.Box
	err = d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		b, err = d.Flow.Enrol(ctx, tx, fleet.Request{
			Code: req.Code, DeviceKey: key, Opening: req.Opening, KeyStore: req.KeyStore,
			Certify: func(id string) ([]byte, error) { return d.Keys.IssueDevice(csr, id) },
		}, source)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Log.Info("box enrolled", "worker", "door", "box", b.ID, "point", b.Point, "epoch", b.Epoch, "keystore", b.KeyStore)
	return d.grant(ctx, b)
}

func (d *Door) grant(ctx context.Context, b fleet.Box) ([]byte, error) {
	g := protocol.EnrolGrant{
		Address:     protocol.Address{Box: protocol.BoxID(b.ID), Epoch: b.Epoch},
		Certificate: b.Certificate, CA: d.Keys.CA().Raw, Opening: d.Keys.OpeningKey().Bytes(), MQTT: d.MQTT(),
	}
	signing, err := d.Keys.SigningKeys()
	if err != nil {
		return nil, err
	}
	for _, k := range signing {
		g.Signing = append(g.Signing, protocol.SigningKey{ID: protocol.KeyID(k.ID), Key: k.DER})
	}
	if g.Campaign, err = d.Down.Campaign(ctx); err != nil {
		return nil, err
	}
	if g.Point, err = d.Down.PointInfo(ctx, b); err != nil {
		return nil, err
	}
	return protocol.Encode(g)
}

// throttle lets each source fail a few times a minute, and all together a
// little more often: a code has 100 bits, so this is against noise and load.
type throttle struct {
	mu    sync.Mutex // guards all below
	since time.Time
	tries map[string]int
	all   int
}

const (
	failuresPerSource = 10
	failuresInAll     = 120
	failuresSpan      = time.Minute
)

func (t *throttle) allow(source string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tries == nil || now.Sub(t.since) >= failuresSpan {
		t.since, t.tries, t.all = now, map[string]int{}, 0
	}
	return t.all < failuresInAll && t.tries[source] < failuresPerSource
}

func (t *throttle) failed(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all++
	t.tries[source]++
}
