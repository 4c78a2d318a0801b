package console

import "time"

// Proofs is /gl/proofs: confirmations of which it is open who made them.
type Proofs struct {
	Rows              []ProofRow
	Waiting, Returned int
}

// ProofRow is one of them.
type ProofRow struct {
	Arrival
	Proof   State
	Due     time.Time // by when the city decides; zero without a deadline
	Overdue bool
}

// ProofCase is /gl/proofs/{id}: papers that a clerk saw instead of a chip.
type ProofCase struct {
	ID           string
	Name, Number string // number masked
	Application  string
	Point        string
	State, Proof State
	Sealed       time.Time
	Received     time.Time
	Due          time.Time
	Overdue      bool

	Reason   string   // phrase: why papers
	Document string   // what she showed
	Asked    []string // papers that the campaign has copied of such a document
	Note     string   // what the clerk said beside it
	Clerk    string
	Stranger bool // she does not work at the point
	Copies   []Photo
	Photo    *Photo

	Rows  DisputeTable // as signed, as typed from the papers, and each card
	Cards []ProofCard

	Seen    string   // names the case as this page shows it; "" when nothing is open
	Options []string // ways to decide that she has
	Refuse  string   // phrase: why she may not decide, "" if she may
	Second  string   // "" where one person is enough, else "ask", "waiting" or "agreed"
	To      string   // chosen when the page comes back
	Why     string
	Error   string // phrase
	Rulings []ProofRuling
}

// ProofCard is a card that was read later.
type ProofCard struct {
	Head    string // text
	At      time.Time
	Point   string
	Outcome string // phrase
	Differs bool
}

// ProofRuling is something that became of the papers.
type ProofRuling struct {
	Class     string // of the sealing line
	At        time.Time
	What      string // phrase
	By, Where string
	Reason    string
}

// Pictured reports whether the page holds a picture.
func (p ProofCase) Pictured() bool {
	for _, c := range p.Copies {
		if len(c.JPEG) > 0 {
			return true
		}
	}
	return p.Photo != nil && len(p.Photo.JPEG) > 0
}
