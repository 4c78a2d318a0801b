// Package teller stands between the books and the channels (demands A42, A43, A59,
// domain §4.2–4.5, faults 36 and 37): it asks a channel for a way to pay, hears its
// notices, asks by itself where none comes, closes what is over, and follows refunds
// until the channel says that they were made.
//
//	Offer ──→ attempt (durable) ──→ channel ──→ code or page
//	                 │
//	notice ──────────┤
//	worker: query ───┼──→ a word, believed ──→ Book ──→ the books, in one transaction
//	AskNow: query ───┘
//
// An attempt (付款码) is one way to pay an order at one channel, under a number that the
// channel knows: the order's own, or, when that one is over there, the same with x2,
// x3 and so on. It is written before the channel is asked, and lives until the
// channel's last word: the money moved, or it never will. Nothing but that word ends
// it, however long the channel is away; its order is not closed before.
//
// A refund is taken from the ledger: whatever stands in the fund of what is returned
// is asked of its channel, under one number however often, until the channel says that
// it was made or cannot be; then it lies again where it lay.
//
// It decides nothing about money: package payment says what a movement is to its
// order, and package flow, which the functions of Options lead to, writes the journal
// and knows what follows. Of several hubs on one database each hears notices and makes
// offers; the worker runs at one. What two of them may both do is guarded by the rows.
//
// How it fails. A channel that does not answer is asked again on a schedule, and by
// one request at a time while it is away. ErrShut and ErrChannel are refusals of
// Offer; errors of package channel come back as they are. Keys and secrets are read
// once, at start, and stand in no error and no log.
package teller
