package candidate

import (
	"bytes"
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/protocol/form"
)

// Mark is a keyed hash of all that form.Digest covers. Contents with one mark
// are the same, field by field.
func (s *Store) Mark(app form.Application) []byte { return s.keys.ContentMark(form.Digest(app)) }

// Asked is a content to be compared with what stands here.
type Asked struct {
	ID   string // of the application
	Mark []byte // of the content that is compared: see Store.Mark
}

// Standing is an application as it stands, beside what was asked.
type Standing struct {
	Row
	Mark   []byte            // of the current content
	Opened *form.Application // nil when every content that was asked about is the same
}

// Compare gives those of the applications that exist, in any order. It opens a
// content only where another one was asked about: what is read and signed at a
// box is nearly always what stands here, and to open costs more than all the
// rest of taking a record into the database.
func (s *Store) Compare(ctx context.Context, tx *db.Tx, asked []Asked) ([]Standing, error) {
	if len(asked) == 0 {
		return nil, nil
	}
	ids, marks := make([][]any, 0, len(asked)), make(map[string][][]byte, len(asked))
	for _, a := range asked {
		if marks[a.ID] == nil {
			ids = append(ids, []any{a.ID})
		}
		marks[a.ID] = append(marks[a.ID], a.Mark)
	}
	values, args, err := db.Asked(ids)
	if err != nil {
		return nil, err
	}
	out := make([]Standing, 0, len(ids))
	err = tx.Each(ctx, `SELECT a.id, a.campaign, a.version, a.point, a.division, a.state, a.confirmed_at, a.confirmed_point, a.changed_at, a.apart, v.mark, v.content
		FROM application a JOIN application_version v ON v.application = a.id AND v.version = a.version
		WHERE a.id IN (VALUES `+values+`)`, args, func(scan func(...any) error) error {
		var f Standing
		var sealed []byte
		err := scan(append(f.into(), &f.Mark, &sealed)...)
		if err != nil {
			return err
		}
		if err := s.openUnlessSame(&f, sealed, marks[f.ID]); err != nil {
			return err
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: compare: %w", err)
	}
	return out, nil
}

// openUnlessSame opens a content that some of the marks are not of. Versions of
// before there were marks have none: theirs is made here.
func (s *Store) openUnlessSame(f *Standing, sealed []byte, marks [][]byte) error {
	same := len(f.Mark) > 0
	for _, m := range marks {
		same = same && bytes.Equal(m, f.Mark)
	}
	if same {
		return nil
	}
	app, err := s.open(f.ID, f.Version, sealed)
	if err != nil {
		return err
	}
	f.Opened, f.Mark = &app, s.Mark(app)
	return nil
}
