package teller_test

import (
	"slices"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
)

// TestPaidByHandShutsTheCode: who pays at the counter, by a bank's transfer or by money
// whose owner was found has no code or page open at a channel any more: it is closed
// there at once, and not only when its time is over (domain §4.5). UnionPay has no way to close: what is paid there all the same lies in suspense.
func TestPaidByHandShutsTheCode(t *testing.T) {
	t.Parallel()
	shops(t, func(t *testing.T, s *shop) {
		f := &flow.Flow{Now: s.clock.now}
		clerk, other := by("clerk"), by("other")
		for name, ends := range map[string]func(tx *db.Tx, o payment.Order) error{
			"cash": func(tx *db.Tx, o payment.Order) error {
				_, err := f.TakeCash(t.Context(), tx, o.Number, o.Fen, clerk)
				return err
			},
			"a transfer": func(tx *db.Tx, o payment.Order) error {
				b, err := f.EnterTransfer(t.Context(), tx, payment.BankTransfer{Serial: "T" + o.Number, Order: o.Number, Fen: o.Fen, At: s.clock.ms.Load()}, clerk)
				if err == nil {
					_, err = f.ConfirmTransfer(t.Context(), tx, b.ID, o.Fen, other)
				}
				return err
			},
			"late money credited": func(tx *db.Tx, o payment.Order) error {
				b, err := f.BookMovement(t.Context(), tx, payment.Movement{Channel: "bank", Kind: payment.Payment, Number: "B" + o.Number, Order: "nobody", Fen: o.Fen, At: s.clock.ms.Load(), Source: payment.ByQuery}, flow.Hub())
				if err == nil {
					err = f.OwnMovement(t.Context(), tx, b.Movement.ID, o.Number, "回单上写着", clerk)
				}
				if err == nil {
					err = f.StepMovement(t.Context(), tx, b.Movement.ID, payment.Credit, "查明是本单的", clerk, "other")
				}
				return err
			},
		} {
			o := s.order(24 * time.Hour)
			a := s.offer(o)
			s.scan(a)
			s.later(0)
			if all := s.attempts(o); all[0].State != teller.Live {
				t.Fatalf("%s: before it, %+v", name, all[0])
			}
			s.write(func(tx *db.Tx) error { return ends(tx, o) })
			s.stands(o, payment.Paid)
			s.later(0)
			if s.name != "unionpay" {
				if all := s.attempts(o); all[0].State != teller.Ended {
					t.Errorf("%s: the code is not closed at its channel: %+v", name, all[0])
				}
				continue
			}
			s.deliver(s.pays(a.Number, "")) // its page stands open there until its own end
			if all := s.standings(o); !slices.Contains(all, "again") {
				t.Errorf("%s: paid there too: %v", name, all)
			}
		}
		s.balance(payment.Fees)
	})
}

func by(account string) flow.By {
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: account}}
}
