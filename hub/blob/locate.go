package blob

import (
	"context"
	"errors"
	"fmt"
	"os"

	"zhunkao/hub/db"
)

// Where blobs lie: the words of Locate, and of the database about itself.
const (
	InFiles    = "files"
	InDatabase = "database"
)

// ErrElsewhere says that the blobs of this database do not lie where they were
// looked for. Nothing was made there.
var ErrElsewhere = errors.New("blob: the blobs of this database lie elsewhere")

const metaWhere = "blobs"

// Locate opens the blobs that belong to a database: where it says they lie, or,
// for a database that says nothing yet, where want names, and from then on
// always there. want "" is the default: files at path beside SQLite, the
// database itself for PostgreSQL, unless there are files at path already.
// Error: ErrElsewhere when want differs from what holds, or when records name
// blobs and there are no files.
func Locate(ctx context.Context, d *db.DB, path, want string) (*Store, error) {
	if want != "" && want != InFiles && want != InDatabase {
		return nil, fmt.Errorf("blob: blobs lie in %s or in the %s, not in %q", InFiles, InDatabase, want)
	}
	_, err := os.Stat(path + ".segments")
	files := err == nil
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("blob: %w", err)
	}
	var where string
	var records bool
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		if where, err = tx.Meta(ctx, metaWhere); err != nil || where != "" {
			return err
		}
		switch where = want; {
		case where != "":
		case d.Kind() == db.PostgreSQL && !files:
			where = InDatabase
		default:
			where = InFiles
		}
		return tx.SetMeta(ctx, metaWhere, where)
	})
	if err == nil {
		err = d.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM confirmation)`).Scan(&records)
		})
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("blob: where they lie: %w", err)
	case want != "" && want != where:
		return nil, fmt.Errorf("%w: in %s, and not in %s", ErrElsewhere, where, want)
	case where == InDatabase:
		return OpenIn(d), nil
	case records && !files:
		return nil, fmt.Errorf("%w: there are records, and no files %s.segments; several hubs keep them in the database", ErrElsewhere, path)
	}
	return Open(path)
}
