package printroom

import (
	"context"
	"errors"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hw/printer"
)

// hand is a print in the hands of a Room.
type hand struct {
	*Room
	id    string
	beat  int64 // proof that the print is still this hand's
	now   Print // as it was read last
	batch exampapers.Batch
	dev   *printer.Printer
	stop  bool // somebody wants no more of it

	part  Part // under way, as it is to be written down
	why   string
	dirty bool // part or why is not written down yet

	since time.Time // since when nothing comes out; zero while it does
	pause time.Duration
}

// errOver says that there is nothing more to do to a print for now.
var errOver = errors.New("printroom: over")

// see takes a print to its end, or to where a person must do something.
func (h *hand) see(ctx context.Context) {
	for {
		err := h.next(ctx)
		switch {
		case ctx.Err() != nil:
			h.giveBack(ctx)
			return
		case err == nil:
			continue
		case errors.Is(err, errOver), errors.Is(err, ErrState): // another hub has it
			return
		}
		h.Log.Warn("a print will be tried again", "worker", "printroom", "print", h.id, "error", err.Error())
		if !db.Away(err) {
			if err = h.hold(ctx, WhyFault); errors.Is(err, errOver) || errors.Is(err, ErrState) {
				return
			}
		}
		if h.wait(ctx, h.times.most) != nil {
			h.giveBack(ctx)
			return
		}
	}
}

// next does what is next to be done to the print.
func (h *hand) next(ctx context.Context) error {
	var p Printer
	var may error
	err := h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if h.now, err = Get(ctx, tx, h.id); err != nil {
			return err
		}
		if h.batch, err = exampapers.Get(ctx, tx, h.now.Batch); err != nil {
			return err
		}
		if may = exampapers.MayFetch(ctx, tx, h.now.Batch); may != nil && !errors.Is(may, exampapers.ErrVoid) && !errors.Is(may, exampapers.ErrState) {
			return may
		}
		p, err = GetPrinter(ctx, tx, h.now.Printer)
		return err
	})
	h.stop = h.now.Stop
	switch {
	case errors.Is(err, ErrNotFound):
		return h.finish(ctx, WhyRemoved)
	case err != nil:
		return err
	case h.now.State != Printing:
		return ErrState
	}
	if h.dev, err = h.Room.dev(p); err != nil {
		return err
	}
	if i := slices.IndexFunc(h.now.Parts, func(x Part) bool { return x.State == Sending || x.State == Sent }); i >= 0 {
		return h.follow(ctx, h.now.Parts[i])
	}
	i := slices.IndexFunc(h.now.Parts, func(x Part) bool { return x.State == Waiting })
	switch {
	case h.now.Stop:
		return h.finish(ctx, WhyStopped)
	case h.now.Count(Unsure) > 0:
		return h.hold(ctx, WhyUnsure)
	case i < 0:
		return h.finish(ctx, "")
	case errors.Is(may, exampapers.ErrVoid):
		return h.finish(ctx, WhyVoid)
	case may != nil:
		return h.finish(ctx, WhyPast)
	case h.now.Look && h.now.Parts[i].N > 0:
		return h.hold(ctx, WhyLook)
	}
	return h.send(ctx, h.now.Parts[i])
}

// send sends a part. Its sign is written down before a byte leaves.
func (h *hand) send(ctx context.Context, x Part) error {
	var list []exampapers.Section
	if err := h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = exampapers.Sections(ctx, tx, h.now.Batch)
		return err
	}); err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(s exampapers.Section) bool { return s.N == x.N })
	if i < 0 {
		return h.finish(ctx, WhyPast)
	}
	file, err := exampapers.ReadSection(ctx, h.DB, h.Keys, h.now.Batch, list[i])
	if errors.Is(err, exampapers.ErrState) {
		return h.finish(ctx, WhyPast)
	}
	if err != nil {
		return err
	}
	h.dev.Disown(h.past(x)) // what a person said is not there must not come out after all
	h.part = Part{N: x.N, Pages: x.Pages, State: Sending, Sign: printer.NewSign()}
	if err := h.step(ctx, h.write); err != nil {
		return err
	}
	job, err := h.dev.Print(context.WithoutCancel(ctx), printer.Document{Name: h.name(), Sign: h.part.Sign, PDF: func() ([]byte, error) { return file, nil }})
	if err != nil {
		return h.came(ctx, printer.JobEnded{Outcome: printer.NotPrinted, Err: err})
	}
	return h.watch(ctx, job)
}

