package campaign

import (
	"context"
	"errors"

	"zhunkao/hub/db"
	rules "zhunkao/protocol/campaign"
)

var errUnfinished = errors.New("campaign: being written")

var (
	// ErrNotFound says that there is no such campaign or version.
	ErrNotFound = errors.New("campaign: not found")
	// ErrVersion says that a version is not above the newest one.
	ErrVersion = errors.New("campaign: version is not above the newest")
)

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
// at is in ms since 1970. ErrVersion.
func Publish(ctx context.Context, tx *db.Tx, bundle []byte, by string, at int64) (Version, error) {
	return Version{}, errUnfinished
}

// Latest returns the newest version of a campaign.
func Latest(ctx context.Context, tx *db.Tx, id string) (Version, error) {
	return Version{}, errUnfinished
}

// Get returns one version of a campaign.
func Get(ctx context.Context, tx *db.Tx, id string, version uint32) (Version, error) {
	return Version{}, errUnfinished
}

// List returns the newest version of every campaign, by id, without bundles.
func List(ctx context.Context, tx *db.Tx) ([]Version, error) { return nil, errUnfinished }
