package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/picture"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// maxPictures is how many pictures this hub unpacks at a time.
const maxPictures = 2

// evidencePart is what she claims, and the pictures that show it.
func (s *server) evidencePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/evidence", do: s.evidence},
		{method: post, path: "/ks/evidence", second: true, do: s.claim},
		{method: post, path: "/ks/evidence/remove", second: true, do: s.unclaim},
		{method: get, path: "/ks/evidence/picture/:number", do: s.evidencePicture},
		{method: post, path: "/ks/evidence/picture", upload: true, do: s.addPicture},
		{method: post, path: "/ks/evidence/picture/remove", do: s.removePicture},
	}
}

var evidenceDone = map[string]string{"saved": "evidence.saved", "sent": "evidence.sent", "removed": "evidence.removed"}

// claiming is what the page of claims shows beside what stands.
type claiming struct {
	kind, number string // as chosen and typed
	faults       []pages.Fault
	conflict     bool
	claim        string // whose picture was refused
	refused      picture.Refusal
}

func (s *server) evidence(c *gin.Context, v *visit) {
	done(c, v, evidenceDone)
	s.showEvidence(c, v, http.StatusOK, claiming{})
}

func (s *server) showEvidence(c *gin.Context, v *visit, status int, a claiming) {
	s.fillPage(c, v, status, "evidence", "evidence", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		kept, err := picture.List(ctx, tx, w.account, w.camp.ID)
		if err != nil {
			return nil, err
		}
		return s.evidenceOf(w, kept, a), nil
	})
}

// claimKey names a claim in a form and on a page.
func claimKey(kind, code string) string { return kind + "-" + code }

// claimNamed reads what claimKey has written.
func claimNamed(text string) (kind, code string, ok bool) {
	kind, code, ok = strings.Cut(text, "-")
	return kind, code, ok && (kind == form.BonusClaim || kind == form.ExemptionClaim) && code != "" && len(code) <= 8
}

// claim adds a claim.
func (s *server) claim(c *gin.Context, v *visit) {
	a := claiming{kind: c.PostForm("claim"), number: strings.TrimSpace(c.PostForm("number"))}
	refuse := func(text string) {
		a.faults = []pages.Fault{{Field: "claim", Text: text}}
		s.showEvidence(c, v, http.StatusUnprocessableEntity, a)
	}
	kind, code, ok := claimNamed(a.kind)
	if !ok {
		refuse(s.pages.Text(v.lang, "evidence.need"))
		return
	}
	conflict, err := s.fill(c.Request.Context(), v, revisionOf(c), func(w *work, app *form.Application) error {
		x := form.Claim{Kind: kind, Code: code, Evidence: a.number}
		if slices.Contains(app.Claims, x) {
			return nil // the same click twice
		}
		if f := w.checker.Claimable(*app, rules.Place{}, s.now())(x); f != nil || !claimsOffered(w.camp) {
			if f == nil {
				f = &form.Finding{Field: form.OnClaim, Code: form.UnknownClaim}
			}
			return &notOffered{*f}
		}
		app.Claims = append(slices.Clone(app.Claims), x)
		return nil
	})
	switch no := refused(err); {
	case conflict != nil:
		a.conflict = true
		s.showEvidence(c, v, http.StatusConflict, a)
	case no != nil:
		refuse(s.pages.Text(v.lang, "evidence.not", fix(v.lang, &no.finding)))
	case err != nil:
		s.unfilled(c, v, err, "/ks/evidence")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/evidence?done=saved")
	}
}

// unclaim takes a claim back, with its pictures.
func (s *server) unclaim(c *gin.Context, v *visit) {
	kind, code, ok := claimNamed(c.PostForm("claim"))
	if !ok {
		s.refuse(c, v, door.Bad)
		return
	}
	ctx := c.Request.Context()
	w, err := s.readWork(ctx, v)
	if err != nil {
		s.unfilled(c, v, err, "/ks/evidence")
		return
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := s.Flow.Unclaim(ctx, tx, flow.Filling{Account: w.account, Campaign: w.camp.ID, From: revisionOf(c)}, kind, code)
		return err
	})
	var conflict *draft.Conflict
	switch {
	case errors.As(err, &conflict):
		s.showEvidence(c, v, http.StatusConflict, claiming{conflict: true})
	case err != nil:
		s.unfilled(c, v, err, "/ks/evidence")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/evidence?done=removed")
	}
}

