package daybook

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/payment/statement"
)

// Source is how a file came.
type Source string

// The sources.
const (
	Brought Source = "brought" // somebody uploaded it
	Fetched Source = "fetched" // the hub asked the channel for it
	None    Source = "none"    // the channel says that nothing moved: there is no file
)

// File is a statement as it was taken.
type File struct {
	ID          string
	Channel     string
	Day         Day
	Merchant    string
	SHA256      string
	Size        int64
	Source      Source
	Lines       int
	Payments    int
	PaymentsFen int64
	Refunds     int
	RefundsFen  int64
	Adjustments int
	Fee         int64 // thousandths of a fen
	Fresh       int   // lines that nothing was known of
	Known       int   // that an earlier file had too
	Changed     int   // that contradict an earlier file, or lack there: two persons decide
	By          string
	At          int64 // ms
}

// Delivery is a file that comes.
type Delivery struct {
	Channel  string
	Day      Day    // that it must be of; 0 when the file tells
	Merchant string // that it must be of; "": that of the files that were taken before
	Name     string // of the file, for UnionPay's clearing day
	Bytes    []byte
	Source   Source
	By       string // account, "" for the hub
}

// MaxFile is the most bytes of a file that is taken; a larger one is compressed
// first, as the channels offer.
const MaxFile = 256 << 20

// batch is how many lines become durable at once: a few milliseconds for others.
const batch = 1000

// Taken is what became of a delivery.
type Taken struct {
	File    File
	Again   bool               // this very file had been taken before: nothing changed
	Summary *statement.Summary // its Faults say why it was refused
}

// Books opens and seals what is kept of files. It is safe for concurrent use.
type Books struct {
	DB   *db.DB
	Keys *keys.Ring
	Now  func() int64 // ms of the hub's civil clock
}

// Take reads a file whole, and takes or refuses it whole. note is called in the
// transaction by which its lines begin to count, for the journal's row. ErrRefused:
// nothing was applied, and the summary says what is wrong and where.
func (b *Books) Take(ctx context.Context, d Delivery, note func(context.Context, *db.Tx, File) error) (out Taken, err error) {
	if d.Merchant == "" {
		if d.Merchant, err = b.merchant(ctx, d.Channel); err != nil {
			return out, err
		}
	}
	opts := statement.Options{Merchant: d.Merchant, Name: d.Name}
	if d.Day != 0 {
		opts.Day = d.Day.Start()
	}
	read := func(each func(*statement.Line) error) (*statement.Summary, error) {
		return statement.Read(statement.Channel(d.Channel), io.NewSectionReader(bytes.NewReader(d.Bytes), 0, int64(len(d.Bytes))), opts, each)
	}
	if out.Summary, err = read(func(*statement.Line) error { return ctx.Err() }); err != nil {
		return out, err
	}
	s := out.Summary
	if len(s.Faults) > 0 {
		return out, ErrRefused
	}
	if s.Day.IsZero() { // an empty list that names no day
		s.Faults = append(s.Faults, statement.Fault{Code: statement.NoDay, Zh: "文件没有写明是哪一天：请指明日期", En: "the file does not tell its day: say the day"})
		return out, ErrRefused
	}
	f := File{ID: newID(), Channel: d.Channel, Day: DayOf(s.Day), Merchant: s.Merchant, SHA256: s.SHA256, Size: int64(len(d.Bytes)), Source: d.Source, Lines: s.Lines,
		Payments: s.Payments, PaymentsFen: s.PaymentsFen, Refunds: s.Refunds, RefundsFen: s.RefundsFen, Adjustments: s.Adjustments, Fee: s.Fee, By: d.By, At: b.Now()}
	out.Again, err = b.begin(ctx, &f, d.Bytes)
	if out.File = f; err != nil || out.Again {
		return out, err
	}
	defer func() {
		if err != nil { // it counts for nothing, and is gone; a power cut leaves it for the next time
			err = errors.Join(err, b.discard(context.WithoutCancel(ctx), f.ID))
		}
	}()
	if err := b.enter(ctx, f, read); err != nil {
		return out, err
	}
	err = b.DB.Write(ctx, func(tx *db.Tx) error {
		out.File, out.Again = f, false
		state, err := fileState(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if state == "taken" { // another hub was quicker
			out.Again = true
			out.File, err = GetFile(ctx, tx, f.ID)
			return err
		}
		if err := count(ctx, tx, &out.File); err != nil {
			return err
		}
		return note(ctx, tx, out.File)
	})
	return out, err
}

// discard removes a file that was not taken.
func (b *Books) discard(ctx context.Context, id string) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{
			`DELETE FROM statement_entry WHERE file IN (SELECT id FROM statement_file WHERE id = $1 AND state = 'coming')`,
			`DELETE FROM statement_piece WHERE file IN (SELECT id FROM statement_file WHERE id = $1 AND state = 'coming')`,
			`DELETE FROM statement_file WHERE id = $1 AND state = 'coming'`,
		} {
			if _, err := tx.Exec(ctx, text, id); err != nil {
				return fmt.Errorf("daybook: discard: %w", err)
			}
		}
		return nil
	})
}

