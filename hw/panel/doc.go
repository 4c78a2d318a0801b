// Package panel drives what a box has on its front and inside its case besides
// the screen: lamps, buttons, and the contacts of door and tamper switch.
//
// The lines hang on one of two boards, or on both: GPIO lines of the kernel
// through periph.io, with LEDs of the LED class; or a Modbus-RTU input/output
// board (the common eight-in, eight-out kind) on a serial port. Which line is
// which is the Wiring, by name. A line that is not wired is absent and nobody
// asks for it; one that is wired and missing is an error that says so.
//
// It is not an alarm system: it tells its owner what a contact did, after the
// owner has made it durable, and judges nothing. It cannot see what happened
// without power: a contact that was opened and closed again while the box was
// off needs a latch with its own battery.
//
// Wiring of contacts: a normally closed loop that feeds the line, so that open,
// cut and torn off all read Low. Low is alarm, because periph.io tells a line
// that cannot be read as Low too. A button closes to ground (GPIO, with pull-up)
// or feeds its input (Modbus).
//
// How it fails: Run goes on through everything and tells it as Lost, once,
// with a word of hw/fault; what the lines did meanwhile is unknown. Absent: no
// such line, LED, chip or port. Busy and Denied: another program's. Timeout and
// Line: the Modbus board is silent, or noise. Unsupported: it answers and cannot
// do what is asked. While it is lost, lamps stay as they were last written; when
// it is back every lamp is written anew and every contact is compared with what
// was last known, so that an opening that lasted is not missed.
//
// The traps of periph.io (conn v3.7.2, host v3.8.5), and what is done here:
//   - WaitForEdge(-1) returns at once in gpioioctl and 0 waits for ever, against
//     the contract of conn: only finite waits, in a loop, and the line is read
//     after each;
//   - an edge may be lost: every input is also read each 100 ms;
//   - Read of an output turns it into an input: outputs are never read, their
//     state is kept here;
//   - Read of a line that is gone answers Low without an error: after every
//     reading the chip's node is looked at, and a Low counts only when it still
//     stands 25 ms later and the node too;
//   - a chip that comes back is a new one, and the library looks for chips once:
//     its driver is asked to look again. What it had open of the old chip stays
//     open (closing it closes descriptor 0 as well): one descriptor a replug;
//   - errors of ioctls have lost their numbers: their texts are compared;
//   - LEDs are written without their trigger being taken off: "none" is written
//     first;
//   - kernels before 5.10 have no lines for this library: then none is found.
package panel
