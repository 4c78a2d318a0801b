// Package kiosk is the applicant's screen: a small web server for the one
// browser on this machine.
//
// A page is a pure function of a View, which the loop hands over with Show; a
// press becomes a visit.Event, handed to the loop by Options.Post. The package
// keeps no state of a visit beyond the last View shown, decides nothing and
// stores nothing; with the next View nothing of the last is left.
//
// Pages work without script except for the signature, which then says how to
// get help. Script fetches the page again when the server says that something
// changed (server-sent events), counts down, and draws the signature.
//
// It listens on loopback only, without TLS. It answers one host name list,
// takes posts only from its own pages (same origin and a token bound to visit
// and turn), sets no cookie, puts nothing personal into a URL, and lets no
// cache keep anything.
//
// How it fails: a page that cannot be drawn is a bug found by the gallery's
// test; the person then sees a plain sentence and the loop goes on. A browser
// that went away just fetches the page again.
package kiosk
