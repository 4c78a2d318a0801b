// Package db is the hub's handle on its SQL database: SQLite for one machine,
// PostgreSQL for a grown hub, with one SQL text for both.
//
// The text: $1 placeholders; TEXT, BIGINT, BYTEA, BOOLEAN; no serials, because
// ids come from the program; instants as BIGINT milliseconds since 1970;
// ON CONFLICT and RETURNING are fine. Migrations are embedded, numbered, go
// forward only, and are applied by Open under a lock.
//
// A transaction sees one snapshot on both databases. What two writers may both
// invent is therefore guarded by a constraint, never by a read: on SQLite
// writers stand in a queue, on PostgreSQL the later of two that touch one row
// is run again. A function given to Write may thus run more than once and must
// do nothing outside the transaction; Tx.OnCommit is for what comes after.
//
// It is no query builder and no mapper: SQL stands written out next to the type
// it fills, in the packages that own the tables.
//
// How it fails: Open refuses a database that may lose a committed transaction
// in a power cut (ErrNotDurable): on SQLite anything but WAL with
// synchronous=FULL, since NORMAL was seen to lose acknowledged rows; on
// PostgreSQL fsync, full_page_writes or synchronous_commit switched off. Write
// returns the function's own error untouched and everything is rolled back.
// When the connection breaks during the commit itself the outcome is not known;
// that is ErrUnknownOutcome, and every caller's work must be repeatable.
package db
