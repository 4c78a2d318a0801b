package flow_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// TestHeirAnswersForFormerCounty: what was entered in 宁乡县 is found, counted,
// listed and read in the journal by 宁乡市, and by no other county.
func TestHeirAnswersForFormerCounty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		const former, point = "430124", "43012401"
		people := synthetic.Candidates(campaign.Adult2019(), 9, 3, synthetic.Point{Code: point, Division: former})
		b.must(func(tx *db.Tx) error {
			if err := b.f.CreatePoint(ctx, tx, org.Point{Code: point, Name: "宁乡县确认点", Division: former, Open: true}, flow.Operator()); err != nil {
				return err
			}
			for _, p := range people {
				if err := b.f.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Operator()); err != nil {
					return err
				}
			}
			return nil
		})
		id := people[0].Application.Campaign
		for division, want := range map[string]int{"430182": 3, former: 3, "430100": 3, "430181": 0, "430112": 0, "430200": 0} {
			b.must(func(tx *db.Tx) error {
				n, err := candidate.Count(ctx, tx, id, division, "")
				if err != nil || int(n) != want {
					t.Errorf("%s counts %d, %v; want %d", division, n, err, want)
				}
				var walked int
				if err := b.f.Candidates.Walk(ctx, tx, id, division, "", func(candidate.Found) error { walked++; return nil }); err != nil || walked != want {
					t.Errorf("%s walks over %d, %v", division, walked, err)
				}
				var listed int
				var after candidate.Place
				for range 5 { // page by page
					rows, err := candidate.List(ctx, tx, candidate.Filter{Campaign: id, Division: division, After: after, Limit: 2})
					if err != nil {
						return err
					}
					if len(rows) == 0 {
						break
					}
					listed += len(rows)
					last := rows[len(rows)-1]
					after = candidate.Place{Division: last.Division, Point: last.Point, ID: last.ID}
				}
				if listed != want {
					t.Errorf("%s lists %d, want %d", division, listed, want)
				}
				found, _, err := b.f.Candidates.Search(ctx, tx, id, division, "", string(people[1].Application.Name()), 10)
				if err != nil || len(found) > 0 != (want > 0) {
					t.Errorf("%s finds %d, %v", division, len(found), err)
				}
				return nil
			})
		}
	})
}

// TestIncidentSteps: a move and what it does elsewhere stand or fall together,
// and every step is in the journal.
func TestIncidentSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		by := flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}}
		officer := func(division string) incident.Actor {
			return incident.Actor{Account: "s1", Division: division, Officer: true}
		}
		id := strings.Repeat("ab", 16)
		report := incident.Incident{ID: id, Kind: incident.Attack, Severity: incident.Grave, Point: here, Started: opened.UnixMilli(), What: "终端被人动过"}
		b.must(func(tx *db.Tx) error {
			i, err := b.f.ReportIncident(ctx, tx, report, officer(county), by)
			if err != nil || i.Division != county || i.Number != 1 || i.Holder != "430100" {
				t.Errorf("report: %+v, %v", i, err)
			}
			if again, err := b.f.ReportIncident(ctx, tx, report, officer(county), by); err != nil || again.Number != 1 {
				t.Errorf("the same again: %+v, %v", again, err)
			}
			lost := report
			lost.ID, lost.Point = strings.Repeat("cd", 16), "43010299"
			if _, err := b.f.ReportIncident(ctx, tx, lost, officer(county), by); !errors.Is(err, org.ErrNotFound) {
				t.Errorf("a point that is not: %v", err)
			}
			return nil
		})
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := b.f.MoveIncident(ctx, tx, id, incident.Move{Act: incident.Take, By: officer(county), Measure: incident.MeasureFreeze, Ref: "bnone", Text: "冻结"}, by)
			return err
		})
		if !errors.Is(err, incident.ErrReport) {
			t.Errorf("a box that is not: %v", err)
		}
		moved := func(m incident.Move) (i incident.Incident) {
			t.Helper()
			b.must(func(tx *db.Tx) (err error) {
				i, err = b.f.MoveIncident(ctx, tx, id, m, by)
				return err
			})
			return i
		}
		once := incident.Move{Act: incident.Note, By: officer(county), Text: "门锁是好的", Once: strings.Repeat("0", 32)}
		if i := moved(once); i.Version != 2 {
			t.Errorf("version %d", i.Version)
		}
		if i := moved(once); i.Version != 2 {
			t.Errorf("the same form again: version %d", i.Version)
		}
		late := *b.f
		late.Now = func() time.Time { return opened.Add(time.Hour) }
		for want := 1; want >= 0; want-- { // it goes up once, and then waits for the province
			if n, err := late.EscalateIncidents(ctx, d); err != nil || n != want {
				t.Errorf("%d went up, %v; want %d", n, err, want)
			}
		}
		moved(incident.Move{Act: incident.Resolve, By: officer(county), Text: "查清了"})
		if i := moved(incident.Move{Act: incident.Close, By: officer("430000"), Text: "核对过"}); i.State != incident.Closed {
			t.Errorf("after the close: %s", i.State)
		}
		got := b.acts()
		for act, want := range map[journal.Act]int{journal.IncidentReported: 1, journal.IncidentNoted: 1, journal.IncidentMeasured: 0, journal.IncidentEscalated: 1, journal.IncidentResolved: 1, journal.IncidentClosed: 1, journal.BoxFrozen: 0} {
			if got[act] != want {
				t.Errorf("%s stands %d times, want %d", act, got[act], want)
			}
		}
	})
}

