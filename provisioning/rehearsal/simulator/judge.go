package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"zhunkao/appliance"
	"zhunkao/appliance/store"
	"zhunkao/hub/blob"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hw/keystore"
)

// link is one record in the chain of a box, as the hub keeps it.
type link struct {
	seq            uint64
	hash, previous string
	outcome        string
}

// left is what the hub holds in the end.
type left struct {
	chains    map[string][]link // by box id, in order
	rows      map[accepted]int  // confirmations by box id and application
	confirmed map[string]int    // confirmations by application
	aside     []string          // reasons
}

// judge holds everything that is left against what was promised (P1 to P3 and I1
// to I10 of the faults that this system must survive).
func (s *stage) judge(ctx context.Context) error {
	d := datadir.Dir(s.order.Data)
	database, err := db.Open(ctx, d.Database())
	if err != nil {
		return err
	}
	defer database.Close()
	l, err := read(ctx, database)
	if err != nil {
		return err
	}
	errs := []error{s.boxes(l), s.everybody(l), s.books(ctx, d, database), s.silent()}
	for _, why := range l.aside {
		errs = append(errs, fmt.Errorf("a record of an honest box was set aside: %s", why))
	}
	return errors.Join(errs...)
}

func read(ctx context.Context, d *db.DB) (left, error) {
	l := left{chains: map[string][]link{}, rows: map[accepted]int{}, confirmed: map[string]int{}}
	err := d.Read(ctx, func(tx *db.Tx) error {
		err := tx.Each(ctx, `SELECT box, seq, hash, previous, outcome FROM envelope WHERE chained ORDER BY box, epoch, seq`, nil, func(scan func(...any) error) error {
			var box string
			var k link
			if err := scan(&box, &k.seq, &k.hash, &k.previous, &k.outcome); err != nil {
				return err
			}
			l.chains[box] = append(l.chains[box], k)
			return nil
		})
		if err != nil {
			return err
		}
		err = tx.Each(ctx, `SELECT box, application FROM confirmation`, nil, func(scan func(...any) error) error {
			var a accepted
			if err := scan(&a.box, &a.application); err != nil {
				return err
			}
			l.rows[a]++
			l.confirmed[a.application]++
			return nil
		})
		if err != nil {
			return err
		}
		return tx.Each(ctx, `SELECT reason FROM quarantine`, nil, func(scan func(...any) error) error {
			var why string
			err := scan(&why)
			l.aside = append(l.aside, why)
			return err
		})
	})
	return l, err
}

