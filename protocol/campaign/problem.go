package campaign

// Problem is one contradiction inside a campaign.
type Problem struct {
	Place string `json:"place"` // "windows[3]", "fees", …
	Code  string `json:"code"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// String gives place, code and the English sentence.
func (p Problem) String() string { return p.Place + ": " + p.Code + ": " + p.En }
