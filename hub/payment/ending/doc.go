// Package ending is the end of a campaign's registration (demand A41): who did not
// confirm, and who confirmed and did not pay, is void.
//
//	draw ──→ told, with days to object ──→ signed by two persons ──→ void
//	              │ taken off, for a reason                            │
//	              │ dropped out: paid, confirmed, left                 └→ restored by two persons
//
// A list is drawn once the time to confirm and to pay is over for everybody. It is
// frozen with a hash, and told. Nobody comes onto it later; whoever becomes valid or
// leaves drops out by herself (Settle), an office takes somebody off for a reason, and
// at the end two persons sign what is left, by its hash. Nobody stands on it of whom
// something is undecided: a confirmation that waits, an order whose time runs, money in
// suspense, papers that the city has not judged. Judge says it for one person and is
// pure; the lists are drawn by one question of SQL that tests hold to it.
//
// To be void is a fact of its own. No confirmation, no order and no money is touched by
// it: a void that is taken back leaves everything where it stood, and whoever pays later
// lies in suspense with a remedy. A record that a box sealed in time and that comes
// later lifts the void of its application by itself (Lift).
//
// The journal, the messages and what becomes of orders are package flow's. How it fails:
// ErrNotFound, ErrState, ErrEarly, ErrObjections, ErrChanged, ErrText and ErrStanding
// are refusals; all else is a fault of the database.
package ending
