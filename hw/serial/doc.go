// Package serial opens a serial port and reads and writes it under contexts.
// It stands over go.bug.st/serial v1.8.0 and keeps that library's traps in one
// place.
//
// It is not a protocol: it moves bytes. It never lists ports, because listing
// opens every ttyS and pulses DTR of a port in use; the path is configured,
// best as /dev/serial/by-path/….
//
// How it fails: every error carries a hw/fault word. Absent: no such node, no
// serial port, or unplugged. Busy: another process holds it. Denied: no permission (group
// dialout). Timeout: the context's deadline passed first; bytes may have been
// sent. Closed: our own Close. After Absent or a write Timeout the port is of
// no more use: Close it before looking for the device again, because while the
// old one is held the device comes back under another number.
//
// The library's traps, and what is done here:
//   - a read that times out returns (0, nil), which makes io.ReadFull spin:
//     Read loops itself, in slices, under the context;
//   - SetReadTimeout is not synchronised with Read: it is called only by the
//     reading goroutine, under a lock;
//   - Write has no timeout and may block for ever: it runs in a goroutine of
//     its own and is abandoned at the deadline;
//   - a write or read that starts after Close would use a descriptor number
//     that may by then be a stranger's file: our own state is asked first, and
//     Close waits for those under way;
//   - root passes TIOCEXCL: a lock file is flocked, named by device number so
//     that two names of one device exclude each other;
//   - InitialStatusBits makes Open fail on a pty: it is never given;
//   - DTR rises on open and some readers restart at that: where the port has
//     modem lines, Open waits Settle before it returns;
//   - select(2) overruns above descriptor 1023: Open refuses there.
package serial
