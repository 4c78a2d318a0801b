package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/db"
)

// Pieces collects parts in the database by (owner, part, offset), so that
// several hubs complete one part together, whichever got which piece. They need
// not be durable: what a power cut takes is asked for again, and the hash finds
// what it leaves damaged. It is safe for concurrent use, by hubs too.
type Pieces struct {
	db  *db.DB
	now func() time.Time // real time
}

// NewPieces gives the pieces in a database.
func NewPieces(d *db.DB) *Pieces { return &Pieces{db: d, now: time.Now} }

// Piece is some bytes of a part. Size is that of the whole part, 0 when it is
// not known yet: its manifest may be on its way to another hub.
type Piece struct {
	Part   Hash
	Size   uint64
	Offset uint64
	Bytes  []byte
}

// Progress is how much of a part is here.
type Progress struct {
	Have    uint64    // leading bytes
	Touched time.Time // when the last of its pieces came; real time
}

// ownerPieces is the most pieces of one owner: without it one byte a piece
// would make a row a byte.
const ownerPieces = 4096

// strayAfter is how old parts of an owner give way when there is no more room
// for new ones.
const strayAfter = 10 * time.Minute

// Add takes pieces of one owner, all or none. When it returns, every hub's Have
// counts them. ErrTooLarge, ErrHash when the part has another size, ErrAway.
func (p *Pieces) Add(ctx context.Context, owner string, pieces ...Piece) error {
	if !validOwner(owner) {
		return errors.New("blob: not an owner")
	}
	for _, c := range pieces {
		size := c.Size
		if size == 0 {
			size = Largest
		}
		if size > Largest || c.Offset > size || uint64(len(c.Bytes)) > size-c.Offset {
			return fmt.Errorf("%w: part", ErrTooLarge)
		}
	}
	if pieces = longest(pieces); len(pieces) == 0 {
		return nil
	}
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lazily(ctx); err != nil {
			return err
		}
		if err := sameSizes(ctx, tx, owner, pieces); err != nil {
			return err
		}
		if err := p.insert(ctx, tx, owner, pieces); err != nil {
			return err
		}
		for _, give := range []bool{true, false} {
			full, err := full(ctx, tx, owner)
			if err != nil || !full {
				return err
			}
			if !give {
				break
			}
			if _, err := tx.Exec(ctx, `DELETE FROM blob_piece WHERE owner = $1 AND part NOT IN
				(SELECT part FROM blob_piece WHERE owner = $1 AND put >= $2)`, owner, p.now().Add(-strayAfter).UnixMilli()); err != nil {
				return err
			}
		}
		return fmt.Errorf("%w: parts of one owner", ErrTooLarge)
	})
	return away("stage", err)
}

// longest leaves of pieces at one place the longest, in one order for all hubs.
func longest(pieces []Piece) []Piece {
	out := slices.Clone(pieces)
	slices.SortFunc(out, func(a, b Piece) int {
		return cmp.Or(slices.Compare(a.Part[:], b.Part[:]), cmp.Compare(a.Offset, b.Offset), cmp.Compare(len(b.Bytes), len(a.Bytes)))
	})
	out = slices.CompactFunc(out, func(a, b Piece) bool { return a.Part == b.Part && a.Offset == b.Offset })
	return slices.DeleteFunc(out, func(c Piece) bool { return len(c.Bytes) == 0 })
}

