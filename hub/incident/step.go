package incident

import (
	"slices"
	"strings"

	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
)

// Act is a kind of move.
type Act string

// The moves. Escalate is the hub's own; all others are a person's.
const (
	Report      Act = "report"
	Acknowledge Act = "acknowledge"
	Note        Act = "note"
	Take        Act = "measure" // a measure taken
	HandUp      Act = "hand-up"
	HandDown    Act = "hand-down"
	Escalate    Act = "escalate"
	Resolve     Act = "resolve"
	Close       Act = "close"
	Reopen      Act = "reopen"
)

// Acts lists every move a person makes on an incident that is there.
func Acts() []Act {
	return []Act{Acknowledge, Note, Take, HandUp, HandDown, Resolve, Close, Reopen}
}

// Move is one move.
type Move struct {
	Act     Act
	By      Actor // the zero Actor is the hub
	At      int64 // ms
	To      string
	Measure Measure
	Ref     string
	Text    string
	Closing campaign.Act // what the campaign's table asks of Close and of Reopen after it
	Once    string       // given by the form, so that the same form sent twice moves once; "" = never the same
}

// Begin makes an incident of a report. The caller gives its number. ErrReport,
// ErrOffice, ErrText, ErrPersonal.
func Begin(i Incident, by Actor, at int64) (Incident, error) {
	i.State, i.From, i.Reporter, i.Reported, i.Changed, i.Version = Waiting, by.Division, by.Account, at, at, 1
	i.Known, i.Words, i.Passed, i.Deadline, i.Holder = nil, nil, 0, 0, ""
	if !i.Kind.valid() || !i.Severity.valid() || i.People < 0 || i.People > maxPeople || i.Started <= 0 || i.Started > at ||
		!plain(i.ID) || i.Point != "" && !strings.HasPrefix(i.Point, i.Division) {
		return Incident{}, ErrReport
	}
	if !by.Covers(i) {
		return Incident{}, ErrOffice
	}
	if err := CheckText(i.What, true); err != nil {
		return Incident{}, err
	}
	for _, s := range []string{i.Done, i.Need} {
		if err := CheckText(s, false); err != nil {
			return Incident{}, err
		}
	}
	upward(&i, by, at)
	return i, nil
}

// upward gives it to the office above whoever speaks: to her own if she does
// not speak for it, to nobody else if there is none above.
func upward(i *Incident, by Actor, at int64) {
	switch above := org.Above(by.Division); {
	case !by.Officer:
		wait(i, by.Division, at)
	case above == "":
		i.State, i.Holder, i.Deadline = Handling, by.Division, 0
		know(i, by.Division)
	default:
		know(i, by.Division)
		wait(i, above, at)
	}
}

func wait(i *Incident, holder string, at int64) {
	i.State, i.Holder, i.Deadline, i.Passed, i.Words = Waiting, holder, at+i.Severity.Patience().Milliseconds(), 0, nil
}

func know(i *Incident, division string) {
	if !i.knows(division) {
		i.Known = append(slices.Clone(i.Known), division)
	}
}

// Next gives the incident after a move. ErrOffice, ErrState, ErrText,
// ErrPersonal, ErrTwice.
func Next(i Incident, m Move) (Incident, error) {
	if m.Act == Escalate {
		return escalate(i, m)
	}
	if !m.By.Covers(i) {
		return i, ErrOffice
	}
	if m.Act != Note && !m.By.Officer {
		return i, ErrOffice
	}
	if err := CheckText(m.Text, needsText(m)); err != nil {
		return i, err
	}
	out, err := step(i, m)
	if err != nil {
		return i, err
	}
	out.Changed, out.Version = m.At, i.Version+1
	return out, nil
}

func needsText(m Move) bool {
	switch m.Act {
	case Acknowledge, Take:
		return m.Act == Take && m.Measure == MeasureOther
	case Close:
		return m.Closing.Reason
	}
	return true
}

func step(i Incident, m Move) (Incident, error) {
	switch m.Act {
	case Acknowledge:
		return acknowledge(i, m)
	case Note:
		return i, unless(i.State == Closed)
	case Take:
		if !m.Measure.valid() {
			return i, ErrReport
		}
		return i, unless(i.State == Closed)
	case HandUp, HandDown:
		return hand(i, m)
	case Resolve:
		return resolve(i, m)
	case Close:
		return closes(i, m)
	case Reopen:
		return reopen(i, m)
	}
	return i, ErrState
}

