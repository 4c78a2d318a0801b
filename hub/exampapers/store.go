package exampapers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
)

var (
	// ErrNotFound says that there is no such batch, section, room or printer.
	ErrNotFound = errors.New("exampapers: not found")
	// ErrState says that a batch or a print is not where this can be done to it.
	ErrState = errors.New("exampapers: not in this state")
	// ErrVoid says that the arrangement of a batch, or where its rooms are, was replaced:
	// nobody gets its papers any more.
	ErrVoid = errors.New("exampapers: void")
)

// State is how a batch stands: see the package's comment.
type State string

// The states.
const (
	Queued State = "queued"
	Making State = "making" // a hub makes it; if it dies, another goes on
	Ready  State = "ready"
	Failed State = "failed" // final: Fault says why
	Gone   State = "gone"   // final: it was there for Kept; who wants it again asks for it
)

// Kept is how long the file of a batch stays.
const Kept = 3 * 24 * time.Hour

// Batch is papers of one site that are printed together (打印批次). It names nobody.
type Batch struct {
	ID                       string
	Campaign, Division, Area string
	Site                     string // id
	Version                  string // id, of the arrangement
	Blocks                   int    // number of the set of blocks
	Papers                   []string
	First, Last              int // rooms
	Copy                     int // 1 for the first print of these papers and rooms
	Reason                   string
	Template                 string // stands for layouts and wordings
	State                    State
	Fault                    string
	AskedBy                  string
	AskedAt                  int64 // ms, civil clock, as all times here
	Total, Done              int   // sections, the cover counted
	Pages                    int
	Size                     int64
	EndsAt                   int64
}

// Name is a batch as papers and people call it.
func (b Batch) Name() string { return strings.ToUpper(b.ID[:8]) }

// Section is a part of a batch that is whole: one kind of paper for some rooms.
type Section struct {
	N             int
	Paper         string
	First, Last   int // rooms; 0 of a paper of the whole site
	Things, Pages int
	Size          int64
	Sum           [32]byte // SHA-256 of the PDF
}

// Void says whether a batch is of an arrangement that is not the published one any more,
// or of rooms that went to other sites since (demand A51; a site that was lost). Its papers
// would send people to seats that are not theirs. A room that was opened since moves none
// of them: its own papers are printed besides.
func Void(ctx context.Context, tx *db.Tx, b Batch) (bool, error) {
	v, err := seating.Get(ctx, tx, b.Version)
	if err != nil || v.State != seating.Published {
		return true, err
	}
	sets, err := seating.BlockSets(ctx, tx, b.Version, b.Area)
	return slices.ContainsFunc(sets, func(s seating.BlockSet) bool { return s.Number > b.Blocks && s.How != seating.Added }), err
}

// MayFetch judges, as it stands now, whether the file of a batch may leave. ErrNotFound,
// ErrState, ErrVoid.
func MayFetch(ctx context.Context, tx *db.Tx, id string) error {
	b, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if b.State != Ready {
		return ErrState
	}
	void, err := Void(ctx, tx, b)
	if err == nil && void {
		err = ErrVoid
	}
	return err
}

// NewID draws the id of a batch or a print.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

const batchColumns = `id, campaign, division, area, site, version, blocks, papers, first, last, copy, reason, template, state, fault, asked_by, asked_at, total, done, pages, size, ends_at`

func scanBatch(row func(...any) error) (b Batch, err error) {
	var papers string
	err = row(&b.ID, &b.Campaign, &b.Division, &b.Area, &b.Site, &b.Version, &b.Blocks, &papers, &b.First, &b.Last, &b.Copy, &b.Reason, &b.Template, &b.State, &b.Fault,
		&b.AskedBy, &b.AskedAt, &b.Total, &b.Done, &b.Pages, &b.Size, &b.EndsAt)
	b.Papers = strings.Fields(papers)
	return b, err
}

