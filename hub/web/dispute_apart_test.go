package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol/form"
)

// typed is the record of somebody, of, whom a clerk entered
// with the number of another, n, and at her point: the application stands apart.
func (w *world) typed(of, n int) (record, application string) {
	w.t.Helper()
	p := w.people[of]
	p.Application = p.Application.Clone()
	p.Application.ID, p.Application.Version, p.Application.Point = candidate.NewID(), 1, w.people[n].Application.Point
	p.Application.Fields[form.DocumentNumber] = w.people[n].Application.Get(form.DocumentNumber)
	p.Chip = form.Chip{Type: form.ChipPapers, Name: p.Application.Name(), Number: w.people[n].Application.Number()}
	w.people = append(w.people, p)
	return w.confirmWith(len(w.people)-1, visit{}, func(s *flow.Step) {
		s.State, s.StateReason, s.Create, s.Apart = confirmation.Disputed, confirmation.NoteOtherPerson, true, true
	}), p.Application.ID
}

func (w *world) standsAs(application string) (row candidate.Row) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), func(tx *db.Tx) (err error) {
		row, err = w.flow.Candidates.Row(w.t.Context(), tx, application)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return row
}

// TestDecideAboutTwoPeople: the county sees who signed beside who is registered under
// the number, and says whether they are one.
func TestDecideAboutTwoPeople(t *testing.T) {
	w := newWorld(t)
	mine := w.confirm(0)
	record, other := w.typed(1, 0)
	path := "/gl/disputes/" + record
	_, page := w.as("co").get(path)
	for _, want := range []string{"号码登记的人", "是一个人还是两个人", "是两个人：号码录错了", "录入的号码", string(w.people[0].Application.Name()), string(w.people[1].Application.Name()), "/gl/confirmations/" + mine} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(page, string(w.people[0].Application.Number())) {
		t.Error("the whole number stands on the page")
	}
	post := func(path, keep, page string) int {
		res, _ := w.as("co").post(path+"/decide", url.Values{"keep": {keep}, "seen": {seenOf.FindStringSubmatch(page)[1]}, "reason": {"看了证件原件"}}, path)
		return res.StatusCode
	}
	if got := post(path, "none", page); got != http.StatusSeeOther {
		t.Fatalf("two persons: %d", got)
	}
	if a, b := w.recordOf(mine), w.recordOf(record); a.State != confirmation.InForce || b.State != confirmation.Overruled || w.standsAs(other).State != candidate.Withdrawn {
		t.Errorf("two persons: hers %s, the other %s, %s", a.State, b.State, w.standsAs(other).State)
	}

	record, other = w.typed(1, 0)
	path = "/gl/disputes/" + record
	_, page = w.as("co").get(path)
	if got := post(path, record, page); got != http.StatusSeeOther {
		t.Fatalf("one person: %d", got)
	}
	if a, b := w.recordOf(mine), w.recordOf(record); a.State != confirmation.Disputed || b.State != confirmation.Disputed || b.Application != a.Application || w.standsAs(other).State != candidate.Withdrawn {
		t.Errorf("one person: hers %s, the other %s", a.State, b.State)
	}
	if _, page = w.as("co").get(path); !strings.Contains(page, `value="`+mine+`"`) || !strings.Contains(page, `value="`+record+`"`) {
		t.Error("one person: the page does not offer both")
	}
}
