// Package idcard drives a second-generation ID card reader: a SAM_V/SAM_A
// security module that speaks SDT frames (GA 450, GA/T 467) over a serial line,
// over 64-byte HID reports, or over TCP.
//
// Framing is apart from commands: a link carries bytes (serial, TCP, HID), a
// transport finds frames in them, a session speaks commands, a placement reads
// one card, and a Reader is the worker that owns it all and tells its story as
// events.
//
// It is not a judge of people or of papers. It says what stands on the chip;
// whether the card is valid today, or its holder registered, is not asked here.
// It does not decode the portrait: no open decoder of that coding exists, so the
// 1024 bytes are handed on as they are. It never asks for fingerprints.
//
// Sources: vendors' documents and published drivers; the standards themselves
// are sold. Where they disagree the driver is liberal: a module may lack 30 05,
// 30 03, 12 FF, or even the self test; after a read, find may answer 80 until
// the card leaves, or not.
//
// How it fails. The line: ReaderLost, and the Reader goes on trying by itself
// (self test, reset, reopening, every speed) until it is back; an unplugged
// reader is back within three seconds of the replug. The module: ReaderFault,
// permanent or not. The card: two whole sequences, then CardUnreadable with
// advice for the person, and the Reader waits until the card is gone. Noise is
// repaired by asking again, and reported when there is much of it. There is no
// partial read: a card is delivered whole, its lengths and checksums right and
// its number passing its own check, or not at all.
//
// The protocol has no sequence numbers. A late or doubled answer can be told
// from the right one only by its shape, which is why every exchange begins with
// an empty line, and silence is followed by a self test whose answer has a shape
// of its own.
//
// Nobody's data gets into a log from here: frames are never logged, only
// command, status, length and time; Card and everything that holds one print
// the kind of card and nothing else.
package idcard
