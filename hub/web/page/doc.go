// Package page draws pages: one catalogue of phrases in two languages, the
// templates, the files they refer to under a path with a fingerprint, and the
// visual language of all our screens (protocol/look).
//
// Packages console and portal/pages each make one Set of it with their own
// templates. It knows no request and no domain.
//
// How it fails: New refuses a catalogue or a template that is wrong; Execute
// returns an error and no half page.
package page
