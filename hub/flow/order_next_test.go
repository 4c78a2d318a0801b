package flow_test

import (
	"fmt"
	"slices"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
)

// TestNextOrder is the table of what becomes of an order (A41–A43, issue 8).
func TestNextOrder(t *testing.T) {
	const fee, other = 17_000, 16_000
	order := func(change func(*payment.Order)) *payment.Order {
		o := &payment.Order{Number: "1", State: payment.Open, Level: "3", Fen: fee, Point: here, DueAt: 1000, Cause: string(flow.CauseConfirmed), ArrivedAt: 5}
		if change != nil {
			change(o)
		}
		return o
	}
	in := func(s payment.State) *payment.Order { return order(func(o *payment.Order) { o.State = s }) }
	slip := func(s payment.State) *payment.Order {
		return order(func(o *payment.Order) { o.State, o.Cause, o.ArrivedAt = s, string(flow.CauseSlip), 0 })
	}
	stands := flow.OrderFacts{Opens: rules.OpensConfirmed, Stands: confirmation.InForce, Record: "r", Level: "3", Fee: fee, Point: here, Due: 1000, Now: 500}
	for name, c := range map[string]struct {
		change func(*flow.OrderFacts)
		want   flow.OrderStep
	}{
		"a confirmation stands":              {func(f *flow.OrderFacts) {}, flow.OpensOrder},
		"… its time pending":                 {func(f *flow.OrderFacts) { f.Stands = confirmation.TimePending }, flow.OpensOrder},
		"… disputed":                         {func(f *flow.OrderFacts) { f.Stands = confirmation.Disputed }, flow.KeepsOrder},
		"… none":                             {func(f *flow.OrderFacts) { f.Stands = "" }, flow.KeepsOrder},
		"… and she withdrew":                 {func(f *flow.OrderFacts) { f.Withdrawn = true }, flow.KeepsOrder},
		"… where nothing is paid":            {func(f *flow.OrderFacts) { f.Opens = "" }, flow.KeepsOrder},
		"… where papers open":                {func(f *flow.OrderFacts) { f.Opens = rules.OpensPapers }, flow.KeepsOrder},
		"… of a level without a fee":         {func(f *flow.OrderFacts) { f.Fee = 0 }, flow.KeepsOrder},
		"it stands again after one was left": {func(f *flow.OrderFacts) { f.Order = in(payment.Left) }, flow.OpensOrder},
		"open, and nothing new":              {func(f *flow.OrderFacts) { f.Order = order(nil) }, flow.KeepsOrder},
		"open, and disputed": {func(f *flow.OrderFacts) {
			f.Order, f.Stands, f.Fee, f.Level = order(nil), confirmation.Disputed, other, "1"
		}, flow.KeepsOrder},
		"open, and taken back":               {func(f *flow.OrderFacts) { f.Order, f.Stands = order(nil), "" }, flow.EndsOrder},
		"open, and withdrawn":                {func(f *flow.OrderFacts) { f.Order, f.Withdrawn = order(nil), true }, flow.EndsOrder},
		"closed, and withdrawn":              {func(f *flow.OrderFacts) { f.Order, f.Withdrawn = in(payment.Closed), true }, flow.EndsOrder},
		"paid, and withdrawn":                {func(f *flow.OrderFacts) { f.Order, f.Withdrawn = in(payment.Paid), true }, flow.KeepsOrder},
		"paid, and taken back":               {func(f *flow.OrderFacts) { f.Order, f.Stands = in(payment.Paid), "" }, flow.KeepsOrder},
		"waived, and taken back":             {func(f *flow.OrderFacts) { f.Order, f.Stands = in(payment.Waived), "" }, flow.KeepsOrder},
		"by papers, and no confirmation yet": {func(f *flow.OrderFacts) { f.Order, f.Stands, f.Opens = order(nil), "", rules.OpensPapers }, flow.KeepsOrder},
		"by papers, and withdrawn":           {func(f *flow.OrderFacts) { f.Order, f.Withdrawn, f.Opens = order(nil), true, rules.OpensPapers }, flow.EndsOrder},
		"open, of another fee":               {func(f *flow.OrderFacts) { f.Order, f.Fee, f.Level = order(nil), other, "1" }, flow.RenewsOrder},
		"open, of no fee by now":             {func(f *flow.OrderFacts) { f.Order, f.Fee = order(nil), 0 }, flow.EndsOrder},
		"open, another level of the fee":     {func(f *flow.OrderFacts) { f.Order, f.Level = order(nil), "2" }, flow.RelabelsOrder},
		"open, another point":                {func(f *flow.OrderFacts) { f.Order, f.Point = order(nil), there }, flow.RelabelsOrder},
		"paid, another point":                {func(f *flow.OrderFacts) { f.Order, f.Point = in(payment.Paid), there }, flow.KeepsOrder},
		"open, and more time":                {func(f *flow.OrderFacts) { f.Order, f.Due = order(nil), 2000 }, flow.ExtendsOrder},
		"open, and less time":                {func(f *flow.OrderFacts) { f.Order, f.Due = order(nil), 900 }, flow.KeepsOrder},
		"closed, and more time":              {func(f *flow.OrderFacts) { f.Order, f.Due, f.Now = in(payment.Closed), 2000, 1500 }, flow.ExtendsOrder},
		"closed, more time, and void":        {func(f *flow.OrderFacts) { f.Order, f.Due, f.Now, f.Void = in(payment.Closed), 2000, 1500, true }, flow.KeepsOrder},
		"closed, and that is over too":       {func(f *flow.OrderFacts) { f.Order, f.Due, f.Now = in(payment.Closed), 2000, 2500 }, flow.KeepsOrder},
		"without an end, and there is one":   {func(f *flow.OrderFacts) { f.Order = order(func(o *payment.Order) { o.DueAt = 0 }) }, flow.KeepsOrder},
		"by a slip, not come":                {func(f *flow.OrderFacts) { f.Order, f.Stands, f.Fee = slip(payment.Open), "", other }, flow.KeepsOrder},
		"by a slip, and come":                {func(f *flow.OrderFacts) { f.Order, f.Came = slip(payment.Open), true }, flow.JoinsOrder},
		"by a slip, paid, and come":          {func(f *flow.OrderFacts) { f.Order, f.Came = slip(payment.Paid), true }, flow.JoinsOrder},
		"by a slip, come and taken back":     {func(f *flow.OrderFacts) { f.Order, f.Stands, f.Came = slip(payment.Open), "", true }, flow.EndsOrder},
		"by a slip, and withdrawn":           {func(f *flow.OrderFacts) { f.Order, f.Stands, f.Withdrawn = slip(payment.Open), "", true }, flow.EndsOrder},
		"paid, another fee by her level":     {func(f *flow.OrderFacts) { f.Order, f.Fee, f.Level = in(payment.Paid), other, "1" }, flow.NotesDifference},
		"… noted":                            {func(f *flow.OrderFacts) { f.Order, f.Fee, f.Level, f.Noted = in(payment.Paid), other, "1", other }, flow.KeepsOrder},
		"… settled": {func(f *flow.OrderFacts) {
			f.Order, f.Fee, f.Level, f.Noted, f.Settled = in(payment.Paid), other, "1", other, true
		}, flow.KeepsOrder},
		"… and yet another": {func(f *flow.OrderFacts) { f.Order, f.Fee, f.Level, f.Noted = in(payment.Paid), 1, "1", other }, flow.NotesDifference},
		"… and back again":  {func(f *flow.OrderFacts) { f.Order, f.Noted = in(payment.Paid), other }, flow.DropsDifference},
		"… while the county decides": {func(f *flow.OrderFacts) {
			f.Order, f.Fee, f.Level, f.Stands = in(payment.Paid), other, "1", confirmation.Disputed
		}, flow.KeepsOrder},
		"… while none stands":                {func(f *flow.OrderFacts) { f.Order, f.Fee, f.Level, f.Stands = in(payment.Paid), other, "1", "" }, flow.KeepsOrder},
		"paid, and the fee of all was moved": {func(f *flow.OrderFacts) { f.Order, f.Fee = in(payment.Paid), other }, flow.KeepsOrder},
	} {
		f := stands
		c.change(&f)
		if got := flow.NextOrder(f); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestValid: confirmed, and paid or waived, makes a registration valid, and nothing
// else does (A42).
func TestValid(t *testing.T) {
	adult := rules.Adult2019()
	for _, confirmed := range []bool{false, true} {
		for _, s := range []payment.State{"", payment.Open, payment.Paid, payment.Waived, payment.Closed, payment.Left} {
			var o *payment.Order
			if s != "" {
				o = &payment.Order{State: s}
			}
			want := confirmed && (s == payment.Paid || s == payment.Waived)
			if got := flow.Valid(adult, "3", confirmed, o); got != want {
				t.Errorf("confirmed %v, order %q: %v, want %v", confirmed, s, got, want)
			}
			free := rules.Adult2019()
			free.Fees[2].Fen = 0
			if got := flow.Valid(free, "3", confirmed, o); got != confirmed {
				t.Errorf("a level without a fee, confirmed %v, order %q: %v", confirmed, s, got)
			}
			none := rules.Adult2019()
			none.Payment = rules.Payment{}
			if got := flow.Valid(none, "3", confirmed, o); got != confirmed {
				t.Errorf("a campaign without payment, confirmed %v, order %q: %v", confirmed, s, got)
			}
		}
	}
}

// TestNumbers: an order's number can be typed by a person, who is told of a slip of
// the hand, and cannot be taken for a number of one.
func TestNumbers(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		n := payment.NewNumber(2019, "430000")
		if len(n) != 20 || !payment.IsNumber(n) || seen[n] {
			t.Fatalf("drew %s", n)
		}
		seen[n] = true
		for i := range n {
			for d := byte('0'); d <= '9'; d++ {
				wrong := n[:i] + string(d) + n[i+1:]
				if wrong != n && payment.IsNumber(wrong) {
					t.Fatalf("%s passes for %s", wrong, n)
				}
			}
		}
		for i := 0; i+18 <= len(n); i++ {
			if birth := n[i+6 : i+10]; birth >= "1900" && birth <= "2100" {
				t.Fatalf("%s holds what looks like a resident's number", n)
			}
		}
	}
	for _, s := range []string{"", "2019", "2019430000123456789x", fmt.Sprint(1 << 60)} {
		if payment.IsNumber(s) {
			t.Errorf("%q is taken for one", s)
		}
	}
}

// TestSitters: who is recommended for the gaokao sits no paper and needs no seat.
func TestSitters(t *testing.T) {
	if got := flow.Sitters(rules.Gaokao2014()).Sits; slices.Contains(got, "21") || slices.Contains(got, "25") || !slices.Contains(got, "99") {
		t.Errorf("these sit: %v", got)
	}
}
