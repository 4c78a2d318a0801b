// Package democlock is the clock that the programs of one demonstration share.
//
// A demonstration lives in the campaign's own time, say September 2019, at real
// speed, and can be moved forward: to the next day, to the lunch break, to the
// minute before the close. Hub and box take their civil clock as an argument;
// in a demonstration that argument is a Clock of this package. Both programs
// refuse it unless their own store was made by the demonstration.
//
// It stands in protocol because it is the third thing on which both sides must
// agree, after the wire and the rules, and because neither may see the program
// that starts them. In an office it is never used: certificates, TLS, cookies,
// timers and time-outs keep real time even in a demonstration.
//
// The wire is one Unix socket, mode 0600, and JSON, one object a line. The
// server sends a State at once and after every move; a client sends a request
// {"move":"next-day"} and gets a State whose Did names the move and whose Error
// is empty if it was done.
//
//	{"now":"2019-09-06T01:00:00.000000000Z","moves":3}
//
// How it fails. The clock never runs backwards, whatever stops: the server
// writes down a time ahead of all it will say (ahead), and after a crash goes
// on from there; stopped in order it goes on from where it stopped. A client
// that loses the server counts on at real speed and comes back by itself. A
// state file that cannot be read is an error at start, never a new beginning.
package democlock
