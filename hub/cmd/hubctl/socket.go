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

// hubd asks the running hub through its socket; ask may be nil.
func (h *hand) hubd(method, path string, ask, answer any) error {
	var body bytes.Buffer
	if ask != nil {
		if err := json.NewEncoder(&body).Encode(ask); err != nil {
			return fmt.Errorf("ask hubd: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(h.ctx, method, "http://hubd"+path, &body)
	if err != nil {
		return fmt.Errorf("ask hubd: %w", err)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", h.dir.Socket())
	}}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return errNotRunning
	}
	if err != nil {
		return fmt.Errorf("ask hubd: %w", err)
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
		if _, known := words[refused.Code]; known {
			return refusal{refused.Code, nil}
		}
		return refusal{"hubd-says", []any{refused.Error}}
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("ask hubd: answer: %w", err)
	}
	return nil
}
