package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// errNotRunning says that no hub answers in the data directory.
var errNotRunning = errors.New("hubd is not running")

// dial asks the running hub through its socket; ask may be nil. The caller
// closes the body.
func (h *hand) dial(method, path string, ask any) (*http.Response, error) {
	var body bytes.Buffer
	if ask != nil {
		if err := json.NewEncoder(&body).Encode(ask); err != nil {
			return nil, fmt.Errorf("ask hubd: %w", err)
		}
	}
	return h.send(method, path, &body)
}

// send is dial with a body as it is.
func (h *hand) send(method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(h.ctx, method, "http://hubd"+path, body)
	if err != nil {
		return nil, fmt.Errorf("ask hubd: %w", err)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", h.dir.Socket())
	}}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("ask hubd: %w", err)
	}
	return resp, nil
}

// hubd asks the running hub and reads its whole answer; ask may be nil.
func (h *hand) hubd(method, path string, ask, answer any) error {
	resp, err := h.dial(method, path, ask)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	const limit = 64 << 20
	raw, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return fmt.Errorf("ask hubd: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		var refused struct{ Error, Code string }
		if json.Unmarshal(raw, &refused) != nil || refused.Error == "" {
			refused.Error = resp.Status
		}
		return said(refused.Code, refused.Error)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("ask hubd: answer: %w", err)
	}
	return nil
}

// said is the hub's refusal: by its code, or else in its own words.
func said(code, text string) error {
	if _, known := pairOf(code); known {
		return refusal{code, nil}
	}
	return refusal{"hubd-says", []any{text}}
}
