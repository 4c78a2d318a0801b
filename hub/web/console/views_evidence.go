package console

// Evidence is /gl/candidates/{id}/evidence: what she claims, and the pictures
// that she sent of the papers.
type Evidence struct {
	ID, Name string
	State    State
	Claims   []EvidenceClaim
}

// Pictured reports whether the page holds a picture.
func (e Evidence) Pictured() bool {
	for _, c := range e.Claims {
		for _, p := range c.Photos {
			if len(p.JPEG) > 0 {
				return true
			}
		}
	}
	return false
}

// EvidenceClaim is one claim. Kind is a phrase.
type EvidenceClaim struct {
	Kind, Name, Note string
	Number           string // of the certificate
	Points           int    // 0 of an exemption
	Photos           []Photo
}
