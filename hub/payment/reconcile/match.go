package reconcile

import (
	"cmp"
	"runtime"
	"slices"
	"time"
)

const daySeconds = 24 * 60 * 60

// run is one reconciliation under way.
type run struct {
	day    int64 // seconds since 1970 of the day's midnight
	offset int64 // seconds that its midnight lies before that of UTC
	real   []record
	res    Result
}

// Reconcile classes every movement of a book for the day that begins at midnight.
// The book is empty afterwards.
func (b *Book) Reconcile(midnight time.Time) *Result {
	_, offset := midnight.Zone()
	r := &run{day: midnight.Unix(), offset: int64(offset), res: Result{Day: midnight}}
	byNumber := func(m *record) key { return m.number }
	first := func(a, b record, c int) int {
		if c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.ref, b.ref))
	}
	numbers := func(a, b record) int { return first(a, b, a.number.compare(b.number)) }
	booked := sorted(b.booked.taken(), nil, byNumber, numbers)
	runtime.GC() // of millions of records without pointers, so that their room is used again; costs what the rest of the heap costs
	stated := sorted(b.stated.taken(), nil, byNumber, numbers)
	runtime.GC()
	r.res.Booked, r.res.Stated = total(booked), total(stated)
	r.real = stated[:0] // what is real is written over what has been read
	r.merge(booked, stated)
	payments := sorted([][]record{r.real}, booked, func(m *record) key { return m.order }, func(a, b record) int { return first(a, b, a.order.compare(b.order)) })
	orders := sorted(b.orders.taken(), nil, func(o *bill) key { return o.number }, func(a, b bill) int { return cmp.Or(a.number.compare(b.number), cmp.Compare(a.ref, b.ref)) })
	r.pay(payments, orders)
	r.res.finish()
	return &r.res
}

func total(side []record) (t Total) {
	for i := range side {
		t.add(side[i].kind, int64(side[i].fen))
	}
	return t
}

// merge walks both sides by number.
func (r *run) merge(booked, stated []record) {
	i, j := 0, 0
	for i < len(booked) || j < len(stated) {
		c := 0
		switch {
		case i == len(booked):
			c = 1
		case j == len(stated):
			c = -1
		default:
			c = booked[i].number.compare(stated[j].number)
		}
		iEnd, jEnd := i, j
		if c <= 0 {
			iEnd = same(booked, i)
		}
		if c >= 0 {
			jEnd = same(stated, j)
		}
		r.meet(booked[i:iEnd], stated[j:jEnd])
		i, j = iEnd, jEnd
	}
}

// same is where the records of one number end.
func same(side []record, at int) int {
	end := at + 1
	for end < len(side) && side[end].number == side[at].number {
		end++
	}
	return end
}

// meet classes what the two sides have under one number.
func (r *run) meet(booked, stated []record) {
	if len(booked) > 1 || len(stated) > 1 {
		for i := range booked {
			r.found(Repeated, &booked[i], nil)
		}
		for i := range stated {
			r.found(Repeated, nil, &stated[i])
		}
		return
	}
	switch {
	case len(stated) == 0:
		r.onlyBooked(&booked[0])
	case len(booked) == 0 && stated[0].kind == Refund:
		r.found(RefundUnbooked, nil, &stated[0])
	case len(booked) == 0:
		r.real = append(r.real, stated[0])
	default:
		r.pair(&booked[0], &stated[0])
	}
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
		r.real = append(r.real, m)
	}
}

// pay walks payments and orders by number of the order.
func (r *run) pay(payments []record, orders []bill) {
	j := 0
	for i := 0; i < len(payments); {
		for j < len(orders) && orders[j].number.compare(payments[i].order) < 0 {
			j++
		}
		end := i + 1
		for end < len(payments) && payments[end].order == payments[i].order {
			end++
		}
		var o *bill
		if j < len(orders) && orders[j].number == payments[i].order {
			o = &orders[j]
		}
		paid := o != nil && o.state == Settled
		for ; i < end; i++ {
			c := classOf(&payments[i], o, paid)
			paid = paid || c == Matched || c == Surplus
			r.foundReal(c, &payments[i])
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
