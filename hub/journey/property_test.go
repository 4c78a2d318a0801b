package journey_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/journey"
	"zhunkao/hub/payment"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// cases draws a campaign, what is known of somebody, and a time of its year.
func cases(t *rapid.T) (campaign.Campaign, journey.Facts, time.Time) {
	camp := rapid.SampledFrom(campaign.Shipped()).Draw(t, "campaign")
	first := camp.Windows[0].From
	moment := func(label string) time.Time {
		return first.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, label)) * 15 * time.Minute)
	}
	maybe := func(label string) time.Time {
		if rapid.Bool().Draw(t, label+"?") {
			return time.Time{}
		}
		return moment(label)
	}
	f := journey.Facts{
		HasAccount: rapid.Bool().Draw(t, "account"), PledgedAt: maybe("pledged"), Draft: rapid.Bool().Draw(t, "draft"),
		SetAside: rapid.Bool().Draw(t, "set aside"), Complete: rapid.Bool().Draw(t, "complete"), SubmittedAt: maybe("submitted"), Paying: rapid.Bool().Draw(t, "paying"),
		PaidAt: maybe("paid"), ArrangedAt: maybe("arranged"),
		Division: rapid.SampledFrom([]string{"", "430104", "430902", "433101"}).Draw(t, "division"),
	}
	if f.Ordered = rapid.SampledFrom([]payment.State{"", payment.Open, payment.Closed, payment.Left}).Draw(t, "ordered"); f.Ordered != "" {
		f.PayBy, f.Held = moment("pay by"), rapid.Bool().Draw(t, "held")
	}
	f.Application = person(f.Division, rapid.SampledFrom([]string{"", "430104", "430902"}).Draw(t, "household"))
	if rapid.Bool().Draw(t, "chosen") {
		f.Application.Choices = []form.Choice{{Order: 1, Level: rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "level"),
			Category: rapid.SampledFrom([]string{"11", "13", "15"}).Draw(t, "category")}}
	} else {
		f.Application.Choices = nil
	}
	for range rapid.IntRange(0, 3).Draw(t, "confirmations") {
		f.Confirmations = append(f.Confirmations, journey.Confirmation{
			State: rapid.SampledFrom([]confirmation.State{confirmation.InForce, confirmation.Disputed, confirmation.TimePending}).Draw(t, "state"),
			Taken: rapid.Bool().Draw(t, "taken"), At: moment("sealed"), Received: moment("received"),
		})
	}
	now := moment("now")
	if f.Ordered == payment.Closed && f.PayBy.After(now) {
		f.PayBy = now // nothing is closed before its end
	}
	return camp, f, now
}

// TestProperties: whatever is known of her, one thing waits at most, nothing is
// said to come after what is lost, nothing is void before its last time has
// ended, and the line only grows as days go by.
func TestProperties(t *testing.T) {
	judges := map[string]*journey.Judge{}
	for _, c := range campaign.Shipped() {
		judges[c.ID] = journey.New(c)
	}
	rapid.Check(t, func(t *rapid.T) {
		camp, f, now := cases(t)
		stages := judges[camp.ID].Of(f, now)
		waiting, lost := 0, false
		for i, s := range stages {
			if i > 0 && s.Key == stages[i-1].Key {
				t.Fatalf("%s stands there twice", s.Key)
			}
			switch s.State {
			case journey.Now, journey.Lost:
				waiting++
				if s.Do == "" {
					t.Errorf("%s is %s, and there is nothing to do", s.Key, s.State)
				}
			case journey.Ahead:
				if lost {
					t.Errorf("%s is ahead of what is lost", s.Key)
				}
			case journey.Off:
				if s.Why == "" {
					t.Errorf("%s is off without a reason", s.Key)
				}
			}
			if lost = lost || s.State == journey.Lost; s.State == journey.Lost {
				if s.By.After(now) {
					t.Errorf("%s is lost at %s, its last time ends %s", s.Key, now, s.By)
				}
				if !s.Must {
					t.Errorf("%s is lost and was no must", s.Key)
				}
			}
			if s.State == journey.Now && s.Must && s.Why == "" && !s.Until.After(now) {
				t.Errorf("%s is open, until %s", s.Key, s.Until)
			}
			if !s.Until.IsZero() && s.By.Before(s.Until) {
				t.Errorf("%s ends at %s, before %s", s.Key, s.By, s.Until)
			}
		}
		if waiting > 1 {
			t.Errorf("%d stages wait:\n%s", waiting, said(stages))
		}
		if a, b := said(stages), said(journey.Of(camp, f, now)); a != b {
			t.Errorf("the same facts give\n%s\nand\n%s", a, b)
		}
		later := judges[camp.ID].Of(f, now.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "later"))*time.Hour))
		for i, s := range stages {
			if i < len(later) && s.State == journey.Done && later[i].State != journey.Done {
				t.Errorf("%s was done and is %s", s.Key, later[i].State)
			}
			if i < len(later) && s.State == journey.Lost && later[i].State != journey.Lost {
				t.Errorf("%s was lost and is %s", s.Key, later[i].State)
			}
		}
	})
}

// TestLostIsClosed: what is lost is what the campaign's own judge calls closed,
// and open is what it calls open. An order has an end of its own, see ordered.
func TestLostIsClosed(t *testing.T) {
	step := map[journey.Key]window.Step{journey.Pledge: window.Register, journey.Fill: window.Register, journey.Submit: window.Register,
		journey.Confirm: window.Confirm, journey.Pay: window.Pay}
	rapid.Check(t, func(t *rapid.T) {
		camp, f, now := cases(t)
		for _, s := range journey.Of(camp, f, now) {
			if step[s.Key] == "" || s.State != journey.Now && s.State != journey.Lost || s.Do == journey.Wait && s.Why != journey.Pausing || s.Why == journey.SetAside {
				continue
			}
			if s.Key == journey.Pay && (f.Ordered == payment.Open || f.Ordered == payment.Closed) {
				continue
			}
			v := camp.Judge(step[s.Key], f.Application, f.Division, window.At(now))
			if open := s.State == journey.Now && (s.Why == "" || s.Why == journey.Voided); open != v.Accepts() {
				t.Errorf("%s is %s %s at %s, the judge says %s (%s)", s.Key, s.State, s.Why, now, v.State, v.Reason)
			}
		}
	})
}
