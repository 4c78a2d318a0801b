// Package qr encodes a text as a QR code (ISO/IEC 18004, model 2, versions 1
// to 40) at the two levels of correction our papers use: M, and Q for sheets
// that are written on by hand.
//
// It knows three modes: digits, the 45 characters of the alphanumeric mode
// (texts in upper case are a third shorter in it), and bytes. One text is one
// segment. There is no ECI header: bytes beyond ASCII are UTF-8, which readers
// guess. The mask is the one of least penalty, so the same text always gives
// the same code.
//
// It fails only on a text that no version carries. Drawing is the caller's.
package qr
