package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// consentPart is what comes before filling in: the notices, the pledge, and for
// a child the guardian's consent.
func (s *server) consentPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/notices", do: s.noticesPage},
		{method: post, path: "/ks/notices", do: s.readNotices},
		{method: get, path: "/ks/pledge", do: s.pledgePage},
		{method: post, path: "/ks/pledge", do: s.pledge},
		{method: get, path: "/ks/guardian", do: s.guardianPage},
		{method: post, path: "/ks/guardian", do: s.guardian},
	}
}

// noticeKinds are what is told on /ks/notices, with the phrase of its heading
// and of its tick; no tick has two answers.
var noticeKinds = []struct {
	kind         consent.Kind
	title, agree string
}{
	{consent.Notice, "notices.notice", "notices.read"},
	{consent.Privacy, "notices.privacy", "notices.agree"},
	{consent.Photo, "notices.photo", ""},
}

// given is what she has said so far.
func (s *server) given(ctx context.Context, tx *db.Tx, m *mine) (map[consent.Kind]consent.Given, error) {
	all, err := s.Flow.Consents().Of(ctx, tx, m.account, m.camp.ID)
	return consent.Now(all), err
}

// told gives the text of a kind as it is shown, and the word she gives to it.
func told(v *visit, m *mine, k consent.Kind) consent.Given {
	english := v.lang == pages.En
	text := m.camp.Text(k.TextKey(), english)
	return consent.Given{Account: m.account, Campaign: m.camp.ID, Kind: k, Agreed: true, Digest: consent.Digest(text),
		Version: m.camp.Version, English: english}
}

// consentView draws a page about consents; without a campaign there is none.
func (s *server) consentView(c *gin.Context, v *visit, status int, name string, read func(m *mine, given map[consent.Kind]consent.Given, steps pages.Steps) (any, error)) {
	var f pages.Frame
	var body any
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		if m.camp.ID == "" {
			return elsewhere("/ks")
		}
		given, err := s.given(ctx, tx, m)
		if err != nil {
			return err
		}
		steps, err := s.steps(v.lang, m, "pledge")
		if err != nil {
			return err
		}
		f = s.frame(c, v, name, m)
		body, err = read(m, given, steps)
		return err
	})
	var away elsewhere
	switch {
	case errors.As(err, &away):
		c.Redirect(http.StatusSeeOther, string(away))
	case err != nil:
		s.fault(c, v, err)
	default:
		s.draw(c, v, status, name, f, body)
	}
}

func (s *server) noticesPage(c *gin.Context, v *visit) { s.showNotices(c, v, http.StatusOK) }

// showNotices shows what is to be read. On a refusal it keeps what was ticked.
func (s *server) showNotices(c *gin.Context, v *visit, status int) {
	s.consentView(c, v, status, "notices", func(m *mine, given map[consent.Kind]consent.Given, steps pages.Steps) (any, error) {
		english := v.lang == pages.En
		out := pages.Notices{Steps: steps, Done: true}
		for _, k := range noticeKinds {
			g := given[k.kind]
			x := pages.Consent{Kind: string(k.kind), Title: k.title, Agree: k.agree, Text: lines(m.camp.Text(k.kind.TextKey(), english))}
			if g.Stands(m.camp) {
				x.Ticked, x.Decline, x.Given = g.Agreed, !g.Agreed, time.UnixMilli(g.At)
			}
			if status != http.StatusOK {
				said := c.PostForm(x.Kind)
				x.Ticked, x.Decline = said == "yes", said == "no" && k.agree == ""
				if !x.Ticked && !x.Decline {
					x.Error = "notices.need." + x.Kind
					out.Faults = append(out.Faults, pages.Fault{Field: "c-" + x.Kind, Text: s.pages.Text(v.lang, x.Error)})
				}
			}
			out.All = append(out.All, x)
		}
		for _, t := range []struct{ key, title string }{{"choices_notice", "notices.choices"}, {"bring", "notices.bring"}} {
			if text := m.camp.Text(t.key, english); text != "" {
				out.Points = append(out.Points, pages.NoticeText{Title: t.title, Lines: lines(text)})
			}
		}
		return out, nil
	})
}

