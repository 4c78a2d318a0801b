// Package dbtest runs a test on every database the hub can use: SQLite in a
// file of the test's own, and PostgreSQL in a database of the test's own.
//
// PostgreSQL (15 or newer) is a private server, started once per test process
// from Debian's binaries, or from those that a directory on PATH holds, on a
// unix socket in a directory of its own, with the settings it is shipped with
// and the order of Chinese texts, so that a query that leans on the order of
// bytes is found; it goes away with the process, however that ends. Where the
// binaries are missing the PostgreSQL half is skipped visibly, or fails when
// the environment says CI=true: it never passes unseen.
package dbtest
