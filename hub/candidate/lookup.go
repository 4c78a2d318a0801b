package candidate

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// edition is of the rules below: applications that stand in the lookup by older
// ones are filled in again. The index application_unindexed names it too.
const edition = 2

// What a person may be looked up by. The words are in the hashes: they must not
// change.
const (
	byNumber = "number" // of the document
	byBirth  = "birth"  // day of birth and the last four of the number, as on a masked list and a certificate
	byName   = "name"
	byPhone  = "phone"
	byIssued = "issued" // a number of ours: candidate number, sequence number, application
)

// term is one thing a person is looked up by.
type term struct{ kind, value string }

// squeezed is a text without blanks and marks, in the plain forms of letters and
// digits, upper case: ４３０１０４ is 430104.
func squeezed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, norm.NFKC.String(text))
}

// termsOf are the terms under which an application is found.
func termsOf(app form.Application) []term {
	var out []term
	add := func(kind, value string) {
		if t := (term{kind, value}); value != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	number := squeezed(app.Get(form.DocumentNumber))
	add(byNumber, number)
	if len(number) >= 4 {
		add(byBirth, app.Get(form.BirthDate)+number[len(number)-4:])
	}
	add(byName, identity.Name(app.Get(form.FullName)).Key())
	add(byPhone, phone(squeezed(app.Get(form.PhoneNumber))))
	for _, n := range []string{app.ID, app.Get(form.CandidateNumber), app.SequenceNumber} {
		add(byIssued, squeezed(n))
	}
	return out
}

// phone is a number without the prefix of the country.
func phone(digits string) string {
	for _, country := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, country); ok && len(rest) == 11 {
			return rest
		}
	}
	return digits
}

// meant are the terms that a person may mean by what she typed; none when it is
// nothing that anybody is found by.
func meant(text string) []term {
	plain := squeezed(text)
	if len(plain) > 0 && strings.Trim(plain, "0123456789") == "" || isNumber(plain) {
		out := []term{{byNumber, plain}, {byPhone, phone(plain)}, {byIssued, plain}}
		if len(plain) == 12 {
			if _, err := time.Parse("20060102", plain[:8]); err == nil {
				out = append(out, term{byBirth, plain})
			}
		}
		return out
	}
	if plain == "" {
		return nil // blanks and marks
	}
	out := []term{{byNumber, plain}, {byIssued, plain}} // a passport, an application
	if name := identity.Name(text).Key(); name != "" {
		out = append(out, term{byName, name})
	}
	return out
}

// isNumber reports whether a text is an ID number that ends in X, or its end
// after a day of birth.
func isNumber(plain string) bool {
	digits, x := strings.CutSuffix(plain, "X")
	return x && (len(plain) == 18 || len(plain) == 12) && strings.Trim(digits, "0123456789") == ""
}

// Looked names by what a text would be looked up, for the journal: "name",
// "birth" or "number", never the text; "" if by nothing.
func Looked(text string) (by string) {
	for _, t := range meant(text) {
		switch {
		case t.kind == byName || t.kind == byBirth:
			return t.kind
		default:
			by = byNumber
		}
	}
	return by
}

// token is what stands for a term in the lookup of a campaign.
func (s *Store) token(campaign string, t term) []byte {
	return s.keys.LookupKey(campaign, t.kind, t.value)
}

// index puts an application into the lookup in place of what stood there.
func (s *Store) index(ctx context.Context, tx *db.Tx, app form.Application, division string, fresh bool) error {
	if !fresh {
		if _, err := tx.Exec(ctx, `DELETE FROM lookup WHERE application = $1`, app.ID); err != nil {
			return fmt.Errorf("candidate: index %s: %w", app.ID, err)
		}
	}
	terms := termsOf(app)
	rows := make([][]any, len(terms))
	for i, t := range terms {
		rows[i] = []any{s.token(app.Campaign, t), division, app.Point, app.ID}
	}
	if _, err := tx.Insert(ctx, `lookup (token, division, point, application)`, rows); err != nil {
		return fmt.Errorf("candidate: index %s: %w", app.ID, err)
	}
	return nil
}