// readNotices takes what she says to the notices; all of them must be answered.
func (s *server) readNotices(c *gin.Context, v *visit) {
	for _, k := range noticeKinds {
		if said := c.PostForm(string(k.kind)); said != "yes" && (said != "no" || k.agree != "") {
			s.showNotices(c, v, http.StatusUnprocessableEntity)
			return
		}
	}
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		for _, k := range noticeKinds {
			g := told(v, m, k.kind)
			g.Agreed = c.PostForm(string(k.kind)) == "yes"
			if err := s.Flow.Consent(ctx, tx, g, s.byHer(v, m)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/pledge")
}

// byHer says that she takes the step herself.
func (s *server) byHer(v *visit, m *mine) flow.By {
	application := ""
	if m.current != nil {
		application = m.current.ID
	}
	return flow.Candidate(application, m.account, v.source)
}

func (s *server) pledgePage(c *gin.Context, v *visit) { s.showPledge(c, v, http.StatusOK, "") }

func (s *server) showPledge(c *gin.Context, v *visit, status int, fault string) {
	s.consentView(c, v, status, "pledge", func(m *mine, given map[consent.Kind]consent.Given, steps pages.Steps) (any, error) {
		for _, k := range noticeKinds {
			if !given[k.kind].Stands(m.camp) && !m.confirmed() {
				return nil, elsewhere("/ks/notices")
			}
		}
		out := pages.Pledge{Steps: steps, Text: lines(m.camp.Text("pledge", v.lang == pages.En)), Name: c.PostForm("name"), Error: fault}
		_, out.Next = beside(steps)
		name := m.hersNow().Name()
		if out.Name == "" && name != "" {
			out.Name = name.Reveal()
		}
		if g, ok := given[consent.Pledge]; ok {
			out.Signed, out.Signer, out.Drawn = time.UnixMilli(g.At), g.Name.Reveal(), drawn(g.Drawn)
			out.Changed = !g.Stands(m.camp) && !m.confirmed()
			out.Other = name != "" && !identity.SameName(identity.NormalizeName(name.Reveal()), g.Name) && !m.confirmed()
		}
		if fault != "" {
			out.Faults = []pages.Fault{{Field: "name", Text: fault}}
		}
		return out, nil
	})
}

// hersNow is what is filled in so far, or what stands.
func (m *mine) hersNow() form.Application {
	var stands form.Application
	if m.current != nil {
		stands = m.current.Application
	}
	if m.draft == nil {
		return stands
	}
	app, _ := m.draft.Working(stands, m.current != nil)
	return app
}

// pledge signs. The name she types is her signature.
func (s *server) pledge(c *gin.Context, v *visit) {
	name, err := identity.ParseName(c.PostForm("name"))
	if err != nil {
		s.showPledge(c, v, http.StatusUnprocessableEntity, s.refusalOf(v, err, "pledge.need"))
		return
	}
	path := c.PostForm("drawn")
	if len(path) > consent.MaxDrawn || drawn(path) == "" {
		path = "" // the typed name is the signature; a drawing that cannot be read is none
	}
	to := ""
	ctx := c.Request.Context()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		r, err := s.ruled(m.camp)
		if err != nil {
			return err
		}
		g := told(v, m, consent.Pledge)
		g.Name, g.Drawn = name, path
		if err := s.Flow.Pledge(ctx, tx, g, r, s.byHer(v, m)); err != nil {
			return err
		}
		to = "/ks/form"
		if m.exists() { // an office filled it in: she sees it whole, and mends what is wrong
			to = "/ks/review"
		}
		return nil
	})
	var missing *flow.ConsentError
	switch {
	case errors.As(err, &missing):
		c.Redirect(http.StatusSeeOther, "/ks/notices")
	case errors.Is(err, flow.ErrConfirmed):
		c.Redirect(http.StatusSeeOther, "/ks/status")
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, to)
	}
}

// ruled is the campaign as flow takes it, so that it need not be read again.
func (s *server) ruled(camp rules.Campaign) (*flow.Rules, error) {
	k, err := s.campaigns.check(camp)
	if err != nil {
		return nil, err
	}
	return &flow.Rules{Campaign: camp, Checker: k}, nil
}

