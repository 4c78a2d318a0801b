package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
)

// ErrSingly says that movements could not be booked together, because the books have
// moved meanwhile. The transaction is to be given up, and each booked by itself.
var ErrSingly = errors.New("payment: to be booked one by one")

// Payable is a payment that BookPaid may book together with others: by its place in
// the list that it was picked from, and with the order that it pays, as it is read.
type Payable struct {
	Place    int
	Movement Movement
	Order    Order
}

// Paying picks the movements that BookPaid may book together: those that pay an open
// order each, and no two the same one. It decides nothing: what it leaves is for Book. It
// does not ask whether one was booked before: its order is then open no more, or was
// opened again, which is seldom and ends in ErrSingly.
func Paying(ctx context.Context, tx *db.Tx, all []Movement) (out []Payable, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	orders := make([]string, len(all))
	for i, m := range all {
		orders[i] = OrderOf(m.Order)
	}
	open := make(map[string]Order, len(all))
	among, args := tx.Among(0, orders)
	err = tx.Each(ctx, `SELECT `+orderColumns+` FROM payment_order WHERE `+isOpen+` AND NOT EXISTS (SELECT 1 FROM `+voided+` AND x.application = payment_order.application) AND number `+among, args, func(row func(...any) error) error {
		o, err := scanOrder(row)
		open[o.Number] = o
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: together: %w", err)
	}
	type name struct{ channel, number string }
	seen := map[name]bool{}
	for i, m := range all {
		n := name{m.Channel, m.Number}
		o, ok := open[orders[i]]
		if ok && m.Kind == Payment && m.Fen <= MaxFen && !seen[n] && Judge(&o, m) == Pays {
			out = append(out, Payable{i, m, o})
			delete(open, o.Number)
		}
		seen[n] = true // the same once more in this list is for Book
	}
	return out, nil
}

// isOpen is state = 'open' of orders that are named by their numbers, in words that no index
// answers. While nearly all orders are paid PostgreSQL takes those that are not for
// none: it read all of them for each handful of numbers (measured: seven times as long).
const isOpen = `payment_order.state || '' = 'open'`

// BookPaid books what Paying picked in the same transaction, with the same rows as
// Book, in a handful of statements. ErrSingly.
func BookPaid(ctx context.Context, tx *db.Tx, all []Payable, at int64) ([]Booked, error) {
	if len(all) == 0 {
		return nil, nil
	}
	out := make([]Booked, len(all))
	movements, entries := make([][]any, len(all)), make([][]any, len(all))
	for i, p := range all {
		m, o := p.Movement, p.Order
		m.ID, m.Order = newID(), o.Number
		o.State, o.EndedAt, o.Movement = Paid, m.At, m.ID
		out[i] = Booked{Movement: m, Standing: Pays, Order: o}
		movements[i] = []any{m.ID, m.Channel, string(m.Kind), m.Number, m.Of, m.Order, m.Fen, m.At, string(m.Source), m.By, at}
		debit, credit := sides(m.postings(Pays))
		entries[i] = []any{m.ID, int64(0), string(Pays), at, "", "", "", string(debit.Fund), debit.Fen, string(credit.Fund), credit.Fen}
	}
	for _, put := range []struct {
		into string
		rows [][]any
	}{
		{`payment_movement (` + movementColumns + `, booked_at)`, movements},
		{`payment_entry (` + entryColumns + `)`, entries},
	} {
		_, err := tx.Insert(ctx, put.into, put.rows)
		if db.Unique(err) {
			return nil, ErrSingly
		}
		if err != nil {
			return nil, fmt.Errorf("payment: book together: %w", err)
		}
	}
	return out, payAll(ctx, tx, out)
}

// fewOrders is how many of them one statement takes on SQLite; see db.Tx.Insert.
const fewOrders = 16

// payAll takes the orders of payments to Paid. ErrSingly when one of them is not open
// any more, or asks another amount.
func payAll(ctx context.Context, tx *db.Tx, all []Booked) error {
	var n int64
	if tx.Kind() == db.PostgreSQL {
		ids, numbers := make([]string, len(all)), make([]string, len(all))
		at, fen := make([]int64, len(all)), make([]int64, len(all))
		for i, b := range all {
			ids[i], numbers[i], at[i], fen[i] = b.Movement.ID, b.Order.Number, b.Movement.At, b.Movement.Fen
		}
		var err error
		n, err = tx.Exec(ctx, `UPDATE payment_order SET state = 'paid', ended_at = m.at, movement = m.id FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS m (id, number, at, fen)
			WHERE payment_order.number = m.number AND `+isOpen+` AND payment_order.fen = m.fen`, ids, numbers, at, fen)
		if err != nil {
			return fmt.Errorf("payment: book together: %w", err)
		}
	} else {
		for some := range slices.Chunk(all, fewOrders) {
			args := make([]any, 0, 4*len(some))
			for _, b := range some {
				args = append(args, b.Order.Number, b.Movement.At, b.Movement.ID, b.Movement.Fen)
			}
			changed, err := tx.Exec(ctx, `UPDATE OR FAIL payment_order SET state = 'paid', ended_at = m.column2, movement = m.column3 FROM (VALUES `+db.Values(len(some), 4, 0)+`) AS m
				WHERE payment_order.number = m.column1 AND `+isOpen+` AND payment_order.fen = m.column4`, args...)
			if err != nil {
				return fmt.Errorf("payment: book together: %w", err)
			}
			n += changed
		}
	}
	if n != int64(len(all)) {
		return ErrSingly
	}
	return nil
}