// addPicture takes a picture as evidence of a claim.
func (s *server) addPicture(c *gin.Context, v *visit) {
	kind, code, ok := claimNamed(c.PostForm("claim"))
	if !ok {
		s.refuse(c, v, door.Bad)
		return
	}
	err := s.keepPicture(c, v, kind, code)
	if why, ok := picture.Refused(err); ok {
		s.showEvidence(c, v, http.StatusUnprocessableEntity, claiming{claim: claimKey(kind, code), refused: why})
		return
	}
	switch {
	case errors.Is(err, flow.ErrNoClaim): // taken back in another window
		c.Redirect(http.StatusSeeOther, "/ks/evidence")
	case err != nil:
		s.unfilled(c, v, err, "/ks/evidence")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/evidence?done=sent#claim-"+claimKey(kind, code))
	}
}

// keepPicture cleans, seals and keeps the file of a form. The picture is
// durable before anything names it.
func (s *server) keepPicture(c *gin.Context, v *visit, kind, code string) error {
	ctx := c.Request.Context()
	file, err := sentFile(c)
	if err != nil {
		return err
	}
	clean, err := s.cleaner.Clean(ctx, file)
	if err != nil {
		return err
	}
	w, err := s.readWork(ctx, v)
	if err != nil {
		return err
	}
	of := picture.Claim{Account: w.account, Campaign: w.camp.ID, Kind: kind, Code: code}
	p, sealed, err := picture.Seal(s.Keys, of, clean, s.now().UnixMilli())
	if err != nil {
		return err
	}
	if err := s.Blob.Put(map[blob.Hash][]byte{p.Hash(): sealed}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.AddEvidence(ctx, tx, p) })
}

// readWork reads what the page works on, before anything is written: there is one
// writer, and everybody who saves waits for it.
func (s *server) readWork(ctx context.Context, v *visit) (w *work, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		w, err = s.working(ctx, tx, v, "")
		return err
	})
	return w, err
}

// sentFile reads the one file of a form. What it was called is nowhere kept.
func sentFile(c *gin.Context) ([]byte, error) {
	header, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, picture.Empty
	}
	if err != nil {
		return nil, err
	}
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // of memory
	return picture.Read(f)
}

// removePicture ends a picture of hers; one that is gone already is no fault.
func (s *server) removePicture(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	w, err := s.readWork(ctx, v)
	if err != nil {
		s.unfilled(c, v, err, "/ks/evidence")
		return
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.Flow.RemoveEvidence(ctx, tx, w.account, w.camp.ID, c.PostForm("picture"))
	})
	if err != nil && !errors.Is(err, picture.ErrNotFound) {
		s.unfilled(c, v, err, "/ks/evidence")
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/evidence?done=removed")
}

// evidencePicture shows her a picture of hers, by its place among them: a path
// names no thing of hers.
func (s *server) evidencePicture(c *gin.Context, v *visit) {
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil || n < 1 || n > picture.MaxOfPerson {
		s.refuse(c, v, door.NotFound)
		return
	}
	ctx := c.Request.Context()
	var kept []picture.Picture
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := s.mine(ctx, tx, v)
		if err != nil {
			return err
		}
		kept, err = picture.List(ctx, tx, m.account, m.camp.ID)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if n > len(kept) {
		s.refuse(c, v, door.NotFound)
		return
	}
	shown, err := picture.Open(s.Keys, s.Blob, kept[n-1])
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "image/jpeg", shown)
}

