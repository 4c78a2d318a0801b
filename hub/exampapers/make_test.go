package exampapers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/paper"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/protocol/campaign"
	"zhunkao/provisioning/fonts/fontstest"
)

var (
	ctx = context.Background()
	now = time.Date(2019, 10, 17, 1, 0, 0, 0, time.UTC)
)

// TestCountsAddUp: what paper 11 expects of each sitting and subject is the sum of the
// lines of 07 and of the labels of 09 (sheets.md §3), everybody of the site is in one
// room, and no room has a sitting in which nobody of it writes.
func TestCountsAddUp(t *testing.T) {
	w := newWorld(t)
	fewer, people := false, 0
	for _, at := range w.sites {
		var of exampapers.Of
		w.write(func(tx *db.Tx) (err error) {
			of, err = w.maker.Desk.Site(ctx, tx, w.v, county[2:], at.ID, 0, 0, exampapers.Print{Copy: 1, At: now})
			return err
		})
		people += of.Expected()
		for _, r := range of.Rooms {
			fewer = fewer || len(r.Sittings) == 3
		}
		addsUp(t, of)
	}
	if people != 100 || !fewer {
		t.Errorf("%d people sit somewhere; a room without the last half day: %v", people, fewer)
	}
}

func addsUp(t *testing.T, of exampapers.Of) {
	t.Helper()
	type paperOf struct {
		sitting int
		paper   string
	}
	signed, seats := map[paperOf]int{}, map[string]bool{}
	for _, r := range of.Rooms {
		for _, s := range r.Sitters {
			seats[r.Room+"/"+fmt.Sprint(s.Seat)] = true
			if s.Name.Reveal() == "" || len(s.Last4) != 4 || s.Number == "" || s.Category == "" {
				t.Errorf("room %s seat %d lacks something", r.Room, s.Seat)
			}
		}
		for _, v := range r.Sittings {
			if v.Expected() == 0 {
				t.Errorf("room %s has sitting %d and nobody in it", r.Room, v.Number)
			}
			for _, c := range v.Subjects {
				signed[paperOf{v.Number, c.Paper()}] += len(c.Seats)
			}
		}
	}
	if len(seats) != of.Expected() || len(seats) == 0 {
		t.Fatalf("%d seats for %d people", len(seats), of.Expected())
	}
	sum := paper.SummaryOf(of.SiteHead, of.Rooms, 1)
	if len(sum.Sittings) == 0 {
		t.Fatal("no sitting")
	}
	for _, s := range sum.Sittings {
		for _, p := range s.Papers {
			if key := (paperOf{s.Number, p.Subject}); signed[key] != p.Expected {
				t.Errorf("sitting %d %s: paper 11 expects %d, papers 07 and 09 have %d", s.Number, p.Subject, p.Expected, signed[key])
			} else {
				delete(signed, key)
			}
		}
	}
	if len(signed) > 0 {
		t.Errorf("paper 11 leaves out %v", signed)
	}
}

