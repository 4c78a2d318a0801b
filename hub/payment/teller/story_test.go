package teller_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/window"
)

// What can go wrong between a channel and the books, one after the other, before each
// channel on each database (faults 36 and 37, domain §4.5). After all of it the ledger
// adds up.
func TestBetweenChannelAndBooks(t *testing.T) {
	t.Parallel()
	shops(t, func(t *testing.T, s *shop) {
		for _, c := range []struct {
			name string
			run  func(*shop)
		}{
			{"a notice pays once, however often it comes", noticeTwice},
			{"a notice that is lost is asked for", noticeLost},
			{"a notice that comes late is nothing new", noticeLate},
			{"a notice before the channel's own answer", noticeBeforeAnswer},
			{"notices of two orders out of order", outOfOrder},
			{"another amount lies in suspense", otherAmount},
			{"what is not the channel's word changes nothing", forged},
			{"a question contradicts a notice", disagrees},
			{"paid twice, by two ways", paidTwice},
			{"money after the close", afterClose},
			{"money in the last moment", lastMoment},
			{"channel away for hours, at the close", awayAtClose},
			{"answers that are none", badAnswers},
			{"a code that is over gives way to another", codeOver},
			{"one who has paid and does not see it asks", asksNow},
			{"answers that cannot be booked", asksInVain},
			{"a refund is followed until it is made", refundMade},
			{"a refund that cannot be made", refundFails},
			{"a channel that is not done with it by the end", undecided}, // the last: channels take no notice from a day ahead
		} {
			ok := t.Run(c.name, func(t *testing.T) {
				s.t = t
				c.run(s)
				s.balance(payment.Fees)
			})
			if !ok {
				return // those after it stand on the same books
			}
		}
	})
}

func noticeTwice(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	if again := s.offer(o); again != a || a.Number != o.Number || a.Order != o.Number {
		s.t.Errorf("the same order again: %+v, then %+v", a, again)
	}
	n := s.pays(a.Number, "")
	_, thanks := s.made.Thanks()
	for range 3 {
		if status, body := s.deliver(n); status != http.StatusOK || body != thanks {
			s.t.Errorf("answered %d %q", status, body)
		}
	}
	got := s.stands(o, payment.Paid)
	if all := s.standings(o); !slices.Equal(all, []string{"pays"}) || got.EndedAt != s.clock.ms.Load()/1000*1000 {
		s.t.Errorf("%v, paid at %d", all, got.EndedAt)
	}
	if all := s.attempts(o); len(all) != 1 || all[0].State != teller.Paid {
		s.t.Errorf("%+v", all)
	}
	if _, _, err := s.teach.Offer(s.t.Context(), o, s.name, channel.Scan, "", ""); !errors.Is(err, teller.ErrShut) {
		s.t.Errorf("a code for what is paid: %v", err)
	}
}

func noticeLost(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	s.later(14 * time.Second)
	if all := s.attempts(o); all[0].Tries != 0 {
		s.t.Errorf("asked before its time: %+v", all[0])
	}
	for i, pause := range []time.Duration{time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute, 5 * time.Minute} {
		s.later(pause)
		if all := s.attempts(o); all[0].Tries != i+1 || all[0].State != teller.Live {
			s.t.Fatalf("after %d questions: %+v", i+1, all[0])
		}
	}
	s.pays(a.Number, "") // and nobody says so
	s.later(4 * time.Minute)
	s.stands(o, payment.Open)
	s.later(time.Minute)
	s.stands(o, payment.Paid)
	if all := s.attempts(o); all[0].State != teller.Paid {
		s.t.Errorf("%+v", all[0])
	}
}

func noticeLate(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	n := s.pays(a.Number, "")
	s.later(15 * time.Second)
	s.stands(o, payment.Paid)
	if status, _ := s.deliver(n); status != http.StatusOK {
		s.t.Errorf("answered %d", status)
	}
	if all := s.standings(o); !slices.Equal(all, []string{"pays"}) {
		s.t.Errorf("%v", all)
	}
}

// early is a channel whose notice is there before its answer.
type early struct {
	channel.Channel
	between func()
}

func (e early) Offer(ctx context.Context, a channel.Ask) (channel.Offer, error) {
	o, err := e.Channel.Offer(ctx, a)
	e.between()
	return o, err
}

