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
// It is not for applicants, and it prints what stands on the card: that is what
// it is for. Nothing of it is written anywhere else.
package main
