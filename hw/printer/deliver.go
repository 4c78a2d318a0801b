package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/OpenPrinting/goipp"

	"zhunkao/hw/fault"
)

// deliver sends the document, by Send-Document or Print-Job, and sees it to its
// end.
func (j *Job) deliver(ctx context.Context, op goipp.Op) JobEnded {
	var left bool
	r, err := j.insist(ctx, op, func() (reply, error) {
		r, err, l := j.transmit(ctx, op)
		left = l
		return r, err
	})
	switch {
	case err == nil:
		if id := jobID(r); op == goipp.OpPrintJob {
			j.id = id
			j.who.meets(values(r.Job), true)
		}
		if j.id == 0 {
			return JobEnded{Outcome: Unknown, Err: fault.New(fault.Line, op.String(), "accepted, without a job number", nil)}
		}
		j.p.log.Info("print job accepted", "job", j.nonce, "id", j.id, "format", j.plan.format)
		j.say(JobAccepted{ID: j.id})
		return j.follow(ctx, nil, nil)
	case !left, r.Message != nil && refused(r), busy(r, err):
		return j.not(err)
	case j.id == 0: // Print-Job: there is no number to ask about
		return JobEnded{Outcome: Unknown, Err: err}
	case errors.Is(err, errDraw), errors.Is(err, errStall):
		// Our side gave it up in the middle: it must not come out half.
		return j.follow(ctx, err, err)
	default:
		return j.follow(ctx, nil, err)
	}
}

// refused says whether an IPP error means that the printer took nothing of the
// document. The others may come in the middle of printing it.
func refused(r reply) bool {
	switch s := r.status(); s {
	case goipp.StatusErrorDocumentFormatError, goipp.StatusErrorDocumentUnprintable:
		return false
	default:
		return s >= 0x0400 && s < 0x0500 || s == goipp.StatusErrorOperationNotSupported || s == goipp.StatusErrorNotAcceptingJobs ||
			s == goipp.StatusErrorPrinterIsDeactivated
	}
}

var (
	errDraw  = errors.New("the document could not be drawn to its end")
	errStall = errors.New("the printer takes no more of the document")
	errLimit = errors.New("it took too long")
)

// transmit sends the document once, chunked unless its length is known; a
// printer that wants a length gets a second round with the length counted
// first. left says whether a byte of the document may have left.
func (j *Job) transmit(ctx context.Context, op goipp.Op) (r reply, err error, left bool) {
	size := int64(-1)
	if j.pdf != nil {
		size = int64(len(j.pdf))
	}
	r, err, left = j.transmitOnce(ctx, op, size)
	var code httpError
	if !errors.As(err, &code) || int(code) != http.StatusLengthRequired || size >= 0 {
		return r, err, left
	}
	count := new(counter)
	if err := shielded(func() error { return writeRaster(count, j.doc, j.plan) }); err != nil {
		return reply{}, errors.Join(errDraw, err), false
	}
	return j.transmitOnce(ctx, op, int64(*count))
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

func (j *Job) transmitOnce(ctx context.Context, op goipp.Op, size int64) (reply, error, bool) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, finish := j.open()
	m := &meter{in: body, begin: func() { j.say(JobSending{Format: j.plan.format}) }}
	var guard sync.WaitGroup
	guard.Go(func() { j.guard(ctx, m, cancel) })
	r, err := j.p.wire.do(ctx, j.p.wire.sends, j.request(op), m, size)
	cause := context.Cause(ctx)
	cancel(nil)
	left := m.shut()
	drawn := finish()
	guard.Wait()
	switch {
	case err == nil:
	case drawn != nil:
		err = errors.Join(errDraw, drawn)
	case errors.Is(cause, errStall), errors.Is(cause, errLimit):
		err = fault.New(fault.Timeout, op.String(), "", errStall)
	}
	return r, err, left
}

// open gives the document's bytes. finish ends the drawing and returns why it
// failed, if it did so by itself.
func (j *Job) open() (body io.Reader, finish func() error) {
	if j.pdf != nil {
		return bytes.NewReader(j.pdf), func() error { return nil }
	}
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := shielded(func() error { return writeRaster(w, j.doc, j.plan) })
		_ = w.CloseWithError(err) // always nil
		done <- err
	}()
	return r, func() error {
		_ = r.CloseWithError(errShut) // always nil
		if err := <-done; !errors.Is(err, errShut) {
			return err
		}
		return nil
	}
}

var errShut = errors.New("printer: the document is no longer wanted")

// shielded runs the caller's drawing. It was handed in and runs in a goroutine
// of ours: a mistake in it costs the sheet, not the box.
func shielded(draw func() error) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("printer: drawing the document panicked (%T)", what)
		}
	}()
	return draw()
}

// meter watches the document pass by.
type meter struct {
	in    io.Reader
	begin func()

	mu    sync.Mutex // guards the rest
	moved time.Time  // when the last byte was asked for
	left  bool
	over  bool
}

func (m *meter) Read(b []byte) (int, error) {
	m.mu.Lock()
	if m.over {
		m.mu.Unlock()
		return 0, errShut
	}
	first := !m.left
	m.left, m.moved = true, time.Now()
	m.mu.Unlock()
	if first {
		m.begin()
	}
	return m.in.Read(b)
}

// since says for how long nothing moved, counted from start at the least.
func (m *meter) since(start time.Time) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.moved.After(start) {
		start = m.moved
	}
	return time.Since(start)
}

// shut lets nothing more pass, and says whether anything did.
func (m *meter) shut() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
	return m.left
}

// guard ends a transmission that does not move. While a person is needed, and
// the printer says so, it may stand still: that is how a printer without paper
// holds the line.
func (j *Job) guard(ctx context.Context, m *meter, cancel context.CancelCauseFunc) {
	t := j.p.times
	start := time.Now()
	for wait(ctx, t.again) == nil {
		if time.Since(start) > j.p.opt.Limit {
			cancel(errLimit)
		}
		if m.since(start) < t.again {
			continue
		}
		var needs []Need
		if s, err := j.p.status(ctx, t.probe); err == nil {
			if needs = s.Needs(); len(needs) > 0 {
				j.progress(JobProgress{State: JobStopped, Needs: needs})
			}
		}
		if len(needs) == 0 && m.since(start) > t.stall {
			cancel(errStall)
		}
	}
}
