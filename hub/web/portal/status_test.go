package portal_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// local is a civil time of the campaign's year.
func local(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2019-"+text, window.Zone())
	if err != nil {
		panic(err)
	}
	return t
}

// her is one of the people with an account and a browser of her own.
type her struct {
	*browser
	account string
	app     form.Application

	guardian *confirmation.Guardian // of the next confirmation
	sheet    []byte                 // … and what was signed
}

// arrive makes an account and signs it in.
func (w *world) arrive(n int) *her {
	w.t.Helper()
	token, session, err := w.desk.SignUp(w.t.Context(), applicant.SignUp{Name: "kaosheng" + string(rune('a'+n)), Password: passphrase}, "10.0.0.1")
	if err != nil {
		w.t.Fatal(err)
	}
	h := &her{browser: w.browser(), account: session.Account.ID, app: w.people[n].Application}
	at, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	h.client.Jar.SetCookies(at, []*http.Cookie{{Name: "zk_ks", Value: token, Path: "/"}})
	return h
}

// submit registers her as the portal does, and binds it to her account.
func (h *her) submit() {
	h.t.Helper()
	h.w.write(func(tx *db.Tx) error {
		by := flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: h.account}}
		if err := h.w.flow.Register(h.t.Context(), tx, h.app, candidate.FromPortal, by); err != nil || h.app.Version > 1 {
			return err
		}
		return applicant.Bind(h.t.Context(), tx, h.account, h.w.camp.ID, h.app.ID)
	})
}

// begin keeps a draft of her.
func (h *her) begin(change func(*form.Application)) {
	h.t.Helper()
	app := h.app.Clone()
	change(&app)
	h.w.write(func(tx *db.Tx) error {
		_, err := h.w.drafts.Save(h.t.Context(), tx, draft.Draft{Account: h.account, Campaign: h.w.camp.ID, Application: app, PledgedAt: h.w.now().UnixMilli()}, 0)
		return err
	})
}

// picture is a photo as a box takes one.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 358, 441))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7)
	}
	img.SetGray(10, 10, color.Gray{})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// confirm takes in what she signed at a box, as intake would.
func (h *her) confirm(signed form.Application, from uint32, at time.Time, photo []byte, step flow.Step) {
	h.t.Helper()
	w, ctx := h.w, h.t.Context()
	content := confirmation.Content{Application: signed, Portrait: &confirmation.Portrait{Source: confirmation.PortraitCamera}}
	sealed, err := protocol.SealBlob(protocol.SuiteAES, protocol.RolePhoto, "image/jpeg", photo)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := w.blobs.Put(map[blob.Hash][]byte{blob.Hash(sealed.Ref.Hash): sealed.Ciphertext}); err != nil {
		h.t.Fatal(err)
	}
	hash := sealed.Ref.Hash.String()
	content.Keys = []confirmation.BlobKey{{Hash: hash, Suite: uint16(sealed.Ref.Suite), Key: sealed.Ref.Key}}
	blobs := []confirmation.Blob{{Role: protocol.RolePhoto, Media: "image/jpeg", Hash: hash, Size: int64(sealed.Ref.Size)}}
	if content.Guardian = h.guardian; h.guardian != nil {
		s, err := protocol.SealBlob(protocol.SuiteAES, protocol.RoleGuardian, "image/jpeg", h.sheet)
		if err != nil {
			h.t.Fatal(err)
		}
		if err := w.blobs.Put(map[blob.Hash][]byte{blob.Hash(s.Ref.Hash): s.Ciphertext}); err != nil {
			h.t.Fatal(err)
		}
		content.Keys = append(content.Keys, confirmation.BlobKey{Hash: s.Ref.Hash.String(), Suite: uint16(s.Ref.Suite), Key: s.Ref.Key})
		blobs = append(blobs, confirmation.Blob{Role: protocol.RoleGuardian, Media: "image/jpeg", Hash: s.Ref.Hash.String(), Size: int64(s.Ref.Size)})
	}
	id := protocol.NewID().String()
	body, err := confirmation.SealContent(w.keys, id, content)
	if err != nil {
		h.t.Fatal(err)
	}
	ms := at.UnixMilli()
	r := confirmation.Record{ID: id, Box: "b2k7qaxm4ue", Epoch: 1, Sequence: uint64(ms), EnvelopeHash: protocol.HashOf([]byte(id)).String(), Previous: strings.Repeat("0", 64),
		Campaign: signed.Campaign, CampaignVersion: w.camp.Version, Application: signed.ID, Version: signed.Version, StartedFrom: from, Point: signed.Point, Division: signed.Point[:6],
		NumberMasked: "4301***********1238", NumberKey: []byte("k"), Received: ms + 900, Committed: ms + 1000, Time: confirmation.Time{Earliest: ms, Latest: ms, Source: "hub", Verdict: "open"},
		Timeline: []confirmation.Event{{Step: protocol.StepSealed, At: ms}}, Blobs: blobs,
		BodyHash: protocol.HashOf([]byte("body" + id)).String(), BodySize: 4096, Envelope: []byte(id)}
	w.write(func(tx *db.Tx) error {
		return w.flow.Confirm(ctx, tx, []flow.Arrival{{Record: r, Content: body, Application: signed, Step: step}})
	})
}

