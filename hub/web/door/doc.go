// Package door is what stands around every answer of the hub's pages, whichever
// entrance they belong to: headers, host, methods, a panic's end, cookies, the
// reading of forms, and the reference numbers of faults.
//
// It knows no page: each entrance draws its own refusals. It is not where it is
// decided who may come in; that is each entrance's table of routes.
//
// How it fails: closed. What it does not understand is refused before a
// handler sees it.
package door
