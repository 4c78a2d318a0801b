package dispatch

import (
	"context"
	"slices"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/protocol"
)

// known is how some applications stand now, by their ids: read at once, for each
// entry of a page asked for itself was most of what a page cost.
type known struct {
	applications map[string]candidate.Found
	records      map[string][]confirmation.Stand
	acts         map[string][]string // ids of voids and of cards read later
}

func (d *Dispatch) lookUp(ctx context.Context, tx *db.Tx, ids []string) (k known, err error) {
	if k.applications, err = d.opts.Candidates.GetAll(ctx, tx, ids); err != nil {
		return k, err
	}
	if k.acts, err = confirmation.Acts(ctx, tx, ids); err != nil {
		return k, err
	}
	all, err := confirmation.Standing(ctx, tx, ids)
	k.records = map[string][]confirmation.Stand{}
	for _, s := range all {
		k.records[s.Application] = append(k.records[s.Application], s)
	}
	return k, err
}

// complete completes a confirmation mark: which record counts, that it is open who made
// it, so that a card may be read after all, and which records are in this word. While
// a county decides between several there is nothing to verify.
func (k known) complete(m *protocol.ConfirmedMark) error {
	records, more := k.records[m.Application], slices.Clone(k.acts[m.Application])
	for _, s := range records {
		more = append(more, s.ID)
	}
	for _, text := range more {
		if id, err := protocol.ParseID(text); err == nil { // of no box else: the county's own word
			m.Knows = append(m.Knows, id)
		}
	}
	records = slices.DeleteFunc(slices.Clone(records), func(s confirmation.Stand) bool { return !s.State.Stands() })
	if m.Voided || len(records) != 1 {
		return nil
	}
	id, err := protocol.ParseID(records[0].ID)
	if err != nil {
		return err
	}
	if m.Record = &id; records[0].Proof.Open() {
		m.Provisional, m.Again = &id, records[0].Proof == confirmation.Returned
	}
	return nil
}
