package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/rehearsal"
)

var draftLink = regexp.MustCompile(`/drafts/([0-9a-f]{32})`)

// TestRegisteredAtThePoint: somebody without registration is registered at the
// desk of a box whose hub is away (demands A56, A57, A61): her card is read, a
// clerk enters the rest, the power is cut, she signs. When the hub is back she is
// registered and confirmed there, the box has forgotten what was entered, and with
// a slip from an office she signs in at the portal.
func TestRegisteredAtThePoint(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffed(ctx, t)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	w := newTablet(t, p.port, p.ring.Pool())
	must("the desk", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		_, page, err := w.get("/sign-in")
		if err == nil && (!strings.Contains(page, "登录工作台") || strings.Contains(page, "还没有把本确认点的账号发到")) {
			err = errors.New("nobody may sign in yet")
		}
		return err
	}))
	_, err := p.box.Person.Sees(ctx, "idle")
	must("the roster", err)
	must("the hub goes away", p.StopHub())

	stranger := p.Cards("stranger")[0].Card
	must("card", p.box.Place(stranger))
	seen, err := p.box.Person.Sees(ctx, "refused")
	must("she is not registered", err)
	if !strings.Contains(seen.Text, "没有找到您的报名") {
		t.Fatal("the screen does not say that no application was found")
	}
	must("sign-in", p.signsIn(ctx, w))
	status, page, err := w.post("/drafts", "/drafts", url.Values{"reason": {"02"}, "card": {"yes"}})
	must("begin", err)
	if status != http.StatusSeeOther {
		t.Fatalf("begun with %d:\n%s", status, page)
	}
	_, page, err = w.get("/drafts")
	must("drafts", err)
	id := draftLink.FindStringSubmatch(page)[1]
	must("entry", p.enters(w, id, stranger))
	p.box.Lift()
	must("she has read it", p.box.Person.Done(ctx))
	must("her card", p.box.Place(stranger))
	_, err = p.box.Person.Sees(ctx, "found")
	must("she is found", err)
	_, page, err = w.post("/drafts", "/drafts/"+id+"/discard", url.Values{"why": {"wrong"}})
	if must("discard", err); !strings.Contains(page, "考生正在机器前办理这一份") {
		t.Error("what she is signing was discarded")
	}
	must("the power is cut", p.box.Kill())
	must("the power is back", p.box.Start(ctx))
	p.box.Lift()
	_, err = p.box.Person.Sees(ctx, "idle")
	must("after the power cut", err)
	must("card again", p.box.Place(stranger))
	must("visit", p.box.Person.Confirm(ctx))
	must("the last screen", p.box.Person.Done(ctx))
	p.box.Lift()

	must("the hub is back", p.StartHub(ctx))
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})
	w.web.CloseIdleConnections()
	must("sign-in", p.signsIn(ctx, w))
	must("what was entered is forgotten", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		_, page, err := w.get("/drafts")
		if err == nil && draftLink.MatchString(page) {
			err = errors.New("the draft is still listed")
		}
		return err
	}))
	must("portal", p.signsInWithASlip(ctx, stranger, id))
}

// enters types what a paper form says of somebody whose card was read.
func (p *staffed) enters(w *tablet, id string, chip form.Chip) error {
	cases := len(synthetic.Cases())
	like := synthetic.Candidates(campaign.Adult2019(), 3, cases+1, synthetic.Point{Code: "43010401", Division: "430104"})[cases].Application
	fields := url.Values{"go": {"next"}}
	for key, v := range like.Fields {
		switch key { // the chip has told these
		case form.FullName, form.Sex, form.Ethnic, form.BirthDate, form.DocumentNumber, form.DocumentType:
		default:
			fields.Set("f-"+key, v)
		}
	}
	for _, c := range like.Choices {
		for name, v := range map[string]string{"level": c.Level, "category": c.Category, "school": c.School, "major": c.Major, "form": c.Form} {
			fields.Set(fmt.Sprintf("%s-%d", name, c.Order), v)
		}
	}
	const steps = 6 // three of fields, choices, claims, the last look
	for n := 1; n <= steps; n++ {
		path := fmt.Sprintf("/drafts/%s/%d", id, n)
		sent := maps.Clone(fields)
		if n == steps {
			sent.Set("go", "done")
		}
		status, page, err := w.post(path, path, sent)
		if err != nil {
			return err
		}
		if status != http.StatusSeeOther {
			return fmt.Errorf("step %d: %d:\n%s", n, status, page)
		}
	}
	return nil
}

// signsInWithASlip has an office that has seen her card give her a slip, and signs
// her in at the portal with it.
func (p *staffed) signsInWithASlip(ctx context.Context, chip form.Chip, id string) error {
	if err := p.StopHub(); err != nil { // its database has one writer
		return err
	}
	d, err := db.Open(ctx, p.Database())
	if err != nil {
		return err
	}
	desk := applicant.New(applicant.Options{DB: d, Keys: p.ring})
	f := &flow.Flow{Candidates: candidate.New(p.ring, time.Now), Keys: p.ring, Now: time.Now}
	drawn, err := desk.DrawSlip(ctx)
	if err != nil {
		return errors.Join(err, d.Close())
	}
	var slip flow.Slip
	if err := d.Write(ctx, func(tx *db.Tx) error {
		found, err := f.Candidates.ByNumber(ctx, tx, campaign.Adult2019().ID, chip.Number)
		if err != nil {
			return err
		}
		if found.ID != id || found.State != candidate.Confirmed || found.Application.Name() != chip.Name {
			return fmt.Errorf("the hub has application %s, %s", found.ID, found.State)
		}
		slip, err = f.MakeSlip(ctx, tx, desk, found.ID, drawn, "seen her card", flow.Operator())
		return err
	}); err != nil {
		return errors.Join(err, d.Close())
	}
	if err := errors.Join(d.Close(), p.StartHub(ctx)); err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	her := &tablet{base: "http://" + p.HubAddr(), web: &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	defer her.web.CloseIdleConnections()
	status, page, err := her.post("/ks/sign-in", "/ks/sign-in", url.Values{"login": {slip.Login}, "password": {slip.Password}})
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		return fmt.Errorf("sign-in at the portal: %d:\n%s", status, page)
	}
	if status, _, err = her.get("/ks/status"); err != nil || status != http.StatusOK && status != http.StatusSeeOther {
		return fmt.Errorf("her page: %d, %v", status, err)
	}
	return nil
}
