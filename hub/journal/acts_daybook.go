package journal

// What becomes of the books of a day (对账, 日结). Detail "channel", "day".
const (
	StatementTaken   Act = "statement.taken"   // a channel's file; Detail "lines", "fresh", "same", "differ", "origin"
	StatementRefused Act = "statement.refused" // Detail "code", "line"
	StatementDecided Act = "statement.decided" // of two words about one movement; Detail "word", "number", "second"
	ResidueSettled   Act = "residue.settled"   // Detail "class", "fen", "number", "second"
	DayClosed        Act = "day.closed"        // Detail "seal", "second", "carried"
)

// Kinds of subjects that belong to them.
const (
	OfStatement = "statement"
	OfResidue   = "residue"
	OfDay       = "day"
)
