// Package paneltest is a box's front that is not there: lamps, buttons and
// contacts on a Modbus-RTU input/output board that speaks its own bytes over a
// pseudo-terminal, and a CP2112 USB bridge that the kernel's own driver makes a
// GPIO chip of.
//
// It is for tests and for the demonstration. It is written from the documents
// (Modbus Application Protocol V1.1b3; Modbus over Serial Line V1.02; Silicon
// Labs AN495 and the kernel's hid-cp2112) and shares no code with the driver,
// which a test holds.
//
// It can fail as real boards do: silent, late, noisy, with a bad checksum, in
// pieces, refusing, forgetful (restarted), unplugged.
//
// How it fails itself: a path that is a file, or a machine without
// pseudo-terminals, is told by Plug; the rest does not fail.
package paneltest
