// Package draft keeps what a person fills in at the portal until she submits it
// (未提交的填报): one draft for each account and campaign, sealed at rest.
//
// Every save names the revision it was made from; a save from an older one is
// refused with both sides (Conflict), never written over (faults 31 to 33). The
// same save sent twice has one effect. A revision that was submitted remembers
// the version it became, so that a second click on the button is answered with
// the first result.
//
// It is not the application: that begins when flow.Apply has judged the draft,
// and lives in package candidate. It judges nothing and knows no window.
//
// How it fails: ErrNotFound, *Conflict, or an error of the database or of the
// keys, which leaves the transaction to be rolled back. Nothing it prints names
// a person.
package draft
