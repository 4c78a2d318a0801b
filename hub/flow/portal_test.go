package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// portal is a bench with a campaign in force and accounts.
type portal struct {
	*bench
	c     campaign.Campaign
	rules *flow.Rules
}

const adult = "adult-2019"

func openPortal(t *testing.T, d *db.DB) *portal {
	t.Helper()
	p := &portal{bench: open(t, d), c: campaign.Adult2019()}
	p.f.Keys = p.ring
	bundle, err := campaign.Encode(p.c)
	if err != nil {
		t.Fatal(err)
	}
	p.must(func(tx *db.Tx) error {
		if _, err := p.f.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		p.rules, err = p.f.Rules(ctx, tx, adult)
		return err
	})
	return p
}

// account makes an account without going through sign-up, which is another
// package's.
func (p *portal) account(id string) string {
	p.t.Helper()
	p.must(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO applicant (id, profile, verifier, second, must_change, password_at, password_until, slip, created_at)
			VALUES ($1, $2, '', '', $3, 0, 0, 0, 0)`, id, []byte{1}, false)
		return err
	})
	return id
}

func given(account string, k consent.Kind, c campaign.Campaign) consent.Given {
	return consent.Given{Account: account, Campaign: adult, Kind: k, Agreed: true, Digest: consent.Digest(c.Text(k.TextKey(), false)), Version: 1}
}

// pledged is an account that has read, agreed and signed.
func (p *portal) pledged(id string, name identity.Name) string {
	p.t.Helper()
	p.account(id)
	p.must(func(tx *db.Tx) error {
		for _, k := range []consent.Kind{consent.Notice, consent.Privacy, consent.Photo} {
			if err := p.f.Consent(ctx, tx, given(id, k, p.c), flow.Candidate("", id, "")); err != nil {
				return err
			}
		}
		g := given(id, consent.Pledge, p.c)
		g.Name = identity.NormalizeName(string(name))
		return p.f.Pledge(ctx, tx, g, p.rules, flow.Candidate("", id, ""))
	})
	return id
}

// fill saves what somebody fills in.
func (p *portal) fill(account string, from uint32, change func(*form.Application)) (d draft.Draft, err error) {
	err = p.d.Write(ctx, func(tx *db.Tx) (err error) {
		d, err = p.f.Fill(ctx, tx, flow.Filling{Account: account, Campaign: adult, From: from}, func(a *form.Application) error { change(a); return nil })
		return err
	})
	return d, err
}

func (p *portal) apply(account string, revision uint32) (a flow.Applied, err error) {
	err = p.d.Write(ctx, func(tx *db.Tx) (err error) {
		a, err = p.f.Apply(ctx, tx, flow.Applying{Account: account, Campaign: adult, Revision: revision, Rules: p.rules}, flow.Candidate("", account, "10.0.0.9"))
		return err
	})
	return a, err
}

// whole fills in all of a person.
func whole(app form.Application) func(*form.Application) {
	return func(a *form.Application) {
		a.Fields, a.Choices, a.Claims, a.Point = app.Clone().Fields, app.Choices, app.Claims, app.Point
	}
}

// registered is an account whose application is submitted.
func (p *portal) registered(id string, n int) (account, application string) {
	p.t.Helper()
	app := p.people[n].Application
	p.pledged(id, app.Name())
	if _, err := p.fill(id, 1, whole(app)); err != nil {
		p.t.Fatal(err)
	}
	done, err := p.apply(id, 2)
	if err != nil {
		p.t.Fatal(err)
	}
	return id, done.Application
}

func (p *portal) versions(application string) (out []candidate.Version) {
	p.t.Helper()
	if err := p.d.Read(ctx, func(tx *db.Tx) (err error) { out, err = p.f.Candidates.Versions(ctx, tx, application); return err }); err != nil {
		p.t.Fatal(err)
	}
	return out
}

func phone(s string) func(*form.Application) {
	return func(a *form.Application) { a.Fields[form.PhoneNumber] = s }
}

func (p *portal) judge(account string) (j flow.Readiness) {
	p.t.Helper()
	if err := p.d.Read(ctx, func(tx *db.Tx) error {
		h, err := p.f.Her(ctx, tx, account, adult)
		if err == nil {
			j, err = p.f.Ready(ctx, tx, h, p.rules)
		}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return j
}

func (p *portal) arrival(n int, application string, version uint32, app form.Application) flow.Arrival {
	r := confirmation.Record{ID: fmt.Sprintf("%032x", n), Box: "baaaaaaaaaa", Epoch: 1, Sequence: uint64(n), EnvelopeHash: fmt.Sprintf("%064x", n),
		Previous: strings.Repeat("0", 64), Campaign: adult, CampaignVersion: 1, Application: application, Version: version, StartedFrom: version,
		Point: here, Division: county, NumberMasked: "430***********0001", NumberKey: []byte{byte(n)},
		Received: opened.UnixMilli(), Committed: opened.UnixMilli(), Time: confirmation.Time{Earliest: 1, Source: "hub", Verdict: "open"},
		BodyHash: "11", BodySize: 7, Envelope: []byte("envelope"), OpenedWith: "key"}
	sealed, err := confirmation.SealContent(p.ring, r.ID, confirmation.Content{Application: app})
	if err != nil {
		p.t.Fatal(err)
	}
	return flow.Arrival{Record: r, Content: sealed, Application: app, Step: flow.Step{State: confirmation.InForce}}
}
