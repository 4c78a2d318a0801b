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
// Commits are shared. On SQLite a commit waits for the disk, and the transactions
// that were begun meanwhile wait for it; then they are run one after another
// inside one transaction, each in a savepoint of its own, committed once, and
// only then answered, all of them, refusals too. A function that fails takes
// back its own work and nobody else's; where the commit of several fails, each
// is run again, alone. So twenty people who write at once cost one wait for the
// disk and not twenty, and one who writes alone waits for nobody: a group takes
// in only who is waiting already, at most sixty-four and for some milliseconds.
// Nothing is asked of a caller but to be many: Write, concurrently, from as many
// goroutines as there are requests. What a function reads may be the work of
// another in its group that is not on the disk yet; nobody is told of it before
// it is. A function must not wait for another caller's Write, nor take long:
// those before it in the group wait for it. PostgreSQL shares commits by itself.
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
