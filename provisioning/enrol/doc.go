// Package enrol takes a technician through giving a box its identity.
//
// It drives two shipped programs and knows no secret itself: hubctl asks the
// hub for a one-time ticket, and kioskd, on the box, makes its keys, shows the
// ticket to the hub and keeps what the hub grants. The ticket passes from one
// to the other on standard input, never on a command line that other users of
// the machine could read.
//
// Every step may be repeated: a ticket that was used, or has expired, is
// refused by the hub with a sentence, and the box keeps the identity it has.
package enrol
