package portal

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/paper"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// sheet shows the process sheet, or when there will be one.
func (s *server) sheet(c *gin.Context, v *visit) {
	s.view(c, v, http.StatusOK, "sheet", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		st, err := s.standing(ctx, tx, v, m)
		if err != nil {
			return nil, err
		}
		w := s.terms(v, m.camp)
		out := pages.Sheet{}
		r, ok := st.record()
		if !ok {
			for _, key := range []string{"1", "2", "3", "4"} {
				out.Before = append(out.Before, w.t("sheet.none."+key))
			}
			if m.exists() {
				out.Path, out.Button = "/ks/point", w.t("status.go.go")
			} else {
				out.Path, out.Button = "/ks/status", w.t("sheet.go")
			}
			return out, nil
		}
		out.Ready = true
		out.Facts = []pages.Fact{{Label: w.t("sheet.point"), Value: st.placeName(r.Point)}, {Label: w.t("sheet.signed"), Value: w.clock(paper.SealedAt(r)), Number: true}}
		switch r.State {
		case confirmation.Disputed:
			out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("sheet.disputed"), Text: w.t("sheet.disputed.text")})
		case confirmation.TimePending:
			out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("sheet.pending"), Text: w.t("sheet.pending.text")})
		}
		if r.Proof.Open() {
			out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t(st.underReview()), Text: w.t(st.underReview() + ".text")})
		}
		return out, nil
	})
}

// errNoSheet says that nothing is confirmed yet.
var errNoSheet = errors.New("portal: no process sheet yet")

// document lays out the process sheet as the box has printed it. That it is
// given out is journalled in the transaction that opens the record: without the
// entry there is no sheet. errNoSheet.
func (s *server) document(ctx context.Context, v *visit) (*sheet.Document, error) {
	var r confirmation.Record
	var content confirmation.Content
	var camp rules.Campaign
	var point string
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		st, err := s.standing(ctx, tx, v, m)
		if err != nil {
			return err
		}
		ok := false
		if r, ok = st.record(); !ok {
			return errNoSheet
		}
		point = st.placeName(r.Point)
		if err := s.Flow.PrintSheet(ctx, tx, r, v.by()); err != nil {
			return err
		}
		if content, err = confirmation.Open(ctx, tx, s.Keys, r.ID); err != nil {
			return err
		}
		// The wording that she signed under, not that of today.
		camp, err = s.campaigns.version(ctx, tx, r.Campaign, r.CampaignVersion)
		return err
	})
	if err != nil {
		return nil, err
	}
	photo, _, _, err := hand.Photo(s.Blob, r, content)
	if err != nil && !errors.Is(err, hand.ErrNone) {
		return nil, err
	}
	return paper.Process(r, content, photo, point, s.DB.Demo()).Process(camp, 1, s.now()).Layout(s.Fonts, camp)
}

// sheetPDF gives the sheet as a file.
func (s *server) sheetPDF(c *gin.Context, v *visit) {
	doc, err := s.document(c.Request.Context(), v)
	if s.noSheet(c, v, err) {
		return
	}
	s.sendPDF(c, v, "process-sheet", doc)
}

// sendPDF gives a paper as a file that the browser shows; its name says nothing of her.
func (s *server) sendPDF(c *gin.Context, v *visit, name string, doc *sheet.Document) {
	var file bytes.Buffer
	if err := doc.PDF(&file); err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	c.Data(http.StatusOK, "application/pdf", file.Bytes())
}

// sheetDPI is sharp enough to be read on a screen, and a file that a telephone
// loads in a moment.
const sheetDPI = 100

// sheetPNG gives the sheet as a picture, for the page that shows it: a browser
// on a telephone shows no PDF inside a page.
func (s *server) sheetPNG(c *gin.Context, v *visit) {
	doc, err := s.document(c.Request.Context(), v)
	if s.noSheet(c, v, err) {
		return
	}
	one := doc.Pages[0]
	var file bytes.Buffer
	err = one.Raster(sheetDPI, one.Pixels(sheetDPI).Y, func(_ int, all *image.Gray) error {
		return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&file, all)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(http.StatusOK, "image/png", file.Bytes())
}

// noSheet answers when there is no sheet to give; true when it has.
func (s *server) noSheet(c *gin.Context, v *visit, err error) bool {
	switch {
	case errors.Is(err, errNoSheet):
		s.refuse(c, v, door.NotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		return false
	}
	return true
}
