// Package portal is the applicants' entrance (/ks): what a person does on the
// web before and after she goes to her confirmation point (demands A7, A14,
// A29–A34, B12).
//
// It binds requests, asks who is there, calls one function of a domain or of
// flow, and has package pages draw what came of it. Every route stands once in
// one table (routes.go). No path names a person or a thing of hers: everything
// below /ks is about whoever is signed in, so nothing can be asked for that is
// foreign. Every page works without script; what script there is makes it
// easier, never possible.
//
// The handlers stand here and not in package web, as those of the console do:
// the two entrances share a door (package door) and a way of drawing (package
// page), and not one right.
//
// Where the campaign has a second password (domain §2: for saving), it is asked for
// by what she answers for: submitting and withdrawing, and before them choices,
// the point, and what is claimed. The steps of the form do not ask: they save
// themselves while she types, into a draft that counts for nothing until it is
// submitted, and a password asked every few seconds would be one that the page
// remembers for her. Whoever has only the first password can thus leave words in a
// draft, which she reads before she submits, and change nothing that stands.
//
// It keeps nothing between requests but parsed pages and the campaign last
// decoded. It holds no rule of the office: whether something is open, complete
// or allowed is asked of the campaign, the same that box and hub ask.
//
// How it fails: a refusal is a page that says what to do instead, with what she
// typed still in it; a fault is one plain page with a reference number. Neither
// page nor log holds a path, a query, or anything of a person.
package portal
