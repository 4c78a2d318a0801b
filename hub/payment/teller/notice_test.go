package teller_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
)

// What no notice looks like gets a plain answer, whatever it is.
func TestWhatIsNoNotice(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t), "wechat")
	big := strings.Repeat("x", 64<<10+1)
	for _, tc := range []struct {
		method, path, body string
		want               int
	}{
		{http.MethodGet, "wechat", "", http.StatusMethodNotAllowed},
		{http.MethodPost, "", "{}", http.StatusNotFound},
		{http.MethodPost, "alipay", "{}", http.StatusNotFound}, // not configured here
		{http.MethodPost, "wechat/", "{}", http.StatusNotFound},
		{http.MethodPost, "wechat", big, http.StatusRequestEntityTooLarge},
		{http.MethodPost, "wechat", "", http.StatusUnauthorized},
		{http.MethodPost, "wechat", "{}", http.StatusUnauthorized},
	} {
		w := httptest.NewRecorder()
		s.teach.ServeHTTP(w, httptest.NewRequest(tc.method, teller.NoticePath+tc.path, strings.NewReader(tc.body)))
		if w.Code != tc.want || strings.Contains(w.Body.String(), "SUCCESS") {
			t.Errorf("%s %s of %d bytes: %d %q, want %d", tc.method, tc.path, len(tc.body), w.Code, w.Body, tc.want)
		}
	}
	// Without a length it is read no further than its bound.
	r := httptest.NewRequest(http.MethodPost, teller.NoticePath+"wechat", io.MultiReader(strings.NewReader(big), strings.NewReader(big)))
	r.ContentLength = -1
	w := httptest.NewRecorder()
	if s.teach.ServeHTTP(w, r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("without a length: %d", w.Code)
	}
}

// A notice that cannot be made durable is not thanked for, and pays when it comes
// again.
func TestNoThanksBeforeTheCommit(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t), "wechat")
	away, committed := true, false
	mine, err := teller.New(teller.Options{DB: s.d, Channels: []channel.Channel{s.made}, Now: s.clock.now,
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) { return teller.Terms{}, nil },
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			b, err := payment.Book(ctx, tx, m, s.clock.now().UnixMilli())
			if away && err == nil {
				err = errors.New("the disk is full")
			}
			tx.OnCommit(func() { committed = true })
			return b, err
		},
		Fail:     func(context.Context, *db.Tx, string, string) error { return nil },
		CloseDue: func(context.Context, *db.Tx, int) (int, error) { return 0, nil }})
	if err != nil {
		t.Fatal(err)
	}
	o := s.order(time.Hour)
	n := s.pays(s.offer(o).Number, "")
	give := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, teller.NoticePath+"wechat", strings.NewReader(n.Body))
		r.Header = n.HTTP()
		w := httptest.NewRecorder()
		mine.ServeHTTP(w, r)
		return w
	}
	if w := give(); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "SUCCESS") {
		t.Errorf("thanked for what is nowhere: %d %q", w.Code, w.Body)
	}
	s.stands(o, payment.Open)
	if away = false; committed {
		t.Fatal("committed all the same")
	}
	if w := give(); w.Code != http.StatusOK || !committed {
		t.Errorf("%d, committed: %v", w.Code, committed)
	}
	s.stands(o, payment.Paid)
	if c := mine.Counts()[0]; c.Busy != 1 || c.Booked != 1 {
		t.Errorf("%+v", c)
	}
}

// Two hubs on one database: a notice comes to either, or to both at one moment, and
// is booked once; one of them asks by itself, and when it ends, the other.
func TestTwoHubs(t *testing.T) {
	t.Parallel()
	url := dbtest.PostgresURL(t)
	connect := func() *db.DB {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	s := open(t, connect(), "wechat")
	other := s.teller(connect(), s.made)
	doors := []string{s.door.URL, ""}
	second := httptest.NewServer(other)
	t.Cleanup(second.Close)
	doors[1] = second.URL

	var orders []payment.Order
	var notices []peertest.Notice
	for range 12 {
		o := s.order(time.Hour)
		orders = append(orders, o)
		notices = append(notices, s.pays(s.offer(o).Number, ""))
	}
	var wg sync.WaitGroup
	for _, n := range notices {
		for i := range 4 {
			wg.Go(func() {
				if status, _ := deliver(t, doors[i%2]+teller.NoticePath+"wechat", n); status != http.StatusOK {
					t.Errorf("answered %d", status)
				}
			})
		}
	}
	wg.Wait()
	for _, o := range orders {
		s.stands(o, payment.Paid)
		if all := s.standings(o); len(all) != 1 {
			t.Errorf("%v", all)
		}
	}
	one, two := s.count(), other.Counts()[0]
	if one.Booked+two.Booked != 12 || one.Known+two.Known != 36 {
		t.Errorf("%+v\n%+v", one, two)
	}

	// Only the leader asks.
	due := s.order(24 * time.Hour)
	s.offer(due)
	asked := func(who *teller.Teller) uint64 { return who.Counts()[0].Asked }
	began := asked(s.teach)
	leads, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.teach.Lead(leads) }()
	wait := func(who *teller.Teller, n uint64) {
		t.Helper()
		s.clock.ms.Add((10 * time.Minute).Milliseconds())
		for until := time.Now().Add(2 * time.Minute); asked(who) < n; <-time.After(10 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("asked %d times, want %d", asked(who), n)
			}
		}
	}
	wait(s.teach, began+1)
	before := asked(other)
	if err := other.Lead(t.Context()); err != nil { // comes back at once
		t.Fatal(err)
	}
	if asked(other) != before {
		t.Error("both ask")
	}
	end()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	leads, end = context.WithCancel(t.Context())
	go func() { ended <- other.Lead(leads) }()
	wait(other, before+1)
	end()
	<-ended
}

// How channels answered is written down by the minute, and added up over hubs.
func TestRates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, "wechat")
		other := s.teller(d, s.made)
		o := s.order(24 * time.Hour)
		a := s.offer(o)
		s.knob("500")
		for range 3 {
			if _, err := s.teach.AskNow(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		s.knob("")
		s.deliver(s.pays(a.Number, "other-key"))
		s.deliver(s.pays(a.Number, ""))
		w := httptest.NewRecorder()
		n := s.pays(a.Number, "")
		r := httptest.NewRequest(http.MethodPost, teller.NoticePath+"wechat", strings.NewReader(n.Body))
		r.Header = n.HTTP()
		other.ServeHTTP(w, r)
		for range 2 { // told once
			for _, who := range []*teller.Teller{s.teach, other} {
				if err := who.Pulse(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		rates := func() (all []teller.Rate) {
			s.write(func(tx *db.Tx) (err error) {
				all, err = teller.Rates(t.Context(), tx, s.clock.now().Add(-10*time.Minute).UnixMilli())
				return err
			})
			return all
		}
		want := teller.Rate{Channel: "wechat", Asked: 4, Away: 3, Notices: 2, Forged: 1}
		if all := rates(); len(all) != 1 || all[0] != want || all[0].Failing() != 75 {
			t.Errorf("%+v, want %+v", all, want)
		}
		s.clock.ms.Add(time.Hour.Milliseconds())
		if all := rates(); len(all) != 0 {
			t.Errorf("an hour later: %+v", all)
		}
	})
}
