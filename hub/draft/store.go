package draft

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/protocol/form"
)

// sealLabel binds a content to being one revision of a draft.
const sealLabel = "draft"

var enc = func() cbor.EncMode {
	m, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // our own mistake: the options are constants
	}
	return m
}()

func (d Draft) sealID() string {
	return d.Account + "/" + d.Campaign + "/" + strconv.FormatUint(uint64(d.Revision), 10)
}

// Get returns the draft of an account in a campaign. ErrNotFound.
func (s *Store) Get(ctx context.Context, tx *db.Tx, account, campaign string) (Draft, error) {
	q, answer := s.Getting(account, campaign)
	if err := q.Ask(ctx, tx); err != nil {
		return Draft{}, fmt.Errorf("draft: %w", err)
	}
	return answer()
}

// Getting is Get as one question of several. The answer is there when it has been
// asked.
func (s *Store) Getting(account, campaign string) (q db.Question, answer func() (Draft, error)) {
	d := Draft{Account: account, Campaign: campaign}
	var content []byte
	q = db.Question{Text: `SELECT revision, started_from, content, begun_at, changed_at, pledged_at, submitted_revision, submitted_version
		FROM draft WHERE account = $1 AND campaign = $2`, Args: []any{account, campaign}, Row: func(scan func(...any) error) error {
		return scan(&d.Revision, &d.StartedFrom, &content, &d.BegunAt, &d.ChangedAt, &d.PledgedAt, &d.LastRevision, &d.LastVersion)
	}}
	return q, func() (Draft, error) { return s.opened(d, content) }
}

// opened is a draft with what is sealed of it; ErrNotFound when no row of it was
// read.
func (s *Store) opened(d Draft, content []byte) (Draft, error) {
	if d.Revision == 0 {
		return Draft{}, ErrNotFound
	}
	if d.LastRevision == d.Revision {
		d.Submitted = d.LastVersion
	}
	plain, err := s.keys.Unseal(sealLabel, d.sealID(), content)
	if err != nil {
		return Draft{}, fmt.Errorf("%s: %w", d, err)
	}
	if err := cbor.Unmarshal(plain, &d.Application); err != nil {
		// The library's text can quote input; ours must not.
		return Draft{}, fmt.Errorf("%s: content cannot be read", d)
	}
	return d, nil
}

// Save stores the application and the starting version of d as the revision
// after from, which must be the one stored (0: none yet). A save that changes
// nothing, and one that was made already, give what is stored; else *Conflict.
func (s *Store) Save(ctx context.Context, tx *db.Tx, d Draft, from uint32) (Draft, error) {
	now, err := s.Get(ctx, tx, d.Account, d.Campaign)
	exists := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Draft{}, err
	}
	if exists {
		same := equal(d, now)
		switch {
		case same && (now.Revision == from || now.Revision == from+1):
			return now, nil
		case now.Revision != from:
			return Draft{}, &Conflict{Now: now}
		}
	} else if from != 0 {
		return Draft{}, ErrNotFound
	}
	next := now
	next.Account, next.Campaign, next.Application, next.StartedFrom = d.Account, d.Campaign, d.Application, d.StartedFrom
	next.Revision, next.Submitted, next.ChangedAt = from+1, 0, s.now().UnixMilli()
	if next.PledgedAt == 0 {
		next.PledgedAt = d.PledgedAt
	}
	return next, s.put(ctx, tx, &next, from)
}

// Renew stores d, as Get gave it or with other content, as the next revision
// even when nothing differs: what was sent of the revision before is then old.
// *Conflict.
func (s *Store) Renew(ctx context.Context, tx *db.Tx, d Draft) (Draft, error) {
	from := d.Revision
	d.Revision, d.Submitted, d.ChangedAt = from+1, 0, s.now().UnixMilli()
	return d, s.put(ctx, tx, &d, from)
}

// Ready is a revision that is sealed and waits to be stored. It prints nothing
// but the draft it is of.
type Ready struct {
	Draft  Draft // as it will stand
	from   uint32
	sealed []byte
}

// Ready makes the revision after that of d, which was read outside of the
// transaction that will store it: whoever saves waits for the one who writes,
// and what can be done before is not waited for.
func (s *Store) Ready(d Draft) (*Ready, error) {
	r := &Ready{from: d.Revision}
	d.Revision, d.Submitted, d.ChangedAt = d.Revision+1, 0, s.now().UnixMilli()
	r.Draft = d
	var err error
	r.sealed, err = s.seal(&d)
	return r, err
}

