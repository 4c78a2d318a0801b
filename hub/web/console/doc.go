// Package console draws the operators' pages of the hub, /gl.
//
// A page is a pure function of its view: a struct of plain values (views*.go)
// goes in, HTML comes out, in Chinese or in English. Templates, style sheets,
// the one script module and every word (phrases) are embedded, so a page
// cannot come up half. Nothing here reads a database, knows a route's rights or
// sees a request: package web does, and hands in views that are already cut to
// the signed-in person's remit and already masked.
//
// It fails only at start: New refuses templates that do not parse, and a phrase
// that lacks one of its languages. Render writes into memory first, so an error
// while drawing never leaves half a page behind.
package console
