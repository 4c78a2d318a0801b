// Package sticktest plays the one USB port of a box that takes a stick, and a
// few sticks to put into it.
//
// A stick is a file on a loop device, and the port is a link that comes to lead
// to that device, as udev makes one: the kernel's own disk and file system, so
// that nobody can tell it from a stick but by how fast it is. It is not for the
// network and not for real people's data.
//
// It needs root, to attach loop devices, and losetup, mke2fs and debugfs; Able
// says what is missing. A pull takes the link away and lets go of the device: who
// has the file system mounted still writes to it until it is unmounted, which a
// real stick does not allow.
//
// How it fails: ErrHeld, when whoever mounted a stick does not let go of it;
// ErrNoStick, of a name that is none; all else is what losetup, mke2fs or debugfs
// said. A program that is killed leaves its device attached; the next one takes it
// off.
package sticktest
