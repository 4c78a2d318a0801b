package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

const (
	good   = "three slow herons"
	secret = "12345678901234567890"
)

// rig is a desk over a real store, with a box that a test describes.
type rig struct {
	*testing.T
	*Desk
	store  *store.Store
	keys   *keystore.Store
	hub    *hubtest.Hub
	server *httptest.Server
	dir    string
	turn   sync.Mutex // one record is sealed at a time

	mu     sync.Mutex // guards what follows
	status Status
	now    time.Time     // civil
	real   time.Time     // for codes
	mono   time.Duration // for sessions
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{T: t, hub: hubtest.New(t), now: time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC), real: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)}
	r.dir = t.TempDir()
	dir := filepath.Join(r.dir, "data")
	opt := store.Options{Log: slog.New(slog.DiscardHandler), MinFree: 1, Reserve: 1 << 16}
	if err := store.Create(dir, opt); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.keys, err = keystore.OpenFile(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if r.store, err = store.Open(dir, r.keys, opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	r.hub.Enrol(t, r.store, r.keys, "127.0.0.1:1")
	r.status = Status{Box: "bgoldenbox2", Campaign: "2019 年湖南省成人高考", Screen: "idle", Linked: true, Certain: true, Disk: 12,
		Point:   protocol.PointInfo{Code: "43010401", Name: "岳麓区第一报名确认点", Unit: 2},
		Devices: []protocol.DeviceState{{Name: "idcard", State: "ready"}, {Name: "printer", State: "fault", Fault: "paper-soon"}, {Name: "camera", State: "absent"}}}
	rules := campaign.Adult2019()
	r.status.Rules = &rules
	o := Options{Store: r.store, Loopback: true, Demo: true, Void: r.seal, Review: r.sealReview,
		Status: func() Status { r.mu.Lock(); defer r.mu.Unlock(); return r.status },
		Now:    func() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.now },
		Real:   func() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.real },
		Mono:   func() time.Duration { r.mu.Lock(); defer r.mu.Unlock(); return r.mono },
	}
	for _, f := range change {
		f(&o)
	}
	if r.Desk, err = New(o); err != nil {
		t.Fatal(err)
	}
	r.server = httptest.NewServer(r.Handler())
	t.Cleanup(r.server.Close)
	return r
}

// seal is the box's sealing turn.
func (r *rig) seal(_ context.Context, v Voiding) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	now := r.o.Now()
	line, err := Voidable(r.store, v.Sequence, now)
	if err != nil {
		return err
	}
	body := v.Body(line)
	body.Point = hubtest.Point
	_, device := hubtest.Own(r, r.store, r.keys)
	_, err = r.store.SealAct(store.Act{Kind: protocol.RecordVoid, Body: body, Application: line.Application, Blobs: body.Blobs, At: protocol.TimeOf(now), Campaign: line.Campaign, Version: line.Version, Suite: protocol.SuiteAES, Device: device,
		Time: protocol.TimeEvidence{Earliest: protocol.TimeOf(now), Latest: protocol.TimeOf(now) + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}})
	return err
}

// sealReview is the box's sealing turn of a review.
func (r *rig) sealReview(_ context.Context, v Reviewing) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	body, now := v.Body(), r.o.Now()
	body.Point = hubtest.Point
	put := func(role string, jpeg []byte) error {
		b, err := protocol.SealBlob(protocol.SuiteAES, role, "image/jpeg", jpeg)
		if err != nil {
			return err
		}
		body.Blobs = append(body.Blobs, b.Ref)
		_, err = r.store.PutBlob(b.Ciphertext)
		return err
	}
	if v.Pledge != nil {
		if err := put(protocol.RolePledge, v.Pledge); err != nil {
			return err
		}
	}
	for i, c := range v.Copies {
		if err := put(protocol.RoleCopy(i+1), c); err != nil {
			return err
		}
	}
	_, device := hubtest.Own(r, r.store, r.keys)
	_, err := r.store.SealAct(store.Act{Kind: protocol.RecordReview, Body: body, Application: body.Application, Blobs: body.Blobs, At: protocol.TimeOf(now), Campaign: hubtest.Campaign, Version: 1,
		Suite: protocol.SuiteAES, Device: device, Time: protocol.TimeEvidence{Earliest: protocol.TimeOf(now), Latest: protocol.TimeOf(now) + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}})
	return err
}