// Search finds the applications of a campaign that a text may mean, a document
// number, a day of birth and the last four of one, a name, a telephone number or
// a number of ours, by id, within a division and, if point is not "", at that
// point. Of more than limit it gives limit, and more is true. Nothing outside
// the place is read. It is one question.
func (s *Store) Search(ctx context.Context, tx *db.Tx, campaign, division, point, text string, limit int) (found []Glimpse, more bool, err error) {
	terms := meant(text)
	if len(terms) == 0 {
		return nil, false, nil
	}
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	marks := make([]string, len(terms))
	for i, t := range terms {
		marks[i] = arg(s.token(campaign, t))
	}
	where := `token IN (` + strings.Join(marks, ", ") + `) AND ` + org.Within("division", division, arg)
	if point != "" {
		where += ` AND point = ` + arg(point)
	}
	// The limit, and whether there is a point, stand in the text, so that a plan
	// made once is as good as one made for these values: PostgreSQL then keeps it.
	// Ids are put in order by their bytes: as words of the server's language it
	// took a third of the question's time.
	byID := `application`
	if tx.Kind() == db.PostgreSQL {
		byID += ` COLLATE "C"`
	}
	err = tx.Each(ctx, `SELECT `+glimpseColumns+` FROM application a`+currentVersion+`
		WHERE a.id IN (SELECT application FROM lookup WHERE `+where+` ORDER BY `+byID+` LIMIT `+strconv.Itoa(limit+1)+`)`, args, func(scan func(...any) error) error {
		g, err := s.glimpse(scan)
		found = append(found, g)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("candidate: search: %w", err)
	}
	slices.SortFunc(found, func(a, b Glimpse) int { return strings.Compare(a.ID, b.ID) })
	if more = len(found) > limit; more {
		found = found[:limit]
	}
	return found, more, nil
}

// Unindexed counts the applications that the lookup does not hold yet by the
// rules of today.
func Unindexed(ctx context.Context, tx *db.Tx) (n int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM application WHERE indexed < 2`).Scan(&n); err != nil {
		return 0, fmt.Errorf("candidate: unindexed: %w", err)
	}
	return n, nil
}

// Indexing is what came of a step of IndexSome or Reindex.
type Indexing struct {
	Last   string // id of the last application, "" if there was none
	Done   int    // how many there were
	Closed int    // of these, such as cannot be opened: they are found by nothing, and fsck names them
}

// IndexSome puts up to limit applications that the lookup does not hold yet into
// it. Who fills a store calls it, a transaction each, until none is left; a power
// cut in between loses nothing.
func (s *Store) IndexSome(ctx context.Context, tx *db.Tx, limit int) (Indexing, error) {
	return s.reindex(ctx, tx, `indexed < 2 AND id > $1`, "", limit)
}

// Reindex does the same for up to limit applications after an id, by id, whether
// the lookup holds them or not: for a lookup that is in doubt.
func (s *Store) Reindex(ctx context.Context, tx *db.Tx, after string, limit int) (Indexing, error) {
	return s.reindex(ctx, tx, `id > $1`, after, limit)
}

// reindexSome is how many applications go into one transaction of ReindexAll.
const reindexSome = 100

// ReindexAll puts every application into the lookup anew, a little at a time;
// others write meanwhile. Ended by ctx it leaves a lookup as good as before.
func (s *Store) ReindexAll(ctx context.Context, d *db.DB) (all Indexing, err error) {
	for {
		var step Indexing
		err := d.Write(ctx, func(tx *db.Tx) (err error) {
			step, err = s.Reindex(ctx, tx, all.Last, reindexSome)
			return err
		})
		if err != nil || step.Done == 0 {
			return all, err
		}
		all = Indexing{Last: step.Last, Done: all.Done + step.Done, Closed: all.Closed + step.Closed}
	}
}

func (s *Store) reindex(ctx context.Context, tx *db.Tx, which, after string, limit int) (out Indexing, err error) {
	var rows []Row
	err = tx.Each(ctx, `SELECT `+rowColumns+` FROM application WHERE `+which+` ORDER BY id LIMIT $2`, []any{after, limit}, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("candidate: reindex: %w", err)
	}
	for _, r := range rows {
		opened, err := s.reindexOne(ctx, tx, r)
		if err != nil {
			return out, fmt.Errorf("candidate: reindex %s: %w", r.ID, err)
		}
		if !opened {
			out.Closed++
		}
		out.Last, out.Done = r.ID, out.Done+1
	}
	return out, nil
}

// reindexOne touches the row first, so that of a save at the same time and this
// one waits for the other, and runs again.
func (s *Store) reindexOne(ctx context.Context, tx *db.Tx, r Row) (opened bool, err error) {
	var sealed []byte
	err = tx.QueryRow(ctx, `SELECT content FROM application_version WHERE application = $1 AND version = $2`, r.ID, int64(r.Version)).Scan(&sealed)
	if err != nil {
		return false, err
	}
	app, closed := s.open(r.ID, r.Version, sealed)
	_, err = tx.Exec(ctx, `UPDATE application SET level = $1, indexed = $2, category = $4, language = $5 WHERE id = $3`, app.First().Level, edition, r.ID,
		app.First().Category, app.Get(form.Language))
	if err != nil || closed != nil {
		return false, err
	}
	return true, s.index(ctx, tx, app, r.Division, false)
}