// TestStatus walks one person from her account to the confirmation, by day.
func TestStatus(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.t = t
		says := func(when string, all ...string) {
			t.Helper()
			w.set(local(when))
			page := h.see("/ks/status")
			for _, text := range all {
				if !page.says(text) {
					t.Errorf("%s: %q is not said on: %s", when, text, page.text())
				}
			}
		}
		says("09-06 10:31", "先看须知、签承诺", "9 月 11 日 24:00 前要提交报名，还有 5 天 13 小时", "今年就不能报名")
		h.begin(func(a *form.Application) { a.Fields[form.PostAddress] = ""; a.Choices = nil })
		says("09-06 10:31", "还没填完", "接着填")
		h.submit()
		says("09-06 10:31", "还差现场确认", "9 月 11 日 24:00 前要去确认，还有 5 天 13 小时", "报名作废，今年不能参加考试", "缴费", "尚未启用", "岳麓区第 1 报名确认点", "您又改了，还没提交")
		if page := h.see("/ks/sheet"); !page.says("还没有报名流程表") {
			t.Errorf("before confirmation: %s", page.text())
		}
		for _, path := range []string{"/ks/sheet.pdf", "/ks/sheet.png"} {
			if a := h.get(path); a.Status != http.StatusNotFound {
				t.Errorf("%s before confirmation: %d", path, a.Status)
			}
		}
		says("09-12 00:01", "没有在规定时间确认，报名作废了", "截止前已经办过、手里有报名流程表的")
		h.confirm(h.app, h.app.Version, local("09-06 10:31"), picture(t), flow.Step{State: confirmation.InForce})
		says("09-12 00:01", "现在没有要您办的事", "9 月 6 日 10:31 在岳麓区第 1 报名确认点办的", "信息已锁定", "缴费尚未启用", "下一步：考试院排考场")
		if page := h.see("/ks/status"); page.says("您又改了") || page.says("作废") {
			t.Errorf("what is over is still said: %s", page.text())
		}
		for _, number := range []string{h.app.Get(form.DocumentNumber), h.app.Get(form.PhoneNumber)} {
			if page := h.see("/ks/status"); strings.Contains(page.Page, number) {
				t.Error("a whole number stands on the page")
			}
		}
	})
}

// TestStatusInDoubt: what must be decided by somebody else is said in words, and
// nobody is sent on a way for nothing.
func TestStatusInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		state confirmation.State
		says  []string
	}{
		"disputed":     {confirmation.Disputed, []string{"两份信息对不上", "待裁", "您先不用再跑一趟", "现在不用您做什么"}},
		"time pending": {confirmation.TimePending, []string{"时间还要核对", "时间待核", "您不用再跑一趟", "现在不用您做什么"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			h := w.arrive(0)
			h.submit()
			h.confirm(h.app, h.app.Version, local("09-06 10:31"), picture(t), flow.Step{State: c.state})
			page := h.see("/ks/status")
			for _, text := range c.says {
				if !page.says(text) {
					t.Errorf("%q is not said on: %s", text, page.text())
				}
			}
			if page.says("前要去确认") {
				t.Errorf("she is sent away: %s", page.text())
			}
		})
	}
}

// TestStatusWithdrawn: what she has taken back is kept, and is no registration.
func TestStatusWithdrawn(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.begin(func(*form.Application) {})
	h.submit()
	w.write(func(tx *db.Tx) error {
		return w.flow.TakeBack(t.Context(), tx, h.account, w.camp.ID, flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: h.account}})
	})
	page := h.see("/ks/status")
	for _, text := range []string{"还差提交", "您撤回过报名", "前要提交报名"} {
		if !page.says(text) {
			t.Errorf("%q is not said on: %s", text, page.text())
		}
	}
	if page.says("还差现场确认") {
		t.Errorf("she is sent to the point: %s", page.text())
	}
}