// Put stores, in a transaction of its own, what is ready if the revision that it
// was made from is still the one that she fills in: stored, pledged, not submitted,
// and no application of hers confirmed. Else it changes nothing and gives false: to
// say why, what stands must be read.
func (s *Store) Put(ctx context.Context, d *db.DB, r *Ready) (bool, error) {
	n, err := d.Single(ctx, `UPDATE draft SET revision = $1, content = $2, changed_at = $3
		WHERE account = $4 AND campaign = $5 AND revision = $6 AND submitted_revision <> revision AND pledged_at <> 0
		AND NOT EXISTS (SELECT 1 FROM applicant_application b JOIN application a ON a.id = b.application
			WHERE b.account = draft.account AND b.campaign = draft.campaign AND a.state = 'confirmed')`,
		int64(r.Draft.Revision), r.sealed, r.Draft.ChangedAt, r.Draft.Account, r.Draft.Campaign, int64(r.from))
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.Draft, err)
	}
	return n == 1, nil
}

func (s *Store) seal(d *Draft) ([]byte, error) {
	plain, err := enc.Marshal(d.Application)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d, err)
	}
	sealed, err := s.keys.Seal(sealLabel, d.sealID(), plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d, err)
	}
	return sealed, nil
}

// put writes a revision over the one it was made from, which must still be there.
func (s *Store) put(ctx context.Context, tx *db.Tx, d *Draft, from uint32) error {
	sealed, err := s.seal(d)
	if err != nil {
		return err
	}
	var n int64
	if from == 0 {
		d.BegunAt = d.ChangedAt
		n, err = tx.Exec(ctx, `INSERT INTO draft (account, campaign, revision, started_from, content, begun_at, changed_at, pledged_at,
			submitted_revision, submitted_version) VALUES ($1, $2, 1, $3, $4, $5, $5, $6, 0, 0) ON CONFLICT DO NOTHING`,
			d.Account, d.Campaign, int64(d.StartedFrom), sealed, d.ChangedAt, d.PledgedAt)
	} else {
		n, err = tx.Exec(ctx, `UPDATE draft SET revision = $1, started_from = $2, content = $3, changed_at = $4, pledged_at = $5
			WHERE account = $6 AND campaign = $7 AND revision = $8`,
			int64(d.Revision), int64(d.StartedFrom), sealed, d.ChangedAt, d.PledgedAt, d.Account, d.Campaign, int64(from))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", d, err)
	}
	if n != 1 { // it was read in this very transaction
		now, err := s.Get(ctx, tx, d.Account, d.Campaign)
		if err != nil {
			return err
		}
		return &Conflict{Now: now}
	}
	return nil
}

// Submit notes that a revision, which must be the one stored, became a version
// of the application. *Conflict, ErrNotFound.
func (s *Store) Submit(ctx context.Context, tx *db.Tx, account, campaign string, revision, version uint32) error {
	n, err := tx.Exec(ctx, `UPDATE draft SET submitted_revision = $1, submitted_version = $2
		WHERE account = $3 AND campaign = $4 AND revision = $1`, int64(revision), int64(version), account, campaign)
	if err != nil {
		return fmt.Errorf("draft: submit: %w", err)
	}
	if n != 1 {
		now, err := s.Get(ctx, tx, account, campaign)
		if err != nil {
			return err
		}
		return &Conflict{Now: now}
	}
	return nil
}

// Pledge notes when the pledge was signed; at is in ms since 1970. ErrNotFound.
func (s *Store) Pledge(ctx context.Context, tx *db.Tx, account, campaign string, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE draft SET pledged_at = $1 WHERE account = $2 AND campaign = $3`, at, account, campaign)
	if err != nil {
		return fmt.Errorf("draft: pledge: %w", err)
	}
	if n != 1 {
		return ErrNotFound
	}
	return nil
}

// Delete removes a draft for good: what a person asks to be erased (S38). One
// that is not there is no error.
func (s *Store) Delete(ctx context.Context, tx *db.Tx, account, campaign string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM draft WHERE account = $1 AND campaign = $2`, account, campaign); err != nil {
		return fmt.Errorf("draft: delete: %w", err)
	}
	return nil
}

// equal compares what is filled in, and what it started from.
func equal(a, b Draft) bool {
	return a.StartedFrom == b.StartedFrom && Same(a.Application, b.Application)
}

// Same reports whether two applications hold the same, whatever their id and
// version. A field that is empty and one that is absent are the same.
func Same(a, b form.Application) bool {
	return a.Campaign == b.Campaign && a.Point == b.Point && a.SequenceNumber == b.SequenceNumber &&
		within(a.Fields, b.Fields) && within(b.Fields, a.Fields) &&
		slices.Equal(a.Choices, b.Choices) && slices.Equal(a.Claims, b.Claims)
}

// within reports whether all that one holds stands in the other.
func within(some, all form.Fields) bool {
	for k, v := range some {
		if all[k] != v {
			return false
		}
	}
	return true
}
