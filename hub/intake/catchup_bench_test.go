package intake_test

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
)

// catchUp is how many records a box has when the hub is back.
const catchUp = 5000

// BenchmarkCatchUp is a box with 5,000 records of about 40 KB that finds its hub
// again: its store on the disk, its link over mutual TLS 1.3 and QoS 1 to the
// embedded broker, the hub, and receipts back into its store, until nothing
// waits. Before it and after it the same hub takes half as many records each of
// the same kind from a box that only says them, without broker, network or disk:
// its bare intake. The ratio is the time of that beside the time of catching up.
//
// apart has the aim (0.7): the hub has one half of the machine's cores, in its
// bare intake and while the box catches up, and the box, a process of its own as
// it is a machine of its own, has the other half. When both had all cores the bare
// hub had them alone and the other one had to share them with its box, so what a
// box costs was counted against the hub's intake. That is still measured, as
// shared-of-intake.
//
// The pause that a box draws before a backlog goes is not in it. One iteration
// is enough; run it with -benchtime=1x.
func BenchmarkCatchUp(b *testing.B) {
	b.Run("apart", func(b *testing.B) {
		hub, box, ok, err := halves()
		if err != nil {
			b.Fatal(err)
		}
		if !ok {
			b.Skip("one core only: hub and box cannot have each their own")
		}
		all := append(slices.Clone(hub), box...)
		if err := hub.pin(); err != nil {
			b.Fatal(err)
		}
		defer func() {
			if err := all.pin(); err != nil {
				b.Error(err)
			}
		}()
		procs := runtime.GOMAXPROCS(len(hub))
		defer runtime.GOMAXPROCS(procs)
		for range b.N {
			catchesUp(b, "of-intake", box)
		}
	})
	b.Run("shared", func(b *testing.B) {
		for range b.N {
			catchesUp(b, "shared-of-intake", nil)
		}
	})
}

func catchesUp(b *testing.B, ratio string, on cores) {
	b.StopTimer()
	asHubd(b)
	r := newRig(b, dbtest.SQLite(b), 2*catchUp+warmUp)
	l := &load{r: r}
	addr := l.wire(b, "tap")
	bare := r.enrol(pointHere)
	r.apart(bare)
	late := newLateBox(b, r, addr)
	late.fill(b, r.people[:catchUp])
	var said []told
	store := newAttic(b, r)
	for _, p := range r.people[catchUp:] {
		said = append(said, tell(b, bare.seal(p, making{big: 30 << 10}), store))
	}
	r.people = nil
	runtime.GC()
	bare.drains(b, said[:warmUp])
	said = said[warmUp:]

	b.StartTimer()
	started := cpuTime(b)
	alone := bare.drains(b, said[:catchUp/2])
	half := cpuTime(b)
	box := late.run(b, on)
	caught := cpuTime(b)
	alone += bare.drains(b, said[catchUp/2:])
	bareCPU := half - started + cpuTime(b) - caught
	b.StopTimer()
	b.ReportMetric(alone.Seconds()/box.Took.Seconds(), ratio)
	b.ReportMetric(catchUp/alone.Seconds(), "bare-records/s")
	b.ReportMetric(catchUp/box.Took.Seconds(), "records/s")
	b.ReportMetric(float64(bareCPU.Microseconds())/catchUp, "bare-cpu-µs/record")
	b.ReportMetric(float64((caught-half).Microseconds())/catchUp, "hub-cpu-µs/record")
	b.ReportMetric(float64(box.CPU.Microseconds())/catchUp, "box-cpu-µs/record")
	b.ReportMetric(0, "ns/op")
}

// warmUp is how many records the hub takes before anything is measured.
const warmUp = 500

// apart has what the hub says to one box go past the broker.
func (r *rig) apart(box *box) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wire, mine := r.publish, protocol.DownTopic(box.id.Box, "")
	r.publish = func(topic string, payload []byte) error {
		if strings.HasPrefix(topic, mine) {
			r.channel(topic) <- payload
			return nil
		}
		return wire(topic, payload)
	}
}

// told is a record as it goes over the wire.
type told struct {
	sealed
	chunks [][]byte
}

func tell(b *testing.B, s sealed, store *attic) told {
	out := told{chunks: store.all(s.chunks(b))}
	out.Envelope = store.keep(s.Envelope)
	return out
}

