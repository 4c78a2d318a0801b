package printroom_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/printroom"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hw/fault"
	"zhunkao/hw/printertest"
	"zhunkao/hw/printertest/ippeve"
	"zhunkao/protocol/campaign"
)

const office = "430102"

var now = time.Date(2019, 10, 17, 1, 0, 0, 0, time.UTC)

// world is an office with a printer and a published arrangement.
type world struct {
	*testing.T
	d       *db.DB
	keys    *keys.Ring
	version seating.Version
	site    site.Site
	printer printroom.Printer
	ended   chan printroom.Print
}

func newWorld(t *testing.T, d *db.DB, address string) *world {
	t.Helper()
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, d: d, keys: ring, ended: make(chan printroom.Print, 10)}
	camp := campaign.Adult2019()
	if w.version, err = seatingtest.Publish(t.Context(), d, camp, seatingtest.People(2, office), 1); err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if err := org.Seed(ctx, tx, now); err != nil {
			return err
		}
		if w.site, err = site.Create(ctx, tx, site.Site{Campaign: camp.ID, Division: office, Name: "芙蓉区第一中学", Address: "解放路 1 号", Contact: "谭丽华", Phone: "0731-55500123", Rooms: 20, Seats: 600}, 1); err != nil {
			return err
		}
		if w.printer, err = printroom.Add(ctx, tx, printroom.Printer{Office: office, Name: "二楼文印室", Address: address, AddedAt: 1}); err != nil {
			return err
		}
		return nil
	})
	return w
}

func (w *world) write(f func(context.Context, *db.Tx) error) {
	w.Helper()
	ctx := w.Context()
	if err := w.d.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		w.Fatal(err)
	}
}

// section is a PDF of so many pages that says which section it is.
func section(n, pages int) []byte {
	return []byte(fmt.Sprintf("%%PDF-1.4\n%% section %02d\n", n) + strings.Repeat("<</Type/Page>>\n", pages) + "%%EOF\n")
}

// batch is one that is ready, of a cover and sections of these pages.
func (w *world) batch(pages ...int) (b exampapers.Batch) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if b, err = exampapers.Insert(ctx, tx, exampapers.Batch{ID: exampapers.NewID(), Campaign: w.version.Campaign, Division: office, Area: office[2:], Site: w.site.ID, Version: w.version.ID,
			Papers: []string{"05"}, First: 1, Last: 9, AskedBy: "s1", AskedAt: 1}); err != nil {
			return err
		}
		for n, p := range append([]int{1}, pages...) {
			file := section(n, p)
			sum := sha256.Sum256(file)
			if _, err := tx.Exec(ctx, `INSERT INTO exam_batch_section (batch, n, paper, first, last, things, pages, size, sum) VALUES ($1, $2, '05', 0, 0, 1, $3, $4, $5)`, b.ID, n, p, len(file), sum[:]); err != nil {
				return err
			}
			sealed, err := w.keys.Seal("exam-batch", fmt.Sprintf("%s/%d/0", b.ID, n), file)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO exam_batch_part (batch, n, at, body) VALUES ($1, $2, 0, $3)`, b.ID, n, sealed); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE exam_batch SET state = 'ready' WHERE id = $1`, b.ID)
		b.State = exampapers.Ready
		return err
	})
	return b
}

// send asks for a print of a batch.
func (w *world) send(b exampapers.Batch, look bool) (p printroom.Print) {
	w.Helper()
	w.write(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = printroom.Ask(ctx, tx, printroom.Asked{Batch: b, Printer: w.printer, Look: look, By: "s1", At: 1})
		return err
	})
	return p
}

// room runs a hub's printroom until stop is called or the test ends.
func (w *world) room(change ...func(*printroom.Room)) (stop func()) {
	w.Helper()
	r := printroom.New(printroom.Options{DB: w.d, Keys: w.keys, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Ended: func(_ context.Context, _ *db.Tx, p printroom.Print) error {
		w.ended <- p
		return nil
	}}).Hurry()
	for _, f := range change {
		f(r)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(stop)
	return stop
}

func (w *world) get(id string) (p printroom.Print) {
	w.Helper()
	if err := w.d.Read(w.Context(), func(tx *db.Tx) (err error) { p, err = printroom.Get(w.Context(), tx, id); return err }); err != nil {
		w.Fatal(err)
	}
	return p
}

// until waits until a print stands so.
func (w *world) until(id, what string, ok func(printroom.Print) bool) printroom.Print {
	w.Helper()
	end, tick := time.After(2*time.Minute), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for {
		p := w.get(id)
		if ok(p) {
			return p
		}
		select {
		case <-tick.C:
		case <-end:
			w.Fatalf("it did not come to pass: %s; it is %+v", what, p)
		}
	}
}

func is(s printroom.State, why string) func(printroom.Print) bool {
	return func(p printroom.Print) bool { return p.State == s && p.Why == why }
}

// sections are what a printer was given, in order.
func sections(files [][]byte) (out []string) {
	for _, f := range files {
		_, rest, _ := bytes.Cut(f, []byte("section "))
		out = append(out, string(rest[:2]))
	}
	return out
}

// emulated is an emulated printer that prints at once.
func emulated(t *testing.T, k printertest.Knobs) (*printertest.Printer, *printertest.Plug) {
	t.Helper()
	emu := printertest.New()
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plug.Unplug(); emu.Close() })
	return emu, plug
}

