// Package idcardtest is an ID card reader that is not there: a module with its
// states, delays and faults, which speaks the bytes of a real one over a
// pseudo-terminal, over TCP, or in HID reports. It also makes synthetic cards.
//
// It is not a mock: a driver cannot tell it from hardware, and it shares no
// code with hw/idcard. Frames are written here a second time on purpose, so
// that one mistake is not made on both sides; a test holds that hw/idcard is
// not imported.
//
// No real person's card is here or may ever be. The portrait on a synthetic
// card is coded in a way of our own (see Portrait), not in the police's WLT
// coding, for which no open decoder exists.
//
// How it fails: as told. Each Knob makes it fail in one way the real thing is
// known to fail. Left alone it answers like a healthy module.
package idcardtest