// merchant is whose the channel's files were until now; "" before the first.
func (b *Books) merchant(ctx context.Context, channel string) (m string, err error) {
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT merchant FROM statement_file WHERE channel = $1 AND state = 'taken' AND merchant <> '' ORDER BY at DESC, id LIMIT 1`, channel).Scan(&m)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("daybook: merchant: %w", err)
	}
	return m, nil
}

// Empty notes that a channel has no file of a day, because nothing moved.
func (b *Books) Empty(ctx context.Context, channel string, day Day, note func(context.Context, *db.Tx, File) error) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		f := File{ID: newID(), Channel: channel, Day: day, SHA256: "none " + day.String(), Source: None, At: b.Now()}
		n, err := insertFile(ctx, tx, f, "taken")
		if err != nil || n == 0 {
			return err
		}
		return note(ctx, tx, f)
	})
}

const fileColumns = `id, channel, day, merchant, sha256, size, source, lines, payments, payments_fen, refunds, refunds_fen, adjustments, fee, fresh, known, changed, by_staff, at`

func scanFile(row func(...any) error) (f File, err error) {
	err = row(&f.ID, &f.Channel, &f.Day, &f.Merchant, &f.SHA256, &f.Size, &f.Source, &f.Lines, &f.Payments, &f.PaymentsFen, &f.Refunds, &f.RefundsFen, &f.Adjustments, &f.Fee,
		&f.Fresh, &f.Known, &f.Changed, &f.By, &f.At)
	return f, err
}

func insertFile(ctx context.Context, tx *db.Tx, f File, state string) (int64, error) {
	n, err := tx.Exec(ctx, `INSERT INTO statement_file (`+fileColumns+`, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, $15, $16, $17)
		ON CONFLICT (channel, sha256) DO NOTHING`, f.ID, f.Channel, int64(f.Day), f.Merchant, f.SHA256, f.Size, string(f.Source), f.Lines, f.Payments, f.PaymentsFen, f.Refunds, f.RefundsFen,
		f.Adjustments, f.Fee, f.By, f.At, state)
	if err != nil {
		return 0, fmt.Errorf("daybook: file: %w", err)
	}
	return n, nil
}

func fileState(ctx context.Context, tx *db.Tx, id string) (state string, err error) {
	if err := tx.QueryRow(ctx, `SELECT state FROM statement_file WHERE id = $1`, id).Scan(&state); err != nil {
		return "", fmt.Errorf("daybook: file: %w", err)
	}
	return state, nil
}

// GetFile returns a file. ErrNotFound.
func GetFile(ctx context.Context, tx *db.Tx, id string) (File, error) {
	f, err := scanFile(tx.QueryRow(ctx, `SELECT `+fileColumns+` FROM statement_file WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return f, ErrNotFound
	}
	if err != nil {
		return f, fmt.Errorf("daybook: file: %w", err)
	}
	return f, nil
}

// FilesOf gives the files of a day that count, in the order in which they came.
func FilesOf(ctx context.Context, tx *db.Tx, day Day) (out []File, err error) {
	err = tx.Each(ctx, `SELECT `+fileColumns+` FROM statement_file WHERE day = $1 AND state = 'taken' ORDER BY at, id`, []any{int64(day)}, func(row func(...any) error) error {
		f, err := scanFile(row)
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: files: %w", err)
	}
	return out, nil
}

// begin writes the file and its bytes, which count for nothing yet. One that was
// begun before and did not come to its end is gone on with, under its id.
func (b *Books) begin(ctx context.Context, f *File, raw []byte) (again bool, err error) {
	pieces, err := b.packed(f.ID, raw)
	if err != nil {
		return false, err
	}
	own := f.ID
	err = b.DB.Write(ctx, func(tx *db.Tx) error {
		f.ID, again = own, false
		n, err := insertFile(ctx, tx, *f, "coming")
		if err != nil {
			return err
		}
		if n == 0 {
			var state string
			if err := tx.QueryRow(ctx, `SELECT id, state FROM statement_file WHERE channel = $1 AND sha256 = $2`, f.Channel, f.SHA256).Scan(&f.ID, &state); err != nil {
				return fmt.Errorf("daybook: file: %w", err)
			}
			if again = state == "taken"; again {
				*f, err = GetFile(ctx, tx, f.ID)
			}
			return err
		}
		for i, p := range pieces {
			if _, err := tx.Exec(ctx, `INSERT INTO statement_piece (file, position, body) VALUES ($1, $2, $3)`, f.ID, i, p); err != nil {
				return fmt.Errorf("daybook: bytes: %w", err)
			}
		}
		return nil
	})
	return again, err
}

const (
	pieceLabel = "statement"
	pieceSize  = 1 << 20
)

// packed gives the bytes compressed, in sealed pieces.
func (b *Books) packed(id string, raw []byte) (out [][]byte, err error) {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	for all := buf.Bytes(); len(all) > 0 || out == nil; {
		n := min(len(all), pieceSize)
		sealed, err := b.Keys.Seal(pieceLabel, pieceID(id, len(out)), all[:n])
		if err != nil {
			return nil, err
		}
		out, all = append(out, sealed), all[n:]
	}
	return out, nil
}

func pieceID(file string, n int) string { return file + "/" + strconv.Itoa(n) }

// Bytes gives a file as it came.
func (b *Books) Bytes(ctx context.Context, tx *db.Tx, id string) ([]byte, error) {
	var all bytes.Buffer
	n := 0
	err := tx.Each(ctx, `SELECT body FROM statement_piece WHERE file = $1 ORDER BY position`, []any{id}, func(row func(...any) error) error {
		var sealed []byte
		if err := row(&sealed); err != nil {
			return err
		}
		plain, err := b.Keys.Unseal(pieceLabel, pieceID(id, n), sealed)
		n++
		all.Write(plain)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: bytes: %w", err)
	}
	if n == 0 {
		return nil, ErrNotFound
	}
	r, err := gzip.NewReader(&all)
	if err != nil {
		return nil, fmt.Errorf("daybook: bytes: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("daybook: bytes: %w", err)
	}
	return raw, nil
}
