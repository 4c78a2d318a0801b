package ending

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// verdict says of an application a what Judge says of its facts, in the same order: a
// Why, or "hold:" with a Hold, or "" for nothing. TestDrawIsJudge holds them together.
const verdict = `CASE
	WHEN a.state = 'withdrawn' THEN ''
	WHEN a.state = 'confirmed' AND ` + settledOrder + ` THEN ''
	WHEN ` + suspense + ` OR a.state <> 'confirmed' AND ` + settledOrder + ` THEN 'hold:suspense'
	WHEN EXISTS (SELECT 1 FROM confirmation c WHERE c.application = a.id AND c.state IN ('disputed', 'time-pending')) THEN 'hold:doubt'
	WHEN EXISTS (SELECT 1 FROM payment_order o WHERE o.application = a.id AND o.state = 'open') THEN 'hold:time'
	WHEN a.state <> 'confirmed' THEN 'unconfirmed'
	WHEN EXISTS (SELECT 1 FROM confirmation c WHERE c.application = a.id AND c.state = 'in-force' AND c.proof IN ('provisional', 'returned')) THEN 'hold:papers'
	WHEN NOT EXISTS (SELECT 1 FROM payment_order o WHERE o.application = a.id AND o.state = 'closed') THEN 'hold:order'
	ELSE 'unpaid' END`

const settledOrder = `EXISTS (SELECT 1 FROM payment_order o WHERE o.application = a.id AND o.state IN ('paid', 'waived'))`

// suspense: what her movements left in suspense or on its way back is not nothing. A
// movement is hers by the order that was found for it last, else by the one that it
// names; what was given back is nobody's any more, whichever order its refund names.
const suspense = `(SELECT SUM(CASE 'suspense' WHEN e.debit THEN e.debit_fen WHEN e.credit THEN e.credit_fen ELSE 0 END) <> 0
		OR SUM(CASE 'returning' WHEN e.debit THEN e.debit_fen WHEN e.credit THEN e.credit_fen ELSE 0 END) <> 0
	FROM (SELECT m.id FROM payment_order o JOIN payment_movement m ON m.order_number = o.number
		WHERE o.application = a.id AND NOT EXISTS (SELECT 1 FROM payment_owner w WHERE w.movement = m.id)
		UNION ALL SELECT w.movement FROM payment_order o JOIN payment_owner w ON w.order_number = o.number
		WHERE o.application = a.id AND NOT EXISTS (SELECT 1 FROM payment_owner later WHERE later.movement = w.movement AND later.position > w.position)) hers
	JOIN payment_entry e ON e.movement = hers.id
	WHERE NOT EXISTS (SELECT 1 FROM payment_entry made WHERE made.movement = hers.id AND made.step IN ('returned', 'returns')))`

// lastOrder is the order that she did not pay.
const lastOrder = `COALESCE((SELECT o.number FROM payment_order o WHERE o.application = a.id AND o.state = 'closed' ORDER BY o.opened_at DESC, o.number DESC LIMIT 1), '')`

// Outlook is what a list drawn now would hold.
type Outlook struct {
	Unconfirmed int
	Unpaid      int
	Held        map[string]int // by what must be decided first
	Already     int            // void by a list that was signed before
}

// People is how many would be on the list.
func (o Outlook) People() int { return o.Unconfirmed + o.Unpaid }

// Waiting is of how many something must be decided first.
func (o Outlook) Waiting() (n int) {
	for _, k := range o.Held {
		n += k
	}
	return n
}

func numbered(args *[]any) func(any) string {
	return func(v any) string { *args = append(*args, v); return "$" + strconv.Itoa(len(*args)) }
}

