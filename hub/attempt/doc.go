// Package attempt counts attempts to sign in and slows guessing (S2), for the
// offices and for the applicants alike.
//
// Attempts are counted for a name from one source, for a source, and for a name
// from everywhere. After so many the next must wait, twice as long each time, to
// a limit; an attempt made while waiting is not looked at and not counted.
//
// Nobody can lock another out:
//
//   - A browser from which she signed in before keeps a mark (Try.Desk). With it
//     only its own failures count, whoever fails elsewhere or beside her behind
//     the same address.
//   - Without the mark, but from an address from which she signed in before, what
//     others do to her account does not count.
//   - From anywhere else, what others do decides how long a pause is, a minute at
//     most, but never when it begins: that is her own last failure from there. A
//     first try is always looked at.
//
// Names and addresses stand in the table as keyed hashes. The package looks at
// no password and writes no journal.
//
// How it fails: with the error of the database, and then the attempt must not be
// looked at.
package attempt
