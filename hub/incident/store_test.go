package incident_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sync"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/incident"
)

func write(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// TestStore: a report and its moves come back as they went in, in both
// databases, and a form that is sent twice is one step.
func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		i := begun(t, officer(county))
		write(t, d, func(tx *db.Tx) error {
			got, added, err := incident.Add(ctx, tx, i)
			if err != nil || !added || got.Number != 1 {
				t.Errorf("Add = %d, %v, %v", got.Number, added, err)
			}
			i = got
			again, added, err := incident.Add(ctx, tx, i)
			if err != nil || added || again.Number != 1 {
				t.Errorf("the same report again: %d, %v, %v", again.Number, added, err)
			}
			other := i
			other.Reporter = "somebody else"
			if _, _, err := incident.Add(ctx, tx, other); !errors.Is(err, incident.ErrTaken) {
				t.Errorf("another's report with this id: %v", err)
			}
			return nil
		})
		m := at(incident.Acknowledge, officer(city), "")
		m.Once = "form-1"
		next, err := incident.Next(i, m)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, func(tx *db.Tx) error {
			if moved, err := incident.Put(ctx, tx, next, m); err != nil || !moved {
				t.Errorf("Put = %v, %v", moved, err)
			}
			if moved, err := incident.Put(ctx, tx, next, m); err != nil || moved {
				t.Errorf("the same form again: %v, %v", moved, err)
			}
			m.Once = "form-2"
			if _, err := incident.Put(ctx, tx, next, m); !errors.Is(err, incident.ErrChanged) {
				t.Errorf("a move on what was: %v", err)
			}
			return nil
		})
		write(t, d, func(tx *db.Tx) error {
			got, err := incident.Get(ctx, tx, i.ID)
			if err != nil || !reflect.DeepEqual(got, next) {
				t.Errorf("Get = %+v, %v; want %+v", got, err, next)
			}
			if _, err := incident.Get(ctx, tx, "no"); !errors.Is(err, incident.ErrNotFound) {
				t.Errorf("Get of nothing: %v", err)
			}
			line, err := incident.Line(ctx, tx, i.ID)
			if err != nil || len(line) != 2 || line[0].Act != incident.Report || line[0].To != city || line[1].Act != incident.Acknowledge || line[1].Account != "o-"+city || line[1].To != city {
				t.Errorf("Line = %+v, %v", line, err)
			}
			return nil
		})
	})
}

// TestLists: by remit, gravest and oldest first, and what waits for an office.
func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		write(t, d, func(tx *db.Tx) error {
			for n, c := range []struct {
				division string
				severity incident.Severity
				at       int64
			}{{county, incident.Minor, now}, {"433127", incident.Grave, now + minute}, {county, incident.Grave, now}, {"430102", incident.Serious, now}, {"430124", incident.Serious, now + minute}} {
				r := report()
				r.ID, r.Division, r.Severity = fmt.Sprintf("%032x", n+1), c.division, c.severity
				i, err := incident.Begin(r, officer(c.division), c.at)
				if err != nil {
					return err
				}
				if _, _, err := incident.Add(ctx, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		write(t, d, func(tx *db.Tx) error {
			for division, want := range map[string][]int64{province: {3, 2, 4, 5, 1}, city: {3, 2, 1}, county: {3, 1}, "430182": {5}, "430103": nil} {
				open, err := incident.Open(ctx, tx, division)
				var got []int64
				for _, i := range open {
					got = append(got, i.Number)
				}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("Open(%s) = %v, %v; want %v", division, got, err, want)
				}
				if n, err := incident.Count(ctx, tx, incident.Filter{Division: division, Open: true}); err != nil || n != len(want) {
					t.Errorf("Count(%s) = %d, %v", division, n, err)
				}
			}
			for division, want := range map[string]int{province: 0, city: 3, "430100": 2, county: 0} {
				if n, err := incident.Mine(ctx, tx, division); err != nil || n != want {
					t.Errorf("Mine(%s) = %d, %v; want %d", division, n, err, want)
				}
			}
			if due, err := incident.Due(ctx, tx, now+10*minute); err != nil || len(due) != 1 || due[0] != fmt.Sprintf("%032x", 3) {
				t.Errorf("Due = %v, %v", due, err)
			}
			second, err := incident.List(ctx, tx, incident.Filter{Division: province, Kind: incident.Power, State: incident.Waiting, Limit: 2, Skip: 2})
			if err != nil || len(second) != 2 || second[0].Number != 4 {
				t.Errorf("second page: %d rows, %v", len(second), err)
			}
			return nil
		})
	})
}

// TestNumbersAreGivenOnce: offices that report at one moment.
func TestNumbersAreGivenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, seen := t.Context(), sync.Map{}
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				r := report()
				r.ID = fmt.Sprintf("%032x", n+1)
				i, err := incident.Begin(r, officer(county), now)
				var stored incident.Incident
				if err == nil {
					err = d.Write(ctx, func(tx *db.Tx) (err error) { // may be run again
						stored, _, err = incident.Add(ctx, tx, i)
						return err
					})
				}
				if err != nil {
					t.Errorf("report %d: %v", n, err)
				} else if other, twice := seen.LoadOrStore(stored.Number, n); twice {
					t.Errorf("reports %v and %d are both number %d", other, n, stored.Number)
				}
			})
		}
		wg.Wait()
	})
}

// TestNothingIsTakenAway: no statement of this package removes a row, and only
// the incident's own row is ever written again.
func TestNothingIsTakenAway(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	removes := regexp.MustCompile(`(?i)\bDELETE\s+FROM\b|\bUPDATE\s+incident_entry\b|\bTRUNCATE\b`)
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "store_test.go" && removes.Match(b) {
			t.Errorf("%s takes something away", name)
		}
	}
}
