// Package code128 encodes a text of ASCII as a Code 128 bar code (ISO/IEC
// 15417): set C for an even number of digits, two to a symbol; set B otherwise.
//
// It gives the widths of bars and spaces in modules. The quiet zone, ten
// modules on both sides, and the drawing are the caller's. It fails on what set
// B does not have: anything but U+0020 to U+007E, and on an empty text.
package code128
