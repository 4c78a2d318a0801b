// Package dbf reads and writes DBF tables, the files in which admission data
// travels between offices: dBASE III and Visual FoxPro, Chinese text in GBK or
// GB 18030.
//
// It is the file format and nothing more: which column holds what, and what
// becomes of a name that the character set does not have, is package exchange's
// matter. It has no clock (the date in the header is an argument) and no
// opinion about a cell it cannot read: such a cell is reported by row and
// field and never guessed.
//
// The measure is what others read. Either a cell has the value that two of
// dbfread, DBD::XBase and shapelib give it, or it is a Fault; tests hold it
// against all three. Nothing here replaces a character silently.
//
// How it fails: NewReader refuses, with a *Fault of row 0, what cannot be read
// at all (a version that is another format, lengths that contradict each
// other). After that Next goes on as long as rows can be told apart; what is
// wrong with a row stands in Row.Faults, what is wrong with the file in
// Reader.Faults. Faults say where and why and never hold a value, so they may
// be logged and shown. No input makes it panic, and memory is bounded by the
// length of one record and Options.MemoMax, whatever the file says.
//
// Not supported, and said by name: tables of FoxBASE and dBASE 7, encrypted
// tables, and columns of types G, P, Q, V, W, @, O and +, whose rows are still
// read.
package dbf
