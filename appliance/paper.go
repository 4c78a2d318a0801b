package appliance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/health"
	"zhunkao/appliance/spool"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
)

// printerTold translates what the printer says.
func (l *loop) printerTold(e printer.Event) {
	switch e := e.(type) {
	case printer.Ready:
		l.prints.can(true)
		l.deviceNow(health.DevicePrinter, health.Ready, warned(e.Status.Warnings()))
		l.printerSaid = visit.PrinterState{}
	case printer.Trouble:
		l.prints.can(false)
		l.deviceNow(health.DevicePrinter, health.Fault, warned(e.Status.Needs()))
		l.printerSaid = visit.PrinterState{Needs: needsOf(e.Status.Needs())}
	case printer.Fault:
		l.prints.can(false)
		l.deviceNow(health.DevicePrinter, health.Fault, word(e.Err))
		l.printerSaid = visit.PrinterState{Down: true, Needs: []visit.Need{visit.NeedService}}
	case printer.Lost:
		l.prints.can(false)
		l.deviceNow(health.DevicePrinter, health.Absent, word(e.Err))
		l.printerSaid = visit.PrinterState{Down: true, Needs: []visit.Need{visit.NeedGone}}
	}
	l.step(l.printerSaid)
}

// jobOver gives the word back to the printer itself when e is the end of a copy.
// A job knows needs that the printer does not tell of (a slow one that warns of
// an empty tray), and nothing else would ever take them back.
func (l *loop) jobOver(e visit.Event) {
	switch e.(type) {
	case visit.SheetPrinted, visit.SheetUnknown, visit.SheetFailed:
		l.step(l.printerSaid)
	}
}

func needsOf(all []printer.Need) []visit.Need {
	var out []visit.Need
	for _, n := range all {
		out = append(out, visit.Need(n.String()))
	}
	return out
}

// warned is the first need as a word for the technician.
func warned(all []printer.Need) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].String()
}

// printing is one copy on its way, in the hands of its own goroutine.
type printing struct {
	visit.PrintSheet
	point protocol.PointInfo
	asked *store.Print    // at the desk; nil: by the visit
	alone bool            // the hub does not answer: the sheet bears a slip
	photo []byte          // on a ticket: the printer reads it until the job is over, then it is cleared
	ends  <-chan struct{} // closed when the box ends, and nobody waits for the printer's answer
}

// underway is what the loop knows of the newest copy: nothing of the person. It
// stays after the visit, until the next copy. At most one is not cancelled.
type underway struct {
	record protocol.ID
	copy   int
	stop   context.CancelFunc
	done   chan struct{}
}

// printSheet begins one copy. What is printed is copied, so that the visit may
// end meanwhile.
func (l *loop) printSheet(f visit.PrintSheet) visit.Event {
	if l.printer == nil {
		return visit.SheetFailed{Visit: f.Visit, Copy: f.Copy, Need: visit.NeedGone}
	}
	if l.paperOut() {
		return visit.SheetFailed{Visit: f.Visit, Copy: f.Copy, Need: visit.NeedPaper}
	}
	f.Paper.Photo.JPEG = append([]byte(nil), f.Paper.Photo.JPEG...)
	before := l.printing
	now := &underway{record: f.Record, copy: f.Copy, done: make(chan struct{})}
	var ctx context.Context
	ctx, now.stop = context.WithCancel(l.running)
	l.printing = now
	p := &printing{PrintSheet: f, point: l.point, alone: !l.linked, ends: l.over}
	go func() {
		defer close(now.done)
		defer now.stop()
		// Hers was copied above; that of an earlier visit is read by print.
		defer func() { clear(p.Paper.Photo.JPEG) }()
		if before != nil {
			<-before.done // it was cancelled, and its last seconds are followed
		}
		e := l.printInTurn(ctx, p)
		select {
		case l.results <- e: // also after a cancel: the visit knows what to make of it
		case <-l.over:
		}
	}()
	return nil
}

// cancelPrint asks that a copy does not come out any more.
func (l *loop) cancelPrint(f visit.CancelPrint) {
	if p := l.printing; p != nil && p.record == f.Record && p.copy == f.Copy {
		p.stop()
	}
}

