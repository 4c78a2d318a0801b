// Package visit is one person at the screen, as a pure state machine: a state
// and an event give a new state and a list of effects.
//
// It reads no clock, draws no random number, touches no file and knows no
// device. The loop that owns a State (appliance) turns what happens into
// events, calls Step, and carries the effects out; package kiosk draws a State
// and turns presses into events. Nothing else knows what a visit knew.
//
// # The walk
//
//	idle → reading → looking → found → read-through 1…n → pledge → sealing → accepted → idle
//
// Whatever refuses her is a screen of its own (Refused with a Refusal), and
// what interrupts the walk without ending it lies over it (Over): the card is
// lifted, another card lies there, the reader is lost, nobody touches the
// screen, help was called.
//
// # The card
//
// The card is read once. From then until the signature is given it must stay
// on the reader, as a person would expect of a counter: lifting it asks to put
// it back and, after CardLimit, ends the visit with nothing sealed. Another
// card in its place is said to be another. From the signature on the card may
// go: sealing goes on regardless, and the accepted screen stays for its time.
//
// # Time
//
// Time is monotonic and comes by Ticked. The loop steps a Ticked with the
// present before every other event, and again when State.Wake says so; so
// State.Now is the present whenever an event is judged.
//
// # How it fails
//
// It does not: an event that does not fit the state changes nothing, and a
// result that bears the number of an earlier visit is ignored. Every state but
// idle ends by time alone. A power cut in any state before Accepted leaves no
// trace of the visit but, from Sealing on, possibly a whole sealed record; the
// next look-up of the same person then answers "already confirmed".
package visit
