package portal_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/protocol/sheet"
)

// examinee is somebody whose confirmation counts, with a picture.
func (w *world) examinee() *her {
	w.t.Helper()
	h := w.arrive(0)
	h.app.Point = pointHere
	h.submit()
	h.confirm(h.app, 1, w.now().Add(-time.Hour), picture(w.t), flow.Step{State: confirmation.InForce})
	return h
}

// arranged publishes a version in which she sits with some others.
func (w *world) arranged(h *her) seating.Version {
	w.t.Helper()
	v, err := seatingtest.Publish(w.t.Context(), w.db, w.camp, w.with(h, 40), w.now().UnixMilli())
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// with is a list of her and so many others.
func (w *world) with(h *her, others int) []seatingtest.Person {
	first := h.app.First()
	return append(seatingtest.People(others, countyHere), seatingtest.Person{Application: h.app.ID, Division: countyHere, Level: first.Level, Category: first.Category, Language: h.app.Get("WYYZDM")})
}

// sited gives all rooms of the county a site.
func (w *world) sited(v seating.Version, name string) {
	w.t.Helper()
	w.write(func(tx *db.Tx) error {
		at, err := site.Create(w.t.Context(), tx, site.Site{Campaign: w.camp.ID, Division: countyHere, Name: name, Address: "桐梓坡路 212 号", Phone: "0731-5550 0100", Rooms: 50, Seats: 1500}, w.now().UnixMilli())
		if err != nil {
			return err
		}
		rooms, err := seating.Rooms(w.t.Context(), tx, v.ID, countyHere[2:])
		if err != nil {
			return err
		}
		_, err = seating.SetBlocks(w.t.Context(), tx, seating.BlockSet{Version: v.ID, Area: countyHere[2:], How: seating.Taken, At: w.now().UnixMilli(),
			Blocks: []arrangement.Block{{Site: at.ID, Area: countyHere[2:], First: 1, Last: len(rooms)}}})
		return err
	})
}

func (w *world) given() (n int) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT count(*) FROM journal_entry WHERE act = $1`, string(journal.TicketGiven)).Scan(&n)
	})
	return n
}

// TestTicket: what she reads and may do before, in and after the days of printing, and
// that every copy is counted, marked and journalled.
func TestTicket(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.examinee()
		says := func(when string, all ...string) answer {
			t.Helper()
			a := h.see("/ks/ticket")
			for _, x := range all {
				if !a.says(x) {
					t.Errorf("%s: %q is not said: %s", when, x, a.text())
				}
			}
			return a
		}
		no := func(when string) {
			t.Helper()
			if a := h.get("/ks/ticket.pdf"); a.Status != http.StatusSeeOther || a.To != "/ks/ticket" {
				t.Errorf("%s: the paper is given out: %d", when, a.Status)
			}
			if a := says(when); strings.Contains(a.Page, `action="/ks/ticket"`) {
				t.Errorf("%s: it can be printed", when)
			}
		}
		says("long before", "还没到打印准考证的日子", "10 月 17 日")
		v := w.arranged(h)
		w.sited(v, "岳麓实验中学")
		if a := says("published, too early", "还没到打印准考证的日子"); a.says("岳麓实验中学") {
			t.Error("the site is told before its day")
		}
		no("before")
		w.set(local("10-18 09:00"))
		a := says("open", "准考证好了，请打印", "岳麓实验中学", "10 月 26 日 09:00 开考，08:30 可以进考室", "没有打印机", "10 月 27 日 24:00", h.app.Number().String())
		if a := h.get("/ks/ticket.pdf"); a.To != "/ks/ticket" {
			t.Errorf("a copy that nobody asked for: %d", a.Status)
		}
		if got := h.send(a, "/ks/ticket", url.Values{}); got.To != "/ks/ticket.pdf" {
			t.Fatalf("printing: %d → %q: %s", got.Status, got.To, got.text())
		}
		paper := h.see("/ks/ticket.pdf")
		if !strings.HasPrefix(paper.Page, "%PDF") || strings.Contains(paper.Head.Get("Content-Disposition"), h.app.ID) {
			t.Fatalf("no paper: %.20q, %s", paper.Page, paper.Head.Get("Content-Disposition"))
		}
		if got := h.see("/ks/ticket/photo"); got.Head.Get("Content-Type") != "image/jpeg" {
			t.Errorf("her picture: %s", got.Head.Get("Content-Type"))
		}
		// Within half an hour it is the same copy, whatever is pressed.
		a = says("printed", "您打过准考证了", "这是第 1 份", "09:30")
		if got := h.send(a, "/ks/ticket", url.Values{"save": {"1"}}); got.To != "/ks/ticket.pdf?save=1" {
			t.Errorf("saving: %q", got.To)
		}
		if got := h.see("/ks/ticket.pdf?save=1"); !strings.HasPrefix(got.Head.Get("Content-Disposition"), "attachment") {
			t.Errorf("saving: %s", got.Head.Get("Content-Disposition"))
		}
		if n := w.given(); n != 1 {
			t.Errorf("%d copies were journalled, want 1", n)
		}
		w.set(local("10-18 10:00"))
		if got := h.get("/ks/ticket.pdf"); got.To != "/ks/ticket" {
			t.Errorf("copy 1 is fetched an hour later: %d", got.Status)
		}
		a = says("later", "再打就是第 2 份", "补打")
		h.send(a, "/ks/ticket", url.Values{})
		if second := h.see("/ks/ticket.pdf"); second.Page == paper.Page {
			t.Error("the reprint is the first copy")
		}
		if n := w.given(); n != 2 {
			t.Errorf("%d copies were journalled, want 2", n)
		}

		// An office prints one: hers within half an hour is another, and says so.
		w.set(local("10-18 11:00"))
		desk := &ticket.Desk{Candidates: w.flow.Candidates, Keys: w.keys, Blob: w.blobs}
		w.write(func(tx *db.Tx) error {
			found, err := desk.Find(t.Context(), tx, h.app.ID)
			if err != nil {
				return err
			}
			_, err = w.flow.GiveTicket(t.Context(), tx, found, h.app, false, flow.Operator())
			return err
		})
		if got := h.get("/ks/ticket.pdf"); got.To != "/ks/ticket" {
			t.Errorf("what an office printed is fetched: %d", got.Status)
		}
		h.send(says("an office printed", "再打就是第 4 份"), "/ks/ticket", url.Values{})
		if n := w.given(); n != 4 {
			t.Errorf("%d copies were journalled, want 4", n)
		}

		if _, err := seatingtest.Revise(t.Context(), w.db, w.camp, w.with(h, 38), w.now().UnixMilli()); err != nil { // corrected: she keeps her seat, the paper is void
			t.Fatal(err)
		}
		says("kept", "座位和号码没变，准考证请重新打印", "以前打的准考证作废了，座位没变", "岳麓实验中学")
		again, err := seatingtest.Publish(t.Context(), w.db, w.camp, w.with(h, 38), w.now().UnixMilli()) // drawn anew: so is her seat
		if err != nil {
			t.Fatal(err)
		}
		says("replaced, no site yet", "您的考点还没有定", "以前打的准考证作废了")
		no("no site")
		w.sited(again, "麓谷中学")
		a = says("replaced", "座位换了，请重新打印准考证", "以前打的准考证作废了", "麓谷中学")
		h.send(a, "/ks/ticket", url.Values{})
		says("printed anew", "请看好您手里是哪一张", "这是第 1 份")
		w.set(local("10-18 11:10")) // within the half hour in which a copy is fetched again
		w.sited(again, "望月中学")      // the site is lost after she printed
		a = says("another site", "考点换了，请重新打印准考证", "现在到望月中学考试")
		if got := h.get("/ks/ticket.pdf"); got.To != "/ks/ticket" {
			t.Errorf("the copy of the former site is fetched: %d", got.Status)
		}
		h.send(a, "/ks/ticket", url.Values{})
		a = says("printed with the new site", "您打过准考证了", "这是第 2 份", "望月中学")
		if a.says("考点换了") {
			t.Error("who printed anew is told to print anew")
		}
		stands := func(state string) {
			t.Helper()
			w.write(func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE application SET state = $2 WHERE id = $1`, h.app.ID, state)
				return err
			})
		}
		for _, state := range []string{"registered", "withdrawn"} { // her confirmation was voided; she withdrew
			stands(state)
			no(state)
			says(state, "您现在没有准考证")
			if got := h.post("/ks/ticket", asIs(a.Page)); got.Status != http.StatusConflict {
				t.Errorf("%s: printing: %d", state, got.Status)
			}
		}
		stands("confirmed")

		w.set(local("10-28 00:01"))
		says("over", "考试结束了")
		no("over")
		if a := h.post("/ks/ticket", asIs(a.Page)); a.Status != http.StatusConflict && a.Status != http.StatusForbidden {
			t.Errorf("printing after the end: %d", a.Status)
		}
		if log := w.log.String(); strings.Contains(log, h.app.Name().Reveal()) || strings.Contains(log, string(h.app.Number())) {
			t.Error("the log names her")
		}
	})
}

