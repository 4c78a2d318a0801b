package dossier

import (
	"fmt"
	"slices"

	"zhunkao/hub/payment"
)

// payments are her orders, and how each stands.
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
		lines := slices.Concat(k.line("payment.number", o.Number), k.line("payment.amount", fmt.Sprintf("%d.%02d", o.Fen/100, o.Fen%100)))
		if o.DueAt != 0 {
			lines = append(lines, k.line("payment.due", k.out.day(stamp(o.DueAt)))...)
		}
		if o.EndedAt != 0 {
			lines = append(lines, k.line("payment.ended", k.out.day(stamp(o.EndedAt)))...)
		}
		entries = append(entries, Entry{Title: k.t("payment." + string(o.State)), At: stamp(o.OpenedAt), Lines: lines})
	}
	k.add("payment", entries...)
	return nil
}
