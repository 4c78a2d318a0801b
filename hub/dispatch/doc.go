// Package dispatch says to the boxes what the hub has to say: the answers to
// hello and heartbeat, receipts, what is wanted again, the campaign, the roster,
// who works at the point, the admission tickets of its candidates with their
// pictures, the certificate of its desk.
//
// Nothing it sends is a message that must arrive: all of it is state, compared
// with the marks a box reports and said again, with growing pauses, until the
// marks move. So there is no queue on disk, nothing is retained at a broker,
// and a lost connection costs only time. The roster follows the journal by
// chain number: a box with mark m is told what the sealed entries above m
// concern, as it is now.
//
// Everything is signed; what names a person is sealed to the box's own opening
// key. Work is done by a few workers in turn, one page for each box at a time,
// so that two hundred boxes that come back at once are served one after the
// other and receipts never wait behind rosters. A box that has more than 128
// records to say rests a second between pages: most of what is new is its own.
//
// How it fails: what cannot be said now (no connection, queue full, database
// away) is dropped and counted; the next heartbeat brings it up again.
package dispatch
