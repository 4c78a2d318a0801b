// Package dossier is what the hub keeps about one person, as she may see it
// (S38; GB/T 35273 chapter 8, PIPL articles 44 to 47): the list of what is kept,
// why and how long; a copy of all of it as a file; and what she asks for when she
// can no longer change it herself, a correction or erasure.
//
// The list (Items) is the one place where this is said: the portal shows it, the
// copy has it, and hub/README.md is held to it by a test. It tells what the
// program does, no more: where nothing is deleted by itself it says so.
//
// Erasure removes rows. Contents are sealed under data keys that many persons
// share, so no key can be destroyed for one; SQLite overwrites what is deleted,
// PostgreSQL reuses it after its vacuum, and what was in the write-ahead log or a
// backup is ciphertext until that is recycled or has aged out. The keys of
// pictures are each their own and go with their rows: those pictures are beyond
// reach at once, in backups of the blobs too, though not in a backup of the
// database that holds the keys. The journal keeps ids and no content.
//
// It writes no journal and asks nobody's rights: package flow takes the steps, in
// the same transaction. It does not judge what an office answers.
//
// How it fails: ErrNotFound, ErrState, ErrText and ErrEnough are refusals;
// anything else is a fault of the database, the blobs or the keys. A picture that
// does not open is left out of a copy, and the copy says so.
package dossier
