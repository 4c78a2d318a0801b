package daybook

import (
	"time"

	"zhunkao/hub/payment/reconcile"
	"zhunkao/protocol/window"
)

// Figures are what a run found of a channel's day. What was carried over from closed
// days counts among neither side: it was counted there.
type Figures struct {
	Own        reconcile.Total `json:"own"`         // what we booked
	Stated     reconcile.Total `json:"stated"`      // what the channel states
	Matched    reconcile.Total `json:"matched"`     // pairs that agree in everything
	Extra      int             `json:"extra"`       // stated, and not as it should be
	Missing    int             `json:"missing"`     // booked, and not stated
	Different  int             `json:"different"`   // the sides contradict each other
	Cut        int             `json:"cut"`         // pairs on either side of midnight (日切)
	Listed     int64           `json:"listed"`      // fen by which stated exceeds own, as the exceptions add up
	ListedBack int64           `json:"listed_back"` // of that, what refunds make
	CameIn     int             `json:"came_in"`     // carried over from closed days
	CameFen    int64           `json:"came_fen"`
	Cleared    int             `json:"cleared"` // of these: matched here
	Hours      [24]int         `json:"hours"`   // payments that we booked, by the hour
}

// Difference is by how many fen the statement exceeds our books.
func (f Figures) Difference() int64 { return Net(f.Stated) - Net(f.Own) }

// Unexplained is what of the difference no exception accounts for. It is 0 while this
// package is right.
func (f Figures) Unexplained() int64 { return f.Difference() - f.Listed }

// Net is payments without refunds, in fen.
func Net(t reconcile.Total) int64 { return t.PaymentsFen - t.RefundsFen }

// Count is payments and refunds.
func Count(t reconcile.Total) int { return t.Payments + t.Refunds }

// Plus adds the figures of another channel.
func (f Figures) Plus(o Figures) Figures {
	f.Own, f.Stated, f.Matched = plus(f.Own, o.Own), plus(f.Stated, o.Stated), plus(f.Matched, o.Matched)
	f.Extra, f.Missing, f.Different, f.Cut = f.Extra+o.Extra, f.Missing+o.Missing, f.Different+o.Different, f.Cut+o.Cut
	f.ListedBack += o.ListedBack
	f.Listed, f.CameIn, f.CameFen, f.Cleared = f.Listed+o.Listed, f.CameIn+o.CameIn, f.CameFen+o.CameFen, f.Cleared+o.Cleared
	for i, n := range o.Hours {
		f.Hours[i] += n
	}
	return f
}

func plus(a, b reconcile.Total) reconcile.Total {
	return reconcile.Total{Payments: a.Payments + b.Payments, PaymentsFen: a.PaymentsFen + b.PaymentsFen, Refunds: a.Refunds + b.Refunds, RefundsFen: a.RefundsFen + b.RefundsFen}
}

// list adds an exception to what is listed.
func (f *Figures) list(m fact, sign int64) {
	f.Listed += sign * m.signed()
	if kinds[m.kind] == reconcile.Refund {
		f.ListedBack += sign * m.signed()
	}
}

// signed is what a movement adds to a net sum.
func (m fact) signed() int64 {
	if kinds[m.kind] == reconcile.Refund {
		return -m.fen
	}
	return m.fen
}

func sum(t *reconcile.Total, m fact) {
	if kinds[m.kind] == reconcile.Refund {
		t.Refunds, t.RefundsFen = t.Refunds+1, t.RefundsFen+m.fen
		return
	}
	t.Payments, t.PaymentsFen = t.Payments+1, t.PaymentsFen+m.fen
}

// figures sums up a result. The exceptions are added up one by one, apart from the
// sums of the sides, so that each proves the other.
func (f *facts) figures(res *reconcile.Result) (out Figures) {
	excepted := map[string]bool{}
	for _, x := range res.Findings {
		switch x.Class {
		case reconcile.Missing, reconcile.RefundMissing:
			if !f.tooSoon(x) {
				out.Missing++
			}
		case reconcile.OtherOrder, reconcile.OtherAmount, reconcile.OtherDay, reconcile.Repeated:
			out.Different++
		case reconcile.NotDue, reconcile.Matched:
		default:
			out.Extra++
		}
		if x.HasBooked {
			m := f.booked[x.Booked-1]
			excepted[m.kind+m.number] = true
			if !m.carried {
				out.list(m, -1)
			}
		}
		if x.HasStated {
			m := f.stated[x.Stated-1]
			excepted[m.kind+m.number] = true
			if !m.carried {
				out.list(m, 1)
			}
		}
	}
	out.Matched, out.Cut = res.Of[reconcile.Matched], res.Cut
	came := map[string]int64{}
	for _, m := range f.booked {
		if m.carried {
			came[m.kind+m.number] = m.fen
		} else {
			sum(&out.Own, m)
		}
		if kinds[m.kind] == reconcile.Payment && !m.carried {
			out.Hours[time.UnixMilli(m.at).In(window.Zone()).Hour()]++
		}
	}
	for _, m := range f.stated {
		if m.carried {
			came[m.kind+m.number] = m.fen
		} else {
			sum(&out.Stated, m)
		}
	}
	for key, fen := range came {
		out.CameIn++
		out.CameFen += fen
		if excepted[key] {
			continue
		}
		out.Cleared++
	}
	for _, side := range []struct {
		all  []fact
		sign int64
	}{{f.booked, -1}, {f.stated, 1}} {
		for _, m := range side.all { // what was carried and is matched now stands on one side alone
			if _, ok := came[m.kind+m.number]; ok && !excepted[m.kind+m.number] && !m.carried {
				out.list(m, side.sign)
			}
		}
	}
	return out
}
