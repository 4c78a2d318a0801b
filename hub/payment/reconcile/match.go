package reconcile

import (
	"cmp"
	"slices"
	"time"
)

const daySeconds = 24 * 60 * 60

// run is one reconciliation under way.
type run struct {
	day    int64 // seconds since 1970 of the day's midnight
	offset int64 // seconds that its midnight lies before that of UTC
	booked pile[record]
	stated pile[record]
	real   int // so many of the stated payments are real; they are written over what has been read
	res    Result
}

// Reconcile classes every movement of a book for the day that begins at midnight.
// The book is empty afterwards.
func (b *Book) Reconcile(midnight time.Time) *Result {
	_, offset := midnight.Zone()
	r := &run{day: midnight.Unix(), offset: int64(offset), res: Result{Day: midnight}, booked: b.booked.taken(), stated: b.stated.taken()}
	first := func(a, b record, c int) int {
		if c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.ref, b.ref))
	}
	byNumber := func(m *record) key { return m.number }
	numbers := func(a, b record) int { return first(a, b, a.number.compare(b.number)) }
	r.booked.sort(byNumber, numbers)
	r.stated.sort(byNumber, numbers)
	r.res.Booked, r.res.Stated = total(&r.booked), total(&r.stated)
	r.merge()
	r.booked = pile[record]{}
	r.stated.cut(r.real)
	r.stated.sort(func(m *record) key { return m.order }, func(a, b record) int { return first(a, b, a.order.compare(b.order)) })
	orders := b.orders.taken()
	orders.sort(func(o *bill) key { return o.number }, func(a, b bill) int { return cmp.Or(a.number.compare(b.number), cmp.Compare(a.ref, b.ref)) })
	r.pay(&orders)
	r.res.finish()
	return &r.res
}

func total(side *pile[record]) (t Total) {
	side.each(func(m *record) { t.add(m.kind, int64(m.fen)) })
	return t
}

// merge walks both sides by number.
func (r *run) merge() {
	i, j := 0, 0
	for i < r.booked.n || j < r.stated.n {
		c := 0
		switch {
		case i == r.booked.n:
			c = 1
		case j == r.stated.n:
			c = -1
		default:
			c = r.booked.at(i).number.compare(r.stated.at(j).number)
		}
		iEnd, jEnd := i, j
		if c <= 0 {
			iEnd = same(&r.booked, i)
		}
		if c >= 0 {
			jEnd = same(&r.stated, j)
		}
		r.meet(i, iEnd, j, jEnd)
		i, j = iEnd, jEnd
	}
}

// same is where the records of one number end.
func same(side *pile[record], at int) int {
	end := at + 1
	for number := side.at(at).number; end < side.n && side.at(end).number == number; {
		end++
	}
	return end
}

// meet classes what the two sides have under one number: booked from i to iEnd, stated
// from j to jEnd.
func (r *run) meet(i, iEnd, j, jEnd int) {
	if iEnd-i > 1 || jEnd-j > 1 {
		for ; i < iEnd; i++ {
			r.found(Repeated, r.booked.at(i), nil)
		}
		for ; j < jEnd; j++ {
			r.found(Repeated, nil, r.stated.at(j))
		}
		return
	}
	switch {
	case j == jEnd:
		r.onlyBooked(r.booked.at(i))
	case i == iEnd && r.stated.at(j).kind == Refund:
		r.found(RefundUnbooked, nil, r.stated.at(j))
	case i == iEnd:
		r.isReal(*r.stated.at(j))
	default:
		r.pair(r.booked.at(i), r.stated.at(j))
	}
}

// isReal keeps a stated payment for its order to be asked. There are never more of them
// than have been read.
func (r *run) isReal(m record) {
	*r.stated.at(r.real) = m
	r.real++
}

func (r *run) onlyBooked(b *record) {
	switch {
	case int64(b.at) >= r.day+daySeconds:
		r.found(NotDue, b, nil)
	case b.kind == Refund:
		r.found(RefundMissing, b, nil)
	default:
		r.found(Missing, b, nil)
	}
}

func (r *run) pair(b, s *record) {
	apart := r.dayOf(b.at) - r.dayOf(s.at)
	switch {
	case b.order != s.order:
		r.found(OtherOrder, b, s)
	case b.fen != s.fen:
		r.found(OtherAmount, b, s)
	case apart < -1 || apart > 1:
		r.found(OtherDay, b, s)
	default:
		if apart != 0 {
			r.res.Cut++
		}
		if s.kind == Refund {
			r.found(Matched, b, s)
			return
		}
		m := *s
		m.pair, m.paired = b.ref, true
		r.isReal(m)
	}
}

// pay walks payments and orders by number of the order.
func (r *run) pay(orders *pile[bill]) {
	payments := &r.stated
	j := 0
	for i := 0; i < payments.n; {
		number := payments.at(i).order
		for j < orders.n && orders.at(j).number.compare(number) < 0 {
			j++
		}
		var o *bill
		if j < orders.n && orders.at(j).number == number {
			o = orders.at(j)
		}
		paid := o != nil && o.state == Settled
		for ; i < payments.n && payments.at(i).order == number; i++ {
			c := classOf(payments.at(i), o, paid)
			paid = paid || c == Matched || c == Surplus
			r.foundReal(c, payments.at(i))
		}
	}
}

// classOf asks the questions about a stated payment, in their order.
func classOf(p *record, o *bill, paid bool) Class {
	switch {
	case o == nil:
		return Stranger
	case paid:
		return Again
	case o.state == Withdrawn && p.at > o.since:
		return AfterLeaving
	case o.state == Closed && p.at > o.since:
		return Late
	case p.fen != o.fee:
		return OtherFee
	case !p.paired:
		return Surplus
	}
	return Matched
}

func (r *run) dayOf(at uint32) int64 { return (int64(at) + r.offset) / daySeconds }

// age is how many days a movement lies before the day's end, never less than 0.
func (r *run) age(at uint32) int { return int(max(0, (r.day+r.offset)/daySeconds-r.dayOf(at))) }

func (r *run) found(c Class, b, s *record) {
	f := Finding{Class: c}
	if b != nil {
		f.Booked, f.HasBooked, f.BookedFen, f.Kind, f.Age = b.ref, true, int64(b.fen), b.kind, r.age(b.at)
	}
	if s != nil {
		f.Stated, f.HasStated, f.StatedFen, f.Kind, f.Age = s.ref, true, int64(s.fen), s.kind, r.age(s.at)
	}
	r.res.count(f)
}

func (r *run) foundReal(c Class, p *record) {
	f := Finding{Class: c, Kind: Payment, Stated: p.ref, HasStated: true, StatedFen: int64(p.fen), Age: r.age(p.at)}
	if p.paired {
		f.Booked, f.HasBooked, f.BookedFen = p.pair, true, f.StatedFen
	}
	r.res.count(f)
}

// sortFindings puts findings into the one order of a result.
func sortFindings(all []Finding) {
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Stated, b.Stated), cmp.Compare(a.Booked, b.Booked), cmp.Compare(flag(a.HasStated), flag(b.HasStated)))
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
