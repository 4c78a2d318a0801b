package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"zhunkao/provisioning/cashier"
	"zhunkao/provisioning/demo"
)

// signWithCompanies prepares the payment companies of a province whose Ground says so:
// the shipped cashier, with which every hub signs when it is started. hears is where it
// sends notices; "" is the first hub.
func (p *Province) signWithCompanies(hears string) error {
	addrs, err := freeAddrs(1)
	if err != nil {
		return err
	}
	dir := p.in("cashier")
	if hears == "" {
		hears = "http://" + p.hubs[0].addr
	}
	p.companies = &program{name: "cashier", log: p.in("cashier.log"), path: filepath.Join(p.Bin, "cashier"),
		args: []string{"--data", dir, "--listen", addrs[0], "--notify", hears, "--demo-clock", p.in("clock.sock")}}
	p.telephone = &Telephone{Addr: addrs[0]}
	for _, h := range p.hubs {
		h.args = append(h.args, "--payments", cashier.Papers{Dir: dir}.Payments())
	}
	return nil
}

// StartCompanies starts the payment companies and waits until they answer. The first
// time it must come before the hub's start, for they write its payments file.
func (p *Province) StartCompanies(ctx context.Context) error {
	if err := p.companies.start(); err != nil {
		return err
	}
	return answers(ctx, p.companies, "http://"+p.telephone.Addr+"/")
}

// Login is the sign-in at the portal of whom a card belongs to.
func (p *Province) Login(c demo.Card) string {
	if c.Card.Number == p.Cards("")[0].Card.Number {
		return "baoming"
	}
	i := slices.IndexFunc(p.cards, func(o demo.Card) bool { return o.Card.Number == c.Card.Number })
	return fmt.Sprintf("ks%04d", i+1)
}

// Telephone is what people of this province pay with.
func (p *Province) Telephone() *Telephone { return p.telephone }

// Telephone is the page of the payment companies on which one pays.
type Telephone struct{ Addr string }

var (
	toPay    = regexp.MustCompile(`(?s)<li class="slip" data-order="([^"]+)".*?href="(/pay/[a-z0-9]+)"`)
	anySlip  = regexp.MustCompile(`(?s)<li class="slip[^"]*" data-order="([^"]+)".*?href="(/pay/[a-z0-9]+)"`)
	sendForm = regexp.MustCompile(`(?s)<li class="slip paid" data-order="([^"]+)" data-number="([^"]+)">.*?name="notice" value="([A-Z0-9]+)"`)
)

// look fetches a page of the telephone's.
func (t *Telephone) look(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.Addr+path, nil)
	if err != nil {
		return "", err
	}
	return t.do(req)
}

func (t *Telephone) do(req *http.Request) (string, error) {
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the telephone at %s: %s", req.URL.Path, res.Status)
	}
	return string(b), err
}

// press sends a form.
func (t *Telephone) press(ctx context.Context, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+t.Addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://"+t.Addr)
	return t.do(req)
}

// Waiting are the numbers of the orders that the telephone could pay.
func (t *Telephone) Waiting(ctx context.Context) (orders []string, err error) {
	page, err := t.look(ctx, "/")
	for _, m := range toPay.FindAllStringSubmatch(page, -1) {
		orders = append(orders, m[1])
	}
	return orders, err
}

// Pay presses an order, and its button; something may go wrong with it. It gives the
// company's numbers of what was taken.
func (t *Telephone) Pay(ctx context.Context, order string, trouble cashier.Trouble) error {
	page, err := t.look(ctx, "/")
	if err != nil {
		return err
	}
	for _, m := range anySlip.FindAllStringSubmatch(page, -1) {
		if m[1] != order {
			continue
		}
		form := url.Values{"trouble": {string(trouble)}}
		if page, err = t.look(ctx, m[2]); err != nil {
			return err
		}
		if strings.Contains(page, `name="anyhow"`) { // it is over, or paid already
			form.Set("anyhow", "1")
		}
		if page, err = t.press(ctx, m[2], form); err == nil && !strings.Contains(page, "付款成功") {
			err = errors.New("the telephone does not say that it is paid")
		}
		return err
	}
	return fmt.Errorf("the telephone shows no order %s", order)
}

// Resend has the company send the notices of an order's payments now, or once more.
func (t *Telephone) Resend(ctx context.Context, order string) error {
	page, err := t.look(ctx, "/")
	if err != nil {
		return err
	}
	sent := 0
	for _, m := range sendForm.FindAllStringSubmatch(page, -1) {
		if m[1] == order {
			if _, err := t.press(ctx, "/notice", url.Values{"notice": {html.UnescapeString(m[3])}}); err != nil {
				return err
			}
			sent++
		}
	}
	if sent == 0 {
		return fmt.Errorf("the telephone shows no payment of order %s", order)
	}
	return nil
}

// Turn switches trouble of a company on or off.
func (t *Telephone) Turn(ctx context.Context, company, knob string, on bool) error {
	_, err := t.press(ctx, "/knob", url.Values{"company": {company}, "knob": {knob}, "on": {map[bool]string{true: "1", false: "0"}[on]}})
	return err
}
