package appliance

import (
	"context"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/printer"
)

// reprint prints a sheet once more that was asked for at the desk. Whether it may
// be is judged here again, when the printer is its own: copies may have come out
// and the receipt may have ended the readable copy since it was asked for. The
// caller has the printer; beside the loop. ends: see printing.
func (l *loop) reprint(ctx context.Context, p store.Print, ends <-chan struct{}) (printer.Outcome, string) {
	st := l.deskStatus()
	one, err := desk.Reprintable(l.store, p.Sequence, st.Rules, p.Head != nil)
	if word := desk.ReprintWord(err); word != "" {
		return printer.NotPrinted, word
	}
	if err != nil {
		l.log.Error("a sheet cannot be printed again", "record", p.Record.String(), "err", err)
		return printer.NotPrinted, desk.WhyService
	}
	if l.paperOut() {
		return printer.NotPrinted, string(visit.NeedPaper)
	}
	again := &printing{point: st.Point, asked: &p, alone: !st.Linked, ends: ends, PrintSheet: visit.PrintSheet{Record: one.ID, Sequence: one.Sequence,
		Copy: one.Copies + 1, Reprint: one.Copies > 0, Campaign: *st.Rules}}
	defer func() { clear(again.Paper.Photo.JPEG) }()
	end, err := l.printCopy(ctx, again, func(e visit.Event) {
		if s, ok := e.(visit.PrinterState); ok {
			l.prints.needed(s.Needs)
			l.desk.Changed()
		}
	})
	if err != nil {
		if word := desk.ReprintWord(desk.Readable(err)); word != "" {
			return printer.NotPrinted, word
		}
		return printer.NotPrinted, desk.WhyService
	}
	return end.Outcome, whyNot(end)
}

func (q *prints) needed(all []visit.Need) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.need = ""; len(all) > 0 {
		q.need = string(all[0])
	}
}
