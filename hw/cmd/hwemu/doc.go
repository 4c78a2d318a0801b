// Command hwemu plays the devices of a box, all in one program with a panel in
// the browser: the ID card reader, and with --printer-listen a printer.
//
//	hwemu --listen 127.0.0.1:8603 --reader-link PATH --cards FILE --state DIR
//
// The reader answers on a pseudo-terminal; PATH is made a symbolic link to it,
// and is what the box is told to open. FILE is the deck: a JSON list of
//
//	{"label": "…", "note": "…", "card": {"type": "resident", "name": "…", …}}
//
// whose card has the members of hwcheck's JSON (see idcardtest.Card). DIR keeps
// the cards made on the panel. --strip URL shows somebody else's page at the
// head of the panel, in a frame that may show its origin only: what is in it is
// no business of ours.
//
// --printer-listen 127.0.0.1:8631 adds an IPP printer at
// ipp://127.0.0.1:8631/ipp/print; what it prints is shown as pictures, of PDF
// where pdftoppm is installed.
//
// --stick-link PATH adds the USB port that takes a stick: PATH leads to a loop device
// while one is in. It takes root; without it the page of the port says so.
//
// It is not for real people's data and not for the network: it listens on
// loopback only and has no sign-in. Its pages say 演示.
//
// How it fails: a taken port, a deck that does not parse or a link path that is
// a file end the start with a sentence. After that, a card that cannot be
// written or a fault that means nothing is refused on the page and changes
// nothing.
package main
