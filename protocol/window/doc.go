// Package window tells when a step of an examination is open to a person, and
// makes the revisions by which an office changes that.
//
// It is pure and has no clock. Now is an Interval: what the evidence of time
// allows, possibly without an upper end. Judge answers open, closed or
// undecidable, and keeps two promises (design, section 2 "Time"):
//
//   - never open or undecidable when the interval lies wholly after the close,
//     except for the holder of a queue token (JudgeQueued);
//   - never closed when the interval touches the open time.
//
// The rules:
//
//   - A window is in force when it is the highest revision of its ID, not
//     withdrawn, and From lies before To (demand A26).
//   - It is hers when each list of its scope is empty or holds what is known of
//     her. What is not known is held by no list (domain, section 0: five cities
//     only local households until 5 September; demand B2: a deadline by category).
//   - Her open time is all [From, To) of windows in force that are hers, less
//     their pauses (demand B18). Where two meet there is no boundary.
//   - Open: all of now lies in the open time. Closed: nothing of it does.
//     Undecidable: anything else; it is served, marked, and decided at the hub.
//   - Daily hours never refuse. OutsideHours holds when no possible now lies in
//     the open time and in the hours of the window there (domain, section 0).
//   - A no has a reason, and NextOpening: the first moment after now that lies in
//     her open time and in hours; if she never has such hours, the first in her
//     open time; none if no window of hers comes, or a pause has no end.
//   - The reason of a no is, in this order: no-window; paused; what one thing
//     makes a window not hers that is open now at her place, or, when none is
//     hers at any time, what makes the nearest not hers; else between, not-yet
//     or over.
//   - A queue token counts what of its interval is not after now. It serves when
//     that touches her open time, outside a pause. The zero Interval is no token.
//   - An interval with its ends in the wrong order is read from the smaller to
//     the greater; one that claims an upper end and has none tells nothing.
//
// Every instant is compared as an instant, so the zone a time.Time carries
// means nothing here; only daily hours and words are local, at UTC+8 the whole
// year (Zone), with no zone database.
//
// Extend, Postpone, Withdraw, Suspend, Resume and Slots (demands A26, A55, B18)
// make the next revisions of a window or refuse with a Refusal that says what to
// do. They store nothing: a signed campaign version carries their windows, and
// Changes says in words what those do. A revision counts for all time, what is
// past included: that is why none may close on people already served.
//
// It is not a calendar of the examination (that is campaign data) and knows
// neither divisions nor levels but as strings it compares. Judging cannot fail:
// windows that contradict each other are refused when a campaign is loaded
// (Window.Faults, Overlaps), and if they come all the same, their union counts,
// in whatever order they stand.
package window
