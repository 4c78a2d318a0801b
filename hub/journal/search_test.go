package journal_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
)

// mixed writes n entries of all kinds, places, people and days, and seals them.
func (r *rig) mixed(n int) []journal.Sealed {
	r.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	acts := []journal.Act{journal.ConfirmationReceived, journal.ConfirmationReceived, journal.ConfirmationReceived, journal.ApplicationEdited, journal.RecordViewed, journal.CampaignSigned}
	points := []string{"43010201", "43010202", "43102801", "43070201", ""}
	err := r.d.Write(r.Context(), func(tx *db.Tx) error {
		for i := range n {
			point := points[rnd.IntN(len(points))]
			e := journal.Entry{At: r.clock.Add(time.Duration(i)*time.Hour - time.Duration(rnd.IntN(5))*time.Hour), Act: acts[rnd.IntN(len(acts))],
				Author:  journal.Author{Kind: []string{journal.ByStaff, journal.ByBox}[rnd.IntN(2)], ID: fmt.Sprint("s", rnd.IntN(3))},
				Subject: journal.Subject{Kind: []string{journal.OfBox, journal.OfApplication}[rnd.IntN(2)], ID: fmt.Sprint("x", rnd.IntN(9))}, Point: point}
			if point != "" {
				e.Division = point[:6]
			}
			if err := journal.Write(r.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	s, stop := r.run(time.Millisecond)
	r.head(s, uint64(n))
	stop()
	var all []journal.Sealed
	if err := r.d.Read(r.Context(), func(tx *db.Tx) (err error) {
		all, err = journal.After(r.Context(), tx, 0, n+1)
		return err
	}); err != nil {
		r.Fatal(err)
	}
	slices.Reverse(all)
	return all
}

// head waits until a sealer has come to a number.
func (r *rig) head(s *journal.Sealer, n uint64) {
	r.Helper()
	late := time.After(2 * time.Minute)
	for s.Head().Number < n {
		changed := s.Changed()
		if s.Head().Number >= n {
			return
		}
		select {
		case <-changed:
		case <-late:
			r.Fatalf("sealed up to %d of %d", s.Head().Number, n)
		}
	}
}

func fits(q journal.Query, e journal.Sealed) bool {
	staff := ""
	if e.Author.Kind == journal.ByStaff {
		staff = e.Author.ID
	}
	return (len(q.Acts) == 0 || slices.Contains(q.Acts, e.Act)) && (q.Subject.Kind == "" || q.Subject.Kind == e.Subject.Kind) &&
		(q.Subject.ID == "" || q.Subject.ID == e.Subject.ID) && (q.Division == "" || strings.HasPrefix(e.Division, strings.TrimRight(q.Division, "0"))) &&
		(q.Point == "" || q.Point == e.Point) && (q.Staff == "" || q.Staff == staff) &&
		(q.From.IsZero() || !e.At.Before(q.From) && e.At.Before(q.To))
}

// Page after page, a search gives all that fits and nothing else, newest first,
// however short it looks at a time.
func TestSearchFindsAllThatFits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		all := r.mixed(400)
		day := func(n int) time.Time { return r.clock.AddDate(0, 0, n) }
		for i, q := range []journal.Query{
			{}, {Acts: []journal.Act{journal.CampaignSigned}}, {Acts: []journal.Act{journal.RecordViewed, journal.CampaignSigned, "never.done"}},
			{Subject: journal.Subject{Kind: journal.OfBox, ID: "x3"}}, {Subject: journal.Subject{Kind: journal.OfBox}},
			{Staff: "s1"}, {Division: "430100"}, {Division: "431028", Acts: []journal.Act{journal.ConfirmationReceived}}, {Point: "43070201", Staff: "s2"},
			{From: day(3), To: day(5)}, {From: day(3), To: day(5), Acts: []journal.Act{journal.ApplicationEdited}, Division: "430000"},
			{From: day(900), To: day(901)}, {Staff: "nobody"}, {Subject: journal.Subject{Kind: journal.OfBox, ID: "x3"}, Staff: "s0", Division: "430102"},
		} {
			var want, got []uint64
			for _, e := range all {
				if fits(q, e) {
					want = append(want, e.Number)
				}
			}
			for _, reach := range []int{0, 17} {
				got = nil
				q := q.Within(reach)
				q.Limit = 7
				for pages := 0; ; pages++ {
					var f journal.Found
					err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
						f, err = journal.Search(t.Context(), tx, q)
						return err
					})
					if err != nil {
						t.Fatalf("query %d: %v", i, err)
					}
					if len(f.Entries) > q.Limit || len(f.Entries) < q.Limit && f.Next > 0 && !f.Short {
						t.Errorf("query %d: %d entries, next %d, short %v", i, len(f.Entries), f.Next, f.Short)
					}
					for _, e := range f.Entries {
						got = append(got, e.Number)
					}
					if q.Before = f.Next; f.Next == 0 {
						break
					}
					if pages > 400 {
						t.Fatalf("query %d never ends", i)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("query %d, looking %d far: got %v, want %v", i, reach, got, want)
				}
			}
		}
	})
}

