// Package demo makes and runs the demonstration: one hub, one box, the
// emulators and the payment companies (package cashier), as the shipped programs in child processes, over a data folder of
// its own, in the campaign's own time.
//
// What it is not: a special build. The programs are those of a real province;
// they accept the demonstration's clock because the stores in the data folder
// carry the mark that only this package sets, when it creates them.
//
// It fails before it starts anything when a port is taken, when the folder is
// not its own, or when another demonstration runs there; a program that dies
// later is started again, as the service manager of a real machine would do.
package demo
