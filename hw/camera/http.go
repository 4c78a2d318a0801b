package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"zhunkao/hw/fault"
)

// raw is a frame as a source gives it; data is valid only during the call.
type raw struct {
	format        Format
	width, height int // 0 where only the JPEG knows
	data          []byte
}

// source is one way to a camera. run serves one connection: it opens, calls put
// for each frame, and ends with why it ended. It holds nothing open afterwards.
type source interface {
	run(ctx context.Context, opened func(name string), put func(raw)) error
}

// mjpegHTTP is a camera that sends multipart/x-mixed-replace.
type mjpegHTTP struct{ url string }

const dialLimit = 3 * time.Second

func newHTTP(address string) (*mjpegHTTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("camera: the source is no http address")
	}
	return &mjpegHTTP{url: u.String()}, nil
}

func (m *mjpegHTTP) run(ctx context.Context, opened func(string), put func(raw)) error {
	// No proxy, no second connection, no compression: a camera on the desk.
	transport := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dialLimit}).DialContext,
		ResponseHeaderTimeout: dialLimit, DisableKeepAlives: true, DisableCompression: true,
		MaxResponseHeaderBytes: 16 << 10,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url, nil)
	if err != nil {
		return fault.New(fault.Unsupported, "open camera", "address", nil)
	}
	res, err := client.Do(req)
	if err != nil {
		return dialFault(err)
	}
	defer res.Body.Close()
	boundary, err := accept(res)
	if err != nil {
		return err
	}
	opened("")
	in := newParts(res.Body, boundary, maxPart)
	var buf []byte
	for {
		if buf, err = in.next(buf); err != nil {
			return streamFault(err)
		}
		put(raw{format: FormatJPEG, data: buf})
		// What a frame showed is not kept longer than the frame.
		clear(buf)
	}
}

// accept judges the answer's head. Where a camera sends us elsewhere we do not
// go: the address is configuration, not the camera's to change.
func accept(res *http.Response) (boundary string, err error) {
	const op = "open camera"
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return "", fault.New(fault.Unsupported, op, "redirect refused", nil)
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return "", fault.New(fault.Denied, op, fmt.Sprint("status ", res.StatusCode), nil)
	case res.StatusCode == http.StatusServiceUnavailable:
		return "", fault.New(fault.Busy, op, "status 503", nil)
	case res.StatusCode != http.StatusOK:
		return "", fault.New(fault.Device, op, fmt.Sprint("status ", res.StatusCode), nil)
	}
	kind, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/x-mixed-replace" || params["boundary"] == "" {
		return "", fault.New(fault.Unsupported, op, "not a multipart/x-mixed-replace stream", nil)
	}
	return params["boundary"], nil
}

func dialFault(err error) error {
	const op = "open camera"
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Closed, op, "", nil)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Timeout, op, "", nil)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fault.New(fault.Denied, op, "", nil)
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fault.New(fault.Absent, op, "", nil)
	default:
		var dns *net.DNSError
		if errors.As(err, &dns) || errors.Is(err, io.EOF) {
			return fault.New(fault.Absent, op, "", nil)
		}
		return fault.New(fault.Line, op, "no HTTP", nil)
	}
}

func streamFault(err error) error {
	const op = "camera stream"
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Closed, op, "", nil)
	case errors.Is(err, errBig), errors.Is(err, errPart):
		return fault.New(fault.Line, op, err.Error(), nil)
	default: // ended, broke off, reset
		return fault.New(fault.Absent, op, "stream ended", nil)
	}
}
