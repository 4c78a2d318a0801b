package ticket_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/sheet"
)

const county, point = "430104", "43010401"

// province is a published arrangement of some registrations with a site for all rooms.
type province struct {
	db      *db.DB
	keys    *keys.Ring
	flow    *flow.Flow
	desk    *ticket.Desk
	fonts   *sheet.Fonts
	camp    rules.Campaign
	version seating.Version
	ids     []string
	at      time.Time
}

func newProvince(t testing.TB, d *db.DB, people int) *province {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := &province{db: d, camp: rules.Adult2019(), at: time.Date(2019, 10, 18, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return p.at }
	var err error
	p.keys, err = keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	must(err)
	blobs, err := blob.Locate(t.Context(), d, filepath.Join(t.TempDir(), "blobs"), "")
	must(err)
	t.Cleanup(func() { _ = blobs.Close() })
	p.fonts, err = sheet.OpenFonts("")
	must(err)
	p.flow = &flow.Flow{Candidates: candidate.New(p.keys, now), Keys: p.keys, Now: now}
	p.desk = &ticket.Desk{Candidates: p.flow.Candidates, Keys: p.keys, Blob: blobs}
	bundle, err := rules.Encode(p.camp)
	must(err)
	var seats []seatingtest.Person
	must(d.Write(t.Context(), func(tx *db.Tx) error {
		p.ids, seats = nil, nil
		if err := org.Seed(t.Context(), tx, p.at); err != nil {
			return err
		}
		if _, err := campaign.Publish(t.Context(), tx, bundle, "x", 1); err != nil {
			return err
		}
		if err := p.flow.CreatePoint(t.Context(), tx, org.Point{Code: point, Name: "点", Division: county, Open: true, Boxes: 1}, flow.Operator()); err != nil {
			return err
		}
		for _, one := range synthetic.Candidates(p.camp, 7, people, synthetic.Point{Code: point, Division: county}) {
			app := one.Application
			if err := p.flow.Register(t.Context(), tx, app, candidate.FromPortal, flow.Operator()); err != nil {
				return err
			}
			p.ids = append(p.ids, app.ID)
			seats = append(seats, seatingtest.Person{Application: app.ID, Division: county, Level: app.First().Level, Category: app.First().Category})
		}
		return nil
	}))
	p.version, err = seatingtest.Publish(t.Context(), d, p.camp, seats, 1)
	must(err)
	must(d.Write(t.Context(), func(tx *db.Tx) error {
		at, err := site.Create(t.Context(), tx, site.Site{Campaign: p.camp.ID, Division: county, Name: "岳麓实验中学", Address: "桐梓坡路 212 号", Rooms: 99, Seats: 2970}, 1)
		if err != nil {
			return err
		}
		rooms, err := seating.Rooms(t.Context(), tx, p.version.ID, county[2:])
		if err != nil {
			return err
		}
		_, err = seating.SetBlocks(t.Context(), tx, seating.BlockSet{Version: p.version.ID, Area: county[2:], How: seating.Taken, At: 1,
			Blocks: []arrangement.Block{{Site: at.ID, Area: county[2:], First: 1, Last: len(rooms)}}})
		return err
	}))
	return p
}

func (p *province) maker(t testing.TB, dir string, most int64) *ticket.Maker {
	t.Helper()
	made, err := ticket.OpenMade(filepath.Join(dir, "tickets"), p.keys, most)
	if err != nil {
		t.Fatal(err)
	}
	bundles, err := ticket.OpenBundles(filepath.Join(dir, "bundles"))
	if err != nil {
		t.Fatal(err)
	}
	return &ticket.Maker{DB: p.db, Desk: p.desk, Fonts: p.fonts, Made: made, Bundles: bundles, Now: func() time.Time { return p.at }, Log: slog.New(slog.DiscardHandler)}
}

func (p *province) find(t testing.TB, id string) (f ticket.Found) {
	t.Helper()
	if err := p.db.Read(t.Context(), func(tx *db.Tx) (err error) { f, err = p.desk.Find(t.Context(), tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestOfAndRoomAgree: a ticket is the same alone and in its room, and its code leads to the
// published root.
func TestOfAndRoomAgree(t *testing.T) {
	p := newProvince(t, dbtest.SQLite(t), 35)
	err := p.db.Read(t.Context(), func(tx *db.Tx) error {
		rooms, err := seating.Rooms(t.Context(), tx, p.version.ID, "")
		if err != nil {
			return err
		}
		n := 0
		for _, r := range rooms {
			all, err := p.desk.Room(t.Context(), tx, p.version, r)
			if err != nil {
				return err
			}
			for _, f := range all {
				alone, err := p.desk.Of(t.Context(), tx, f.Application)
				if err != nil {
					return err
				}
				if alone.Proof != f.Proof || alone.Stamp != f.Stamp || alone.Number != f.Number || alone.Site != "岳麓实验中学" || !strings.HasSuffix(alone.Area, "岳麓区考区") {
					t.Errorf("seat %d of room %d: alone and in its room differ: %s %s", f.At.Seat, r.Number, alone.Area, alone.Site)
				}
				code, err := arrangement.ParseCode(f.Proof)
				if err != nil {
					return err
				}
				proof, err := seating.Proof(t.Context(), tx, p.version.ID, f.At)
				if err != nil {
					return err
				}
				if err := code.Check(proof, p.version.Root); err != nil {
					t.Errorf("seat %d of room %d: %v", f.At.Seat, r.Number, err)
				}
				n++
			}
		}
		if n != 35 {
			t.Errorf("%d tickets, want 35", n)
		}
		_, err = p.desk.Of(t.Context(), tx, "nobody")
		if !errors.Is(err, ticket.ErrNone) {
			t.Errorf("nobody: %v, want ErrNone", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMaker: everybody's first copy lies there before its hour, sealed; what changed is not
// given, who is erased is forgotten, a new version takes the place, the disk is bounded.
func TestMaker(t *testing.T) {
	p := newProvince(t, dbtest.SQLite(t), 35)
	dir := t.TempDir()
	m := p.maker(t, dir, 64<<20)
	p.at = time.Date(2019, 10, 10, 0, 0, 0, 0, time.UTC)
	if err := m.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m.Made.Used() != 0 || !m.Bundles.Has(p.version.ID) {
		t.Errorf("a week before: %d bytes of tickets, bundle %v", m.Made.Used(), m.Bundles.Has(p.version.ID))
	}
	p.at = time.Date(2019, 10, 15, 0, 0, 0, 0, time.UTC)
	if err := m.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range p.ids {
		if file := m.Made.Get(p.find(t, id)); !strings.HasPrefix(string(file), "%PDF") {
			t.Fatal("not everybody's was made")
		}
	}
	first := p.find(t, p.ids[0])
	used := m.Made.Used()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".gz") {
			return err
		}
		b, err := os.ReadFile(path)
		if files++; strings.Contains(string(b), "%PDF") || strings.Contains(path, first.Row.ID) {
			t.Error("a file can be read, or names somebody")
		}
		return err
	})
	if err != nil || files != 35 {
		t.Errorf("%d files, %v", files, err)
	}
	half := filepath.Join(dir, "tickets", p.version.ID, "ab.half") // of a power cut
	if err := os.WriteFile(half, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := p.maker(t, dir, 64<<20)
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a ticket is kept: %v", err)
	}
	if again.Made.Used() != used {
		t.Errorf("opened again: %d bytes, want %d", again.Made.Used(), used)
	}
	torn := ""
	err = filepath.WalkDir(filepath.Join(dir, "tickets"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && torn == "" {
			torn = path
			err = os.Truncate(path, 100) // the disk lost its end
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	there := 0
	for _, id := range p.ids {
		if m.Made.Get(p.find(t, id)) != nil {
			there++
		}
	}
	if there != 34 {
		t.Errorf("%d tickets are given after one lost its end, want 34", there)
	}
	m = p.maker(t, dir, 64<<20)
	if err := m.Made.Forget(p.ids[0]); err != nil || m.Made.Get(first) != nil || m.Made.Used() >= used {
		t.Errorf("she is not forgotten: %v", err)
	}
	erased := p.find(t, p.ids[2])
	p.flow.Tickets = m.Made
	if err := p.db.Write(t.Context(), func(tx *db.Tx) error {
		return p.flow.Erase(t.Context(), tx, flow.Erasing{Campaign: p.camp.ID, Application: p.ids[2], Office: true, Reason: "本人申请"}, flow.Operator())
	}); err != nil {
		t.Fatal(err)
	}
	if m.Made.Get(erased) != nil {
		t.Error("the ticket of one who was erased is kept")
	}
	if err := p.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE site SET address = '别的路'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if m.Made.Get(p.find(t, p.ids[1])) != nil {
		t.Error("a ticket with an old address is given")
	}
	small := p.maker(t, t.TempDir(), 300<<10)
	if err := small.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if small.Made.Used() == 0 || small.Made.Used() > 300<<10 {
		t.Errorf("%d bytes are used of %d", small.Made.Used(), 300<<10)
	}
	if _, err := seatingtest.Publish(t.Context(), p.db, p.camp, seatingtest.People(3, county), 2); err != nil {
		t.Fatal(err)
	}
	if err := m.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m.Made.Used() != 0 {
		t.Errorf("%d bytes of a replaced version are kept", m.Made.Used())
	}
}

// BenchmarkFirstCopy is a first copy given out as it was made before, in turns with one
// that is laid out when it is asked for: "of-opening" is how many of the opening minutes of
// a province one core serves, at thirty times the mean of 400,000 in eleven days.
func BenchmarkFirstCopy(b *testing.B) {
	p := newProvince(b, dbtest.SQLite(b), 60)
	m := p.maker(b, b.TempDir(), 64<<20)
	if err := m.Step(b.Context()); err != nil {
		b.Fatal(err)
	}
	const opening = 30 * 400_000 / (11 * 24 * 60.0) / 60 // a second
	for name, made := range map[string]*ticket.Made{"made": m.Made, "laid-out": nil} {
		b.Run(name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				i++
				err := p.db.Brief(b.Context(), func(tx *db.Tx) error {
					f, err := p.desk.Find(b.Context(), tx, p.ids[i%len(p.ids)])
					if err != nil || made.Get(f) != nil {
						return err
					}
					filled, err := p.desk.Fill(b.Context(), tx, f)
					if err != nil {
						return err
					}
					doc, err := filled.Print(p.fonts, ticket.Printing{Copy: 1, At: p.at})
					if err != nil {
						return err
					}
					return doc.PDF(discard{})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/opening, "of-opening")
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
