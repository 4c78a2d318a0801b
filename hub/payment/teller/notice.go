package teller

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// NoticePath is where channels call; behind it stands the name of one.
const NoticePath = "/pay/notice/"

// Notices wait for nobody but each other: they are not the portal's, and its guard
// does not know them. So many are read at a time, so many verified, so many booked;
// who finds no room is told to come again, and all channels do, for a day.
//
// They are not counted by address: a channel calls from wherever it likes, perhaps
// through the same proxy as whoever forges them. Verifying one costs some ten
// microseconds, and half of the cores at most.
const (
	mostNotice  = 64 << 10 // bytes
	readsAtOnce = 512
	booksAtOnce = 256
	readWithin  = 10 * time.Second
)

type doors struct {
	read, verify, book chan struct{}
}

func newDoors() doors {
	half := max(1, runtime.NumCPU()/2) // hubd lets more than its cores' number run, for who waits for the disk
	return doors{read: make(chan struct{}, readsAtOnce), verify: make(chan struct{}, half), book: make(chan struct{}, booksAtOnce)}
}

// enter gets a place, if there is one before whoever asked has gone or patience ends.
func enter(r *http.Request, door chan struct{}) (leave func(), ok bool) {
	leave = func() { <-door }
	select {
	case door <- struct{}{}:
		return leave, true
	default:
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case door <- struct{}{}:
		return leave, true
	case <-r.Context().Done():
	case <-t.C:
	}
	return nil, false
}

// patience is how long a notice waits for its turn: less than a channel's, five seconds
// with WeChat.
const patience = 3 * time.Second

// ServeHTTP answers POST /pay/notice/:channel: the channel's own thanks when what it
// said is durable, and not before. 401: not the channel's word; 403: about another
// merchant or currency; 422: believed and of no meaning; 503: to come again. What it
// said stands in no answer and no log.
func (t *Teller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, NoticePath)
	c := t.channels[name]
	switch {
	case !ok || c == nil:
		http.Error(w, "no such channel", http.StatusNotFound)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	status := t.notice(w, r, c)
	if status != http.StatusOK {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "fail") // the connection is all that can fail
		return
	}
	kind, body := c.Thanks()
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, body)
}

func (t *Teller) notice(w http.ResponseWriter, r *http.Request, c channel.Channel) int {
	n := t.counts.of[c.Name()]
	body, status := t.readNotice(w, r)
	if status != http.StatusOK {
		n.busy.Add(1)
		return status
	}
	leave, ok := enter(r, t.doors.verify)
	if !ok {
		n.busy.Add(1)
		return http.StatusServiceUnavailable
	}
	word, err := c.Notice(r.Context(), r.Header, body)
	leave()
	switch {
	case errors.Is(err, channel.ErrForged):
		n.forged.Add(1)
		return http.StatusUnauthorized
	case errors.Is(err, channel.ErrForeign):
		n.foreign.Add(1)
		return http.StatusForbidden
	case err != nil:
		n.unmeant.Add(1)
		return http.StatusUnprocessableEntity
	}
	if leave, ok = enter(r, t.doors.book); !ok {
		n.busy.Add(1)
		return http.StatusServiceUnavailable
	}
	defer leave()
	booked, err := t.hear(r, c.Name(), word)
	switch {
	case errors.Is(err, errConflict): // counted, and written down for two persons
	case err != nil:
		n.busy.Add(1)
		t.o.Log.Warn("a notice could not be booked; it comes again", "worker", "teller", "channel", c.Name(), "error", err.Error())
		return http.StatusServiceUnavailable
	case booked:
		n.booked.Add(1)
	default:
		n.known.Add(1)
	}
	return http.StatusOK
}

// hear makes a word durable, and reports whether it was news.
func (t *Teller) hear(r *http.Request, name string, w channel.Word) (news bool, err error) {
	ctx := r.Context()
	if w.State == channel.Moved {
		b, err := t.together(ctx, name, w)
		return err == nil && !b.Known, err
	}
	// Anything else is a reason to ask: its answer is newer than the notice.
	return false, t.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		now := t.o.Now().UnixMilli()
		if w.Kind == payment.Refund {
			_, err = tx.Exec(ctx, `UPDATE payment_refund SET next_ask = $1 WHERE channel = $2 AND number = $3 AND state IN ('asked', 'sent') AND next_ask > $1`, now, name, w.Refund)
		} else {
			_, err = tx.Exec(ctx, `UPDATE payment_attempt SET next_ask = $1 WHERE channel = $2 AND number = $3 AND state = 'live' AND next_ask > $1`, now, name, w.Order)
		}
		return err
	})
}

// readNotice reads a body of at most mostNotice bytes, which must come at once.
func (t *Teller) readNotice(w http.ResponseWriter, r *http.Request) ([]byte, int) {
	if r.ContentLength > mostNotice {
		return nil, http.StatusRequestEntityTooLarge
	}
	leave, ok := enter(r, t.doors.read)
	if !ok {
		return nil, http.StatusServiceUnavailable
	}
	defer leave()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readWithin)) // the server's own holds where it cannot be set
	var body bytes.Buffer
	body.Grow(int(max(r.ContentLength, 0)) + bytes.MinRead) // it asks for so much beyond the end
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, mostNotice))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	return body.Bytes(), http.StatusOK
}
