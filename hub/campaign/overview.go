package campaign

import (
	"context"
	"encoding/hex"
	"errors"

	"zhunkao/hub/db"
)

// Overview is every version there is, in force and not.
type Overview struct {
	Versions []InForce  `json:"versions"` // newest first within each campaign
	Drafts   []Underway `json:"drafts"`   // newest first; those that became versions left out
}

// InForce is a published version.
type InForce struct {
	Campaign string `json:"campaign"`
	Version  uint32 `json:"version"`
	Digest   string `json:"digest"`
	By       string `json:"by"` // account id, or "operator"
	At       int64  `json:"at"` // ms since 1970
}

// Underway is a draft and how far it has come.
type Underway struct {
	Draft     string     `json:"draft"` // its name, the digest
	Campaign  string     `json:"campaign"`
	Version   uint32     `json:"version"`
	By        string     `json:"by"`
	At        int64      `json:"at"`
	Overtaken bool       `json:"overtaken"`           // a version as high is in force: it never will be
	Stale     bool       `json:"stale"`               // rehearsed against a version that is not in force any more
	Rehearsal *Rehearsal `json:"rehearsal,omitempty"` // the newest one that is done
	Signed    int        `json:"signed"`              // by how many
	Persons   int        `json:"persons"`             // of how many
}

// Look gives every version there is.
func Look(ctx context.Context, tx *db.Tx) (Overview, error) {
	o := Overview{Versions: []InForce{}, Drafts: []Underway{}}
	versions, err := List(ctx, tx)
	if err != nil {
		return o, err
	}
	inForce := map[string]bool{}
	for _, v := range versions {
		name := hex.EncodeToString(v.Digest)
		inForce[name] = true
		o.Versions = append(o.Versions, InForce{Campaign: v.Campaign, Version: v.Version, Digest: name, By: v.PublishedBy, At: v.PublishedAt})
	}
	drafts, err := Drafts(ctx, tx)
	if err != nil {
		return o, err
	}
	for _, d := range drafts {
		if inForce[d.Name()] {
			continue
		}
		u, err := underway(ctx, tx, d)
		if err != nil {
			return o, err
		}
		o.Drafts = append(o.Drafts, u)
	}
	return o, nil
}

func underway(ctx context.Context, tx *db.Tx, d Draft) (Underway, error) {
	u := Underway{Draft: d.Name(), Campaign: d.Campaign, Version: d.Version, By: d.DraftedBy, At: d.DraftedAt}
	switch r, err := Rehearsed(ctx, tx, d.Digest); {
	case err == nil:
		u.Rehearsal = &r
	case !errors.Is(err, ErrNoRehearsal):
		return u, err
	}
	act, err := ActOf(ctx, tx, d.Campaign)
	if err != nil {
		return u, err
	}
	u.Persons = act.Persons
	switch s, err := Stand(ctx, tx, d.Digest); {
	case errors.Is(err, ErrOvertaken):
		u.Overtaken = true
	case errors.Is(err, ErrStale):
		u.Stale = true
	case errors.Is(err, ErrNoRehearsal):
	case err != nil:
		return u, err
	default:
		u.Signed = len(s.Signatures)
	}
	return u, nil
}
