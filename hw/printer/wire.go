package printer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/fault"
)

// wire carries IPP messages over HTTP.
type wire struct {
	uri    string // what the printer is told that it is called
	post   string // where it is posted to
	user   string
	times  *timing
	asks   *http.Client // keeps its connection between two looks
	sends  *http.Client // a fresh connection each: no doubt about what became of a document
	lastID atomic.Uint32
	old    atomic.Bool // the printer speaks only IPP/1.1

	mu     sync.Mutex // guards pin
	pin    []byte
	pinned func([]byte) error
}

// newWire reads the URI.
func newWire(opt Options, times *timing) (*wire, error) {
	u, err := url.Parse(opt.URI)
	if err != nil {
		return nil, errors.New("printer: the address is no URI")
	}
	secure := u.Scheme == "ipps" || u.Scheme == "https"
	port := map[string]string{"ipp": "631", "ipps": "631", "http": "80", "https": "443"}[u.Scheme]
	switch {
	case port == "":
		return nil, errors.New("printer: the address must begin with ipp:// or ipps://")
	case u.Hostname() == "":
		return nil, errors.New("printer: the address names no host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("printer: the address must be host, port and path only")
	}
	if p := u.Port(); p != "" {
		port = p
	}
	path := u.EscapedPath()
	if path == "" || path == "/" {
		path = "/ipp/print"
	}
	host := net.JoinHostPort(u.Hostname(), port)
	w := &wire{uri: "ipp://" + host + path, post: "http://" + host + path, user: opt.User, times: times,
		pin: bytes.Clone(opt.Pin), pinned: opt.Pinned}
	if secure {
		w.uri, w.post = "ipps://"+host+path, "https://"+host+path
	}
	w.asks, w.sends = w.client(false), w.client(true)
	return w, nil
}

func (w *wire) client(fresh bool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				d := net.Dialer{Timeout: w.times.dial}
				return d.DialContext(ctx, network, addr)
			},
			TLSClientConfig: &tls.Config{
				MinVersion:         tls.VersionTLS12,
				InsecureSkipVerify: true, // a printer signs its own certificate; verify pins its key instead
				VerifyConnection:   w.verify,
			},
			TLSHandshakeTimeout:    w.times.exchange,
			ExpectContinueTimeout:  w.times.cont,
			MaxResponseHeaderBytes: 32 << 10,
			DisableCompression:     true,
			DisableKeepAlives:      fresh,
			MaxIdleConns:           1,
			IdleConnTimeout:        10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// idle closes connections nobody uses.
func (w *wire) idle() {
	w.asks.CloseIdleConnections()
	w.sends.CloseIdleConnections()
}

// verify holds the printer to the key it was first met with.
func (w *wire) verify(cs tls.ConnectionState) error {
	if len(cs.PeerCertificates) == 0 {
		return fault.New(fault.Unauthorised, "certificate", "none shown", nil)
	}
	sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pin) == 0 {
		if w.pinned != nil {
			if err := w.pinned(bytes.Clone(sum[:])); err != nil {
				return fault.New(fault.Denied, "certificate", "its key could not be kept", err)
			}
		}
		w.pin = sum[:]
	}
	if subtle.ConstantTimeCompare(w.pin, sum[:]) != 1 {
		return fault.New(fault.Unauthorised, "certificate", "another key than the one this printer was first met with", nil)
	}
	return nil
}

// request makes a message with the attributes every operation begins with.
func (w *wire) request(op goipp.Op) *goipp.Message {
	version := goipp.MakeVersion(2, 0)
	if w.old.Load() {
		version = goipp.MakeVersion(1, 1)
	}
	m := goipp.NewRequest(version, op, w.lastID.Add(1)&0x7fffffff|1<<30)
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("zh-cn")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String(w.uri)))
	return m
}

// reply is a printer's answer to one request.
type reply struct {
	*goipp.Message
}

func (r reply) status() goipp.Status { return goipp.Status(r.Code) }
func (r reply) ok() bool             { return r.Code < 0x0100 }

// ask posts a message without a document and takes the answer, whatever its
// status. The error carries a fault word.
func (w *wire) ask(ctx context.Context, m *goipp.Message, limit time.Duration) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := w.do(ctx, w.asks, m, nil, 0)
	if err != nil && ctx.Err() == nil && staleConnection(err) {
		// The kept connection was closed by the printer; to ask again is harmless.
		r, err = w.do(ctx, w.asks, m, nil, 0)
	}
	if err == nil && r.status() == goipp.StatusErrorVersionNotSupported && !w.old.Swap(true) {
		m.Version = goipp.MakeVersion(1, 1)
		return w.ask(ctx, m, limit)
	}
	return r, err
}

