package daybook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/payment/reconcile"
	"zhunkao/hub/payment/statement"
)

// keeper keeps a desk's books beside a channel that has no files to fetch, and answers
// about what says moved, by our number.
func (k *desk) keeper(says map[string]move) *daybook.Keeper {
	return &daybook.Keeper{Books: k.b, Log: slog.New(slog.DiscardHandler), Channels: []string{"wechat"},
		Statement: func(context.Context, string, time.Time, io.Writer) error { return channel.ErrNoFile },
		Ask:       func(context.Context, payment.Order) error { return nil },
		Query: func(_ context.Context, _, asked string, _ time.Time, _ int64) (channel.Word, error) {
			m, ok := says[asked]
			if !ok {
				return channel.Word{}, channel.ErrUnknown
			}
			return channel.Word{State: channel.Moved, Kind: payment.Payment, Order: asked,
				Movement: payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: m.number, Order: asked, Fen: m.fen, At: m.time().UnixMilli(), Source: payment.ByQuery}}, nil
		},
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) error {
			_, err := payment.Book(ctx, tx, m, k.now)
			return err
		},
		Taken: noNote,
		Refused: func(context.Context, *db.Tx, string, daybook.Day, statement.Fault) error {
			k.t.Error("a file was refused")
			return nil
		}}
}

func (k *desk) round(of *daybook.Keeper) {
	k.t.Helper()
	if err := of.Round(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

// Money that only the file has is asked about and booked whatever it is to its order,
// so that people can give it back or find whose it is (domain §4.5).
func TestOnlyStated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.open("1001", "1002", "1003", "1004", "1005")
		paid := move{"42001", "1001", day("09:00:00"), fee, ""}
		k.book(paid)
		ended := sixth.Start().Add(8 * time.Hour).UnixMilli()
		k.write(func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(payment.EndOrder(ctx, tx, "1002", payment.Closed, ended), payment.EndOrder(ctx, tx, "1003", payment.Left, ended))
		})
		want := map[string]string{"42002": "again", "42003": "late", "42004": "after-leaving", "42005": "other-fee", "42006": "stranger"}
		all := []move{paid, {"42002", "1001X2", day("10:00:00"), fee, ""}, {"42003", "1002", day("10:01:00"), fee, ""}, {"42004", "1003", day("10:02:00"), fee, ""},
			{"42005", "1004", day("10:03:00"), fee - 1, ""}, {"42006", "9999", day("10:04:00"), fee, ""}, {"42007", "8888", day("10:05:00"), fee, ""}, {"42008", "7777", day("10:06:00"), fee, ""}}
		for i := range all {
			if all[i].order == "1001X2" {
				all[i].order = payment.Asked("1001", 2)
			}
		}
		says := map[string]move{}
		for _, m := range all[1:6] {
			says[m.order] = m
		}
		other := all[7] // the channel says another amount than its file
		other.fen++
		says[other.order] = other
		k.take(file(all...), nil)
		keep := k.keeper(says)
		k.run()
		for _, r := range k.residues() {
			if got := r.Remedy(sixth + 1); got.Next != reconcile.AskChannel || got.Owner != reconcile.Hub {
				t.Errorf("%s of which nothing is booked has the remedy %v", r.Class, got)
			}
		}
		k.round(keep)
		for _, r := range k.residues() {
			if class, ok := want[r.Number]; r.Class != map[bool]string{true: class, false: "stranger"}[ok] || r.Booked != ok || r.State != daybook.Left {
				t.Errorf("%s is %s, booked %t, %s", r.Number, r.Class, r.Booked, r.State)
			} else if ok && r.Remedy(sixth+1).Owner != reconcile.Finance {
				t.Errorf("%s that is booked has the remedy %v", r.Class, r.Remedy(sixth+1))
			}
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			for number := range want {
				found, err := payment.ByNumber(ctx, tx, number)
				if err != nil {
					return err
				}
				if len(found) != 1 || found[0].Source != payment.ByStatement || found[0].Lies != payment.InSuspense {
					t.Errorf("%s is booked as %+v", number, found)
					continue
				}
				if number == "42006" {
					if err := payment.Own(ctx, tx, found[0].ID, "1005", k.now, "a", "截图"); err != nil {
						return err
					}
					err = payment.Decide(ctx, tx, found[0].ID, payment.Credit, k.now, "a", "b", "查到了")
				} else {
					err = payment.Decide(ctx, tx, found[0].ID, payment.GiveBack, k.now, "a", "b", "退")
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		for range 6 { // what it does not say the same of is for people at last
			k.now += 25 * time.Hour.Milliseconds()
			k.round(keep)
		}
		left := 0
		for _, r := range k.residues() {
			if r.Number == "42006" && r.State != daybook.Done {
				t.Errorf("whose owner was found is %s", r.State)
			}
			if r.Booked {
				continue
			}
			left++
			if got := r.Remedy(sixth + 1); got.Next != reconcile.TakeUp || got.Owner != reconcile.Finance {
				t.Errorf("%s asked about %d times has the remedy %v", r.Number, r.Asks, got)
			}
		}
		if left != 2 {
			t.Errorf("%d are not booked", left)
		}
	})
}

func (k *desk) residues() (all []daybook.Residue) {
	k.t.Helper()
	k.write(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = daybook.ResiduesOf(ctx, tx, sixth, true)
		return err
	})
	return all
}

