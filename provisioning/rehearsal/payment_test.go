package rehearsal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/provisioning/cashier"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// fees is a province with payment companies and one box.
type fees struct {
	*testing.T
	ctx   context.Context
	p     *rehearsal.Province
	box   *rehearsal.Box
	phone *rehearsal.Telephone
	post  *postman
}

// postman hands the companies' notices on to the hub. Armed, he cuts the hub's power
// when it has answered one, and loses the answer.
type postman struct {
	mu    sync.Mutex // guards hub, strike
	hub   string
	armed func()
	seen  int
}

func (m *postman) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	to, strike := m.hub, m.armed
	m.armed = nil
	m.seen++
	m.mu.Unlock()
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(&url.URL{Scheme: "http", Host: to})
		p.Out.Host = to
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	if strike == nil {
		proxy.ServeHTTP(w, r)
		return
	}
	lost := httptest.NewRecorder()
	proxy.ServeHTTP(lost, r)
	if lost.Code == http.StatusOK { // committed, by its own word
		strike()
	}
	panic(http.ErrAbortHandler)
}

func newFees(t *testing.T) *fees {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	t.Cleanup(cancel)
	post := &postman{}
	letters := httptest.NewServer(post)
	t.Cleanup(letters.Close)
	p := opened(ctx, t, rehearsal.Ground{Payments: true, Hears: letters.URL})
	post.hub = p.HubAddr()
	f := &fees{T: t, ctx: ctx, p: p, phone: p.Telephone(), post: post}
	f.must("companies", p.StartCompanies(ctx))
	f.must("hub", p.StartHub(ctx))
	var err error
	f.box, err = p.NewBox(ctx, "A", "43010401")
	f.must("box", err)
	return f
}

func (f *fees) must(what string, err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("%s: %v", what, err)
	}
}

func (f *fees) until(what string, do func() error) {
	f.Helper()
	if err := rehearsal.Until(f.ctx, rehearsal.Wait, do); err != nil {
		f.Fatalf("%s: %v", what, err)
	}
}

// confirms has somebody confirm at the box, to the end of her visit.
func (f *fees) confirms(c demo.Card) {
	f.Helper()
	f.must("visit", visit(f.ctx, f.box, c.Card))
	f.must("the last screen", f.box.Person.Done(f.ctx))
	f.box.Lift()
	_, err := f.box.Person.Sees(f.ctx, "idle")
	f.must("after her", err)
}