func set(t *testing.T, emu *printertest.Printer, change func(*printertest.Knobs)) {
	t.Helper()
	k := emu.Knobs()
	change(&k)
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
}

func given(emu *printertest.Printer) (out []string) {
	var files [][]byte
	for _, j := range slices.Backward(emu.Jobs()) {
		if len(j.Document) > 0 {
			files = append(files, j.Document)
		}
	}
	return sections(files)
}

// TestPrinted: a batch comes out in binding order, each part once, with the cover first to
// be looked at; it is then printed, and is not sent again. An empty tray holds it up and
// is told.
func TestPrinted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		emu, plug := emulated(t, printertest.Quick())
		w := newWorld(t, d, plug.URI())
		b := w.batch(3, 2)
		w.room()
		p := w.send(b, true)
		p = w.until(p.ID, "the cover is looked at", is(printroom.Held, printroom.WhyLook))
		if out, all := p.Pages(); out != 1 || all != 6 || !slices.Equal(given(emu), []string{"00"}) {
			t.Fatalf("%d of %d pages, the printer was given %v", out, all, given(emu))
		}
		set(t, emu, func(k *printertest.Knobs) { k.NoPaper = true })
		w.write(func(ctx context.Context, tx *db.Tx) error { _, err := printroom.Continue(ctx, tx, p.ID); return err })
		w.until(p.ID, "no paper", is(printroom.Printing, "paper"))
		if len(given(emu)) != 1 {
			t.Errorf("a printer without paper was given %v", given(emu))
		}
		set(t, emu, func(k *printertest.Knobs) { k.NoPaper = false })
		p = w.until(p.ID, "its end", is(printroom.Done, ""))
		if out, all := p.Pages(); out != all || !slices.Equal(given(emu), []string{"00", "01", "02"}) {
			t.Errorf("%d of %d pages, the printer was given %v", out, all, given(emu))
		}
		if told := <-w.ended; told.ID != p.ID || told.State != printroom.Done || told.EndedAt != now.UnixMilli() {
			t.Errorf("its end was told as %+v", told)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := printroom.Ask(t.Context(), tx, printroom.Asked{Batch: b, Printer: w.printer, At: 2})
			return err
		})
		if !errors.Is(err, printroom.ErrState) {
			t.Errorf("sent again: %v", err)
		}
	})
}

