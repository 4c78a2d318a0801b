package dossier

import (
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/payment/relief"
	"zhunkao/hub/payment/unpaid"
)

// moved is what a channel moved, in one line: when, how much, by which channel, its
// number, and where the money is. Nothing is known here of whose account it was.
func (k *collecting) moved(b payment.Booking) string {
	parts := []string{k.out.day(stamp(b.At)), yuan(b.Fen), k.t("payment.channel." + b.Channel), b.Number}
	if b.Kind == payment.Payment {
		parts = append(parts, k.t("payment.lies."+string(b.Lies)))
	}
	return strings.Join(parts, " · ")
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// payments are her orders, how each stands, and what moved for it.
func (k *collecting) payments() error {
	if k.Application == "" {
		return nil
	}
	all, err := payment.OrdersOf(k.ctx, k.tx, k.Application)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, o := range all {
		lines := slices.Concat(k.line("payment.number", o.Number), k.line("payment.amount", yuan(o.Fen)))
		if o.DueAt != 0 {
			lines = append(lines, k.line("payment.due", k.out.day(stamp(o.DueAt)))...)
		}
		if o.EndedAt != 0 {
			lines = append(lines, k.line("payment.ended", k.out.day(stamp(o.EndedAt)))...)
		}
		moved, err := payment.HersOf(k.ctx, k.tx, o.Number)
		if err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
		for _, b := range moved {
			lines = append(lines, k.line("payment.moved."+string(b.Kind), k.moved(b))...)
		}
		entries = append(entries, Entry{Title: k.t("payment." + string(o.State)), At: stamp(o.OpenedAt), Lines: lines})
	}
	more, err := k.unpaid(all)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	k.add("payment", append(entries, more...)...)
	return nil
}

// unpaid is what a point wrote down about orders that she did not pay, and the lists of
// the end that she was on.
func (k *collecting) unpaid(orders []payment.Order) (out []Entry, err error) {
	for _, o := range orders {
		contacts, err := unpaid.Contacts(k.ctx, k.tx, o.Number)
		if err != nil {
			return nil, err
		}
		for _, c := range contacts {
			out = append(out, Entry{Title: k.t("unpaid.contact"), At: stamp(c.At), Lines: slices.Concat(k.line("payment.number", o.Number), k.line("unpaid.said", c.Said))})
		}
		f, err := unpaid.FindingOf(k.ctx, k.tx, o.Number)
		if err != nil {
			return nil, err
		}
		if f.Code != "" {
			out = append(out, Entry{Title: k.t("unpaid.reason"), At: stamp(f.At), Lines: slices.Concat(k.line("payment.number", o.Number), k.line("unpaid.code", f.Code), k.line("unpaid.said", f.Remark))})
		}
		given, err := relief.Of(k.ctx, k.tx, o.Number)
		if err != nil {
			return nil, err
		}
		for _, g := range given {
			out = append(out, Entry{Title: k.t("unpaid.relief"), At: stamp(g.At), Lines: slices.Concat(k.line("payment.number", o.Number), k.line("payment.due", k.out.day(stamp(g.Due))))})
		}
	}
	ends, err := ending.All(k.ctx, k.tx, k.Application)
	for _, e := range ends {
		out = append(out, Entry{Title: k.t("ending." + string(e.Why)), Lines: slices.Concat(k.line("ending.state", k.t("ending."+string(e.Standing))), k.line("ending.said", e.Said), k.line("ending.answer", e.Note))})
	}
	return out, err
}
