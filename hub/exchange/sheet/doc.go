// Package sheet writes lists for people's spreadsheets: a workbook (XLSX) or
// comma-separated values (CSV), row by row, in a memory that does not grow with
// the list.
//
// A text stays the text it is: no program that opens the file computes it
// (formula injection, S16) or makes 1.1E+17 of a number of eighteen digits.
// What begins as a formula does gets an apostrophe in front, in both kinds of
// file, because a workbook is saved as CSV sooner or later; in CSV, where a cell
// has no type, so does a text that looks like a number or a day. Plain takes the
// apostrophe away again, so that nothing is lost.
//
// The workbook is written by hand, some parts of XML in a zip, and not by
// excelize: that keeps a long list in a plain file of the system's temporary
// folder until it is whole, and these lists name persons. What is written here
// is read back, in the tests, by excelize and by openpyxl.
//
// It decides nothing about who may have a list, and keeps none: both are the
// caller's matter.
//
// How it fails: an error of the writer, or of a cell whose type is not one of
// Cell; the file is then to be thrown away.
package sheet
