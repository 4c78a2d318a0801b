package flow

import (
	"context"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/printroom"
)

// AddPrinter names a printer of an office: whoever runs the server does. printroom.ErrPrinter.
func (f *Flow) AddPrinter(ctx context.Context, tx *db.Tx, p printroom.Printer, by By) (printroom.Printer, error) {
	p.AddedAt = f.Now().UnixMilli()
	p, err := printroom.Add(ctx, tx, p)
	if err != nil {
		return p, err
	}
	return p, f.ofPrinter(ctx, tx, journal.PrinterAdded, p, by)
}

// RemovePrinter forgets one. printroom.ErrNotFound; printroom.ErrState while it is used.
func (f *Flow) RemovePrinter(ctx context.Context, tx *db.Tx, id string, by By) (printroom.Printer, error) {
	p, err := printroom.Remove(ctx, tx, id)
	if err != nil {
		return p, err
	}
	return p, f.ofPrinter(ctx, tx, journal.PrinterRemoved, p, by)
}

func (f *Flow) ofPrinter(ctx context.Context, tx *db.Tx, act journal.Act, p printroom.Printer, by By) error {
	office, err := org.GetOffice(ctx, tx, p.Office)
	if err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfPrinter, ID: p.ID}, Division: office.Division,
		Detail: map[string]string{"office": p.Office, "printer": p.Name, "address": p.Address}})
}

// SendBatch sends a batch that is ready to a printer: what of it is not on paper yet. Who
// may is judged before. printroom.ErrState, printroom.ErrUnsure, exampapers.ErrState,
// exampapers.ErrVoid.
func (f *Flow) SendBatch(ctx context.Context, tx *db.Tx, a printroom.Asked, by By) (printroom.Print, error) {
	a.By, a.At = by.Author.ID, f.Now().UnixMilli()
	p, err := printroom.Ask(ctx, tx, a)
	if err != nil {
		return p, err
	}
	_, pages := p.Pages()
	return p, f.print(ctx, tx, journal.BatchSent, p, map[string]string{"pages": strconv.Itoa(pages)}, by)
}

// HaltPrint wants no more of a print. printroom.ErrNotFound, printroom.ErrState.
func (f *Flow) HaltPrint(ctx context.Context, tx *db.Tx, id string, by By) error {
	p, ended, err := printroom.Stop(ctx, tx, id, f.Now().UnixMilli())
	if err == nil {
		err = f.print(ctx, tx, journal.BatchHalted, p, nil, by)
	}
	if err == nil && ended {
		err = f.EndPrint(ctx, tx, p, by)
	}
	return err
}

// ResumePrint goes on with one that was held. printroom.ErrNotFound, printroom.ErrState,
// printroom.ErrUnsure.
func (f *Flow) ResumePrint(ctx context.Context, tx *db.Tx, id string, by By) error {
	p, err := printroom.Continue(ctx, tx, id)
	if err != nil {
		return err
	}
	return f.print(ctx, tx, journal.BatchResumed, p, map[string]string{"why": p.Why}, by)
}

// SettlePrint is a person's word about a part of which nobody knows whether it is out.
// printroom.ErrNotFound, printroom.ErrState.
func (f *Flow) SettlePrint(ctx context.Context, tx *db.Tx, id string, section int, there bool, by By) error {
	p, ended, err := printroom.Settle(ctx, tx, id, section, there, f.Now().UnixMilli())
	if err == nil {
		err = f.print(ctx, tx, journal.BatchSettled, p, map[string]string{"section": strconv.Itoa(section), "there": strconv.FormatBool(there)}, by)
	}
	if err == nil && ended {
		err = f.EndPrint(ctx, tx, p, by)
	}
	return err
}

// EndPrint journals the end of a print.
func (f *Flow) EndPrint(ctx context.Context, tx *db.Tx, p printroom.Print, by By) error {
	out, all := p.Pages()
	return f.print(ctx, tx, journal.BatchPrinted, p, map[string]string{"pages": strconv.Itoa(out), "of": strconv.Itoa(all), "state": string(p.State), "why": p.Why, "unsure": strconv.Itoa(p.Count(printroom.Unsure))}, by)
}

func (f *Flow) print(ctx context.Context, tx *db.Tx, act journal.Act, p printroom.Print, more map[string]string, by By) error {
	b, err := exampapers.Get(ctx, tx, p.Batch)
	if err != nil {
		return err
	}
	detail := map[string]string{"print": p.ID, "printer": p.Name}
	for k, v := range more {
		if v != "" {
			detail[k] = v
		}
	}
	return f.batch(ctx, tx, act, b, "", detail, by)
}
