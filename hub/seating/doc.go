// Package seating keeps the arrangement of an examination (编排; demands A6 A24 A48 to
// A52, faults 38 to 40): its versions, the frozen list, the draw of its seed, rooms and
// seats. What follows from a list and a seed is package arrangement's, which is pure.
//
//	freezing ──→ frozen ──→ drawn ──→ numbering ──→ published ──→ replaced
//	   the list    shares     the seed   two persons    the root       by a later version
//	               └────────────┴──→ void: a share was not revealed, published as such
//
// and of a revision (更正版), which corrects the published version and keeps its seed,
//
//		freezing ──→ numbering ──→ computed ──→ published ──→ replaced
//		   the list     the seats     two persons compare it; or take it back: void
//
//	  - Freezing: the list of who is arranged is read on one snapshot and written down. A
//	    cut leaves it here, and it is read anew.
//	  - Frozen: the digest of the list is published; each office that draws seals a share.
//	    When all have sealed, they reveal, and the last makes the seed.
//	  - Drawn: the seed is known to everybody. Nobody can choose any more.
//	  - Numbering: rooms and seats are written in shares that nobody reads. A cut leaves
//	    it here: what was written is taken back and written anew, and follows from the same
//	    list and seed. One transaction at the end publishes all or nothing.
//	  - Computed: a revision is written down whole, with who does not keep her seat and
//	    why. A cut changes nothing. One transaction publishes it, unless exception seats
//	    were given since it was begun in the version that it corrects: it would lack them.
//	  - Published: never changed. Who comes late gets an exception seat behind those that
//	    there are; a new version, which two persons ask for, makes the old one replaced.
//
// There is at most one version in the making and one published. Candidates of other
// versions' states than published and replaced have no seat for anybody who reads.
//
// The journal and the messages are package flow's. How it fails: the Err… of this
// package are refusals; all else is a fault of the database.
package seating
