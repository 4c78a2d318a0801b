// Package retire empties a box that leaves its point for good, and proves it.
//
// It refuses while anything would be lost: a draft that nobody confirmed; a
// record that is only here, unless it is carried to a folder first, in the form
// of a stick's journal, read back and compared. Then the box signs its last word,
// a protocol.Retirement, the keys are written over and removed, and after them
// all else. What was encrypted is nobody's from the moment the keys are gone.
//
// The hub takes the last word only when it holds everything that the box ever
// sealed, to the same end of the same chain (hubctl retire): that is the proof
// that nothing was lost, and the removal read back from the disk is the proof
// that nothing is left. The order is such that a power cut leaves either a box
// that can be retired again or one whose statement is already written.
//
// What it cannot prove: that a card's electronics keep no old copy of what was
// written over. Of keys guarded by a TPM or bound to the board such a copy opens
// nothing elsewhere; of plain key files it does, and Retire says so (Plain).
package retire
