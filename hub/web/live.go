package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
)

// The paces of a live stream. Entries that come closer together than settle
// are told as one change; what boxes say of themselves is told no more often
// than boxPace; a silent stream says so every beat, and looks whether its
// session still stands.
const (
	settle  = 200 * time.Millisecond
	rest    = 700 * time.Millisecond // after a change was told: a busy morning has many a second, and a page draws one
	boxPace = 3 * time.Second
	beat    = 15 * time.Second
	writing = 10 * time.Second // longest a write to a browser may take

	// farBehind is how many entries a stream reads to find out whether one of
	// them is hers. Who asks from further back is told to look anyway.
	farBehind = 2048
)

// live tells a dashboard that something within its remit has changed. It
// follows the journal by chain number, so nothing that commits late is skipped;
// what changed is not said here but fetched, so that rights are judged in one
// place.
func (s *server) live(c *gin.Context, v *visit) {
	from, err := position(c.Query("after"), 0)
	if last := c.GetHeader("Last-Event-ID"); err == nil && last != "" {
		from, err = position(last, 0)
	}
	if err != nil {
		s.refuse(c, v, refusalBad)
		return
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		s.refuse(c, v, refusalBusy)
		return
	}
	c.Header("Content-Type", "text/event-stream; charset=utf-8")
	c.Header("X-Accel-Buffering", "no")
	c.Status(http.StatusOK)
	st := &stream{s: s, v: v, w: c.Writer, rc: http.NewResponseController(c.Writer), at: min(from, s.Journal.Head().Number)}
	if err := st.run(c.Request.Context()); err != nil && c.Request.Context().Err() == nil && !errors.Is(err, errStreamOver) {
		s.Log.Info("web: live stream ended", "error", err.Error())
	}
}

var errStreamOver = errors.New("web: stream is over")

// stream is one open live page.
type stream struct {
	s  *server
	v  *visit
	w  http.ResponseWriter
	rc *http.ResponseController
	at uint64 // chain number up to which this page knows all

	told    time.Time // when a change was last told
	pending bool      // what was told had not been counted yet (package progress)
}

func (t *stream) run(ctx context.Context) error {
	if err := t.write("retry: 2000\n\n"); err != nil {
		return err
	}
	beats := time.NewTicker(beat)
	defer beats.Stop()
	boxes := time.NewTimer(boxPace)
	boxes.Stop() // runs only while there is something to tell
	defer boxes.Stop()
	counted := time.NewTimer(settle)
	counted.Stop() // runs only while counting is behind what was told
	defer counted.Stop()
	fleet := t.s.Flow.Fleet.Changed()
	moved := t.s.Journal.Changed()
	if err := t.follow(ctx); err != nil {
		return err
	}
	for {
		if t.pending {
			t.pending = false
			counted.Reset(settle)
		}
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-t.s.Done:
			return errStreamOver
		case <-moved:
			if err = wait(ctx, max(settle, rest-time.Since(t.told))); err != nil {
				return nil
			}
			moved = t.s.Journal.Changed() // before looking: what comes meanwhile wakes it again
			err = t.follow(ctx)
		case <-counted.C:
			err = t.count(ctx, counted)
		case <-fleet:
			fleet = nil // until it has been told
			boxes.Reset(boxPace)
		case <-boxes.C:
			fleet = t.s.Flow.Fleet.Changed()
			err = t.changed()
		case <-beats.C:
			err = t.alive(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// count tells once more when the counters have caught up with what was told.
func (t *stream) count(ctx context.Context, again *time.Timer) error {
	behind, err := t.behind(ctx)
	if err != nil {
		return err
	}
	if behind {
		again.Reset(boxPace) // it stands still: the page says so itself
		return nil
	}
	return t.changed()
}

func (t *stream) behind(ctx context.Context) (behind bool, err error) {
	err = t.s.DB.Read(ctx, func(tx *db.Tx) error {
		at, err := progress.Position(ctx, tx)
		behind = at < t.at
		return err
	})
	return behind, err
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// follow reads what was sealed since, and tells if any of it is hers to see.
func (t *stream) follow(ctx context.Context) error {
	const page = 256
	mine := false
	if head := t.s.Journal.Head().Number; head > t.at+farBehind {
		mine, t.at = true, head-page
	}
	for {
		var entries []journal.Sealed
		err := t.s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			entries, err = journal.After(ctx, tx, t.at, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range entries {
			t.at = e.Number
			mine = mine || t.concerns(e)
		}
		if len(entries) < page {
			break
		}
	}
	if !mine {
		return nil
	}
	if err := t.alive(ctx); err != nil {
		return err
	}
	var err error
	if t.pending, err = t.behind(ctx); err != nil {
		return err
	}
	return t.changed()
}

// concerns reports whether an entry changes what this dashboard shows.
func (t *stream) concerns(e journal.Sealed) bool {
	switch e.Act {
	case journal.RecordViewed, journal.StaffSignedIn, journal.StaffSignedOut, journal.StaffRefused, journal.AccessDenied, journal.JournalVerified:
		return false
	}
	if e.Division == "" {
		return e.Act == journal.CampaignPublished || e.Act == journal.ClockMoved
	}
	r := t.v.remit()
	return r.covers(e.Division, e.Point)
}

func (t *stream) changed() error {
	t.told = time.Now()
	return t.write("id: " + strconv.FormatUint(t.at, 10) + "\nevent: changed\ndata: " + strconv.FormatUint(t.at, 10) + "\n\n")
}

// alive says that the stream stands, unless the session has ended: then it says
// that, and is over (S6). Looking does not make the session live longer.
func (t *stream) alive(ctx context.Context) error {
	if _, err := t.s.Staff.Peek(ctx, t.v.token); errors.Is(err, staff.ErrNoSession) {
		if err := t.write("event: ended\ndata: 0\n\n"); err != nil {
			return err
		}
		return errStreamOver
	} else if err != nil {
		return err
	}
	return t.write(": here\n\n")
}

func (t *stream) write(text string) error {
	if err := t.rc.SetWriteDeadline(time.Now().Add(writing)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("web: live stream: %w", err)
	}
	if _, err := t.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("web: live stream: %w", err)
	}
	return t.rc.Flush()
}