// printInTurn prints one copy when the printer is its own: before every paper of
// the desk, after the one that is in the printer.
func (l *loop) printInTurn(ctx context.Context, p *printing) visit.Event {
	give, err := l.prints.line.Take(ctx, spool.Job{Visit: true})
	if err != nil { // she left, and nothing was sent
		return visit.SheetFailed{Visit: p.Visit, Copy: p.Copy}
	}
	defer give()
	return l.print(ctx, p)
}

// print prints one copy and follows it to its end. The caller has the printer.
func (l *loop) print(ctx context.Context, p *printing) visit.Event {
	failed := visit.SheetFailed{Visit: p.Visit, Copy: p.Copy}
	if ctx.Err() != nil {
		return failed
	}
	end, err := l.printCopy(ctx, p, func(e visit.Event) { l.answer(ctx, e) })
	switch {
	case errors.Is(err, store.ErrNotFound):
		return failed // its receipt came in this very moment: from now on she gets it elsewhere
	case err != nil:
		failed.Need = visit.NeedService
		return failed
	}
	switch end.Outcome {
	case printer.Printed:
		return visit.SheetPrinted{Visit: p.Visit, Copy: p.Copy}
	case printer.NotPrinted:
		if n := needsOf(end.Needs); len(n) > 0 {
			failed.Need = n[0]
		} else if fault.ClassOf(end.Err) == fault.ClassLine {
			failed.Need = visit.NeedGone
		}
		return failed
	}
	// Unknown, aborted or cancelled: something may have come out.
	return visit.SheetUnknown{Visit: p.Visit, Copy: p.Copy}
}

// printCopy makes one copy and brings it to the printer. It is in the box's log
// before anything is sent: a sheet that lies somewhere is always accounted for.
// Errors, said in the log: store.ErrNotFound when the readable copy of an earlier
// visit is not here any more, and whatever kept the copy from being begun.
func (l *loop) printCopy(ctx context.Context, p *printing, told func(visit.Event)) (printer.JobEnded, error) {
	var none printer.JobEnded
	if p.Paper.Application.ID == "" && p.Ticket == "" {
		err := l.recall(p)
		if errors.Is(err, store.ErrNotFound) {
			l.log.Info("the sheet of an earlier visit is no more here", "visit", p.Visit, "record", p.Record.String())
			return none, err
		}
		if err != nil {
			l.log.Error("the sheet of an earlier visit cannot be read", "visit", p.Visit, "err", err)
			return none, err
		}
	}
	made := l.sheetOf
	if p.Ticket != "" {
		made = l.ticketOf
	}
	defer func() { clear(p.photo) }()
	doc, version, err := made(p)
	if desk.TicketWord(err) != "" {
		l.log.Info("a ticket is not printed", "visit", p.Visit, "why", desk.TicketWord(err))
		return none, err
	}
	if err != nil {
		l.log.Error("the sheet cannot be made", "visit", p.Visit, "err", err)
		return none, err
	}
	line := store.Copy{Record: p.Record, Number: p.Copy, Version: version, Reprint: p.Reprint, At: protocol.TimeOf(l.clock.Now())}
	if a := p.asked; a != nil {
		line.Reason, line.By, line.Head = a.Reason, &a.By, a.Head
	}
	note, err := l.store.BeginCopy(line)
	if err != nil {
		l.log.Error("a copy cannot be noted, and is not printed", "visit", p.Visit, "err", err)
		return none, err
	}
	end, sent := l.deliver(ctx, p, doc, told)
	if err := l.fonts.Rest(); err != nil {
		l.log.Warn("the fonts' memory is not given back", "err", err)
	}
	switch end.Outcome {
	case printer.Printed:
		note.Outcome = store.CopyPrinted
	case printer.NotPrinted:
		note.Outcome = store.CopyNotPrinted
	default:
		note.Outcome = store.CopyUnknown
	}
	if err := l.store.EndCopy(note, note.Outcome); err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("what became of a copy cannot be noted", "visit", p.Visit, "err", err)
	}
	l.log.Info("sheet", "visit", p.Visit, "record", p.Record.String(), "copy", p.Copy, "try", note.Try, "reprint", p.Reprint,
		"outcome", string(note.Outcome), "sent", sent)
	return end, nil
}

