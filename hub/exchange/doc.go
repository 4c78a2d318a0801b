// Package exchange is the traffic in files between the hub and the offices that
// work with FoxPro and spreadsheets: candidates as DBF tables by the mappings
// of the campaign, both ways, and catalogues that come as sheets. The file
// format itself is package dbf.
//
// A table of candidates is written by a campaign.Exchange: which column holds
// what, in which character set, and what becomes of a character beyond GBK.
// Every value that the table does not hold exactly stands in the side file
// beside it, keyed by candidate number and row, so that nothing is damaged
// silently: a table and its side file, read back by the same mapping, give what
// was exported. A table whose side file was lost is read too, but a cell in
// which a character was replaced is then refused.
//
// It decides nothing about persons: who is exported is the caller's matter, and
// whether what was imported is valid is campaign.Checker's.
//
// How it fails: a mapping that names what does not exist is refused before
// anything is written. While writing, values that may not be written are
// gathered, all of them, and returned as one *Refused; the table is then to be
// thrown away. While reading, faults stand with their row. Faults hold no
// values and may be logged; table and side file hold persons, and belong where
// persons may lie.
package exchange
