package pages

// Evidence is /ks/evidence: bonuses and exemptions she claims, and the pictures
// of the papers that show them.
type Evidence struct {
	Steps      Steps
	Revision   uint32
	Fixed      bool
	Conflict   bool
	Elsewhere  string      // they are not claimed here: how instead; "" if they are
	Due        []ClaimLine // brought by her age, without a claim
	Claims     []ClaimCard
	Kinds      []ClaimGroup // that may be claimed, and why not
	Kind       string       // marked in the form: value of one of Kinds
	Number     string       // of the certificate, as typed
	Faults     []Fault
	Back, Next string
}

// ClaimLine is one kind in words.
type ClaimLine struct{ Name, Note string }

// ClaimCard is one claim she makes.
type ClaimCard struct {
	Value        string // names the claim in a form
	Name, Note   string // what it is; what shows it
	Number       string // of the certificate
	Fault        string // why it may not stand, "" if it may
	Pictures     []ClaimPicture
	Room         int // how many pictures may still be added
	UploadFaults []Fault
}

// ClaimPicture is one picture of a paper.
type ClaimPicture struct {
	Number        int    // among hers, from 1: what its path says
	ID            string // what a form says, to remove it
	Width, Height int
}

// ClaimGroup is bonuses or exemptions; Head is a phrase.
type ClaimGroup struct {
	Head    string
	Options []ChooseOption
}