// follow asks about a part that another Room sent.
func (h *hand) follow(ctx context.Context, x Part) error {
	h.part = x
	job, err := h.dev.Follow(context.WithoutCancel(ctx), h.past(x))
	if err != nil {
		return h.came(ctx, printer.JobEnded{Err: err})
	}
	return h.watch(ctx, job)
}

// name is what the printer calls the batch's jobs.
func (h *hand) name() string { return "exam papers " + h.batch.Name() }

func (h *hand) past(x Part) printer.Past {
	return printer.Past{Name: h.name(), Sign: x.Sign, ID: x.Job}
}

// watch follows a job to its end, writes down what it says, and cancels it when somebody
// wants no more of it. When ctx ends the job is left to the printer.
func (h *hand) watch(ctx context.Context, job *printer.Job) error {
	t := time.NewTicker(h.times.beat)
	defer t.Stop()
	var end printer.JobEnded
	ends, parting := ctx.Done(), (<-chan time.Time)(nil)
	for {
		var err error
		select {
		case e, more := <-job.Events():
			if !more {
				return h.came(ctx, end)
			}
			if e, is := e.(printer.JobEnded); is {
				end = e
				continue
			}
			if h.hear(e) {
				err = h.step(ctx, h.write)
			}
		case <-t.C:
			if err = h.step(ctx, h.write); err == nil && h.stop {
				job.Cancel()
			}
		case <-ends:
			job.Leave()
			ends, parting = nil, time.After(h.times.parting)
		case <-parting:
			return ctx.Err() // whoever goes on finds it by its sign
		}
		if errors.Is(err, ErrState) { // this hub was thought dead, another has it
			job.Leave()
			return err
		}
	}
}

// hear notes what a job says, and whether it should be written down at once: the count of
// pages may wait for the next beat.
func (h *hand) hear(e printer.JobEvent) (now bool) {
	was, why := h.part, h.why
	switch e := e.(type) {
	case printer.JobBusy:
		h.why = WhyBusy
	case printer.JobAdrift:
		h.why = WhyAdrift
	case printer.JobAccepted:
		h.part.State, h.part.Job, h.why = Sent, e.ID, ""
	case printer.JobProgress:
		h.part.Done, h.why = max(h.part.Done, e.Pages), ""
		if len(e.Needs) > 0 {
			h.why = e.Needs[0].String()
		}
	}
	h.dirty = h.dirty || was != h.part || why != h.why
	return was.State != h.part.State || why != h.why
}

// came writes down what became of a part. It goes on trying: a part of which that is not
// known would have to be asked about again.
func (h *hand) came(ctx context.Context, end printer.JobEnded) error {
	why := ""
	switch {
	case errors.Is(end.Err, printer.ErrLeft):
		return ctx.Err()
	case end.Outcome == printer.Printed:
		h.part.State, h.part.Done = Printed, h.part.Pages
		h.since = time.Time{}
	case end.Outcome == printer.NotPrinted:
		h.part.State, h.part.Job, h.part.Done = Waiting, 0, 0
		if why = whyOf(end.Err); len(end.Needs) > 0 {
			why = end.Needs[0].String()
		}
	default:
		h.part.State, h.part.Done = Unsure, max(h.part.Done, end.Pages)
	}
	h.why = why
	said := ""
	if end.Err != nil {
		said = end.Err.Error()
	}
	h.Log.Info("a part of a print has ended", "worker", "printroom", "print", h.id, "section", h.part.N, "state", string(h.part.State), "need", why, "error", said)
	for {
		err := h.step(ctx, func(ctx context.Context, tx *db.Tx) error { h.dirty = true; return h.write(ctx, tx) })
		if err == nil {
			break
		}
		if errors.Is(err, ErrState) || h.sleep(ctx, h.times.most) != nil {
			return err
		}
	}
	if why != "" {
		return h.trouble(ctx, why)
	}
	return nil
}

