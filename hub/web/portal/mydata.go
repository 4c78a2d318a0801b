package portal

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/dossier"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
)

// myDataPart: what is kept about her, and what she may ask of it (S38).
func (s *server) myDataPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/my-data", do: s.myData},
		{method: post, path: "/ks/my-data/copy", do: s.copyMyData},
		{method: post, path: "/ks/my-data/correct", do: s.correctMyData},
		{method: post, path: "/ks/my-data/erase", do: s.eraseMyData},
	}
}

func (s *server) myData(c *gin.Context, v *visit) {
	v.notice = s.justDone(c, "my-data")
	s.showMyData(c, v, http.StatusOK, pages.MyData{})
}

// showMyData draws the page; out holds what she typed and what was wrong with it.
func (s *server) showMyData(c *gin.Context, v *visit, status int, out pages.MyData) {
	s.view(c, v, status, "mydata", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		items, err := dossier.Items()
		if err != nil {
			return nil, err
		}
		english := v.lang == pages.En
		for _, i := range items {
			out.Items = append(out.Items, pages.MyItem{What: i.What.In(english), Why: i.Why.In(english), Kept: i.Kept.In(english), Who: i.Who.In(english)})
		}
		out.Exists, out.Confirmed, out.MaxText = m.exists(), m.confirmed(), dossier.MaxText
		for _, f := range m.camp.Form.Correctable() {
			out.Fields = append(out.Fields, pages.MyField{Key: f.Key, Name: fieldName(f, english), Chosen: f.Key == out.Field})
		}
		application := ""
		if m.exists() {
			application = m.current.ID
		}
		asked, err := dossier.Of(ctx, tx, s.Keys, application, m.account)
		if err != nil {
			return nil, err
		}
		for _, r := range asked {
			x := pages.MyRequest{Kind: "my-data.request." + string(r.Kind), State: "my-data.state." + string(r.State), Class: map[dossier.State]string{dossier.Waiting: "wait", dossier.Done: "done", dossier.Refused: "open"}[r.State],
				At: time.UnixMilli(r.Asked), Wanted: r.Content.Wanted, Why: r.Content.Why, Answer: r.Answer}
			if f, ok := m.camp.Form.Field(r.Content.Field); ok {
				x.Field = fieldName(f, english)
			}
			if r.Answered > 0 {
				x.Answered = time.UnixMilli(r.Answered)
			}
			out.Requests = append(out.Requests, x)
		}
		return out, nil
	})
}

func fieldName(f form.Field, english bool) string {
	if english && f.En != "" {
		return f.En
	}
	return f.Zh
}

// wrongMyData shows the page again with one thing to mend.
func (s *server) wrongMyData(c *gin.Context, v *visit, out pages.MyData, field, phrase string, args ...any) {
	text := s.pages.Text(v.lang, phrase, args...)
	out.Faults, out.Wrong, out.WrongText = []pages.Fault{{Field: field, Text: text}}, field, text
	s.showMyData(c, v, http.StatusUnprocessableEntity, out)
}

// herself asks for the password again: somebody may sit at a page she left open.
func (s *server) herself(c *gin.Context, v *visit, out pages.MyData, field string) bool {
	err := s.Accounts.Again(c.Request.Context(), *v.session, c.PostForm(field))
	var slow applicant.SlowError
	switch {
	case err == nil:
		return true
	case errors.As(err, &slow):
		s.wrongMyData(c, v, out, field, "my-data.slow", max(1, int((slow.Wait+time.Second-1)/time.Second)))
	case errors.Is(err, applicant.ErrRefused):
		s.wrongMyData(c, v, out, field, "my-data.password.wrong")
	default:
		s.fault(c, v, err)
	}
	return false
}