// deliver hands the document to the printer and follows the job.
func (l *loop) deliver(ctx context.Context, p *printing, doc printer.Document, told func(visit.Event)) (end printer.JobEnded, sent bool) {
	job, err := l.printer.Print(ctx, doc)
	if err != nil {
		return printer.JobEnded{Outcome: printer.NotPrinted, Err: err}, false
	}
	for {
		select {
		case <-p.ends: // the printer is asked to cancel
			return printer.JobEnded{Outcome: printer.Unknown}, sent
		case e, more := <-job.Events():
			if !more {
				return end, sent
			}
			switch e := e.(type) {
			case printer.JobAccepted:
				sent = true
				told(visit.SheetSent{Visit: p.Visit, Copy: p.Copy})
			case printer.JobProgress:
				told(visit.PrinterState{Needs: needsOf(e.Needs)})
			case printer.JobEnded:
				end = e
			}
		}
	}
}

// bandRows is how many rows of dots are held at once: at 300 dpi a third of a
// megabyte.
const bandRows = 128

// sheetOf makes the paper: the same content for every copy, but for number,
// mark and time in the footer. The hub fills the same sheet from the record.
func (l *loop) sheetOf(p *printing) (printer.Document, protocol.Hash, error) {
	at := p.At
	if at.IsZero() {
		at = l.clock.Now()
	}
	signed := sheet.Sealed{
		Application: p.Paper.Application, ForClerk: forClerk(p.Paper.Settled), Undecidable: p.Paper.Undecidable,
		Photo: p.Paper.Photo.JPEG, At: at, Office: p.point.Name, Specimen: l.store.Demo(), Practice: l.Training(), Slip: l.slipOf(p, at),
	}
	s := signed.Process(p.Campaign, p.Copy, l.clock.Now())
	version, err := paperVersion(p)
	if err != nil {
		return printer.Document{}, version, err
	}
	d, err := s.Layout(l.fonts, p.Campaign)
	if errors.Is(err, sheet.ErrSlip) { // her sheet is worth more than its slip
		l.log.Warn("the slip has no room on the sheet", "visit", p.Visit, "record", p.Record.String())
		s.Slip = ""
		d, err = s.Layout(l.fonts, p.Campaign)
	}
	if err != nil {
		return printer.Document{}, version, err
	}
	return printable(d), version, nil
}

// printable is a laid out paper as the printer takes it, drawn when it asks.
func printable(d *sheet.Document) printer.Document {
	return printer.Document{
		Name: d.Title, Pages: len(d.Pages),
		PDF: func() ([]byte, error) {
			var out bytes.Buffer
			err := d.PDF(&out)
			return out.Bytes(), err
		},
		Raster: func(page, dpi int, band func(*image.Gray) error) error {
			return d.Pages[page-1].Raster(dpi, bandRows, func(_ int, rows *image.Gray) error { return band(rows) })
		},
	}
}

// paperVersion names what stands on the sheet: every copy of a record has the
// same one.
func paperVersion(p *printing) (protocol.Hash, error) {
	b, err := protocol.Encode(struct {
		Record   protocol.ID `cbor:"record"`
		Campaign string      `cbor:"campaign"`
		Version  uint32      `cbor:"version"`
	}{p.Record, p.Campaign.ID, p.Campaign.Version})
	if err != nil {
		return protocol.Hash{}, fmt.Errorf("appliance: %w", err)
	}
	return protocol.HashOf(b), nil
}

// forClerk reports whether anything was decided otherwise than by the chip.
func forClerk(all []protocol.Settlement) bool {
	return slices.ContainsFunc(all, func(s protocol.Settlement) bool { return s.Decision != protocol.SettledChip })
}

// sheetWord notes what she said of a copy.
func (l *loop) sheetWord(f visit.SheetWord) {
	w := store.WordHasNot
	if f.InHand {
		w = store.WordInHand
	}
	if err := l.store.NoteWord(f.Record, f.Copy, w); err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("her word of a copy cannot be noted", "visit", f.Visit, "err", err)
	}
}
