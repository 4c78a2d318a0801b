package candidate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// sealLabel binds a content to being one version of an application.
const sealLabel = "application"

var enc = func() cbor.EncMode {
	m, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // our own mistake: the options are constants
	}
	return m
}()

const rowColumns = `id, campaign, version, point, division, state, confirmed_at, confirmed_point, changed_at, apart`

func scanRow(scan func(...any) error) (r Row, err error) {
	err = scan(r.into()...)
	return r, err
}

// into is where rowColumns are read to.
func (r *Row) into() []any {
	return []any{&r.ID, &r.Campaign, &r.Version, &r.Point, &r.Division, &r.State, &r.ConfirmedAt, &r.ConfirmedPoint, &r.ChangedAt, &r.Apart}
}

// Save stores app as the next version of its application: app.Version must be
// one above the stored version, or 1 for a new one. Of one that stands apart the
// number is kept with the content only. ErrConflict, ErrTaken,
// ErrNotFound, ErrApplication; after any of them the transaction must end.
func (s *Store) Save(ctx context.Context, tx *db.Tx, app form.Application, by Saving) error {
	if app.ID == "" || app.Campaign == "" || app.Point == "" || app.Number() == "" || by.Division == "" ||
		app.Version == 0 || app.Version == math.MaxUint32 {
		return fmt.Errorf("%w: %s", ErrApplication, app.ID)
	}
	if app.Version == 1 {
		return s.create(ctx, tx, app, by)
	}
	old, err := by.Over, error(nil)
	if old.ID != app.ID {
		if old, err = s.Row(ctx, tx, app.ID); err != nil {
			return err
		}
	}
	if old.Version+1 != app.Version || old.Campaign != app.Campaign {
		return ErrConflict
	}
	if err := s.putVersion(ctx, tx, app, old.Version, by); err != nil {
		return err
	}
	return s.setCurrent(ctx, tx, old, app, by)
}

func (s *Store) create(ctx context.Context, tx *db.Tx, app form.Application, by Saving) error {
	number := s.keys.NumberKey(app.Number().Reveal())
	if by.Apart {
		number = s.apartKey(app.ID)
	}
	added, err := tx.Exec(ctx, `INSERT INTO application (id, campaign, number_hmac, version, point, division, state,
		confirmed_at, confirmed_point, changed_at, level, indexed, apart, category, language) VALUES ($1, $2, $3, 1, $4, $5, $6, 0, '', $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		app.ID, app.Campaign, number, app.Point, by.Division, string(Registered), s.now().UnixMilli(), app.First().Level, edition, by.Apart,
		app.First().Category, app.Get(form.Language))
	if err != nil {
		return fmt.Errorf("candidate: create %s: %w", app.ID, err)
	}
	if added == 0 {
		switch _, err := s.Row(ctx, tx, app.ID); {
		case err == nil:
			return ErrConflict // this id has a first version already
		case errors.Is(err, ErrNotFound):
			return ErrTaken
		default:
			return err
		}
	}
	if err := s.putVersion(ctx, tx, app, 0, by); err != nil {
		return err
	}
	return s.index(ctx, tx, app, by.Division, true)
}

// setCurrent makes app the current version of the application in row old. The
// row's version is asked again in the statement: nothing may come in between.
func (s *Store) setCurrent(ctx context.Context, tx *db.Tx, old Row, app form.Application, by Saving) error {
	n, err := tx.Exec(ctx, `UPDATE application SET version = $1, number_hmac = CASE WHEN apart THEN number_hmac ELSE $2 END, point = $3, division = $4, changed_at = $5,
		level = $6, indexed = $7, category = $12, language = $13, state = CASE WHEN state = $10 THEN $11 ELSE state END WHERE id = $8 AND version = $9`, int64(app.Version), s.keys.NumberKey(app.Number().Reveal()),
		app.Point, by.Division, s.now().UnixMilli(), app.First().Level, edition, app.ID, int64(old.Version), string(Withdrawn), string(Registered),
		app.First().Category, app.Get(form.Language))
	if db.Unique(err) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("candidate: save %s: %w", app.ID, err)
	}
	if n != 1 {
		return ErrConflict
	}
	return s.index(ctx, tx, app, by.Division, false)
}

func (s *Store) putVersion(ctx context.Context, tx *db.Tx, app form.Application, from uint32, by Saving) error {
	plain, err := enc.Marshal(app)
	if err != nil {
		return fmt.Errorf("candidate: %s: %w", app.ID, err)
	}
	sealed, err := s.keys.Seal(sealLabel, versionID(app.ID, app.Version), plain)
	if err != nil {
		return fmt.Errorf("candidate: %s: %w", app.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO application_version (application, version, content, mark, point, author_kind, author_id,
		origin, started_from, superseded, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		app.ID, int64(app.Version), sealed, s.Mark(app), app.Point, by.Author.Kind, by.Author.ID,
		by.Origin, int64(from), false, s.now().UnixMilli())
	if db.Unique(err) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("candidate: save %s: %w", app.ID, err)
	}
	return nil
}

// versionID binds a sealed content to its place: contents cannot be exchanged
// between versions or persons.
func versionID(id string, version uint32) string {
	return id + "/" + strconv.FormatUint(uint64(version), 10)
}

func (s *Store) open(id string, version uint32, sealed []byte) (form.Application, error) {
	var app form.Application
	plain, err := s.keys.Unseal(sealLabel, versionID(id, version), sealed)
	if err != nil {
		return app, fmt.Errorf("candidate: %s: %w", id, err)
	}
	if err := cbor.Unmarshal(plain, &app); err != nil {
		// The library's text can quote input; ours must not.
		return app, fmt.Errorf("candidate: %s: content cannot be read", id)
	}
	return app, nil
}

// Row returns an application without its content. ErrNotFound.
func (s *Store) Row(ctx context.Context, tx *db.Tx, id string) (Row, error) {
	r, err := scanRow(tx.QueryRow(ctx, `SELECT `+rowColumns+` FROM application WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Row{}, ErrNotFound
	}
	if err != nil {
		return Row{}, fmt.Errorf("candidate: %s: %w", id, err)
	}
	return r, nil
}

