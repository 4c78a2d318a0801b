package journal

// Results of the examination (A6, A53). Subject is the import; Detail "kind", "rows",
// "refused", "sha256".
const (
	ResultsShown   Act = "results.shown" // a table was read and judged: nothing counts of it
	ResultsDropped Act = "results.dropped"
	ResultsApplied Act = "results.applied" // Detail "open", "second"
	ResultsUndone  Act = "results.undone"  // Detail "second"
	RegisterMade   Act = "register.made"   // register forms of a school; Subject is the campaign; Detail "school", "people"
)

// OfResults is a table of results.
const OfResults = "results"
