package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitCampaign: :id is a version or a draft, by its digest. It is of the whole
// province, and everybody in an office may read it; what it says of people is
// cut to the remit of whoever reads.
const remitCampaign rule = "campaign"

// campaignPart is the versions of the campaign and their way into force.
func (s *server) campaignPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/campaigns", who: officers(), remit: remitList, right: "campaigns", do: s.campaignList},
		{method: post, path: "/gl/campaigns", who: province(), remit: remitNone, right: "draft", upload: true, do: s.draft},
		{method: get, path: "/gl/campaigns/:id", who: officers(), remit: remitCampaign, do: s.campaignPage},
		{method: get, path: "/gl/campaigns/:id/bundle", who: officers(), remit: remitCampaign, do: s.bundle},
		{method: get, path: "/gl/campaigns/:id/effects", who: officers(), remit: remitCampaign, do: s.effects},
		{method: get, path: "/gl/campaigns/:id/part", who: officers(), remit: remitCampaign, idle: true, do: s.rehearsalPart},
		{method: get, path: "/gl/campaigns/:id/live", who: officers(), remit: remitCampaign, idle: true, do: s.rehearsalLive},
		{method: post, path: "/gl/campaigns/:id/rehearse", who: province(), remit: remitCampaign, right: "rehearse", do: s.rehearse},
		{method: post, path: "/gl/campaigns/:id/stop", who: province(), remit: remitCampaign, right: "rehearse", do: s.stopRehearsal},
		{method: get, path: "/gl/campaigns/:id/sign", who: province(), remit: remitCampaign, right: "sign-campaign", do: s.signPage},
		{method: post, path: "/gl/campaigns/:id/sign", who: province(), remit: remitCampaign, right: "sign-campaign", do: s.signCampaign},
		{method: get, path: "/gl/windows", who: officers(), remit: remitList, right: "windows", do: s.windowsPage},
		{method: post, path: "/gl/windows", who: province(), remit: remitNone, right: "move-windows", do: s.moveWindows},
		{method: get, path: "/gl/catalogue", who: province(), remit: remitNone, right: "catalogue", do: s.cataloguePage},
		{method: post, path: "/gl/catalogue", who: province(), remit: remitNone, right: "catalogue", upload: true, do: s.readCatalogue},
	}, finders: map[rule]finder{remitCampaign: findCampaign}}
}

// dossier is a version, a draft, or both: a version that was signed here has
// been a draft of the same digest.
type dossier struct {
	name    string // digest in hexadecimal digits
	digest  []byte
	bundle  []byte
	version *campaign.Version
	draft   *campaign.Draft
	c       rules.Campaign
	inForce campaign.Version // the newest of the same campaign; Version 0 = none
}

// findCampaign finds a version or draft. It lies wherever somebody looks from.
func findCampaign(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	at := where{v.remit().division, v.remit().point}
	digest, err := hex.DecodeString(id)
	if err != nil {
		return at, errNoSubject
	}
	d := &dossier{name: id, digest: digest}
	draft, err := campaign.GetDraft(ctx, tx, digest)
	switch {
	case err == nil:
		d.draft, d.bundle = &draft, draft.Bundle
	case !errors.Is(err, campaign.ErrNoDraft):
		return at, err
	}
	all, err := campaign.List(ctx, tx)
	if err != nil {
		return at, err
	}
	for _, x := range all {
		if hex.EncodeToString(x.Digest) != id {
			continue
		}
		found, err := campaign.Get(ctx, tx, x.Campaign, x.Version)
		if err != nil {
			return at, err
		}
		d.version, d.bundle = &found, found.Bundle
	}
	if d.bundle == nil {
		return at, errNoSubject
	}
	if d.c, err = rules.Decode(d.bundle); err != nil {
		return at, fmt.Errorf("web: %w", err)
	}
	if d.inForce, err = campaign.Latest(ctx, tx, d.c.ID); err != nil && !missing(err) {
		return at, err
	}
	v.subject = d
	return at, nil
}

func (v *visit) dossier() *dossier { return v.subject.(*dossier) }

func (s *server) campaignList(c *gin.Context, v *visit) {
	v.notice = s.campaignDone(c)
	s.showCampaigns(c, v, http.StatusOK, nil)
}

// campaignDone says what the act before has done, by its word in ?done=.
func (s *server) campaignDone(c *gin.Context) *console.Notice {
	const stem = "campaign.done."
	if done := c.Query("done"); done != "" && s.pages.Has(stem+done) {
		return &console.Notice{Class: "done", Key: stem + done}
	}
	return nil
}

func (s *server) showCampaigns(c *gin.Context, v *visit, status int, refused *console.Refused) {
	ctx := c.Request.Context()
	view := console.Campaigns{Refused: refused}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := campaign.Look(ctx, tx)
		if err != nil {
			return err
		}
		names := s.accountNames(ctx, tx, v)
		newest := map[string]bool{}
		for _, x := range all.Versions {
			row := console.Version{ID: x.Digest, Campaign: x.Campaign, Number: x.Version, At: ms(x.At), State: versionState(!newest[x.Campaign])}
			newest[x.Campaign] = true
			if row.By, err = names(x.By); err != nil {
				return err
			}
			digest, err := hex.DecodeString(x.Digest)
			if err != nil {
				return err
			}
			if row.Signed, err = s.signers(ctx, tx, names, digest); err != nil {
				return err
			}
			view.Versions = append(view.Versions, row)
		}
		for _, x := range all.Drafts {
			row := console.Version{ID: x.Draft, Campaign: x.Campaign, Number: x.Version, At: ms(x.At), State: draftState(x), Draft: true, Persons: x.Persons}
			if row.By, err = names(x.By); err != nil {
				return err
			}
			view.Drafts = append(view.Drafts, row)
		}
		view.Running, err = s.runningRehearsal(ctx, tx, names)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "campaigns", "campaigns", view)
}