// Get returns an application with its current content. ErrNotFound.
func (s *Store) Get(ctx context.Context, tx *db.Tx, id string) (Found, error) {
	q, answer := s.Getting(id)
	if err := q.Ask(ctx, tx); err != nil {
		return Found{}, fmt.Errorf("candidate: %w", err)
	}
	return answer()
}

// GetAll returns those of some applications that there are, with their current
// contents, by id.
func (s *Store) GetAll(ctx context.Context, tx *db.Tx, ids []string) (map[string]Found, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id}
	}
	values, args, err := db.Asked(rows)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Found, len(ids))
	return out, tx.Each(ctx, foundOf+`a.id IN (VALUES `+values+`)`, args, func(scan func(...any) error) error {
		f, err := s.found(scan)
		out[f.ID] = f
		return err
	})
}

// Getting is Get as one question of several. The answer is there when it has been
// asked.
func (s *Store) Getting(id string) (q db.Question, answer func() (Found, error)) {
	return s.GettingBy(`$1`, id)
}

// GettingBy is Getting of the application whose id a subselect with some arguments
// gives.
func (s *Store) GettingBy(id string, args ...any) (q db.Question, answer func() (Found, error)) {
	var f Found
	var sealed []byte
	q = db.Question{Text: foundOf + `a.id = ` + id, Args: args, Row: func(scan func(...any) error) error { return scan(f.columns(&sealed)...) }}
	return q, func() (Found, error) {
		if f.ID == "" {
			return Found{}, ErrNotFound
		}
		var err error
		f.Application, err = s.open(f.ID, f.Version, sealed)
		return f, err
	}
}

// columns is where foundOf is read to.
func (f *Found) columns(sealed *[]byte) []any {
	e := &f.Edition
	return append(f.into(), sealed, &e.Number, &e.Author.Kind, &e.Author.ID, &e.Origin, &e.StartedFrom, &e.Superseded, &e.At)
}

// foundOf asks for applications with their current contents, by what follows.
const foundOf = `SELECT a.id, a.campaign, a.version, a.point, a.division, a.state, a.confirmed_at, a.confirmed_point, a.changed_at, a.apart,
		v.content, v.version, v.author_kind, v.author_id, v.origin, v.started_from, v.superseded, v.at
	FROM application a JOIN application_version v ON v.application = a.id AND v.version = a.version WHERE `

