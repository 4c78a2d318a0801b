// Package printertest is an IPP printer that is not there: it takes jobs over
// HTTP as a real one does, keeps them in memory, decodes PWG raster into
// pictures of the pages, and can fail in the ways a real one fails.
//
// It is not a mock: a driver cannot tell it from hardware, and it shares no code
// with hw/printer but the codec of IPP messages (goipp). PWG raster is decoded
// here by a reader of its own, so that one mistake is not made on both sides; a
// test holds that hw/printer is not imported. It renders no PDF: of a PDF it
// keeps the bytes and counts the pages.
//
// How it fails: as told. Each Knob makes it fail in one way. Left alone it
// prints like a healthy printer, at one page in 800 ms. Requests are judged
// strictly: what RFC 8011 demands of a client and is not there is refused with
// client-error-bad-request.
//
// What it holds is bounded: the newest 30 jobs, and 64 MiB of documents.
package printertest