func noticeBeforeAnswer(s *shop) {
	o := s.order(24 * time.Hour)
	e := early{Channel: s.made, between: func() {
		if status, _ := s.deliver(s.pays(o.Number, "")); status != http.StatusOK {
			s.t.Errorf("answered %d", status)
		}
	}}
	if _, _, err := s.teller(s.d, e).Offer(s.t.Context(), o, s.name, channel.Scan, "", ""); err != nil {
		s.t.Fatal(err)
	}
	s.stands(o, payment.Paid)
	if all := s.attempts(o); len(all) != 1 || all[0].State != teller.Paid {
		s.t.Errorf("%+v", all)
	}
}

func outOfOrder(s *shop) {
	first, second := s.order(24*time.Hour), s.order(24*time.Hour)
	one := s.pays(s.offer(first).Number, "")
	s.clock.ms.Add(2000)
	two := s.pays(s.offer(second).Number, "")
	s.deliver(two)
	s.stands(first, payment.Open)
	s.stands(second, payment.Paid)
	s.deliver(one)
	s.stands(first, payment.Paid)
}

func otherAmount(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	if status, _ := s.deliver(s.pays(a.Number, "amount")); status != http.StatusOK {
		s.t.Errorf("money is refused: %d", status)
	}
	s.stands(o, payment.Open)
	if all := s.standings(o); !slices.Equal(all, []string{"other-fee"}) {
		s.t.Errorf("%v", all)
	}
}

func forged(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	before := s.count()
	spoils := map[string][]string{
		"wechat":   {"unsigned", "other-key", "stale", "no-time", "other-nonce", "body", "secret"},
		"alipay":   {"unsigned", "other-key", "stale", "body", "twice"},
		"unionpay": {"unsigned", "other-key", "other-root", "other-name", "stale", "body", "twice"},
	}[s.name]
	for _, spoil := range spoils {
		if status, body := s.deliver(s.pays(a.Number, spoil)); status != http.StatusUnauthorized || body != "fail" {
			s.t.Errorf("%s: %d %q", spoil, status, body)
		}
	}
	foreign := []string{"merchant", "currency"}
	for _, spoil := range foreign {
		if status, _ := s.deliver(s.pays(a.Number, spoil)); status != http.StatusForbidden {
			s.t.Errorf("%s: %d", spoil, status)
		}
	}
	if status, _ := s.deliver(s.pays(a.Number, "state")); status != http.StatusUnprocessableEntity {
		s.t.Errorf("state: %d", status)
	}
	after := s.count()
	if int(after.Forged-before.Forged) != len(spoils) || int(after.Foreign-before.Foreign) != len(foreign) || after.Unmeant-before.Unmeant != 1 || after.Booked != before.Booked {
		s.t.Errorf("counted %+v, before %+v", after, before)
	}
	s.stands(o, payment.Open)
	if all := s.standings(o); len(all) != 0 {
		s.t.Errorf("%v", all)
	}
	s.later(15 * time.Second) // what was paid all the same is found by asking
	s.stands(o, payment.Paid)
}

func (s *shop) count() teller.Counts { return s.teach.Counts()[0] }

func disagrees(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	s.deliver(s.pays(a.Number, ""))
	s.peer.Turn("alter", map[string]string{"order": a.Number, "fen": "15000"}, nil)
	before := s.count().Conflict
	f, err := s.teach.AskNow(s.t.Context(), o)
	if err != nil || f.Asked != 0 {
		s.t.Errorf("asked about what is paid: %+v %v", f, err)
	}
	if status, _ := s.deliver(s.pays(a.Number, "")); status != http.StatusOK { // the same movement, another amount
		s.t.Errorf("answered %d", status)
	}
	s.deliver(s.pays(a.Number, ""))
	var all []teller.Conflict
	s.write(func(tx *db.Tx) (err error) { all, err = teller.Conflicts(s.t.Context(), tx, o.Number, 9); return err })
	if len(all) != 1 || all[0].Said.Fen != 15000 || all[0].Said.Channel != s.name || s.count().Conflict-before != 2 {
		s.t.Fatalf("%+v, %d counted", all, s.count().Conflict-before)
	}
	if got := s.standings(o); !slices.Equal(got, []string{"pays"}) {
		s.t.Errorf("%v", got)
	}
	settle := func(tx *db.Tx) error {
		return teller.SettleConflict(s.t.Context(), tx, all[0].ID, "first", "second", "对账单上是160元", s.clock.ms.Load())
	}
	s.write(settle)
	if err := s.d.Write(s.t.Context(), settle); !errors.Is(err, teller.ErrNotFound) {
		s.t.Errorf("settled twice: %v", err)
	}
}

