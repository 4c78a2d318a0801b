// Package form says what an application is and when it is valid.
//
// Definition is the form of one campaign: its fields with code tables, lengths
// and conditions, and the vocabulary of choices. Application is what one
// candidate filled in. Check compares the two; Compare sets an application
// beside the chip of an identity document; Digest names its content by a hash.
//
// Everything is pure and total: no input panics, nothing is read, no clock is
// asked. It is not the store of applications, knows nothing of windows, points
// or offices, and no examination: those are campaign data.
//
// Applications and chips print masked (package fmt, log/slog). A Finding or
// Difference printed or logged names fields, never values.
package form