// Insert asks for a batch. Its copy is one more than that of any earlier batch of the
// site and version that had one of its papers for one of its rooms. Who may is judged
// before.
func Insert(ctx context.Context, tx *db.Tx, b Batch) (Batch, error) {
	b.State, b.Copy = Queued, 1
	// Whoever asks for papers of the same site at the same time waits here, and counts this.
	if _, err := tx.Exec(ctx, `UPDATE site SET changed_at = changed_at WHERE id = $1`, b.Site); err != nil {
		return b, fmt.Errorf("exampapers: ask: %w", err)
	}
	earlier, err := query(ctx, tx, `version = $1 AND site = $2 AND state <> 'failed'`, ``, b.Version, b.Site)
	if err != nil {
		return b, err
	}
	for _, e := range earlier {
		if e.Last >= b.First && e.First <= b.Last && share(e.Papers, b.Papers) {
			b.Copy = max(b.Copy, e.Copy+1)
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO exam_batch (`+batchColumns+`, beat, contents) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 'queued', '', $13, $14, 0, 0, 0, 0, 0, 0, '')`,
		b.ID, b.Campaign, b.Division, b.Area, b.Site, b.Version, b.Blocks, joined(b.Papers), b.First, b.Last, b.Copy, b.Reason, b.AskedBy, b.AskedAt)
	if err != nil {
		return b, fmt.Errorf("exampapers: ask: %w", err)
	}
	return b, nil
}

func share(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// Get returns a batch. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Batch, error) {
	b, err := scanBatch(tx.QueryRow(ctx, `SELECT `+batchColumns+` FROM exam_batch WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return b, ErrNotFound
	}
	if err != nil {
		return b, fmt.Errorf("exampapers: %s: %w", id, err)
	}
	return b, nil
}

// List gives the batches of a remit, the newest first.
func List(ctx context.Context, tx *db.Tx, campaign, division string, limit int) ([]Batch, error) {
	from, to := org.Range(division)
	return query(ctx, tx, `campaign = $1 AND division >= $2 AND division < $3`, fmt.Sprintf(` ORDER BY asked_at DESC, id LIMIT %d`, limit), campaign, from, to)
}

func query(ctx context.Context, tx *db.Tx, where, order string, args ...any) (out []Batch, err error) {
	err = tx.Each(ctx, `SELECT `+batchColumns+` FROM exam_batch WHERE `+where+order, args, func(row func(...any) error) error {
		b, err := scanBatch(row)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exampapers: list: %w", err)
	}
	return out, nil
}

// Sections gives those of a batch that are whole, in binding order.
func Sections(ctx context.Context, tx *db.Tx, batch string) (out []Section, err error) {
	err = tx.Each(ctx, `SELECT n, paper, first, last, things, pages, size, sum FROM exam_batch_section WHERE batch = $1 ORDER BY n`, []any{batch}, func(row func(...any) error) error {
		var s Section
		var sum []byte
		err := row(&s.N, &s.Paper, &s.First, &s.Last, &s.Things, &s.Pages, &s.Size, &sum)
		copy(s.Sum[:], sum)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exampapers: sections of %s: %w", batch, err)
	}
	return out, nil
}

// Moving counts the batches of a remit that are on their way.
func Moving(ctx context.Context, tx *db.Tx, campaign, division string) (n int, err error) {
	from, to := org.Range(division)
	err = tx.QueryRow(ctx, `SELECT count(*) FROM exam_batch WHERE campaign = $1 AND division >= $2 AND division < $3 AND state IN ('queued', 'making')`, campaign, from, to).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("exampapers: count: %w", err)
	}
	return n, nil
}

// OfSite gives the batches of a site and version, the newest first.
func OfSite(ctx context.Context, tx *db.Tx, version, site string, limit int) ([]Batch, error) {
	return query(ctx, tx, `version = $1 AND site = $2`, fmt.Sprintf(` ORDER BY asked_at DESC, id LIMIT %d`, limit), version, site)
}

// Counts says how many batches each site of a version has.
func Counts(ctx context.Context, tx *db.Tx, version string) (map[string]int, error) {
	out := map[string]int{}
	err := tx.Each(ctx, `SELECT site, count(*) FROM exam_batch WHERE version = $1 AND state <> 'failed' GROUP BY site`, []any{version}, func(row func(...any) error) error {
		var id string
		var n int
		err := row(&id, &n)
		out[id] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exampapers: counts: %w", err)
	}
	return out, nil
}
