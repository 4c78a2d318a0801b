package journey_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/journey"
	"zhunkao/hub/payment"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// on is a civil time of the campaign's year.
func on(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, window.Zone())
	if err != nil {
		panic(err)
	}
	return t
}

const (
	changsha = "430104" // its people first, others from 6 September
	yiyang   = "430902" // everybody, from 2 September
)

// person is a candidate of a point with a household.
func person(division, household string) form.Application {
	point := ""
	if division != "" {
		point = division + "01"
	}
	return form.Application{Point: point, Fields: form.Fields{form.Household: household},
		Choices: []form.Choice{{Order: 1, Level: "3", Category: "31"}}}
}

// said writes the stages as a person reads them down the line.
func said(stages []journey.Stage) string {
	var out []string
	for _, s := range stages {
		text := string(s.Key) + " " + string(s.State)
		if s.Why != "" {
			text += " " + string(s.Why)
		}
		if s.Do != "" {
			text += " →" + string(s.Do)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

func in(state confirmation.State) []journey.Confirmation {
	return []journey.Confirmation{{State: state, At: on("2019-09-06 10:31"), Received: on("2019-09-06 10:32")}}
}

func TestOf(t *testing.T) {
	adult, gaokao := campaign.Adult2019(), campaign.Gaokao2014()
	registered := func(f journey.Facts) journey.Facts {
		f.HasAccount, f.PledgedAt, f.SubmittedAt = true, on("2019-09-03 20:00"), on("2019-09-03 20:14")
		if f.Application.Fields == nil {
			f.Application, f.Division = person(changsha, changsha), changsha
		}
		return f
	}
	confirmed := func(f journey.Facts) journey.Facts {
		f = registered(f)
		f.Confirmed, f.Confirmations = true, in(confirmation.InForce)
		return f
	}
	begun := "account done\npledge done\n"
	filled := begun + "fill done\nsubmit done\n"
	after := "arrange ahead\nticket ahead\nsit ahead"
	pending := "receive ahead\npay off not-in-use\n" + after
	for _, c := range []struct {
		name string
		camp campaign.Campaign
		now  string
		f    journey.Facts
		want string
		next journey.Key
		by   string // of the next stage
	}{
		{"nothing yet", adult, "2019-09-03 10:00", journey.Facts{},
			"account now →sign-up\npledge ahead\nfill ahead\nsubmit ahead\nconfirm ahead\n" + pending, journey.Account, ""},
		{"before it opens", adult, "2019-09-01 10:00", journey.Facts{HasAccount: true},
			"account done\npledge now unchosen →sign\nfill ahead\nsubmit ahead\nconfirm ahead\n" + pending, journey.Pledge, "2019-09-12 00:00"},
		{"an account: the pledge comes first", adult, "2019-09-03 10:00", journey.Facts{HasAccount: true},
			"account done\npledge now unchosen →sign\nfill ahead\nsubmit ahead\nconfirm ahead\n" + pending, journey.Pledge, "2019-09-12 00:00"},
		{"half of the form, no point yet", adult, "2019-09-03 10:00", journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), Draft: true, Application: person("", changsha)},
			begun + "fill now unchosen →complete\nsubmit ahead\nconfirm ahead\n" + pending, journey.Fill, "2019-09-12 00:00"},
		{"filled in: look through and send", adult, "2019-09-03 10:00", journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), Draft: true, Complete: true, Application: person(changsha, changsha), Division: changsha},
			begun + "fill done\nsubmit now →send\nconfirm ahead\n" + pending, journey.Submit, "2019-09-12 00:00"},
		{"of another household: her time comes later", adult, "2019-09-03 10:00", journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), Draft: true, Complete: true, Application: person(changsha, "430902"), Division: changsha},
			begun + "fill done\nsubmit now opens →send\nconfirm ahead\n" + pending, journey.Submit, "2019-09-12 00:00"},
		{"never sent", adult, "2019-09-12 00:00", journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), Draft: true, Complete: true, Application: person(changsha, changsha), Division: changsha},
			begun + "fill done\nsubmit lost →ask\nconfirm off void\nreceive off void\npay off not-in-use\narrange off void\nticket off void\nsit off void", journey.Submit, "2019-09-12 00:00"},
		{"never begun", adult, "2019-09-20 00:00", journey.Facts{HasAccount: true},
			"account done\npledge lost →ask\nfill off void\nsubmit off void\nconfirm off void\nreceive off void\npay off not-in-use\narrange off void\nticket off void\nsit off void", journey.Pledge, ""},
		{"sent: go to the point", adult, "2019-09-05 10:00", registered(journey.Facts{}),
			filled + "confirm now →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"sent, and changed since", adult, "2019-09-05 10:00", registered(journey.Facts{Draft: true}),
			begun + "fill done\nsubmit done edited →send\nconfirm now →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"sent, not yet her days at the point", adult, "2019-09-03 10:00", registered(journey.Facts{Application: person(changsha, yiyang), Division: changsha}),
			filled + "confirm now opens →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"one second before the end", adult, "2019-09-11 23:59", registered(journey.Facts{}),
			filled + "confirm now →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"not confirmed: void (A41)", adult, "2019-09-12 00:00", registered(journey.Facts{}),
			filled + "confirm lost →ask\nreceive off void\npay off not-in-use\narrange off void\nticket off void\nsit off void", journey.Confirm, "2019-09-12 00:00"},
		{"confirmed; this hub takes no payments", adult, "2019-09-07 10:00", confirmed(journey.Facts{}),
			filled + "confirm done\nreceive done\npay off not-in-use\n" + after, journey.Arrange, "2019-10-17 00:00"},
		{"confirmed, to pay", adult, "2019-09-07 10:00", confirmed(journey.Facts{Paying: true}),
			filled + "confirm done\nreceive done\npay now →pay\n" + after, journey.Pay, "2019-09-12 00:00"},
		{"confirmed, and her order will be opened", adult, "2019-09-12 00:00", confirmed(journey.Facts{Paying: true}),
			filled + "confirm done\nreceive done\npay now ordering →wait\n" + after, journey.Pay, "2019-09-12 00:00"},
		{"an order with an end of its own", adult, "2019-09-13 10:00", confirmed(journey.Facts{Paying: true, Ordered: payment.Open, PayBy: on("2019-09-14 00:00")}),
			filled + "confirm done\nreceive done\npay now →pay\n" + after, journey.Pay, "2019-09-14 00:00"},
		{"its end has come, and nobody has closed it", adult, "2019-09-14 00:00", confirmed(journey.Facts{Paying: true, Ordered: payment.Open, PayBy: on("2019-09-14 00:00")}),
			filled + "confirm done\nreceive done\npay now checking →wait\n" + after, journey.Pay, "2019-09-14 00:00"},
		{"waived", adult, "2019-09-13 10:00", confirmed(journey.Facts{Paying: true, Ordered: payment.Waived, PaidAt: on("2019-09-08 12:00")}),
			filled + "confirm done\nreceive done\npay done waived\n" + after, journey.Arrange, "2019-10-17 00:00"},
		{"not paid: void (A41)", adult, "2019-09-12 00:00", confirmed(journey.Facts{Paying: true, Ordered: payment.Closed, PayBy: on("2019-09-12 00:00")}),
			filled + "confirm done\nreceive done\npay lost →ask\narrange off void\nticket off void\nsit off void", journey.Pay, "2019-09-12 00:00"},
		{"money after the close: the office decides", adult, "2019-09-12 10:00", confirmed(journey.Facts{Paying: true, Ordered: payment.Closed, PayBy: on("2019-09-12 00:00"), Held: true}),
			filled + "confirm done\nreceive done\npay now money-late →wait\n" + after, journey.Pay, "2019-09-12 00:00"},
		{"paid", adult, "2019-09-12 00:00", confirmed(journey.Facts{Paying: true, PaidAt: on("2019-09-08 12:00")}),
			filled + "confirm done\nreceive done\npay done\n" + after, journey.Arrange, "2019-10-17 00:00"},
		{"being arranged", adult, "2019-10-01 10:00", confirmed(journey.Facts{}),
			filled + "confirm done\nreceive done\npay off not-in-use\narrange now →wait\nticket ahead\nsit ahead", journey.Arrange, "2019-10-17 00:00"},
		{"nothing came of the arrangement", adult, "2019-10-18 10:00", confirmed(journey.Facts{}),
			filled + "confirm done\nreceive done\npay off not-in-use\narrange ahead late\nticket ahead\nsit ahead", journey.Arrange, "2019-10-17 00:00"},
		{"print the ticket", adult, "2019-10-18 10:00", confirmed(journey.Facts{ArrangedAt: on("2019-10-15 10:00")}),
			filled + "confirm done\nreceive done\npay off not-in-use\narrange done\nticket now →print\nsit ahead", journey.Ticket, "2019-10-28 00:00"},
		{"all is over", adult, "2019-10-28 00:00", confirmed(journey.Facts{ArrangedAt: on("2019-10-15 10:00")}),
			filled + "confirm done\nreceive done\npay off not-in-use\narrange done\nticket done\nsit done", "", ""},
		{"confirmed twice (待裁)", adult, "2019-09-12 00:00", registered(journey.Facts{Confirmed: true, Confirmations: append(in(confirmation.Disputed), in(confirmation.Disputed)...)}),
			filled + "confirm now disputed →wait\nreceive done\npay off not-in-use\n" + after, journey.Confirm, ""},
		{"signed at a time nobody vouches for (时间待核)", adult, "2019-09-12 00:00", registered(journey.Facts{Confirmed: true, Confirmations: in(confirmation.TimePending)}),
			filled + "confirm now time-pending →wait\nreceive done\npay off not-in-use\n" + after, journey.Confirm, ""},
		{"taken back in time", adult, "2019-09-08 10:00", registered(journey.Facts{Confirmations: []journey.Confirmation{{Taken: true}}}),
			filled + "confirm now voided →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"taken back, and the days are over", adult, "2019-09-12 00:00", registered(journey.Facts{Confirmations: []journey.Confirmation{{Taken: true}}}),
			filled + "confirm lost voided →ask\nreceive off void\npay off not-in-use\narrange off void\nticket off void\nsit off void", journey.Confirm, "2019-09-12 00:00"},
		{"taken back, and done again", adult, "2019-09-08 10:00", registered(journey.Facts{Confirmed: true, Confirmations: append([]journey.Confirmation{{Taken: true}}, in(confirmation.InForce)...)}),
			filled + "confirm done\nreceive done\npay off not-in-use\n" + after, journey.Arrange, "2019-10-17 00:00"},
		{"done at the point, and what came could not be taken", adult, "2019-09-08 10:00", registered(journey.Facts{SetAside: true}),
			filled + "confirm now set-aside →ask\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"an office registered her", adult, "2019-09-05 10:00", journey.Facts{SubmittedAt: on("2019-09-03 20:14"), Application: person(yiyang, changsha), Division: yiyang},
			"fill done\nsubmit done\nconfirm now →go\n" + pending, journey.Confirm, "2019-09-12 00:00"},
		{"a campaign without the fee in this hub, at its point first", gaokao, "2013-11-05 10:00", journey.Facts{HasAccount: true, PledgedAt: on("2013-11-02 10:00"), SubmittedAt: on("2013-11-02 11:00"), Paying: true,
			Application: form.Application{Point: changsha + "01", Choices: []form.Choice{{Order: 1, Level: "1", Category: "11"}}}, Division: changsha},
			filled + "pay now →go\nconfirm ahead\nreceive ahead\n" + after, journey.Pay, "2013-11-11 00:00"},
		{"pupils of the arts have less time", gaokao, "2013-11-05 10:00", journey.Facts{HasAccount: true, PledgedAt: on("2013-11-02 10:00"), SubmittedAt: on("2013-11-02 11:00"),
			Application: form.Application{Point: changsha + "01", Choices: []form.Choice{{Order: 1, Level: "1", Category: "13"}}}, Division: changsha},
			filled + "pay off not-in-use\nconfirm now →go\nreceive ahead\n" + after, journey.Confirm, "2013-11-21 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stages := journey.Of(c.camp, c.f, on(c.now))
			if got := said(stages); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			next, ok := journey.Next(stages)
			if ok != (c.next != "") || next.Key != c.next {
				t.Errorf("next is %q, want %q", next.Key, c.next)
			}
			by := ""
			if !next.By.IsZero() {
				by = next.By.In(window.Zone()).Format("2006-01-02 15:04")
			}
			if by != c.by {
				t.Errorf("to be done by %q, want %q", by, c.by)
			}
		})
	}
}

