package cashier

import (
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/look"
)

//go:embed pages static
var embedded embed.FS

// pages is the look of the telephone and of the companies' desks.
type pages struct {
	templates   *template.Template
	static      http.Handler
	home, strip string
}

func newPages(o Options) (*pages, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"t":    func(string) string { return "" }, // bound to a language for each request
		"yuan": inYuan,
		"at":   func(t time.Time) string { return t.In(zone).Format("01-02 15:04:05") },
	}).ParseFS(embedded, "pages/*.html")
	if err != nil {
		return nil, err
	}
	return &pages{t, look.Serve(embedded), o.Home, o.Strip}, nil
}

// frame is what the policy says of frames.
func (p *pages) frame() string {
	u, err := url.Parse(p.strip)
	if err != nil || u.Host == "" {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}

func (c *Cashier) render(w http.ResponseWriter, code int, lang, name string, data any) {
	page, err := c.pages.templates.Clone()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var out strings.Builder
	if err := page.Funcs(template.FuncMap{"t": func(key string) string { return word(lang, key) }}).ExecuteTemplate(&out, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(out.String())) // a browser that went away
}

// frame is what every page has around it.
type frame struct{ Lang, Home, Strip, Error string }

func (c *Cashier) frame(w http.ResponseWriter, r *http.Request) frame {
	const name = "zhunkao-demo-lang"
	f := frame{Lang: "zh-CN", Home: c.pages.home, Strip: c.pages.strip}
	if q := r.URL.Query().Get("lang"); q == "en" || q == "zh-CN" {
		http.SetCookie(w, &http.Cookie{Name: name, Value: q, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		f.Lang = q
	} else if k, err := r.Cookie(name); err == nil && k.Value == "en" {
		f.Lang = "en"
	}
	if f.Strip != "" {
		f.Strip += "?lang=" + f.Lang
	}
	return f
}

// shown is a trade with what has become of it.
type shown struct {
	trade
	Code  string
	Over  bool
	Moved []moved
}

// moved is one payment of a trade: its notices, and its way back.
type moved struct {
	payment
	Notices []notice
	Back    *refund
}

// shown makes it; the caller has the lock.
func (c *Cashier) shown(t *trade) shown {
	s := shown{trade: t.copied(), Code: t.code(), Over: t.over(c.now())}
	for _, p := range t.Paid {
		m := moved{payment: p}
		for _, n := range c.book.Notices {
			if n.Company == t.Company && n.Payment == p.Number {
				m.Notices = append(m.Notices, *n)
			}
		}
		for _, r := range c.book.Refunds {
			if r.Company == t.Company && r.Of == p.Number {
				back := *r
				m.Back = &back
			}
		}
		s.Moved = append(s.Moved, m)
	}
	return s
}

// company is one of the three on the page.
type company struct {
	Name  string
	Knobs []knob
	Days  []string // of which there are statements, newest first
	Any   bool     // something is wrong on purpose
}

type knob struct {
	Key string
	On  bool
}

// knobNames are the switches of a company, in the order of the page.
var knobNames = []string{"away", "silent", "refund-fails", "refund-waits", "short-bill"}

// turn is the switch of a name; nil for none.
func (k *Knobs) turn(name string) *bool {
	switch name {
	case "away":
		return &k.Away
	case "silent":
		return &k.Silent
	case "refund-fails":
		return &k.RefundFails
	case "refund-waits":
		return &k.RefundWaits
	case "short-bill":
		return &k.ShortBill
	}
	return nil
}

func (c *Cashier) companies() (out []company) {
	for _, name := range Companies {
		one := company{Name: name}
		var days []time.Time
		c.book.read(func() {
			for _, k := range knobNames {
				on := *c.book.Knobs[name].turn(k)
				one.Knobs, one.Any = append(one.Knobs, knob{k, on}), one.Any || on
			}
			for _, t := range c.book.Trades {
				for _, p := range t.Paid {
					if t.Company == name {
						days = append(days, p.At)
					}
				}
			}
			for _, r := range c.book.Refunds {
				if r.Company == name {
					days = append(days, r.At)
				}
			}
		})
		for _, at := range days {
			y, m, d := at.In(zone).Date()
			if day := time.Date(y, m, d, 0, 0, 0, 0, zone); c.stated(day) {
				one.Days = append(one.Days, day.Format(time.DateOnly))
			}
		}
		slices.Sort(one.Days)
		slices.Reverse(one.Days)
		one.Days = slices.Compact(one.Days)
		out = append(out, one)
	}
	return out
}

// showHome is the telephone: what can be paid, what was paid, and the companies.
func (c *Cashier) showHome(w http.ResponseWriter, r *http.Request) { c.home(w, r, "") }

func (c *Cashier) home(w http.ResponseWriter, r *http.Request, problem string) {
	f := c.frame(w, r)
	f.Error = problem
	data := struct {
		frame
		Open, Paid, Over []shown
		Companies        []company
	}{frame: f, Companies: c.companies()}
	c.book.read(func() {
		for _, t := range slices.Backward(c.book.Trades) {
			switch s := c.shown(t); {
			case len(s.Paid) > 0:
				data.Paid = append(data.Paid, s)
			case s.Over:
				data.Over = append(data.Over, s)
			default:
				data.Open = append(data.Open, s)
			}
		}
	})
	data.Paid, data.Over = data.Paid[:min(len(data.Paid), 30)], data.Over[:min(len(data.Over), 10)]
	code := http.StatusOK
	if problem != "" {
		code = http.StatusBadRequest
	}
	c.render(w, code, f.Lang, "home.html", data)
}

// doScan reads the text of a code.
func (c *Cashier) doScan(w http.ResponseWriter, r *http.Request) {
	text, id := strings.Join(strings.Fields(r.PostFormValue("code")), ""), "" // pages part long numbers by blanks
	c.book.read(func() {
		for _, t := range c.book.Trades {
			if text != "" && (t.code() == text || t.Order == text) {
				id = t.ID
			}
		}
	})
	if id == "" {
		c.home(w, r, "scan.none")
		return
	}
	http.Redirect(w, r, "/pay/"+id, http.StatusSeeOther)
}

// showPay is what the telephone shows of an order, before and after it is paid.
func (c *Cashier) showPay(w http.ResponseWriter, r *http.Request) {
	t, ok := c.book.scan(r.PathValue("id"))
	if !ok {
		c.home(w, r, "pay.none")
		return
	}
	f := c.frame(w, r)
	data := struct {
		frame
		shown
		Troubles []Trouble
		Away     bool
		Back     string
		Form     map[string]string
	}{frame: f, Troubles: Troubles, Away: c.knobs(t.Company).Away, Back: t.Back}
	c.book.read(func() { data.shown = c.shown(c.book.byID(t.ID)) })
	if back := r.URL.Query().Get("redirect_url"); back != "" && t.Company == WeChat { // 微信 H5: where the merchant wants her back
		if err := c.book.comesBack(t.ID, back); err == nil {
			data.Back = back
		}
	}
	if t.Company == UnionPay && len(t.Paid) > 0 && t.Back != "" { // 前台通知: her browser posts it
		form := unionPaid(t, t.Paid[0])
		for k, v := range map[string]string{"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "merId": UnionPayMerchant, "respCode": "00", "respMsg": "success"} {
			form[k] = v
		}
		data.Form = c.unionSigned(c.desks[UnionPay], form)
	}
	c.render(w, http.StatusOK, f.Lang, "pay.html", data)
}

// comesBack notes where her browser goes when she has paid.
func (b *book) comesBack(id, to string) error {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return errAsked
	}
	return b.change(func() error {
		b.byID(id).Back = to
		return nil
	})
}

// doPay is her thumb.
func (c *Cashier) doPay(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	t, ok := c.book.scan(id)
	if !ok {
		c.home(w, r, "pay.none")
		return
	}
	if c.knobs(t.Company).Away {
		c.home(w, r, "pay.away")
		return
	}
	err := c.book.pay(id, Trouble(r.PostFormValue("trouble")), r.PostFormValue("anyhow") != "")
	switch {
	case errors.Is(err, errOver):
		c.home(w, r, "pay.over")
	case errors.Is(err, errPaid):
		c.home(w, r, "pay.paid")
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Redirect(w, r, "/pay/"+id, http.StatusSeeOther)
	}
}

// doKnob turns a switch of a company.
func (c *Cashier) doKnob(w http.ResponseWriter, r *http.Request) {
	c.did(w, r, c.book.change(func() error {
		k := c.book.Knobs[r.PostFormValue("company")]
		if k == nil || k.turn(r.PostFormValue("knob")) == nil {
			return errUnknown
		}
		*k.turn(r.PostFormValue("knob")) = r.PostFormValue("on") == "1"
		return nil
	}))
}

// doNotice sends a notice now: one that was held back, or one again.
func (c *Cashier) doNotice(w http.ResponseWriter, r *http.Request) {
	c.did(w, r, c.book.release(r.PostFormValue("notice")))
}

// doRefund ends a refund that waits.
func (c *Cashier) doRefund(w http.ResponseWriter, r *http.Request) {
	c.did(w, r, c.book.settle(time.Now(), r.PostFormValue("number")))
}

func (c *Cashier) did(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// getStatement gives somebody the file of a day in hand, as the merchant's platform
// does to who downloads it there.
func (c *Cashier) getStatement(w http.ResponseWriter, r *http.Request) {
	day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("day"), zone)
	name := r.PathValue("company")
	if err != nil || !c.stated(day) || !slices.Contains(Companies, name) {
		http.NotFound(w, r)
		return
	}
	save := func(as string) { w.Header().Set("Content-Disposition", `attachment; filename="`+as+`"`) }
	stamp := day.Format("20060102")
	switch name {
	case WeChat:
		save(WeChatMerchant + "All" + day.Format("2006-01-02") + ".csv")
		_, _ = w.Write([]byte(c.wechatText(day))) // a browser that went away
	case Alipay:
		save(AlipaySeller + "0156_" + stamp + ".csv.zip")
		c.alipayBill(w, r)
	default:
		got := c.unionFile(day.Format("0102"))
		save("INN" + day.Format("060102") + "88ZM_" + UnionPayMerchant + ".txt")
		_, _ = w.Write([]byte("fileName=" + got["fileName"] + "&fileContent=" + got["fileContent"])) // a browser that went away
	}
}