// copyMyData hands her a copy of all that is kept, as a file; that it was handed
// out is journalled before its first byte leaves, and she is told.
func (s *server) copyMyData(c *gin.Context, v *visit) {
	if !s.herself(c, v, pages.MyData{}, "copy-password") {
		return
	}
	format := "html"
	if c.PostForm("format") == "json" {
		format = "json"
	}
	var file dossier.Copy
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		row := candidate.Row{Campaign: m.camp.ID}
		if m.exists() {
			row = m.current.Row
		}
		if err := s.Flow.CopyData(ctx, tx, row, m.account, format, "", v.by()); err != nil {
			return err
		}
		file, err = dossier.Collect(ctx, tx, dossier.Sources{Keys: s.Keys, Blobs: s.Blob, Candidates: s.Flow.Candidates, Drafts: s.Drafts, Consents: s.Flow.Consents(), Accounts: s.Accounts},
			dossier.Whose{Campaign: m.camp, Account: m.account, Application: row.ID, English: v.lang == pages.En, At: s.now()})
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	write, kind := file.HTML, "text/html; charset=utf-8"
	if format == "json" {
		write, kind = file.JSON, "application/json"
	}
	body, err := write()
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="my-data.`+format+`"`)
	c.Data(http.StatusOK, kind, body)
}

// correctMyData takes what she wants corrected after she is confirmed; until
// then she edits herself.
func (s *server) correctMyData(c *gin.Context, v *visit) {
	out := pages.MyData{Field: c.PostForm("field"), Wanted: c.PostForm("wanted"), Why: c.PostForm("why")}
	r := dossier.Request{Kind: dossier.Correction, Content: dossier.Content{Wanted: out.Wanted, Why: out.Why}}
	s.askForData(c, v, out, r, out.Field, "corrected", func(err error) (string, string) {
		if out.Wanted == "" {
			return "wanted", "my-data.wanted.empty"
		}
		return "why", "my-data.why.empty"
	})
}

func (s *server) askForData(c *gin.Context, v *visit, out pages.MyData, r dossier.Request, field, done string, textless func(error) (string, string)) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		if !m.exists() {
			return flow.ErrUnconfirmed
		}
		r.Account, r.Application = m.account, m.current.ID
		if f, ok := m.camp.Form.Field(field); ok && f.Correctable() {
			r.Content.Field = field
		}
		_, err = s.Flow.AskForData(ctx, tx, r, v.by())
		return err
	})
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/ks/my-data?done="+done)
	case errors.Is(err, flow.ErrUnconfirmed):
		s.wrongMyData(c, v, out, "kept", "my-data.unconfirmed")
	case errors.Is(err, dossier.ErrEnough):
		s.wrongMyData(c, v, out, "asked", "my-data.enough", dossier.MaxWaiting)
	case errors.Is(err, dossier.ErrText):
		at, phrase := textless(err)
		s.wrongMyData(c, v, out, at, phrase)
	default:
		s.fault(c, v, err)
	}
}

// eraseMyData erases at once what is not confirmed, and asks the office for the
// rest.
func (s *server) eraseMyData(c *gin.Context, v *visit) {
	out := pages.MyData{EraseWhy: c.PostForm("erase-why"), EraseAccount: c.PostForm("account") == "yes"}
	if c.PostForm("sure") != "yes" {
		s.wrongMyData(c, v, out, "sure", "my-data.sure.missing")
		return
	}
	if !s.herself(c, v, out, "erase-password") {
		return
	}
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		e := flow.Erasing{Account: m.account, Campaign: m.camp.ID, WithAccount: out.EraseAccount}
		if m.exists() {
			e.Application = m.current.ID
		}
		return s.Flow.Erase(ctx, tx, e, v.by())
	})
	switch {
	case errors.Is(err, flow.ErrConfirmed):
		r := dossier.Request{Kind: dossier.Erasure, Content: dossier.Content{Why: out.EraseWhy}}
		s.askForData(c, v, out, r, "", "erasure", func(error) (string, string) { return "erase-why", "my-data.why.empty" })
	case err != nil:
		s.fault(c, v, err)
	case out.EraseAccount:
		c.Header("Clear-Site-Data", `"cache", "storage"`)
		s.cookies.Set(c, cookieSession, "", 0)
		c.Redirect(http.StatusSeeOther, "/ks/sign-in?done=erased")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/my-data?done=erased")
	}
}