// TestBatch: the file is one PDF, in binding order behind its cover, and the cover's
// counts are those of the file.
func TestBatch(t *testing.T) {
	w := newWorld(t)
	b := w.ask()
	w.once()
	b, sections := w.get(b.ID)
	if b.State != exampapers.Ready || b.Copy != 1 || b.Done != b.Total || b.Total != len(sections) || b.Template == "" {
		t.Fatalf("%+v, %d sections", b, len(sections))
	}
	path := filepath.Join(t.TempDir(), "site.pdf")
	if err := os.WriteFile(path, w.file(b), 0o600); err != nil {
		t.Fatal(err)
	}
	fontstest.Run(t, "qpdf", "--check", path)
	if info := fontstest.Run(t, "pdfinfo", path); !strings.Contains(info, fmt.Sprintf("Pages:           %d\n", b.Pages)) {
		t.Errorf("%d pages were counted, the file has\n%s", b.Pages, info)
	}
	pages := strings.Split(fontstest.Run(t, "pdftotext", "-layout", path, "-"), "\f")
	at := -1
	for _, s := range sections {
		if s.Paper == exampapers.CoverKey {
			continue
		}
		k, _ := exampapers.KindOf(s.Paper)
		i := firstWith(pages, "准表 "+k.Key)
		if i < at {
			t.Errorf("paper %s begins on page %d, before the one that goes before it (%d)", s.Paper, i+1, at+1)
		}
		at = i
	}
	cover := strings.Join(strings.Fields(pages[0]), " ")
	if !strings.Contains(cover, "准表 25") || !strings.Contains(cover, fmt.Sprintf("合计 另有本封面 1 页 %d %d", things(sections), b.Pages-1)) {
		t.Errorf("the cover says\n%s\nwant %d documents on %d pages", pages[0], things(sections), b.Pages-1)
	}
	if again := w.ask("07"); again.Copy != 2 {
		t.Errorf("the next print of a paper is copy %d", again.Copy)
	}
	w.once()
	if _, ok := exampapers.Chosen([]string{"99"}); ok {
		t.Error("paper 99 was taken")
	}
	now = now.Add(exampapers.Kept)
	defer func() { now = now.Add(-exampapers.Kept) }()
	if worked, err := w.maker.Once(ctx); worked || err != nil {
		t.Fatal(worked, err)
	}
	if b, _ = w.get(b.ID); b.State != exampapers.Gone || !errors.Is(exampapers.Write(ctx, w.d, w.maker.Keys, b, &bytes.Buffer{}), exampapers.ErrState) {
		t.Errorf("after its time: %s", b.State)
	}
}

