package main

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"zhunkao/hub"
	"zhunkao/hub/flow"
)

type cards struct {
	Point        string   `required:"" help:"Code of the point whose candidates get them."`
	Out          string   `required:"" type:"path" help:"PDF to write. It is the only copy of the passwords."`
	Address      string   `help:"Address of the portal as candidates type it, such as gk.example.cn/ks."`
	Form         string   `enum:"cards,list,both" default:"cards" help:"cards: eight a sheet, to be cut; list: a line for each person, for the teacher who hands them out; both."`
	Reason       string   `help:"Why; it stands in the journal. Needed for cards made anew."`
	Applications []string `arg:"" optional:"" help:"Ids of applications: their cards are made anew. None: those of the point who have no card yet."`
}

// Run has the hub make the cards and writes them to a file that only the
// operator may read. The file is made before a password is: none is made in vain.
func (c cards) Run(h *hand) error {
	if len(c.Applications) > 0 {
		if err := known("--reason", c.Reason); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Clean(c.Out), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refusal{"file-there", []any{c.Out}}
	}
	if err != nil {
		return err
	}
	ask := hub.CardsAsked{CardsAsked: flow.CardsAsked{Point: c.Point, Applications: c.Applications, Reason: c.Reason}, Address: c.Address, Form: c.Form}
	var got hub.CardsPrinted
	err = h.hubd(http.MethodPost, "/cards", ask, &got)
	if err == nil && got.Cards > 0 {
		_, err = f.Write(got.PDF)
		err = errors.Join(err, f.Sync())
	}
	err = errors.Join(err, f.Close())
	if err != nil || got.Cards == 0 {
		err = errors.Join(err, os.Remove(c.Out))
	}
	switch {
	case err != nil:
		return err
	case got.Cards == 0:
		h.print("cards-none", c.Point)
	default:
		h.print("cards", got.Cards, c.Out)
		if got.More {
			h.print("cards-more", c.Point)
		}
	}
	return nil
}
