package candidate

import (
	"context"
	"fmt"
	"slices"
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
const edition = 1

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
	out := []term{{byNumber, plain}, {byIssued, plain}}
	if name := identity.Name(text).Key(); name != "" {
		out = append(out, term{byName, name})
	}
	return slices.DeleteFunc(out, func(t term) bool { return t.value == "" })
}

// isNumber reports whether a text is an ID number that ends in X, or its end
// after a day of birth.
func isNumber(plain string) bool {
	digits, x := strings.CutSuffix(plain, "X")
	return x && (len(plain) == 18 || len(plain) == 12) && strings.Trim(digits, "0123456789") == ""
}

// Looked names by what a text would be looked up, for the journal: the kinds,
// never the text.
func Looked(text string) string {
	var out []string
	for _, t := range meant(text) {
		out = append(out, t.kind)
	}
	return strings.Join(out, " ")
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
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO lookup (token, division, point, application) VALUES ` + values
	})
	if err != nil {
		return fmt.Errorf("candidate: index %s: %w", app.ID, err)
	}
	return nil
}

// Search finds the applications of a campaign that a text may mean, a document
// number, a day of birth and the last four of one, a name, a telephone number or
// a number of ours, by id, within a division and, if point is not "", at that
// point. Of more than limit it gives limit, and more is true. Nothing outside
// the place is read.
func (s *Store) Search(ctx context.Context, tx *db.Tx, campaign, division, point, text string, limit int) (found []Found, more bool, err error) {
	terms := meant(text)
	if len(terms) == 0 {
		return nil, false, nil
	}
	from, to := org.Range(division)
	args := []any{from, to, point, limit + 1}
	marks := make([]string, len(terms))
	for i, t := range terms {
		args = append(args, s.token(campaign, t))
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	var rows []Row
	err = tx.Each(ctx, `SELECT `+rowColumns+` FROM application WHERE id IN (SELECT application FROM lookup
		WHERE token IN (`+strings.Join(marks, ", ")+`) AND division >= $1 AND division < $2 AND ($3 = '' OR point = $3) ORDER BY application LIMIT $4)
		ORDER BY id`, args, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("candidate: search: %w", err)
	}
	if len(rows) > limit {
		rows, more = rows[:limit], true
	}
	found, err = s.FillAll(ctx, tx, rows)
	return found, more, err
}

// FillAll opens the current contents of some applications, in their order.
func (s *Store) FillAll(ctx context.Context, tx *db.Tx, rows []Row) ([]Found, error) {
	out := make([]Found, 0, len(rows))
	for _, r := range rows {
		f, err := s.fill(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Unindexed counts the applications that the lookup does not hold yet by the
// rules of today.
func Unindexed(ctx context.Context, tx *db.Tx) (n int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM application WHERE indexed < 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("candidate: unindexed: %w", err)
	}
	return n, nil
}

// IndexSome puts up to limit applications that the lookup does not hold yet into
// it, and says how many those were. Who fills a store calls it, a transaction
// each, until it gives 0; a power cut in between loses nothing.
func (s *Store) IndexSome(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	_, n, err := s.reindex(ctx, tx, `indexed < 1 AND id > $1`, "", limit)
	return n, err
}

// Reindex does the same for up to limit applications after an id, by id, whether
// the lookup holds them or not, and gives the last: for a lookup that is in
// doubt. n = 0 at the end.
func (s *Store) Reindex(ctx context.Context, tx *db.Tx, after string, limit int) (last string, n int, err error) {
	return s.reindex(ctx, tx, `id > $1`, after, limit)
}

func (s *Store) reindex(ctx context.Context, tx *db.Tx, which, after string, limit int) (last string, n int, err error) {
	var rows []Row
	err = tx.Each(ctx, `SELECT `+rowColumns+` FROM application WHERE `+which+` ORDER BY id LIMIT $2`, []any{after, limit}, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return "", 0, fmt.Errorf("candidate: reindex: %w", err)
	}
	for _, r := range rows {
		f, err := s.fill(ctx, tx, r)
		if err != nil {
			return "", 0, err
		}
		// The row is touched first, so that of a save at the same time and this
		// one waits for the other, and runs again.
		if _, err := tx.Exec(ctx, `UPDATE application SET level = $1, indexed = $2 WHERE id = $3`, f.Application.First().Level, edition, r.ID); err != nil {
			return "", 0, fmt.Errorf("candidate: reindex %s: %w", r.ID, err)
		}
		if err := s.index(ctx, tx, f.Application, r.Division, false); err != nil {
			return "", 0, err
		}
		last = r.ID
	}
	return last, len(rows), nil
}
