package review

import (
	"errors"
	"fmt"
	"slices"
)

// ErrNotFound: there is no such review.
var ErrNotFound = errors.New("review: not found")

// Results of an item, and how the papers of a claim are: the words of the wire.
const (
	Pass = "pass" // seen, in order; the papers are whole
	Warn = "warn" // it lacks and is to be brought; some papers lack
	Fail = "fail" // it does not fit; no papers
)

// State says whether a review stands.
type State string

// The states.
const (
	Stands   State = "stands"
	Replaced State = "replaced" // a newer one stands instead
	Waiting  State = "waiting"  // of a confirmation that has not come: it says nothing until then
	Refused  State = "refused"  // that confirmation came, and is not of her or not of this point
)

// Pending is the state of every claim until an office decides about it.
const Pending = "pending"

// Review is one review as a box sealed it, without what was noted.
type Review struct {
	ID          string // of the sealed record
	Application string
	Campaign    string
	Rules       uint32 // version of the campaign that was in force at the box
	Version     uint32 // of the application that was looked at
	Point       string
	Division    string
	Box         string
	Record      string // her confirmation at that box, "" when there was none
	Clerk       string // account
	State       State
	Items       []Item
	Claims      []Claim
	Pledge      string // SHA-256 of the picture of the pledge, "" without
	Blobs       []Blob
	BodyHash    string // names the sealed body in package blob
	Envelope    []byte // only to be added
	Looked      int64  // ms, when the clerk gave her word, by the box
	At          int64  // ms, the hub's time
}

// Item is one thing that was looked at.
type Item struct {
	Key    string `json:"key"`
	Result string `json:"result"`
}

// Claim is a bonus or an exemption that she claims at the desk.
type Claim struct {
	Kind   string `json:"kind"` // form.BonusClaim, form.ExemptionClaim
	Code   string `json:"code"`
	Shown  string `json:"shown"`
	Copies []int  `json:"copies,omitempty"` // numbers of the pictures that show it, from 1
	State  string `json:"-"`                // Pending
}

// Blob is one picture by the hash of its ciphertext.
type Blob struct {
	Role  string `json:"role"`
	Media string `json:"media"`
	Hash  string `json:"hash"`
	Size  int64  `json:"size"`
}

// Key opens one picture.
type Key struct {
	Hash  string `cbor:"hash"`
	Suite uint16 `cbor:"suite"`
	Key   []byte `cbor:"key"`
}

// Content is what the clerk noted, and the keys of the pictures. It prints
// nothing.
type Content struct {
	Notes map[string]string `cbor:"notes,omitempty"` // by key of the item
	Note  string            `cbor:"note,omitempty"`
	Keys  []Key             `cbor:"keys"`
}

// Format keeps every value out of logs and errors.
func (c Content) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "review(sealed)") }

// Keys lists the items of a result, in their order.
func (r Review) Keys(result string) (out []string) {
	for _, i := range r.Items {
		if i.Result == result {
			out = append(out, i.Key)
		}
	}
	return out
}

// Doubtful reports that something does not fit: the county looks at it.
func (r Review) Doubtful() bool { return len(r.Keys(Fail)) > 0 }

// Lacks reports that something is still to be brought, of items or of claims.
func (r Review) Lacks() bool {
	return len(r.Keys(Warn)) > 0 || slices.ContainsFunc(r.Claims, func(c Claim) bool { return c.Shown != Pass })
}

// newer tells which of two reviews of one application stands.
func (r Review) newer(than Review) bool {
	if r.Looked != than.Looked {
		return r.Looked > than.Looked
	}
	return r.ID > than.ID
}
