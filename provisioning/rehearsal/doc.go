// Package rehearsal plays a whole province on one machine: a hub, boxes, their
// readers and the people at them, told as stories in testdata/*.txtar.
//
// The design speaks of one process. The stories here run the shipped programs
// as child processes instead, over their real data folders and sockets, because
// a power cut must be a power cut: SIGKILL at any instant of the very program
// that stands at a point. Readers are emulated on real pseudo-terminals, people
// press the buttons that the kiosk's pages offer and nothing else, and attackers
// hold what a thief of a box would hold.
//
// It also holds the import law of the tree as a test.
//
// A story fails with the last lines of the programs' logs. Nothing in it waits
// by sleeping: every expectation is polled until it holds or its time is up.
package rehearsal
