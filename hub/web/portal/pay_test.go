package portal_test

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
)

// shop is one who moves money, without a wire: the channels' own tests and the
// rehearsal speak to real peers; here only what she sees is asked.
type shop struct {
	name string

	mu   sync.Mutex // guards the rest
	away bool
	asks map[string]channel.Ask
	paid map[string]time.Time // by our number
	n    int                  // questions
}

func newShop(name string) *shop {
	return &shop{name: name, asks: map[string]channel.Ask{}, paid: map[string]time.Time{}}
}

func (s *shop) Name() string { return s.name }

func (s *shop) Offer(_ context.Context, a channel.Ask) (channel.Offer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return channel.Offer{}, channel.ErrAway
	}
	s.asks[a.Order] = a
	switch {
	case a.Way == channel.Scan:
		return channel.Offer{Code: s.name + "://pay?pr=" + a.Order}, nil
	case s.name == "unionpay":
		return channel.Offer{Page: "https://gateway.95516.example/front", Form: url.Values{"orderId": {a.Order}, "backUrl": {a.Back}}}, nil
	}
	return channel.Offer{Page: "https://wx." + s.name + ".example/h5?id=" + a.Order + "&back=" + url.QueryEscape(a.Back)}, nil
}

func (s *shop) Query(_ context.Context, a channel.Ask) (channel.Word, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.away {
		return channel.Word{}, channel.ErrAway
	}
	asked, ok := s.asks[a.Order]
	if !ok {
		return channel.Word{}, channel.ErrUnknown
	}
	at, ok := s.paid[a.Order]
	if !ok {
		return channel.Word{State: channel.Waiting, Kind: payment.Payment, Order: a.Order}, nil
	}
	return channel.Word{State: channel.Moved, Kind: payment.Payment, Order: a.Order,
		Movement: payment.Movement{Channel: s.name, Kind: payment.Payment, Number: "T" + a.Order, Order: a.Order, Fen: asked.Fen, At: at.UnixMilli(), Source: payment.ByQuery}}, nil
}

func (s *shop) Close(context.Context, channel.Ask) error { return nil }
func (s *shop) Refund(context.Context, channel.Return) (channel.Word, error) {
	return channel.Word{}, channel.ErrAway
}
func (s *shop) QueryRefund(context.Context, channel.Return) (channel.Word, error) {
	return channel.Word{}, channel.ErrAway
}
func (s *shop) Notice(context.Context, http.Header, []byte) (channel.Word, error) {
	return channel.Word{}, channel.ErrForged
}
func (s *shop) Thanks() (string, string) { return "text/plain", "success" }
func (s *shop) Statement(context.Context, time.Time, io.Writer) error {
	return channel.ErrNoFile
}

// pays lets the money of everything that was asked for move.
func (s *shop) pays(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.asks {
		s.paid[n] = at
	}
}

func (s *shop) down(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

func (s *shop) questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// selling gives a world channels.
func selling(shops ...*shop) option {
	return func(t *testing.T, w *world) {
		t.Helper()
		var all []channel.Channel
		for _, s := range shops {
			all = append(all, s)
		}
		var err error
		w.options.Teller, err = teller.New(teller.Options{DB: w.db, Channels: all, Now: w.now,
			Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) {
				return teller.Terms{Channels: w.camp.Payment.Channels, What: "报名考试费"}, nil
			},
			Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
				return w.flow.BookMovement(ctx, tx, m, flow.Hub())
			},
			Fail: func(ctx context.Context, tx *db.Tx, movement, reason string) error {
				return w.flow.StepMovement(ctx, tx, movement, payment.Fail, reason, flow.Hub(), "")
			},
			CloseDue: w.flow.CloseDue})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ordered is somebody who confirmed, and whose order is open.
func (w *world) ordered(n int) (*her, payment.Order) {
	w.t.Helper()
	h := w.arrive(n)
	h.submit()
	h.confirm(h.app, h.app.Version, w.now().Add(-time.Hour+time.Duration(n)*time.Minute), picture(w.t), flow.Step{State: confirmation.InForce})
	return h, w.opened(h)
}

func (w *world) opened(h *her) (o payment.Order) {
	w.t.Helper()
	w.write(func(tx *db.Tx) (err error) {
		o, err = w.flow.OpenOrder(w.t.Context(), tx, h.app.ID, flow.CauseConfirmed, flow.Hub())
		return err
	})
	return o
}

// moves books money that came for an order.
func (w *world) moves(o payment.Order, number string, fen int64) (b payment.Booked) {
	w.t.Helper()
	w.write(func(tx *db.Tx) (err error) {
		b, err = w.flow.BookMovement(w.t.Context(), tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: number, Order: o.Number, Fen: fen,
			At: w.now().UnixMilli(), Source: payment.ByNotice}, flow.Hub())
		return err
	})
	return b
}

