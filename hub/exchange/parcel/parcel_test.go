package parcel_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

const (
	here, countyHere   = "43010401", "430104"
	there, countyThere = "43102801", "431028"
)

var ring = sync.OnceValue(func() *keys.Ring {
	r, err := keys.Open(filepath.Join(testTemp, "keys"), keys.Options{Create: true})
	if err != nil {
		panic(err)
	}
	return r
})

// hub is a packer over a database with candidates of two counties.
type hub struct {
	*parcel.Packer
	t      *testing.T
	camp   rules.Campaign
	people []synthetic.Person
	clock  time.Time
}

func open(t *testing.T, d *db.DB) *hub {
	t.Helper()
	h := &hub{t: t, camp: rules.Adult2019(), clock: time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return h.clock }
	h.Packer = &parcel.Packer{DB: d, Keys: ring(), Candidates: candidate.New(ring(), now), Now: now, Log: slog.New(slog.DiscardHandler)}
	h.people = synthetic.Candidates(h.camp, 7, 40, synthetic.Point{Code: here, Division: countyHere}, synthetic.Point{Code: there, Division: countyThere})
	h.people[0].Application.Fields[form.FullName] = "刘䶮𠮷"
	bundle, err := rules.Encode(h.camp)
	if err != nil {
		t.Fatal(err)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if err := org.Seed(ctx, tx, now()); err != nil {
			return err
		}
		if _, err := campaign.Publish(ctx, tx, bundle, "op", now().UnixMilli()); err != nil {
			return err
		}
		for _, p := range h.people {
			by := candidate.Saving{Author: journal.Author{Kind: journal.ByCandidate, ID: p.Application.ID}, Origin: candidate.FromPortal, Division: p.Application.Point[:6]}
			if err := h.Candidates.Save(ctx, tx, p.Application, by); err != nil {
				return err
			}
		}
		return nil
	})
	return h
}

