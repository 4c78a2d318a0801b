package reconcile_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/payment/reconcile"
	"zhunkao/protocol/window"
)

var midnight = time.Date(2019, 9, 6, 0, 0, 0, 0, window.Zone())

// facts are what a province has, kept apart from what it was made to mean.
type facts struct {
	orders []reconcile.Order
	booked []reconcile.Movement
	stated []reconcile.Movement
}

func (f *facts) order(number string, fee int64, s reconcile.State, since time.Time) {
	f.orders = append(f.orders, reconcile.Order{Ref: uint32(len(f.orders) + 1), Number: []byte(number), Fee: fee, State: s, Since: since})
}

func (f *facts) book(kind reconcile.Kind, number, order string, fen int64, at time.Time) uint32 {
	f.booked = append(f.booked, reconcile.Movement{Ref: uint32(len(f.booked) + 1), Kind: kind, Number: []byte(number), Order: []byte(order), Fen: fen, At: at})
	return uint32(len(f.booked))
}

func (f *facts) state(kind reconcile.Kind, number, order string, fen int64, at time.Time) uint32 {
	f.stated = append(f.stated, reconcile.Movement{Ref: uint32(len(f.stated) + 1), Kind: kind, Number: []byte(number), Order: []byte(order), Fen: fen, At: at})
	return uint32(len(f.stated))
}

func (f *facts) reconcile() *reconcile.Result {
	b := reconcile.NewBook()
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	for _, o := range f.orders {
		must(b.Order(o))
	}
	for _, m := range f.booked {
		must(b.Booked(m))
	}
	for _, m := range f.stated {
		must(b.Stated(m))
	}
	return b.Reconcile(midnight)
}

// scenario is one way in which facts are lost, doubled, delayed or contradict each
// other. It adds its facts under names of its own and says what must be found, by
// class, in the words of found.
type scenario func(f *facts, name string) []string

func found(c reconcile.Class, booked, stated uint32) string {
	return fmt.Sprintf("%s booked %d stated %d", c, booked, stated)
}

const fee = 16000

var scenarios = map[string]scenario{
	"paid": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(9*time.Hour))
		f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(9*time.Hour))
		return nil
	},
	"paid before midnight, in this file": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(-2*time.Second))
		f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Second))
		return nil
	},
	"paid in time, closed since": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Closed, midnight.Add(10*time.Hour))
		f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(10*time.Hour))
		f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(10*time.Hour))
		return nil
	},
	"refunded": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Withdrawn, midnight.Add(12*time.Hour))
		f.book(reconcile.Refund, "t"+n, n, fee, midnight.Add(13*time.Hour))
		f.state(reconcile.Refund, "t"+n, n, fee, midnight.Add(13*time.Hour))
		return nil
	},
	"no notice came": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.Surplus, 0, f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(9*time.Hour)))}
	},
	"not in the file": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.Missing, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(23*time.Hour)), 0)}
	},
	"of tomorrow": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.NotDue, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(24*time.Hour)), 0)}
	},
	"a fen too few": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.OtherAmount, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)), f.state(reconcile.Payment, "t"+n, n, fee-1, midnight.Add(time.Hour)))}
	},
	"another's order in the file": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		f.order(n+"x", fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.OtherOrder, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)), f.state(reconcile.Payment, "t"+n, n+"x", fee, midnight.Add(time.Hour)))}
	},
	"days apart": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.OtherDay, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(-49*time.Hour)), f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)))}
	},
	"paid twice": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		again := f.book(reconcile.Payment, "u"+n, n, fee, midnight.Add(2*time.Hour))
		line := f.state(reconcile.Payment, "u"+n, n, fee, midnight.Add(2*time.Hour))
		f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour))
		f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour))
		return []string{found(reconcile.Again, again, line)}
	},
	"paid twice, neither known here": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		second := f.state(reconcile.Payment, "u"+n, n, fee, midnight.Add(2*time.Hour))
		first := f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour))
		return []string{found(reconcile.Surplus, 0, first), found(reconcile.Again, 0, second)}
	},
	"booked but not stated, and another that is": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		never := f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour))
		f.book(reconcile.Payment, "u"+n, n, fee, midnight.Add(2*time.Hour))
		f.state(reconcile.Payment, "u"+n, n, fee, midnight.Add(2*time.Hour))
		return []string{found(reconcile.Missing, never, 0)}
	},
	"after the close": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Closed, midnight.Add(time.Hour))
		return []string{found(reconcile.Late, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour+time.Second)), f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour+time.Second)))}
	},
	"after the close, twice": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Closed, midnight.Add(time.Hour))
		return []string{found(reconcile.Late, 0, f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(2*time.Hour))),
			found(reconcile.Late, 0, f.state(reconcile.Payment, "u"+n, n, fee, midnight.Add(3*time.Hour)))}
	},
	"paid another day, and again": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Settled, time.Time{})
		return []string{found(reconcile.Again, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)), f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)))}
	},
	"after she withdrew": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Withdrawn, midnight.Add(time.Hour))
		return []string{found(reconcile.AfterLeaving, 0, f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(2*time.Hour)))}
	},
	"nobody's": func(f *facts, n string) []string {
		return []string{found(reconcile.Stranger, 0, f.state(reconcile.Payment, "t"+n, "other"+n, fee, midnight.Add(2*time.Hour)))}
	},
	"both agree on what the order does not ask": func(f *facts, n string) []string {
		f.order(n, fee+1, reconcile.Open, time.Time{})
		return []string{found(reconcile.OtherFee, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)), f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)))}
	},
	"a line again in this file": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.Repeated, f.book(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour)), 0),
			found(reconcile.Repeated, 0, f.state(reconcile.Payment, "t"+n, n, fee, midnight.Add(time.Hour))),
			found(reconcile.Repeated, 0, f.state(reconcile.Payment, "t"+n, n, fee-5, midnight.Add(time.Hour)))}
	},
	"a refund that nobody asked for": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Open, time.Time{})
		return []string{found(reconcile.RefundUnbooked, 0, f.state(reconcile.Refund, "t"+n, n, fee, midnight.Add(time.Hour)))}
	},
	"a refund that has not come": func(f *facts, n string) []string {
		f.order(n, fee, reconcile.Withdrawn, midnight)
		return []string{found(reconcile.RefundMissing, f.book(reconcile.Refund, "t"+n, n, fee, midnight.Add(time.Hour)), 0)}
	},
	"a refund of another amount": func(f *facts, n string) []string {
		return []string{found(reconcile.OtherAmount, f.book(reconcile.Refund, "t"+n, n, fee, midnight.Add(time.Hour)), f.state(reconcile.Refund, "t"+n, n, fee/2, midnight.Add(time.Hour)))}
	},
}

