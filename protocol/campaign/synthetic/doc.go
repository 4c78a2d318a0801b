// Package synthetic makes up people: an application and the chip of the
// identity document that goes with it, for the demonstration, the rehearsal and
// the benches.
//
// Nobody in it exists. Serial parts of the document numbers are 900 to 999, so
// that a collision with a living person is unlikely; telephone numbers begin
// with 1990000, which is not assigned; addresses have invented streets. The same
// seed, campaign and points give the same people, always.
//
// Of the adult examination they have two choices and a diploma where one is
// asked; of the gaokao a category, a school and a sequence number, and those of
// earlier years or of a special scheme live in the county of their point.
//
// It is not a fixture: names and divisions are real in kind (rare characters,
// minority names, one character, very long), because that is where programs
// break. It panics on a campaign without divisions or catalogue, which is the
// caller's mistake; it reads nothing and has no clock: the day of reference is
// the campaign's first confirmation.
package synthetic
