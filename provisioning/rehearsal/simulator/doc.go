// Package simulator puts a small province under trouble that a seed chooses:
// boxes at points, people at boxes, and meanwhile lines that are cut, that
// swallow or delay, power cuts of points and of the hub, a broker that forgets,
// clocks that are years off, readers and printers that fail.
//
// What works in it is the shipped code: hub.Open and appliance.New with their
// real stores, sockets and TLS. The hub is one child process and the boxes of a
// point are another, so that a power cut is SIGKILL at any instant. The children
// are this very program (Child): a test binary needs no other to be built.
//
// PlanOf is pure: a seed and a size give the same people, acts and faults for
// ever. What the machine makes of them in which microsecond is its own business;
// so a seed that failed is likely, not certain, to fail again, and what a failure
// prints is its plan and the ends of the logs.
//
// Judge holds the promises of the system against what is left when everything is
// mended: every confirmation that a screen called accepted is at the hub; every
// sequence of every box is there, once, its chain whole at both ends; nothing of
// an honest box was set aside; everybody who stayed to the end is confirmed;
// blobs, journal and checkpoints verify; and no log names anybody.
package simulator