// drains says records to the hub as fast as it takes them, and waits for all
// receipts.
func (x *box) drains(b *testing.B, all []told) time.Duration {
	b.Helper()
	began := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, s := range all {
			x.say(protocol.KindManifest, s.Envelope)
			for _, raw := range s.chunks {
				x.say(protocol.KindChunk, raw)
			}
		}
	}()
	of := make([]sealed, len(all))
	for i, s := range all {
		of[i] = s.sealed
	}
	for h, got := range x.receipts(of...) {
		if got.Outcome != protocol.Accepted {
			b.Errorf("record %s: %+v", h, got)
		}
	}
	<-done
	return time.Since(began)
}

// lateBox is a box of ours: its store, its keys, its link.
type lateBox struct {
	*box
	dir  string
	keys *keystore.Store
	id   store.Identity
}

const lateKey = "box-1"

func newLateBox(b *testing.B, r *rig, addr string) *lateBox {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	x := &lateBox{box: &box{r: r, point: pointHere}, dir: b.TempDir()}
	var err error
	x.keys, err = keystore.OpenFile(filepath.Join(x.dir, "keys"))
	must(err)
	must(x.keys.Create(lateKey))
	must(x.keys.CreateOpener(lateKey))
	signer, err := x.keys.Signer(lateKey)
	must(err)
	opener, err := x.keys.Opener(lateKey)
	must(err)
	raw, err := opener.Bytes()
	must(err)
	x.opening, err = ecdh.X25519().NewPrivateKey(raw)
	must(err)
	var ok bool
	if x.key, ok = signer.(*ecdsa.PrivateKey); !ok {
		b.Fatalf("a key in a file is %T", signer)
	}
	x.take(r.ticket(pointHere, ""))
	signing, err := r.ring.SigningKeys()
	must(err)
	grant := protocol.EnrolGrant{Address: x.box.id, Certificate: certify(b, r, x.box).Certificate[0], CA: r.ring.CA().Raw,
		Opening: r.ring.OpeningKey().Bytes(), MQTT: addr, Campaign: r.campaign.ID,
		Point: protocol.PointInfo{Code: pointHere, Name: "Point", Division: division}}
	for _, k := range signing {
		grant.Signing = append(grant.Signing, protocol.SigningKey{ID: protocol.KeyID(k.ID), Key: k.DER})
	}
	x.id = store.Identity{Grant: grant, KeyName: lateKey, Number: 1}
	return x
}

// fill seals one record for each person. It is done in memory, and the disk is
// written after it: sealing is not what is measured.
func (x *lateBox) fill(b *testing.B, people []synthetic.Person) {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "zhunkao")
	if err != nil {
		dir = b.TempDir()
	}
	defer os.RemoveAll(dir)
	dir = filepath.Join(dir, "data")
	if err := store.Create(dir, quietStore); err != nil {
		b.Fatal(err)
	}
	s, err := store.Open(dir, x.keys, quietStore)
	if err == nil {
		err = s.SaveIdentity(x.id)
	}
	if err != nil {
		b.Fatal(err)
	}
	x.hears(b, s)
	for _, p := range people {
		one := x.seal(p, making{big: 30 << 10})
		for h, ct := range one.parts {
			if h == one.Manifest.Body.Hash {
				continue
			}
			if _, err := s.PutBlob(ct); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Commit(one.Record, p.Application.ID, protocol.TimeOf(x.r.clock.Now())); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(x.dir, "data"), os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
}

// hears has the box take campaign and roster before its hub is lost.
func (x *lateBox) hears(b *testing.B, s *store.Store) {
	b.Helper()
	x.r.settled() // what is in no chain yet would come with its records
	var want uint64
	whole := make(chan struct{})
	if err := linked(s, x.keys, whole, func(e link.Event) {
		switch e := e.(type) {
		case link.Linked:
			want = e.Roster
		case link.RosterTaken:
			if want > 0 && e.To >= want {
				want = 0
				close(whole)
			}
		}
	}); err != nil {
		b.Fatal(err)
	}
}

// settled waits until everything in the journal is sealed.
func (r *rig) settled() {
	r.t.Helper()
	for open := -1; open != 0; time.Sleep(time.Millisecond) {
		r.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&open)
		})
	}
}
