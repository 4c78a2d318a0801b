package campaign

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	rules "zhunkao/protocol/campaign"
)

var (
	// ErrNotFound says that there is no such campaign or version.
	ErrNotFound = errors.New("campaign: not found")
	// ErrVersion says that a version is not above the newest one.
	ErrVersion = errors.New("campaign: version is not above the newest")
	// ErrDamaged says that a stored bundle is not the one that was published.
	ErrDamaged = errors.New("campaign: stored bundle does not match its digest")
)

// ProblemError says what is wrong with a campaign that was not published.
type ProblemError struct{ Problems []rules.Problem }

// Error tells the first problem and how many there are.
func (e ProblemError) Error() string {
	return fmt.Sprintf("campaign: %d problems, first: %s", len(e.Problems), e.Problems[0])
}

// Version is one published version.
type Version struct {
	Campaign    string
	Version     uint32
	Bundle      []byte // as protocol/campaign.Decode reads it
	Digest      []byte // SHA-256 of the bundle
	PublishedBy string // account id, or "operator"
	PublishedAt int64  // ms since 1970
}

// Decode reads the bundle.
func (v Version) Decode() (rules.Campaign, error) { return rules.Decode(v.Bundle) }

// Publish checks a bundle and stores it as the newest version of its campaign;
// at is in ms since 1970. ErrVersion, ProblemError, protocol/campaign.ErrBundle.
func Publish(ctx context.Context, tx *db.Tx, bundle []byte, by string, at int64) (Version, error) {
	c, err := checked(ctx, tx, bundle)
	if err != nil {
		return Version{}, err
	}
	digest := sha256.Sum256(bundle)
	v := Version{Campaign: c.ID, Version: c.Version, Bundle: bundle, Digest: digest[:], PublishedBy: by, PublishedAt: at}
	_, err = tx.Exec(ctx, `INSERT INTO campaign_version (campaign, version, bundle, digest, published_by, published_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, v.Campaign, int64(v.Version), v.Bundle, v.Digest, v.PublishedBy, v.PublishedAt)
	if db.Unique(err) {
		return Version{}, fmt.Errorf("%w: %s %d", ErrVersion, c.ID, c.Version)
	}
	if err != nil {
		return Version{}, fmt.Errorf("campaign: publish %s: %w", c.ID, err)
	}
	return v, nil
}

// Latest returns the newest version of a campaign. ErrNotFound, ErrDamaged.
func Latest(ctx context.Context, tx *db.Tx, id string) (Version, error) {
	return one(ctx, tx, `campaign = $1 ORDER BY version DESC LIMIT 1`, id)
}

// Get returns one version of a campaign. ErrNotFound, ErrDamaged.
func Get(ctx context.Context, tx *db.Tx, id string, version uint32) (Version, error) {
	return one(ctx, tx, `campaign = $1 AND version = $2`, id, int64(version))
}

func one(ctx context.Context, tx *db.Tx, where string, args ...any) (Version, error) {
	var v Version
	err := tx.QueryRow(ctx, `SELECT campaign, version, bundle, digest, published_by, published_at
		FROM campaign_version WHERE `+where, args...).
		Scan(&v.Campaign, &v.Version, &v.Bundle, &v.Digest, &v.PublishedBy, &v.PublishedAt)
	if errors.Is(err, db.ErrNoRows) {
		return Version{}, ErrNotFound
	}
	if err != nil {
		return Version{}, fmt.Errorf("campaign: %w", err)
	}
	if digest := sha256.Sum256(v.Bundle); string(digest[:]) != string(v.Digest) {
		return Version{}, fmt.Errorf("%w: %s %d", ErrDamaged, v.Campaign, v.Version)
	}
	return v, nil
}

// Newest returns the number of the newest version of a campaign. ErrNotFound.
func Newest(ctx context.Context, tx *db.Tx, id string) (uint32, error) {
	q, n := AskingNewest(id)
	if err := q.Ask(ctx, tx); err != nil {
		return 0, fmt.Errorf("campaign: %w", err)
	}
	if *n == 0 {
		return 0, ErrNotFound
	}
	return *n, nil
}

// AskingNewest is Newest as one question of several. The answer, 0 for no such
// campaign, is there when it has been asked.
func AskingNewest(id string) (db.Question, *uint32) {
	var n uint32
	return db.Question{Text: `SELECT version FROM campaign_version WHERE campaign = $1 ORDER BY version DESC LIMIT 1`, Args: []any{id},
		Row: func(scan func(...any) error) error { return scan(&n) }}, &n
}

// Hold lets one transaction at a time change where a campaign's candidates sit, or what
// that follows from: areas and catchments, sites, moves by hand, versions of the
// arrangement, rooms at their sites. Each reads what the other writes, and on PostgreSQL
// neither would see the other: of two the later is run again and sees what the first
// did. ErrNotFound.
func Hold(ctx context.Context, tx *db.Tx, id string) error {
	n, err := tx.Exec(ctx, `UPDATE campaign_version SET published_at = published_at WHERE campaign = $1 AND version = (SELECT MIN(version) FROM campaign_version WHERE campaign = $1)`, id)
	if err != nil {
		return fmt.Errorf("campaign: hold: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// List returns every published version, newest first within each campaign,
// without bundles.
func List(ctx context.Context, tx *db.Tx) ([]Version, error) {
	var out []Version
	err := tx.Each(ctx, `SELECT campaign, version, digest, published_by, published_at
		FROM campaign_version ORDER BY campaign, version DESC`, nil, func(scan func(...any) error) error {
		var v Version
		err := scan(&v.Campaign, &v.Version, &v.Digest, &v.PublishedBy, &v.PublishedAt)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("campaign: list: %w", err)
	}
	return out, nil
}
