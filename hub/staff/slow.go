package staff

import (
	"context"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
)

// paces are those of the offices' entrance.
var paces = attempt.Paces{
	Own:     attempt.Pace{Free: 5, First: 30 * time.Second, Most: 15 * time.Minute},
	Source:  attempt.Pace{Free: 20, First: 30 * time.Second, Most: 15 * time.Minute},
	Account: attempt.Pace{Free: 10, First: 5 * time.Second, Most: time.Minute},
}

func (d *Desk) counter() attempt.Counter {
	return attempt.Counter{Keys: d.o.Keys, Real: d.o.Real, Paces: paces}
}

// count notes an attempt as failed, unless it must wait; then it says how long.
func (d *Desk) count(ctx context.Context, tx *db.Tx, t Attempt) (time.Duration, error) {
	return d.counter().Count(ctx, tx, attempt.Try{Name: t.Name, Source: t.Source, Desk: t.Desk})
}

// succeeded forgets the failures of the account, and remembers source and desk.
func (d *Desk) succeeded(ctx context.Context, tx *db.Tx, t Attempt) error {
	return d.counter().Succeeded(ctx, tx, attempt.Try{Name: t.Name, Source: t.Source, Desk: t.Desk})
}

// journalSlow journals that an attempt must wait, but not each of a flood.
func (d *Desk) journalSlow(ctx context.Context, tx *db.Tx, name, source string) error {
	told, err := d.counter().Tell(ctx, tx, source)
	if err != nil || !told {
		return err
	}
	return d.journalRefusal(ctx, tx, Account{}, name, source, "slow")
}
