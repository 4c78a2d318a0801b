package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/campaign"
)

// deaf is a channel that gives no answer.
type deaf struct{ channel.Channel }

func (deaf) Name() string { return campaign.ChannelWeChat }

func (deaf) Offer(context.Context, channel.Ask) (channel.Offer, error) {
	return channel.Offer{}, channel.ErrAway
}

// TestChannelFails: a channel that failed a few is said to fail, of few requests, and
// nothing is reported; when many could not pay it is an alarm on the page, in the menu and
// one incident of the province (A59).
func TestChannelFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	pay, err := teller.New(teller.Options{DB: w.db, Channels: []channel.Channel{deaf{}}, Now: now,
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) {
			return teller.Terms{Channels: []string{campaign.ChannelWeChat}, What: "报名考试费"}, nil
		},
		Book: func(context.Context, *db.Tx, payment.Movement) (payment.Booked, error) {
			return payment.Booked{}, errors.New("nobody pays by a channel that is away")
		},
		Fail: func(context.Context, *db.Tx, string, string) error { return nil }, CloseDue: w.flow.CloseDue})
	if err != nil {
		t.Fatal(err)
	}
	number := w.owed(pointHere)
	var o payment.Order
	w.write(ctx, func(tx *db.Tx) (err error) { o, err = payment.GetOrder(ctx, tx, number); return err })
	asked := 0
	ask := func(to int) { // and has it written down, as a hub does
		t.Helper()
		for ; asked < to; asked++ {
			if _, _, err := pay.Offer(ctx, o, campaign.ChannelWeChat, channel.Scan, "127.0.0.1", ""); !errors.Is(err, channel.ErrAway) {
				t.Fatal(err)
			}
		}
		runs, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- pay.Run(runs) }()
		defer func() { stop(); <-ended }()
		within, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		for {
			var all []teller.Rate
			w.write(ctx, func(tx *db.Tx) (err error) {
				all, err = teller.Rates(ctx, tx, now().Add(-flow.AlarmSpan).UnixMilli())
				return err
			})
			if len(all) == 1 && all[0].Asked == to {
				return
			}
			select {
			case <-within.Done():
				t.Fatalf("%d asked, written down: %+v", to, all)
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	stands := func(word string, reported int) {
		t.Helper()
		_, page := w.as("po").get("/gl/trouble")
		for _, other := range []string{"在失败，次数还少", "大批失败"} {
			if strings.Contains(page, other) != (other == word) {
				t.Errorf("%d asked in vain: the page says %q: %v", asked, other, other != word)
			}
		}
		if alarm := fmt.Sprintf("微信支付：最近 10 分钟失败 %d%%", 100); strings.Contains(page, alarm) != (word == "大批失败") {
			t.Errorf("%d asked in vain: the alarm on the page is %v", asked, word != "大批失败")
		}
		if n, err := w.flow.AlarmPayments(ctx, w.db); n != reported || err != nil {
			t.Errorf("%d asked in vain: %d reported, %v", asked, n, err)
		}
	}
	stands("", 0)
	ask(flow.AlarmRequests - 1)
	stands("在失败，次数还少", 0)
	ask(flow.AlarmRequests)
	stands("大批失败", 1)
	stands("大批失败", 0) // once a day

	// What the page proposes is a stretch that it takes.
	_, page := w.as("po").get("/gl/trouble")
	look := url.Values{"channel": {campaign.ChannelWeChat}}
	for _, name := range []string{"from", "to"} {
		_, rest, found := strings.Cut(page, `name="`+name+`" type="datetime-local" required value="`)
		value, _, _ := strings.Cut(rest, `"`)
		if !found || value == "" {
			t.Fatalf("the page proposes no %s", name)
		}
		look.Set(name, value)
	}
	if _, page := w.as("po").get("/gl/trouble?" + look.Encode()); strings.Contains(page, "渠道或者时间不对") || !strings.Contains(page, "还没缴费、受影响的") {
		t.Errorf("the page does not take its own stretch, %v", look)
	}
	w.write(ctx, func(tx *db.Tx) error {
		all, err := incident.List(ctx, tx, incident.Filter{Division: "430000", Kind: incident.Payment, Limit: 5})
		if err == nil && (len(all) != 1 || !strings.HasPrefix(all[0].What, "微信支付：最近 10 分钟 20 次请求，20 次没有答复")) {
			t.Errorf("the incidents: %+v", all)
		}
		return err
	})
}
