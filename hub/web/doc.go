// Package web is the hub's face: the operators' pages under /gl.
//
// It binds requests, asks who may, calls one function of a domain or of flow,
// and has package console draw what came of it. Every route stands once in one
// table (routes.go) with the roles that may enter and the rule by which the
// thing named in its path must lie in their remit; New refuses a table with a
// hole in it, so a handler cannot forget to ask. What lies outside the remit
// does not exist: 404. Looking at a record is journalled in the transaction
// that reads it, and if that entry cannot be written nothing is shown. A search,
// which shows masked numbers only, is answered when its note is queued (see
// flow.Searches): at most what was queued in the moment of a power cut is lost,
// and while the journal cannot be written no search is answered.
// A photo stands in that page itself and has no address of its own: only an
// answer that bears one allows pictures that are not files of ours.
//
// It is not a place for rules of the office, keeps nothing of its own between
// requests but parsed pages and the campaign last decoded, and holds no lock
// but the one around that. It works without script; the one script module only
// brings the dashboard up to date.
//
// How it fails: a refusal is a page that says what to do instead; a fault is
// the same plain page for everybody with a reference number, and the log line
// of that number says what happened. A panic in a handler ends that request
// only. Neither page nor log holds a path, a query, a statement, or anything
// of a person.
package web
