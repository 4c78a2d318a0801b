package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// journalRows is how many entries a page of the journal shows.
const journalRows = 40

// position reads a chain number, plus so many; "" is 0.
func position(text string, plus uint64) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 62)
	return n + plus, err
}

// checkpoint says whether the newest checkpoint holds.
func (s *server) checkpoint(ctx context.Context, tx *db.Tx) (console.Checkpoint, error) {
	cp, err := journal.CheckLatest(ctx, tx, s.DB.ID(), s.Keys)
	out := console.Checkpoint{Number: cp.Number, At: cp.At, Hash: short(fmt.Sprintf("%x", cp.Hash[:])), State: console.State{Class: "done", Icon: "check", Key: "journal.checkpoint.good"}}
	switch {
	case errors.Is(err, journal.ErrCheckpoint):
		out.State = console.State{Class: "must", Icon: "alert", Key: "journal.checkpoint.bad"}
	case err != nil:
		return out, err
	case cp.Number == 0:
		out.Hash, out.State = "", console.State{Class: "open", Icon: "clock", Key: "journal.checkpoint.none"}
	}
	return out, nil
}

// entries puts sealed entries into the words of a page. Subjects become links
// only where the person may go; the page behind judges her remit again.
func (s *server) entries(ctx context.Context, tx *db.Tx, v *visit, sealed []journal.Sealed) ([]console.Entry, error) {
	names, levels := map[string]string{}, map[string]func(string) string{}
	out := make([]console.Entry, 0, len(sealed))
	for _, e := range sealed {
		author, err := s.author(ctx, tx, v, e.Author, names)
		if err != nil {
			return nil, err
		}
		if e.Detail, err = s.named(ctx, tx, v, e, names, levels); err != nil {
			return nil, err
		}
		row := console.Entry{Number: e.Number, At: e.At, Author: author, Act: "act." + string(e.Act), Subject: e.Subject.ID, Division: e.Division,
			Reason: s.why(v.lang, e), Detail: s.detail(v.lang, e), Hash: short(fmt.Sprintf("%x", e.Chain[:]))}
		if !s.pages.Has(row.Act) {
			row.Act = string(e.Act)
		}
		if row.Path = "/gl/journal/" + strconv.FormatUint(e.Number, 10); e.Number == 0 { // not sealed yet: there is no page of it
			row.Path, row.Hash = "", ""
		}
		switch e.Subject.Kind {
		case journal.OfConfirmation:
			row.Link, row.Subject = "/gl/confirmations/"+e.Subject.ID, ends(e.Subject.ID)
		case journal.OfBox:
			row.Link = "/gl/boxes/" + e.Subject.ID
		case journal.OfApplication:
			row.Link, row.Subject = "/gl/candidates/"+e.Subject.ID, ends(e.Subject.ID)
		case journal.OfPoint:
			row.Link = "/gl/points/" + e.Subject.ID
		case journal.OfStaff:
			if row.Subject, err = s.author(ctx, tx, v, journal.Author{Kind: journal.ByStaff, ID: e.Subject.ID}, names); err != nil {
				return nil, err
			}
		default:
			row.Subject = ends(e.Subject.ID)
		}
		out = append(out, row)
	}
	return out, nil
}

// author names who did it.
func (s *server) author(ctx context.Context, tx *db.Tx, v *visit, a journal.Author, names map[string]string) (string, error) {
	switch a.Kind {
	case journal.ByStaff:
		if n, ok := names[a.ID]; ok {
			return n, nil
		}
		account, err := staff.Get(ctx, tx, a.ID)
		switch {
		case errors.Is(err, staff.ErrNotFound):
			account.Display = ends(a.ID)
		case err != nil:
			return "", err
		}
		names[a.ID] = account.Display
		return account.Display, nil
	case journal.ByBox:
		return s.pages.Text(v.lang, "author.box", a.ID), nil
	}
	if key := "author." + a.Kind; s.pages.Has(key) {
		return s.pages.Text(v.lang, key), nil
	}
	return a.Kind, nil
}

// detail writes the short facts of an entry in a fixed order.
func (s *server) detail(l console.Lang, e journal.Sealed) string {
	if what := "look." + e.Detail["what"]; e.Act == journal.RecordViewed && s.pages.Has(what) {
		return s.pages.Text(l, what)
	}
	var parts []string
	for k, x := range e.Detail {
		if x == "" {
			continue
		}
		label, text := s.fact(l, e, k, x)
		if text == x && k != "route" { // whole: it says what was tried, and both its ends are alike
			text = ends(x)
		}
		parts = append(parts, label+" "+text)
	}
	slices.Sort(parts)
	if result := "result." + e.Result; s.pages.Has(result) {
		parts = append([]string{s.pages.Text(l, result)}, parts...)
	} else if e.Result != "" {
		parts = append([]string{e.Result}, parts...)
	}
	return strings.Join(parts, ", ")
}

// why gives the reason of an entry: what a person wrote, or the words of a key
// that the hub itself gave.
func (s *server) why(l console.Lang, e journal.Sealed) string {
	if e.Author.Kind == journal.ByStaff || e.Author.Kind == journal.ByOperator {
		return e.Reason
	}
	for _, stem := range []string{"note.", "freeze.", "quarantine."} {
		if s.pages.Has(stem + e.Reason) {
			return s.pages.Text(l, stem+e.Reason)
		}
	}
	return e.Reason
}

// ends shortens a long id to what a person compares: its beginning and end.
func ends(id string) string {
	if r := []rune(id); len(r) > 16 {
		return string(r[:6]) + "…" + string(r[len(r)-4:])
	}
	return id
}