func (s *server) evidenceOf(w *work, kept []picture.Picture, a claiming) pages.Evidence {
	out := pages.Evidence{Steps: w.steps, Revision: w.revision, Fixed: w.confirmed(), Conflict: a.conflict, Kind: a.kind, Number: a.number, Faults: a.faults}
	out.Back, out.Next = beside(w.steps)
	if !claimsOffered(w.camp) {
		if out.Elsewhere = w.camp.Text("claims_elsewhere", w.lang == pages.En); out.Elsewhere == "" {
			out.Elsewhere = s.pages.Text(w.lang, "evidence.nothing")
		}
	}
	due := w.checker.Check(w.app, rules.Place{}, s.now()).Bonuses
	for _, b := range w.camp.Bonuses {
		if slices.Contains(due, b.Code) {
			out.Due = append(out.Due, pages.ClaimLine{Name: b.Zh, Note: s.pages.Text(w.lang, "evidence.points", b.Points)})
		}
	}
	for i, x := range w.app.Claims {
		card := s.claimCard(w, kept, i, x, a)
		out.Claims, out.Faults = append(out.Claims, card), append(out.Faults, card.UploadFaults...)
	}
	if claimsOffered(w.camp) {
		s.claimKinds(w, due, a, &out)
	}
	return out
}

// claimCard puts a claim into words, with its pictures.
func (s *server) claimCard(w *work, kept []picture.Picture, i int, x form.Claim, a claiming) pages.ClaimCard {
	card := pages.ClaimCard{Value: claimKey(x.Kind, x.Code), Name: x.Code, Number: x.Evidence, Room: picture.MaxOfClaim}
	for _, b := range w.camp.Bonuses {
		if x.Kind == form.BonusClaim && b.Code == x.Code {
			card.Name, card.Note = b.Zh+s.pages.Text(w.lang, "list.comma")+s.pages.Text(w.lang, "evidence.points", b.Points), b.Evidence
		}
	}
	for _, e := range w.camp.Exemptions {
		if x.Kind == form.ExemptionClaim && e.Code == x.Code {
			card.Name, card.Note = e.Zh, e.Evidence
		}
	}
	others := w.app.Clone()
	others.Claims = slices.Delete(others.Claims, i, i+1)
	if f := w.checker.Claimable(others, rules.Place{}, s.now())(x); f != nil {
		card.Fault = fix(w.lang, f)
	}
	for n, p := range kept {
		if p.Kind == x.Kind && p.Code == x.Code {
			card.Pictures = append(card.Pictures, pages.ClaimPicture{Number: n + 1, ID: p.ID, Width: p.Width, Height: p.Height})
			card.Room--
		}
	}
	card.Room = max(0, min(card.Room, picture.MaxOfPerson-len(kept)))
	if a.claim == card.Value {
		card.UploadFaults = []pages.Fault{{Field: "file-" + card.Value, Text: s.pages.Text(w.lang, "evidence.refused."+string(a.refused))}}
	}
	return card
}

// claimKinds lists what may be claimed, and why not; what her age brings and
// what she claims already is left out.
func (s *server) claimKinds(w *work, due []string, a claiming, out *pages.Evidence) {
	may := w.checker.Claimable(w.app, rules.Place{}, s.now())
	mine := func(kind, code string) bool {
		return slices.ContainsFunc(w.app.Claims, func(x form.Claim) bool { return x.Kind == kind && x.Code == code })
	}
	option := func(kind, code, name, note string) pages.ChooseOption {
		o := pages.ChooseOption{Value: claimKey(kind, code), Name: name, Note: note}
		if f := may(form.Claim{Kind: kind, Code: code}); f != nil {
			o.Why = fix(w.lang, f)
		}
		o.On = o.Value == a.kind && o.Why == ""
		return o
	}
	bonuses := pages.ClaimGroup{Head: "evidence.bonus"}
	for _, b := range w.camp.Bonuses {
		if b.Automatic || slices.Contains(due, b.Code) || mine(form.BonusClaim, b.Code) {
			continue
		}
		note := strings.Join(nonempty(s.pages.Text(w.lang, "evidence.points", b.Points), b.Evidence), s.pages.Text(w.lang, "list.comma"))
		bonuses.Options = append(bonuses.Options, option(form.BonusClaim, b.Code, b.Zh, note))
	}
	exemptions := pages.ClaimGroup{Head: "evidence.exemption"}
	for _, e := range w.camp.Exemptions {
		if !mine(form.ExemptionClaim, e.Code) {
			exemptions.Options = append(exemptions.Options, option(form.ExemptionClaim, e.Code, e.Zh, e.Evidence))
		}
	}
	for _, g := range []pages.ClaimGroup{bonuses, exemptions} {
		if len(g.Options) > 0 {
			out.Kinds = append(out.Kinds, g)
		}
	}
}
