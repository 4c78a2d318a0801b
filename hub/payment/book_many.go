package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// ErrSingly says that movements could not be booked together, because the books have
// moved meanwhile. The transaction is to be given up, and each booked by itself.
var ErrSingly = errors.New("payment: to be booked one by one")

// Paying picks the movements, by their place, that BookPaid may book together: new
// ones that pay an open order each, and no two the same one. It decides nothing: what
// it leaves is for Book.
func Paying(ctx context.Context, tx *db.Tx, all []Movement) (places []int, err error) {
	if len(all) == 0 {
		return nil, nil
	}
	type name struct {
		channel string
		kind    Kind
		number  string
	}
	numbers, orders := make([][]any, len(all)), make([][]any, len(all))
	for i, m := range all {
		numbers[i], orders[i] = []any{m.Number}, []any{OrderOf(m.Order)}
	}
	known := map[name]bool{}
	err = eachAsked(ctx, tx, `SELECT channel, kind, number FROM payment_movement WHERE number IN `, numbers, func(row func(...any) error) error {
		var n name
		err := row(&n.channel, &n.kind, &n.number)
		known[n] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	open := map[string]Order{}
	err = eachAsked(ctx, tx, `SELECT `+orderColumns+` FROM payment_order WHERE state = 'open' AND NOT EXISTS (SELECT 1 FROM `+voided+` AND x.application = payment_order.application) AND number IN `, orders, func(row func(...any) error) error {
		o, err := scanOrder(row)
		open[o.Number] = o
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, m := range all {
		n := name{m.Channel, m.Kind, m.Number}
		o, ok := open[OrderOf(m.Order)]
		if ok && m.Kind == Payment && m.Fen <= MaxFen && !known[n] && Judge(&o, m) == Pays {
			places = append(places, i)
			delete(open, o.Number)
		}
		known[n] = true // the same once more in this list is for Book
	}
	return places, nil
}

// eachAsked runs a query that ends in a list of texts, and calls row for every row.
func eachAsked(ctx context.Context, tx *db.Tx, query string, texts [][]any, row func(func(...any) error) error) error {
	values, args, err := db.Asked(texts)
	if err != nil {
		return fmt.Errorf("payment: %w", err)
	}
	if err := tx.Each(ctx, query+`(VALUES `+values+`)`, args, row); err != nil {
		return fmt.Errorf("payment: together: %w", err)
	}
	return nil
}

// BookPaid books what Paying picked in the same transaction, with the same rows as
// Book, in a handful of statements. ErrSingly.
func BookPaid(ctx context.Context, tx *db.Tx, all []Movement, at int64) ([]Booked, error) {
	if len(all) == 0 {
		return nil, nil
	}
	out, ids, orders := make([]Booked, len(all)), make([][]any, len(all)), make([][]any, len(all))
	var movements, entries, postings [][]any
	for i, m := range all {
		m.ID, m.Order = newID(), OrderOf(m.Order)
		out[i] = Booked{Movement: m, Standing: Pays}
		ids[i], orders[i] = []any{m.ID}, []any{m.Order}
		movements = append(movements, []any{m.ID, m.Channel, string(m.Kind), m.Number, m.Of, m.Order, m.Fen, m.At, string(m.Source), m.By, at})
		entry := newID()
		entries = append(entries, []any{entry, m.ID, int64(0), string(Pays), at, "", "", ""})
		for _, p := range m.postings(Pays) {
			postings = append(postings, []any{entry, string(p.Fund), p.Fen, at})
		}
	}
	for _, put := range []struct {
		into string
		rows [][]any
	}{
		{`payment_movement (` + movementColumns + `, booked_at)`, movements},
		{`payment_entry (id, movement, position, step, at, by_staff, second, why)`, entries},
		{`payment_posting (entry, fund, fen, at)`, postings},
	} {
		_, err := tx.Many(ctx, put.rows, func(values string) string { return `INSERT INTO ` + put.into + ` VALUES ` + values })
		if db.Unique(err) {
			return nil, ErrSingly
		}
		if err != nil {
			return nil, fmt.Errorf("payment: book together: %w", err)
		}
	}
	values, args, err := db.Asked(ids)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE payment_order SET state = 'paid', ended_at = m.moved_at, movement = m.id FROM payment_movement m
		WHERE m.id IN (VALUES `+values+`) AND payment_order.number = m.order_number AND payment_order.state = 'open' AND payment_order.fen = m.fen`, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: book together: %w", err)
	}
	if n != int64(len(all)) {
		return nil, ErrSingly
	}
	paid := map[string]Order{}
	err = eachAsked(ctx, tx, `SELECT `+orderColumns+` FROM payment_order WHERE number IN `, orders, func(row func(...any) error) error {
		o, err := scanOrder(row)
		paid[o.Number] = o
		return err
	})
	for i := range out {
		out[i].Order = paid[out[i].Movement.Order]
	}
	return out, err
}
