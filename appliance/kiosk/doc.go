// Package kiosk is the applicant's screen: a small web server for the one
// browser on this machine.
//
// A page is a pure function of a View, which the loop hands over with Show; a
// press becomes a visit.Event, handed to the loop by Options.Post. The package
// keeps no state of a visit beyond the last View shown, decides nothing and
// stores nothing; when Show returns, nothing reads the last View any more, so
// the loop may clear the photo and the card that it referred to.
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
// # The live picture
//
// While the photo step of the present visit is on the screen, its page holds an
// <img> whose address (/camera/preview/…) gives the camera's pictures as one
// multipart answer. The address is bound to the visit and to the number of
// pictures taken, and is dead as soon as anything else is shown; what was under
// way ends with it. A photo that was taken has no address at all: it stands in
// the page as data.
//
// # The staff's way out
//
// On every screen, blocked ones too: the name at the upper left held for five
// seconds, or Escape pressed five times within four. The visit ends as if she
// had left; what is sealed stays sealed. It needs no password because it gives
// nothing: whoever does it is at the beginning. A page whose script is dead is
// left by the browser's keeper, or by a signal that the loop turns into
// visit.StaffEscape.
//
// # What the page cannot bar
//
// The page bars every key that reaches it and would print, search, zoom, look
// into, reload or leave it, and the context menu, dragging, dropping, selecting
// and the wheel with Ctrl. Chromium takes these before the page sees them, and
// only its flags (--kiosk --app), its policies and the missing keyboard bar
// them: ctrl+t, ctrl+n, ctrl+w, ctrl+F4, alt+F4, ctrl+shift+t, ctrl+shift+n,
// ctrl+shift+w; and
// the window system alt+tab, ctrl+alt+F1…F12, the system key.
//
// How it fails: a page that cannot be drawn is a bug found by the gallery's
// test; the person then sees a plain sentence and the loop goes on. A browser
// that went away just fetches the page again.
package kiosk
