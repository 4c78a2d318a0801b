// Package candidate keeps the applications (报名信息): one row for each person
// in a campaign, and every version of what she filled in.
//
// What names a person is sealed under a data key of the hub; an application is
// found by a keyed hash of the document number. Versions are added, never
// changed; Save refuses one that does not follow the version at hand, so that
// two people's edits never silently overwrite each other (promise P6).
//
// Persons are looked up (Search) by document number, day of birth with the last
// four of the number, name, telephone, and our own numbers. The lookup is a
// table of keyed hashes, HMAC-SHA-256 under a key of the hub, over campaign, kind
// and value in its normal form (package identity: dots, blanks, widths and
// private codes make no difference), cut to 16 bytes, beside the place of the
// application, so that one range of one index answers and what lies outside a
// remit is not read. It is written with every version, in its transaction; a
// store of before is filled in by IndexSome while the hub runs.
//
// What a thief of the database learns from it: which applications of one
// campaign have the same name, the same telephone or the same day of birth and
// last four; hence how often each name occurs, and by that, of the commonest
// names, which they may be. Not the values, nor who is the same in two
// campaigns: to try a number or a name he needs the key, which is not in the
// database. Only equality can be asked: parts of names cannot be found, because
// what finds a part (hashes of pairs of characters, an order-preserving cipher)
// gives the rest away by counting. Opening all of a province for each search
// would tell him nothing, and take twenty seconds.
//
// It does not judge whether an application may be made, edited or confirmed,
// and writes no journal: package flow does both, in the same transaction.
//
// How it fails: refusals are ErrNotFound, ErrConflict and ErrTaken. Anything
// else is a fault of database or keys, and the transaction must end.
package candidate
