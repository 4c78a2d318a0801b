package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	passwords "zhunkao/hub/password"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

type create struct {
	Name    string `help:"Sign-in name of the first operator; asked for when left out."`
	Display string `help:"How the first operator is shown; asked for when left out."`
	Enrol   bool   `help:"Enrol the first operator's authenticator now; else it is done at the first sign-in."`
}

// firstOffice is that of the first operator: the department that runs the machines.
const firstOffice = "430000-2"

// Run makes a hub beside its place and moves it there when it is whole: a power
// cut leaves a hub or none. The password is asked for, never a flag.
func (c create) Run(h *hand) (err error) {
	target := filepath.Clean(string(h.dir))
	if names, err := os.ReadDir(target); err == nil && len(names) > 0 {
		return refusal{"not-empty", []any{target}}
	}
	if c.Name, err = h.ask("ask-name", c.Name); err != nil {
		return err
	}
	if c.Display, err = h.ask("ask-display", c.Display); err != nil {
		return err
	}
	pw, err := h.askPassword(c.Name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	building, err := os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+".creating-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(building)) // no key in it was ever used
		}
	}()
	first := staff.NewAccount{Name: c.Name, Display: c.Display, Role: staff.ProvinceAdmin, Office: firstOffice, Password: pw}
	if c.Enrol {
		if first.Secret, err = h.enrol(c.Name); err != nil {
			return err
		}
	}
	if err := h.build(datadir.Dir(building), first); err != nil {
		return err
	}
	// An empty target may be there; rename takes its place.
	if err := os.Rename(building, target); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return err
	}
	h.print("created", target, target)
	return nil
}

func (h *hand) build(dir datadir.Dir, first staff.NewAccount) (err error) {
	ring, err := keys.Open(dir.Keys(), keys.Options{Create: true})
	if err != nil {
		return err
	}
	h.print("step-keys", fmt.Sprintf("%x", ring.Fingerprint()))
	url := h.database
	if url == "" {
		url = dir.Database()
	}
	d, err := db.Open(h.ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	h.print("step-database", d.ID())
	campaign := rules.Adult2019()
	f := &flow.Flow{Candidates: candidate.New(ring, time.Now), Now: time.Now}
	if err := d.Write(h.ctx, func(tx *db.Tx) error { return found(h.ctx, tx, f, campaign) }); err != nil {
		return err
	}
	h.print("step-campaign", campaign.Zh, campaign.Version)
	desk := staff.New(staff.Options{DB: d, Keys: ring})
	a, err := desk.Create(h.ctx, first, flow.Operator().Author)
	if err != nil {
		return h.badAccount(err)
	}
	h.print("step-operator", a.Name)
	return syncDir(string(dir))
}

// found writes what a fresh hub knows: divisions, offices, the campaign.
func found(ctx context.Context, tx *db.Tx, f *flow.Flow, c rules.Campaign) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM account`).Scan(&n); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	if n > 0 {
		return refusal{"used-database", nil} // a PostgreSQL URL of another hub
	}
	if err := org.Seed(ctx, tx, time.Date(c.Year, time.September, 1, 0, 0, 0, 0, window.Zone())); err != nil {
		return err
	}
	bundle, err := rules.Encode(c)
	if err != nil {
		return err
	}
	if _, err := f.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
		return err
	}
	return f.Note(ctx, tx, journal.HubCreated)
}

// badAccount turns what is wrong with an account into an answer.
func (h *hand) badAccount(err error) error {
	var p passwords.Error
	switch {
	case errors.As(err, &p):
		return refusal{p.Code, nil}
	case errors.Is(err, staff.ErrTaken):
		return refusal{"name-taken", nil}
	case errors.Is(err, staff.ErrAccount):
		return refusal{"bad-account", nil}
	case errors.Is(err, staff.ErrNotFound):
		return refusal{"no-account", nil}
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