// boxes holds each box's disk against the hub: the disk is whole, and every
// sequence is at the hub, each once, each linked to the one before, and counted
// as one confirmation. What a screen called accepted is among them.
func (s *stage) boxes(l left) error {
	var errs []error
	for i, boxes := range s.plan.Points {
		for b := range boxes {
			at := name(i, b)
			dir := s.in("box-" + at)
			if _, err := store.Check(dir); err != nil {
				errs = append(errs, fmt.Errorf("disk of box %s: %w", at, err))
				continue
			}
			id, head, hash, err := headOf(dir)
			if err != nil {
				errs = append(errs, fmt.Errorf("box %s: %w", at, err))
				continue
			}
			errs = append(errs, whole(at, l.chains[id], head, hash))
			rows := 0
			for a, n := range l.rows {
				if a.box == id {
					rows += n
				}
			}
			if uint64(rows) != head {
				errs = append(errs, fmt.Errorf("box %s sealed %d records, the hub counts %d", at, head, rows))
			}
			for a, n := range s.accepted {
				if a.box == at && l.rows[accepted{id, a.application}] < 1 {
					errs = append(errs, fmt.Errorf("box %s said %d times that %s is accepted, and the hub has nothing", at, n, a.application))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// headOf opens a box's store and gives its id and the end of its chain.
func headOf(dir string) (id string, head uint64, hash string, err error) {
	ring, err := keystore.OpenFile(appliance.KeysDir(dir))
	if err != nil {
		return "", 0, "", err
	}
	defer ring.Close()
	st, err := store.Open(dir, ring, store.Options{})
	if err != nil {
		return "", 0, "", err
	}
	defer st.Close()
	own, err := st.Identity()
	if err != nil {
		return "", 0, "", err
	}
	seq, h, err := st.Head()
	if seq == 0 {
		return string(own.Box()), 0, "", err
	}
	return string(own.Box()), seq, h.String(), err
}

// whole holds the chain of one box at the hub against its own end.
func whole(box string, chain []link, head uint64, hash string) error {
	if uint64(len(chain)) != head {
		return fmt.Errorf("box %s has sealed %d records, the hub holds %d", box, head, len(chain))
	}
	for i, k := range chain {
		switch {
		case k.seq != uint64(i+1):
			return fmt.Errorf("box %s: after %d comes %d", box, i, k.seq)
		case i > 0 && k.previous != chain[i-1].hash:
			return fmt.Errorf("box %s: record %d does not follow %d", box, k.seq, i)
		}
	}
	if head > 0 && chain[head-1].hash != hash {
		return fmt.Errorf("box %s: the end of its chain is another at the hub", box)
	}
	return nil
}

// everybody who stayed is confirmed; nobody more often than boxes said so.
func (s *stage) everybody(l left) error {
	var errs []error
	for at, boxes := range s.plan.Points {
		for b, box := range boxes {
			for n, v := range box.Visits {
				app := s.people[v.Person].Application.ID
				if v.Act.stays() && l.confirmed[app] == 0 {
					errs = append(errs, fmt.Errorf("visit %d at box %d-%d (%s, person %d) ended without a confirmation", n, at, b, v.Act, v.Person))
				}
				if v.Act != Twin && l.confirmed[app] > 1 {
					errs = append(errs, fmt.Errorf("person %d (%s) is confirmed %d times", v.Person, v.Act, l.confirmed[app]))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// books: blobs, journal and checkpoints verify.
func (s *stage) books(ctx context.Context, d datadir.Dir, database *db.DB) error {
	ring, err := keys.Open(d.Keys(), keys.Options{})
	if err != nil {
		return err
	}
	blobs, err := blob.Locate(ctx, database, d.Blobs(), "")
	if err != nil {
		return err
	}
	defer blobs.Close()
	var errs []error
	f, err := intake.Fsck(ctx, database, blobs)
	if err == nil && !f.OK() {
		err = fmt.Errorf("%d blobs are missing, %d damaged", len(f.Missing), len(f.Damaged))
	}
	errs = append(errs, err)
	j, err := journal.Verify(ctx, database, d.Checkpoints(), ring)
	if err == nil && !j.OK() {
		err = fmt.Errorf("journal: %v", j.Findings)
	}
	if err == nil && len(j.Unsealed) > 0 {
		err = fmt.Errorf("journal: not sealed after an orderly end: %v", acts(ctx, database, j.Unsealed))
	}
	return errors.Join(append(errs, err)...)
}

// acts names what journal entries are about, for whoever looks at a failure.
func acts(ctx context.Context, d *db.DB, ids []string) (out []string) {
	err := d.Read(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			var act string
			if err := tx.QueryRow(ctx, `SELECT act FROM journal_entry WHERE id = $1`, id).Scan(&act); err != nil {
				return err
			}
			out = append(out, act)
		}
		return nil
	})
	if err != nil {
		out = append(out, err.Error())
	}
	return out
}

// silent: no log names anybody.
func (s *stage) silent() error {
	var errs []error
	for _, p := range append(s.crews, s.hub) {
		b, err := os.ReadFile(p.log)
		if err != nil {
			return err
		}
		for i, chip := range s.chips() {
			for what, text := range map[string]string{"name": chip.Name.Reveal(), "number": chip.Number.Reveal(), "address": chip.Address} {
				if len(text) >= 6 && bytes.Contains(b, []byte(text)) {
					errs = append(errs, fmt.Errorf("the %s of person %d stands in the log of %s", what, i, p.part))
				}
			}
		}
	}
	return errors.Join(errs...)
}
