// Package ptytest is the cable of a device that is not there: a pseudo-terminal
// behind a symbolic link, plugged in and pulled out. What speaks at its end is
// an emulator's (hw/idcardtest, hw/paneltest); it knows no protocol itself.
//
// It shares no code with the drivers, and is no part of what they do: no
// shipped program but the emulators' command can import it, which a test holds.
//
// How it fails: a path that is a file, or a machine without pseudo-terminals,
// is told by Plug, which then leaves it unplugged; what ended badly at the far
// end is told by Unplug, after which it is unplugged.
package ptytest
