package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	rules "zhunkao/protocol/campaign"
)

// catalogues are the commands for 招生专业目录. They need no hub.
type catalogues struct {
	Check  checkCatalogue  `cmd:"" help:"Read a catalogue and print what is wrong with it, by row, or what it changes."`
	Import importCatalogue `cmd:"" help:"Read a catalogue and write the next version of a campaign with it."`
}

type checkCatalogue struct {
	File     string `arg:"" type:"path" help:"Workbook (.xlsx) or DBF table."`
	Campaign string `required:"" help:"Name of a campaign that ships, or a bundle."`
}

// Run ends with status 2 when the catalogue is refused.
func (c checkCatalogue) Run(h *hand) error {
	old, err := h.bundle(c.Campaign)
	if err != nil {
		return err
	}
	_, err = h.readCatalogue(c.File, old)
	return err
}

type importCatalogue struct {
	File     string `arg:"" type:"path" help:"Workbook (.xlsx) or DBF table."`
	Campaign string `required:"" help:"Name of a campaign that ships, or a bundle."`
	Out      string `required:"" type:"path" help:"File of the new bundle; it must not be there yet."`
}

// Run writes the next version: the campaign as it was, its version one higher,
// with the new catalogue.
func (c importCatalogue) Run(h *hand) error {
	old, err := h.bundle(c.Campaign)
	if err != nil {
		return err
	}
	read, err := h.readCatalogue(c.File, old)
	if err != nil {
		return err
	}
	now := old
	now.Version++
	now.Catalogue = read.Programmes
	return h.writeVersion(old, now, c.Out)
}

// readCatalogue reads a catalogue and says what it changes, or what is wrong.
func (h *hand) readCatalogue(file string, c rules.Campaign) (exchange.Catalogue, error) {
	read, err := exchange.ReadCatalogue(file, c)
	var refused exchange.RefusedError
	var broken *dbf.Fault
	switch {
	case errors.As(err, &refused):
		h.refusals(refused.Refusals)
		h.print("catalogue-refused", len(refused.Refusals))
		return read, errFound
	case errors.As(err, &broken):
		fmt.Fprintln(h.out, broken.Text(h.say == chinese))
		return read, errFound
	case errors.Is(err, exchange.ErrSheet):
		fmt.Fprintln(h.out, plain(err.Error()))
		return read, errFound
	case err != nil:
		return read, refusal{"file-unread", []any{err}}
	}
	h.print("catalogue-read", len(read.Programmes))
	if len(read.Sheets) > 0 {
		h.print("catalogue-sheets", plain(strings.Join(read.Sheets, "、")))
	}
	if len(read.Skipped) > 0 {
		h.print("catalogue-skipped", plain(strings.Join(read.Skipped, "、")))
	}
	d := exchange.CompareCatalogues(c.Catalogue, read.Programmes)
	if d.Empty() {
		h.print("catalogue-same")
		return read, nil
	}
	h.print("catalogue-differs", len(d.Added), len(d.Withdrawn), len(d.Changed))
	for _, l := range d.Lines(c, h.say == english) {
		fmt.Fprintln(h.out, "  "+plain(l))
	}
	return read, nil
}

func (h *hand) refusals(all []exchange.Refusal) {
	t := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, h.say.text("catalogue-head"))
	for _, r := range all {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", plain(r.Sheet), r.Row, plain(strings.Join(strings.Fields(r.Column), " ")), plain([...]string{r.Zh, r.En}[h.say]))
	}
	_ = t.Flush() // what cannot be printed cannot be said either
}

// writeNew writes a file that is not there yet, whole or not at all.
func writeNew(path string, raw []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp.Name())) }()
	if _, err := tmp.Write(raw); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := errors.Join(tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil { // unlike a renaming it takes nobody's place
		return err
	}
	return syncDir(filepath.Dir(path))
}
