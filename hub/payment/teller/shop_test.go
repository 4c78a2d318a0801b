package teller_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/window"
)

const (
	campaign = "adult-2019"
	fee      = int64(16000)
	secret   = "0123456789abcdef0123456789abcdef"
)

// shop is a teller before one channel's peer, with its books and a clock that the
// test moves.
type shop struct {
	t     *testing.T
	d     *db.DB
	name  string
	peer  *peertest.Peer
	made  channel.Channel
	teach *teller.Teller
	door  *httptest.Server
	clock *clock
	n     int
}

type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.ms.Load()) }

// names are the channels.
var names = []string{"wechat", "alipay", "unionpay"}

// shops runs f before each channel on each database.
func shops(t *testing.T, f func(t *testing.T, s *shop)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, name := range names {
			t.Run(name, func(t *testing.T) { f(t, open(t, d, name)) })
		}
	})
}

func open(t *testing.T, d *db.DB, name string) *shop {
	t.Helper()
	s := &shop{t: t, d: d, name: name, clock: &clock{}}
	s.clock.ms.Store(time.Now().Truncate(time.Second).UnixMilli()) // peers sign by real time
	s.peer, s.made = counterpart(t, name)
	s.teach = s.teller(s.d, s.made)
	s.door = httptest.NewServer(s.teach)
	t.Cleanup(s.door.Close)
	return s
}