// confirm has the box seal a confirmation now.
func (r *rig) confirm(application string) protocol.Record {
	r.Helper()
	rec := r.hub.Seal(r, r.store, r.keys, hubtest.Draft{Application: application})
	if err := r.store.Commit(rec, application, protocol.TimeOf(r.o.Now())); err != nil {
		r.Fatal(err)
	}
	return rec
}

// settle has the hub answer for a record.
func (r *rig) settle(rec protocol.Record, o protocol.Outcome, why protocol.Reason) {
	r.Helper()
	a := hubtest.Accept(rec)
	a.Outcome, a.Reason = o, why
	if got, err := r.store.Settle([]protocol.Receipt{a}); err != nil || !got[0].Ended {
		r.Fatal(got, err)
	}
}

func (r *rig) with(f func()) { r.mu.Lock(); defer r.mu.Unlock(); f() }

func member(name string, role protocol.StaffRole, password string) protocol.StaffMember {
	salt := []byte("saltsalt" + name + "saltsalt")[:16]
	sum := argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)
	enc := base64.RawStdEncoding.EncodeToString
	return protocol.StaffMember{ID: "s-" + name, Name: name, Display: map[string]string{"chen": "陈晓", "tan": "谭丽华"}[name] + "老师", Role: role,
		Verifier: fmt.Sprintf("$argon2id$v=19$m=64,t=1,p=1$%s$%s", enc(salt), enc(sum)), Secret: []byte(secret)}
}

// hire has the hub say who works here, from now on for so long.
func (r *rig) hire(life time.Duration, all ...protocol.StaffMember) {
	r.Helper()
	r.with(func() { r.now = r.now.Add(time.Millisecond) }) // each list is later than the one before
	issued := protocol.TimeOf(r.o.Now())
	page := protocol.StaffPage{Members: append([]protocol.StaffMember{}, all...)}
	taken, err := r.store.SaveStaff(protocol.Staff{Point: hubtest.Point, Issued: issued, Until: issued + protocol.Time(life.Milliseconds()), Mark: 1}, page)
	if err != nil || !taken {
		r.Fatal(taken, err)
	}
	r.StaffChanged()
}

// code is the next code that works: each only once.
func (r *rig) code() string {
	r.with(func() { r.real = r.real.Add(codeStep * time.Second) })
	return codeAt([]byte(secret), r.o.Real().Unix()/codeStep)
}

// clerk is somebody's browser.
type clerk struct {
	*rig
	client *http.Client
}

func (r *rig) browser() *clerk {
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r.Cleanup(c.CloseIdleConnections)
	return &clerk{rig: r, client: c}
}

func (c *clerk) get(path string) (int, string) {
	c.Helper()
	res, err := c.client.Get(c.server.URL + path)
	return c.read(res, err)
}

func (c *clerk) read(res *http.Response, err error) (int, string) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return res.StatusCode, string(b)
}

var hidden = regexp.MustCompile(`name="(token|form)" value="([^"]+)"`)

// post fills a form of the page from in.
func (c *clerk) post(from, to string, fields ...string) (int, string) {
	c.Helper()
	_, html := c.get(from)
	v := url.Values{}
	if m := hidden.FindStringSubmatch(html); m != nil {
		v.Set(m[1], m[2])
	}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	res, err := c.client.PostForm(c.server.URL+to, v)
	return c.read(res, err)
}

func (c *clerk) signsIn(name, password, code string) int {
	c.Helper()
	status, _ := c.post("/sign-in", "/sign-in", "name", name, "password", password, "code", code)
	return status
}

func (r *rig) signedIn(name string) *clerk {
	r.Helper()
	c := r.browser()
	if status := c.signsIn(name, good, r.code()); status != http.StatusSeeOther {
		r.Fatalf("%s: sign-in %d", name, status)
	}
	return c
}

func has(t *testing.T, html string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(html, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}
