package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

var (
	askedVisit = regexp.MustCompile(`name="visit" value="(\d+)"`)
	proofLink  = regexp.MustCompile(`/gl/proofs/([0-9a-f]{32})`)
)

// TestCardsThatTheCityReviews: somebody of Hong Kong, Macao or Taiwan and a
// foreigner, each with the chip of her own card, from the box to the city's word
// (demand A40): the screen calls each card what it is, a clerk photographs it, the
// record is in force and provisional, the city reads the copies at the console and
// decides, accepting the one and refusing the other. Each is under age: the point
// takes such candidates; one that does not sends her on, by name, to one that does
// (A33).
func TestCardsThatTheCityReviews(t *testing.T) {
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
	permit, foreign := p.young(ctx, t, 0, "43010401"), p.young(ctx, t, 1, "43010401")
	other := p.young(ctx, t, 2, "43010301")
	w := newTablet(t, p.port, p.ring.Pool())
	_, err := p.box.Person.Sees(ctx, "idle")
	must("the box", err)
	clerk := p.account(t, "quereren")
	must("sign-in", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", status)
		}
		return err
	}))
	for _, x := range []struct {
		card        form.Chip
		named, word string
		state       confirmation.State
		proof       confirmation.Proof
	}{
		{permit, "居住证上的", "accepted", confirmation.InForce, confirmation.Accepted},
		{foreign, "永久居留身份证上的", "refused", confirmation.Refused, confirmation.NotProven},
	} {
		must("card", rehearsal.Until(ctx, rehearsal.Wait, func() error { return p.known(ctx, x.card) }))
		seen, err := p.box.Person.Sees(ctx, "found")
		must(x.card.Type+": found", err)
		if !strings.Contains(seen.Text, x.named) || !strings.Contains(seen.Text, "待市级审核") {
			t.Errorf("%s: the screen does not say %q, or not that the city decides: %s", x.card.Type, x.named, seen.Text)
		}
		must("go on", p.box.Person.Press(ctx, seen, "go-on"))
		_, err = p.box.Person.Sees(ctx, "staff")
		must("the staff are asked", err)
		must("copies", p.copies(t, w))
		must("visit", p.box.Person.Confirm(ctx))
		must("the last screen", p.box.Person.Done(ctx))
		p.box.Lift()
		record := p.reviewable(ctx, t, x.card)
		must("the city", p.cityDecides(record, x.word))
		must("decided", rehearsal.Until(ctx, rehearsal.Wait, func() error {
			r, err := p.recordOf(ctx, record)
			if err == nil && (r.State != x.state || r.Proof != x.proof) {
				err = fmt.Errorf("%s: %s, %s", x.card.Type, r.State, r.Proof)
			}
			return err
		}))
	}

	b, err := p.NewBox(ctx, "B", "43010301")
	must("another box", err)
	must("it starts", b.Start(ctx))
	_, err = b.Person.Sees(ctx, "idle") // a card put down before has to be taken away again
	must("the other box", err)
	must("the roster there", rehearsal.Until(ctx, rehearsal.Wait, func() error {
		if err := b.Place(other); err != nil {
			return err
		}
		seen, err := b.Person.Sees(ctx, "refused", "take-card", "found")
		if err == nil && seen.Screen != "refused" {
			err = fmt.Errorf("the screen is %s", seen.Screen)
			b.Lift()
		} else if err == nil && !(strings.Contains(seen.Text, "这个点不办低龄考生") && strings.Contains(seen.Text, "岳麓区第一报名确认点")) {
			b.Lift()
			err = fmt.Errorf("the screen says %s", seen.Text)
		}
		return err
	}))
	b.Lift()
}

// young registers somebody of sixteen at a point, with a chip card that the city
// reviews, and gives the card.
func (p *staffed) young(ctx context.Context, t *testing.T, n int, at string) form.Chip {
	t.Helper()
	who := synthetic.Candidates(campaign.Adult2019(), 815, 40, synthetic.Point{Code: at, Division: at[:6]})[len(synthetic.Cases())+n]
	app, chip := who.Application.Clone(), who.Chip
	app.ID += fmt.Sprintf("-city-%d", n)
	const born = "20030401"
	chip.Birth, chip.Ethnic, chip.Address, chip.ValidFrom, chip.ValidTo = born, "", "", "20180901", "20280901"
	chip.Type, app.Fields[form.DocumentType] = form.ChipHMT, "02"
	first := "810000" + born + fmt.Sprintf("%03d", 20+2*n)
	if n == 1 {
		chip.Type, chip.NameEn, chip.Nationality, app.Fields[form.DocumentType] = form.ChipForeigner2023, "SPECIMEN ANN", "USA", "07"
		first = "943840" + born + "022"
	}
	chip.Sex, app.Fields[form.Sex] = "2", "2"
	chip.Number = identity.Number(first + string(identity.CheckDigit(first)))
	app.Fields[form.BirthDate], app.Fields[form.DocumentNumber] = born, chip.Number.Reveal()
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
	return chip
}

