package journal

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

// A checkpoint is one line of text, so that it can be read, kept and checked
// with nothing of ours:
//
//	zhunkao-journal/1 <database id> <number> <chain hash, hex> <ms since 1970> <key id, hex> <signature, base64>
//
// The signature is Ed25519 over the line up to and without the blank before it.
// The id of the database keeps a checkpoint of one hub from standing in another.
const linePrefix = "zhunkao-journal/1"

var errLine = errors.New("journal: not a checkpoint of this hub")

func signLine(k Keys, database string, c Checkpoint) (string, error) {
	text := fmt.Sprintf("%s %s %d %s %d %s", linePrefix, database, c.Number, c.Hash, c.At.UnixMilli(), k.SignerID())
	sig, err := k.Signer().Sign(nil, []byte(text), crypto.Hash(0))
	if err != nil {
		return "", fmt.Errorf("journal: sign checkpoint: %w", err)
	}
	return text + " " + base64.StdEncoding.EncodeToString(sig), nil
}

// openLine checks a line and returns its checkpoint.
func openLine(k Keys, database, line string) (Checkpoint, error) {
	f := strings.Fields(line)
	if len(f) != 7 || f[0] != linePrefix || f[1] != database || strings.Join(f, " ") != line {
		return Checkpoint{}, errLine
	}
	number, err1 := strconv.ParseUint(f[2], 10, 63)
	hash, err2 := hex.DecodeString(f[3])
	at, err3 := strconv.ParseInt(f[4], 10, 64)
	id, err4 := hex.DecodeString(f[5])
	sig, err5 := base64.StdEncoding.Strict().DecodeString(f[6])
	if errors.Join(err1, err2, err3, err4, err5) != nil || len(hash) != len(Hash{}) || len(id) != len(keys.ID{}) {
		return Checkpoint{}, errLine
	}
	pub, err := k.VerifyKey(keys.ID(id))
	if err != nil || !ed25519.Verify(pub, []byte(strings.Join(f[:6], " ")), sig) {
		return Checkpoint{}, errLine
	}
	return Checkpoint{Number: number, Hash: Hash(hash), At: time.UnixMilli(at).UTC()}, nil
}

// openFile opens the file of checkpoints for appending, makes it durably when
// it is not there, and takes away what a power cut left of a last line.
func (s *Sealer) openFile(ctx context.Context) error {
	path := s.o.Checkpoints
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := errors.Join(cutHalfLine(f), syncDir(filepath.Dir(path))); err != nil {
		return errors.Join(fmt.Errorf("journal: %s: %w", path, err), f.Close())
	}
	err = s.o.DB.Read(ctx, func(tx *db.Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM journal_checkpoint`).Scan(&n); err != nil {
			return fmt.Errorf("journal: checkpoints: %w", err)
		}
		s.signed = uint64(n)
		return nil
	})
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.file = f
	if err := s.copyLines(ctx, f); err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// follow copies what another hub has signed into the file of this one, so that
// each machine has what the others' journal can be held against.
func (s *Sealer) follow(ctx context.Context) error {
	f, err := os.OpenFile(s.o.Checkpoints, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	err = cutHalfLine(f)
	if err == nil {
		err = s.copyLines(ctx, f)
	}
	s.copied = time.Now()
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("journal: %s: %w", s.o.Checkpoints, err)
	}
	return nil
}

// copyLines appends the lines of the table that are beyond the file's last. A
// line that is not signed by this hub's keys is left where it is: Verify names
// it. On SQLite nobody else signs, and a file that lacks lines was cut: then it
// is not mended.
func (s *Sealer) copyLines(ctx context.Context, f *os.File) error {
	if s.o.DB.Kind() == db.SQLite {
		return nil
	}
	from, here, err := lastLines(f)
	if err != nil {
		return err
	}
	var b strings.Builder
	err = s.o.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT line FROM journal_checkpoint WHERE number > $1 ORDER BY number`, []any{int64(from)},
			func(scan func(...any) error) error {
				var line string
				if err := scan(&line); err != nil || here[line] {
					return err
				}
				if _, err := openLine(s.o.Keys, s.o.DB.ID(), line); err == nil {
					b.WriteString(line + "\n")
				}
				return nil
			})
	})
	if err != nil {
		return fmt.Errorf("journal: checkpoints of other hubs: %w", err)
	}
	if b.Len() == 0 {
		return nil
	}
	if _, err := f.WriteString(b.String()); err != nil {
		return err
	}
	return f.Sync()
}

