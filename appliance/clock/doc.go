// Package clock tells what a box knows of the time: not an instant but an
// interval, with the evidence it rests on (design §2, "Time").
//
// Three kinds of evidence, from firm to weak:
//
//   - an answer of the hub, signed, to a nonce of this box: now lies between
//     the hub's time plus the monotonic time since the answer came, and the
//     hub's time plus the monotonic time since the question went, each widened
//     by what a quartz may drift;
//   - the board's own clock, if it agreed with the hub before and has not been
//     seen to jump or stand behind the floor since: good to its last tolerance
//     plus drift for the time without the hub;
//   - the floor: now is not before the build of the program, nor before the
//     newest time ever believed. No upper end.
//
// It is no time service: it sets nothing, opens no connection and keeps nothing
// on a disk. The caller verifies the hub's signature before Answered and keeps
// Memory through power cuts. Everything is counted on the monotonic clock, so a
// step of the board's clock changes no interval; it is an event (Watch).
//
// How it fails: it does not. Evidence that contradicts itself makes the
// interval wider or drops the weaker kind, never narrower.
package clock