// trouble waits before another try, with growing pauses and an end.
func (h *hand) trouble(ctx context.Context, why string) error {
	if h.since.IsZero() {
		h.since, h.pause = time.Now(), h.times.again
	}
	if hopeless(why) || time.Since(h.since) > h.times.patience {
		return h.hold(ctx, why)
	}
	err := h.wait(ctx, h.pause)
	h.pause = min(2*h.pause, h.times.most)
	return err
}

// wait waits and says meanwhile that this hub lives; less long when somebody wants no more
// of the print.
func (h *hand) wait(ctx context.Context, d time.Duration) error {
	for end := time.Now().Add(d); !h.stop; {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		if err := h.sleep(ctx, min(left, h.times.beat)); err != nil {
			return err
		}
		if err := h.step(ctx, h.write); errors.Is(err, ErrState) {
			return err
		}
	}
	return nil
}

func (h *hand) sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hold stops until a person has done something.
func (h *hand) hold(ctx context.Context, why string) error {
	err := h.step(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exam_print SET state = 'held', why = $1, look = $2 WHERE id = $3`, why, h.now.Look && why != WhyLook, h.id)
		return err
	})
	if err == nil {
		err = errOver
	}
	return err
}

// finish is the end of a print.
func (h *hand) finish(ctx context.Context, why string) error {
	err := h.step(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := Get(ctx, tx, h.id)
		if err != nil {
			return err
		}
		p.Why = why
		if err := end(ctx, tx, &p, h.Now().UnixMilli()); err != nil {
			return err
		}
		return h.Ended(ctx, tx, p)
	})
	if err == nil {
		err = errOver
	}
	return err
}

// giveBack lets another Room go on at once.
func (h *hand) giveBack(ctx context.Context) {
	err := h.step(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exam_print SET state = 'queued' WHERE id = $1`, h.id)
		return err
	})
	if err != nil && !errors.Is(err, ErrState) {
		h.Log.Warn("a print waits until this hub is thought dead", "worker", "printroom", "print", h.id, "error", err.Error())
	}
}

// write writes down the part under way, if it changed.
func (h *hand) write(ctx context.Context, tx *db.Tx) error {
	if !h.dirty && h.part.State != Sending {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE exam_print_part SET state = $1, sign = $2, job = $3, done = $4 WHERE print = $5 AND n = $6`,
		string(h.part.State), h.part.Sign, h.part.Job, h.part.Done, h.id, h.part.N); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE exam_print SET why = $1 WHERE id = $2`, h.why, h.id)
	return err
}

// stepTime bounds a step: a job goes on meanwhile.
const stepTime = 15 * time.Second

// step does something to a print that is still this hand's, learns whether somebody wants
// no more of it, and outlives ctx: what the printer said is not forgotten because the hub
// ends. ErrState.
func (h *hand) step(ctx context.Context, do func(context.Context, *db.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepTime)
	defer cancel()
	next := max(h.beat+1, time.Now().UnixMilli())
	err := h.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE exam_print SET beat = $1 WHERE id = $2 AND state = 'printing' AND beat = $3`, next, h.id, h.beat)
		if err == nil && n == 0 {
			err = ErrState
		}
		if err == nil {
			err = tx.QueryRow(ctx, `SELECT stop FROM exam_print WHERE id = $1`, h.id).Scan(&h.stop)
		}
		if err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err == nil {
		h.beat, h.dirty = next, false
	}
	return err
}
