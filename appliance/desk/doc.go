// Package desk is the clerk's desk (工作台): pages that a clerk of the point
// opens from a tablet or an old PC at the box's own address, also when the hub
// is away. It shows how the box is and never whom it serves.
//
// It signs people in by what the hub sent ahead (store.Staff): password and
// one-time code, both looked at here. It keeps sessions in memory: a restart
// signs everybody out and loses nothing else. What must survive, the days and
// the used codes, is in the store.
//
// It is not a second loop: what it shows comes as a Status, what it asks of the
// visit goes through Options. Nor does it seal: what takes a confirmation back is
// sealed by the box in its turn (Options.Void), and shown once it is durable.
//
// How it fails: without a certificate of the hub it is not served outside this
// machine at all; with a store that has failed it says so and asks to wait.
package desk
