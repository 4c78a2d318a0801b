package protocol

// Review is the body of RecordReview (demands A38, A39): what a clerk looked at
// for somebody at the desk — her qualification, her claims of bonus and
// exemption, and the pledge she copied by hand. It may come before or after her
// confirmation and from another box of the point; a later one of the same
// application stands instead of an earlier one.
type Review struct {
	Application string        `cbor:"application"`
	Version     uint32        `cbor:"version"` // of the application that was looked at
	Point       string        `cbor:"point"`
	Record      ID            `cbor:"record"`           // her confirmation, zeros when there was none at this box
	Items       []ReviewItem  `cbor:"items"`            // what the campaign asks to be looked at, each once
	Claims      []ReviewClaim `cbor:"claims,omitempty"` // what she claims, each once
	Pledge      Hash          `cbor:"pledge"`           // SHA-256 of the plain bytes of RolePledge; zero without
	Note        string        `cbor:"note,omitempty"`   // of no person
	Clerk       Assent        `cbor:"clerk"`
	Blobs       []BlobRef     `cbor:"blobs"` // RolePledge, RoleCopy(1) …; in the manifest's order
}

// ReviewItem is one thing that was looked at.
type ReviewItem struct {
	Key    string `cbor:"key"`            // of the campaign's list of what is reviewed
	Result string `cbor:"result"`         // Pass, Warn (not shown yet) or Fail
	Note   string `cbor:"note,omitempty"` // of no person
}

// ReviewClaim is a bonus or an exemption that she claims, with the papers she showed.
type ReviewClaim struct {
	Kind   string   `cbor:"kind"`             // ClaimBonus or ClaimExemption
	Code   string   `cbor:"code"`             // of the campaign's kinds
	Shown  string   `cbor:"shown"`            // Pass: the papers were shown and are whole; Warn: some lack; Fail: none
	Copies []uint16 `cbor:"copies,omitempty"` // numbers of the RoleCopy blobs that show them
}

// What is claimed.
const (
	ClaimBonus     = "bonus"     // 照顾加分
	ClaimExemption = "exemption" // 免试
)

func (r Review) blobs() []BlobRef { return r.Blobs }

func result(s string) bool { return s == Pass || s == Warn || s == Fail }

func (r Review) check() error {
	if r.Application == "" || !short(r.Application, r.Note) || r.Version == 0 || !name(r.Point) ||
		len(r.Items) > 64 || len(r.Claims) > 32 || len(r.Blobs) > MaxBlobs {
		return malformed("review")
	}
	seen := map[string]bool{}
	once := func(key string) bool { was := seen[key]; seen[key] = true; return !was }
	for _, i := range r.Items {
		if !name(i.Key) || !short(i.Note) || !result(i.Result) || !once("item "+i.Key) {
			return malformed("review item")
		}
	}
	for _, c := range r.Claims {
		if c.Kind != ClaimBonus && c.Kind != ClaimExemption || c.Code == "" || !short(c.Code) || !result(c.Shown) || !once(c.Kind+" "+c.Code) {
			return malformed("claim")
		}
		for _, n := range c.Copies {
			if n == 0 || n > MaxCopies {
				return malformed("claim")
			}
		}
	}
	return r.Clerk.check()
}