// TestTimes: pauses, later times and places without one are said as they are.
func TestTimes(t *testing.T) {
	base := campaign.Adult2019()
	sent := journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), SubmittedAt: on("2019-09-03 09:30"), Application: person(yiyang, yiyang), Division: yiyang}
	revised := func(change func(window.Window) []window.Window) campaign.Campaign {
		c := base
		c.Windows = nil
		for _, w := range base.Windows {
			if w.ID == "confirm-others" {
				c.Windows = append(c.Windows, change(w)...)
			} else {
				c.Windows = append(c.Windows, w)
			}
		}
		return c
	}
	for _, c := range []struct {
		name                 string
		camp                 campaign.Campaign
		now                  string
		want                 string
		from, until, by      string
		stageKey, stageState string
	}{
		{"paused without an end", revised(func(w window.Window) []window.Window {
			w.Pauses = []window.Pause{{From: on("2019-09-05 00:00")}}
			return []window.Window{w}
		}), "2019-09-05 10:00", "confirm now paused →wait", "", "", "2019-09-05 00:00", "confirm", "now"},
		{"paused for ever is not lost", revised(func(w window.Window) []window.Window {
			w.Pauses = []window.Pause{{From: on("2019-09-05 00:00")}}
			return []window.Window{w}
		}), "2019-09-11 10:00", "confirm now paused →wait", "", "", "2019-09-05 00:00", "confirm", "now"},
		{"paused until it goes on", revised(func(w window.Window) []window.Window {
			w.Pauses = []window.Pause{{From: on("2019-09-05 00:00"), To: on("2019-09-07 00:00")}}
			return []window.Window{w}
		}), "2019-09-05 10:00", "confirm now paused →wait", "2019-09-07 08:00", "", "2019-09-12 00:00", "confirm", "now"},
		{"two times: only the end of the second voids", revised(func(w window.Window) []window.Window {
			later := w
			w.To, later.ID, later.From, later.To = on("2019-09-05 00:00"), "confirm-more", on("2019-09-10 00:00"), on("2019-09-13 00:00")
			return []window.Window{w, later}
		}), "2019-09-04 10:00", "confirm now →go", "", "2019-09-05 00:00", "2019-09-13 00:00", "confirm", "now"},
		{"between two times", revised(func(w window.Window) []window.Window {
			later := w
			w.To, later.ID, later.From, later.To = on("2019-09-05 00:00"), "confirm-more", on("2019-09-10 00:00"), on("2019-09-13 00:00")
			return []window.Window{w, later}
		}), "2019-09-06 10:00", "confirm now opens →go", "2019-09-10 08:00", "", "2019-09-13 00:00", "confirm", "now"},
		{"extended after the end", revised(func(w window.Window) []window.Window {
			w.Revision, w.To = w.Revision+1, on("2019-09-15 00:00")
			return []window.Window{w}
		}), "2019-09-13 10:00", "confirm now →go", "", "2019-09-15 00:00", "2019-09-15 00:00", "confirm", "now"},
		{"no time for her there", revised(func(w window.Window) []window.Window {
			w.Scope.Households = []string{"430100"}
			return []window.Window{w}
		}), "2019-09-05 10:00", "confirm now not-for-her →choose", "", "", "", "confirm", "now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stages := journey.Of(c.camp, sent, on(c.now))
			i := slices.IndexFunc(stages, func(s journey.Stage) bool { return s.Key == journey.Confirm })
			s := stages[i]
			if got := said(stages[i : i+1]); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			for _, x := range []struct {
				name string
				got  time.Time
				want string
			}{{"from", s.From, c.from}, {"until", s.Until, c.until}, {"by", s.By, c.by}} {
				got := ""
				if !x.got.IsZero() {
					got = x.got.In(window.Zone()).Format("2006-01-02 15:04")
				}
				if got != x.want {
					t.Errorf("%s: got %q, want %q", x.name, got, x.want)
				}
			}
		})
	}
}

// BenchmarkOf is one person's stages, beside which a status page has little else
// to reckon.
func BenchmarkOf(b *testing.B) {
	j := journey.New(campaign.Adult2019())
	f := journey.Facts{HasAccount: true, PledgedAt: on("2019-09-03 09:00"), SubmittedAt: on("2019-09-03 09:30"), Application: person(changsha, changsha), Division: changsha}
	now := on("2019-09-05 10:00")
	b.ReportAllocs()
	for b.Loop() {
		if len(j.Of(f, now)) == 0 {
			b.Fatal("no stages")
		}
	}
}
