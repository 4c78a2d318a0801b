package web_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff/stafftest"
	rules "zhunkao/protocol/campaign"
)

// inForce is the digest of the version in force.
func (w *world) inForce() (digest string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		v, err := campaign.Latest(w.t.Context(), tx, w.camp.ID)
		digest = hex.EncodeToString(v.Digest)
		return err
	})
	return digest
}

// entryOf is the number of an entry on a subject.
func (w *world) entryOf(subject string) (number string) {
	w.t.Helper()
	w.sealedUp()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		var n uint64
		err := tx.QueryRow(w.t.Context(), `SELECT min(number) FROM journal_entry WHERE subject_id = $1`, subject).Scan(&n)
		number = itoa(n)
		return err
	})
	return number
}

// fresh stores a draft that no other test has, by its name.
func (w *world) fresh() string {
	w.t.Helper()
	var name string
	version := uint32(w.next.Add(1)) + 100
	w.write(w.t.Context(), func(tx *db.Tx) error {
		d, err := w.flow.Draft(w.t.Context(), tx, w.later(version, dearer), flow.Operator())
		name = d.Name()
		return err
	})
	return name
}

// campaignHonest is how the pages of versions, windows and the journal are used.
func (w *world) campaignHonest(path string) (honest, bool) {
	w.t.Helper()
	ctx := w.t.Context()
	on := func(act string, form url.Values) (honest, bool) {
		return honest{path: "/gl/campaigns/" + w.fresh() + "/" + act, browser: w.as("po"), form: form}, true
	}
	switch path {
	case "/gl/campaigns":
		raw := w.later(uint32(w.next.Add(1))+100, dearer)
		return honest{path, w.as("po"), url.Values{}, &attached{"bundle", "b.json", raw}}, true
	case "/gl/campaigns/:id/rehearse":
		return on("rehearse", url.Values{})
	case "/gl/campaigns/:id/stop":
		h, ok := on("stop", url.Values{})
		w.write(ctx, func(tx *db.Tx) error { // one that another hub walks
			id := fmt.Sprintf("h9%011d", w.next.Add(1))
			_, err := tx.Exec(ctx, `INSERT INTO campaign_rehearsal (id, digest, campaign, version, against, against_digest, places, saved, day, state, rehearsed_by, began_at, ended_at, applications, invalid, valid, choice, fee, unreadable)
				SELECT $1, digest, campaign, version, 1, digest, digest, 0, '2019-09-06', 'running', 'operator', 0, 0, 0, 0, 0, 0, 0, 0 FROM campaign_draft ORDER BY version DESC LIMIT 1`, id)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO campaign_progress (rehearsal, done, total, stop, beat) VALUES ($1, 12, 24, FALSE, $2)`, id, time.Now().UnixMilli())
			}
			return err
		})
		return h, ok
	case "/gl/campaigns/:id/sign":
		name := w.fresh()
		digest, err := hex.DecodeString(name)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.flow.Rehearse(ctx, w.db, digest, nil, flow.Operator()); err != nil {
			w.t.Fatal(err)
		}
		return honest{path: "/gl/campaigns/" + name + "/sign", browser: w.as("po"),
			form: url.Values{"reason": {"核对无误"}, "password": {password}, "code": {stafftest.Code(w.t, w.db, "po")}}}, true
	case "/gl/windows":
		return honest{path: path, browser: w.as("po"), form: url.Values{"act": {campaign.SuspendWindow}, "window": {w.running()}, "from-day": {"2019-09-07"},
			"from": {"08:00"}, "to-day": {""}, "to": {""}, "length": {"half-day"}, "groups": {"2"}, "reason": {"湘江涨水"}}}, true
	case "/gl/catalogue":
		return honest{path, w.as("po"), url.Values{}, &attached{"catalogue", "x.xlsx", w.catalogue()}}, true
	case "/gl/journal":
		return honest{path: path, browser: w.as("po"), form: url.Values{}}, true
	}
	return honest{}, false
}

// running is a window that is open.
func (w *world) running() string {
	for _, x := range campaign.Calendar(w.camp) {
		if !x.From.After(now()) && now().Add(48*time.Hour).Before(x.To) {
			return x.ID
		}
	}
	w.t.Fatal("no window is open")
	return ""
}

// catalogue is the campaign's, without its last programme, as a workbook.
func (w *world) catalogue() []byte {
	w.t.Helper()
	f := excelize.NewFile()
	row := func(n int, cells ...any) {
		at, err := excelize.CoordinatesToCellName(1, n)
		if err == nil {
			err = f.SetSheetRow("Sheet1", at, &cells)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	row(1, "院校代码", "院校名称", "专业代码", "专业名称", "层次", "科类", "学习形式", "学制", "专业类")
	all := rules.Adult2019().Catalogue
	for i, p := range all[:len(all)-1] {
		row(i+2, p.School, p.SchoolName, p.Major, p.MajorName, p.Level, p.Category, p.Form, p.Years, p.Class)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}
