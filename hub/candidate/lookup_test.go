package candidate_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// person is an application with all that it can be found by.
func person(id, name, number, phone, at string) form.Application {
	a := app(id, number, 1)
	a.Point = at
	a.Fields[form.FullName], a.Fields[form.PhoneNumber] = name, phone
	a.Fields[form.BirthDate], a.Fields[form.CandidateNumber] = "19940512", "19430104"+fmt.Sprintf("%06d", int(id[0])*1000+int(id[len(id)-1]))
	return a
}

func at(division string) candidate.Saving {
	by := portal
	by.Division = division
	return by
}

// found are the ids that a text finds at a place.
func found(t *testing.T, d *db.DB, division, point, text string) (ids []string, more bool) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		list, m, err := store().Search(t.Context(), tx, campaign, division, point, text, 3)
		for _, f := range list {
			ids = append(ids, f.ID)
		}
		more = m
		return err
	})
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	return ids, more
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		people := []form.Application{
			person("a1", "向晓兰", "433199199405120028", "13800001111", point),
			person("b1", "买买提·吐尔逊", "65310119940512031X", "13800002222", point),
			person("c1", "王 喆", "430104199001011234", "+86 138-0000-3333", "43010202"),
			person("d1", "向晓兰", "431028199405120011", "13800004444", other),
			person("e1", "刘䶮", "430104199001011139", "0731-5550123", point),
			person("f1", "JOHN SMITH", "E12345678", "", point),
		}
		for _, p := range people {
			if err := save(t, d, p, at(p.Point[:6])); err != nil {
				t.Fatal(err)
			}
		}
		for text, want := range map[string]string{
			"向晓兰": "a1 d1", "向　晓兰": "a1 d1", " 向 晓 兰 ": "a1 d1", "向晓": "", "兰": "",
			"买买提·吐尔逊": "b1", "买买提•吐尔逊": "b1", "买买提．吐尔逊": "b1", "买买提・吐尔逊": "b1", "买买提 · 吐尔逊": "b1",
			"王喆": "c1", "刘䶮": "e1", "刘\ue863": "e1", "john smith": "f1", "John  Smith": "f1", "ＪＯＨＮ ＳＭＩＴＨ": "f1",
			"433199199405120028": "a1", "４３３１９９１９９４０５１２００２８": "a1", "433199 19940512 0028": "a1", "65310119940512031x": "b1", "65310119940512031Ｘ": "b1", "e12345678": "f1", "E12345678": "f1",
			"433199199405120029": "", "199405120028": "a1", "19940512 031x": "b1", "199405120029": "",
			"13800001111": "a1", "138 0000 3333": "c1", "+8613800003333": "c1", "86-13800003333": "c1", "07315550123": "e1", "0731-5550123": "e1",
			people[0].Get(form.CandidateNumber): "a1", "d1": "d1",
			"": "", "   ": "", "%": "", "_": "", "'": "", "\x00": "", "a1' OR '1'='1": "",
		} {
			got, _ := found(t, d, "430000", "", text)
			if strings.Join(got, " ") != want {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		// Within a remit, only what lies there.
		for place, want := range map[[2]string]string{{"430102", ""}: "a1", {"430103", ""}: "d1", {"430100", ""}: "a1 d1", {"430102", "43010202"}: "", {"430102", point}: "a1", {"430200", ""}: "", {"430103", point}: ""} {
			if got, _ := found(t, d, place[0], place[1], "向晓兰"); strings.Join(got, " ") != want {
				t.Errorf("in %v: %q, want %q", place, got, want)
			}
		}
		// Another version is found by what it says now, and where it is now.
		next := people[0].Clone()
		next.Version, next.Point = 2, other
		next.Fields[form.FullName], next.Choices[0].Level = "向小兰", "2"
		if err := save(t, d, next, at("430103")); err != nil {
			t.Fatal(err)
		}
		if got, _ := found(t, d, "430102", "", "向晓兰"); got != nil {
			t.Errorf("the old name still finds %q", got)
		}
		if got, _ := found(t, d, "430103", "", "向小兰"); strings.Join(got, " ") != "a1" {
			t.Errorf("the new name finds %q", got)
		}
	})
}

