package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// deskRoutes print what a candidate signs at the desk: the proof sheet (校对表, paper 13),
// the pledge to be copied (诚信考试承诺书, paper 15), and the blank form that she fills in by
// hand when nothing works (信息采集草表, paper 14), which is nobody's yet.
func (s *server) deskRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/gl/candidates/:id/proofread", who: readers(), remit: remitCandidate, do: s.proofread},
		{method: http.MethodGet, path: "/gl/candidates/:id/pledge", who: readers(), remit: remitCandidate, do: s.pledge},
		{method: http.MethodGet, path: "/gl/paperform", who: readers(), remit: remitNone, do: s.paperForm},
	}
}

// desk is what both papers are filled from.
type desk struct {
	row      candidate.Row
	camp     rules.Campaign
	words    words // in Chinese: offices file the papers
	app      form.Application
	versions []candidate.Version
	photo    []byte
	office   string
	copy     int // how often this paper of hers was printed, this time counted
	marks    []sheet.Mark
}

// atDesk opens the version in force of an application. That it was printed is journalled
// in the transaction that opens it.
func (s *server) atDesk(ctx context.Context, v *visit, what string) (out desk, err error) {
	out.row = v.subject.(candidate.Row)
	var best confirmation.Record
	var content confirmation.Content
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.ViewCandidate(ctx, tx, out.row, what, "", v.by()); err != nil {
			return err
		}
		if out.copy, err = printed(ctx, tx, out.row.ID, what); err != nil {
			return err
		}
		if out.versions, err = s.Flow.Candidates.Versions(ctx, tx, out.row.ID); err != nil {
			return err
		}
		if out.camp, err = s.campaigns.current(ctx, tx, out.row.Campaign); err != nil {
			return err
		}
		point, err := org.GetPoint(ctx, tx, out.row.Point)
		if err != nil && !errors.Is(err, org.ErrNotFound) {
			return err
		}
		out.office = point.Name
		records, err := confirmation.List(ctx, tx, confirmation.Filter{Application: out.row.ID, Division: v.remit().division, Point: v.remit().point})
		if err != nil || len(records) == 0 {
			return err
		}
		best = records[0]
		for _, r := range records {
			if r.State == confirmation.InForce {
				best = r
			}
		}
		content, err = confirmation.Open(ctx, tx, s.Keys, best.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	if best.ID != "" {
		if out.photo, _, _, err = hand.Photo(s.Blob, best, content); err != nil && !errors.Is(err, hand.ErrNone) {
			return out, err
		}
	}
	if s.DB.Demo() {
		out.marks = []sheet.Mark{sheet.Specimen}
	}
	out.words = words{s.pages, console.Zh, out.camp}
	for _, x := range out.versions {
		if x.Number == out.row.Version {
			out.app = x.Application
		}
	}
	return out, nil
}

// printed counts in the journal how often a paper of an application was printed.
func printed(ctx context.Context, tx *db.Tx, application, what string) (n int, err error) {
	all, err := journal.Of(ctx, tx, journal.Subject{Kind: journal.OfApplication, ID: application})
	for _, e := range all {
		if e.Act == journal.RecordViewed && e.Detail["what"] == what {
			n++
		}
	}
	return n, err
}

// about says of a person what stands under her name: numbers masked.
func (d desk) about(fields ...string) (out []string) {
	for _, key := range fields {
		v := d.app.Get(key)
		if f, _ := d.camp.Form.Field(key); f.Kind == form.KindCode && f.Table != "" && v != "" {
			v = d.camp.TableName(f.Table, v)
		} else if key == form.DocumentNumber {
			v = identity.MaskNumber(v)
		}
		out = append(out, v)
	}
	return out
}

// proofread prints the proof sheet. Values stand there whole, the number of her document
// with them, and codes by their names: she is to compare them with her papers, and does
// not know codes (domain §2; the number stands whole on this sheet as on few others, and
// that it was printed is journalled). Under her name the number is masked.
func (s *server) proofread(c *gin.Context, v *visit) {
	d, err := s.atDesk(c.Request.Context(), v, "proof-sheet")
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if d.copy > 1 {
		d.marks = append(d.marks, sheet.Reprint)
	}
	out := paper.Proofread{Campaign: d.camp.Zh, Number: d.camp.InWords(d.app).Number, Name: d.app.Name(), About: d.about(form.Sex, form.DocumentNumber, form.DocumentType, form.Language),
		Photo: d.photo, Office: d.office, Printed: s.Flow.Now(), Copy: d.copy, Flags: d.marks}
	for _, g := range d.camp.Form.Groups {
		for _, f := range d.camp.Form.InGroup(g.Key) {
			out.Rows = d.compare(out.Rows, d.words.label(f.Key), func(app form.Application) string { return d.plain(f.Key, app.Get(f.Key)) })
		}
	}
	for i := range d.app.Choices {
		out.Rows = d.compare(out.Rows, d.words.t("candidate.choice", i+1), func(app form.Application) string {
			if all := d.words.choices(app); i < len(all) {
				_, all[i].Level, _ = strings.Cut(all[i].Level, " ")
				return strings.TrimRight(choiceText(all[i]), "　 ")
			}
			return ""
		})
	}
	s.sendPaper(c, v, "proof-sheet", out)
}

// plain is the value of a field as she is to compare it.
func (d desk) plain(key, value string) string {
	f, _ := d.camp.Form.Field(key)
	switch {
	case value == "":
		return ""
	case f.Kind == form.KindCode && f.Table != "":
		if name := d.camp.TableName(f.Table, value); name != "" {
			return name
		}
	case f.Kind == form.KindDivision:
		if at, ok := d.camp.Division(value); ok {
			return rules.CityName(d.camp, at) + at.Name
		}
	case f.Kind == form.KindDate:
		return d.words.value(key, value)
	}
	return value
}

// compare adds a row that says what stands there now and, if it was once something else,
// what and who had entered it.
func (d desk) compare(rows []paper.ProofreadRow, label string, of func(form.Application) string) []paper.ProofreadRow {
	out := paper.ProofreadRow{Field: label, Now: of(d.app)}
	for _, x := range d.versions {
		if was := of(x.Application); was != out.Now && x.Number <= d.row.Version { // the newest stays
			out.Changed, out.Was = true, was
			out.Source = d.words.t("origin."+x.Origin) + " " + ms(x.At).In(window.Zone()).Format("01-02")
		}
	}
	if out.Now == "" && !out.Changed {
		return rows
	}
	return append(rows, out)
}

// pledge prints the pledge with a cell for each of its characters.
func (s *server) pledge(c *gin.Context, v *visit) {
	d, err := s.atDesk(c.Request.Context(), v, "pledge-sheet")
	if err != nil {
		s.fault(c, v, err)
		return
	}
	out := paper.PledgeOf(d.camp, d.app, s.Flow.Now())
	out.Office, out.Flags = d.office, d.marks
	s.sendPaper(c, v, "pledge", out)
}

// mostForms is how many blank forms are printed at once.
const mostForms = 50

// paperForm prints blank forms, each with a number of its own: one, or as many as n says.
func (s *server) paperForm(c *gin.Context, v *visit) {
	n := 1
	if many, err := strconv.Atoi(c.Query("n")); err == nil {
		n = max(1, min(many, mostForms))
	}
	out := sheet.PaperForm{Printed: s.Flow.Now()}
	place := v.session.Account.Division
	err := s.DB.Read(c.Request.Context(), func(tx *db.Tx) (err error) {
		ctx, point := c.Request.Context(), ""
		if out.Campaign, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
			return err
		}
		if out.Office, _, point, err = belongs(ctx, tx, v.session.Account); point != "" {
			out.Office, place = point, v.session.Account.Point
		}
		return err
	})
	if err != nil && missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if s.DB.Demo() {
		out.Marks = []sheet.Mark{sheet.Specimen}
	}
	all := &sheet.Document{}
	for range n {
		if err != nil {
			break
		}
		out.Number = sheet.NewPaperNumber(place)
		var one *sheet.Document
		if one, err = out.Layout(s.Fonts); err == nil {
			all.Title, all.Printed, all.Pages = one.Title, one.Printed, append(all.Pages, one.Pages...)
		}
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendDocument(c, v, "paper-form", all)
}

// deskPapers are the links to these.
func (s *server) deskPapers(camp rules.Campaign, row candidate.Row) (out []console.Paper) {
	out = append(out, console.Paper{Key: "paper.proofread", Note: "paper.proofread.note", Path: "/gl/candidates/" + row.ID + "/proofread"})
	if camp.Text(paper.PledgeText, false) != "" {
		out = append(out, console.Paper{Key: "paper.pledge", Note: "paper.pledge.note", Path: "/gl/candidates/" + row.ID + "/pledge"})
	}
	return append(out, console.Paper{Key: "paper.form", Note: "paper.form.note", Path: "/gl/paperform"})
}