func (h *hub) write(f func(context.Context, *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(h.t.Context(), func(tx *db.Tx) error { return f(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// ask asks for a parcel of a place.
func (h *hub) ask(division string, state parcel.State) string {
	h.t.Helper()
	p := parcel.Parcel{ID: parcel.NewID(), Campaign: h.camp.ID, Exchange: "candidates", Division: division, AskedBy: "tan", AskedAt: h.clock.UnixMilli(), Reason: "统计", Mark: "ABCD-EFGH", State: state}
	h.write(func(ctx context.Context, tx *db.Tx) error { return parcel.Insert(ctx, tx, p) })
	return p.ID
}

func (h *hub) get(id string) (p parcel.Parcel) {
	h.t.Helper()
	err := h.DB.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		p, err = parcel.Get(h.t.Context(), tx, id)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *hub) once() bool {
	h.t.Helper()
	worked, err := h.Once(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return worked
}

func (h *hub) parts(id string) (n int) {
	h.t.Helper()
	err := h.DB.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(h.t.Context(), `SELECT count(*) FROM parcel_part WHERE parcel = $1`, id).Scan(&n)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// unpacked reads a parcel and gives its files.
func (h *hub) unpacked(id string) map[string][]byte {
	h.t.Helper()
	var b bytes.Buffer
	if err := parcel.Read(h.t.Context(), h.DB, h.Keys, h.get(id), &b); err != nil {
		h.t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			h.t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			h.t.Fatal(err)
		}
	}
	return out
}

// TestPackedComesBack: what is packed is the place and nothing else, and what
// reads it by the same mapping finds every value as it was.
func TestPackedComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		id := h.ask(countyHere, parcel.Queued)
		if !h.once() || h.once() {
			t.Fatal("one parcel was not packed once")
		}
		p := h.get(id)
		if p.State != parcel.Ready || p.Total != 20 || p.Done != 20 || p.Beside == 0 || p.File != "CZBMK_2019_430104.zip" || p.EndsAt != h.clock.Add(parcel.Kept).UnixMilli() {
			t.Fatalf("packed: %+v", p)
		}
		files := h.unpacked(id)
		if len(files) != 3 || !strings.Contains(string(files["shuoming.txt"]), "ABCD-EFGH") {
			t.Fatalf("files %d", len(files))
		}
		want := map[string]form.Application{}
		for _, p := range h.people {
			if p.Application.Point == here {
				want[p.Application.Get(form.CandidateNumber)] = p.Application
			}
		}
		table, err := dbf.NewReader(bytes.NewReader(files["CZBMK_2019_430104.dbf"]), dbf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		im, err := exchange.Import(table, bytes.NewReader(files["CZBMK_2019_430104.side.jsonl"]), h.camp, "candidates")
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for {
			r, err := im.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			rows++
			app, ok := want[r.Application.Get(form.CandidateNumber)]
			if !ok || len(r.Faults) > 0 {
				t.Fatalf("row %d is not of this place, or has faults %v", rows, r.Faults)
			}
			for _, key := range []string{form.FullName, form.DocumentNumber, form.PhoneNumber, form.PostAddress, form.BirthDate} {
				if r.Application.Get(key) != app.Get(key) {
					t.Errorf("row %d: %s came back as another", rows, key)
				}
			}
			if r.Application.Point != here || r.Facts["county"] != "" && r.Facts["county"] != countyHere {
				t.Errorf("row %d: point %s county %s", rows, r.Application.Point, r.Facts["county"])
			}
		}
		if rows != 20 {
			t.Errorf("%d rows came back", rows)
		}
	})
}

// TestNothingReadableLies: neither name nor number stands in the database while
// a parcel waits, and after it was fetched not even a sealed part.
func TestNothingReadableLies(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	id := h.ask("430000", parcel.Queued)
	h.once()
	err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Each(t.Context(), `SELECT body FROM parcel_part`, nil, func(scan func(...any) error) error {
			var body []byte
			err := scan(&body)
			if bytes.Contains(body, []byte("KSH")) || bytes.Contains(body, []byte(".dbf")) || bytes.HasPrefix(body, []byte("PK")) {
				t.Error("a part can be read")
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if h.parts(id) == 0 {
		t.Fatal("there are no parts")
	}
	h.write(func(ctx context.Context, tx *db.Tx) error { return parcel.Fetch(ctx, tx, id) })
	if h.parts(id) != 0 || h.get(id).State != parcel.Fetched {
		t.Error("something is left of a parcel that was fetched")
	}
	err = h.DB.Write(t.Context(), func(tx *db.Tx) error { return parcel.Fetch(t.Context(), tx, id) })
	if !errors.Is(err, parcel.ErrState) {
		t.Errorf("fetched twice: %v", err)
	}
	if err := parcel.Read(t.Context(), h.DB, h.Keys, h.get(id), io.Discard); !errors.Is(err, parcel.ErrState) {
		t.Errorf("read after it was fetched: %v", err)
	}
}

// TestStates: a parcel that waits for a second person is not packed; one whose
// day is over is done away with; one whose hub died is packed by another.
func TestStates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		waiting, said := h.ask(countyHere, parcel.Waiting), h.ask(countyThere, parcel.Waiting)
		if h.once() {
			t.Error("packed without the second person")
		}
		h.write(func(ctx context.Context, tx *db.Tx) error { return parcel.Refuse(ctx, tx, said, "zhou") })
		h.write(func(ctx context.Context, tx *db.Tx) error { return parcel.Agree(ctx, tx, waiting, "zhou") })
		for _, f := range []func(context.Context, *db.Tx, string, string) error{parcel.Agree, parcel.Refuse} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx, said, "zhou") }); !errors.Is(err, parcel.ErrState) {
				t.Errorf("decided twice: %v", err)
			}
		}
		h.once()
		if p := h.get(waiting); p.State != parcel.Ready || p.AgreedBy != "zhou" {
			t.Errorf("agreed: %+v", p)
		}
		if p := h.get(said); p.State != parcel.Refused || !p.State.Final() {
			t.Errorf("refused: %+v", p)
		}
		// The hub that packs dies, and its beat is old.
		lost := h.ask(countyThere, parcel.Queued)
		h.write(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO parcel_part (parcel, n, body) VALUES ($1, 0, $2)`, lost, []byte("half")); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE parcel SET state = 'packing', beat = 1 WHERE id = $1`, lost)
			return err
		})
		if !h.once() || h.get(lost).State != parcel.Ready || len(h.unpacked(lost)) < 2 {
			t.Errorf("lost: %+v", h.get(lost))
		}
		forgotten := h.ask(countyHere, parcel.Waiting)
		h.clock = h.clock.Add(parcel.Kept)
		h.once()
		for _, id := range []string{waiting, lost, forgotten} {
			if p := h.get(id); p.State != parcel.Expired || h.parts(id) != 0 {
				t.Errorf("after its day: %+v with %d parts", p, h.parts(id))
			}
		}
	})
}