// found reads one of foundOf. ErrNotFound when there is none.
func (s *Store) found(scan func(...any) error) (f Found, err error) {
	var sealed []byte
	switch err = scan(f.columns(&sealed)...); {
	case errors.Is(err, db.ErrNoRows):
		return Found{}, ErrNotFound
	case err != nil:
		return Found{}, fmt.Errorf("candidate: %w", err)
	}
	f.Application, err = s.open(f.ID, f.Version, sealed)
	return f, err
}

// ByNumber finds the application of a person in a campaign; n is in normal
// form. ErrNotFound.
func (s *Store) ByNumber(ctx context.Context, tx *db.Tx, campaign string, n identity.Number) (Found, error) {
	return s.found(tx.QueryRow(ctx, foundOf+`a.campaign = $1 AND a.number_hmac = $2`, campaign, s.keys.NumberKey(n.Reveal())).Scan)
}

// Versions returns all versions, oldest first. ErrNotFound.
func (s *Store) Versions(ctx context.Context, tx *db.Tx, id string) ([]Version, error) {
	var out []Version
	err := tx.Each(ctx, `SELECT version, author_kind, author_id, origin, started_from, superseded, at, content
		FROM application_version WHERE application = $1 ORDER BY version`, []any{id},
		func(scan func(...any) error) error {
			var v Version
			var sealed []byte
			err := scan(&v.Number, &v.Author.Kind, &v.Author.ID, &v.Origin, &v.StartedFrom, &v.Superseded, &v.At, &sealed)
			if err != nil {
				return err
			}
			v.Application, err = s.open(id, v.Number, sealed)
			out = append(out, v)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("candidate: versions of %s: %w", id, err)
	}
	if out == nil {
		return nil, ErrNotFound
	}
	return out, nil
}

// ListByPoint returns up to limit applications of a point, by id, after the
// given id ("" = from the start).
func (s *Store) ListByPoint(ctx context.Context, tx *db.Tx, campaign, point, after string, limit int) ([]Row, error) {
	var out []Row
	err := tx.Each(ctx, `SELECT `+rowColumns+` FROM application WHERE campaign = $1 AND point = $2 AND id > $3
		ORDER BY id LIMIT $4`, []any{campaign, point, after, limit}, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: point %s: %w", point, err)
	}
	return out, nil
}

// Sign makes what she read and signed at a box the current version (design §2,
// "What she signed wins"): app is as sealed, startedFrom the version it was made
// from. If the stored content is the same nothing is added; else it becomes a
// new version, and every version above startedFrom is superseded. Whether it
// may be made the current one (a later version may name another point, and then
// the county decides first) is asked before. ErrNotFound, ErrConflict, ErrTaken.
func (s *Store) Sign(ctx context.Context, tx *db.Tx, app form.Application, startedFrom uint32, by Saving) (Signing, error) {
	now, err := s.Get(ctx, tx, app.ID)
	if err != nil {
		return Signing{}, err
	}
	if now.Campaign != app.Campaign {
		return Signing{}, ErrConflict
	}
	same, err := sameContent(now.Application, app)
	if err != nil || same {
		return Signing{Version: now.Version}, err
	}
	out := Signing{Version: now.Version + 1, New: true, Returned: now.State == Withdrawn, Point: now.Point, Level: now.Application.First().Level}
	app = app.Clone()
	app.Version = out.Version
	err = tx.Each(ctx, `UPDATE application_version SET superseded = $1
		WHERE application = $2 AND version > $3 AND NOT superseded RETURNING version`,
		[]any{true, app.ID, int64(startedFrom)}, func(scan func(...any) error) error {
			var v uint32
			err := scan(&v)
			out.Superseded = append(out.Superseded, v)
			return err
		})
	if err != nil {
		return Signing{}, fmt.Errorf("candidate: supersede %s: %w", app.ID, err)
	}
	if err := s.putVersion(ctx, tx, app, startedFrom, by); err != nil {
		return Signing{}, err
	}
	return out, s.setCurrent(ctx, tx, now.Row, app, by)
}

// sameContent compares two applications but for the number of their version.
func sameContent(a, b form.Application) (bool, error) {
	a.Version, b.Version = 0, 0
	x, err := enc.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("candidate: %s: %w", a.ID, err)
	}
	y, err := enc.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("candidate: %s: %w", b.ID, err)
	}
	return bytes.Equal(x, y), nil
}
