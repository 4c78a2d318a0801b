package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
)

// Stick is one file of a stick that was read in.
type Stick struct {
	Box   string // as the file calls itself
	File  uint64
	Words map[string]int // how many records came to which word
}

// BroughtStick notes who brought a stick and what was in it. A box that the hub
// does not know has no place, and the entry is the province's. The records
// themselves were taken before, each by its own step.
func (f *Flow) BroughtStick(ctx context.Context, tx *db.Tx, s Stick, by By) error {
	e := journal.Entry{Act: journal.StickBrought, Subject: journal.Subject{Kind: journal.OfBox, ID: s.Box},
		Detail: map[string]string{"file": fmt.Sprint(s.File)}}
	for word, n := range s.Words {
		e.Detail[word] = fmt.Sprint(n)
	}
	b, err := fleet.Get(ctx, tx, s.Box)
	switch {
	case err == nil:
		e.Point = b.Point
		if e.Division, err = place(ctx, tx, b.Point); err != nil {
			return err
		}
	case !errors.Is(err, fleet.ErrNotFound):
		return fmt.Errorf("flow: stick: %w", err)
	}
	return f.write(ctx, tx, by, e)
}
