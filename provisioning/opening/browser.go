package opening

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// browser is one person's browser: cookies, one address, and patience with a page
// that tells it to wait.
type browser struct {
	home   *url.URL
	who    int
	client *http.Client
	jar    *cookiejar.Jar
	note   func(answer) // told of every answer
	at     *url.URL     // of the page shown
	page   page
	status int
}

// answer is one answer as it was measured.
type answer struct {
	who      int // number of the person
	began    time.Time
	took     time.Duration
	status   int
	signedIn bool // whether the browser was at the time
	post     bool
	waits    int           // people before her, -1 when the page says nothing of it
	told     time.Duration // so long she is told to wait, 0 when she is not
	path     string
}

// errFault says that the hub showed a fault, or a page that nobody can use.
var errFault = errors.New("opening: a page that is a fault")

// maxPage bounds what is read of one answer.
const maxPage = 2 << 20

// newBrowser makes a browser that comes from an address of its own: loopback has
// sixteen million, and the hub counts what comes from each.
func newBrowser(home *url.URL, n int, note func(answer)) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>14&0x7f), byte(n>>7&0x7f), byte(1+n&0x7f))}
	dialer := &net.Dialer{Timeout: 10 * time.Second, LocalAddr: from}
	tr := &http.Transport{DialContext: dialer.DialContext, MaxConnsPerHost: 2, IdleConnTimeout: 20 * time.Second, DisableCompression: true}
	return &browser{home: home, who: n, at: home, jar: jar, note: note,
		client: &http.Client{Jar: jar, Transport: tr, Timeout: 60 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// close gives the connections back.
func (b *browser) close() { b.client.CloseIdleConnections() }

// signedIn is what the person knows: she has a session.
func (b *browser) signedIn() bool {
	for _, c := range b.jar.Cookies(b.home) {
		if strings.TrimPrefix(c.Name, "__Host-") == "zk_ks" {
			return true
		}
	}
	return false
}

// open opens a path, follows where it leads, and waits where it is told to.
func (b *browser) open(ctx context.Context, path string) error {
	to, err := b.at.Parse(path)
	if err != nil {
		return err
	}
	return b.ask(ctx, http.MethodGet, to, nil)
}

// send sends a form as filled in.
func (b *browser) send(ctx context.Context, f form, values url.Values) error {
	to, err := b.at.Parse(f.action)
	if err != nil {
		return err
	}
	if f.method != http.MethodPost {
		to.RawQuery = values.Encode()
		return b.ask(ctx, http.MethodGet, to, nil)
	}
	return b.ask(ctx, http.MethodPost, to, values)
}

// ask asks until there is a page: redirects are followed, and a page that says to
// wait is asked again when it says, or its kept form sent again.
func (b *browser) ask(ctx context.Context, method string, to *url.URL, values url.Values) error {
	for hops := 0; ; {
		res, body, err := b.once(ctx, method, to, values)
		if err != nil {
			return err
		}
		b.at, b.status = to, res.StatusCode
		switch {
		case res.StatusCode >= 300 && res.StatusCode < 400:
			if hops++; hops > 10 {
				return fmt.Errorf("%w: %s leads in a circle", errFault, to.Path)
			}
			if to, err = to.Parse(res.Header.Get("Location")); err != nil {
				return err
			}
			method, values = http.MethodGet, nil
		case res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusTooManyRequests:
			b.page = read(body)
			if err := pause(ctx, res.Header.Get("Retry-After")); err != nil {
				return err
			}
			if method != http.MethodPost {
				continue
			}
			again, ok := kept(b.page)
			if !ok {
				return fmt.Errorf("%w: %s: what was typed is not in the page that says to wait", errFault, to.Path)
			}
			if to, err = to.Parse(again.action); err != nil {
				return err
			}
			values = url.Values{}
			for _, f := range again.fields {
				values.Set(f.name, f.value)
			}
		case res.StatusCode >= 500:
			return fmt.Errorf("%w: %s: %d %s", errFault, to.Path, res.StatusCode, read(body).heading)
		default:
			b.page = read(body)
			return nil
		}
	}
}

// kept finds the form that holds what was typed.
func kept(p page) (form, bool) {
	for _, f := range p.forms {
		if f.method == http.MethodPost && len(f.fields) > 0 && f.fields[0].name == "kept" {
			return f, true
		}
	}
	return form{}, false
}

// pause waits as long as a page says.
func pause(ctx context.Context, seconds string) error {
	n, err := strconv.Atoi(seconds)
	if err != nil || n < 0 || n > 600 {
		return fmt.Errorf("%w: it says to wait, and not how long: %q", errFault, seconds)
	}
	return sleep(ctx, time.Duration(n)*time.Second)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *browser) once(ctx context.Context, method string, to *url.URL, values url.Values) (*http.Response, string, error) {
	var send io.Reader
	if values != nil {
		send = strings.NewReader(values.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, to.String(), send)
	if err != nil {
		return nil, "", err
	}
	if values != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.home.Scheme+"://"+b.home.Host)
	}
	a := answer{who: b.who, began: time.Now(), signedIn: b.signedIn(), post: method == http.MethodPost, waits: -1, path: to.Path}
	res, err := b.client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return nil, "", err
	}
	a.took, a.status = time.Since(a.began), res.StatusCode
	if res.StatusCode == http.StatusServiceUnavailable {
		a.waits, a.told = place(read(string(body)))
	}
	b.note(a)
	return res, string(body), nil
}

// place reads from a page how many people stand before her, -1 for none said, and
// how long she will wait, 0 for not known.
func place(p page) (ahead int, told time.Duration) {
	number := func(text, before string) int {
		_, rest, ok := strings.Cut(text, before)
		n, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		v, err := strconv.Atoi(strings.ReplaceAll(n, ",", ""))
		if !ok || err != nil {
			return -1
		}
		return v
	}
	ahead = number(p.heading, "您前面还有")
	switch minutes := number(p.lead, "大约还要"); {
	case minutes > 0:
		told = time.Duration(minutes) * time.Minute
	case strings.Contains(p.lead, "不到 1 分钟"):
		told = time.Minute
	}
	return ahead, told
}
