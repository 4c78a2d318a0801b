// Package flow knows which step of the office leads to which, and is the only
// writer across domains: each step takes an open transaction, changes the
// domains it concerns and writes the journal entry in the same transaction.
//
// Its heart is Next, one pure function from what is known of a sealed record
// to what becomes of it, with one table test. It knows no HTTP, no MQTT and no
// bytes of the wire, and holds no state.
//
// How it fails: a refusal is returned as such by Next or as an error of the
// domain; every other error leaves the transaction to be rolled back, so that
// no step is ever half taken.
package flow