func sameSizes(ctx context.Context, tx *db.Tx, owner string, pieces []Piece) error {
	for i, c := range pieces {
		if c.Size == 0 || i > 0 && pieces[i-1].Part == c.Part {
			continue
		}
		var other bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM blob_piece WHERE owner = $1 AND part = $2 AND size <> 0 AND size <> $3)`,
			owner, c.Part[:], int64(c.Size)).Scan(&other); err != nil {
			return err
		}
		if other {
			return fmt.Errorf("%w: part has another size", ErrHash)
		}
	}
	return nil
}

func (p *Pieces) insert(ctx context.Context, tx *db.Tx, owner string, pieces []Piece) error {
	at := p.now().UnixMilli()
	values := make([][]any, len(pieces))
	for i, c := range pieces {
		values[i] = []any{owner, c.Part[:], int64(c.Offset), int64(c.Size), at, c.Bytes}
	}
	_, err := tx.Many(ctx, values, func(values string) string {
		return `INSERT INTO blob_piece (owner, part, start, size, put, bytes) VALUES ` + values + `
			ON CONFLICT (owner, part, start) DO UPDATE SET size = excluded.size, put = excluded.put, bytes = excluded.bytes
			WHERE length(excluded.bytes) > length(blob_piece.bytes)`
	})
	return err
}

// full reports whether an owner has more than he may.
func full(ctx context.Context, tx *db.Tx, owner string) (bool, error) {
	var size, count int64
	err := tx.QueryRow(ctx, `SELECT coalesce(sum(most), 0), coalesce(sum(pieces), 0) FROM
		(SELECT max(CASE WHEN size > 0 THEN size ELSE start + length(bytes) END) AS most, count(*) AS pieces
			FROM blob_piece WHERE owner = $1 GROUP BY part) AS parts`, owner).Scan(&size, &count)
	return size > ownerLimit || count > ownerPieces, err
}

// Have tells of each part how much is here; what nothing is here of is left out.
func (p *Pieces) Have(ctx context.Context, owner string, parts ...Hash) (map[Hash]Progress, error) {
	out := map[Hash]Progress{}
	if len(parts) == 0 {
		return out, nil
	}
	args := []any{owner}
	for _, h := range parts {
		args = append(args, h[:])
	}
	marks := db.Values(1, len(parts), 1)
	err := p.db.Read(ctx, func(tx *db.Tx) error {
		clear(out)
		return tx.Each(ctx, `SELECT part, start, length(bytes), put FROM blob_piece WHERE owner = $1 AND part IN `+marks+`
			ORDER BY part, start`, args, func(scan func(...any) error) error {
			var part []byte
			var start, n, put int64
			if err := scan(&part, &start, &n, &put); err != nil {
				return err
			}
			h := Hash(part)
			g := out[h]
			if uint64(start) <= g.Have {
				g.Have = max(g.Have, uint64(start+n))
			}
			if t := time.UnixMilli(put); t.After(g.Touched) {
				g.Touched = t
			}
			out[h] = g
			return nil
		})
	})
	return out, away("staged", err)
}

// Take returns a part that is complete and has its hash; size 0 is what its
// pieces say, or where they end. ErrIncomplete when bytes lack; ErrHash when it
// is another, and then it is discarded. ErrAway.
func (p *Pieces) Take(ctx context.Context, owner string, h Hash, size uint64) ([]byte, error) {
	var b []byte
	told, ends := false, uint64(0)
	err := p.db.Read(ctx, func(tx *db.Tx) error {
		b = b[:0]
		return tx.Each(ctx, `SELECT start, size, bytes FROM blob_piece WHERE owner = $1 AND part = $2 ORDER BY start`,
			[]any{owner, h[:]}, func(scan func(...any) error) error {
				var start, whole int64
				var piece []byte
				if err := scan(&start, &whole, &piece); err != nil {
					return err
				}
				if size == 0 && whole > 0 {
					size = uint64(whole)
				}
				told = told || whole > 0
				ends = max(ends, uint64(start)+uint64(len(piece)))
				if end := start + int64(len(piece)); uint64(start) <= uint64(len(b)) && end > int64(len(b)) {
					b = append(b, piece[int64(len(b))-start:]...)
				}
				return nil
			})
	})
	if err != nil {
		return nil, away("take", err)
	}
	known := size > 0
	if !known {
		size = ends
	}
	if size == 0 || uint64(len(b)) < size {
		return nil, ErrIncomplete
	}
	if b = b[:size]; HashOf(b) == h {
		return b, nil
	}
	if !known { // there may be more of it
		return nil, ErrIncomplete
	}
	return nil, errors.Join(ErrHash, p.Discard(ctx, owner, h))
}

// Discard forgets parts of an owner; without parts, all of them. ErrAway.
func (p *Pieces) Discard(ctx context.Context, owner string, parts ...Hash) error {
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lazily(ctx); err != nil {
			return err
		}
		where, args := "", []any{owner}
		if len(parts) > 0 {
			for _, h := range parts {
				args = append(args, h[:])
			}
			where = ` AND part IN ` + db.Values(1, len(parts), 1)
		}
		_, err := tx.Exec(ctx, `DELETE FROM blob_piece WHERE owner = $1`+where, args...)
		return err
	})
	return away("discard", err)
}

// sweep forgets parts of which no piece came since a time.
func (p *Pieces) sweep(ctx context.Context, before time.Time) error {
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM blob_piece WHERE put < $1 AND NOT EXISTS (SELECT 1 FROM blob_piece AS young
			WHERE young.owner = blob_piece.owner AND young.part = blob_piece.part AND young.put >= $1)`, before.UnixMilli())
		return err
	})
	return away("sweep parts", err)
}

// away gives an error of the database its name; our own stay as they are.
func away(what string, err error) error {
	if err == nil {
		return nil
	}
	for _, own := range []error{ErrTooLarge, ErrHash, ErrIncomplete, ErrNotFound} {
		if errors.Is(err, own) {
			return fmt.Errorf("blob: %s: %w", what, err)
		}
	}
	return fmt.Errorf("%w: %s: %w", ErrAway, what, err)
}