func TestSearchNarrows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i := range 4 {
			if got, more := found(t, d, "430000", "", "张伟"); len(got) != i || more {
				t.Errorf("of %d: %q, more %v", i, got, more)
			}
			if err := save(t, d, person(fmt.Sprintf("p%d", i), "张伟", fmt.Sprintf("4301041990010100%02d", i), "", point), portal); err != nil {
				t.Fatal(err)
			}
		}
		if got, more := found(t, d, "430000", "", "张伟"); len(got) != 3 || !more {
			t.Errorf("of 4: %q, more %v", got, more)
		}
	})
}

// TestOldStoreIsFilled: a store of before there was a lookup is filled in small
// steps that may end anywhere, and what is saved meanwhile stays right.
func TestOldStoreIsFilled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 25
		for i := range n {
			if err := save(t, d, person(fmt.Sprintf("p%02d", i), "测试甲", fmt.Sprintf("4301041990010100%02d", i), "", point), portal); err != nil {
				t.Fatal(err)
			}
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE application SET indexed = 0, level = ''`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DELETE FROM lookup`)
			return err
		})
		changed := person("p24", "测试乙", "430104199001010024", "", point)
		changed.Version = 2
		if err := save(t, d, changed, portal); err != nil {
			t.Fatal(err)
		}
		steps := 0
		for done := false; !done; steps++ {
			must(t, d, func(ctx context.Context, tx *db.Tx) error {
				left, err := candidate.Unindexed(ctx, tx)
				if err != nil {
					return err
				}
				got, err := store().IndexSome(ctx, tx, 10)
				if want := min(10, int(left)); got.Done != want || got.Closed > 0 {
					t.Errorf("step %d filled %+v, want %d of %d", steps, got, want, left)
				}
				done = got.Done == 0
				return err
			})
		}
		if steps != 4 {
			t.Errorf("%d steps", steps)
		}
		if got, more := found(t, d, "430000", "", "测试甲"); len(got) != 3 || !more {
			t.Errorf("found %q", got)
		}
		if got, _ := found(t, d, "430000", "", "测试乙"); strings.Join(got, " ") != "p24" {
			t.Errorf("found %q", got)
		}
		// Once more over all of it changes nothing and doubles nothing.
		before := lookup(t, d)
		for after, done := "", false; !done; {
			must(t, d, func(ctx context.Context, tx *db.Tx) error {
				got, err := store().Reindex(ctx, tx, after, 10)
				after, done = got.Last, got.Done == 0
				return err
			})
		}
		if after := lookup(t, d); !slices.Equal(before, after) || len(before) < 4*n {
			t.Errorf("%d rows became %d", len(before), len(after))
		}
	})
}

// TestOneClosedContentStopsNobody: an application that cannot be opened is passed
// over, and those after it are filled in.
func TestOneClosedContentStopsNobody(t *testing.T) { dbtest.Each(t, oneClosedContentStopsNobody) }

func oneClosedContentStopsNobody(t *testing.T, d *db.DB) {
	for i := range 3 {
		if err := save(t, d, person(fmt.Sprintf("p%d", i), "测试甲", fmt.Sprintf("4301041990010100%02d", i), "", point), portal); err != nil {
			t.Fatal(err)
		}
	}
	must(t, d, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE application_version SET content = $1 WHERE application = $2`, []byte("spoilt"), "p1"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE application SET indexed = 0`); err != nil {
			return err
		}
		got, err := store().IndexSome(ctx, tx, 10)
		if got != (candidate.Indexing{Last: "p2", Done: 3, Closed: 1}) {
			t.Errorf("filled %+v", got)
		}
		return err
	})
	must(t, d, func(ctx context.Context, tx *db.Tx) error {
		left, err := candidate.Unindexed(ctx, tx)
		if left != 0 {
			t.Errorf("%d are left for ever", left)
		}
		return err
	})
}

