package cashier

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options of Run.
type Options struct {
	Dir    string           // of keys and book; made when missing
	Listen string           // loopback address of gateways and pages
	Notify string           // address of the hub, for its payments file (Papers.Payments); "" writes none
	Home   string           // page of the demonstration, linked back to; "" for none
	Strip  string           // page with the demonstration's clock, shown in a frame; "" for none
	Now    func() time.Time // the civil clock
	Ready  func()           // called when it listens; may be nil
}

// Cashier is the three companies and the telephone.
type Cashier struct {
	base      string
	now       func() time.Time
	desks     map[string]desk
	stranger  *rsa.PrivateKey
	secret    []byte
	unionCert string
	book      *book
	client    *http.Client
	pages     *pages
	mu        sync.Mutex // guards watchers
	watchers  map[chan struct{}]struct{}
}

// The gateways, as a merchant is told them.
const (
	wechatPath = "/wechat"
	alipayPath = "/alipay/gateway.do"
	unionPath  = "/unionpay/gateway/api/"
	filesPath  = "/unionpay/files/"
)

// Gateways are where the hub asks, instead of the companies' own addresses.
type Gateways struct{ WeChat, Alipay, UnionPay, UnionPayFiles string }

// At are the gateways of a cashier that listens on an address.
func At(listen string) Gateways {
	base := "http://" + listen
	return Gateways{base + wechatPath, base + alipayPath, base + unionPath, base + filesPath}
}

// Run serves until ctx ends.
func Run(ctx context.Context, o Options) error {
	host, _, err := net.SplitHostPort(o.Listen)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("cashier: %s: the pages have no sign-in, give a loopback address such as 127.0.0.1:8609", o.Listen)
	}
	c, err := newCashier(o)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("cashier: %w", err)
	}
	server := &http.Server{Handler: c.handler(), ReadHeaderTimeout: 5 * time.Second}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var work sync.WaitGroup
	errs := make(chan error, 2)
	work.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			errs <- err
		}
	})
	work.Go(func() {
		if err := c.deliver(ctx); err != nil {
			errs <- err
		}
	})
	if o.Ready != nil {
		o.Ready()
	}
	select {
	case <-ctx.Done():
	case err = <-errs:
	}
	cancel()
	_ = server.Close() // open streams must not hold up the end
	work.Wait()
	return err
}

func newCashier(o Options) (*Cashier, error) {
	papers, err := Sign(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.Notify != "" {
		if err := papers.Configure(o.Notify, At(o.Listen)); err != nil {
			return nil, err
		}
	}
	c := &Cashier{base: "http://" + o.Listen, now: o.Now, desks: map[string]desk{}, client: &http.Client{Timeout: 5 * time.Second}, watchers: map[chan struct{}]struct{}{}}
	for _, name := range Companies {
		if c.desks[name], err = papers.desk(name); err != nil {
			return nil, err
		}
	}
	if c.secret, err = os.ReadFile(papers.WeChatSecret()); err != nil {
		return nil, err
	}
	if c.unionCert, err = readText(papers.own("unionpay.pem")); err != nil {
		return nil, err
	}
	if c.stranger, err = newStranger(); err != nil {
		return nil, err
	}
	if c.book, err = openBook(filepath.Join(o.Dir, "book.json"), o.Now, c.changed); err != nil {
		return nil, err
	}
	c.pages, err = newPages(o)
	return c, err
}

func (c *Cashier) knobs(company string) (k Knobs) {
	c.book.read(func() { k = *c.book.Knobs[company] })
	return k
}

// handler lists the routes: what the merchant's server and her browser ask of the
// companies, and the telephone's pages.
func (c *Cashier) handler() http.Handler {
	telephone := http.NewServeMux()
	telephone.HandleFunc("GET /{$}", c.showHome)
	telephone.HandleFunc("POST /scan", c.doScan)
	telephone.HandleFunc("GET /pay/{id}", c.showPay)
	telephone.HandleFunc("POST /pay/{id}", c.doPay)
	telephone.HandleFunc("POST /knob", c.doKnob)
	telephone.HandleFunc("POST /notice", c.doNotice)
	telephone.HandleFunc("POST /refund", c.doRefund)
	telephone.HandleFunc("GET /statement/{company}", c.getStatement)
	telephone.HandleFunc("GET /changes", c.changes)
	telephone.Handle("GET /static/", c.pages.static)

	mux := http.NewServeMux()
	mux.HandleFunc(wechatPath+"/", c.wechat)
	mux.HandleFunc(alipayPath, c.alipay)
	mux.HandleFunc("GET /alipay/bill", c.alipayBill)
	mux.HandleFunc("POST "+unionPath+"frontTransReq.do", c.unionFront)
	mux.HandleFunc("POST "+unionPath+"backTransReq.do", c.unionpay)
	mux.HandleFunc("POST "+unionPath+"queryTrans.do", c.unionpay)
	mux.HandleFunc("POST "+filesPath, c.unionpay)
	mux.Handle("/", http.NewCrossOriginProtection().Handler(telephone)) // the gateways are asked by strangers' pages
	return c.guard(mux)
}

// guard sets the headers of every answer, and lets only this machine's own names
// through.
func (c *Cashier) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// From the page on which one has paid her browser posts to the merchant's, UnionPay's way.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src "+c.pages.frame()+"; form-action 'self' http: https:; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "loopback only", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
		next.ServeHTTP(w, r)
	})
}

// changed tells open pages to look again.
func (c *Cashier) changed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.watchers {
		select {
		case w <- struct{}{}:
		default: // it has one waiting already
		}
	}
}

// changes is a stream of server-sent events, one whenever the book has changed.
func (c *Cashier) changes(w http.ResponseWriter, r *http.Request) {
	me := make(chan struct{}, 1)
	c.mu.Lock()
	c.watchers[me] = struct{}{}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.watchers, me)
		c.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for {
		if err := flush.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-me:
			if _, err := w.Write([]byte("event: changed\ndata: 1\n\n")); err != nil {
				return
			}
		}
	}
}
