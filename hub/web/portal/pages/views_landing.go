package pages

import "time"

// Landing is /ks.
type Landing struct {
	Head     string // short name of the examination
	State    string // phrase: open, not yet, over
	Open     bool   // somebody may register now
	Card     bool   // signs in with a card, not with an account of her own making
	Until    time.Time
	UntilKey string    // phrase with the moment
	Last     time.Time // by when everything must be done
	Later    bool      // some places or categories have longer
	Slip     bool      // a payment slip can be paid by here
	Unpaid   bool      // one of the steps is the payment, and it is not in use
	Steps    []LandingStep
	Dates    []LandingDate
	Warnings []LandingWarning
	Bring    []string
}

// LandingStep is one of the things to do.
type LandingStep struct{ Name, Text string }

// LandingDate is one line of the calendar.
type LandingDate struct {
	When, What string
	Now, Ahead bool
	Off        bool // not in use, whatever the calendar says
}

// LandingWarning is said before somebody sets out for nothing.
type LandingWarning struct{ Head, Text string }
