// Package site knows where the examination is sat: sites (考点), areas (考区),
// catchments (参考范围), and who was moved to another area by hand (demands A47, A48,
// domain §1.10).
//
// A site is of a county and comes, changes and ends by an approved case of the
// campaign's kinds; candidates are moved by one too, as a list (Moving) that their
// city proposes. Each county is an area of its own until a drawing (划定) of its
// city is in force; a drawing names the city's areas, the area of each of its sites,
// and which county × level × category × language sits in which area. What a drawing
// lacks and which area it fills beyond its rooms is one pure function, Look.
//
// It seats nobody (hub/seating does) and asks nobody's rights; it journals
// nothing: package flow does, in the transaction of the step.
//
// How it fails: ErrNotFound, ErrStale, ErrTaken and the Faults of Plan.Check are
// refusals that tell a person what to do; all else is a fault of the database.
package site