// Look counts what a list drawn now would hold. It changes nothing.
func Look(ctx context.Context, tx *db.Tx, campaign, division string) (Outlook, error) {
	out := Outlook{Held: map[string]int{}}
	var args []any
	arg := numbered(&args)
	err := tx.Each(ctx, `SELECT v, COUNT(*) FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM ending_person x WHERE x.application = a.id AND x.state = 'void') THEN 'void' ELSE `+verdict+` END AS v
		FROM application a WHERE a.campaign = `+arg(campaign)+` AND `+org.Within("a.division", division, arg)+`) AS all_of_them GROUP BY v`, args, func(row func(...any) error) error {
		var v string
		var n int
		if err := row(&v, &n); err != nil {
			return err
		}
		switch v {
		case "":
		case "void":
			out.Already = n
		case string(Unconfirmed):
			out.Unconfirmed = n
		case string(Unpaid):
			out.Unpaid = n
		default:
			out.Held[v[len("hold:"):]] = n
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("ending: look: %w", err)
	}
	return out, nil
}

// Draw draws a list and freezes it. ErrStanding when one of the campaign is told and
// not yet signed; ErrNobody.
func Draw(ctx context.Context, tx *db.Tx, l List) (List, error) {
	l.ID, l.State = newID(), Told
	_, err := tx.Exec(ctx, `INSERT INTO ending (`+listColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, 0, '', '', '', 0, 0, '', '', '')`,
		l.ID, l.Campaign, l.Division, string(l.State), l.DrawnAt, l.DrawnBy, l.ObjectUntil)
	if db.Unique(err) {
		return l, ErrStanding
	}
	if err != nil {
		return l, fmt.Errorf("ending: draw: %w", err)
	}
	var args []any
	arg := numbered(&args)
	n, err := tx.Exec(ctx, `INSERT INTO ending_person (`+personColumns+`) SELECT `+arg(l.ID)+`, id, division, point, v, CASE WHEN v = 'unpaid' THEN number ELSE '' END, 'listed', '', '', '', 0, '', 0, '', ''
		FROM (SELECT a.id, a.division, a.point, `+verdict+` AS v, `+lastOrder+` AS number FROM application a WHERE a.campaign = `+arg(l.Campaign)+` AND `+org.Within("a.division", l.Division, arg)+`
		AND NOT EXISTS (SELECT 1 FROM ending_person x WHERE x.application = a.id AND x.state = 'void')) AS all_of_them WHERE v IN ('unconfirmed', 'unpaid')`, args...)
	if err != nil {
		return l, fmt.Errorf("ending: draw: %w", err)
	}
	if n == 0 {
		return l, ErrNobody
	}
	l.People = int(n)
	if l.Hash, err = hashOf(ctx, tx, l.ID, true); err != nil {
		return l, err
	}
	if _, err := tx.Exec(ctx, `UPDATE ending SET people = $1, hash = $2 WHERE id = $3`, l.People, l.Hash, l.ID); err != nil {
		return l, fmt.Errorf("ending: draw: %w", err)
	}
	return l, nil
}

// hashOf hashes a list: everybody who was drawn, or who is to be void now.
func hashOf(ctx context.Context, tx *db.Tx, list string, all bool) (string, error) {
	h := sha256.New()
	where := ` AND state IN ('listed', 'objected', 'void')`
	if all {
		where = ""
	}
	err := tx.Each(ctx, `SELECT application, why, order_number FROM ending_person WHERE ending = $1`+where+` ORDER BY application`, []any{list}, func(row func(...any) error) error {
		var application, why, order string
		err := row(&application, &why, &order)
		fmt.Fprintf(h, "%s %s %s\n", application, why, order)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("ending: hash: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Now gives the hash of who would be void if a list were signed now: two persons sign
// exactly that.
func Now(ctx context.Context, tx *db.Tx, list string) (string, error) {
	return hashOf(ctx, tx, list, false)
}

// Settle lets those drop out of a told list who are void by Judge no more, each with
// the cause. It is asked before the list is shown and before it is signed, and changes
// nothing the second time.
func Settle(ctx context.Context, tx *db.Tx, list string, at int64) (int, error) {
	rows := [][]any{}
	err := tx.Each(ctx, `SELECT x.application, COALESCE(v.v, '-'), COALESCE(v.state, '') FROM ending_person x
		LEFT JOIN (SELECT a.id, a.state, `+verdict+` AS v FROM application a WHERE a.id IN (SELECT application FROM ending_person WHERE ending = $1)) v ON v.id = x.application
		WHERE x.ending = $1 AND x.state IN ('listed', 'objected') AND COALESCE(v.v, '-') <> x.why`, []any{list}, func(row func(...any) error) error {
		var application, v, state string
		if err := row(&application, &v, &state); err != nil {
			return err
		}
		rows = append(rows, []any{application, causeOf(v, state)})
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("ending: settle: %w", err)
	}
	for _, r := range rows {
		if _, err := tx.Exec(ctx, `UPDATE ending_person SET state = 'out', cause = $1, settled_at = $2 WHERE ending = $3 AND application = $4 AND state IN ('listed', 'objected')`, r[1], at, list, r[0]); err != nil {
			return 0, fmt.Errorf("ending: settle: %w", err)
		}
	}
	return len(rows), nil
}

// causeOf says how somebody dropped out, by what Judge says of her now.
func causeOf(v, state string) string {
	switch v {
	case "-":
		return ByLeaving
	case "":
		if state == "withdrawn" {
			return ByLeaving
		}
		return ByPaying
	case "hold:" + HoldTime:
		return ByTime
	case "hold:" + HoldSuspense:
		return BySuspense
	}
	return ByConfirming
}
