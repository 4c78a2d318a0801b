package appliance

import (
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// Printing is what the desk asks of the queue before the printer.
func (a *Appliance) Printing() desk.Printing { return a.printQueue() }

// Sealed is the id of a record of this box.
func (a *Appliance) Sealed(t *testing.T, seq uint64) protocol.ID {
	t.Helper()
	rec, err := a.store.Record(seq)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Manifest.ID
}

// Readable reports whether the readable copy of a record is kept.
func (a *Appliance) Readable(id protocol.ID) bool {
	r, err := a.store.Readable(id)
	clear(r.Photo)
	return err == nil
}

// Tickets says which lists of tickets the box holds, Lacking how many pictures it does
// not.
func (a *Appliance) Tickets() (store.Tickets, error) { return a.store.Tickets() }

// Lacking counts the pictures that are still to come.
func (a *Appliance) Lacking() (int, error) { return a.store.Pictures() }

// Beat has the box say at once where it stands.
func (a *Appliance) Beat() { a.link.Beat() }

// Certain reports whether the box knows what time it is.
func (a *Appliance) Certain() bool { return a.clock.Certain() }
