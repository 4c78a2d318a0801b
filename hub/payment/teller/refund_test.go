package teller_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
)

func asksNow(s *shop) {
	o := s.order(24 * time.Hour)
	a := s.offer(o)
	s.scan(a)
	f, err := s.teach.AskNow(s.t.Context(), o)
	if err != nil || f.Asked != 1 || len(f.Booked) != 0 || len(f.Away) != 0 || f.Order.State != payment.Open || f.Next.IsZero() || f.Until != time.UnixMilli(a.Until) {
		s.t.Errorf("before she paid: %+v %v", f, err)
	}
	s.pays(a.Number, "")
	if f, err := s.teach.AskNow(s.t.Context(), o); err != nil || f.Order.State != payment.Open {
		s.t.Errorf("the channel was asked twice in a moment: %+v %v", f, err)
	}
	s.clock.ms.Add(5000)
	s.knob("500")
	f, err = s.teach.AskNow(s.t.Context(), o)
	if err != nil || !slices.Equal(f.Away, []string{s.name}) || f.Order.State != payment.Open {
		s.t.Errorf("the channel is away: %+v %v", f, err)
	}
	s.knob("")
	f, err = s.teach.AskNow(s.t.Context(), o)
	if err != nil || len(f.Booked) != 1 || f.Booked[0].Standing != payment.Pays || f.Order.State != payment.Paid || !f.Next.IsZero() {
		s.t.Errorf("after she paid: %+v %v", f, err)
	}
}

// paid gives an order that is paid, and the movement.
func (s *shop) paid() (payment.Order, string) {
	o := s.order(24 * time.Hour)
	s.deliver(s.pays(s.offer(o).Number, ""))
	o = s.stands(o, payment.Paid)
	return o, o.Movement
}

// giveBack decides that a payment goes back.
func (s *shop) giveBack(movement string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		return payment.Decide(s.t.Context(), tx, movement, payment.GiveBack, s.clock.ms.Load(), "first", "second", "重复缴费")
	})
}

func (s *shop) refunds(movement string) (all []teller.Refund) {
	s.t.Helper()
	s.write(func(tx *db.Tx) (err error) { all, err = teller.RefundsOf(s.t.Context(), tx, movement); return err })
	return all
}

// refund fails unless the newest refund of a payment stands so.
func (s *shop) refund(movement string, want teller.State) teller.Refund {
	s.t.Helper()
	all := s.refunds(movement)
	if len(all) == 0 || all[0].State != want {
		s.t.Fatalf("%+v, want %s", all, want)
	}
	return all[0]
}

func refundMade(s *shop) {
	o, movement := s.paid()
	if err := s.d.Write(s.t.Context(), func(tx *db.Tx) error { _, err := s.teach.Refund(s.t.Context(), tx, movement); return err }); !errors.Is(err, payment.ErrState) {
		s.t.Errorf("a refund that nobody decided: %v", err)
	}
	held, onTheWay := s.balance(payment.FundOf(s.name)), s.balance(payment.Returning)
	s.giveBack(movement)
	s.write(func(tx *db.Tx) error {
		r, err := s.teach.Refund(s.t.Context(), tx, movement)
		if err == nil && (r.State != teller.Asked || r.Order != o.Number) {
			s.t.Errorf("%+v", r)
		}
		return err
	})
	s.knob("500")
	s.later(time.Second)
	s.back()
	first := s.refund(movement, teller.Asked)
	s.knob("")
	s.later(time.Minute)
	if r := s.refund(movement, teller.Sent); r.Number != first.Number || r.AskedAt != first.AskedAt || r.Why != "2019年成人高考报名考试费退款" {
		s.t.Errorf("asked again as another: %+v, %+v", first, r)
	}
	s.later(time.Minute)
	s.stands(o, payment.Paid) // her registration is valid until the money is back
	var n peertest.Notice
	s.peer.Turn("done", map[string]string{"refund": first.Number}, &n)
	for range 2 {
		if status, _ := s.deliver(n); status != http.StatusOK {
			s.t.Errorf("a notice of the refund: %d", status)
		}
	}
	s.later(time.Second) // Alipay's says only that there is something to ask for
	if r := s.refund(movement, teller.Made); r.EndedAt == 0 {
		s.t.Errorf("%+v", r)
	}
	s.stands(o, payment.Left)
	if now := s.balance(payment.FundOf(s.name)); held-now != fee || s.balance(payment.Returning) != onTheWay {
		s.t.Errorf("the channel held %d and holds %d; %d on the way, %d before", held, now, s.balance(payment.Returning), onTheWay)
	}
	s.later(24 * time.Hour / 8)
	if all := s.refunds(movement); len(all) != 1 || all[0].State != teller.Made {
		s.t.Errorf("%+v", all)
	}
}

func refundFails(s *shop) {
	o, movement := s.paid()
	onTheWay := s.balance(payment.Returning)
	s.peer.Turn("alter", map[string]string{"order": o.Number, "fen": "15000"}, nil) // now it refuses to give back so much
	s.giveBack(movement)
	for range 3 { // the first begins it
		s.later(3 * time.Hour)
		s.refund(movement, teller.Asked)
	}
	s.later(3 * time.Hour)
	first := s.refund(movement, teller.Failed)
	if first.Code == "" || s.balance(payment.Returning) != onTheWay {
		s.t.Errorf("%+v, %d on the way, %d before", first, s.balance(payment.Returning), onTheWay)
	}
	s.stands(o, payment.Paid) // it lies where it lay
	s.peer.Turn("alter", map[string]string{"order": o.Number, "fen": "16000"}, nil)
	s.giveBack(movement)
	s.later(time.Second)
	s.later(time.Second)
	second := s.refund(movement, teller.Sent)
	if second.Number == first.Number {
		s.t.Error("what was decided anew has the number of what failed")
	}
	if s.name == "alipay" { // of it there is no such word
		return
	}
	s.peer.Turn("done", map[string]string{"refund": second.Number, "ends": map[string]string{"wechat": "ABNORMAL", "unionpay": "61"}[s.name]}, nil)
	s.later(time.Hour)
	s.refund(movement, teller.Failed)
	s.stands(o, payment.Paid)
}

// A channel that says nothing of a refund for ten days has it set aside; somebody has
// it asked again, under the same number.
func TestRefundIsSetAside(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t), "wechat")
	_, movement := s.paid()
	s.giveBack(movement)
	s.later(time.Second)
	s.later(time.Second)
	r := s.refund(movement, teller.Sent)
	for range 90 {
		s.later(3 * time.Hour)
	}
	if got := s.refund(movement, teller.Aside); got.Number != r.Number {
		t.Errorf("%+v", got)
	}
	s.write(func(tx *db.Tx) error { return teller.AskAgain(t.Context(), tx, r.Number, s.clock.ms.Load()) })
	s.later(time.Second)
	s.refund(movement, teller.Sent)
	s.peer.Turn("done", map[string]string{"refund": r.Number}, nil)
	s.later(4 * time.Hour)
	s.refund(movement, teller.Made)
	if err := s.d.Write(t.Context(), func(tx *db.Tx) error { return teller.AskAgain(t.Context(), tx, r.Number, s.clock.ms.Load()) }); !errors.Is(err, teller.ErrNotFound) {
		t.Errorf("asked for what was made: %v", err)
	}
}
