package teller_test

import (
	"errors"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
)

// A channel that gives no answer is asked by one request at a time. Everybody who wanted
// to pay and was turned away meanwhile counts, or no alarm would ever be raised (A59).
func TestWhoIsTurnedAwayCounts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, "wechat")
		s.knob("500")
		const people = 12
		for range people {
			if _, _, err := s.teach.Offer(t.Context(), s.order(24*time.Hour), s.name, channel.Scan, "", ""); !errors.Is(err, channel.ErrAway) {
				t.Fatalf("a channel that is away: %v", err)
			}
		}
		if err := s.teach.Pulse(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.write(func(tx *db.Tx) error {
			all, err := teller.Rates(t.Context(), tx, s.clock.now().Add(-10*time.Minute).UnixMilli())
			if want := (teller.Rate{Channel: "wechat", Asked: people, Away: people}); len(all) != 1 || all[0] != want {
				t.Errorf("%+v, want %+v", all, want)
			}
			return err
		})
	})
}
