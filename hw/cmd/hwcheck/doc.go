// Command hwcheck is a technician's probe: it drives one device the way the box
// does and says what it found.
//
//	hwcheck idcard --port PATH [--json] [--timeout 10s] [--baud N] [--verbose]
//
// reads one card. Standard output has the card (with --json one JSON object),
// standard error the sentences for a person, Chinese and English. The exit
// codes are a contract with scripts, kept by tests:
//
//	0  read
//	1  wrong usage, or interrupted
//	2  no card in time: the reader works and found nothing
//	3  place the card again: it was found and could not be read, it is no
//	   identity card, it was lifted too early, or its name is blank or its number
//	   fails its check
//	   (31 32 33 34 40 41 47 81, 90 with blanks, an unknown layout; 24 and
//	   unknown statuses while reading)
//	4  reader fault: it answers and is broken, unauthorised, or cannot do what
//	   it must (60 66 50 61 21 23; 24 and unknown statuses to find)
//	5  line fault: no such device, no serial port, held by another program, no permission, no
//	   answer at any speed, or nothing but noise (also 10 and 11: the reader
//	   sees our requests broken)
//
// --timeout is for the card and begins when the reader is ready. A reader that
// does not show itself is given six seconds more at most, a card under way
// twelve.
//
//	hwcheck camera --source S [--profile NAME] [--json] [--save FILE] [--timeout 20s] [--size 1280x720] [--verbose]
//
// looks through a camera, says what to change until the picture is good, and
// takes one photo by a profile's rules. No picture is written unless --save
// names a file. Its exit codes:
//
//	0  a good photo
//	1  wrong usage, or interrupted
//	2  nobody before the camera in time; the camera works
//	3  the picture is not acceptable: what to change was said
//	4  camera fault: black, frozen, too small, no format or answer we can use
//	5  line fault: no such device or address, held by another program, no
//	   permission, no frames in time, nothing but broken ones
//
//	hwcheck printer --uri URI [--print] [--format pdf|raster] [--json] [--timeout 60s] [--pin HEX] [--verbose]
//
// looks at an IPP printer, and with --print prints a test page and follows it to
// its end. Its exit codes, in the same spirit:
//
//	0  ready; with --print: the printer reports it printed
//	1  wrong usage, or interrupted
//	2  not printed in time (it was cancelled then), busy, or nobody knows whether
//	   it was printed
//	3  a person must do something: paper, jam, cover, toner, …
//	4  printer fault: it gave the job up, takes neither PDF nor PWG raster, or
//	   shows another key than the pinned one
//	5  line fault: nobody there, no answer, no IPP, a password wanted
//
//	hwcheck panel (--port PATH | --wiring FILE) [--json] [--timeout 15s] [--lamps]
//
// lights the lamps in turn and waits until every button was pressed and let go
// and every contact opened and closed: 0 all seen, 1 wrong usage or wiring,
// 2 the board works and not all was seen in time, 4 the board cannot do what the
// wiring asks or is broken, 5 no such line or port, silence, noise.
//
//	hwcheck watchdog [--path /dev/watchdog] [--feed 10s] [--json]
//
// tells what the kernel knows of it without arming it; with --feed it is armed,
// fed and stopped: 0 it is there (and was fed), 4 it cannot be stopped or takes
// no food or tells nothing, 5 none, held by another, no permission.
//
//	hwcheck keystore --kind tpm|machine|file [--tpm PATH] [--dir KEYS] [--json]
//
// makes keys of its own in a temporary directory, signs, opens, wraps, and
// throws them away; with --dir it also opens that store, changing nothing: 0 all
// well, 4 it does not work, or the keys are another board's, exposed or damaged,
// 5 no TPM or no serial number, no permission.
//
// It is not for applicants, and it prints what stands on the card: that is what
// it is for. Nothing of it is written anywhere else.
package main