// known places a card and says whether the box knows her; it lifts it again if not.
func (p *staffed) known(ctx context.Context, card form.Chip) error {
	if err := p.box.Place(card); err != nil {
		return err
	}
	seen, err := p.box.Person.Sees(ctx, "found", "refused", "take-card")
	if err == nil && seen.Screen != "found" {
		p.box.Lift()
		err = fmt.Errorf("the screen is %s: %s", seen.Screen, seen.Text)
		_ = p.box.Person.Done(ctx) // it was only read
	}
	return err
}

// copies has the clerk open what the visit asks, photograph the card by the box's
// camera, bring a second picture, and let her go on.
func (p *staffed) copies(t *testing.T, w *tablet) error {
	_, page, err := w.get("/asked")
	if err != nil {
		return err
	}
	number := askedVisit.FindStringSubmatch(page)
	if number == nil {
		return fmt.Errorf("nothing is asked: %s", page)
	}
	fields := func(more ...string) url.Values {
		v := url.Values{"visit": {number[1]}, "ask": {"copies"}, "opened": {"yes"}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	if status, page, err := w.post("/asked", "/asked/open", fields()); err != nil || status != http.StatusUnprocessableEntity && status != http.StatusOK || !strings.Contains(page, "/asked") {
		return fmt.Errorf("open: %d, %w", status, err)
	}
	if status, page, err := w.send("/asked", nil, fields("do", "take")); err != nil || !strings.Contains(page, "/asked/picture/1") {
		return fmt.Errorf("take: %d, %v", status, err)
	}
	if status, page, err := w.send("/asked", paperPage(t), fields("do", "bring")); err != nil || !strings.Contains(page, "/asked/picture/2") {
		return fmt.Errorf("bring: %d, %v", status, err)
	}
	status, _, err := w.send("/asked", nil, fields("word", "allow"))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("allow: %d", status)
	}
	return err
}

// reviewable waits for her record at the hub, in force and provisional with its two
// copies and its chip, and gives its id.
func (p *staffed) reviewable(ctx context.Context, t *testing.T, card form.Chip) (id string) {
	t.Helper()
	if err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		return p.reads(ctx, func(tx *db.Tx) error {
			all, err := confirmation.List(ctx, tx, confirmation.Filter{State: confirmation.InForce})
			if err != nil {
				return err
			}
			for _, r := range all {
				c, err := confirmation.Open(ctx, tx, p.ring, r.ID)
				if err != nil {
					return err
				}
				if c.Chip.Number != card.Number {
					continue
				}
				roles := map[string]bool{}
				for _, b := range r.Blobs {
					roles[b.Role] = true
				}
				if r.Proof != confirmation.Provisional || !r.ByCard() || !roles[protocol.RoleChipText] || !roles[protocol.RoleCopy(2)] || !roles[protocol.RolePhoto] {
					return fmt.Errorf("%s: proof %s, blobs %v", card.Type, r.Proof, roles)
				}
				id = r.ID
				return nil
			}
			return fmt.Errorf("%s: her record is not there", card.Type)
		})
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (p *staffed) recordOf(ctx context.Context, id string) (r confirmation.Record, err error) {
	err = p.reads(ctx, func(tx *db.Tx) error {
		r, err = confirmation.Get(ctx, tx, id)
		return err
	})
	return r, err
}

func (p *staffed) reads(ctx context.Context, f func(tx *db.Tx) error) error {
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Read(ctx, f)
}

// cityDecides signs the city in at the console, finds the record in what waits, and
// gives the city's word.
func (p *staffed) cityDecides(record, word string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	city := &tablet{base: "http://" + p.HubAddr(), web: &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	defer city.web.CloseIdleConnections()
	var who demo.Account
	for _, a := range p.Accounts() {
		if a.User == "changsha" {
			who = a
		}
	}
	if err := rehearsal.Until(context.Background(), rehearsal.Wait, func() error { // a code works once
		status, _, err := city.post("/gl/sign-in", "/gl/sign-in", url.Values{"login": {who.User}, "password": {who.Password}, "code": {who.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("sign-in: %d", status)
		}
		return err
	}); err != nil {
		return err
	}
	_, list, err := city.get("/gl/proofs")
	if err != nil {
		return err
	}
	listed := false
	for _, m := range proofLink.FindAllStringSubmatch(list, -1) {
		listed = listed || m[1] == record
	}
	if !listed {
		return fmt.Errorf("the record is not among what waits")
	}
	path := "/gl/proofs/" + record
	_, page, err := city.get(path)
	if err != nil {
		return err
	}
	if n := strings.Count(page, `class="copy"`); n != 2 {
		return fmt.Errorf("the page shows %d copies", n)
	}
	status, page, err := city.post(path, path+"/decide", url.Values{"to": {word}, "reason": {"看过证件复印件"}})
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("decided with %d: %s", status, page)
	}
	return err
}
