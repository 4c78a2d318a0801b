package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"zhunkao/hub/intake"
)

type retire struct {
	File string `arg:"" type:"path" help:"The file that provision retire wrote."`
}

// Run hands a box's last word to the hub.
func (r retire) Run(h *hand) error {
	f, err := os.Open(r.File)
	if err != nil {
		return refusal{"no-file", []any{r.File}}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, intake.MaxRetirement+1))
	if err != nil {
		return refusal{"bad-file", []any{r.File}}
	}
	if len(raw) > intake.MaxRetirement {
		return refusal{"no-retirement", nil}
	}
	resp, err := h.send(http.MethodPost, "/retire", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var got struct{ Box, Error, Code string }
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		return fmt.Errorf("ask hubd: answer: %w", err)
	}
	if got.Error != "" {
		return said(got.Code, got.Error)
	}
	h.print("retired", got.Box)
	return nil
}