func staleConnection(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// do posts a message, and doc behind it if that is not nil: size bytes, or
// chunked if size is negative.
func (w *wire) do(ctx context.Context, client *http.Client, m *goipp.Message, doc io.Reader, size int64) (reply, error) {
	op := goipp.Op(m.Code).String()
	head, err := m.EncodeBytes()
	if err != nil {
		return reply{}, fault.New(fault.Unsupported, op, "cannot be encoded", err)
	}
	var body io.Reader = bytes.NewReader(head)
	if doc != nil {
		body = io.MultiReader(body, doc)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.post, io.NopCloser(body))
	if err != nil {
		return reply{}, fault.New(fault.Unsupported, op, "address", err)
	}
	req.GetBody = nil // nothing is ever sent again behind our back
	switch {
	case doc == nil:
		req.ContentLength = int64(len(head))
	case size >= 0:
		req.ContentLength = int64(len(head)) + size
	default:
		req.ContentLength = -1
	}
	req.Header.Set("Content-Type", goipp.ContentType)
	req.Header.Set("Accept", goipp.ContentType)
	if doc != nil {
		req.Header.Set("Expect", "100-continue")
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, lineFault(ctx, op, err)
	}
	defer resp.Body.Close()
	if err := httpFault(op, resp); err != nil {
		return reply{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return reply{}, lineFault(ctx, op, err)
	}
	msg, err := decodeReply(raw, m.RequestID)
	if err != nil {
		return reply{}, fault.New(fault.Line, op, "the answer is no sound IPP", err)
	}
	return reply{msg}, nil
}

// httpError is an answer that never came to IPP.
type httpError int

func (e httpError) Error() string { return fmt.Sprintf("HTTP status %d", int(e)) }

// httpFault judges the HTTP side of an answer.
func httpFault(op string, resp *http.Response) error {
	code := httpError(resp.StatusCode)
	switch {
	case resp.StatusCode == http.StatusOK:
		if kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(kind), goipp.ContentType) {
			return fault.New(fault.Line, op, "the answer is not IPP but "+tidy(kind, 40), nil)
		}
		return nil
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return fault.New(fault.Line, op, "it sends us elsewhere, which is refused", code)
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return fault.New(fault.Denied, op, "it wants a password or lets us not in", code)
	case resp.StatusCode == http.StatusUpgradeRequired:
		return fault.New(fault.Denied, op, "it wants TLS: use ipps://", code)
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusMethodNotAllowed:
		return fault.New(fault.Unsupported, op, "no IPP printer at this path", code)
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		return fault.New(fault.Transient, op, "it is busy", code)
	default:
		return fault.New(fault.Line, op, "", code)
	}
}

// lineFault gives a transport error its word.
func lineFault(ctx context.Context, op string, err error) error {
	var f *fault.Fault
	var ne net.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &f): // from verify
		return fault.New(f.Word, op, f.Detail, f.Err)
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.New(fault.Closed, op, "", ctx.Err())
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.As(err, &dns):
		return fault.New(fault.Absent, op, "", bare(err))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return fault.New(fault.Timeout, op, "", bare(err))
	default:
		return fault.New(fault.Line, op, "", bare(err))
	}
}

// bare takes the URL off an error of net/http: an address says nothing new.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// statusFault gives an IPP status its word.
func statusFault(op goipp.Op, r reply) error {
	detail := r.status().String()
	word := fault.Device
	switch s := r.status(); s {
	case goipp.StatusErrorBusy, goipp.StatusErrorServiceUnavailable, goipp.StatusErrorTemporary, goipp.StatusErrorTooManyJobs, goipp.StatusErrorTimeout:
		word = fault.Transient
	case goipp.StatusErrorNotAcceptingJobs, goipp.StatusErrorPrinterIsDeactivated:
		word = fault.Attention
	case goipp.StatusErrorForbidden, goipp.StatusErrorNotAuthenticated, goipp.StatusErrorNotAuthorized:
		word = fault.Denied
	case goipp.StatusErrorInternal, goipp.StatusErrorDevice:
	case goipp.StatusErrorNotFound, goipp.StatusErrorGone:
		word = fault.Transient
	default:
		if s >= 0x0400 && s < 0x0500 || s == goipp.StatusErrorOperationNotSupported || s == goipp.StatusErrorVersionNotSupported {
			word = fault.Unsupported
		}
	}
	return fault.New(word, op.String(), detail, nil)
}
