package rehearsal_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// What a box at a large point lives through: so many applicants on its roster,
// and so many records without a receipt.
const (
	throughCrowd   = 20000
	throughRecords = 5000
	throughTablets = 6
	throughPoint   = "43010401"
)

// BenchmarkBoxThroughAll has the shipped box, with camera, printer, stick and
// desk, through a roster of 20,000, a start with 5,000 records that the hub has
// not, their journal on an empty stick, tablets that open the desk's pages, and
// catching up; "MiB-through" is the most memory that it ever held in all that, as
// the kernel counts it (VmHWM; aim 96).
func BenchmarkBoxThroughAll(b *testing.B) {
	if raceEnabled {
		b.Skip("the race detector has a memory of its own")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Minute)
	defer cancel()
	for b.Loop() {
		p, err := rehearsal.Open(ctx, bin, filepath.Join(b.TempDir(), "p"))
		if err != nil {
			b.Fatal(err)
		}
		x := &through{Province: p, b: b}
		err = x.live(ctx)
		if err := p.Close(); err != nil {
			b.Error(err)
		}
		if err != nil {
			b.Fatalf("%v\n%s", err, p.Logs())
		}
		most := 0.0
		for _, s := range x.peaks {
			b.ReportMetric(s.mib, "MiB-"+s.what)
			most = max(most, s.mib)
		}
		b.ReportMetric(most, "MiB-through")
	}
}

type through struct {
	*rehearsal.Province
	b     *testing.B
	box   *rehearsal.Box
	crowd []synthetic.Person
	peaks []peak
}

// peak is the most that a run of the box held up to the end of a step.
type peak struct {
	what string
	mib  float64
}

func (x *through) note(what string) error {
	mib, err := inStatus(x.box.PID(), "VmHWM")
	x.peaks = append(x.peaks, peak{what, mib})
	x.b.Logf("%s: %.1f MiB", what, mib)
	return err
}

func (x *through) live(ctx context.Context) error {
	if err := x.register(ctx); err != nil {
		return fmt.Errorf("the crowd: %w", err)
	}
	if err := x.StartHub(ctx); err != nil {
		return err
	}
	var err error
	if x.box, err = x.NewBox(ctx, "A", throughPoint); err != nil {
		return err
	}
	all, err := x.Boxes(ctx)
	if err != nil {
		return err
	}
	if _, err := x.Equip("A", ""); err != nil {
		return err
	}
	port, err := x.Desk("A", deskAt, all[0].ID+".local")
	if err != nil {
		return err
	}
	if err := x.GiveStick(ctx, "A"); err != nil {
		return err
	}
	if err := x.box.Start(ctx); err != nil {
		return err
	}
	if err := x.idle(ctx); err != nil { // which it is only with a whole roster
		return err
	}
	if err := x.note("roster"); err != nil {
		return err
	}
	if err := errors.Join(x.box.Stop(), x.StopHub(), x.seal(ctx), x.box.Plug()); err != nil {
		return err
	}
	if err := x.box.Start(ctx); err != nil {
		return err
	}
	if err := x.idle(ctx); err != nil {
		return err
	}
	if err := x.note("unsent"); err != nil {
		return err
	}
	if err := x.box.HasOnStick(ctx, throughRecords); err != nil {
		return err
	}
	if err := x.note("stick"); err != nil {
		return err
	}
	if err := x.tablets(port); err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	if err := x.note("desk"); err != nil {
		return err
	}
	if err := x.StartHub(ctx); err != nil {
		return err
	}
	err = rehearsal.Until(ctx, 20*time.Minute, func() error {
		all, err := x.Boxes(ctx)
		if err == nil && (all[0].Live.Waiting != 0 || all[0].Held < throughRecords) {
			err = fmt.Errorf("%d wait, the hub holds %d", all[0].Live.Waiting, all[0].Held)
		}
		return err
	})
	return errors.Join(err, x.note("caught-up"))
}

func (x *through) idle(ctx context.Context) error {
	return rehearsal.Until(ctx, 15*time.Minute, func() error {
		_, err := x.box.Person.Sees(ctx, "idle")
		return err
	})
}