func words(r *reconcile.Result) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, found(f.Class, f.Booked, f.Stated))
	}
	slices.Sort(all)
	return all
}

func TestEachWayAlone(t *testing.T) {
	for name, s := range scenarios {
		var f facts
		want := s(&f, "1")
		slices.Sort(want)
		r := f.reconcile()
		if got := words(r); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if !r.Balanced() {
			t.Errorf("%s: not balanced: %+v", name, r)
		}
	}
}

// A province in which everything happens at once, in any order: what was planted is
// found and nothing else, the sums agree, and the same facts give the same bytes.
func TestWhatWasPlantedIsFound(t *testing.T) {
	names := slices.Sorted(maps.Keys(scenarios))
	rapid.Check(t, func(t *rapid.T) {
		var f facts
		want := []string{}
		for i, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 60).Draw(t, "ways") {
			want = append(want, scenarios[name](&f, fmt.Sprint(i))...)
		}
		slices.Sort(want)
		r := f.reconcile()
		if got := words(r); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("found %q\nwant %q", got, want)
		}
		if !r.Balanced() {
			t.Fatalf("not balanced: %+v", r)
		}
		g := facts{orders: rapid.Permutation(f.orders).Draw(t, "orders"), booked: rapid.Permutation(f.booked).Draw(t, "booked"), stated: rapid.Permutation(f.stated).Draw(t, "stated")}
		if a, b := r.Append(nil), g.reconcile().Append(nil); !bytes.Equal(a, b) {
			t.Fatalf("in another order:\n%s\nwas\n%s", b, a)
		}
	})
}

// Facts at random that were not planned: every movement has one class, nothing
// stated is lost from the sums, and reconciliation agrees with a plain program of
// maps.
func TestAgainstAPlainProgram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f facts
		few := rapid.IntRange(0, 8)
		for i := range rapid.IntRange(0, 6).Draw(t, "orders") {
			f.order(fmt.Sprint("o", i), int64(rapid.IntRange(1, 3).Draw(t, "fee")), reconcile.State(rapid.IntRange(1, 4).Draw(t, "state")), midnight.Add(time.Duration(few.Draw(t, "since"))*time.Hour))
		}
		move := func(add func(reconcile.Kind, string, string, int64, time.Time) uint32) {
			kind := reconcile.Payment
			if rapid.IntRange(0, 4).Draw(t, "refund") == 0 {
				kind = reconcile.Refund
			}
			add(kind, fmt.Sprint("n", few.Draw(t, "number")), fmt.Sprint("o", few.Draw(t, "order")), int64(rapid.IntRange(1, 3).Draw(t, "fen")),
				midnight.Add(time.Duration(rapid.IntRange(-60, 40).Draw(t, "hour"))*time.Hour))
		}
		for range rapid.IntRange(0, 12).Draw(t, "booked") {
			move(f.book)
		}
		for range rapid.IntRange(0, 12).Draw(t, "stated") {
			move(f.state)
		}
		r := f.reconcile()
		if got, want := words(r), plain(&f); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("found %q\nplain %q", got, want)
		}
		if !r.Balanced() {
			t.Fatalf("not balanced: %+v", r)
		}
	})
}

