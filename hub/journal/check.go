package journal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/db"
)

var (
	// ErrNoCheck says that nobody has had the journal checked yet.
	ErrNoCheck = errors.New("journal: not checked yet")
	// ErrChecking says that a check is under way: one at a time.
	ErrChecking = errors.New("journal: a check is under way")
)

// States of a check.
const (
	CheckRunning = "running"
	CheckDone    = "done"
	CheckStopped = "stopped" // before its end: it says nothing
)

const (
	checkLead    = "journal-check"
	checkPace    = 500 * time.Millisecond
	checkSilence = 30 * time.Second
	maxKept      = 100 // findings that are kept in words
)

// Check is one look at the whole journal, asked for on a page.
type Check struct {
	ID           string
	State        string
	By           string // account id
	Began, Ended int64  // ms since 1970
	Done, Total  uint64 // entries
	Checkpoints  int
	Found        int
	Findings     []string // English, up to a hundred
	CutOff       bool     // it is running and nobody has heard of it for a while
}

// Share is what part is done, in per cent.
func (c Check) Share() int {
	if c.Total == 0 {
		return 100
	}
	return int(min(100, c.Done*100/c.Total))
}

// LatestCheck gives the newest check, at the real time now. ErrNoCheck.
func LatestCheck(ctx context.Context, tx *db.Tx, now time.Time) (Check, error) {
	var c Check
	var findings string
	var done, total, beat int64
	err := tx.QueryRow(ctx, `SELECT id, state, checked_by, began_at, ended_at, done, total, checkpoints, found, findings, beat FROM journal_check
		ORDER BY id DESC LIMIT 1`).Scan(&c.ID, &c.State, &c.By, &c.Began, &c.Ended, &done, &total, &c.Checkpoints, &c.Found, &findings, &beat)
	if errors.Is(err, db.ErrNoRows) {
		return Check{}, ErrNoCheck
	}
	if err != nil {
		return Check{}, fmt.Errorf("journal: check: %w", err)
	}
	c.Done, c.Total = uint64(done), uint64(total)
	c.CutOff = c.State == CheckRunning && now.Sub(time.UnixMilli(beat)) > checkSilence
	if findings != "" {
		c.Findings = strings.Split(findings, "\n")
	}
	return c, nil
}

// Checking is a check that has begun; Run must follow.
type Checking struct {
	Check
	d    *db.DB
	lead *db.Lead
	said time.Time
}

// BeginCheck makes a check ready, for an account, at a civil time in ms. note is
// asked in the transaction that says it has begun. ErrChecking.
func BeginCheck(ctx context.Context, d *db.DB, by string, at int64, note func(*db.Tx) error) (c *Checking, err error) {
	lead, err := d.TryLead(ctx, checkLead)
	if err != nil {
		return nil, fmt.Errorf("journal: check: %w", err)
	}
	if lead == nil {
		return nil, ErrChecking
	}
	c = &Checking{Check: Check{State: CheckRunning, By: by, Began: at}, d: d, lead: lead}
	err = d.Write(ctx, func(tx *db.Tx) error {
		// Whoever holds the lead knows that nobody runs those that stand as running.
		if _, err := tx.Exec(ctx, `UPDATE journal_check SET state = $1 WHERE state = $2`, CheckStopped, CheckRunning); err != nil {
			return err
		}
		var before int64
		var head *int64
		if err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM journal_check), (SELECT max(number) FROM journal_entry WHERE number IS NOT NULL)`).Scan(&before, &head); err != nil {
			return err
		}
		if head != nil {
			c.Total = uint64(*head)
		}
		c.ID = fmt.Sprintf("k%012d", before+1)
		if _, err := tx.Exec(ctx, `INSERT INTO journal_check (id, state, checked_by, began_at, ended_at, done, total, checkpoints, found, findings, beat)
			VALUES ($1, $2, $3, $4, 0, 0, $5, 0, 0, '', $6)`, c.ID, c.State, by, at, int64(c.Total), time.Now().UnixMilli()); err != nil {
			return err
		}
		return note(tx)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: check: %w", err), lead.Release(ctx))
	}
	return c, nil
}

// Run looks at everything and keeps what it found; finish is asked, with the
// civil time of the end, in the transaction that does. A check that is broken
// off stands as stopped.
func (c *Checking) Run(ctx context.Context, s *Sealer, finish func(*db.Tx, Report) error) (err error) {
	const patience = 10 * time.Second
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if err != nil {
			err = errors.Join(err, c.d.Write(end, func(tx *db.Tx) error {
				_, err := tx.Exec(end, `UPDATE journal_check SET state = $1 WHERE id = $2`, CheckStopped, c.ID)
				return err
			}))
		}
		err = errors.Join(err, c.lead.Release(end))
	}()
	report, err := s.Verify(ctx, func(done uint64) error { return c.say(ctx, done) })
	if err != nil {
		return err
	}
	var words []string
	for _, f := range report.Findings[:min(len(report.Findings), maxKept)] {
		words = append(words, f.String())
	}
	return c.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE journal_check SET state = $1, ended_at = $2, done = $3, total = $3, checkpoints = $4, found = $5, findings = $6 WHERE id = $7`,
			CheckDone, s.o.Now().UnixMilli(), int64(report.Entries), int64(report.Checkpoints), int64(len(report.Findings)), strings.Join(words, "\n"), c.ID)
		if err != nil {
			return fmt.Errorf("journal: check: %w", err)
		}
		return finish(tx, report)
	})
}

func (c *Checking) say(ctx context.Context, done uint64) error {
	if time.Since(c.said) < checkPace {
		return nil
	}
	c.said = time.Now()
	return c.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE journal_check SET done = $1, beat = $2 WHERE id = $3`, int64(done), time.Now().UnixMilli(), c.ID)
		return err
	})
}

// Verify is the function Verify with what this sealer has: the file of
// checkpoints where this hub keeps it, else the lines of the table.
func (s *Sealer) Verify(ctx context.Context, progress func(done uint64) error) (Report, error) {
	s.mu.Lock()
	path := s.o.Checkpoints
	if !s.leading {
		path = ""
	}
	s.mu.Unlock()
	return verify(ctx, s.o.DB, path, s.o.Keys, progress)
}

// Abandon gives up a check that was begun and never run.
func (c *Checking) Abandon(ctx context.Context) error {
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE journal_check SET state = $1 WHERE id = $2`, CheckStopped, c.ID)
		return err
	})
	return errors.Join(err, c.lead.Release(ctx))
}
