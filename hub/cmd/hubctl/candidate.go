package main

import (
	"net/http"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

type candidates struct {
	Reindex reindex `cmd:"" help:"Make the lookup of candidates anew, hub running or not: after a restore, or when somebody is not found who is there."`
}

type reindex struct{}

// Run asks the hub when it runs, and else does it itself. Broken off, it is
// begun again from the start; what it has done stays right.
func (reindex) Run(h *hand) error {
	var did candidate.Indexing
	err := h.either(func(ring *keys.Ring, d *db.DB) (err error) {
		did, err = candidate.New(ring, nil).ReindexAll(h.ctx, d)
		return err
	}, http.MethodPost, "/candidates/reindex", nil, &did)
	if err != nil {
		return err
	}
	h.print("reindexed", did.Done, did.Closed)
	if did.Closed > 0 {
		return errFound
	}
	return nil
}
