package exampapers_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/flow/flowtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/sheet"
)

const county = "430102"

// world is a county of a hundred people whose rooms are at two sites.
type world struct {
	t     testing.TB
	dir   string
	blobs *blob.Store
	d     *db.DB
	maker *exampapers.Maker
	v     seating.Version
	sites []site.Site
}

// open opens what is there already, or nothing.
func open(t testing.TB, dir string) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "hub.db"))
	must(err)
	_, err = os.Stat(filepath.Join(dir, "keys"))
	ring, err := keys.Open(filepath.Join(dir, "keys"), keys.Options{Create: err != nil})
	must(err)
	blobs, err := blob.Open(filepath.Join(dir, "blobs"))
	must(err)
	fonts, err := sheet.OpenFonts("")
	must(err)
	t.Cleanup(func() { _, _, _ = fonts.Close(), blobs.Close(), d.Close() })
	desk := &exampapers.Desk{Tickets: &ticket.Desk{Candidates: candidate.New(ring, func() time.Time { return now }), Keys: ring, Blob: blobs}}
	return &world{t: t, dir: dir, blobs: blobs, d: d, maker: &exampapers.Maker{DB: d, Keys: ring, Desk: desk, Fonts: fonts, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}}
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := open(t, t.TempDir())
	camp := campaign.Adult2019()
	fl, err := fleet.Open(ctx, fleet.Options{DB: w.d, Now: w.maker.Now})
	if err != nil {
		t.Fatal(err)
	}
	store := w.maker.Desk.Tickets.Candidates
	f := &flow.Flow{Candidates: store, Fleet: fl, Now: w.maker.Now}
	bundle, err := campaign.Encode(camp)
	if err != nil {
		t.Fatal(err)
	}
	point := synthetic.Point{Code: county + "01", Division: county}
	w.write(func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, now); err != nil {
			return err
		}
		if _, err := f.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		return f.CreatePoint(ctx, tx, org.Point{Code: point.Code, Name: "芙蓉区第 1 报名确认点", Division: county, Open: true}, flow.Operator())
	})
	if _, err := flowtest.Fill(ctx, w.d, f, camp, 100, []synthetic.Point{point}); err != nil {
		t.Fatal(err)
	}
	var people []seatingtest.Person
	w.write(func(tx *db.Tx) error {
		people = nil
		rows, err := candidate.List(ctx, tx, candidate.Filter{Campaign: camp.ID, Division: county, Limit: 200})
		for _, r := range rows {
			found, err := store.GetAll(ctx, tx, []string{r.ID})
			if err != nil {
				return err
			}
			c := found[r.ID].Application.Choices[0]
			people = append(people, seatingtest.Person{Application: r.ID, Division: county, Level: c.Level, Category: c.Category})
		}
		return err
	})
	if w.v, err = seatingtest.Publish(ctx, w.d, camp, people, now.UnixMilli()); err != nil {
		t.Fatal(err)
	}
	w.write(func(tx *db.Tx) error {
		w.sites = nil
		for i := range 2 {
			s, err := site.Create(ctx, tx, site.Site{Campaign: camp.ID, Division: county, Name: fmt.Sprintf("芙蓉区第%d中学", i+1), Address: "解放路 1 号", Contact: "谭丽华", Phone: "0731-55500123", Rooms: 20 - 16*i, Seats: 900}, 1)
			if err != nil {
				return err
			}
			w.sites = append(w.sites, s)
		}
		a, err := flow.RoomsOf(ctx, tx, camp.ID, county[2:])
		if err != nil {
			return err
		}
		half := a.Rooms[len(a.Rooms)/2].Number
		blocks, err := a.Propose()
		if err != nil {
			return err
		}
		blocks = append(blocks[:0], blocks[0], blocks[0])
		blocks[0].First, blocks[0].Last, blocks[1].First, blocks[1].Last, blocks[1].Site = 1, half, half+1, len(a.Rooms), w.sites[1].ID
		_, err = seating.SetBlocks(ctx, tx, seating.BlockSet{Version: w.v.ID, Area: county[2:], How: seating.Taken, Blocks: blocks, At: 1, By: "s1"})
		return err
	})
	return w
}

func (w *world) write(f func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Write(ctx, f); err != nil {
		w.t.Fatal(err)
	}
}

// ask asks for papers of the first site.
func (w *world) ask(papers ...string) (b exampapers.Batch) {
	w.t.Helper()
	chosen, ok := exampapers.Chosen(papers)
	if !ok {
		w.t.Fatalf("no papers: %v", papers)
	}
	w.write(func(tx *db.Tx) (err error) {
		b, err = exampapers.Insert(ctx, tx, exampapers.Batch{ID: exampapers.NewID(), Campaign: "adult-2019", Division: county, Area: county[2:], Site: w.sites[0].ID, Version: w.v.ID, Blocks: 1,
			Papers: chosen, First: 1, Last: 99, AskedBy: "s1", AskedAt: now.UnixMilli()})
		return err
	})
	return b
}

func (w *world) get(id string) (b exampapers.Batch, s []exampapers.Section) {
	w.t.Helper()
	err := w.d.Read(ctx, func(tx *db.Tx) (err error) {
		if b, err = exampapers.Get(ctx, tx, id); err == nil {
			s, err = exampapers.Sections(ctx, tx, id)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b, s
}

func (w *world) once() {
	w.t.Helper()
	if worked, err := w.maker.Once(ctx); err != nil || !worked {
		w.t.Fatalf("worked %v, %v", worked, err)
	}
}

func (w *world) file(b exampapers.Batch) []byte {
	w.t.Helper()
	var out bytes.Buffer
	if err := exampapers.Write(ctx, w.d, w.maker.Keys, b, &out); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}