// plain classes the same facts with maps, from the text of the classes alone.
func plain(f *facts) (all []string) {
	type side struct{ booked, stated []reconcile.Movement }
	by := map[string]*side{}
	at := func(m reconcile.Movement) *side {
		k := fmt.Sprint(m.Kind, " ", string(m.Number))
		if by[k] == nil {
			by[k] = &side{}
		}
		return by[k]
	}
	for _, m := range f.booked {
		s := at(m)
		s.booked = append(s.booked, m)
	}
	for _, m := range f.stated {
		s := at(m)
		s.stated = append(s.stated, m)
	}
	orders := map[string]reconcile.Order{}
	for _, o := range f.orders {
		orders[string(o.Number)] = o
	}
	say := func(c reconcile.Class, b, s uint32) {
		if c != reconcile.Matched {
			all = append(all, found(c, b, s))
		}
	}
	type money struct {
		m      reconcile.Movement
		booked uint32
	}
	of := map[string][]money{}
	days := func(t time.Time) int {
		return int(t.In(window.Zone()).Truncate(time.Second).Add(8*time.Hour).Unix() / 86400)
	}
	for _, s := range by {
		switch {
		case len(s.booked) > 1 || len(s.stated) > 1:
			for _, m := range s.booked {
				say(reconcile.Repeated, m.Ref, 0)
			}
			for _, m := range s.stated {
				say(reconcile.Repeated, 0, m.Ref)
			}
		case len(s.stated) == 0:
			m := s.booked[0]
			switch {
			case !m.At.Before(midnight.AddDate(0, 0, 1)):
				say(reconcile.NotDue, m.Ref, 0)
			case m.Kind == reconcile.Refund:
				say(reconcile.RefundMissing, m.Ref, 0)
			default:
				say(reconcile.Missing, m.Ref, 0)
			}
		case len(s.booked) == 0 && s.stated[0].Kind == reconcile.Refund:
			say(reconcile.RefundUnbooked, 0, s.stated[0].Ref)
		case len(s.booked) == 0:
			of[string(s.stated[0].Order)] = append(of[string(s.stated[0].Order)], money{m: s.stated[0]})
		default:
			b, l := s.booked[0], s.stated[0]
			switch apart := days(b.At) - days(l.At); {
			case string(b.Order) != string(l.Order):
				say(reconcile.OtherOrder, b.Ref, l.Ref)
			case b.Fen != l.Fen:
				say(reconcile.OtherAmount, b.Ref, l.Ref)
			case apart > 1 || apart < -1:
				say(reconcile.OtherDay, b.Ref, l.Ref)
			case l.Kind == reconcile.Payment:
				of[string(l.Order)] = append(of[string(l.Order)], money{l, b.Ref})
			}
		}
	}
	for number, got := range of {
		slices.SortFunc(got, func(a, b money) int {
			if c := a.m.At.Compare(b.m.At); c != 0 {
				return c
			}
			return int(a.m.Ref) - int(b.m.Ref)
		})
		o, known := orders[number]
		paid := known && o.State == reconcile.Settled
		for _, g := range got {
			c := reconcile.Matched
			switch {
			case !known:
				c = reconcile.Stranger
			case paid:
				c = reconcile.Again
			case o.State == reconcile.Withdrawn && g.m.At.After(o.Since):
				c = reconcile.AfterLeaving
			case o.State == reconcile.Closed && g.m.At.After(o.Since):
				c = reconcile.Late
			case g.m.Fen != o.Fee:
				c = reconcile.OtherFee
			case g.booked == 0:
				c = reconcile.Surplus
			}
			paid = paid || c == reconcile.Matched || c == reconcile.Surplus
			say(c, g.booked, g.m.Ref)
		}
	}
	slices.Sort(all)
	return all
}

// What waits for the next file and has waited long enough is for people.
func TestWhatWaitsBecomesPressing(t *testing.T) {
	for age, want := range map[int]reconcile.Next{0: reconcile.WaitForFile, 1: reconcile.WaitForFile, 2: reconcile.TakeUp, 9: reconcile.TakeUp} {
		if got := reconcile.Missing.Remedy(age); got.Next != want {
			t.Errorf("missing for %d days: %q, want %q", age, got.Next, want)
		}
	}
	for c := reconcile.Matched; c <= reconcile.RefundMissing; c++ {
		if r := c.Remedy(0); c.Excepted() && (r.Next == "" || r.Owner == "") {
			t.Errorf("%s has no remedy", c)
		}
	}
}

func TestAbsurdAmountsAreRefused(t *testing.T) {
	b := reconcile.NewBook()
	for name, m := range map[string]reconcile.Movement{
		"negative": {Fen: -1, At: midnight}, "too much": {Fen: 1 << 32, At: midnight}, "before 1970": {Fen: 1, At: time.Unix(-1, 0)}, "after 2106": {Fen: 1, At: time.Unix(1<<32, 0)},
	} {
		if err := b.Booked(m); !errors.Is(err, reconcile.ErrAmount) {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.Stated(m); !errors.Is(err, reconcile.ErrAmount) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Order(reconcile.Order{Fee: -1}); !errors.Is(err, reconcile.ErrAmount) {
		t.Errorf("an order: %v", err)
	}
	if r := b.Reconcile(midnight); r.Booked != (reconcile.Total{}) || r.Stated != (reconcile.Total{}) {
		t.Errorf("%+v", r)
	}
}
