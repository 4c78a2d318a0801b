package rehearsal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"zhunkao/hub/datadir"
)

// Backup makes a backup of the running hub as hub/README.md says (demand S30):
// begun, the database copied and then the blobs and the checkpoints, read back, and
// only then done.
// SQLite only; of PostgreSQL the copy is the server's own.
func (p *Province) Backup(ctx context.Context) error {
	if p.Group() || !strings.HasPrefix(p.database, "sqlite:") {
		return errors.New("a backup by hand is of one hub on SQLite")
	}
	data, copied := p.HubData(), p.in("backup")
	if err := os.RemoveAll(copied); err != nil {
		return err
	}
	if err := os.Mkdir(copied, 0o700); err != nil {
		return err
	}
	if err := p.hubctl(ctx, "backup", "begin"); err != nil {
		return err
	}
	from, err := sql.Open("sqlite", strings.TrimPrefix(p.database, "sqlite:"))
	if err != nil {
		return err
	}
	into := filepath.Join(copied, "hub.db")
	_, err = from.ExecContext(ctx, `VACUUM INTO ?`, into)
	if err = errors.Join(err, from.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	blobs, err := filepath.Glob(datadir.Dir(data).Blobs() + "*")
	if err != nil {
		return err
	}
	for _, b := range append(blobs, datadir.Dir(data).Checkpoints()) {
		if err := copyTo(filepath.Join(copied, filepath.Base(b)), b); err != nil {
			return err
		}
	}
	return p.hubctl(ctx, "backup", "done", "1", "--copy", "sqlite:"+into)
}

// Restore is a new machine in the place of one that is lost, with the copy of the
// last backup and the keys, which were kept apart. Nothing else of the hub is left,
// nor what its broker held.
func (p *Province) Restore() error {
	data := p.HubData()
	all, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range all {
		if path := filepath.Join(data, e.Name()); path != datadir.Dir(data).Keys() {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	copied, err := os.ReadDir(p.in("backup"))
	if err != nil {
		return fmt.Errorf("there is no backup: %w", err)
	}
	for _, e := range copied {
		if err := copyTo(filepath.Join(data, e.Name()), p.in("backup", e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (p *Province) hubctl(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(p.Bin, "hubctl"), append([]string{"--data", p.asked().data, "--lang", "en"}, args...)...)
	cmd.Env = append(os.Environ(), p.Env()...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("hubctl %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return nil
}

// copyTo copies a file, or a folder with what is in it.
func copyTo(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}
