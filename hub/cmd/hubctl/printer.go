package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/printroom"
)

type printers struct {
	Add    addPrinter    `cmd:"" help:"Name a printer of an office and say where it is; it is asked what it takes."`
	List   listPrinters  `cmd:"" help:"List all printers."`
	Remove removePrinter `cmd:"" help:"Forget a printer; not while papers are on their way there."`
}

type addPrinter struct {
	Office  string `required:"" help:"Id of the office whose it is, the code of its division (430000-1 and 430000-2 at the province)."`
	Name    string `required:"" help:"How the office calls it, such as where it stands: up to 30 characters."`
	Address string `arg:"" help:"ipp://HOST[:PORT][/PATH] or ipps://…; port 631 and path /ipp/print if left out."`
}

// Run adds a printer. One that answers and takes no PDF is refused; one that does not
// answer just now is added, and that is said.
func (c addPrinter) Run(h *hand) error {
	seen := printroom.See(h.ctx, c.Address)
	if seen.Why == "" && !seen.PDF {
		return refusal{"printer-no-pdf", []any{plain(seen.Model)}}
	}
	p := printroom.Printer{Office: c.Office, Name: c.Name, Address: c.Address}
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Write(h.ctx, func(tx *db.Tx) (err error) {
			p, err = (&flow.Flow{Now: time.Now}).AddPrinter(h.ctx, tx, p, flow.Operator())
			return err
		})
	}, http.MethodPost, "/printers", p, &p)
	if err != nil {
		return badPrinter(err)
	}
	h.print("printer-added", p.Office, p.Name, p.ID)
	if seen.Model == "" {
		h.print("printer-silent")
	} else {
		h.print("printer-is", plain(seen.Model))
	}
	return nil
}

// badPrinter makes refusals of printroom's errors.
func badPrinter(err error) error {
	switch {
	case errors.Is(err, printroom.ErrPrinter):
		return refusal{"bad-printer", nil}
	case errors.Is(err, printroom.ErrNotFound):
		return refusal{"no-printer", nil}
	case errors.Is(err, printroom.ErrState):
		return refusal{"printer-used", nil}
	}
	return err
}

type listPrinters struct{}

// Run prints a line for each printer.
func (listPrinters) Run(h *hand) error {
	var all []printroom.Printer
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) { all, err = printroom.AllPrinters(h.ctx, tx); return err })
	}, http.MethodGet, "/printers", nil, &all)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.ID, p.Office, p.Name, p.Address)
	}
	return w.Flush()
}

type removePrinter struct {
	ID string `arg:"" help:"Id of the printer, as list gives it."`
}

// Run forgets a printer.
func (c removePrinter) Run(h *hand) error {
	var p printroom.Printer
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Write(h.ctx, func(tx *db.Tx) (err error) {
			p, err = (&flow.Flow{Now: time.Now}).RemovePrinter(h.ctx, tx, c.ID, flow.Operator())
			return err
		})
	}, http.MethodPost, "/printers/"+url.PathEscape(c.ID)+"/remove", nil, &p)
	if err != nil {
		return badPrinter(err)
	}
	h.print("printer-removed", p.Office, p.Name)
	return nil
}

// printerWords are the texts of the command printer, Chinese and English.
var printerWords = map[string][2]string{
	"bad-printer":     {"打印机没有登记：名称不能为空、不超过 30 个字，机构要有，地址要写成 ipp:// 或 ipps://，名称和地址都不能和别的重复。", "Not added: it needs a name of up to 30 characters, an office that is there, and an address that begins with ipp:// or ipps://; name and address must not be another's."},
	"no-printer":      {"没有这台打印机。用 printer list 看编号。", "There is no such printer; see printer list."},
	"printer-used":    {"这台打印机上还有没打完的批次。请先到“考务用表”里打完或者停下。", "Papers are on their way to this printer. Finish or stop them first."},
	"printer-no-pdf":  {"这台打印机（%s）不收 PDF，考务用表打不了。请换一台。", "This printer (%s) takes no PDF, so exam papers cannot be printed there. Use another."},
	"printer-added":   {"已登记 %s 的打印机“%s”，编号 %s。", "Printer “%[2]s” of %[1]s added, id %[3]s."},
	"printer-is":      {"打印机应答：%s。", "It answers: %s."},
	"printer-silent":  {"现在问不到它，请检查电源、网线和地址；好了就能用。", "It does not answer just now: look at power, cable and address. It can be used as soon as it does."},
	"printer-removed": {"已去掉 %s 的打印机“%s”。", "Printer “%[2]s” of %[1]s removed."},
}
