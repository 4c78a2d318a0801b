// Package watchdog feeds a watchdog while, and only while, every supervised
// loop of the program has reported within its own limit. A program that hangs
// is restarted by whoever watches it: the hardware, or systemd.
//
// It is not a supervisor: it restarts nothing itself, and a loop that returns
// an error is its owner's business. It judges time by the monotonic clock only.
//
// One feeder, never two: either this program feeds /dev/watchdog, or systemd
// does and this program tells systemd that it lives (WATCHDOG=1). New refuses a
// device where systemd expects to be told, and the kernel refuses a second
// opener. Prefer systemd where it runs.
//
// Choose limits longer than what the slowest healthy thing takes: a write to
// flash may stall for ten seconds (FlashStall). The feeder itself touches no
// disk and calls no logger: what it has to say goes out as events, and is
// thrown away when nobody listens.
//
// How it fails: opening the device starts it, so from New on the machine resets
// unless Run feeds it. When Run's context ends, the device is fed once more and
// stays armed: a program that hangs while it stops is reset too. Close ends it in
// order ("V"); a program that dies without Close is reset after the timeout, and
// so is one whose device was built with nowayout, whatever Close says. Absent,
// Busy and Denied are said of the device as elsewhere under hw.
package watchdog
