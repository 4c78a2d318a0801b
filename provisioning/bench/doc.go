// Package bench runs the project's benchmarks and writes what they measured as
// a table: date, processor, disk, raw values, and each ratio beside its aim.
// Nobody types a number into that table.
//
// It decides nothing: an aim that is missed is written down as missed, and the
// program still succeeds. Ratios are taken by the benchmarks themselves, from
// interleaved runs, because absolute figures of two runs on one machine differ
// more than what is compared.
package bench
