// Package opening rehearses the opening hour of registration: it starts a hub of
// its own with made-up data on this machine, has invented applicants come to its
// real pages as browsers do, below, at and far above what the hub can serve, and
// draws how long they waited.
//
// What it knows of the portal is what a browser and a person know: the forms in
// the pages, and the words in front of the fields. It shares no code with it.
//
// What it is not: a benchmark of a province's machines. Applicants and hub share
// the cores of one machine, over loopback; the figures show how the hub bends
// under more than it can do, not how much the hub of a province can do.
//
// It is bounded: so many applicants at a time, so long a rush, and every hub and
// every folder it made is gone when it ends, also after a failure or Ctrl-C.
//
// How it fails: when the hub does not come up, when a page cannot be read, when
// an applicant is shown a fault, it says which page and what the page said, and
// ends with an error. That people wait is no failure.
package opening
