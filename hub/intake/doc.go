// Package intake takes what boxes say: MQTT in, verified, opened, checked,
// committed, and only then receipted.
//
//	MQTT ─▶ lane (one of a few; a box always the same) ─▶ blobs ─▶ SQL ─▶ receipts
//	        verify · collect parts · open · check         one sync  one transaction
//
// A lane owns all that is known of its boxes' records under way, so there is
// no lock on them and a box's messages are dealt with in their order. A record
// leaves its lane when all it names is here; everything that can refuse it has
// been decided before its transaction writes. A transaction that fails because
// of what is in it is halved until the culprit stands alone, and that one goes
// into quarantine. The same envelope gets the same receipt for ever, from the
// table envelope.
//
// It trusts no broker: topics say only whose key to try. What a box may make
// the hub hold is bounded before it is allocated: parts must be named by a
// verified manifest, their sizes are known from it, and each box has its share.
//
// How it fails: a message that is no message is dropped and counted; an
// envelope that cannot be taken is set aside with its reason and receipted as
// such; when the database is away nothing is receipted and the boxes say it
// again; when the blob file fails Run returns, because after a failed sync
// nothing more may be believed of it, and the hub ends.
package intake
