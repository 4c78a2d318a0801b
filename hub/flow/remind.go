package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
)

// dues are how many cases an office was reminded of at once: one text message
// says all of them.
type dues struct{ near, overdue int }

// textDues tells the information administrator of each office, by text message,
// what was just journalled for it: who does not look at the console must not
// miss a day. A point has no administrator; whoever judged there is in the
// console anyway.
func (f *Flow) textDues(ctx context.Context, tx *db.Tx, of map[string]dues) error {
	for _, division := range slices.Sorted(maps.Keys(of)) {
		n := of[division]
		if n.near > 0 {
			if err := f.textOffice(ctx, tx, division, notice.TextCasesNear, strconv.Itoa(n.near)); err != nil {
				return err
			}
		}
		if n.overdue > 0 {
			if err := f.textOffice(ctx, tx, division, notice.TextCasesOverdue, strconv.Itoa(n.overdue)); err != nil {
				return err
			}
		}
	}
	return nil
}

// textOffice puts a text message to the administrator of an office of a division
// into the outbox. An office that names none, or one by a fixed line, gets none;
// nor does one whose telephone has had enough: all of it stands in the console.
func (f *Flow) textOffice(ctx context.Context, tx *db.Tx, division string, kind notice.Kind, what string) error {
	if f.Outbox == nil {
		return nil
	}
	offices, err := org.Offices(ctx, tx, division)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, o := range offices {
		phone, err := identity.ParsePhone(o.AdminPhone)
		if o.Division != division || err != nil || phone[0] != '1' || told[phone.Reveal()] {
			continue
		}
		told[phone.Reveal()] = true
		err = f.Outbox.Text(ctx, tx, phone, kind, map[string]string{"what": what})
		if err != nil && !errors.Is(err, notice.ErrTooMany) {
			return fmt.Errorf("flow: text to office %s: %w", o.ID, err)
		}
	}
	return nil
}

// count notes a case that its judging office is reminded of.
func count(of map[string]dues, c approval.Case, overdue bool) {
	if c.JudgeTier == rules.Point {
		return
	}
	n := of[c.Judge]
	if overdue {
		n.overdue++
	} else {
		n.near++
	}
	of[c.Judge] = n
}