// TestReprintIsMarked: a later copy says so on every page.
func TestReprintIsMarked(t *testing.T) {
	w := newWorld(t)
	w.ask("05")
	w.once()
	b := w.ask("05")
	w.once()
	b, _ = w.get(b.ID)
	path := filepath.Join(t.TempDir(), "again.pdf")
	if err := os.WriteFile(path, w.file(b), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, page := range strings.Split(strings.TrimRight(fontstest.Run(t, "pdftotext", path, "-"), "\f"), "\f") {
		if !strings.Contains(page, "补打") {
			t.Errorf("page %d does not say that it is a reprint", i+1)
		}
	}
}

// TestMovedRooms: papers of a table of rooms that another has replaced are not made.
func TestMovedRooms(t *testing.T) {
	w := newWorld(t)
	b := w.ask("05")
	w.write(func(tx *db.Tx) error {
		set, _, err := seating.LastBlocks(ctx, tx, w.v.ID, county[2:])
		if err == nil {
			_, err = seating.SetBlocks(ctx, tx, set)
		}
		return err
	})
	w.once()
	if b, sections := w.get(b.ID); b.State != exampapers.Failed || b.Fault != "moved" || len(sections) != 0 {
		t.Errorf("%+v, %d sections", b, len(sections))
	}
}

// TestChangedMeanwhile: a batch that another hub goes on with begins anew when anything
// that it prints was changed since, though its counts are the same.
func TestChangedMeanwhile(t *testing.T) {
	w := newWorld(t)
	b := w.ask("05", "07")
	w.once()
	again := func() (was, is []exampapers.Section) { // its hub died before the cover
		_, was = w.get(b.ID)
		w.write(func(tx *db.Tx) error {
			for _, q := range []string{`DELETE FROM exam_batch_part WHERE n = 0`, `DELETE FROM exam_batch_section WHERE n = 0`, `UPDATE exam_batch SET state = 'queued'`} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		w.once()
		if b, is = w.get(b.ID); b.State != exampapers.Ready {
			t.Fatalf("%+v", b)
		}
		return was, is
	}
	was, is := again()
	for _, s := range was {
		if !containsSection(is, s) {
			t.Errorf("section %d was made again, and nothing had changed", s.N)
		}
	}
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE seating_seat SET number = '99' || substr(number, 3) WHERE room = 1 AND seat = 1`)
		return err
	})
	was, is = again()
	for _, s := range was[1:] {
		if s.Paper == "07" && containsSection(is, s) {
			t.Errorf("section %d has the old number", s.N)
		}
	}
}

// TestTwoAskAtOnce: of two clerks who ask for the same papers at once, one has the second
// copy, on PostgreSQL too, where neither sees what the other has not ended.
func TestTwoAskAtOnce(t *testing.T) {
	d := dbtest.Postgres(t)
	v, err := seatingtest.Publish(ctx, d, campaign.Adult2019(), seatingtest.People(10, county), 1)
	if err != nil {
		t.Fatal(err)
	}
	var at site.Site
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		at, err = site.Create(ctx, tx, site.Site{Campaign: "adult-2019", Division: county, Name: "某中学", Rooms: 1, Seats: 30}, 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ask := func(tx *db.Tx) (exampapers.Batch, error) {
		return exampapers.Insert(ctx, tx, exampapers.Batch{ID: exampapers.NewID(), Campaign: "adult-2019", Division: county, Area: county[2:], Site: at.ID, Version: v.ID, Blocks: 1,
			Papers: []string{"05"}, First: 1, Last: 1, AskedBy: "s1", AskedAt: 1})
	}
	var first, second exampapers.Batch
	other := false
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if _, err = site.Get(ctx, tx, at.ID); err != nil { // what it sees is settled
			return err
		}
		if !other {
			other = true
			if err := d.Write(ctx, func(tx *db.Tx) (err error) { first, err = ask(tx); return err }); err != nil {
				return err
			}
		}
		second, err = ask(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if first.Copy != 1 || second.Copy != 2 {
		t.Errorf("copies %d and %d", first.Copy, second.Copy)
	}
}

// killedDir tells the test's own program that it is the one to be killed.
const killedDir = "ZHUNKAO_EXAMPAPERS_KILLED"

// TestKilled: a hub that is killed in the middle leaves whole sections only; the next one
// goes on behind them, and the file is the one that nobody interrupted would have made.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		w := open(t, dir)
		_, err := w.maker.Once(ctx)
		t.Fatalf("it was to be killed before it ended: %v", err)
	}
	w := newWorld(t)
	b := w.ask()
	if err := w.blobs.Close(); err != nil { // one program at a time has them
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Stdout = os.Stderr // why, if it is not killed
	cmd.Env = append(os.Environ(), killedDir+"="+w.dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // killed
	var left []exampapers.Section
	for len(left) < 3 {
		select {
		case <-ended:
			t.Fatal("it ended before it was killed")
		default:
		}
		b, left = w.get(b.ID)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	was := w
	w = open(t, was.dir)
	b, left = w.get(b.ID)
	for _, s := range left {
		if _, err := exampapers.ReadSection(ctx, w.d, w.maker.Keys, b.ID, s); err != nil {
			t.Errorf("section %d is said to be whole: %v", s.N, err)
		}
	}
	if b.State != exampapers.Making || !errors.Is(exampapers.Write(ctx, w.d, w.maker.Keys, b, &bytes.Buffer{}), exampapers.ErrState) {
		t.Errorf("half a batch is given out: %s", b.State)
	}
	w.write(func(tx *db.Tx) error { // nobody heard of it for long
		_, err := tx.Exec(ctx, `UPDATE exam_batch SET beat = 0 WHERE id = $1`, b.ID)
		return err
	})
	w.once()
	b, all := w.get(b.ID)
	if b.State != exampapers.Ready {
		t.Fatalf("%+v", b)
	}
	for _, s := range left {
		if !containsSection(all, s) {
			t.Errorf("section %d was whole and was made again", s.N)
		}
	}
	got := w.file(b)
	w.write(func(tx *db.Tx) error { // and now without being interrupted
		for _, q := range []string{`DELETE FROM exam_batch_part`, `DELETE FROM exam_batch_section`, `UPDATE exam_batch SET state = 'queued'`} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	w.once()
	b, _ = w.get(b.ID)
	if !bytes.Equal(got, w.file(b)) {
		t.Error("the file differs from one that nobody interrupted")
	}
}

func containsSection(all []exampapers.Section, s exampapers.Section) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

func firstWith(pages []string, text string) int {
	for i, p := range pages {
		if strings.Contains(strings.Join(strings.Fields(p), " "), text) {
			return i
		}
	}
	return -1
}

func things(all []exampapers.Section) (n int) {
	for _, s := range all {
		if s.Paper != exampapers.CoverKey {
			n += s.Things
		}
	}
	return n
}
