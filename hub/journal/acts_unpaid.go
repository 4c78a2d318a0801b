package journal

// The check of those who confirmed and have not paid (A20, A43). Subject is the order,
// of a list the point or the office; Detail "application" of an order.
const (
	UnpaidAsked     Act = "unpaid.asked"     // the channels, about everybody of a list; Detail "people"
	UnpaidContacted Act = "unpaid.contacted" // Detail "way", "outcome"
	UnpaidFound     Act = "unpaid.found"     // the reason; Detail "code"
	UnpaidSigned    Act = "unpaid.signed"    // the point's list; Detail "people", "fen", "hash"
	UnpaidReopened  Act = "unpaid.reopened"
	UnpaidPrinted   Act = "unpaid.printed" // the paper with whole telephone numbers; Detail "people"
)

// More time for those whom a channel kept from paying (A59). Subject is the campaign.
const (
	ReliefGiven Act = "relief.given" // Detail "channel", "people", "reopened", "due", "code", "hash", "second"
	ReliefTold  Act = "relief.told"  // they were told that it fails; Detail "channel", "people"
)

// The end (A41). Subject is the list, or the application; Detail "application", "list".
const (
	EndingDrawn    Act = "ending.drawn" // Detail "people", "hash", "until"
	EndingDropped  Act = "ending.dropped"
	EndingObjected Act = "ending.objected"
	EndingKept     Act = "ending.kept"      // her objection changes nothing
	EndingTakenOff Act = "ending.taken-off" // she is off the list
	EndingSigned   Act = "ending.signed"    // Detail "people", "hash", "second"
	EndingRestored Act = "ending.restored"  // one void taken back; Detail "second"
	EndingReversed Act = "ending.reversed"  // all of a list; Detail "people", "second"
	EndingLifted   Act = "ending.lifted"    // a record that was sealed in time came
)

// OfEnding is a list of the end.
const OfEnding = "ending"