// pay says what the page must say, and what not.
func (h *her) pay(when string, all ...string) answer {
	h.t.Helper()
	page := h.see("/ks/pay")
	h.holds(page, when, all...)
	return page
}

func (h *her) holds(page answer, when string, all ...string) {
	h.t.Helper()
	for _, text := range all {
		if no, ok := strings.CutPrefix(text, "!"); ok {
			if page.says(no) {
				h.t.Errorf("%s: says %q: %s", when, no, page.text())
			}
		} else if !page.says(text) {
			h.t.Errorf("%s: does not say %q: %s", when, text, page.text())
		}
	}
	if page.says(h.app.Get(form.DocumentNumber)) {
		h.t.Errorf("%s: a whole number stands there", when)
	}
}

// scannedCode reads the code that a page draws with a reader that is not ours.
func scannedCode(t *testing.T, page string) string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("zbarimg is not installed")
	}
	m := regexp.MustCompile(`(?s)<svg class="qr" viewBox="-4 -4 (\d+) \d+".*?<path fill="#000" d="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no code on the page")
	}
	const dots = 4
	n := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	img := image.NewGray(image.Rect(0, 0, n(m[1])*dots, n(m[1])*dots))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)`).FindAllStringSubmatch(m[2], -1) {
		x, y := n(run[1])+4, n(run[2])+4
		draw.Draw(img, image.Rect(x*dots, y*dots, (x+n(run[3]))*dots, (y+1)*dots), image.Black, image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", file).Output()
	if err != nil {
		t.Fatalf("the code is not read: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// TestPay walks one person through paying: before, to pay, a code, found out, paid.
func TestPay(t *testing.T) {
	wx, ali, up := newShop("wechat"), newShop("alipay"), newShop("unionpay")
	w := newWorld(t, selling(wx, ali, up))
	h := w.arrive(0)
	h.submit()
	h.pay("before she confirmed", "还没到缴费这一步", "先带身份证去确认点确认", "!去付款")
	h.confirm(h.app, h.app.Version, w.now().Add(-time.Hour), picture(t), flow.Step{State: confirmation.InForce})
	soon := h.pay("before the hub has opened it", "缴费单马上开好", "会自己刷新")
	if soon.Head.Get("Refresh") == "" {
		t.Error("the page that says it looks again does not")
	}
	o := w.opened(h)
	fee := pages.Yuan(o.Fen)
	page := h.pay("to pay", "缴报名考试费", fee+".00", "等您付款", "微信支付", "支付宝", "云闪付", "过了时间没缴，报名作废", "不要再付一次", "最迟 9 月 7 日 10:00 有结果", string(h.app.Name()), "!再付款")
	if a := h.send(page, "/ks/pay", url.Values{"channel": {""}, "way": {"scan"}}); a.Status != http.StatusUnprocessableEntity || !a.says("请先选一种付款方式") {
		t.Errorf("nothing chosen: %d %s", a.Status, a.text())
	}
	if a := h.post("/ks/pay", url.Values{"channel": {"wechat"}, "way": {"scan"}}); a.Status != http.StatusForbidden {
		t.Errorf("without its token: %d", a.Status)
	}

	a := h.send(page, "/ks/pay", url.Values{"channel": {"wechat"}, "way": {"scan"}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/pay/code/wechat" {
		t.Fatalf("%d → %s: %s", a.Status, a.To, a.text())
	}
	code := h.see(a.To)
	h.holds(code, "the code", "用手机扫码，付 "+fee+".00 元", "每 5 秒自己看一次", "别人也可以扫这个码替您付", "!"+string(h.app.Name()))
	if got := scannedCode(t, code.Page); got != "wechat://pay?pr="+o.Number {
		t.Errorf("the code says %q", got)
	}
	if code.Head.Get("Refresh") != "5" {
		t.Errorf("refresh %q", code.Head.Get("Refresh"))
	}
	h.pay("a moment after she went to pay", "正在问支付公司", "付过了就不要再付一次")

	asked := h.send(h.see("/ks/pay"), "/ks/pay/ask", nil)
	h.holds(asked, "asked, not paid", "支付公司说还没有收到钱", "最迟 9 月 7 日 10:00 有结果")
	often := h.send(h.see("/ks/pay"), "/ks/pay/ask", nil)
	if often.Status != http.StatusTooManyRequests || !often.says("不要再付一次") || wx.questions() != 1 {
		t.Errorf("asked again at once: %d, %d questions", often.Status, wx.questions())
	}

	wx.pays(w.now())
	w.set(w.now().Add(10 * time.Second)) // an answer that is newer is not asked for again
	if f, err := w.options.Teller.AskNow(t.Context(), o); err != nil || f.Order.State != payment.Paid {
		t.Fatalf("%+v, %v", f, err)
	}
	if a := h.get("/ks/pay/code/wechat"); a.Status != http.StatusSeeOther || a.To != "/ks/pay" {
		t.Errorf("the code's page after it was paid: %d → %s", a.Status, a.To)
	}
	h.pay("paid", "已缴费", "报名有效", "不要再付", "微信支付", "财政电子票据", "9 月 6 日 10:31", "!去付款", "!查一下")
	if a := h.post("/ks/pay", url.Values{"token": {asIs(formTag.FindString(page.Page)).Get("token")}, "channel": {"alipay"}, "way": {"scan"}}); a.Status != http.StatusConflict || !a.says("不能付了") {
		t.Errorf("to pay what is paid: %d %s", a.Status, a.text())
	}
}

// TestPayElsewhere: a channel's page is a link or a form that only this one page may
// post, and never carries our token.
func TestPayElsewhere(t *testing.T) {
	wx, up := newShop("wechat"), newShop("unionpay")
	w := newWorld(t, selling(wx, up))
	h, o := w.ordered(0)
	page := h.see("/ks/pay")
	if csp := page.Head.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self'") {
		t.Errorf("the order's page: %s", csp)
	}
	link := h.send(page, "/ks/pay", url.Values{"channel": {"wechat"}, "way": {"phone"}})
	if !strings.Contains(link.Page, `href="https://wx.wechat.example/h5?id=`+o.Number) || !strings.Contains(link.Page, `referrerpolicy="strict-origin"`) ||
		!strings.Contains(link.Page, url.QueryEscape("/ks/pay/back")) || !strings.Contains(link.Head.Get("Content-Security-Policy"), "form-action 'self'") {
		t.Errorf("%d: %s", link.Status, link.Page)
	}
	form := h.send(page, "/ks/pay", url.Values{"channel": {"unionpay"}, "way": {"browser"}})
	csp := form.Head.Get("Content-Security-Policy")
	if !strings.Contains(csp, "form-action https://gateway.95516.example https://*.95516.example;") || strings.Contains(csp, "form-action 'self'") {
		t.Errorf("content policy %s", csp)
	}
	i := strings.Index(form.Page, `action="https://gateway.95516.example/front"`)
	if i < 0 {
		t.Fatalf("no form: %s", form.Page)
	}
	if own := form.Page[i : i+strings.Index(form.Page[i:], "</form>")]; strings.Contains(own, `name="token"`) || !strings.Contains(own, `name="orderId"`) {
		t.Errorf("the form: %s", own)
	}
	// A channel sends the browser back from another site: no cookie comes with it.
	if back := w.browser().see("/ks/pay/back"); !back.says("看缴费到账没有") || !strings.Contains(back.Page, `href="/ks/pay"`) {
		t.Errorf("back: %s", back.text())
	}
}

// TestPayStates: each state of an order has its own page.
func TestPayStates(t *testing.T) {
	wx, ali := newShop("wechat"), newShop("alipay")
	w := newWorld(t, selling(wx, ali))
	ctx := t.Context()
	step := func(b payment.Booked, s payment.Step) {
		t.Helper()
		w.write(func(tx *db.Tx) error {
			return w.flow.StepMovement(ctx, tx, b.Movement.ID, s, "核对过", flow.Operator(), "")
		})
	}

	h, o := w.ordered(0)
	first := w.moves(o, "T1", o.Fen)
	second := w.moves(o, "T2", o.Fen)
	h.pay("paid twice", "已缴费", "您多付了", "算作缴费", "暂收待查", "这一笔是多付的，要退给您", "!去付款")
	step(second, payment.GiveBack)
	h.pay("the second is given back", "退款办理中", "退回原来付款的账户")
	step(second, payment.Fail)
	h.pay("that failed", "上次没有退成", "钱在，没有丢")
	step(first, payment.GiveBack)
	h.pay("the first is given back", "正在退钱给您", "!去付款")

	h, o = w.ordered(1)
	w.moves(o, "T3", o.Fen-1000)
	h.pay("another amount", "缴报名考试费", "数目和缴费单上的不一样", "请按缴费单上的数目另付", "去付款")
	wx.down(true)
	for range 4 {
		h.send(h.see("/ks/pay"), "/ks/pay", url.Values{"channel": {"wechat"}, "way": {"scan"}})
	}
	h.pay("one channel is away", "有的付款方式现在用不了", "起没有应答", "去付款")
	ali.down(true)
	for range 4 {
		h.send(h.see("/ks/pay"), "/ks/pay", url.Values{"channel": {"alipay"}, "way": {"scan"}})
	}
	w.set(w.now().Add(10 * time.Minute))
	h.pay("both are", "现在付不了", "通了就能付", "扣过钱的，不要再付", "!去付款")

	h, o = w.ordered(2)
	due := local("09-20 18:00")
	w.write(func(tx *db.Tx) error {
		return w.flow.ExtendOrder(ctx, tx, o.Number, due, "渠道故障", flow.Operator(), "")
	})
	h.pay("extended", "时间延长到 9 月 20 日 18:00")
	w.set(due.Add(time.Minute))
	h.pay("over, not yet closed", "正在最后核对", "不要再付", "!去付款")
	w.write(func(tx *db.Tx) error { return w.flow.CloseOrder(ctx, tx, o.Number) })
	h.pay("closed", "缴费时间过了", "没有收到缴费", "我已付款，查一下", "!去付款")
	w.moves(o, "T4", o.Fen)
	h.pay("paid late", "钱收到了，可是晚了", "考试院定", "暂收待查")

	w.set(local("09-06 10:31"))
	h, o = w.ordered(3)
	w.write(func(tx *db.Tx) error {
		if err := payment.EndOrder(ctx, tx, o.Number, payment.Left, w.now().UnixMilli()); err != nil {
			return err
		}
		return nil
	})
	h.pay("left", "不用缴了")
	w.set(w.now().Add(time.Minute))
	w.moves(o, "T5", o.Fen)
	h.pay("paid after leaving", "取消报名以后才付的，要退给您")

	h, o = w.ordered(4)
	w.write(func(tx *db.Tx) error { return payment.EndOrder(ctx, tx, o.Number, payment.Waived, w.now().UnixMilli()) })
	h.pay("waived", "免缴，不用付钱", "!去付款")

	h, o = w.ordered(5)
	b := w.moves(o, "T6", o.Fen)
	step(b, payment.Revert)
	h.pay("the channel never had it", "没有到账", "所以不算缴费")

	h, o = w.ordered(6)
	other, theirs := w.ordered(7)
	w.moves(o, "T7", o.Fen)
	b = w.moves(o, "T8", o.Fen)
	h.pay("a second payment", "您多付了", "暂收待查")
	w.write(func(tx *db.Tx) error {
		return w.flow.OwnMovement(ctx, tx, b.Movement.ID, theirs.Number, "截图上是另一个人", flow.Operator())
	})
	h.pay("found to be another's", "已缴费", "!您多付了", "!暂收待查")
	other.pay("found for another", "暂收待查")
	if log := w.log.String(); strings.Contains(log, "ERROR") {
		t.Errorf("the log says: %s", log)
	}
}

// TestPayWithoutChannels: nobody is asked to pay where nothing can be paid.
func TestPayWithoutChannels(t *testing.T) {
	w := newWorld(t)
	h, _ := w.ordered(0)
	h.pay("no channel is configured", "现在还不能在这里缴费", "!去付款")
	g := newWorld(t, gaokao)
	p := g.arrive(0)
	p.submit()
	p.pay("cash at the point", "在报名点交现金", "带材料去报名点", "!去付款")
}
