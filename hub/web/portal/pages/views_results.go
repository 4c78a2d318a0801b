package pages

// Results is /ks/results: her marks, and where she was admitted. All in words already.
type Results struct {
	Head, Lead string
	Scores     *ResultsScores
	Admitted   []Fact // nil: not known
	Seen       string // when a table came to count, and what to do if it seems wrong
}

// ResultsScores are her marks.
type ResultsScores struct {
	Rows  []ResultsMark
	Sums  []Fact
	Notes []string // why a paper does not count
}

// ResultsMark is one paper. Class is "" or "must" where there is no mark.
type ResultsMark struct {
	Subject, Full, Mark string
	Class               string
	Aside               bool // it does not count in the total
}
