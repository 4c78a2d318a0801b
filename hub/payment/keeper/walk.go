package keeper

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
)

// beginWalk notes that all applications of a campaign are to be looked at: from the
// beginning, also where one is under way.
func beginWalk(ctx context.Context, tx *db.Tx, campaign string) error {
	_, err := tx.Exec(ctx, `INSERT INTO order_walk (campaign, division, point, id) VALUES ($1, '', '', '')
		ON CONFLICT (campaign) DO UPDATE SET division = '', point = '', id = ''`, campaign)
	if err != nil {
		return fmt.Errorf("keeper: walk: %w", err)
	}
	return nil
}

// Walk looks at the next applications of a campaign whose new version may have moved
// times or fees, and writes only where something is to be done. False when there is
// none left. Power cut or not, it goes on where it was.
func (k *Keeper) Walk(ctx context.Context) (more bool, err error) {
	var campaign string
	var from candidate.Place
	var rows []candidate.Row
	var due []touch
	err = k.o.DB.Read(ctx, func(tx *db.Tx) error {
		rows, due = nil, nil
		err := tx.QueryRow(ctx, `SELECT campaign, division, point, id FROM order_walk ORDER BY campaign LIMIT 1`).Scan(&campaign, &from.Division, &from.Point, &from.ID)
		if errors.Is(err, db.ErrNoRows) {
			campaign = ""
			return nil
		}
		if err != nil {
			return err
		}
		rules, err := k.rulesOf(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if rows, err = candidate.List(ctx, tx, candidate.Filter{Campaign: campaign, Division: rules.Campaign.Province, After: from, Limit: some}); err != nil {
			return err
		}
		for _, r := range rows {
			step, err := k.o.Flow.OrderStepDue(ctx, tx, rules, r.ID)
			if err != nil || step != flow.KeepsOrder { // a fault of one is found again, alone
				due = append(due, touch{application: r.ID, campaign: campaign})
			}
		}
		return nil
	})
	if err != nil || campaign == "" {
		return false, err
	}
	err = k.keep(ctx, due, func(tx *db.Tx) error {
		if len(due) == 0 {
			tx.Quietly()
		}
		if len(rows) < some {
			_, err := tx.Exec(ctx, `DELETE FROM order_walk WHERE campaign = $1 AND division = $2 AND point = $3 AND id = $4`, campaign, from.Division, from.Point, from.ID)
			return err
		}
		to := rows[len(rows)-1].Place()
		_, err := tx.Exec(ctx, `UPDATE order_walk SET division = $1, point = $2, id = $3 WHERE campaign = $4 AND division = $5 AND point = $6 AND id = $7`,
			to.Division, to.Point, to.ID, campaign, from.Division, from.Point, from.ID)
		return err
	})
	return true, err
}