// refusalOf says in the page's language what is wrong with a name or a number.
func (s *server) refusalOf(v *visit, err error, empty string) string {
	var r *identity.Refusal
	switch {
	case !errors.As(err, &r), errors.Is(err, identity.ErrNameEmpty):
		return s.pages.Text(v.lang, empty)
	case v.lang == pages.En:
		return r.En
	}
	return r.Zh
}

// drawn makes the path of a pen, "x y x y;x y …", into one of SVG; "" for what
// is none, or is only a dot.
func drawn(path string) string {
	var b strings.Builder
	n := 0
	for _, stroke := range strings.Split(path, ";") {
		parts := strings.Fields(stroke)
		if len(parts)%2 != 0 {
			return ""
		}
		for i := 0; i < len(parts); i += 2 {
			x, errX := strconv.ParseUint(parts[i], 10, 16)
			y, errY := strconv.ParseUint(parts[i+1], 10, 16)
			if errX != nil || errY != nil || x > 1000 || y > 400 {
				return ""
			}
			op := "L"
			if i == 0 {
				op = "M"
			}
			b.WriteString(op + strconv.FormatUint(x, 10) + " " + strconv.FormatUint(y, 10))
			n++
		}
	}
	if n < 8 {
		return ""
	}
	return b.String()
}

func (s *server) guardianPage(c *gin.Context, v *visit) { s.showGuardian(c, v, http.StatusOK, nil) }

func (s *server) showGuardian(c *gin.Context, v *visit, status int, faults map[string]string) {
	s.consentView(c, v, status, "guardian", func(m *mine, given map[consent.Kind]consent.Given, steps pages.Steps) (any, error) {
		if !consent.UnderAge(m.hersNow().Get(form.BirthDate), s.today()) {
			return nil, elsewhere("/ks/form")
		}
		english := v.lang == pages.En
		out := pages.Guardian{Steps: steps, Text: lines(m.camp.Text("guardian", english)), Privacy: lines(m.camp.Text("privacy", english)),
			Name: c.PostForm("name"), Phone: c.PostForm("phone"), Relation: c.PostForm("relation"), Error: faults, Back: whereIs(m.camp, form.BirthDate)}
		if g, ok := given[consent.Guardian]; ok && status == http.StatusOK {
			out.Name, out.Phone, out.Relation = g.Name.Reveal(), g.Phone.Reveal(), g.Relation
			if g.Stands(m.camp) {
				out.Given = time.UnixMilli(g.At)
			}
		}
		for _, r := range consent.Relations() {
			out.Relations = append(out.Relations, pages.Option{Value: r, Text: "relation." + r, Chosen: r == out.Relation})
		}
		for _, key := range []string{"name", "relation", "phone"} {
			if faults[key] != "" {
				out.Faults = append(out.Faults, pages.Fault{Field: key, Text: faults[key]})
			}
		}
		return out, nil
	})
}

// guardian takes the consent of a child's guardian (S37).
func (s *server) guardian(c *gin.Context, v *visit) {
	faults := map[string]string{}
	name, err := identity.ParseName(c.PostForm("name"))
	if err != nil {
		faults["name"] = s.refusalOf(v, err, "guardian.need.name")
	}
	tel, err := identity.ParsePhone(c.PostForm("phone"))
	if err != nil {
		faults["phone"] = s.refusalOf(v, err, "guardian.need.phone")
	}
	relation := c.PostForm("relation")
	if relation == "" || !s.pages.Has("relation."+relation) {
		faults["relation"] = s.pages.Text(v.lang, "guardian.need.relation")
	}
	if len(faults) > 0 {
		s.showGuardian(c, v, http.StatusUnprocessableEntity, faults)
		return
	}
	ctx := c.Request.Context()
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		g := told(v, m, consent.Guardian)
		g.Name, g.Phone, g.Relation = name, tel, relation
		return s.Flow.Consent(ctx, tx, g, s.byHer(v, m))
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/form")
}
