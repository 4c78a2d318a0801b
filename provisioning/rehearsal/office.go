package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
)

// Office is what the running hub can be asked about by who sits at it.

// Boxes asks the running hub for its boxes as it last heard them, through the
// door that hubctl uses.
func (p *Province) Boxes(ctx context.Context) ([]fleet.Box, error) { return boxesOf(ctx, p.asked()) }

func boxesOf(ctx context.Context, h *hubd) (boxes []fleet.Box, err error) {
	return boxes, askAt(ctx, h, "/boxes", &boxes)
}

// askAt asks one hub at its operator's socket.
func askAt(ctx context.Context, h *hubd, path string, answer any) error {
	door := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", datadir.Dir(h.data).Socket())
	}}}
	defer door.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://hubd"+path, nil)
	if err != nil {
		return err
	}
	res, err := door.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(answer)
}

// Tally is what the hub's database holds.
type Tally struct {
	Confirmed   int64 // records in force or waiting for a decision
	Quarantined int64
	Distinct    int64  // different applications among the records
	Roster      uint64 // newest journal number that concerns the roster
}

// Count reads the hub's database beside the running hub.
func (p *Province) Count(ctx context.Context) (Tally, error) {
	var t Tally
	database, err := db.OpenExisting(ctx, p.database)
	if err != nil {
		return t, err
	}
	defer database.Close()
	err = database.Read(ctx, func(tx *db.Tx) error {
		counts, err := confirmation.Counts(ctx, tx, "adult-2019", "430000")
		if err != nil {
			return err
		}
		for _, c := range counts {
			t.Confirmed += c.All()
		}
		aside, err := confirmation.QuarantineCounts(ctx, tx, "430000")
		if err != nil {
			return err
		}
		for _, n := range aside {
			t.Quarantined += n
		}
		if err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT application) FROM confirmation`).Scan(&t.Distinct); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) FROM journal_entry WHERE number IS NOT NULL AND act IN ($1, $2, $3)`,
			string(journal.ApplicationRegistered), string(journal.ApplicationEdited), string(journal.ApplicationMoved)).Scan(&t.Roster)
	})
	return t, err
}