// TestDifferences: a later edit that her signature has superseded stands beside
// what she signed, with the characters marked that differ.
func TestDifferences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.t = t
		h.app.Fields[form.PostAddress] = "湖南省长沙市岳麓区麓山路12号"
		h.submit()
		signed := h.app.Clone()
		h.app = h.app.Clone()
		h.app.Version, h.app.Fields[form.PostAddress], h.app.Fields[form.PhoneNumber] = 2, "湖南省长沙市岳麓区麓山南路8号", "13955550000"
		h.submit()
		if page := h.see("/ks/differences"); !page.says("还没有现场确认") || page.says("没有不一样的地方") || page.says("要是签错了") {
			t.Errorf("before confirmation: %s", page.text())
		}
		h.confirm(signed, 1, local("09-06 10:31"), picture(t), flow.Step{State: confirmation.InForce, Sign: true})
		if page := h.see("/ks/status"); !page.says("您签的和后来改的不一样") || !strings.Contains(page.Page, `href="/ks/differences"`) {
			t.Errorf("she is not told: %s", page.text())
		}
		page := h.see("/ks/differences")
		for _, text := range []string{"您签的（算数）", "（没用上）", "通讯地址", "联系电话", "要是签错了", "9 月 11 日 24:00 前办好"} {
			if !page.says(text) {
				t.Errorf("%q is not said on: %s", text, page.text())
			}
		}
		for _, mark := range []string{`<mark class="differs">12</mark>号`, `<mark class="differs">南</mark>路<mark class="differs">8</mark>号`} {
			if !strings.Contains(page.Page, mark) {
				t.Errorf("%s is not marked in: %s", mark, page.Page)
			}
		}
		if strings.Contains(page.Page, "13955550000") {
			t.Error("a whole telephone number stands on the page")
		}
	})
}

// TestSheet: the sheet of the portal is the box's, byte for byte; each look is in
// the journal; its name says nothing of her; nobody else has it.
func TestSheet(t *testing.T) {
	w := newWorld(t)
	h, other := w.arrive(0), w.arrive(1)
	h.submit()
	at, photo := local("09-06 10:31"), picture(t)
	h.confirm(h.app, h.app.Version, at, photo, flow.Step{State: confirmation.InForce})
	w.set(local("10-02 08:00")) // the day of the download stands nowhere on it
	if page := h.see("/ks/sheet"); !page.says("和确认点机器打印的第 1 份一模一样") || !page.says("9 月 6 日 10:31") {
		t.Errorf("the page says: %s", page.text())
	}
	got := h.see("/ks/sheet.pdf")
	fonts, err := sheet.OpenFonts("")
	if err != nil {
		t.Fatal(err)
	}
	box := sheet.Sealed{Application: h.app, Photo: photo, At: at, Office: "岳麓区第 1 报名确认点"} // as a box fills it from the visit
	doc, err := box.Process(w.camp, 1, at.Add(7*time.Minute)).Layout(fonts, w.camp)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := doc.PDF(&want); err != nil {
		t.Fatal(err)
	}
	if got.Page != want.String() {
		t.Errorf("the portal's sheet has %d bytes, the box's %d, and they differ", len(got.Page), want.Len())
	}
	if name := got.Head.Get("Content-Disposition"); name != `inline; filename="process-sheet.pdf"` || got.Head.Get("Cache-Control") != "no-store" {
		t.Errorf("%q, %q", name, got.Head.Get("Cache-Control"))
	}
	shot := h.see("/ks/sheet.png")
	if img, kind, err := image.Decode(strings.NewReader(shot.Page)); err != nil || kind != "png" || img.Bounds().Dx() < 800 {
		t.Errorf("picture: %s %v", kind, err)
	}
	var printed int
	w.read(func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM journal_entry WHERE act = $1`, string(journal.SheetPrinted)).Scan(&printed)
	})
	if printed != 2 {
		t.Errorf("%d entries in the journal, want one for the file and one for the picture", printed)
	}
	if a := other.get("/ks/sheet.pdf"); a.Status != http.StatusNotFound {
		t.Errorf("somebody else gets %d", a.Status)
	}
	if log := w.log.String(); strings.Contains(log, h.app.Get(form.DocumentNumber)) {
		t.Error("her number stands in the log")
	}
}
