// Package window tells when a step of an examination is open.
//
// It is pure and has no clock. Now is an Interval: what the evidence of time
// allows, possibly without an upper end. Judge answers open, closed or
// undecidable. The two promises it keeps (design, section 2 "Time"):
//
//   - never open when the interval lies wholly after the close;
//   - never closed when the interval touches the open window.
//
// What touches without lying within is undecidable: it is served, marked, and
// decided at the hub. Daily hours warn and never refuse.
//
// Every instant is compared as an instant, so the zone a time.Time carries
// means nothing here; only daily hours are local, at UTC+8 the whole year
// (Zone), with no zone database.
//
// It is not a calendar of the examination (that is campaign data) and knows
// neither divisions nor levels but as strings it compares. It cannot fail:
// windows that contradict each other are refused when a campaign is loaded.
package window
