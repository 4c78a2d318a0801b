package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hub"
	"zhunkao/hub/blob"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/keys"
)

type importStick struct {
	Path string `arg:"" type:"path" help:"The mounted stick, its folder ZHUNKAO, or one file of it."`
}

// Run brings every file of a stick in. The files are only read: a stick is kept
// until its box has its receipts, or is enrolled anew.
func (c importStick) Run(h *hand) error {
	files, err := stickFiles(c.Path)
	if err != nil {
		return err
	}
	total, bad := map[intake.Word]int{}, false
	for _, path := range files {
		sheet, err := h.bring(path)
		var refused refusal
		if errors.Is(err, intake.ErrNoStick) || errors.As(err, &refused) && refused.key == "no-stick" {
			h.print("stick-none", plain(filepath.Base(path)))
			bad = true
			continue
		}
		if err != nil {
			return err
		}
		if sheet.Damaged > 0 || sheet.GaveUp {
			h.print("stick-damaged", plain(filepath.Base(path)), sheet.Damaged)
		}
		for w, n := range sheet.Words {
			total[w] += n
		}
	}
	if n := total[intake.WordWhole]; n > 0 {
		h.print("stick-whole-done", n)
	}
	h.print("stick-done", total[intake.WordNew], total[intake.WordKnown], total[intake.WordAside]+total[intake.WordWhole], total[intake.WordAlien], total[intake.WordTorn], total[intake.WordEarly]+total[intake.WordLater])
	if bad || total[intake.WordWhole]+total[intake.WordAside]+total[intake.WordAlien]+total[intake.WordTorn]+total[intake.WordEarly]+total[intake.WordLater] > 0 {
		return errFound
	}
	return nil
}

// stickFiles lists what is to be read, in the order of names. A stick is a
// stranger's: no link is followed.
func stickFiles(path string) ([]string, error) {
	fi, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refusal{"no-file", []any{path}}
	}
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		return []string{path}, nil
	}
	if sub, err := os.Lstat(filepath.Join(path, intake.StickDir)); err == nil && sub.IsDir() {
		path = filepath.Join(path, intake.StickDir)
	}
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var out []string
	for {
		some, rerr := d.ReadDir(1024)
		for _, e := range some {
			if e.Type().IsRegular() && strings.HasSuffix(e.Name(), intake.StickExt) {
				out = append(out, filepath.Join(path, e.Name()))
			}
		}
		if errors.Is(rerr, io.EOF) {
			break
		}
		if rerr != nil || len(out) > intake.MaxStickFiles {
			return nil, errors.Join(rerr, d.Close(), refusal{"stick-many", []any{intake.MaxStickFiles}})
		}
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, refusal{"stick-empty", []any{path}}
	}
	slices.Sort(out)
	return out, nil
}

// bring has the hub read one file, or reads it itself when the hub is stopped.
func (h *hand) bring(path string) (sheet intake.Sheet, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return sheet, refusal{"bad-file", []any{plain(path)}}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if fi, err := f.Stat(); err != nil || !fi.Mode().IsRegular() {
		return sheet, refusal{"bad-file", []any{plain(path)}}
	}
	err = h.stopped(func(ring *keys.Ring, d *db.DB) error {
		sheet, err = h.bringItself(ring, d, f)
		return err
	})
	if errors.Is(err, datadir.ErrInUse) {
		if s, asked := h.bringTo(f); !errors.Is(asked, errNotRunning) {
			return s, asked
		}
	}
	return sheet, err
}

// bringTo sends a file to the running hub and says what it answers.
func (h *hand) bringTo(f io.Reader) (intake.Sheet, error) {
	resp, err := h.send(http.MethodPost, "/stick", io.NopCloser(f))
	if err != nil {
		return intake.Sheet{}, err
	}
	defer resp.Body.Close()
	for lines := json.NewDecoder(resp.Body); ; {
		var line hub.StickLine
		if err := lines.Decode(&line); err != nil {
			return intake.Sheet{}, fmt.Errorf("ask hubd: answer: %w", err)
		}
		switch {
		case line.Error != "":
			return intake.Sheet{}, said(line.Code, line.Error)
		case line.Sheet != nil:
			return *line.Sheet, nil
		case line.Record != nil:
			h.carried(*line.Record)
		}
	}
}

// carried prints a line for what was not simply taken or here already.
func (h *hand) carried(c intake.Carried) {
	if c.Word == intake.WordNew || c.Word == intake.WordKnown {
		return
	}
	h.print("stick-"+string(c.Word), plain(c.Box), c.Epoch, c.Sequence, brief(c.Hash), plain(string(c.Reason)))
}

// bringItself takes a file where no hub runs.
func (h *hand) bringItself(ring *keys.Ring, d *db.DB, f io.Reader) (sheet intake.Sheet, err error) {
	err = h.inbox(ring, d, func(in *intake.Intake) error {
		return in.Once(h.ctx, func(ctx context.Context) error {
			sheet, err = in.Bring(ctx, f, flow.Operator(), func(c intake.Carried) error { h.carried(c); return nil })
			return err
		})
	})
	return sheet, err
}

// inbox opens the way in where no hub runs.
func (h *hand) inbox(ring *keys.Ring, d *db.DB, f func(*intake.Intake) error) (err error) {
	log := slog.New(slog.NewTextHandler(h.errs, nil))
	blobs, err := blob.Locate(h.ctx, d, h.dir.Blobs(), "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, blobs.Close()) }()
	boxes, err := fleet.Open(h.ctx, fleet.Options{DB: d, Now: time.Now, Log: log})
	if err != nil {
		return err
	}
	steps := steps(ring)
	steps.Fleet, steps.Keys = boxes, ring
	return f(intake.New(intake.Options{DB: d, Blobs: blobs, Keys: ring, Fleet: boxes, Flow: steps, Now: time.Now, Log: log}))
}
