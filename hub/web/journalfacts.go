package web

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// The short facts of entries that are no words: an amount in fen, and a moment
// in ms since 1970 UTC.
var (
	factAmounts = []string{"fen", "fee", "counted", "booked"}
	factMoments = []string{"due", "was", "until", "open"}
)

// moments are later than this, in ms: another number under the same name is none.
const earliestMoment = 1_000_000_000_000

// named gives the short facts of an entry with names in the place of codes that
// only the books know: of accounts, in what it tells of two who are not
// independent, and of levels. What was looked up stays in names and levels, the
// latter by campaign.
func (s *server) named(ctx context.Context, tx *db.Tx, v *visit, e journal.Sealed, names map[string]string, levels map[string]func(string) string) (map[string]string, error) {
	out := maps.Clone(e.Detail)
	for _, k := range []string{"beside", "through"} {
		if e.Act != journal.StaffDependent || out[k] == "" || out[k] == staff.UnknownGiver {
			continue
		}
		name, err := s.author(ctx, tx, v, journal.Author{Kind: journal.ByStaff, ID: out[k]}, names)
		if err != nil {
			return nil, err
		}
		out[k] = name
	}
	for _, k := range []string{journal.DetailLevel, journal.DetailFromLevel} {
		if out[k] == "" || e.Campaign == "" {
			continue
		}
		if levels[e.Campaign] == nil {
			name, err := s.levelNames(ctx, tx, v, e.Campaign)
			if err != nil {
				return nil, err
			}
			levels[e.Campaign] = name
		}
		out[k] = levels[e.Campaign](out[k])
	}
	return out, nil
}

// levelNames gives what names the levels of a campaign, as it stands now; a code
// that it does not know stays one.
func (s *server) levelNames(ctx context.Context, tx *db.Tx, v *visit, id string) (func(string) string, error) {
	all, err := s.versions(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	camp, err := s.campaigns.of(ctx, tx, id, all)
	if err != nil && !errors.Is(err, campaign.ErrNotFound) {
		return nil, err
	}
	return func(code string) string {
		l, ok := camp.Form.Level(code)
		switch {
		case !ok:
			return code
		case v.lang == console.En && l.En != "":
			return l.En
		}
		return l.Zh
	}, nil
}

// fact is the short fact k of an entry in words: what it is called, and what it
// says. What speaks for itself is left as it is.
func (s *server) fact(l console.Lang, e journal.Sealed, k, x string) (label, text string) {
	label, text = k, x
	for _, key := range []string{"detail." + e.Subject.Kind + "." + k, "detail." + k} {
		if s.pages.Has(key) {
			label = s.pages.Text(l, key)
			break
		}
	}
	n, err := strconv.ParseInt(x, 10, 64)
	switch key := s.worded(e, k, x); {
	case key != "":
		text = s.pages.Text(l, key)
	case x == "true":
		text = s.pages.Text(l, "points.yes")
	case x == "false":
		text = s.pages.Text(l, "points.no")
	case err == nil && slices.Contains(factAmounts, k):
		text = s.pages.Text(l, "journal.amount", console.Yuan(n))
	case err == nil && n > earliestMoment && slices.Contains(factMoments, k):
		text = console.Full(time.UnixMilli(n))
	}
	return label, text
}

// worded is the phrase for the value x of the short fact k of an entry, "" for
// a value that speaks for itself.
func (s *server) worded(e journal.Sealed, k, x string) string {
	keys := []string{"state." + x, k + "." + x, "pay." + k + "." + x}
	switch {
	case e.Subject.Kind == journal.OfIncident:
		keys = []string{"state." + x, "incident." + k + "." + x}
	case e.Act == journal.RecordViewed:
		keys = []string{"look." + x}
	case k == "act": // of the campaign's table
		keys = []string{"table." + x}
	}
	for _, key := range keys {
		if s.pages.Has(key) {
			return key
		}
	}
	return ""
}

// facts are the short facts of an entry, whole and in a fixed order.
func (s *server) facts(l console.Lang, e journal.Sealed) []console.Fact {
	var out []console.Fact
	for k, x := range e.Detail {
		if x == "" {
			continue
		}
		label, text := s.fact(l, e, k, x)
		out = append(out, console.Fact{Label: label, Value: text})
	}
	slices.SortFunc(out, func(a, b console.Fact) int { return strings.Compare(a.Label, b.Label) })
	return out
}