// TestWhatCannotBePacked ends as failed, with a word, and the next is packed.
func TestWhatCannotBePacked(t *testing.T) { dbtest.Each(t, whatCannotBePacked) }

func whatCannotBePacked(t *testing.T, d *db.DB) {
	h := open(t, d)
	bad := parcel.Parcel{ID: parcel.NewID(), Campaign: h.camp.ID, Exchange: "no such table", Division: countyHere, AskedBy: "tan", AskedAt: 1, Reason: "统计", State: parcel.Queued}
	h.write(func(ctx context.Context, tx *db.Tx) error { return parcel.Insert(ctx, tx, bad) })
	good := h.ask(countyHere, parcel.Queued)
	h.once()
	h.once()
	if p := h.get(bad.ID); p.State != parcel.Failed || p.Fault != "mapping" {
		t.Errorf("bad: %+v", p)
	}
	if p := h.get(good); p.State != parcel.Ready {
		t.Errorf("good: %+v", p)
	}
}

// TestTwoPackers: any number of hubs pack, and each parcel is packed once.
func TestTwoPackers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		const n = 6
		for range n {
			h.ask(countyHere, parcel.Queued)
		}
		var wg sync.WaitGroup
		packed := make(chan bool, 100)
		for range 3 {
			wg.Go(func() {
				for {
					worked, err := h.Once(t.Context())
					if err != nil {
						t.Error(err)
					}
					if !worked {
						return
					}
					packed <- true
				}
			})
		}
		wg.Wait()
		for h.once() {
			packed <- true // one that a faster hub took from under another's eyes
		}
		if len(packed) != n {
			t.Errorf("%d were packed, want %d", len(packed), n)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := parcel.List(t.Context(), tx, "430000", "", 0, 100)
			for _, p := range list {
				if p.State != parcel.Ready {
					t.Errorf("%s is %s", p.ID, p.State)
				}
			}
			if len(list) != n {
				t.Errorf("%d are listed", len(list))
			}
			elsewhere, _ := parcel.List(t.Context(), tx, countyThere, "", 0, 100)
			if len(elsewhere) != 0 {
				t.Error("another county lists them")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestEndedWhilePacking gives the parcel back.
func TestEndedWhilePacking(t *testing.T) { dbtest.Each(t, endedWhilePacking) }

func endedWhilePacking(t *testing.T, d *db.DB) {
	h := open(t, d)
	id := h.ask("430000", parcel.Queued)
	ctx, cancel := context.WithCancel(t.Context())
	h.Packer.Keys = stopping{h.Packer.Keys, cancel}
	if _, err := h.Once(ctx); err != nil {
		t.Fatal(err)
	}
	if p := h.get(id); p.State != parcel.Queued || h.parts(id) != 0 {
		t.Errorf("after the hub stopped: %+v", p)
	}
}

// stopping stops the hub as it seals a part.
type stopping struct {
	parcel.Keys
	stop func()
}

func (s stopping) Seal(label, id string, plain []byte) ([]byte, error) {
	s.stop()
	return s.Keys.Seal(label, id, plain)
}
