// Package unpaid is the check of those who confirmed and have not paid (domain §0,
// demands A20, A43): whom a point is to reach, what came of it, what the channels said
// when they were asked the last time, the reason that is put down for each person, and
// the point's word that all of its list is done.
//
//	list ── ask the channels ── reach her ── reason ── sign the list
//
// A person leaves the list by paying, by a waived fee, by leaving, and by nothing else:
// it is read from the orders each time and kept nowhere. What is kept is what people
// found out. A signed list is frozen with its counts and a hash; who comes to stand on
// it later is shown as not signed for.
//
// What a clerk writes down may name no number of a person (Text). Who may write is
// judged by the caller, and the journal is written by package flow. How it fails:
// ErrNotFound, ErrSigned, ErrText, ErrChoice, ErrOpen and ErrChanged are refusals; all
// else is a fault of the database.
package unpaid
