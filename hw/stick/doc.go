// Package stick mounts a USB stick that comes to one configured port, and lets
// go of it when it is pulled out.
//
// The port is a path that udev gives one physical port and no other:
// /dev/disk/by-path/…-usb-0:1.2:1.0-scsi-0:0:0:0. What comes elsewhere is not
// touched. A stick is mounted nosuid, nodev and noexec, in a directory that only
// the user of this program enters; with vfat its files belong to that user too.
// vfat and ext2/3/4 are known, on the whole stick or on its first partition that
// has one; of each only what the kernel is sure of: the kind is read here from
// the stick's own bytes and given to mount, which guesses nothing.
//
// It is no file manager: what is written on the stick is the caller's business,
// and no name on it is trusted here or opened.
//
// It needs CAP_SYS_ADMIN, to mount, and the right to read the device. Whoever
// wants every other stick shut out does so by the image: no automounter, and
// usbguard or a udev rule that authorises storage on this port alone.
//
// How it fails: Run goes on through everything. A stick that cannot be used is
// an Event with a fault: fault.Denied (no right), fault.Unsupported (no file
// system that is known: Detail says what was found), fault.Device (the stick
// answers with errors), ErrReadOnly (the stick's switch, or a file system that
// the kernel does not write to). Pulled out, it is unmounted lazily: whoever has
// a file open gets errors from it. A stick that hangs holds Run until the kernel
// gives it up (some 30 s), and nothing else.
//
// Nobody here has seen a real stick: the guest has the kernel's own USB storage
// over dummy_hcd, with vfat and ext4; see the tests.
package stick
