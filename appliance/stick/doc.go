// Package stick keeps the journal of a box's records on an inserted stick: all
// that the store holds, which is what has no receipt yet, what was set aside,
// and what is in no backup of the hub. A box whose disk dies has lost nothing if
// its stick survives: the hub takes the files (protocol/README, "The stick").
//
// What goes on the stick is envelopes and ciphertexts as they go over the wire.
// It has nothing readable and no key.
//
// Never more than 10 s behind (issue 7): how long the first record that is durable in
// the store and not on the stick has waited is a figure (lag.go), which nobody waits
// for, and beyond 10 s a trouble, told while the writer hangs too. What is sealed
// while a stick is in is written before what lay here when it came, several with one
// sync, so that two weeks of old records keep no new one waiting; they themselves
// are behind until they are there.
//
// hw/stick mounts; this package sees a directory come and go. Each file is only
// appended to, and synced with every record; after an error, or when the stick
// comes back, the next file is begun, so that nothing is ever written behind a
// torn end. A file goes when this very store has had, and has let go of, every record in
// it: never one that another disk wrote. Other
// files on the stick are not touched, nor are those of other boxes.
//
// Names on a stick are somebody else's: all is opened below the mounted
// directory (os.Root), never through a link, never waiting for a pipe, and only
// regular files whose name is one of ours are read. A file that says it is ours
// is believed record by record: by envelope hash, and the parts by theirs.
//
// The tree of the design has no such package; it stands beside link, because it
// is the other way out of the box, and store must know of no stick.
//
// How it fails: never loudly for the visit, which does not wait for it. State
// says how it stands, for heartbeat and log: no stick, full, cannot be written
// to, or behind by more than 10 s, as when a stick hangs in a write. Whatever is
// wrong is tried again when a record is sealed, every 5 s while something is not
// on the stick, and when a stick comes.
package stick
