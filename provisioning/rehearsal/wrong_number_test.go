package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// TestWrongNumberOnPapers: the hub is away, and a clerk who registers somebody on papers
// types another person's number. She signs and is told 已受理. Whose number it is, and
// who has registered on the web meanwhile, comes to the same box with her chip, before
// the hub is back and after: nobody tells her that she was confirmed, and her
// confirmation is in force; what the other signed waits for the county apart from her.
func TestWrongNumberOnPapers(t *testing.T) {
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
	_, err := p.box.Person.Sees(ctx, "idle")
	must("the box", err)
	w, clerk := newTablet(t, p.port, p.ring.Pool()), p.account(t, "quereren")
	must("sign-in", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		return seeOther(w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}}))
	}))
	must("the hub goes away", p.StopHub())

	hers := p.Cards("stranger")[0].Card // whose number it is
	other := form.Fields{form.FullName: "田小满", form.Sex: hers.Sex, form.Ethnic: "01", form.BirthDate: hers.Birth, form.DocumentType: "01", form.DocumentNumber: hers.Number.Reveal()}
	must("begin", seeOther(w.post("/drafts", "/drafts", url.Values{"reason": {"02"}, "paper": {"0104-03-0038"}})))
	_, page, err := w.get("/drafts")
	must("drafts", err)
	must("entry", p.types(w, draftLink.FindStringSubmatch(page)[1], other))
	typed := url.Values{"why": {"missing"}, "document": {"01"}, "number": {hers.Number.Reveal()}, "name": {other[form.FullName]}, "sex": {hers.Sex}, "birth": {hers.Birth}, "note": {"户口簿"}}
	for _, do := range []string{"take", "begin"} {
		must(do, rehearsal.Until(ctx, rehearsal.Wait, func() error {
			v := maps.Clone(typed)
			v.Set("do", do)
			return seeOther(w.post("/papers", "/papers", v))
		}))
	}
	must("visit", p.box.Person.Confirm(ctx))
	must("the last screen", p.box.Person.Done(ctx))

	must("her card, offline", p.box.Place(hers))
	seen, err := p.box.Person.Sees(ctx, "refused")
	must("she is not known yet", err)
	if !strings.Contains(seen.Text, "没有找到您的报名") {
		t.Errorf("offline she is told: %.200s", seen.Text)
	}
	p.box.Lift()
	must("she has read it", p.box.Person.Done(ctx))

	id := p.registers(ctx, t, hers)
	must("the hub is back", p.StartHub(ctx))
	p.stands(ctx, t, map[confirmation.State]int{confirmation.Disputed: 1})
	must("the box hears of her", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		if err := p.box.Place(hers); err != nil {
			return err
		}
		if seen, err = p.box.Person.Sees(ctx, "found", "refused"); err != nil || seen.Screen == "found" {
			return err
		}
		p.box.Lift()
		return errors.Join(errors.New("she is not found"), p.box.Person.Done(ctx))
	}))
	must("her visit", p.box.Person.Confirm(ctx))
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1, confirmation.Disputed: 1})
	must("two people", p.apart(ctx, id, hers))
}

// seeOther is what a form answers that was taken.
func seeOther(status int, page string, err error) error {
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("status %d: %s", status, errorsIn(page))
	}
	return err
}

// types types a whole paper form.
func (p *staffed) types(w *tablet, id string, who form.Fields) error {
	cases := len(synthetic.Cases())
	like := synthetic.Candidates(campaign.Adult2019(), 3, cases+1, synthetic.Point{Code: "43010401", Division: "430104"})[cases].Application
	fields := url.Values{"go": {"next"}}
	for _, all := range []form.Fields{like.Fields, who} {
		for key, v := range all {
			fields.Set("f-"+key, v)
		}
	}
	for _, c := range like.Choices {
		for name, v := range map[string]string{"level": c.Level, "category": c.Category, "school": c.School, "major": c.Major, "form": c.Form} {
			fields.Set(fmt.Sprintf("%s-%d", name, c.Order), v)
		}
	}
	const steps = 6 // the last is 看一遍
	for n := 1; n <= steps; n++ {
		sent, path := maps.Clone(fields), fmt.Sprintf("/drafts/%s/%d", id, n)
		if n == steps {
			sent.Set("go", "done")
		}
		if err := seeOther(w.post(path, path, sent)); err != nil {
			return fmt.Errorf("step %d: %w", n, err)
		}
	}
	return nil
}

// registers registers whose card it is, while the hub is stopped.
func (p *staffed) registers(ctx context.Context, t *testing.T, card form.Chip) string {
	t.Helper()
	cases := len(synthetic.Cases())
	app := synthetic.Candidates(campaign.Adult2019(), 3, cases+2, synthetic.Point{Code: "43010401", Division: "430104"})[cases+1].Application.Clone()
	app.ID, app.Version = candidate.NewID(), 1
	for key, v := range map[string]string{form.FullName: string(card.Name), form.Sex: card.Sex, form.Ethnic: card.Ethnic, form.BirthDate: card.Birth, form.DocumentNumber: card.Number.Reveal()} {
		app.Fields[key] = v
	}
	d, err := db.Open(ctx, p.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	now := func() time.Time { return demo.Start }
	f := &flow.Flow{Candidates: candidate.New(p.ring, now), Keys: p.ring, Now: now}
	if err := d.Write(ctx, func(tx *db.Tx) error { return f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()) }); err != nil {
		t.Fatal(err)
	}
	return app.ID
}

// apart checks that two records of one number are those of two people.
func (p *staffed) apart(ctx context.Context, id string, card form.Chip) error {
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		return err
	}
	defer d.Close()
	f := &flow.Flow{Candidates: candidate.New(p.ring, time.Now), Keys: p.ring, Now: time.Now}
	return d.Read(ctx, func(tx *db.Tx) error {
		all, err := confirmation.List(ctx, tx, confirmation.Filter{})
		if err != nil {
			return err
		}
		for _, r := range all {
			found, err := f.Candidates.Get(ctx, tx, r.Application)
			if err != nil {
				return err
			}
			mine := r.State == confirmation.InForce
			if mine != (r.Application == id) || mine != (found.Application.Name() == card.Name) || mine == found.Apart || !mine && r.StateReason != confirmation.NoteOtherPerson {
				return fmt.Errorf("record %s (%s), her application %v, apart %v", r.State, r.StateReason, r.Application == id, found.Apart)
			}
		}
		return nil
	})
}
