package console

import "time"

// Doubts is /gl/reviews: those in whom something did not fit at the desk.
type Doubts struct {
	Rows  []Doubt
	Total int
	Pages Pages
	Waits []WaitingReview // of a confirmation that has not come, newest first
}

// WaitingReview is a review that says nothing until its confirmation comes.
type WaitingReview struct {
	Application  string
	Name, Number string // number masked
	Point        string
	Record       string // the confirmation
	At           time.Time
	Over         bool // the campaign has ended, and nothing more comes by itself
}

// Doubt is one of them.
type Doubt struct {
	Application  string
	Name, Number string // number masked
	Point        string
	At           time.Time
	Fails, Lacks string // names of the items, in words
}

// Claims is /gl/claims: what is claimed at the desks.
type Claims struct {
	Rows  []ClaimRow
	Total int
	Pages Pages
}

// ClaimRow is one claim. Kind is a phrase.
type ClaimRow struct {
	Application   string
	Name, Number  string // number masked
	Point         string
	At            time.Time
	Kind          string
	Code, Claim   string
	Points        int // 0 of an exemption
	Papers, State State
	Pictures      int
}

// Reviewed is /gl/candidates/{id}/review: what clerks looked at for her, newest
// first.
type Reviewed struct {
	ID, Name string
	State    State
	Reviews  []ReviewSeen
}

// ReviewSeen is one review. Only of the one that stands the pictures are shown.
type ReviewSeen struct {
	At, Looked time.Time
	Point      string
	Clerk      string
	Version    uint32 // of the application
	Record     string // her confirmation, "" without
	Stands     bool
	Says       string // phrase; "" when it stands
	Items      []ReviewItem
	Claims     []ReviewClaim
	Note       string
	PledgeHash string // SHA-256 of its picture, "" without
	Pledge     *Photo
}

// ReviewItem is one thing that was looked at.
type ReviewItem struct {
	Name   string
	Result State
	Note   string
}

// ReviewClaim is one claim with the pictures that show it. Kind is a phrase.
type ReviewClaim struct {
	Kind, Name    string
	Points        int
	Papers, State State
	Photos        []Photo
}

// Pictured reports whether the page holds a picture.
func (r Reviewed) Pictured() bool {
	for _, one := range r.Reviews {
		if one.Pledge != nil && len(one.Pledge.JPEG) > 0 {
			return true
		}
		for _, c := range one.Claims {
			for _, p := range c.Photos {
				if len(p.JPEG) > 0 {
					return true
				}
			}
		}
	}
	return false
}
