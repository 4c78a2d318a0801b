// Command kioskd is the box's program: the applicant's screen, the ID reader,
// the store and the way to the hub.
//
//	kioskd run --data DIR --reader PORT [--listen 127.0.0.1:8602] [--demo-clock SOCKET]
//	kioskd enrol --data DIR [--keystore tpm|machine|file]   the ticket comes on standard input
//	kioskd check --data DIR            reads everything, changes nothing
//	kioskd gallery --listen ADDR       every screen in every state, synthetic
//
// Logs are JSON lines on standard error and name nobody. At start run prints
// one line with its pid and address on standard output. When it cannot work it
// says one sentence with the remedy, and exits with
//
//	1 a fault, or damage found by check      5 demo clock on a store that is no demo's
//	2 wrong use or configuration             6 keys that others may read, or unreadable
//	3 the port is in use                     7 another kioskd holds the store
//	4 not enrolled                           8 the hub refused the enrolment or is away
package main
