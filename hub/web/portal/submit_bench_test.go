package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
)

// submits has everybody who is present hand in a change of hers at the same
// moment, as in the last minutes: beside it, in turns, as many goroutines that
// write the same rows, the entry in the journal among them, each in a transaction
// of its own, through the same commits. What makes the next round a change is
// written before, and not measured. of-bare-writes counts both sides alike: a
// submission and the rows it writes.
func (p *province) submits(b *testing.B) {
	ctx := context.Background()
	forms, callers := make([]url.Values, presentNow), make([]*wire, presentNow)
	rows := make([]submission, presentNow)
	for i := range callers {
		p.readyToSubmit(b, i)
		callers[i] = p.browserAt(b, p.server, i)
		if code, _, err := callers[i].do(http.MethodGet, "/ks/review", ""); err != nil || code != http.StatusOK { // the guard knows her from here
			b.Fatal(code, err)
		}
		forms[i] = url.Values{"token": {p.present[i].csrf}, "revision": {"1"}}
	}
	submit := func(i int) error {
		code, answer, err := callers[i].do(http.MethodPost, "/ks/review", forms[i].Encode())
		if err != nil || code != http.StatusSeeOther {
			return fmt.Errorf("%d %.300s %w", code, answer, err)
		}
		return nil
	}
	p.atOnce(b, submit)
	for i := range rows {
		rows[i] = p.submission(b, i)
		if err := p.d.Write(ctx, func(tx *db.Tx) error { return rows[i].begin(ctx, tx) }); err != nil {
			b.Fatal(err)
		}
	}
	round := int64(0)
	bare := func(i int) error {
		return p.d.Write(ctx, func(tx *db.Tx) error { return rows[i].write(ctx, tx, round) })
	}
	const rounds = 60
	var ours, theirs []time.Duration
	var cpu, bareCPU time.Duration
	for b.Loop() {
		for range rounds {
			round++
			p.openAgain(b)
			spent := processor(b)
			ours = append(ours, p.atOnce(b, submit))
			cpu += processor(b) - spent
			spent = processor(b)
			theirs = append(theirs, p.atOnce(b, bare))
			bareCPU += processor(b) - spent
		}
	}
	p.submitted(b, rows, round)
	n := float64(len(ours) * presentNow)
	a, c := middle(ours), middle(theirs)
	b.ReportMetric(float64(c)/float64(a), "of-bare-writes")
	b.ReportMetric(presentNow/a.Seconds(), "submits/s")
	b.ReportMetric(presentNow/c.Seconds(), "bare-writes/s")
	b.ReportMetric(float64(cpu.Microseconds())/n, "cpu-µs/submit")
	b.ReportMetric(float64(bareCPU.Microseconds())/n, "cpu-µs/bare-write")
}