// register has the crowd choose the point before the hub is started.
func (x *through) register(ctx context.Context) error {
	d := datadir.Dir(x.HubData())
	ring, err := keys.Open(d.Keys(), keys.Options{})
	if err != nil {
		return err
	}
	database, err := db.Open(ctx, d.Database())
	if err != nil {
		return err
	}
	defer database.Close()
	now := func() time.Time { return demo.Start }
	f := &flow.Flow{Candidates: candidate.New(ring, now), Keys: ring, Now: now}
	cases := len(synthetic.Cases())
	x.crowd = synthetic.Candidates(campaign.Adult2019(), 4711, throughCrowd+cases, synthetic.Point{Code: throughPoint, Division: "430104"})[cases:]
	register := func(people []synthetic.Person) error {
		return database.Write(ctx, func(tx *db.Tx) error {
			for _, p := range people {
				if err := f.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var crowd []synthetic.Person
	for some := range slices.Chunk(x.crowd, 1000) {
		if err := register(some); err == nil {
			crowd = append(crowd, some...)
			continue
		} else if !errors.Is(err, candidate.ErrTaken) {
			return err
		}
		for one := range slices.Chunk(some, 1) { // somebody has the number of one of the demonstration
			if err := register(one); err == nil {
				crowd = append(crowd, one...)
			} else if !errors.Is(err, candidate.ErrTaken) {
				return err
			}
		}
	}
	x.crowd = crowd
	return nil
}

// seal puts records into the stopped box's store, as its visits would.
func (x *through) seal(ctx context.Context) error {
	ks, err := keystore.OpenFile(filepath.Join(x.box.Data, "keys"))
	if err != nil {
		return err
	}
	s, err := store.Open(x.box.Data, ks, store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := s.Identity()
	if err != nil {
		return err
	}
	signer, err := ks.Signer(id.KeyName)
	if err != nil {
		return err
	}
	rules, err := s.Campaign()
	if err != nil {
		return err
	}
	const days = 5 // that day and the four before: no point makes so many in one
	for n, p := range x.crowd[:throughRecords] {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := demo.Start.AddDate(0, 0, 1-days+n*days/throughRecords)
		if err := sealOne(s, id, signer, rules, p, at); err != nil {
			return err
		}
	}
	return nil
}

func sealOne(s *store.Store, id store.Identity, signer crypto.Signer, rules store.Campaign, p synthetic.Person, at time.Time) error {
	portrait := make([]byte, 30<<10)
	_, _ = rand.Read(portrait)
	hand, err := protocol.Encode(protocol.Signature{Width: 800, Height: 300, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9}}})
	if err != nil {
		return err
	}
	var refs []protocol.BlobRef
	for _, part := range []struct {
		role, media string
		data        []byte
	}{
		{protocol.RoleChipText, "application/octet-stream", bytes.Repeat([]byte{0x20, 0x00}, 128)},
		{protocol.RoleChipWLT, "application/octet-stream", portrait[:1024]},
		{protocol.RoleSignature, "application/cbor", hand},
		{protocol.RolePhoto, "image/jpeg", portrait},
	} {
		sealed, err := protocol.SealBlob(protocol.SuiteAES, part.role, part.media, part.data)
		if err != nil {
			return err
		}
		if _, err := s.PutBlob(sealed.Ciphertext); err != nil {
			return err
		}
		refs = append(refs, sealed.Ref)
	}
	seq, previous, err := s.Head()
	if err != nil {
		return err
	}
	opening, err := id.Opening()
	if err != nil {
		return err
	}
	now := protocol.TimeOf(at)
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: id.Box(), Epoch: id.Grant.Epoch,
		Sequence: seq + 1, Previous: previous, Suite: protocol.SuiteAES, Campaign: rules.ID, CampaignVersion: rules.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}},
		protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: throughPoint, Chip: p.Chip,
			Pledge: protocol.HashOf([]byte("pledge")), Blobs: refs}, refs, opening, signer)
	if err != nil {
		return err
	}
	return s.Commit(rec, p.Application.ID, now)
}

// tablets signs a clerk in and has several tablets of hers open the pages at once.
func (x *through) tablets(port string) error {
	ring, err := keys.Open(datadir.Dir(x.HubData()).Keys(), keys.Options{})
	if err != nil {
		return err
	}
	w := newTablet(x.b, port, ring.Pool())
	var clerk demo.Account
	for _, a := range x.Accounts() {
		if a.User == "quereren" {
			clerk = a
		}
	}
	asked := url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {staff.Code(clerk.Secret, time.Now())}}
	if status, _, err := w.post("/sign-in", "/sign-in", asked); err != nil || status != http.StatusSeeOther {
		return fmt.Errorf("sign-in: %d, %v", status, err)
	}
	var all sync.WaitGroup
	failed := make(chan error, throughTablets)
	for range throughTablets {
		all.Go(func() {
			for range 2 {
				for _, path := range []string{"/", "/unsent", "/void", "/drafts", "/day", "/incidents"} {
					if status, _, err := w.get(path); err != nil || status != http.StatusOK {
						failed <- fmt.Errorf("%s: %d, %v", path, status, err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}
