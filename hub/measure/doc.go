// Package measure holds the one kind of counter that the domains cannot make
// from sync/atomic alone: how often a value fell into which of a few fixed
// ranges. It knows no metrics system; package metrics reads it.
//
// It is no statistics: it keeps neither the values nor their order. It cannot
// fail; a reading taken while others observe may miss what is under way.
package measure
