package campaign

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	rules "zhunkao/protocol/campaign"
)

var (
	// ErrNoDraft says that there is no such draft, or that the beginning of a
	// digest fits several.
	ErrNoDraft = errors.New("campaign: no such draft")
	// ErrOvertaken says that a version as high as the draft's is in force.
	ErrOvertaken = errors.New("campaign: the draft has been overtaken by a published version")
)

// Draft is a version that is stored and not in force. It is named by its
// digest: two drafts may bear one version number until one of them is signed.
type Draft struct {
	Campaign  string
	Version   uint32
	Bundle    []byte // as protocol/campaign.Decode reads it
	Digest    []byte // SHA-256 of the bundle
	DraftedBy string // account id, or "operator"
	DraftedAt int64  // ms since 1970
}

// Name is the digest in hexadecimal digits.
func (d Draft) Name() string { return hex.EncodeToString(d.Digest) }

// PutDraft checks a bundle and stores it; at is in ms since 1970. The same
// bundle again changes nothing and gives what is stored; added is false then.
// ErrVersion, ProblemError, protocol/campaign.ErrBundle.
func PutDraft(ctx context.Context, tx *db.Tx, bundle []byte, by string, at int64) (d Draft, added bool, err error) {
	c, err := checked(ctx, tx, bundle)
	if err != nil {
		return Draft{}, false, err
	}
	digest := sha256.Sum256(bundle)
	d = Draft{Campaign: c.ID, Version: c.Version, Bundle: bundle, Digest: digest[:], DraftedBy: by, DraftedAt: at}
	n, err := tx.Exec(ctx, `INSERT INTO campaign_draft (digest, campaign, version, bundle, drafted_by, drafted_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, d.Digest, d.Campaign, int64(d.Version), d.Bundle, d.DraftedBy, d.DraftedAt)
	if err != nil {
		return Draft{}, false, fmt.Errorf("campaign: draft %s: %w", c.ID, err)
	}
	if n == 0 {
		d, err = GetDraft(ctx, tx, d.Digest)
	}
	return d, n == 1, err
}

// checked reads a bundle and says whether it may become the newest version.
func checked(ctx context.Context, tx *db.Tx, bundle []byte) (rules.Campaign, error) {
	c, err := rules.Decode(bundle)
	if err != nil {
		return c, fmt.Errorf("campaign: %w", err)
	}
	if problems := c.Validate(); len(problems) > 0 {
		return c, ProblemError{problems}
	}
	if _, err := c.Checker(); err != nil {
		return c, fmt.Errorf("campaign: %w", err)
	}
	newest, err := Latest(ctx, tx, c.ID)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return c, err
	case c.Version <= newest.Version:
		return c, fmt.Errorf("%w: %s %d after %d", ErrVersion, c.ID, c.Version, newest.Version)
	}
	return c, nil
}

const draftColumns = `digest, campaign, version, drafted_by, drafted_at`

func (d *Draft) into() []any {
	return []any{&d.Digest, &d.Campaign, &d.Version, &d.DraftedBy, &d.DraftedAt}
}

// GetDraft returns a draft by its digest. ErrNoDraft, ErrDamaged.
func GetDraft(ctx context.Context, tx *db.Tx, digest []byte) (Draft, error) {
	var d Draft
	err := tx.QueryRow(ctx, `SELECT `+draftColumns+`, bundle FROM campaign_draft WHERE digest = $1`, digest).Scan(append(d.into(), &d.Bundle)...)
	if errors.Is(err, db.ErrNoRows) {
		return Draft{}, ErrNoDraft
	}
	if err != nil {
		return Draft{}, fmt.Errorf("campaign: draft: %w", err)
	}
	if sum := sha256.Sum256(d.Bundle); !bytes.Equal(sum[:], d.Digest) {
		return Draft{}, fmt.Errorf("%w: draft of %s %d", ErrDamaged, d.Campaign, d.Version)
	}
	return d, nil
}

// Drafts returns every draft, newest first, without bundles.
func Drafts(ctx context.Context, tx *db.Tx) ([]Draft, error) {
	var out []Draft
	err := tx.Each(ctx, `SELECT `+draftColumns+` FROM campaign_draft ORDER BY drafted_at DESC, digest`, nil, func(scan func(...any) error) error {
		var d Draft
		err := scan(d.into()...)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("campaign: drafts: %w", err)
	}
	return out, nil
}

// FindDraft returns the draft whose name begins like this: at least six
// hexadecimal digits of its digest. ErrNoDraft, also when several do.
func FindDraft(ctx context.Context, tx *db.Tx, name string) (Draft, error) {
	const least = 6
	if len(name) < least {
		return Draft{}, ErrNoDraft
	}
	all, err := Drafts(ctx, tx)
	if err != nil {
		return Draft{}, err
	}
	var found *Draft
	for i := range all {
		if bytes.HasPrefix([]byte(all[i].Name()), []byte(name)) {
			if found != nil {
				return Draft{}, fmt.Errorf("%w: several begin with %s", ErrNoDraft, name)
			}
			found = &all[i]
		}
	}
	if found == nil {
		return Draft{}, ErrNoDraft
	}
	return GetDraft(ctx, tx, found.Digest)
}
