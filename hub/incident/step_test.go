package incident_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/incident"
	"zhunkao/protocol/campaign"
)

const (
	minute   = int64(60_000)
	now      = int64(1_567_737_000_000)
	county   = "433130" // 龙山县
	city     = "433100" // 湘西州
	province = "430000"
	point    = "43313001"
)

var (
	id      = strings.Repeat("a1", 16)
	closing = campaign.Act{Key: "close-incident", Tier: campaign.Province, Persons: 1, Reason: true}
	two     = campaign.Act{Key: "close-incident", Tier: campaign.Province, Persons: 2, Reason: true}
)

func officer(division string) incident.Actor {
	return incident.Actor{Account: "o-" + division, Division: division, Officer: true}
}

func clerk() incident.Actor { return incident.Actor{Account: "c", Division: county, Point: point} }

func report() incident.Incident {
	return incident.Incident{ID: id, Kind: incident.Power, Severity: incident.Grave, Division: county, Started: now - minute, People: 351, What: "停电，今天来不了"}
}

func begun(t *testing.T, by incident.Actor) incident.Incident {
	t.Helper()
	i, err := incident.Begin(report(), by, now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// A report goes to the office above who speaks for one, to her own office
// otherwise; the province has what it reports.
func TestBegin(t *testing.T) {
	for _, c := range []struct {
		by     incident.Actor
		point  string
		state  incident.State
		holder string
		known  []string
	}{
		{officer(county), "", incident.Waiting, city, []string{county}},
		{officer(city), "", incident.Waiting, province, []string{city}},
		{officer(province), "", incident.Handling, province, []string{province}},
		{clerk(), point, incident.Waiting, county, nil},
		{incident.Actor{Account: "t", Division: county}, "", incident.Waiting, county, nil}, // a technician
	} {
		r := report()
		r.Point = c.point
		i, err := incident.Begin(r, c.by, now)
		if err != nil || i.State != c.state || i.Holder != c.holder || !slices.Equal(i.Known, c.known) {
			t.Errorf("by %+v: %s at %s, known to %v, %v; want %s at %s, %v", c.by, i.State, i.Holder, i.Known, err, c.state, c.holder, c.known)
		}
		if want := now + 10*minute; c.state == incident.Waiting && i.Deadline != want {
			t.Errorf("by %+v: deadline %d, want %d", c.by, i.Deadline, want)
		}
	}
	for name, c := range map[string]struct {
		change func(*incident.Incident)
		by     incident.Actor
		want   error
	}{
		"no such kind":         {func(i *incident.Incident) { i.Kind = "flood" }, officer(county), incident.ErrReport},
		"no such severity":     {func(i *incident.Incident) { i.Severity = "" }, officer(county), incident.ErrReport},
		"fewer than nobody":    {func(i *incident.Incident) { i.People = -1 }, officer(county), incident.ErrReport},
		"begins tomorrow":      {func(i *incident.Incident) { i.Started = now + minute }, officer(county), incident.ErrReport},
		"since ever":           {func(i *incident.Incident) { i.Started = 0 }, officer(county), incident.ErrReport},
		"an id of no use":      {func(i *incident.Incident) { i.ID = "x" }, officer(county), incident.ErrReport},
		"a point of elsewhere": {func(i *incident.Incident) { i.Point = "43010201" }, officer(province), incident.ErrReport},
		"a place not hers":     {func(i *incident.Incident) { i.Division = "433127" }, officer(county), incident.ErrOffice},
		"above her":            {func(i *incident.Incident) { i.Division = city }, officer(county), incident.ErrOffice},
		"another point":        {func(i *incident.Incident) { i.Point = "43313002" }, clerk(), incident.ErrOffice},
		"the whole county":     {func(*incident.Incident) {}, clerk(), incident.ErrOffice},
		"nothing said":         {func(i *incident.Incident) { i.What = " " }, officer(county), incident.ErrText},
		"too much said":        {func(i *incident.Incident) { i.What = strings.Repeat("电", 2001) }, officer(county), incident.ErrText},
		"somebody's number":    {func(i *incident.Incident) { i.Done = "找了 430102199002301234" }, officer(county), nil}, // no such day
		"an ID number":         {func(i *incident.Incident) { i.Done = "找了 430102199002201234" }, officer(county), incident.ErrPersonal},
		"a mobile":             {func(i *incident.Incident) { i.Need = "打 138 0013 8000" }, officer(county), incident.ErrPersonal},
	} {
		r := report()
		c.change(&r)
		if _, err := incident.Begin(r, c.by, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// move is one line of a walk and what must come of it.
type move struct {
	m      incident.Move
	err    error
	state  incident.State
	holder string
}

func at(act incident.Act, by incident.Actor, text string) incident.Move {
	return incident.Move{Act: act, By: by, At: now + minute, Text: text, Closing: closing}
}

func down(by incident.Actor, to string) incident.Move {
	m := at(incident.HandDown, by, "请就近处理")
	m.To = to
	return m
}

func take(by incident.Actor, what incident.Measure, text string) incident.Move {
	m := at(incident.Take, by, text)
	m.Measure = what
	return m
}

func later(m incident.Move, minutes int64) incident.Move { m.At = now + minutes*minute; return m }

func twoPersons(m incident.Move, account string) incident.Move {
	m.By.Account, m.Closing = account, two
	return m
}

// TestNext walks incidents from their report, move by move.
func TestNext(t *testing.T) {
	hub := func(minutes int64) incident.Move {
		return incident.Move{Act: incident.Escalate, At: now + minutes*minute}
	}
	for name, walk := range map[string][]move{
		"the usual way": {
			{at(incident.Acknowledge, officer(city), ""), nil, incident.Handling, city},
			{take(officer(city), incident.MeasurePaper, ""), nil, incident.Handling, city},
			{at(incident.Note, clerk(), "供电说 15:00 来电"), incident.ErrOffice, incident.Handling, city}, // not of her point
			{at(incident.Note, officer(county), "供电说 15:00 来电"), nil, incident.Handling, city},
			{at(incident.Resolve, officer(county), "来电了，草表录完"), nil, incident.Resolved, province},
			{at(incident.Close, officer(province), "核对过"), nil, incident.Closed, province},
		},
		"nobody hears": {
			{hub(9), incident.ErrState, incident.Waiting, city},
			{hub(10), nil, incident.Waiting, province},
			{hub(19), incident.ErrState, incident.Waiting, province},
			{hub(20), nil, incident.Waiting, province}, // late, and stays where it is
			{hub(60), incident.ErrState, incident.Waiting, province},
			{later(at(incident.Acknowledge, officer(province), ""), 61), nil, incident.Handling, province},
		},
		"who is not asked cannot take it": {
			{at(incident.Acknowledge, officer(county), ""), incident.ErrOffice, incident.Waiting, city},
			{at(incident.Acknowledge, officer("430100"), ""), incident.ErrOffice, incident.Waiting, city},
			{at(incident.Acknowledge, clerk(), ""), incident.ErrOffice, incident.Waiting, city},
		},
		"the province takes it, the city knows": {
			{at(incident.Acknowledge, officer(province), ""), nil, incident.Handling, province},
			{at(incident.Acknowledge, officer(city), ""), nil, incident.Handling, province},
			{at(incident.Acknowledge, officer(city), ""), incident.ErrTwice, incident.Handling, province},
		},
		"handed up and down": {
			{at(incident.Acknowledge, officer(city), ""), nil, incident.Handling, city},
			{at(incident.HandUp, officer(city), ""), incident.ErrText, incident.Handling, city},
			{at(incident.HandUp, officer(county), "请省里定"), incident.ErrOffice, incident.Handling, city}, // it has it no more
			{at(incident.HandUp, officer(city), "请省里定延长"), nil, incident.Waiting, province},
			{down(officer(city), county), incident.ErrOffice, incident.Waiting, province},
			{at(incident.HandUp, officer(province), "再往上"), incident.ErrOffice, incident.Waiting, province},
			{down(officer(province), "433127"), incident.ErrOffice, incident.Waiting, province}, // not on its way
			{down(officer(province), province), incident.ErrOffice, incident.Waiting, province},
			{down(officer(province), county), nil, incident.Waiting, county},
			{down(officer(province), county), incident.ErrState, incident.Waiting, county}, // it is there
			{at(incident.Acknowledge, officer(county), ""), nil, incident.Handling, county},
		},
		"not over yet": {
			{at(incident.Close, officer(province), "办结"), incident.ErrState, incident.Waiting, city},
			{at(incident.Reopen, officer(province), "再开"), incident.ErrState, incident.Waiting, city},
			{at(incident.Resolve, officer("430100"), "好了"), incident.ErrOffice, incident.Waiting, city},
			{at(incident.Resolve, officer(county), ""), incident.ErrText, incident.Waiting, city},
			{at(incident.Resolve, officer(city), "好了"), nil, incident.Resolved, province},
			{at(incident.Resolve, officer(city), "好了"), incident.ErrState, incident.Resolved, province},
			{at(incident.Close, officer(city), "办结"), incident.ErrOffice, incident.Resolved, province},
			{at(incident.Close, officer(province), " "), incident.ErrText, incident.Resolved, province},
			{at(incident.Reopen, officer(county), "又停了"), nil, incident.Waiting, city}, // it goes up again
		},
		"closed for good": {
			{at(incident.Resolve, officer(county), "好了"), nil, incident.Resolved, province},
			{at(incident.Close, officer(province), "核对过"), nil, incident.Closed, province},
			{at(incident.Note, officer(county), "还有"), incident.ErrState, incident.Closed, province},
			{take(officer(county), incident.MeasurePaper, ""), incident.ErrState, incident.Closed, province},
			{at(incident.Acknowledge, officer(city), ""), incident.ErrState, incident.Closed, province},
			{at(incident.Reopen, officer(county), "又停了"), incident.ErrOffice, incident.Closed, province},
			{at(incident.Reopen, officer(province), ""), incident.ErrText, incident.Closed, province},
			{at(incident.Reopen, officer(province), "还差 12 人"), nil, incident.Handling, province},
		},
		"two persons, if the table says so": {
			{at(incident.Resolve, officer(county), "好了"), nil, incident.Resolved, province},
			{twoPersons(at(incident.Close, officer(province), "核对过"), "a"), nil, incident.Resolved, province},
			{twoPersons(at(incident.Close, officer(province), "核对过"), "a"), incident.ErrTwice, incident.Resolved, province},
			{twoPersons(at(incident.Close, officer(province), "核对过"), "b"), nil, incident.Closed, province},
		},
		"a word does not outlive the reopening": {
			{at(incident.Resolve, officer(county), "好了"), nil, incident.Resolved, province},
			{twoPersons(at(incident.Close, officer(province), "核对过"), "a"), nil, incident.Resolved, province},
			{at(incident.Reopen, officer(city), "没有好"), nil, incident.Handling, city},
			{at(incident.Resolve, officer(county), "好了"), nil, incident.Resolved, province},
			{twoPersons(at(incident.Close, officer(province), "核对过"), "b"), nil, incident.Resolved, province},
		},
		"no numbers of people": {
			{at(incident.Note, officer(city), "考生身份证 430102 19900220 1234"), incident.ErrPersonal, incident.Waiting, city},
			{take(officer(city), incident.MeasureOther, ""), incident.ErrText, incident.Waiting, city},
			{take(officer(city), "prayer", "x"), incident.ErrReport, incident.Waiting, city},
			{at("forget", officer(city), "x"), incident.ErrState, incident.Waiting, city},
			{incident.Move{Act: incident.Escalate, By: officer(city), At: now + 99*minute}, incident.ErrOffice, incident.Waiting, city},
		},
	} {
		i := begun(t, officer(county))
		for n, step := range walk {
			before := i.Version
			next, err := incident.Next(i, step.m)
			if !errors.Is(err, step.err) || (err == nil) != (step.err == nil) {
				t.Errorf("%s, move %d (%s): %v, want %v", name, n+1, step.m.Act, err, step.err)
			}
			i = next
			if i.State != step.state || i.Holder != step.holder {
				t.Errorf("%s, move %d (%s): %s at %s, want %s at %s", name, n+1, step.m.Act, i.State, i.Holder, step.state, step.holder)
			}
			if moved := i.Version == before+1; moved != (step.err == nil) || !moved && i.Version != before {
				t.Errorf("%s, move %d (%s): version went from %d to %d", name, n+1, step.m.Act, before, i.Version)
			}
		}
	}
}

// TestLate: what nobody took in time is late until somebody does.
func TestLate(t *testing.T) {
	i := begun(t, officer(county))
	if i.Late(now+9*minute) || !i.Late(now+10*minute) {
		t.Error("late is not from the deadline on")
	}
	i, err := incident.Next(i, incident.Move{Act: incident.Escalate, At: now + 10*minute})
	if err != nil || !i.Late(now+11*minute) || i.Passed != 1 {
		t.Errorf("after it went up: late %v, passed %d, %v", i.Late(now+11*minute), i.Passed, err)
	}
	i, err = incident.Next(i, later(at(incident.Acknowledge, officer(province), ""), 12))
	if err != nil || i.Late(now+99*minute) {
		t.Errorf("taken and still late: %v", err)
	}
}

// TestPatience: the graver, the sooner it goes up; every kind knows a measure.
func TestPatience(t *testing.T) {
	last := int64(0)
	for _, s := range incident.Severities() {
		if p := s.Patience().Milliseconds(); p <= last {
			t.Errorf("%s has patience of %d ms after %d", s, p, last)
		} else {
			last = p
		}
	}
	for _, k := range incident.Kinds() {
		if len(k.Measures()) == 0 {
			t.Errorf("%s has no measure", k)
		}
	}
}
