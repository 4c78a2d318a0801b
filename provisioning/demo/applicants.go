package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub"
	"zhunkao/hub/applicant"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Sign-ins of applicants that are shown: each stands for a state of things.
const (
	fresh   = "xinlai"  // has an account and nothing else
	halfway = "tianbao" // has read, signed and filled in the first page
	done    = "baoming" // is registered, and her card lies on the emulators' panel
)

// accountsOf gives everybody an account, all with one password that was drawn
// for this database: who is registered with the login "ks" and a number, and
// with her telephone; and those that are shown. There is no such account in any
// other database (S4).
func (m *maker) accountsOf(ctx context.Context, people []synthetic.Person) ([]hub.DemoApplicant, error) {
	pw := drawPassword()
	hasher := password.NewHasher(password.Full())
	verifier, err := hasher.Hash(ctx, pw)
	if err != nil {
		return nil, err
	}
	desk := applicant.New(applicant.Options{DB: m.db, Keys: m.keys, Hasher: hasher, Now: m.flow.Now})
	// Somebody at the point where the box stands, with nothing of her own about her.
	i := slices.IndexFunc(people, func(p synthetic.Person) bool { return p.Flaw == "" && p.Application.Point == m.e.points[0].Code })
	if i < 0 {
		return nil, errors.New("nobody without a flaw is registered at the box's point")
	}
	card := people[i]
	var second string // what saving asks for, where the campaign has it
	secondPW := drawPassword()
	if m.rules.Portal.SecondPassword {
		if second, err = hasher.Hash(ctx, secondPW); err != nil {
			return nil, err
		}
	}
	var half applicant.Account
	err = m.db.Write(ctx, func(tx *db.Tx) error {
		taken := map[identity.Phone]bool{}
		for i, p := range people {
			a := applicant.NewAccount{Login: fmt.Sprintf("ks%04d", i+1), Verifier: verifier, Campaign: m.rules.ID, Application: p.Application.ID, Second: second}
			if p.Application.ID == card.Application.ID {
				a.Login = done
			}
			if phone, err := identity.ParsePhone(p.Application.Get(form.PhoneNumber)); err == nil && len(phone) == 11 && phone[0] == '1' && !taken[phone] {
				a.Phone, taken[phone] = phone, true
			}
			if _, err := desk.Add(ctx, tx, a); err != nil {
				return err
			}
		}
		if m.rules.Portal.ByCard() {
			return nil
		}
		if _, err := desk.Add(ctx, tx, applicant.NewAccount{Login: fresh, Verifier: verifier}); err != nil {
			return err
		}
		half, err = desk.Add(ctx, tx, applicant.NewAccount{Login: halfway, Verifier: verifier})
		if err != nil {
			return err
		}
		return m.fillHalf(ctx, tx, half)
	})
	if err != nil {
		return nil, err
	}
	if m.rules.Portal.ByCard() {
		return m.carded(ctx, desk, people, hub.DemoApplicant{Login: done, Password: pw,
			Who: "已填好，保存密码是 " + secondPW + "；登录后看到的就是他的姓名，交过费，再把这张证放到终端上，就变成已确认"})
	}
	return []hub.DemoApplicant{
		{Login: fresh, Password: pw, Who: "刚注册，还没填"},
		{Login: halfway, Password: pw, Who: "签过承诺书，填到一半"},
		{Login: done, Password: pw, Who: "已提交；登录后看到是哪一位，把这张证放到终端上，就变成已确认"}, // a name lies readable nowhere
	}, nil
}

// carded gives somebody a sign-in card of today, by the step that the office takes:
// its password opens nothing before the holder has set two of their own.
func (m *maker) carded(ctx context.Context, desk *applicant.Desk, people []synthetic.Person, registered hub.DemoApplicant) ([]hub.DemoApplicant, error) {
	p := people[len(synthetic.CasesOf(m.rules))] // the first with nothing of their own about them
	drawn, err := desk.DrawCard(ctx)
	if err != nil {
		return nil, err
	}
	var c flow.Card
	err = m.db.Write(ctx, func(tx *db.Tx) (err error) {
		c, err = m.flow.MakeCard(ctx, tx, desk, p.Application.ID, drawn, "", m.by)
		return err
	})
	return []hub.DemoApplicant{{Login: c.Sequence, Password: c.Password, Who: "刚领到网报登录卡：报名顺序号和卡上的密码", Card: true}, registered}, err
}

// fillHalf has somebody read the notices, sign the pledge and fill in the first
// page, by the steps that the pages take.
func (m *maker) fillHalf(ctx context.Context, tx *db.Tx, a applicant.Account) error {
	*m.at = m.e.Start
	p := synthetic.Candidates(m.rules, seed+2, len(synthetic.CasesOf(m.rules))+1, synthetic.Point{Code: m.e.points[0].Code, Division: m.e.points[0].Division})
	typed := p[len(p)-1].Application
	by := flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: a.ID}, Source: "demo"}
	given := func(k consent.Kind) consent.Given {
		return consent.Given{Account: a.ID, Campaign: m.rules.ID, Kind: k, Agreed: true, Digest: consent.Digest(m.rules.Text(k.TextKey(), false)),
			Version: m.rules.Version, At: m.at.UnixMilli()}
	}
	for _, k := range []consent.Kind{consent.Notice, consent.Privacy, consent.Photo} {
		if err := m.flow.Consent(ctx, tx, given(k), by); err != nil {
			return err
		}
	}
	pledge := given(consent.Pledge)
	pledge.Name = typed.Name()
	if err := m.flow.Pledge(ctx, tx, pledge, nil, by); err != nil {
		return err
	}
	d, err := m.flow.Drafts().Get(ctx, tx, a.ID, m.rules.ID)
	if err != nil {
		return err
	}
	_, err = m.flow.Fill(ctx, tx, flow.Filling{Account: a.ID, Campaign: m.rules.ID, From: d.Revision}, func(app *form.Application) error {
		if app.Fields == nil {
			app.Fields = form.Fields{}
		}
		for _, f := range m.rules.Form.InGroup(m.rules.Form.Groups[0].Key) {
			if f.ByCandidate() {
				app.Fields[f.Key] = typed.Get(f.Key)
			}
		}
		return nil
	})
	return err
}

// showApplicants has the portal's sign-in page list them.
func showApplicants(ctx context.Context, database *db.DB, list []hub.DemoApplicant) error {
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return database.SetMeta(ctx, hub.MetaDemoApplicants, string(b))
}