// Whatever is asked, the database goes over an index, on both: with five
// million entries anything else would be minutes.
func TestSearchGoesOverIndexes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		newRig(t, d).mixed(300)
		if d.Kind() == db.PostgreSQL { // a plan of a small table says nothing of a large one
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), `INSERT INTO journal_entry (id, body, at, act, subject_kind, subject_id, point, division, staff, number, chain, seal)
					SELECT 'z' || n, '', n, CASE WHEN n % 500 = 0 THEN 'record.viewed' ELSE 'confirmation.received' END, 'box', 'y' || n % 900, '43010201', '430102',
					CASE WHEN n % 400 = 0 THEN 's' || n % 7 ELSE '' END, n, '', '' FROM generate_series(1000, 60000) n`)
				if err != nil {
					return err
				}
				_, err = tx.Exec(t.Context(), `ANALYZE journal_entry`)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			q     journal.Query
			index string
		}{
			"everything":   {journal.Query{}, "journal_number"},
			"an act":       {journal.Query{Acts: []journal.Act{journal.CampaignSigned}}, "journal_act"},
			"a group":      {journal.Query{Acts: []journal.Act{journal.CampaignSigned, journal.RecordViewed}, Division: "430100"}, "journal_act"},
			"a subject":    {journal.Query{Subject: journal.Subject{Kind: journal.OfBox, ID: "x3"}, Division: "430100"}, "journal_subject"},
			"an author":    {journal.Query{Staff: "s1", Point: "43010201"}, "journal_staff"},
			"a division":   {journal.Query{Division: "430102"}, "journal_number"},
			"a day's acts": {journal.Query{Acts: []journal.Act{journal.RecordViewed}, From: time.UnixMilli(1), To: time.UnixMilli(2)}, "journal_act"},
		} {
			var plans []string
			err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				plans, err = journal.Explain(t.Context(), tx, d.Kind(), c.q, 2, 60000)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range plans {
				want := c.index
				if i == 0 {
					want = "journal_at"
				}
				if !strings.Contains(p, want) || strings.Contains(p, "Seq Scan on journal_entry") || strings.Contains(p, "SCAN journal_entry\n") {
					t.Errorf("%s, statement %d: the plan is not over %s:\n%s", name, i, want, p)
				}
			}
		}
	})
}

// An entry is proved to the checkpoint that was signed over it, and one that
// was touched is not.
func TestProve(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.mixed(30)
		prove := func(n uint64) (p journal.Proof, err error) {
			err = d.Read(t.Context(), func(tx *db.Tx) error {
				p, err = journal.Prove(t.Context(), tx, d.ID(), ring(), n)
				return err
			})
			return p, err
		}
		for _, n := range []uint64{1, 12, 30} {
			if p, err := prove(n); err != nil || !p.Holds() || !p.Verified || p.Entry.Number != n || p.Signed.Number < n {
				t.Errorf("entry %d: %+v, %v", n, p, err)
			}
		}
		if _, err := prove(31); err != journal.ErrNoEntry {
			t.Errorf("entry 31: %v", err)
		}
		for name, c := range map[string]struct {
			change, back string
			broken       uint64 // its own entry does not hold
			beside       uint64 // one before it does not verify
		}{
			"point moved":    {`UPDATE journal_entry SET point = '43019999' WHERE number = 12`, "", 12, 0},
			"author blotted": {`UPDATE journal_entry SET staff = 'other' WHERE number = 13`, "", 13, 0},
			"content of 20":  {`UPDATE journal_entry SET body = (SELECT body FROM journal_entry WHERE number = 21) WHERE number = 20`, "", 20, 19},
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), c.change); return err }); err != nil {
				t.Fatal(err)
			}
			if p, err := prove(c.broken); err != nil || p.Holds() {
				t.Errorf("%s: holds: %+v, %v", name, p, err)
			}
			if c.beside > 0 {
				if p, err := prove(c.beside); err != nil || p.Verified {
					t.Errorf("%s: entry %d is verified through it: %+v, %v", name, c.beside, p, err)
				}
			}
		}
	})
}

// A check from a page goes on by itself, says how far it is, and keeps what it found.
func TestCheckFromAPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.mixed(40)
		s, stop := r.run(time.Millisecond)
		defer stop()
		check := func() journal.Check {
			t.Helper()
			c, err := journal.BeginCheck(t.Context(), d, "s1", 7, func(*db.Tx) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := journal.BeginCheck(t.Context(), d, "s2", 8, func(*db.Tx) error { return nil }); err != journal.ErrChecking {
				t.Errorf("two at once: %v", err)
			}
			if err := c.Run(t.Context(), s, func(*db.Tx, journal.Report) error { return nil }); err != nil {
				t.Fatal(err)
			}
			var out journal.Check
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				out, err = journal.LatestCheck(t.Context(), tx, time.Now())
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if c := check(); c.State != journal.CheckDone || c.Done != 40 || c.Found != 0 || c.Checkpoints == 0 || c.By != "s1" || c.CutOff {
			t.Errorf("a whole journal: %+v", c)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE journal_entry SET staff = '' WHERE number IN (SELECT number FROM journal_entry WHERE staff <> '' ORDER BY number LIMIT 1)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if c := check(); c.Found != 1 || len(c.Findings) != 1 || !strings.Contains(c.Findings[0], "altered") {
			t.Errorf("an author taken away: %+v", c)
		}
	})
}
