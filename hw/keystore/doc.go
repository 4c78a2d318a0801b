// Package keystore keeps the keys that make a box this box: its signing key
// (ECDSA P-256), its opening key (X25519, for HPKE) and one wrapping key for
// data at rest (AES-256-GCM).
//
// It is not a certificate store and knows no protocol: names are the caller's,
// and certificates lie where the caller puts them. It asks nobody for a secret:
// whoever has the running board has its keys, whatever the kind.
//
// Three kinds guard the same keys, in the same files of one directory:
//
//   - tpm: the signing key is made in the TPM and never leaves it; the opening
//     and wrapping keys are sealed to it and open only in this program's memory.
//     The files are TSS2 key files, worthless beside another TPM.
//   - machine: the keys are encrypted under the board's own serial number and
//     the system's machine-id. Who copies the disk alone has nothing; who also
//     reads the serial off the board has everything. For boards without a TPM.
//   - file: plain. Who copies the disk copies the box. For the demonstration.
//
// Kind says which, and whatever shows the box's state must show it. The keys
// are not bound to measured boot (PCRs): no board of ours has a verified boot
// chain yet, and a seal to values nobody checks would only add a way to lose
// the box at the next update.
//
// How it fails: Open refuses a directory or file that group or others may read
// (ErrExposed), because a key that was readable must be thought of as known;
// keys made with another kind (ErrKind); keys made by another board
// (ErrOtherBoard: enrol again); a TPM that is not there (ErrTPM); a board that
// has no serial number of its own (ErrNoSerial). A file is written under
// another name, synced, linked and the directory synced, so that a power cut
// leaves either no key or the whole key; a key once created is never
// overwritten. Unwrap fails with ErrSealed for every reason alike: other key,
// other label, altered bytes.
package keystore
