package journal

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// metaFilled says in the meta table that every entry names its account beside
// its body: those from before migration 46 did not.
const metaFilled = "journal:staff-filled"

// fill names the accounts of entries from before they were named, once.
func (s *Sealer) fill(ctx context.Context) error {
	mark, err := s.o.DB.Meta(ctx, metaFilled)
	if err != nil || mark != "" {
		return err
	}
	for after := ""; ; {
		n := 0
		err := s.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
			after, n, err = fillSome(ctx, tx, after)
			return err
		})
		if err != nil {
			return fmt.Errorf("journal: fill: %w", err)
		}
		if n == 0 {
			break
		}
	}
	if err := s.o.DB.SetMeta(ctx, metaFilled, "1"); err != nil {
		return fmt.Errorf("journal: fill: %w", err)
	}
	return nil
}

// fillSome does so for some entries after an id and gives the last one.
func fillSome(ctx context.Context, tx *db.Tx, after string) (last string, n int, err error) {
	const some = 2000
	accounts := map[string]string{}
	err = tx.Each(ctx, `SELECT id, body FROM journal_entry WHERE id > $1 ORDER BY id LIMIT $2`, []any{after, some}, func(scan func(...any) error) error {
		var raw []byte
		if err := scan(&last, &raw); err != nil {
			return err
		}
		n++
		if b, err := decode(raw); err == nil && b.staff() != "" { // what cannot be read, Verify names
			accounts[last] = b.staff()
		}
		return nil
	})
	for id, account := range accounts {
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE journal_entry SET staff = $1 WHERE id = $2 AND staff = ''`, account, id)
		}
	}
	return last, n, err
}