// client is a browser of its own that follows nothing by itself.
func (f *fees) client() *tablet {
	f.Helper()
	jar, err := cookiejar.New(nil)
	f.must("jar", err)
	w := &tablet{base: "http://" + f.p.HubAddr(), web: &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	f.Cleanup(w.web.CloseIdleConnections)
	return w
}

// signsIn is somebody at the portal, signed in.
func (f *fees) signsIn(c demo.Card) *tablet {
	f.Helper()
	d, err := db.OpenExisting(f.ctx, f.p.Database())
	f.must("database", err)
	text, err := d.Meta(f.ctx, hub.MetaDemoApplicants)
	f.must("sign-ins", errors.Join(err, d.Close()))
	var shown []hub.DemoApplicant
	f.must("sign-ins", json.Unmarshal([]byte(text), &shown)) // one password is everybody's
	her := f.client()
	status, page, err := her.post("/ks/sign-in", "/ks/sign-in", url.Values{"login": {f.p.Login(c)}, "password": {shown[0].Password}})
	if f.must("sign-in", err); status != http.StatusSeeOther {
		f.Fatalf("sign-in at the portal: %d:\n%s", status, page)
	}
	return her
}

// says looks at a page every second, and later every third, for the portal lets nobody
// look without end, until it says each of texts.
func (f *fees) says(w *tablet, path string, texts ...string) string {
	f.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for tries := 0; ; tries++ {
		status, page, err := w.get(path)
		if f.must(path, err); status == http.StatusOK && !slices.ContainsFunc(texts, func(t string) bool { return !strings.Contains(page, t) }) {
			return page
		}
		switch tries {
		case 20:
			tick.Reset(3 * time.Second)
		case 60:
			f.Fatalf("%s: %d, and it does not say all of %q:\n%s", path, status, texts, plain(page))
		}
		<-tick.C
	}
}

var (
	anyTag = regexp.MustCompile(`(?s)<(style|script|svg).*?</(style|script|svg)>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// plain is what somebody reads of a page.
func plain(page string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(anyTag.ReplaceAllString(page, " "), " "))
}

// code opens a code of a channel on the page from, and gives its order's number.
func (f *fees) code(w *tablet, from, channel string) (order string) {
	f.Helper()
	status, page, err := w.post(from, from, url.Values{"channel": {channel}, "way": {"scan"}})
	f.must("asking for a code", err)
	if status != http.StatusSeeOther {
		f.Fatalf("asking for a code: %d:\n%s", status, plain(page))
	}
	page = f.says(w, from+"/code/"+channel, "<svg", "160.00")
	before, err := f.phone.Waiting(f.ctx)
	f.must("telephone", err)
	said := blanks.ReplaceAllString(plain(page), "") // it parts long numbers
	for _, order := range before {
		if strings.Contains(said, order) {
			return order
		}
	}
	f.Fatalf("the telephone shows %v, and the page\n%s", before, plain(page))
	return ""
}

// books are what the hub has written down of an order: its state, and its movements.
func (f *fees) books(order string) (payment.State, []payment.Booking) {
	f.Helper()
	d, err := db.OpenExisting(f.ctx, f.p.Database())
	f.must("database", err)
	defer func() { _ = d.Close() }()
	var o payment.Order
	var all []payment.Booking
	f.must("books", d.Read(f.ctx, func(tx *db.Tx) (err error) {
		if o, err = payment.GetOrder(f.ctx, tx, order); err != nil {
			return err
		}
		all, err = payment.BookingsOf(f.ctx, tx, order)
		return err
	}))
	return o.State, all
}

// TestFeeIsPaid is the path of a payment (demands A41–A43, faults 36 and 37), by the
// pages: confirmed at a box her order is open, a code is shown and paid, the notice
// comes, and she reads that it is paid. Another's notice is lost, and found when she
// asks. The third's comes just when the hub's power fails, after it has committed: it
// comes again and is booked once.
func TestFeeIsPaid(t *testing.T) {
	t.Parallel()
	f := newFees(t)
	f.must("box", f.box.Start(f.ctx))
	cards := f.p.Cards("")
	var her []*tablet
	for _, c := range cards[:3] {
		f.confirms(c)
		her = append(her, f.signsIn(c))
	}
	if page := f.says(her[0], "/ks/pay", "160.00"); strings.Contains(page, "已缴费") {
		t.Error("paid before it is paid")
	}

	order := f.code(her[0], "/ks/pay", "wechat")
	f.must("she pays", f.phone.Pay(f.ctx, order, cashier.Fine))
	f.says(her[0], "/ks/pay", "已缴费", "不要再付")
	f.says(her[0], "/ks/status", "您要办的都办了", "缴费成功")

	lost := f.code(her[1], "/ks/pay", "alipay")
	f.must("she pays", f.phone.Pay(f.ctx, lost, cashier.Lost))
	status, page, err := her[1].post("/ks/pay", "/ks/pay/ask", url.Values{})
	if f.must("she asks", err); status != http.StatusOK && status != http.StatusSeeOther {
		t.Fatalf("asked with %d:\n%s", status, plain(page))
	}
	f.says(her[1], "/ks/pay", "已缴费")

	cut := f.code(her[2], "/ks/pay", "unionpay")
	struck := make(chan error, 1)
	f.post.mu.Lock()
	f.post.armed = func() { struck <- f.p.KillHub(f.ctx) }
	f.post.mu.Unlock()
	f.must("she pays", f.phone.Pay(f.ctx, cut, cashier.Fine))
	select {
	case err := <-struck:
		f.must("the hub's power", err)
	case <-time.After(rehearsal.Wait):
		t.Fatal("the hub heard no notice")
	}
	f.must("the hub is back", f.p.StartHub(f.ctx))
	f.post.mu.Lock()
	before := f.post.seen
	f.post.mu.Unlock()
	f.must("once more", f.phone.Resend(f.ctx, cut))
	f.until("the notice comes again", func() error {
		f.post.mu.Lock()
		defer f.post.mu.Unlock()
		if f.post.seen == before {
			return errors.New("not yet")
		}
		return nil
	})
	f.says(her[2], "/ks/pay", "已缴费")
	for _, o := range []string{order, lost, cut} {
		if state, moved := f.books(o); state != payment.Paid || len(moved) != 1 || moved[0].Movement.Fen != 16000 {
			t.Errorf("order %s is %s with %d movements, want it paid by one", o, state, len(moved))
		}
	}
	sheng := f.officer("sheng")
	f.until("the dashboard", func() error {
		_, page, err := sheng.get("/gl")
		if err == nil && !strings.Contains(plain(page), "已缴费，有效 3 ") {
			err = errors.New("it does not count three who have paid: " + plain(page))
		}
		return err
	})
}

// TestPaidBeforeArrival: she confirms while there is no hub, and the box stays away
// (demand A42, protocol/README "The slip"). With the slip on her sheet somebody who
// does not sign in opens her order and pays it. Then her record arrives, and joins it.
func TestPaidBeforeArrival(t *testing.T) {
	t.Parallel()
	f := newFees(t)
	e, err := f.p.Equip("A", "")
	f.must("printer", err)
	f.must("box", f.box.Start(f.ctx))
	_, err = f.box.Person.Sees(f.ctx, "idle")
	f.must("the roster", err)
	f.must("the hub goes away", f.p.StopHub())
	card := f.p.Cards("")[0]
	f.must("visit", visit(f.ctx, f.box, card.Card))
	seen, err := f.box.Person.Look(f.ctx)
	if f.must("the last screen", err); !strings.Contains(seen.Text, "160") {
		t.Errorf("the last screen does not say what is to be paid:\n%s", plain(seen.Text))
	}
	f.must("the last screen", f.box.Person.Done(f.ctx))
	f.box.Lift()
	jobs := e.Printer.Jobs()
	if len(jobs) == 0 {
		t.Fatal("no sheet was printed")
	}
	slip, err := slipOn(f.ctx, f.p.Dir, jobs[0].Document)
	if f.must("her sheet", err); slip == "" {
		t.Fatal("the sheet bears no slip")
	}
	f.must("the box is switched off", f.box.Kill())
	f.must("the hub is back", f.p.StartHub(f.ctx))

	friend := f.client()
	status, page, err := friend.post("/ks/slip", "/ks/slip", url.Values{"code": {slip}})
	if f.must("the slip", err); status != http.StatusSeeOther {
		t.Fatalf("the slip: %d:\n%s", status, plain(page))
	}
	at := "/ks/p/" + strings.TrimPrefix(slip, "ZK1:S:")
	if page = f.says(friend, at, "160.00"); strings.Contains(page, card.Card.Name.Reveal()) {
		t.Error("a slip's page tells whose it is")
	}
	order := f.code(friend, at, "wechat")
	f.must("a friend pays", f.phone.Pay(f.ctx, order, cashier.Fine))
	f.says(friend, at, "已缴费")
	if state, moved := f.books(order); state != payment.Paid || len(moved) != 1 {
		t.Fatalf("order %s is %s with %d movements", order, state, len(moved))
	}

	f.must("the box is back", f.box.Start(f.ctx))
	f.must("her record", once(f.ctx, f.p, 1))
	her := f.signsIn(card)
	f.says(her, "/ks/pay", "已缴费")
	f.says(her, "/ks/status", "您要办的都办了", "缴费成功")
	if n := f.orders(); n != 1 {
		t.Errorf("%d orders, want the one that the slip opened", n)
	}
}

// officer is somebody at the console, signed in.
func (f *fees) officer(user string) *tablet {
	f.Helper()
	w := f.client()
	for _, who := range f.p.Accounts() {
		if who.User == user {
			f.until(user+" signs in", func() error { // a code works once
				status, _, err := w.post("/gl/sign-in", "/gl/sign-in", url.Values{"login": {who.User}, "password": {who.Password}, "code": {who.Code()}})
				if err == nil && status != http.StatusSeeOther {
					err = fmt.Errorf("sign-in: %d", status)
				}
				return err
			})
		}
	}
	return w
}

// orders is how many there are of anybody.
func (f *fees) orders() (n int) {
	f.Helper()
	d, err := db.OpenExisting(f.ctx, f.p.Database())
	f.must("database", err)
	defer func() { _ = d.Close() }()
	f.must("orders", d.Read(f.ctx, func(tx *db.Tx) error {
		all, err := payment.Orders(f.ctx, tx, payment.Filter{Division: "430000", Limit: 10})
		n = len(all)
		return err
	}))
	return n
}
