package campaign

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// PlaceOf is what the rules may ask of a point.
func PlaceOf(p org.Point) rules.Place {
	at := rules.Place{Code: p.Code, Division: p.Division, Medical: p.Medical, Minors: p.Minors, Known: true}
	if p.Levels != "" {
		at.Levels = strings.Split(p.Levels, ",")
	}
	return at
}

// Places gives every point of the hub by its code. A point that is not among
// them is judged as one that nobody knows.
func Places(ctx context.Context, tx *db.Tx, province string) (map[string]rules.Place, error) {
	points, err := org.Points(ctx, tx, province)
	if err != nil {
		return nil, fmt.Errorf("campaign: places: %w", err)
	}
	out := make(map[string]rules.Place, len(points))
	for _, p := range points {
		out[p.Code] = PlaceOf(p)
	}
	return out, nil
}

// digestOf changes when anything of the places changes that the rules may ask.
func digestOf(places map[string]rules.Place) []byte {
	h := sha256.New()
	for _, code := range slices.Sorted(maps.Keys(places)) {
		p := places[code]
		fmt.Fprintf(h, "%q %q %q %v %v\n", p.Code, p.Division, p.Levels, p.Medical, p.Minors) // a hash never fails
	}
	return h.Sum(nil)
}