// TestImportOfficesIsOneStep: all or none of a list, and one entry for each
// office that changed beside that of the list.
func TestImportOfficesIsOneStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		rows := map[string]org.Officers{"430102": {Head: "周明", HeadPhone: "0731-88880002"}, "430103": {}}
		for _, want := range []int{1, 0} {
			b.must(func(tx *db.Tx) error {
				n, err := b.f.ImportOffices(ctx, tx, rows, "430100", flow.Operator())
				if err != nil || n != want {
					t.Errorf("%d changed, %v; want %d", n, err, want)
				}
				return nil
			})
		}
		rows["430102"] = org.Officers{Head: "又一位"}
		rows["430999"] = org.Officers{Head: "没有这里"}
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := b.f.ImportOffices(ctx, tx, rows, "430100", flow.Operator())
			return err
		})
		if !errors.Is(err, org.ErrNotFound) {
			t.Errorf("an office that is not: %v", err)
		}
		b.must(func(tx *db.Tx) error {
			if o, err := org.GetOffice(ctx, tx, "430102"); err != nil || o.Head != "周明" {
				t.Errorf("%+v, %v", o, err)
			}
			return nil
		})
		if got := b.acts(); got[journal.OfficeChanged] != 1 || got[journal.OfficesImported] != 2 {
			t.Errorf("the journal has %v", got)
		}
	})
}

// TestNewCountyHasAnOffice: a county that comes into being while the hub runs has
// its office from midnight on, once, and the one it came of stays.
func TestNewCountyHasAnOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		at := time.Date(2021, 1, 19, 15, 59, 59, 0, time.UTC) // the last second of the 19th at UTC+8
		b.f.Now = func() time.Time { return at }
		step := func(want int, lacked bool) {
			t.Helper()
			b.must(func(tx *db.Tx) error {
				lacking, err := org.Officeless(ctx, tx, at)
				if err != nil {
					return err
				}
				n, err := b.f.OpenOffices(ctx, tx)
				if n != want || lacking != lacked {
					t.Errorf("%v: %d opened, lacking %v", at, n, lacking)
				}
				return err
			})
		}
		step(0, false)
		at = at.Add(time.Second)
		step(1, true)
		step(0, false)
		b.must(func(tx *db.Tx) error {
			for _, id := range []string{"431181", "431121"} {
				if o, err := org.GetOffice(ctx, tx, id); err != nil || o.Division != id || o.Tier != campaign.County {
					t.Errorf("%s: %+v, %v", id, o, err)
				}
			}
			return nil
		})
		if n := b.acts()[journal.OfficeOpened]; n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}
