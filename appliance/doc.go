// Package appliance is the box assembled: configuration, the order in which
// things are opened and closed, the workers, and the one loop that owns the
// visit. Open this file and appliance.go first.
//
//	hw/idcard ─┐                        ┌─ kiosk.Show
//	kiosk ─────┤→ loop: visit.Step ────→┤  store, seal
//	link ──────┘   (one goroutine)      └─ link.Kick
//
// Everything that happens is an event of the loop: a card, a press, a receipt,
// a timer. visit.Step decides, the loop carries out. Nothing else knows who
// stands before the screen, and after visit.Wipe nothing does.
//
// A visit ends by what the person, the card, the time and the staff beside her do,
// and never by what the hub says of the staff: a clerk who is taken off the list in
// the middle of it finishes it (package desk).
//
// How it fails. New refuses what would not work, with one error a person can
// act on (ErrNotEnrolled, ErrPortBusy, ErrNotDemo, store.ErrHeld, …). Run
// returns ctx's error, or store.ErrBroken when the disk failed: then nothing
// more was acknowledged, and the caller closes and opens again. Every other
// trouble stays inside: a worker that ends is started again after a growing
// pause and shown as a fault of the device it serves.
package appliance