// tailSize is how much of a file lastLines looks at: some hundred lines.
const tailSize = 64 << 10

// lastLines gives the last lines of a file, unchecked, and the number of the
// first of them, 0 when they are all. Not every line has a row: what the database did not
// take, because it went away, another hub may have signed under the same number.
func lastLines(f *os.File) (from uint64, lines map[string]bool, err error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, nil, err
	}
	tail := make([]byte, min(fi.Size(), tailSize))
	if _, err := f.ReadAt(tail, fi.Size()-int64(len(tail))); err != nil {
		return 0, nil, err
	}
	lines = map[string]bool{}
	for _, line := range strings.Split(string(tail), "\n") {
		fields := strings.Fields(line)
		if len(fields) != 7 || fields[0] != linePrefix {
			continue // a half, at the beginning
		}
		if len(lines) == 0 && fi.Size() > tailSize {
			if from, err = strconv.ParseUint(fields[2], 10, 63); err != nil {
				return 0, nil, errLine
			}
		}
		lines[line] = true
	}
	return from, lines, nil
}

// cutHalfLine removes bytes after the last line feed.
func cutHalfLine(f *os.File) error {
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	size := fi.Size()
	const longest = 512
	tail := make([]byte, min(size, longest))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return err
	}
	whole := strings.LastIndexByte(string(tail), '\n') + 1
	if whole == len(tail) {
		return nil
	}
	if whole == 0 && size > longest {
		return errors.New("the last line is too long to be a checkpoint")
	}
	if err := f.Truncate(size - int64(len(tail)-whole)); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// checkpoint signs the head when it moved: first into the file, synced, then
// into the table. A row without its line would be a sign of a cut file; a line
// without its row is only a power cut.
// Once begun it is not broken off: the end of ctx is no reason for half of it.
// While ctx lasts it takes what a Write takes, also with a server that is being
// started anew.
func (s *Sealer) checkpoint(ctx context.Context) error {
	c := s.Head()
	if c.Number == s.signed {
		return nil
	}
	ctx, cancel := outlasting(ctx)
	defer cancel()
	c.At = s.o.Now().UTC()
	line, err := signLine(s.o.Keys, s.o.DB.ID(), c)
	if err != nil {
		return err
	}
	if _, err := s.file.WriteString(line + "\n"); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := s.file.Sync(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	err = s.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO journal_checkpoint (number, at, line) VALUES ($1, $2, $3)
			ON CONFLICT (number) DO NOTHING`, int64(c.Number), c.At.UnixMilli(), line)
		return err
	})
	if err != nil {
		return fmt.Errorf("journal: keep checkpoint: %w", err)
	}
	s.signed = c.Number
	return nil
}

// outlasting gives a context that ends a moment after ctx does.
func outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(last)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-own.Done():
		}
	})
	return own, func() { stop(); cancel() }
}

// Latest returns the newest signed checkpoint, the zero value if there is none.
func Latest(ctx context.Context, tx *db.Tx) (Checkpoint, error) {
	var line string
	err := tx.QueryRow(ctx, `SELECT line FROM journal_checkpoint ORDER BY number DESC LIMIT 1`).Scan(&line)
	if errors.Is(err, db.ErrNoRows) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("journal: latest checkpoint: %w", err)
	}
	f := strings.Fields(line)
	if len(f) != 7 {
		return Checkpoint{}, errLine
	}
	number, err1 := strconv.ParseUint(f[2], 10, 63)
	hash, err2 := hex.DecodeString(f[3])
	at, err3 := strconv.ParseInt(f[4], 10, 64)
	if errors.Join(err1, err2, err3) != nil || len(hash) != len(Hash{}) {
		return Checkpoint{}, errLine
	}
	return Checkpoint{Number: number, Hash: Hash(hash), At: time.UnixMilli(at).UTC()}, nil
}

// readFile returns the lines of the file of checkpoints; a missing file has
// none, and the half line that a power cut may leave at the end is none.
func readFile(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if whole, ok := strings.CutSuffix(line, "\n"); ok {
			lines = append(lines, whole)
		}
	}
	return lines, nil
}