// TestTicketIsNotThere: who has no valid registration, and who has no seat.
func TestTicketIsNotThere(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	if a := h.see("/ks/ticket"); !a.says("您现在没有准考证") {
		t.Errorf("nobody: %s", a.text())
	}
	other := w.arrive(1)
	other.app.Point = pointHere
	other.submit()
	other.confirm(other.app, 1, w.now().Add(-time.Hour), picture(t), flow.Step{State: confirmation.InForce})
	w.set(local("10-18 09:00"))
	if a := other.see("/ks/ticket"); !a.says("准考证还没有排好") {
		t.Errorf("nothing published: %s", a.text())
	}
	if _, err := seatingtest.Publish(t.Context(), w.db, w.camp, seatingtest.People(5, countyHere), w.now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if a := other.see("/ks/ticket"); !a.says("没有给您排座位") || !a.says("县招考办") || a.says("没有打印机") {
		t.Errorf("no seat: %s", a.text())
	}
}

// TestTrail: her own code leads to the published root, in every form in which it can be
// given; another's letters do not, and after a new version it is void.
func TestTrail(t *testing.T) {
	w := newWorld(t)
	h := w.examinee()
	v := w.arranged(h)
	w.sited(v, "岳麓实验中学")
	if a := h.get("/ks/ticket/seat"); a.To != "/ks/ticket" {
		t.Errorf("her seat is told before its day: %q", a.To)
	}
	w.set(local("10-18 09:00"))
	to := h.get("/ks/ticket/seat").To
	if !strings.HasPrefix(to, "/ks/t/ZK1.ADULT-2019.1.") {
		t.Fatalf("her code: %q", to)
	}
	if a := h.see("/ks/status"); !a.says("前要打印准考证") || !a.says("没有准考证，不能进考室") {
		t.Errorf("what she is to do now: %s", a.text())
	}
	b := w.browser() // nobody signs in
	a := b.see(to)
	for _, says := range []string{"有效", "岳麓实验中学", "总校验值", "得"} {
		if !a.says(says) {
			t.Errorf("%q is not said: %s", says, a.text())
		}
	}
	if a.says(h.app.Name().Reveal()) {
		t.Error("the page names her")
	}
	if got := b.get(strings.ToUpper("/ks/t/") + strings.TrimPrefix(to, "/ks/t/")); got.To != to {
		t.Errorf("the address of the code leads to %q", got.To)
	}
	form := b.see("/ks/t")
	if got := b.send(form, "/ks/t", url.Values{"code": {" https://x.example" + strings.ToLower(to) + " "}}); got.To != to {
		t.Errorf("typed: %d → %q", got.Status, got.To)
	}
	if got := b.send(form, "/ks/t", url.Values{"code": {"ZK1.x"}}); got.Status != http.StatusUnprocessableEntity || !got.says("这不是准考证上的码") {
		t.Errorf("no code: %d", got.Status)
	}
	parts := strings.Split(strings.TrimPrefix(to, "/ks/t/"), ".")
	parts[5] = "2" // another room
	if got := b.see("/ks/t/" + strings.Join(parts, ".")); !got.says("对不上") || got.says("现在有效的编排里") {
		t.Errorf("another room: %s", got.text())
	}
	parts[2] = "7"
	if got := b.see("/ks/t/" + strings.Join(parts, ".")); !got.says("没有这次编排") {
		t.Errorf("another version: %s", got.text())
	}
	if _, err := seatingtest.Revise(t.Context(), w.db, w.camp, w.with(h, 38), w.now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if got := b.see(to); !got.says("已作废，座位没变") || !got.says("第 2 版") || got.says("岳麓实验中学") {
		t.Errorf("corrected: %s", got.text())
	}
	if now := h.get("/ks/ticket/seat").To; !b.see(now).says("这一版是更正版") {
		t.Errorf("her code now: %s", b.see(now).text())
	}
	if _, err := seatingtest.Publish(t.Context(), w.db, w.camp, w.with(h, 38), w.now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if got := b.see(to); !got.says("已作废") || got.says("座位没变") || got.says("岳麓实验中学") {
		t.Errorf("replaced: %s", got.text())
	}
}

// TestArrangementIsPublic: roots, commitments and shares are for everybody, and the file
// is one that verifies.
func TestArrangementIsPublic(t *testing.T) {
	w := newWorld(t, func(t *testing.T, w *world) {
		var err error
		if w.options.Bundles, err = ticket.OpenBundles(t.TempDir()); err != nil {
			t.Fatal(err)
		}
	})
	b := w.browser()
	if a := b.see("/ks/arrangement"); !a.says("还没有开始编排") {
		t.Errorf("before: %s", a.text())
	}
	h := w.examinee()
	v := w.arranged(h)
	root := fmt.Sprintf("%x", v.Root)
	a := b.see("/ks/arrangement")
	if !a.says(root) || !a.says(fmt.Sprintf("%x", v.Digest)) || !a.says("甲处") || strings.Contains(a.Page, "/bundle") {
		t.Errorf("published: %s", a.text())
	}
	if got := b.get("/ks/arrangement/1/bundle"); got.Status != http.StatusNotFound {
		t.Errorf("a file that is not there: %d", got.Status)
	}
	if err := w.options.Bundles.Write(t.Context(), w.db, v.ID); err != nil {
		t.Fatal(err)
	}
	if a := b.see("/ks/arrangement"); !strings.Contains(a.Page, `href="/ks/arrangement/1/bundle"`) {
		t.Errorf("no file: %s", a.text())
	}
	plain := b.see("/ks/arrangement/1/bundle").Page
	if strings.HasPrefix(plain, "\x1f\x8b") {
		z, err := gzip.NewReader(strings.NewReader(plain))
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		plain = string(all)
	}
	p, err := arrangement.Verify(strings.NewReader(plain))
	if err != nil || p.Root != v.Root {
		t.Errorf("the file does not verify: %v", err)
	}
	if strings.Contains(plain, h.app.ID) || strings.Contains(plain, h.app.Name().Reveal()) {
		t.Error("the file names somebody")
	}
	for _, n := range []string{"2", "0", "x"} {
		if got := b.get("/ks/arrangement/" + n + "/bundle"); got.Status != http.StatusNotFound {
			t.Errorf("version %s: %d", n, got.Status)
		}
	}
}

// TestTicketMadeBefore: a first copy that was made before is the one that is given; what
// is not so any more is not.
func TestTicketMadeBefore(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, func(t *testing.T, w *world) {
		var err error
		if w.options.Tickets, err = ticket.OpenMade(filepath.Join(dir, "tickets"), w.keys, 1<<20); err != nil {
			t.Fatal(err)
		}
	})
	h := w.examinee()
	v := w.arranged(h)
	w.sited(v, "岳麓实验中学")
	w.set(local("10-18 09:00"))
	desk := &ticket.Desk{Candidates: w.flow.Candidates, Keys: w.keys, Blob: w.blobs}
	fonts, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	var filled ticket.Filled
	w.read(func(tx *db.Tx) (err error) { filled, err = desk.Of(t.Context(), tx, h.app.ID); return err })
	doc, err := filled.Print(fonts, ticket.Printing{Copy: 1, At: w.now()})
	if err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	if err := doc.PDF(&made); err != nil {
		t.Fatal(err)
	}
	made.WriteString("% made before")
	if err := w.options.Tickets.Put(filled, made.Bytes()); err != nil {
		t.Fatal(err)
	}
	h.send(h.see("/ks/ticket"), "/ks/ticket", url.Values{})
	if got := h.see("/ks/ticket.pdf").Page; got != made.String() {
		t.Error("it was laid out again")
	}
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE site SET name = '另一所中学'`)
		return err
	})
	if got := h.see("/ks/ticket.pdf").Page; got == made.String() || !strings.HasPrefix(got, "%PDF") {
		t.Error("what was made before is given although the site has another name")
	}
}

// TestVoidRunIsPublic: a run in which an office did not open what it had sealed is void,
// and everybody sees that it was, and what was sealed (demand A49).
func TestVoidRunIsPublic(t *testing.T) {
	w := newWorld(t)
	ctx, at := t.Context(), w.now().UnixMilli()
	digest, sealed := [32]byte{1, 2, 3}, [32]byte{0xab, 0xcd, 0xef}
	var v seating.Version
	w.write(func(tx *db.Tx) (err error) {
		if v, err = seating.Begin(ctx, tx, w.camp.ID, "", "", seating.Who{By: "staff-1", Second: "staff-2", At: at}); err != nil {
			return err
		}
		if err = seating.Freeze(ctx, tx, v.ID, seating.Parts{Rules: seatingtest.Rules(w.camp)}, digest, 7, 0, 0, at); err != nil {
			return err
		}
		if err = seating.Name(ctx, tx, v.ID, []seating.Share{{Office: "a", Name: "甲处", Staff: "staff-1"}, {Office: "b", Name: "乙处", Staff: "staff-2"}}); err != nil {
			return err
		}
		return seating.Seal(ctx, tx, v.ID, "a", sealed, at)
	})
	b := w.browser()
	if a := b.see("/ks/arrangement"); !a.says("名单已封存") || !a.says("abcdef") || !a.says("还没有封存") {
		t.Errorf("under way: %s", a.text())
	}
	w.write(func(tx *db.Tx) error {
		return seating.End(ctx, tx, v.ID, seating.Refused, "没有公开", seating.Who{By: "staff-1", At: at})
	})
	a := b.see("/ks/arrangement")
	for _, says := range []string{"有单位没有公开它封存的随机数", "作废", "abcdef", "没有公开", "010203"} {
		if !a.says(says) {
			t.Errorf("void: %q is not said: %s", says, a.text())
		}
	}
	if strings.Contains(a.Page, "/bundle") || a.says("staff-1") {
		t.Error("a void run has a file, or the page names somebody")
	}
}