// atOnce has everybody do it at the same moment, and says how long all took.
func (p *province) atOnce(b *testing.B, f func(i int) error) time.Duration {
	b.Helper()
	var all sync.WaitGroup
	began := time.Now()
	for i := range presentNow {
		all.Go(func() {
			if err := f(i); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if b.Failed() {
		b.FailNow()
	}
	return took
}

// readyToSubmit gives somebody a draft of what she is registered with, the pledge
// signed and everything agreed to.
func (p *province) readyToSubmit(b *testing.B, i int) {
	b.Helper()
	ctx := context.Background()
	account := p.present[i].account
	err := p.d.Write(ctx, func(tx *db.Tx) error {
		found, err := p.applicationOf(ctx, tx, i)
		if err != nil {
			return err
		}
		for _, k := range consent.Kinds() {
			g := consent.Given{Account: account, Campaign: p.camp.ID, Kind: k, Agreed: true, Version: p.camp.Version, Digest: consent.Digest(p.camp.Text(k.TextKey(), false)),
				Signature: consent.Signature{Name: found.Application.Name(), Relation: consent.Relations()[0], Phone: "13900000000"}}
			if err := p.flow.Consent(ctx, tx, g, flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: account}}); err != nil {
				return err
			}
		}
		if err := p.drafts.Delete(ctx, tx, account, p.camp.ID); err != nil {
			return err
		}
		_, err = p.drafts.Save(ctx, tx, draft.Draft{Account: account, Campaign: p.camp.ID, Application: found.Application, StartedFrom: found.Version, PledgedAt: 1}, 0)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (p *province) applicationOf(ctx context.Context, tx *db.Tx, i int) (candidate.Found, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT application FROM applicant_application WHERE account = $1 AND campaign = $2`, p.present[i].account, p.camp.ID).Scan(&id)
	if err != nil {
		return candidate.Found{}, err
	}
	return p.flow.Candidates.Get(ctx, tx, id)
}

// openAgain makes what was submitted a draft begun from the version that stands,
// as if she had changed something.
func (p *province) openAgain(b *testing.B) {
	b.Helper()
	ctx := context.Background()
	err := p.d.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		_, err := tx.Exec(ctx, `UPDATE draft SET submitted_revision = 0, submitted_version = 0, started_from = (SELECT a.version FROM applicant_application b
			JOIN application a ON a.id = b.application WHERE b.account = draft.account AND b.campaign = draft.campaign) WHERE submitted_revision = revision AND account NOT LIKE '% %'`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// submitted holds that every round made a version and an entry of everybody's.
func (p *province) submitted(b *testing.B, before []submission, rounds int64) {
	b.Helper()
	for i, was := range before {
		if now := p.submission(b, i); now.version != was.version+rounds || now.entries != was.entries+rounds {
			b.Fatalf("from version %d with %d entries to %d with %d in %d rounds", was.version, was.entries, now.version, now.entries, rounds)
		}
	}
}

// submission is what one leaves in the tables, to be written again under another
// id, which nobody reads.
type submission struct {
	from, id, account, campaign  string
	version, entries             int64
	number, content, mark, body  []byte
	point, division, level       string
	authorKind, authorID, origin string
	staff, told, words           string
	texting                      int64
	tokens                       [][]byte
}

func (p *province) submission(b *testing.B, i int) submission {
	b.Helper()
	ctx := b.Context()
	account := p.present[i].account
	s := submission{account: "hand " + account, campaign: p.camp.ID}
	err := p.d.Read(ctx, func(tx *db.Tx) error {
		found, err := p.applicationOf(ctx, tx, i)
		if err != nil {
			return err
		}
		s.from, s.id, s.version = found.ID, "bare "+found.ID, int64(found.Version)
		if err := tx.QueryRow(ctx, `SELECT a.number_hmac, a.point, a.division, a.level, v.content, v.mark, v.author_kind, v.author_id, v.origin
			FROM application a JOIN application_version v ON v.application = a.id AND v.version = a.version WHERE a.id = $1`, s.from).
			Scan(&s.number, &s.point, &s.division, &s.level, &s.content, &s.mark, &s.authorKind, &s.authorID, &s.origin); err != nil {
			return err
		}
		s.number[0] ^= 0xff // a number that nobody has
		if err := tx.Each(ctx, `SELECT body, staff FROM journal_entry WHERE subject_kind = 'application' AND subject_id = $1 AND act = 'application.edited'`, []any{s.from}, func(scan func(...any) error) error {
			s.entries++
			return scan(&s.body, &s.staff)
		}); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT kind, args, texting FROM notice WHERE owner = $1 ORDER BY at DESC, id DESC LIMIT 1`, "a:"+s.from).Scan(&s.told, &s.words, &s.texting); err != nil {
			return fmt.Errorf("she was told nothing: %w", err)
		}
		return tx.Each(ctx, `SELECT token FROM lookup WHERE application = $1`, []any{s.from}, func(scan func(...any) error) error {
			var t []byte
			err := scan(&t)
			s.tokens = append(s.tokens, t)
			return err
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// begin makes the rows that write goes on from.
func (s *submission) begin(ctx context.Context, tx *db.Tx) error {
	for _, x := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM application_version WHERE application = $1`, []any{s.id}},
		{`DELETE FROM application WHERE id = $1`, []any{s.id}},
		{`DELETE FROM draft WHERE account = $1`, []any{s.account}},
		{`INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at, level, indexed)
			VALUES ($1, $2, $3, $4, $5, $6, 'registered', 0, '', 0, $7, 1)`, []any{s.id, s.campaign, s.number, s.version, s.point, s.division, s.level}},
		{`INSERT INTO draft (account, campaign, revision, started_from, content, begun_at, changed_at, pledged_at, submitted_revision, submitted_version)
			VALUES ($1, $2, 1, $3, $4, 0, 0, 1, 0, 0)`, []any{s.account, s.campaign, s.version, s.content}},
	} {
		if _, err := tx.Exec(ctx, x.text, x.args...); err != nil {
			return err
		}
	}
	return nil
}

// write writes the rows of one more version.
func (s *submission) write(ctx context.Context, tx *db.Tx, round int64) error {
	version, at := s.version+round, time.Now().UnixMilli()
	if _, err := tx.Exec(ctx, `INSERT INTO application_version (application, version, content, mark, point, author_kind, author_id,
		origin, started_from, superseded, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		s.id, version, s.content, s.mark, s.point, s.authorKind, s.authorID, s.origin, version-1, false, at); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE application SET version = $1, number_hmac = $2, point = $3, division = $4, changed_at = $5, level = $6, indexed = 1 WHERE id = $7`,
		version, s.number, s.point, s.division, at, s.level, s.id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM lookup WHERE application = $1`, s.id); err != nil {
		return err
	}
	rows := make([][]any, len(s.tokens))
	for i, t := range s.tokens {
		rows[i] = []any{t, s.division, s.point, s.id}
	}
	if _, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO lookup (token, division, point, application) VALUES ` + values
	}); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO journal_entry (id, body, at, act, subject_kind, subject_id, point, division, staff) VALUES ($1, $2, $3, 'application.edited', 'application', $4, $5, $6, $7)`,
		fmt.Sprintf("%016x%s", version, s.id), s.body, at, s.id, s.point, s.division, s.staff); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO notice (owner, at, id, kind, args, read_at, texting) VALUES ($1, $2, $3, $4, $5, 0, $6)`,
		s.id, at, fmt.Sprintf("%016x%s", version, s.id), s.told, s.words, s.texting); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE draft SET submitted_revision = 1, submitted_version = $1 WHERE account = $2 AND campaign = $3 AND revision = 1`, version, s.account, s.campaign)
	return err
}
