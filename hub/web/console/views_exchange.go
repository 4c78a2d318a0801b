package console

import "time"

// Exchange is /gl/exchange.
type Exchange struct {
	May   bool   // by the campaign's table of acts
	Why   string // phrase: why not
	Two   bool   // a second person must agree
	Kinds []ExchangeKind
	Rows  []Parcel

	Error, Typed, Kind string // what was refused, and what was typed
}

// ExchangeKind is one table of the campaign.
type ExchangeKind struct {
	Key, Name string
	Columns   int
	Charset   string
	Offered   bool // the hub has what it asks for
}

// Parcel is one that was asked for; /gl/exchange/{id}.
type Parcel struct {
	ID, Kind, Place string
	By, Second      string
	At, Ends        time.Time
	Reason, Mark    string
	State           State
	Fault           string // phrase
	Total, Done     int64
	Beside, Size    int64
	Mine            bool

	MayAgree, MayRefuse, MayFetch, Moving bool
}

// Share is how far it is packed, in per cent.
func (p Parcel) Share() int64 {
	if p.Total <= 0 {
		return 0
	}
	return min(100, p.Done*100/p.Total)
}

// Bytes is its size for the phrase of sizes.
func (p Parcel) Bytes() uint64 { return uint64(max(0, p.Size)) }
