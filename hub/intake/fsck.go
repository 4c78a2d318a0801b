package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/picture"
	"zhunkao/protocol"
)

// Ticket is the text that a technician carries to a box: where the door is,
// how it is known, and the one-time code. It is a secret until it is used.
func Ticket(address string, ring *keys.Ring, code string) string {
	return protocol.Ticket{Address: address, Fingerprint: ring.Fingerprint(), Code: code}.String()
}

// Report is what Fsck found.
type Report struct {
	Records  int       // confirmations, envelopes in quarantine, attachments of approvals, pictures of applicants
	Blobs    int       // in the store
	Missing  []Missing // named by a record but not there: a loss
	Damaged  []string  // there, but not what their name says: a loss
	Orphans  int       // there, but named by no record: swept when a day old
	Examples []string  // some of the orphans
}

// Missing is a blob that a record names and the file does not hold.
type Missing struct{ Record, Blob string }

// OK reports whether nothing is lost; orphans are no loss.
func (r Report) OK() bool { return len(r.Missing) == 0 && len(r.Damaged) == 0 }

// Fsck holds records and blobs against each other, both ways, and reads every
// blob. Records are read first: what is committed meanwhile has its blobs
// already.
func Fsck(ctx context.Context, d *db.DB, blobs *blob.Store) (Report, error) {
	var r Report
	named := map[blob.Hash]bool{}
	err := eachNamed(ctx, d, func(record string, hashes []blob.Hash) error {
		r.Records++
		for _, h := range hashes {
			named[h] = true
			ok, err := blobs.Has(h)
			if err != nil {
				return err
			}
			if !ok {
				r.Missing = append(r.Missing, Missing{record, h.String()})
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	if r.Blobs, err = blobs.Check(ctx, func(h blob.Hash) { r.Damaged = append(r.Damaged, h.String()) }); err != nil {
		return Report{}, fmt.Errorf("intake: check: %w", err)
	}
	const examples = 20
	err = blobs.Each(ctx, func(h blob.Hash, _ []byte) error {
		if !named[h] {
			if r.Orphans++; len(r.Examples) < examples {
				r.Examples = append(r.Examples, h.String())
			}
		}
		return nil
	})
	return r, err
}

// Sweep removes blobs that were put before a time and that no record names.
func Sweep(ctx context.Context, d *db.DB, blobs *blob.Store, before time.Time) (int, error) {
	named := map[blob.Hash]bool{}
	if err := eachNamed(ctx, d, func(_ string, hashes []blob.Hash) error {
		for _, h := range hashes {
			named[h] = true
		}
		return nil
	}); err != nil {
		return 0, err
	}
	// What is named after this was read was put less than a day ago, or put again
	// since: the store keeps both.
	return blobs.Sweep(ctx, before, func(_ context.Context, h blob.Hash) (bool, error) { return named[h], nil })
}

// eachNamed gives, for every record, the blobs it names.
func eachNamed(ctx context.Context, d *db.DB, f func(record string, hashes []blob.Hash) error) error {
	err := d.Read(ctx, func(tx *db.Tx) error {
		err := tx.Each(ctx, `SELECT id, body_hash, blobs FROM confirmation`, nil, func(scan func(...any) error) error {
			var id, body, text string
			if err := scan(&id, &body, &text); err != nil {
				return err
			}
			var list []confirmation.Blob
			if err := json.Unmarshal([]byte(text), &list); err != nil {
				return fmt.Errorf("record %s: stored text: %w", id, err)
			}
			names := []string{body}
			for _, b := range list {
				names = append(names, b.Hash)
			}
			return parsed(id, names, f)
		})
		if err != nil {
			return err
		}
		if err := tx.Each(ctx, `SELECT id, body_hash FROM void WHERE body_hash <> ''`, nil, func(scan func(...any) error) error {
			var id, body string
			if err := scan(&id, &body); err != nil {
				return err
			}
			return parsed(id, []string{body}, f)
		}); err != nil {
			return err
		}
		if err := eachVerification(ctx, tx, f); err != nil {
			return err
		}
		if err := eachReview(ctx, tx, f); err != nil {
			return err
		}
		err = approval.EachPaper(ctx, tx, func(id string, h blob.Hash) error { return f("attachment "+id, []blob.Hash{h}) })
		if err != nil {
			return err
		}
		err = picture.Each(ctx, tx, func(id string, h blob.Hash) error { return f("picture "+id, []blob.Hash{h}) })
		if err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT id, parts FROM quarantine`, nil, func(scan func(...any) error) error {
			var id, parts string
			if err := scan(&id, &parts); err != nil {
				return err
			}
			return parsed(id, strings.Fields(parts), f)
		})
	})
	if err != nil {
		return fmt.Errorf("intake: what records name: %w", err)
	}
	return nil
}

func eachVerification(ctx context.Context, tx *db.Tx, f func(record string, hashes []blob.Hash) error) error {
	return tx.Each(ctx, `SELECT id, body_hash, blobs FROM verification`, nil, func(scan func(...any) error) error {
		var id, body, text string
		if err := scan(&id, &body, &text); err != nil {
			return err
		}
		var list []confirmation.Blob
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return fmt.Errorf("verification %s: stored text: %w", id, err)
		}
		names := []string{body}
		for _, b := range list {
			names = append(names, b.Hash)
		}
		return parsed(id, names, f)
	})
}

func parsed(record string, names []string, f func(string, []blob.Hash) error) error {
	hashes := make([]blob.Hash, len(names))
	for i, n := range names {
		h, err := protocol.ParseHash(n)
		if err != nil {
			return fmt.Errorf("record %s: %w", record, err)
		}
		hashes[i] = blob.Hash(h)
	}
	return f(record, hashes)
}