// counterpart starts a channel's peer and makes the channel before it.
func counterpart(t testing.TB, name string) (*peertest.Peer, channel.Channel) {
	t.Helper()
	ours, theirs := peertest.Key(t), peertest.Key(t)
	program := filepath.Join("..", "channel", "testdata", name+"_peer.py")
	notify, client := "https://pay.example.org"+teller.NoticePath+name, &http.Client{Timeout: time.Minute}
	var p *peertest.Peer
	var c channel.Channel
	var err error
	switch name {
	case "wechat":
		p = peertest.Start(t, program, ours, theirs, secret)
		c, err = channel.NewWeChat(channel.WeChatOptions{Merchant: "1900000109", App: "wx0000000000000001", Serial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", Key: ours, Secret: []byte(secret),
			PeerID: "PUB_KEY_ID_0119000001092019090600000001", Peer: &theirs.PublicKey, Notify: notify, Server: p.Base, Client: client})
	case "alipay":
		p = peertest.Start(t, program, ours, theirs)
		c, err = channel.NewAlipay(channel.AlipayOptions{App: "2019090600000001", Seller: "2088000000000001", Key: ours, Peer: &theirs.PublicKey, Notify: notify, Server: p.Base + "/gateway.do", Client: client})
	case "unionpay":
		p = peertest.Start(t, program, ours, nil)
		root, e := os.ReadFile(p.Root)
		if e != nil {
			t.Fatal(e)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(root)
		c, err = channel.NewUnionPay(channel.UnionPayOptions{Merchant: "777290058110097", Key: ours, CertID: "68759529225", Roots: roots, Notify: notify, Server: p.Base + "/gateway/api/", Files: p.Base + "/files", Client: client})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

// teller opens one on a database, with the books themselves behind it.
func (s *shop) teller(d *db.DB, channels ...channel.Channel) *teller.Teller {
	s.t.Helper()
	t, err := teller.New(teller.Options{DB: d, Channels: channels, Now: s.clock.now,
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) {
			return teller.Terms{Channels: []string{"wechat", "alipay", "unionpay", "cash"}, What: "2019年成人高考报名考试费"}, nil
		},
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			return payment.Book(ctx, tx, m, s.clock.now().UnixMilli())
		},
		BookPaid: func(ctx context.Context, tx *db.Tx, all []payment.Payable) ([]payment.Booked, error) {
			return payment.BookPaid(ctx, tx, all, s.clock.now().UnixMilli())
		},
		Fail: func(ctx context.Context, tx *db.Tx, movement, reason string) error {
			return payment.Decide(ctx, tx, movement, payment.Fail, s.clock.now().UnixMilli(), "hub", "", reason)
		},
		CloseDue: func(ctx context.Context, tx *db.Tx, limit int) (int, error) {
			due, err := payment.Due(ctx, tx, s.clock.now().UnixMilli(), limit)
			for _, o := range due {
				if err == nil {
					err = payment.EndOrder(ctx, tx, o.Number, payment.Closed, o.DueAt)
				}
			}
			return len(due), err
		}})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

func (s *shop) write(f func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

// order opens one that may be paid for so long.
func (s *shop) order(due time.Duration) payment.Order {
	s.t.Helper()
	s.n++
	o := payment.Order{Number: payment.NewNumber(2019, "430000"), Application: fmt.Sprintf("app-%s-%d", s.name, s.n), Campaign: campaign, Division: "430104", Point: "43010401", Level: "5",
		Fen: fee, OpenedAt: s.clock.ms.Load(), DueAt: s.clock.ms.Load() + due.Milliseconds(), Record: "r"}
	s.write(func(tx *db.Tx) error { return payment.OpenOrder(s.t.Context(), tx, o) })
	return o
}

// offer asks for a code.
func (s *shop) offer(o payment.Order) teller.Attempt {
	s.t.Helper()
	made, a, err := s.teach.Offer(s.t.Context(), o, s.name, channel.Scan, "", "")
	if err != nil || made.Code == "" {
		s.t.Fatalf("no code: %+v %v", made, err)
	}
	return a
}

// knob turns the peer's answers bad, "" good again.
func (s *shop) knob(answer string) { s.peer.Turn("knob", map[string]string{"answer": answer}, nil) }

// scan has somebody scan the code of an attempt: at Alipay there is a trade only then.
func (s *shop) scan(a teller.Attempt) {
	if s.name == "alipay" {
		s.peer.Turn("scan", map[string]string{"order": a.Number}, nil)
	}
}

// over has an attempt's time be over at the channel: UnionPay's ends by itself, and its
// peer does not know this clock.
func (s *shop) over(a teller.Attempt) {
	if s.name == "unionpay" {
		s.peer.Turn("over", map[string]string{"order": a.Number}, nil)
	}
}

// pays has somebody pay now, and gives the notice.
func (s *shop) pays(number, spoil string) peertest.Notice {
	return s.peer.Pay(map[string]string{"order": number, "spoil": spoil, "at": s.clock.now().In(window.Zone()).Format(time.RFC3339)})
}

// deliver gives a notice to the teller, and says what it answered.
func (s *shop) deliver(n peertest.Notice) (status int, body string) {
	s.t.Helper()
	return deliver(s.t, s.door.URL+teller.NoticePath+s.name, n)
}

func deliver(t testing.TB, to string, n peertest.Notice) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(n.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = n.HTTP()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	if _, err := fmt.Fprint(&b, res.StatusCode); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 256)
	n2, _ := res.Body.Read(said)
	return res.StatusCode, string(said[:n2])
}

// later moves the clock and has the worker look, and sweep.
func (s *shop) later(d time.Duration) {
	s.t.Helper()
	s.clock.ms.Add(d.Milliseconds())
	if err := s.teach.Look(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if err := s.teach.Sweep(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) now(o payment.Order) payment.Order {
	s.t.Helper()
	s.write(func(tx *db.Tx) (err error) { o, err = payment.GetOrder(s.t.Context(), tx, o.Number); return err })
	return o
}

// stands fails unless the order stands so.
func (s *shop) stands(o payment.Order, want payment.State) payment.Order {
	s.t.Helper()
	got := s.now(o)
	if got.State != want {
		s.t.Fatalf("the order is %s, want %s", got.State, want)
	}
	return got
}

func (s *shop) attempts(o payment.Order) (all []teller.Attempt) {
	s.t.Helper()
	s.write(func(tx *db.Tx) (err error) { all, err = teller.AttemptsOf(s.t.Context(), tx, o.Number); return err })
	return all
}

// standings are those of all movements that name an order, sorted.
func (s *shop) standings(o payment.Order) (out []string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		out = nil
		return tx.Each(s.t.Context(), `SELECT e.step FROM payment_movement m JOIN payment_entry e ON e.movement = m.id AND e.position = 0 WHERE m.order_number = $1 ORDER BY e.step`, []any{o.Number},
			func(row func(...any) error) error {
				var step string
				err := row(&step)
				out = append(out, step)
				return err
			})
	})
	return out
}

// balance fails unless the ledger adds up, and gives a fund.
func (s *shop) balance(f payment.Fund) int64 {
	s.t.Helper()
	var all map[payment.Fund]int64
	s.write(func(tx *db.Tx) (err error) { all, err = payment.Balance(s.t.Context(), tx, 1<<60); return err })
	sum := int64(0)
	for _, fen := range all {
		sum += fen
	}
	if sum != 0 {
		s.t.Errorf("the ledger is out by %d fen: %v", sum, all)
	}
	return all[f]
}
