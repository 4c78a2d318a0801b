// Package journal says who did what, when, and why, in a way that cannot be
// changed afterwards without being found out (S31).
//
// An entry is written by Write in the transaction that causes it, unchained. One
// Sealer among all hubs on a database gives committed entries consecutive
// numbers, chains them, and each second signs a checkpoint that goes into the
// database and, synced, into a file outside it. Chaining in the causing
// transaction would put the whole province in one queue; a cursor over the
// order of insertion would skip what commits late. So whoever follows the
// journal (boxes' rosters, live pages, statistics) reads by chain number only:
// After, with Sealer.Changed to wait on.
//
// Entries hold ids, names of fields and keyed hashes. No personal value stands
// in one.
//
// Verify names every sealed entry that was altered, deleted, swapped, inserted
// or cut off, as long as the keys of the hub and the file of checkpoints are
// the hub's own. What it cannot see: an entry taken away, or put in, between
// its commit and its sealing some fifty milliseconds later by someone who may
// write to the database; entries cut off the end within the second before the
// next checkpoint is signed, which no checkpoint is above yet; and a journal
// and a file of checkpoints both set back to an earlier state, which only the
// checkpoints kept by boxes betray.
//
// How it fails: an error of Write must fail the transaction, so that nothing is
// done that is not in the journal. The Sealer returns on the first fault of
// database or file and is meant to be started again; nothing is numbered twice.
package journal
