package main

import (
	"errors"
	"net/http"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
)

type verify struct{}

// Run checks the journal itself, also beside a running hub: it does not take
// the hub's word for it.
func (verify) Run(h *hand) (err error) {
	ring, err := keys.Open(h.dir.Keys(), keys.Options{})
	if err != nil {
		return err
	}
	d, err := db.OpenExisting(h.ctx, h.url())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	r, err := journal.Verify(h.ctx, d, h.dir.Checkpoints(), ring)
	if err != nil {
		return err
	}
	h.print("verified", r.Entries, len(r.Unsealed), r.Checkpoints, r.Signed.Number)
	for _, f := range r.Findings {
		h.print("found-"+f.Kind, f.Number, f.To, f.ID, f.Note)
	}
	if !r.OK() {
		h.print("journal-bad", len(r.Findings))
		return errFound
	}
	h.print("journal-good")
	return nil
}

type fsck struct{}

// Run asks the hub when it runs, and else looks itself.
func (fsck) Run(h *hand) error {
	var r intake.Report
	err := h.either(func(_ *keys.Ring, d *db.DB) (err error) {
		blobs, err := blob.Locate(h.ctx, d, h.dir.Blobs(), "")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, blobs.Close()) }()
		r, err = intake.Fsck(h.ctx, d, blobs)
		return err
	}, http.MethodGet, "/fsck", nil, &r)
	if err != nil {
		return err
	}
	h.print("fsck", r.Records, r.Blobs, r.Orphans)
	for _, m := range r.Missing {
		h.print("fsck-missing", m.Record, m.Blob)
	}
	for _, b := range r.Damaged {
		h.print("fsck-damaged", b)
	}
	if !r.OK() {
		return errFound
	}
	h.print("fsck-good")
	return nil
}