// TestNobodyKnows: of a part that the printer gives up, forgets or will not speak of, a
// person says what became of it; until then nothing more is sent. Nobody gets the rest of
// a batch whose arrangement was replaced.
func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: -1, Abort: true})
	w := newWorld(t, dbtest.SQLite(t), plug.URI())
	b := w.batch(1, 1)
	w.room()
	p := w.send(b, false)
	w.until(p.ID, "it is unsure", is(printroom.Held, printroom.WhyUnsure))
	w.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := printroom.Continue(ctx, tx, p.ID); !errors.Is(err, printroom.ErrUnsure) {
			t.Errorf("continued without a word: %v", err)
		}
		if _, err := printroom.Remove(ctx, tx, w.printer.ID); !errors.Is(err, printroom.ErrState) {
			t.Errorf("the printer was taken away: %v", err)
		}
		return nil
	})
	settle := func(n int, there bool) {
		t.Helper()
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := printroom.Settle(ctx, tx, p.ID, n, there, 2)
			return err
		})
	}
	set(t, emu, func(k *printertest.Knobs) { k.Abort, k.Mute = false, true })
	settle(0, false) // again
	w.until(p.ID, "it is unsure once more", func(p printroom.Print) bool {
		return is(printroom.Held, printroom.WhyUnsure)(p) && len(given(emu)) == 2
	})
	set(t, emu, func(k *printertest.Knobs) { k.Mute, k.PageMS = false, 60_000 })
	settle(0, true) // it is there
	p = w.until(p.ID, "the next part is at the printer", func(p printroom.Print) bool { return p.Parts[1].State == printroom.Sent })
	if got := given(emu); !slices.Equal(got, []string{"00", "00", "01"}) {
		t.Errorf("the printer was given %v", got)
	}
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, ended, err := printroom.Stop(ctx, tx, p.ID, 3)
		if ended {
			t.Error("it is over while it is printed")
		}
		return err
	})
	p = w.until(p.ID, "it has ended", is(printroom.Ended, printroom.WhyStopped))
	if p.Parts[0].State != printroom.Printed || p.Parts[1].State != printroom.Unsure || p.Parts[2].State != printroom.Dropped || len(given(emu)) != 3 {
		t.Errorf("stopped in the middle: %+v, the printer was given %v", p.Parts, given(emu))
	}
	ask := func() (err error) {
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err = printroom.Ask(ctx, tx, printroom.Asked{Batch: b, Printer: w.printer, At: 4})
			return nil
		})
		return err
	}
	if err := ask(); !errors.Is(err, printroom.ErrUnsure) {
		t.Errorf("the rest was sent before a word: %v", err)
	}
	settle(1, false)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'replaced' WHERE id = $1`, w.version.ID)
		return err
	})
	if err := ask(); !errors.Is(err, exampapers.ErrVoid) {
		t.Errorf("a void batch: %v", err)
	}
}

// TestPatience: a printer that nobody looks after holds the print; one that takes no PDF
// does so at once. Somebody else's printer prints meanwhile.
func TestPatience(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: -1, Jam: true})
	w := newWorld(t, dbtest.SQLite(t), plug.URI())
	w.room(func(r *printroom.Room) { r.Patience(30 * time.Millisecond) })
	p := w.send(w.batch(1), false)
	w.until(p.ID, "it is held", is(printroom.Held, "jam"))
	set(t, emu, func(k *printertest.Knobs) { k.Jam, k.Format = false, printertest.Raster })
	w.write(func(ctx context.Context, tx *db.Tx) error { _, err := printroom.Continue(ctx, tx, p.ID); return err })
	w.until(p.ID, "it takes no PDF", is(printroom.Held, printroom.WhyUnsupported))
	if len(given(emu)) != 0 {
		t.Errorf("the printer was given %v", given(emu))
	}
	held := func(office string, want int) {
		t.Helper()
		w.write(func(ctx context.Context, tx *db.Tx) error {
			all, err := printroom.HeldAt(ctx, tx, office)
			if len(all) != want || want > 0 && (all[0].ID != p.ID || all[0].Why != printroom.WhyUnsupported) {
				t.Errorf("held at %q are %+v", office, all)
			}
			return err
		})
	}
	held(w.printer.Office, 1)
	held("another", 0)
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, ended, err := printroom.Stop(ctx, tx, p.ID, 3)
		if !ended {
			t.Error("a held print is not over at once")
		}
		return err
	})
	held(w.printer.Office, 0)
	if seen := printroom.See(t.Context(), plug.URI()); seen.PDF || seen.Why != "" || seen.Model == "" {
		t.Errorf("asked what it is, it says %+v", seen)
	}
}

// TestWhy: what the driver says becomes what a person does; ours is no fault of the
// printer's.
func TestWhy(t *testing.T) {
	for want, err := range map[string]error{
		printroom.WhyUnsupported: fault.New(fault.Unsupported, "print", "", nil), printroom.WhyStranger: fault.New(fault.Unauthorised, "certificate", "", nil), printroom.WhyGone: fault.New(fault.Absent, "print", "", nil),
		printroom.WhyBusy: fault.New(fault.Busy, "print", "", nil), "service": fault.New(fault.Device, "print", "", nil), "": fault.New(fault.Closed, "print", "", nil), printroom.WhyFault: errors.New("the PDF is too large"),
	} {
		if got := printroom.WhyOf(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// TestNames: a printer has a name, an office that is there, and an address of its own.
func TestNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), "ipp://127.0.0.1:1/ipp/print")
	w.write(func(ctx context.Context, tx *db.Tx) error {
		for _, p := range []printroom.Printer{
			{Office: office, Name: " ", Address: "ipp://10.0.0.1"}, {Office: office, Name: "甲", Address: "socket://10.0.0.1:9100"}, {Office: office, Name: "甲", Address: "ipp://10.0.0.1/?x=1"},
			{Office: "999999", Name: "甲", Address: "ipp://10.0.0.1"}, {Office: office, Name: "二楼文印室", Address: "ipp://10.0.0.1"}, {Office: office, Name: "甲", Address: w.printer.Address},
		} {
			if _, err := printroom.Add(ctx, tx, p); !errors.Is(err, printroom.ErrPrinter) {
				t.Errorf("%+v was taken: %v", p, err)
			}
		}
		if _, err := printroom.Add(ctx, tx, printroom.Printer{Office: "430103", Name: "二楼文印室", Address: "ipps://10.0.0.2/ipp/print"}); err != nil {
			t.Error(err)
		}
		mine, err := printroom.Printers(ctx, tx, office)
		if len(mine) != 1 || mine[0].ID != w.printer.ID {
			t.Errorf("the office has %+v", mine)
		}
		_, gone := printroom.Remove(ctx, tx, w.printer.ID)
		_, none := printroom.Remove(ctx, tx, w.printer.ID)
		if gone != nil || !errors.Is(none, printroom.ErrNotFound) {
			t.Errorf("removed: %v, and again: %v", gone, none)
		}
		return err
	})
}

// TestIppeveprinter is the same before a printer that somebody else wrote: an empty tray is told
// and passed, a hub that ends leaves a job that the next goes on with, and what was in the
// printer at a power cut is nobody's to know. Nothing is printed twice by itself.
func TestIppeveprinter(t *testing.T) {
	t.Parallel()
	eve := ippeve.Start(t, "application/pdf")
	w := newWorld(t, dbtest.SQLite(t), eve.URI())
	want := func(list ...string) {
		t.Helper()
		if got := sections(eve.Spooled(".pdf")); !slices.Equal(got, list) {
			t.Errorf("the printer was given %v, want %v", got, list)
		}
	}
	b := w.batch(1)
	mend := eve.Hold("media-empty")
	stop := w.room()
	p := w.send(b, true)
	w.until(p.ID, "no paper", func(p printroom.Print) bool {
		return is(printroom.Printing, "paper")(p) && p.Parts[0].State == printroom.Sent
	})
	stop()
	if got := w.get(p.ID); got.State != printroom.Queued || got.Parts[0].State != printroom.Sent {
		t.Fatalf("after the hub ended it is %+v", got)
	}
	stop = w.room()
	w.until(p.ID, "followed", func(p printroom.Print) bool { return p.State == printroom.Printing })
	mend()
	w.until(p.ID, "the cover is out", is(printroom.Held, printroom.WhyLook))
	hold := eve.Hold("")
	w.write(func(ctx context.Context, tx *db.Tx) error { _, err := printroom.Continue(ctx, tx, p.ID); return err })
	w.until(p.ID, "a part", func(p printroom.Print) bool { return p.Parts[1].State == printroom.Sent })
	stop()
	eve.Off()
	hold()
	eve.On()
	w.room()
	p = w.until(p.ID, "nobody knows", is(printroom.Held, printroom.WhyUnsure))
	want("00", "01")
	w.write(func(ctx context.Context, tx *db.Tx) error {
		_, _, err := printroom.Settle(ctx, tx, p.ID, 1, false, 2)
		return err
	})
	w.until(p.ID, "its end", is(printroom.Done, ""))
	want("00", "01", "01")
}

// TestKilledWhileSending: a hub that died before it knew the printer's number finds the
// job by its sign, and what was never there is nobody's to know.
func TestKilledWhileSending(t *testing.T) {
	t.Parallel()
	emu, plug := emulated(t, printertest.Knobs{PageMS: 60_000})
	w := newWorld(t, dbtest.SQLite(t), plug.URI())
	stop := w.room()
	p := w.send(w.batch(), false)
	p = w.until(p.ID, "it is at the printer", func(p printroom.Print) bool { return p.Parts[0].State == printroom.Sent })
	stop()
	died := func(sign string) { // as a hub that was killed leaves it
		w.write(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE exam_print_part SET state = 'sending', job = 0, sign = $2 WHERE print = $1`, p.ID, sign); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE exam_print SET state = 'printing', beat = 1 WHERE id = $1`, p.ID)
			return err
		})
	}
	died(p.Parts[0].Sign)
	stop = w.room()
	w.until(p.ID, "it is found", func(p printroom.Print) bool { return p.Parts[0].State == printroom.Sent })
	stop()
	died("00000000")
	w.room()
	w.until(p.ID, "nobody knows", is(printroom.Held, printroom.WhyUnsure))
	if got := given(emu); len(got) != 1 {
		t.Errorf("the printer was given %v", got)
	}
}
