package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"

	"zhunkao/hw/printer"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/acceptance"
)

// paper makes the acceptance sheet and writes or prints it.
func (k kitCommand) paper(ctx context.Context, t teller, c campaign.Campaign, checked acceptance.Checked) (err error) {
	dir := k.Fonts
	if dir == "" {
		if dir, err = sheet.DefaultFontsDir(); err != nil {
			dir = "" // no home, no cache: the font inside the program
		}
	}
	fonts, err := sheet.OpenFonts(dir)
	if err != nil {
		return fmt.Errorf("%w; make it anew with: provision fonts", err)
	}
	defer func() { err = errors.Join(err, fonts.Close()) }()
	if fonts.Fallback() {
		t.say("small font")
	}
	d, err := checked.Sheet().Layout(fonts, c)
	if err != nil {
		return err
	}
	if k.Print {
		return printSheet(ctx, t, k.Printer, d)
	}
	if err := writeSheet(k.Sheet, d); err != nil {
		return err
	}
	t.say("sheet", k.Sheet)
	return nil
}

// writeSheet puts the PDF there whole or not at all.
func writeSheet(path string, d *sheet.Document) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".acceptance-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // nothing of it is worth keeping
		}
	}()
	err = errors.Join(d.PDF(f), f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// bandRows is how many rows of dots are held at once.
const bandRows = 128

// printSheet prints it and follows it to its end.
func printSheet(ctx context.Context, t teller, uri string, d *sheet.Document) error {
	p, err := printer.New(printer.Options{URI: uri, User: "provision", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	job, err := p.Print(ctx, printer.Document{
		Name: d.Title, Pages: len(d.Pages),
		PDF: func() ([]byte, error) {
			var out bytes.Buffer
			err := d.PDF(&out)
			return out.Bytes(), err
		},
		Raster: func(page, dpi int, band func(*image.Gray) error) error {
			return d.Pages[page-1].Raster(dpi, bandRows, func(_ int, rows *image.Gray) error { return band(rows) })
		},
	})
	if err != nil {
		return err
	}
	t.say("printing")
	told := map[printer.Need]bool{}
	needs := func(list []printer.Need) {
		for _, n := range list {
			if !told[n] {
				told[n] = true
				t.say("need", t.word("need "+n.String()))
			}
		}
	}
	for e := range job.Events() {
		switch e := e.(type) {
		case printer.JobProgress:
			needs(e.Needs)
		case printer.JobEnded:
			needs(e.Needs)
			if e.Outcome != printer.Printed {
				return fmt.Errorf("the acceptance sheet: %s: %w", e.Outcome, e.Err)
			}
		}
	}
	t.say("printed")
	return nil
}
