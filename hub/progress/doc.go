// Package progress (进度) counts how far a campaign has come: registered,
// confirmed and paid, by place, level and hour, for whoever asks within a remit.
//
// Nothing is counted by looking at applications. A Follower reads the journal by
// chain number and adds what each entry changes to counters, which stand for the
// point and for every division above it; the number it has come to is kept in
// the same transaction, so each entry counts once, whoever leads and whatever
// dies. Intake pays nothing for it. What an entry changes is said in one table,
// see act.go; Rebuild counts the journal once more from its first entry and
// names what was different.
//
// It is not the truth about one person (package candidate and package
// confirmation are), and not exact to the moment: it is as far as Position says,
// a few milliseconds behind the journal. Earlier years of which only a table of
// numbers is left are kept beside it, see past.go, and Estimate draws this
// year's curve to its end from the shape of theirs.
//
// How it fails: all errors are faults of the database or of an entry that
// cannot be read, but PastError, which tells a person what is wrong in her file,
// row by row.
package progress