func paidTwice(s *shop) {
	o := s.order(24 * time.Hour)
	scan := s.offer(o)
	made, page, err := s.teach.Offer(s.t.Context(), o, s.name, channel.Phone, "192.0.2.1", "https://pay.example.org/ks/pay")
	if err != nil || made.Page == "" || page.Number != payment.Asked(o.Number, 2) {
		s.t.Fatalf("%+v %+v %v", made, page, err)
	}
	if s.name != "wechat" { // the peer knows of it when her browser gets there
		s.stands(o, payment.Open)
		return
	}
	s.deliver(s.pays(page.Number, ""))
	s.stands(o, payment.Paid)
	n := s.pays(scan.Number, "") // before it could be closed
	s.deliver(n)
	if all := s.standings(o); !slices.Equal(all, []string{"again", "pays"}) {
		s.t.Errorf("%v", all)
	}
	if s.balance(payment.Suspense) == 0 {
		s.t.Error("nothing lies in suspense")
	}
}

func afterClose(s *shop) {
	o := s.order(10 * time.Minute)
	a := s.offer(o)
	s.scan(a)
	if a.Until != o.DueAt {
		s.t.Errorf("the code lives until %d, the order until %d", a.Until, o.DueAt)
	}
	s.later(9 * time.Minute)
	s.over(a)
	s.later(time.Minute) // its channel closes it, or has no way to
	s.later(time.Minute)
	s.later(5 * time.Minute)
	s.stands(o, payment.Closed)
	if all := s.attempts(o); all[0].State != teller.Ended {
		s.t.Fatalf("%+v", all[0])
	}
	if status, _ := s.deliver(s.pays(a.Number, "")); status != http.StatusOK { // and yet
		s.t.Errorf("answered %d", status)
	}
	s.stands(o, payment.Closed)
	if all := s.standings(o); !slices.Equal(all, []string{"late"}) {
		s.t.Errorf("%v", all)
	}
	if all := s.attempts(o); all[0].State != teller.Paid {
		s.t.Errorf("%+v", all[0])
	}
}

func lastMoment(s *shop) {
	o := s.order(10 * time.Minute)
	a := s.offer(o)
	s.clock.ms.Add((9*time.Minute + 59*time.Second).Milliseconds())
	s.pays(a.Number, "") // and the notice is lost
	s.later(2 * time.Second)
	got := s.stands(o, payment.Paid)
	if got.EndedAt >= o.DueAt {
		s.t.Errorf("paid at %d, due at %d", got.EndedAt, o.DueAt)
	}
}

// saying is a channel whose answers to a question are the test's.
type saying struct {
	channel.Channel
	says func(channel.Ask) (channel.Word, error)
}

func (c saying) Query(_ context.Context, a channel.Ask) (channel.Word, error) { return c.says(a) }

// undecided: what can only end by itself and is said to be under way is not taken for
// ended while the channel may still say that it was paid in time; a day later it is.
func undecided(s *shop) {
	if s.name != "unionpay" {
		return // the others close it
	}
	paid, never := s.order(10*time.Minute), s.order(10*time.Minute)
	a, b := s.offer(paid), s.offer(never)
	at := s.clock.now().Add(9 * time.Minute).In(window.Zone()).Format(time.RFC3339)
	s.later(11 * time.Minute)
	for range 4 {
		s.later(time.Hour)
	}
	s.stands(paid, payment.Open)
	if all := s.attempts(paid); all[0].State != teller.Live {
		s.t.Fatalf("%+v", all[0])
	}
	s.peer.Pay(map[string]string{"order": a.Number, "at": at}) // and the notice is lost
	s.later(5 * time.Minute)
	if got := s.stands(paid, payment.Paid); got.EndedAt >= got.DueAt {
		s.t.Errorf("paid at %d, due at %d", got.EndedAt, got.DueAt)
	}
	s.stands(never, payment.Open)
	s.later(20 * time.Hour)
	s.stands(never, payment.Closed)
	if all := s.attempts(never); all[0].Number != b.Number || all[0].State != teller.Ended {
		s.t.Errorf("%+v", all[0])
	}
}

