// Package neighbour is how the boxes of one point know of each other: each tells
// the others, over mutual TLS on its desk's address, how it is and who waits, and
// is asked to call a number.
//
// Who may ask is whoever bears a device certificate of the hub's CA and stands with
// that key in the list of the point's boxes, which the hub tells each of them with
// its staff (protocol.StaffPage): a box that is revoked or retired disappears from
// it, and is told nothing from then on. Nothing of any applicant is ever said:
// states, screens by name, numbers.
//
// It decides nothing: the box that drew a number says how it stands.
//
// How it fails: a box that does not answer is shown as not reached, since when;
// everything else goes on.
package neighbour