// Residues of a channel that is not configured keep no other from being asked about.
func TestAskedChannels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		var all []move
		says := map[string]move{}
		for i := range 21 {
			m := move{fmt.Sprint(42001 + i), fmt.Sprint(9001 + i), day("10:00:00"), fee, ""}
			all = append(all, m)
			says[m.order] = m
		}
		k.take(file(all...), nil)
		k.run()
		k.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE residue SET channel = 'unionpay', next_ask = 0 WHERE number <> '42021'`)
			return err
		})
		k.round(k.keeper(says))
		k.write(func(ctx context.Context, tx *db.Tx) error {
			found, err := payment.ByNumber(ctx, tx, "42021")
			if len(found) != 1 {
				t.Errorf("booked: %+v", found)
			}
			return err
		})
	})
}

// A file that the hub cannot take in stops no other, and no day; it is fetched again.
func TestFetchFault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.open("1001", "1002")
		k.write(func(ctx context.Context, tx *db.Tx) error { // the first order was opened on the fifth
			_, err := tx.Exec(ctx, `UPDATE payment_order SET opened_at = $1`, (sixth - 1).Start().UnixMilli())
			return err
		})
		five, six := move{"42001", "1001", "2019-09-05 10:00:00", fee, ""}, move{"42002", "1002", day("10:00:00"), fee, ""}
		k.book(five, six)
		keep := k.keeper(nil)
		keep.Statement = func(_ context.Context, _ string, day time.Time, to io.Writer) error {
			_, err := to.Write(file(map[bool]move{true: six, false: five}[daybook.DayOf(day) == sixth]))
			return err
		}
		broken := true
		keep.Taken = func(_ context.Context, _ *db.Tx, f daybook.File) error {
			if broken && f.Day == sixth-1 {
				return errors.New("broken")
			}
			return nil
		}
		state := func() (said []string, files, books int) {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				for _, day := range []daybook.Day{sixth - 1, sixth} {
					e, err := daybook.ErrandsOf(ctx, tx, day)
					if err != nil {
						return err
					}
					f, err := daybook.FilesOf(ctx, tx, day)
					if err != nil {
						return err
					}
					b, err := daybook.BooksOf(ctx, tx, day)
					if err != nil {
						return err
					}
					said, files, books = append(said, e["wechat"].Said), files+len(f), books+len(b)
				}
				return nil
			})
			return said, files, books
		}
		k.round(keep)
		if said, files, books := state(); !slices.Equal(said, []string{daybook.Fault, ""}) || files != 1 || books == 0 {
			t.Errorf("after a fault: %q, %d files, %d books", said, files, books)
		}
		broken = false
		k.round(keep) // it is too soon
		if _, files, _ := state(); files != 1 {
			t.Errorf("%d files at once", files)
		}
		k.now += 6 * time.Minute.Milliseconds()
		k.round(keep)
		if _, files, _ := state(); files != 2 {
			t.Errorf("%d files after it was fetched again", files)
		}
	})
}

// A round runs the books in which something moved, and each again from time to time.
func TestRoundSkips(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.open("1001", "1002", "1003")
		a, b := move{"42001", "1001", day("10:00:00"), fee, ""}, move{"42002", "1002", day("11:00:00"), fee, ""}
		k.book(a)
		k.take(file(a, b), nil)
		keep := k.keeper(nil)
		k.round(keep)
		stated := func() (fen int64) {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				books, err := daybook.BooksOf(ctx, tx, sixth)
				fen = books["wechat"].Figures.Stated.PaymentsFen
				return err
			})
			return fen
		}
		// unseen changes what a book is made of by a way that no mark sees: whether it
		// is in the book tells whether the book was run.
		want := stated()
		unseen := func() {
			k.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE statement_entry SET fen = fen + 1 WHERE number = '42002'`)
				return err
			})
		}
		seen := func(what string, ran bool) {
			t.Helper()
			k.now += 15 * time.Second.Milliseconds()
			k.round(keep)
			if ran != (stated() == want) {
				t.Errorf("%s: run %t", what, !ran)
			}
		}
		unseen()
		want++
		seen("nothing moved", false)
		k.book(move{"42003", "1003", "2019-09-07 09:00:00", fee, ""})
		seen("something moved on another day", false)
		k.now += 10 * time.Minute.Milliseconds()
		seen("ten minutes later", true)
		for what, do := range map[string]func(){
			"a movement of the day": func() { k.book(move{"42004", "1003", day("12:00:00"), fee, ""}) },
			"a file":                func() { k.take(file(b, a), nil) },
			"an order that ended": func() {
				k.write(func(ctx context.Context, tx *db.Tx) error {
					return payment.EndOrder(ctx, tx, "1002", payment.Closed, k.now)
				})
			},
			"a decision": func() {
				k.write(func(ctx context.Context, tx *db.Tx) error {
					found, err := payment.ByNumber(ctx, tx, "42001")
					if err != nil {
						return err
					}
					return payment.Decide(ctx, tx, found[0].ID, payment.GiveBack, k.now, "a", "b", "退")
				})
			},
		} {
			unseen()
			want++
			seen("before "+what, false)
			do()
			seen(what, true)
		}
	})
}
