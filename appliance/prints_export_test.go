package appliance

import (
	"testing"

	"zhunkao/appliance/desk"
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