func unless(wrong bool) error {
	if wrong {
		return ErrState
	}
	return nil
}

// acknowledge: the first to say so, of those it waits for or above them, has it
// in hand; the others on its way say that they know of it.
func acknowledge(i Incident, m Move) (Incident, error) {
	if i.State == Closed {
		return i, ErrState
	}
	if i.State == Waiting {
		if !org.Covers(m.By.Division, i.Holder) {
			return i, ErrOffice
		}
		i.State, i.Holder, i.Deadline = Handling, m.By.Division, 0
		know(&i, m.By.Division)
		return i, nil
	}
	if i.knows(m.By.Division) {
		return i, ErrTwice
	}
	know(&i, m.By.Division)
	return i, nil
}

// hand gives it on, upward by one or down to whoever is nearer to it. Who has
// it may do so, and whoever is above.
func hand(i Incident, m Move) (Incident, error) {
	if i.State != Waiting && i.State != Handling {
		return i, ErrState
	}
	if !org.Covers(m.By.Division, i.Holder) {
		return i, ErrOffice
	}
	to := m.To
	if m.Act == HandUp {
		if to = org.Above(m.By.Division); to == "" {
			return i, ErrOffice
		}
	} else if to == m.By.Division || !org.Covers(m.By.Division, to) || !org.Covers(to, i.Division) {
		return i, ErrOffice
	}
	if to == i.Holder {
		return i, ErrState // it is there already
	}
	know(&i, m.By.Division)
	wait(&i, to, m.At)
	return i, nil
}

// resolve: it is over, says the reporter's office or one above it. What is left
// is the province's word.
func resolve(i Incident, m Move) (Incident, error) {
	if i.State != Waiting && i.State != Handling {
		return i, ErrState
	}
	if !org.Covers(m.By.Division, i.From) {
		return i, ErrOffice
	}
	know(&i, m.By.Division)
	i.State, i.Holder, i.Deadline, i.Passed, i.Words = Resolved, top(i.Division), 0, 0, nil
	return i, nil
}

// closes takes one person's word that it is done with; with the last that the
// campaign's table asks for it is.
func closes(i Incident, m Move) (Incident, error) {
	if i.State != Resolved {
		return i, ErrState
	}
	if org.TierOf(m.By.Division) != m.Closing.Tier {
		return i, ErrOffice
	}
	if slices.Contains(i.Words, m.By.Account) {
		return i, ErrTwice
	}
	know(&i, m.By.Division)
	i.Words = append(slices.Clone(i.Words), m.By.Account)
	if len(i.Words) >= m.Closing.Persons {
		i.State, i.Words = Closed, nil
	}
	return i, nil
}

// reopen: what was called over goes on. While it is not closed the reporter's
// office may say so, and it goes up again; after that only who closes.
func reopen(i Incident, m Move) (Incident, error) {
	switch i.State {
	case Resolved:
		if !org.Covers(m.By.Division, i.From) {
			return i, ErrOffice
		}
	case Closed:
		if org.TierOf(m.By.Division) != m.Closing.Tier {
			return i, ErrOffice
		}
	default:
		return i, ErrState
	}
	i.Words, i.Passed, i.Known = nil, 0, nil
	if m.By.Division == i.From {
		upward(&i, m.By, m.At)
		return i, nil
	}
	i.State, i.Holder, i.Deadline = Handling, m.By.Division, 0
	know(&i, m.By.Division)
	return i, nil
}

// escalate: nobody said that she has it, so it goes to the office above. Above
// the province is nobody: it stays there, and is late.
func escalate(i Incident, m Move) (Incident, error) {
	if m.By != (Actor{}) {
		return i, ErrOffice
	}
	if i.State != Waiting || i.Deadline == 0 || m.At < i.Deadline {
		return i, ErrState
	}
	passed := i.Passed + 1
	if above := org.Above(i.Holder); above != "" {
		wait(&i, above, m.At)
	} else {
		i.Deadline = 0
	}
	i.Passed, i.Changed, i.Version = passed, m.At, i.Version+1
	return i, nil
}

// top is the province of a division.
func top(division string) string {
	for above := org.Above(division); above != ""; above = org.Above(division) {
		division = above
	}
	return division
}

func plain(id string) bool { return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == "" }