// accountNames gives the shown name of an account, or the word for the machine.
func (s *server) accountNames(ctx context.Context, tx *db.Tx, v *visit) func(id string) (string, error) {
	known := map[string]string{}
	return func(id string) (string, error) {
		if id == "operator" || id == "" {
			return s.pages.Text(v.lang, "author.operator"), nil
		}
		return s.author(ctx, tx, v, byStaff(id), known)
	}
}

// signers are those who signed a version, in their order.
func (s *server) signers(ctx context.Context, tx *db.Tx, names func(string) (string, error), digest []byte) ([]console.Signer, error) {
	all, err := campaign.SignedBy(ctx, tx, digest)
	if err != nil {
		return nil, err
	}
	var out []console.Signer
	for _, x := range all {
		name, err := names(x.Account)
		if err != nil {
			return nil, err
		}
		out = append(out, console.Signer{Name: name, Reason: x.Reason, At: ms(x.At), Counts: true})
	}
	return out, nil
}

func versionState(inForce bool) console.State {
	if inForce {
		return console.State{Class: "done", Icon: "check", Key: "version.force"}
	}
	return console.State{Class: "open", Icon: "doc", Key: "version.former"}
}

func draftState(x campaign.Underway) console.State {
	switch {
	case x.Overtaken:
		return console.State{Class: "open", Icon: "cross", Key: "version.overtaken"}
	case x.Rehearsal == nil:
		return console.State{Class: "wait", Icon: "clock", Key: "version.draft"}
	case x.Stale:
		return console.State{Class: "wait", Icon: "alert", Key: "version.stale"}
	case x.Signed > 0:
		return console.State{Class: "act", Icon: "doc", Key: "version.signing"}
	}
	return console.State{Class: "act", Icon: "check", Key: "version.rehearsed"}
}

// draft takes a bundle that was sent as a file, and stores it as a draft.
func (s *server) draft(c *gin.Context, v *visit) {
	raw, ok := s.file(c, v, "bundle", rules.MaxBundle)
	if !ok {
		return
	}
	s.store(c, v, raw, func(refused *console.Refused, status int) { s.showCampaigns(c, v, status, refused) })
}

// file reads the one file of a form. What is no file, or too large, is answered.
func (s *server) file(c *gin.Context, v *visit, name string, most int64) ([]byte, bool) {
	head, err := c.FormFile(name)
	if err != nil {
		s.showCampaigns(c, v, http.StatusUnprocessableEntity, &console.Refused{Key: "upload.none"})
		return nil, false
	}
	if head.Size > most {
		s.showCampaigns(c, v, http.StatusUnprocessableEntity, &console.Refused{Key: "upload.large"})
		return nil, false
	}
	f, err := head.Open()
	if err != nil {
		s.fault(c, v, err)
		return nil, false
	}
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err := errors.Join(err, f.Close()); err != nil {
		s.fault(c, v, err)
		return nil, false
	}
	return raw, true
}

// store makes a draft of a bundle and goes to its page, or shows why not.
func (s *server) store(c *gin.Context, v *visit, raw []byte, refused func(*console.Refused, int)) {
	ctx := c.Request.Context()
	var d campaign.Draft
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		d, err = s.Flow.Draft(ctx, tx, raw, v.by())
		return err
	})
	if err == nil {
		onward(c, d.Name(), "drafted")
		return
	}
	why := s.refusedBundle(v, err)
	if why == nil {
		s.fault(c, v, err)
		return
	}
	refused(why, http.StatusUnprocessableEntity)
}

// maxProblems is how many problems of a bundle a page lists.
const maxProblems = 60

// refusedBundle says why a bundle is not taken, with the places; nil for what is
// a fault of ours.
func (s *server) refusedBundle(v *visit, err error) *console.Refused {
	code := flow.CampaignRefusal(err)
	if code == "" {
		return nil
	}
	out := &console.Refused{Key: "refusal." + code}
	var problems campaign.ProblemError
	switch {
	case errors.As(err, &problems):
		for i, p := range problems.Problems {
			if i == maxProblems {
				out.More = len(problems.Problems) - maxProblems
				break
			}
			out.Lines = append(out.Lines, console.RefusedLine{Place: plain(p.Place), Text: plain([...]string{p.Zh, p.En}[lang(v)])})
		}
	case errors.Is(err, rules.ErrBundle):
		out.Note = plain(err.Error())
	}
	return out
}

// onward goes to the page of a version, which says what has been done.
func onward(c *gin.Context, name, done string) {
	c.Redirect(http.StatusSeeOther, "/gl/campaigns/"+name+"?done="+done)
}

// lang is 0 for Chinese and 1 for English, for pairs of texts.
func lang(v *visit) int {
	if v.lang == console.En {
		return 1
	}
	return 0
}

// plain is what a file of a stranger may say on a page: one line, not long.
func plain(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !oneLine(string(r), 1) }), " ")
	if r := []rune(text); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return text
}

// bundle hands out a version as it was signed, byte for byte.
func (s *server) bundle(c *gin.Context, v *visit) {
	d := v.dossier()
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d-%s.json"`, fileWord(d.c.ID), d.c.Version, d.name[:8]))
	c.Data(http.StatusOK, "application/json; charset=utf-8", d.bundle)
}

// fileWord is what of an id may stand in a file's name.
func fileWord(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, strings.ToLower(id))
}