// lookup reads the rows of the lookup as texts.
func lookup(t *testing.T, d *db.DB) (out []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Each(t.Context(), `SELECT token, division, point, application FROM lookup ORDER BY application, token`, nil, func(scan func(...any) error) error {
			var token []byte
			var division, point, id string
			err := scan(&token, &division, &point, &id)
			out = append(out, fmt.Sprintf("%x %s %s %s", token, division, point, id))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestThiefLearnsNothingByName: nothing that a person typed stands in the
// lookup, and the same value in another campaign or of another kind is another.
func TestThiefLearnsNothingByName(t *testing.T) {
	d := dbtest.SQLite(t)
	a := person("a1", "向晓兰", "433199199405120028", "13800001111", point)
	b := person("b1", "向晓兰", "433199199405120028", "13800001111", point)
	b.Campaign = "adult-2020"
	for _, p := range []form.Application{a, b} {
		if err := save(t, d, p, portal); err != nil {
			t.Fatal(err)
		}
	}
	rows := lookup(t, d)
	seen := map[string]bool{}
	for _, r := range rows {
		token, _, _ := strings.Cut(r, " ")
		if seen[token] {
			t.Error("two campaigns share a hash")
		}
		seen[token] = true
	}
	all := []byte(strings.Join(rows, "\n"))
	for _, s := range []string{"向晓兰", "433199", "0028", "1380000", fmt.Sprintf("%x", "向晓兰")} {
		if bytes.Contains(all, []byte(s)) {
			t.Errorf("the lookup holds %q", s)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"向晓兰", "买买提•吐尔逊", "433199199405120028", "199405120028", "+86 138", "\x00", "\xff\xfe", "'", "刘\ue863", strings.Repeat("长", 300)} {
		f.Add(s)
	}
	d := dbtest.SQLite(f)
	f.Fuzz(func(t *testing.T, text string) {
		_ = candidate.Looked(text)
		if ids, _ := found(t, d, "430000", "", text); len(ids) > 0 {
			t.Errorf("an empty store finds %q", ids)
		}
	})
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var want []string
		for i, at2 := range []string{"43010201", "43010201", "43010202", "43010301", "43102801"} {
			p := person(fmt.Sprintf("p%d", i), "测试甲", fmt.Sprintf("4301041990010100%02d", i), "", at2)
			p.Choices[0].Level = fmt.Sprint(1 + i%2)
			if err := save(t, d, p, at(at2[:6])); err != nil {
				t.Fatal(err)
			}
			want = append(want, p.ID)
		}
		must(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := store().Confirm(ctx, tx, "p1", "43010201", now.UnixMilli())
			return err
		})
		ids := func(f candidate.Filter) (out []string) {
			t.Helper()
			f.Campaign = campaign
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				for {
					rows, err := candidate.List(t.Context(), tx, f)
					if err != nil || len(rows) == 0 {
						return err
					}
					for _, r := range rows {
						out = append(out, r.ID)
					}
					if len(rows) < f.Limit || f.Limit == 0 {
						return nil
					}
					f.After = rows[len(rows)-1].Place()
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for name, c := range map[string]struct {
			f    candidate.Filter
			want []string
		}{
			"all": {candidate.Filter{Division: "430000"}, want}, "by two": {candidate.Filter{Division: "430000", Limit: 2}, want}, "by one": {candidate.Filter{Division: "430100", Limit: 1}, want[:4]},
			"county": {candidate.Filter{Division: "430102"}, want[:3]}, "point": {candidate.Filter{Division: "430000", Point: "43010201"}, want[:2]}, "foreign point": {candidate.Filter{Division: "430103", Point: "43010201"}, nil},
			"confirmed": {candidate.Filter{Division: "430000", State: candidate.Confirmed}, want[1:2]}, "level": {candidate.Filter{Division: "430000", Level: "2"}, []string{"p1", "p3"}},
			"a cursor from elsewhere": {candidate.Filter{Division: "430103", After: candidate.Place{Division: "430000"}}, want[3:4]}, "beyond": {candidate.Filter{Division: "430103", After: candidate.Place{Division: "431028", Point: "1", ID: "1"}}, nil},
		} {
			if got := ids(c.f); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	})
}