// asksInVain: who asks where her money is gets an answer, whatever the channel says.
func asksInVain(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	refused := &channel.RefusedError{Code: "PARAM_ERROR"}
	for _, err := range []error{refused, channel.ErrForeign, errors.New("no sense")} {
		teach := s.teller(s.d, saying{s.made, func(channel.Ask) (channel.Word, error) { return channel.Word{}, err }})
		f, got := teach.AskNow(s.t.Context(), o)
		if got != nil || f.Asked != 1 || !slices.Equal(f.Away, []string{s.name}) || f.Held || f.Order.State != payment.Open {
			s.t.Errorf("%v: %+v %v", err, f, got)
		}
	}
	moved := payment.Movement{Channel: s.name, Kind: payment.Payment, Number: "vain-" + o.Number, Order: o.Number, Fen: payment.MaxFen + 1, At: s.clock.ms.Load(), Source: payment.ByQuery}
	teach := s.teller(s.d, saying{s.made, func(channel.Ask) (channel.Word, error) {
		return channel.Word{State: channel.Moved, Kind: payment.Payment, Order: a.Number, Movement: moved}, nil
	}})
	if f, err := teach.AskNow(s.t.Context(), o); err != nil || !f.Held || len(f.Away) != 0 || f.Order.State != payment.Open {
		s.t.Errorf("an amount that no fee has: %+v %v", f, err)
	}
}

func awayAtClose(s *shop) {
	paid, not := s.order(10*time.Minute), s.order(10*time.Minute)
	a, b := s.offer(paid), s.offer(not)
	s.scan(b)
	s.pays(a.Number, "")
	s.knob("500")
	s.over(b)
	for range 30 {
		s.later(6 * time.Minute)
	}
	s.stands(paid, payment.Open)
	s.stands(not, payment.Open)
	if c := s.teach.Choices([]string{s.name, "cash"}); len(c) != 1 || c[0].Down.IsZero() {
		s.t.Errorf("nobody says that it is away: %+v", c)
	}
	if all := s.attempts(not); all[0].State != teller.Live || all[0].Away == 0 {
		s.t.Errorf("%+v", all[0])
	}
	s.knob("")
	s.back()
	for range 4 {
		s.later(6 * time.Minute)
	}
	s.stands(paid, payment.Paid)
	s.stands(not, payment.Closed)
	if c := s.teach.Choices([]string{s.name}); !c[0].Down.IsZero() {
		s.t.Errorf("it is still called away: %+v", c)
	}
}

// back lets the teller find out at once that a channel is back: the pauses between its
// tries are real time.
func (s *shop) back() { s.teach.Rested(s.name) }

func badAnswers(s *shop) {
	o := s.order(24 * time.Hour)
	for _, knob := range []string{"500", "unsigned", "other-key"} {
		s.knob(knob)
		made, _, err := s.teach.Offer(s.t.Context(), o, s.name, channel.Scan, "", "")
		if !errors.Is(err, channel.ErrAway) && !errors.Is(err, channel.ErrForged) || made.Code != "" {
			s.t.Errorf("%s: %+v %v", knob, made, err)
		}
		s.back()
	}
	s.knob("")
	s.back()
	if a := s.offer(o); a.Number != o.Number {
		s.t.Errorf("the attempt that nobody answered is left: %+v", a)
	}
}

func codeOver(s *shop) {
	o := s.order(24 * time.Hour)
	first := s.offer(o)
	s.scan(first)
	s.over(first)
	s.later(time.UnixMilli(first.Until).Sub(s.clock.now()) + time.Second)
	s.later(6 * time.Minute)
	if all := s.attempts(o); all[0].State != teller.Ended {
		s.t.Fatalf("%+v", all[0])
	}
	second := s.offer(o)
	if second.Number != payment.Asked(o.Number, 2) || second.Order != o.Number || strings.TrimPrefix(second.Code, first.Code) == "" {
		s.t.Fatalf("%+v after %+v", second, first)
	}
	s.deliver(s.pays(second.Number, ""))
	got := s.stands(o, payment.Paid)
	if all := s.standings(o); !slices.Equal(all, []string{"pays"}) || got.Movement == "" {
		s.t.Errorf("%v %+v", all, got)
	}
}
