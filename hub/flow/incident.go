package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// ActCloseIncident is the act of the campaign's table that ends an incident.
const ActCloseIncident = "close-incident"

// ReportIncident takes a report and gives it to the office above. The same
// report sent twice is one. Errors: those of incident.Begin and incident.Add,
// org.ErrNotFound when its point does not exist.
func (f *Flow) ReportIncident(ctx context.Context, tx *db.Tx, i incident.Incident, who incident.Actor, by By) (incident.Incident, error) {
	if i.Point != "" {
		p, err := org.GetPoint(ctx, tx, i.Point)
		if err != nil {
			return incident.Incident{}, fmt.Errorf("flow: report: %w", err)
		}
		i.Division = p.Division
	}
	i, err := incident.Begin(i, who, f.Now().UnixMilli())
	if err != nil {
		return incident.Incident{}, err
	}
	i, added, err := incident.Add(ctx, tx, i)
	if err != nil || !added {
		return i, err
	}
	return i, f.writeIncident(ctx, tx, journal.IncidentReported, i, "", map[string]string{"kind": string(i.Kind), "severity": string(i.Severity), "to": i.Holder}, by)
}

// MoveIncident makes one move on an incident, and what the move does elsewhere:
// a box that a measure freezes is frozen in the same transaction. The same form
// sent twice moves once. Errors: those of incident.Next and incident.Put, those
// of Freeze, and ErrDependent.
func (f *Flow) MoveIncident(ctx context.Context, tx *db.Tx, id string, m incident.Move, by By) (incident.Incident, error) {
	was, err := incident.Get(ctx, tx, id)
	if err != nil {
		return was, err
	}
	if made, err := incident.Made(ctx, tx, id, m.Once); err != nil || made {
		return was, err
	}
	m.At = f.Now().UnixMilli()
	if m.Closing, err = f.ClosingIncident(ctx, tx); err != nil {
		return was, err
	}
	if m.Act == incident.Escalate {
		m.By = incident.Actor{}
	}
	now, err := incident.Next(was, m)
	if err != nil {
		return was, err
	}
	if m.Act == incident.Take && m.Measure == incident.MeasureFreeze {
		if err := f.freezeFor(ctx, tx, was, m, by); err != nil {
			return was, err
		}
	}
	if m.Act == incident.Close {
		if err := f.besideClosers(ctx, tx, was, by); err != nil {
			return was, err
		}
	}
	moved, err := incident.Put(ctx, tx, now, m)
	if err != nil || !moved {
		return was, err
	}
	detail := map[string]string{"state": string(now.State)}
	if now.Holder != was.Holder {
		detail["to"] = now.Holder
	}
	if m.Act == incident.Take {
		detail["measure"], detail["ref"] = string(m.Measure), m.Ref
	}
	reason := m.Text
	if m.Act == incident.Note || m.Act == incident.Take {
		reason = "" // what happened stands in its line; the journal says that something was said
	}
	return now, f.writeIncident(ctx, tx, actOf(m.Act), now, reason, detail, by)
}

// besideClosers asks that a word to close is another person's than those that
// stand.
func (f *Flow) besideClosers(ctx context.Context, tx *db.Tx, i incident.Incident, by By) error {
	if len(i.Words) == 0 {
		return nil
	}
	line, err := incident.Line(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	said := map[string]int64{}
	for _, e := range line {
		if e.Act == incident.Close {
			said[e.Account] = e.At // the last counts: an earlier one ended when it was opened again
		}
	}
	words := make([]staff.Word, len(i.Words))
	for n, account := range i.Words {
		words[n] = staff.Word{Account: account, At: said[account]}
	}
	return f.beside(ctx, tx, words, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfIncident, ID: i.ID},
		Point: i.Point, Division: i.Division, Detail: map[string]string{"act": ActCloseIncident}})
}

// freezeFor freezes a box of the place of an incident; one that is frozen
// already only becomes part of its line.
func (f *Flow) freezeFor(ctx context.Context, tx *db.Tx, i incident.Incident, m incident.Move, by By) error {
	b, known := f.Fleet.Box(m.Ref)
	if !known {
		return incident.ErrReport
	}
	p, err := org.GetPoint(ctx, tx, b.Point)
	if err != nil {
		return fmt.Errorf("flow: measure: %w", err)
	}
	if !org.Covers(m.By.Division, p.Division) || !org.Covers(i.Division, p.Division) || i.Point != "" && i.Point != p.Code {
		return incident.ErrOffice
	}
	return f.Freeze(ctx, tx, b.ID, fmt.Sprintf("异常 %d 号　%s", i.Number, m.Text), by)
}

// ClosingIncident is what the newest campaign asks of whoever closes an
// incident. Before there is a campaign it is the province, one person, with a
// reason.
func (f *Flow) ClosingIncident(ctx context.Context, tx *db.Tx) (rules.Act, error) {
	def := rules.Act{Key: ActCloseIncident, Tier: rules.Province, Persons: 1, Reason: true}
	all, err := campaign.List(ctx, tx)
	if err != nil || len(all) == 0 {
		return def, err
	}
	v, err := campaign.Get(ctx, tx, all[0].Campaign, all[0].Version)
	if err != nil {
		return def, err
	}
	c, err := v.Decode()
	if err != nil {
		return def, err
	}
	if a, ok := c.Act(ActCloseIncident); ok {
		return a, nil
	}
	return def, nil
}

// EscalateIncidents gives every incident that nobody has taken in hand in time
// to the office above. It says how many there were.
func (f *Flow) EscalateIncidents(ctx context.Context, d *db.DB) (n int, err error) {
	var due []string
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = incident.Due(ctx, tx, f.Now().UnixMilli())
		return err
	}); err != nil {
		return 0, err
	}
	for _, id := range due {
		err := d.Write(ctx, func(tx *db.Tx) error {
			i, err := f.MoveIncident(ctx, tx, id, incident.Move{Act: incident.Escalate}, Hub())
			if err != nil {
				return err
			}
			return f.textOffice(ctx, tx, i.Holder, notice.TextIncidentUp, strconv.FormatInt(i.Number, 10))
		})
		switch {
		case errors.Is(err, incident.ErrState), errors.Is(err, incident.ErrChanged):
			continue // somebody has taken it meanwhile
		case err != nil:
			return n, fmt.Errorf("flow: escalate %s: %w", id, err)
		}
		n++
	}
	return n, nil
}

func actOf(a incident.Act) journal.Act {
	switch a {
	case incident.Acknowledge:
		return journal.IncidentAcknowledged
	case incident.Note:
		return journal.IncidentNoted
	case incident.Take:
		return journal.IncidentMeasured
	case incident.HandUp, incident.HandDown:
		return journal.IncidentHanded
	case incident.Escalate:
		return journal.IncidentEscalated
	case incident.Resolve:
		return journal.IncidentResolved
	case incident.Close:
		return journal.IncidentClosed
	}
	return journal.IncidentReopened
}

func (f *Flow) writeIncident(ctx context.Context, tx *db.Tx, act journal.Act, i incident.Incident, reason string, detail map[string]string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfIncident, ID: i.ID},
		Point: i.Point, Division: i.Division, Reason: reason, Detail: detail})
}
