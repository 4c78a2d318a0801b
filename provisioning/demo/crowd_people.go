package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/applicant"
	campaigns "zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// arranged is the sign-in of one of the crowd that the portal shows.
const arranged = "youxiao"

// metaCrowd notes in the database that the crowd is registered.
const metaCrowd = "demo.crowd"

// registered is when the i-th of them is: on the three days before the demonstration
// begins, or before the day on which they pay in cash (handIn), in the fourteen hours in
// which people do this.
func (a *assembly) registered(i int) time.Time {
	of, first := time.Duration(3*i)*14*time.Hour/time.Duration(len(a.people)), -73*time.Hour
	if inCash(a.rules) {
		first -= 24 * time.Hour
	}
	return a.Start.Add(first + of/(14*time.Hour)*(24*time.Hour) + of%(14*time.Hour))
}

// share is how many of ten are registered in each county, at its first point, the
// counties by their codes: those in Changsha have whole rooms and tails, the others
// hardly fill one.
var share = []int{3, 3, 1, 1, 1, 1}

// meet makes the people: nobody whose card differs from what she filled in, because a
// clerk settles that.
func (a *assembly) meet(ctx context.Context) error {
	var places []org.Point
	err := a.hub.DB().Read(ctx, func(tx *db.Tx) error {
		v, err := campaigns.Latest(ctx, tx, a.Campaign)
		if err != nil {
			return err
		}
		if a.rules, err = v.Decode(); err != nil {
			return err
		}
		places, err = org.Points(ctx, tx, "430000")
		return err
	})
	slices.SortFunc(places, func(x, y org.Point) int { return strings.Compare(x.Code, y.Code) })
	// A point that the tour has opened meanwhile changes nothing.
	places = slices.CompactFunc(places, func(x, y org.Point) bool { return x.Division == y.Division })
	if err != nil || len(places) < len(share) {
		return errors.Join(err, fmt.Errorf("points in %d counties", len(places)))
	}
	var at []synthetic.Point
	for i, n := range share {
		for range n {
			at = append(at, synthetic.Point{Code: places[i].Code, Division: places[i].Division})
		}
	}
	for _, p := range synthetic.Candidates(a.rules, seed+3, a.Size+len(synthetic.CasesOf(a.rules)), at...) {
		if p.Flaw == synthetic.NoFlaw && len(a.people) < a.Size {
			// The seed's begin at 0901 and 90001 in the same counties.
			p.Application.Fields[form.CandidateNumber] = apart(p.Application.Get(form.CandidateNumber))
			p.Application.SequenceNumber = apart(p.Application.SequenceNumber)
			a.people = append(a.people, p)
		}
	}
	return nil
}

// apart is a number in a series of the crowd's own.
func apart(number string) string {
	if len(number) < 4 {
		return number
	}
	return number[:len(number)-4] + "5" + number[len(number)-3:]
}

// enter registers them, with an account each, as on the days before the demonstration
// began: all or nobody.
func (a *assembly) enter(ctx context.Context) error {
	a.Say(crowdEnters, 0, len(a.people))
	if done, err := a.hub.DB().Meta(ctx, metaCrowd); err != nil || done != "" {
		return err
	}
	if a.over() {
		return errOver
	}
	text, err := a.hub.DB().Meta(ctx, hub.MetaDemoApplicants)
	if err != nil {
		return err
	}
	var shown []hub.DemoApplicant
	if err := json.Unmarshal([]byte(text), &shown); err != nil || len(shown) == 0 {
		return errors.Join(errors.New("no applicants are shown"), err)
	}
	hasher := password.NewHasher(password.Full())
	pw, second := shown[len(shown)-1].Password, "" // all are shown with one password, but who has a card's
	if a.rules.Portal.SecondPassword {
		if second, err = hasher.Hash(ctx, drawPassword()); err != nil {
			return err
		}
	}
	verifier, err := hasher.Hash(ctx, pw)
	if err != nil {
		return err
	}
	shown = append(shown, hub.DemoApplicant{Login: arranged, Password: pw, Who: "已确认、已缴费；编排以后看座位和准考证，考完看成绩"})
	list, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	at := a.Start
	now := func() time.Time { return at }
	steps := &flow.Flow{Candidates: candidate.New(a.hub.Keys(), now), Keys: a.hub.Keys(), Now: now}
	desk := applicant.New(applicant.Options{DB: a.hub.DB(), Keys: a.hub.Keys(), Hasher: hasher, Now: now})
	return a.hub.DB().Write(ctx, func(tx *db.Tx) error {
		for i, p := range a.people {
			at = a.registered(i)
			by := flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: p.Application.ID}, Source: "demo"}
			if err := steps.Register(ctx, tx, p.Application, candidate.FromPortal, by); err != nil {
				return err
			}
			n := applicant.NewAccount{Login: fmt.Sprintf("ks%04d", 1001+i), Verifier: verifier, Campaign: a.rules.ID, Application: p.Application.ID, Second: second}
			if p.Application.ID == a.shown().Application.ID {
				n.Login = arranged
			}
			if _, err := desk.Add(ctx, tx, n); err != nil {
				return err
			}
		}
		if err := tx.SetMeta(ctx, metaCrowd, "registered"); err != nil {
			return err
		}
		return tx.SetMeta(ctx, hub.MetaDemoApplicants, string(list))
	})
}

// shown is who has the sign-in that the portal shows: the last in Changsha, with nothing
// of her own about her.
func (a *assembly) shown() synthetic.Person {
	i := len(a.people) - 1
	for i > 0 && !strings.HasPrefix(a.people[i].Application.Point, "4301") {
		i--
	}
	return a.people[i]
}

// missing are those of the crowd for whom a question finds nothing.
func (a *assembly) missing(ctx context.Context, question string) ([]synthetic.Person, error) {
	there := map[string]bool{}
	err := a.hub.DB().Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, question, nil, func(row func(...any) error) error {
			var id string
			err := row(&id)
			there[id] = true
			return err
		})
	})
	return slices.DeleteFunc(slices.Clone(a.people), func(p synthetic.Person) bool { return there[p.Application.ID] }), err
}

// reached waits until a question finds everybody.
func (a *assembly) reached(ctx context.Context, phase, question string) error {
	lack := len(a.people)
	err := until(ctx, func() (bool, error) {
		some, err := a.missing(ctx, question)
		if len(some) < lack {
			lack = len(some)
			a.Say(phase, len(a.people)-lack, len(a.people))
		}
		return lack == 0, err
	})
	if err != nil {
		return fmt.Errorf("%d of %d lack (%s): %w", lack, len(a.people), phase, err)
	}
	return nil
}
