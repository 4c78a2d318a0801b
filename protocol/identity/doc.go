// Package identity holds what both sides must agree on about who a person is:
// numbers of identity documents, names, and how either is shown.
//
// It is pure: no clock, no file at run time, no log. A rule that needs "today"
// takes it as an argument. Nothing here decides whether a person may register;
// it only says whether what was typed can be a number or a name, and whether
// two spellings are the same name.
//
// Values mask themselves. Number, Name and Phone print masked under every verb
// of package fmt and in log/slog; only Reveal gives the whole value. Two things
// carry the whole value all the same, because they must: CBOR and JSON encoding
// (the wire) and database/sql (the store). Never marshal a struct that holds one
// of these types for any other reader. fmt cannot call methods on unexported
// struct fields: keep a Number or Name in an exported field, or give the struct
// its own Format.
//
// Failures are refusals: each has an identity (errors.Is), a code, and a
// sentence in Chinese and English that says what to do. No refusal repeats what
// was typed.
package identity
