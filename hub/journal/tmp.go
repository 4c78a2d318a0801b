package journal

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

var errUnfinished = errors.New("journal: being written")

func write(context.Context, *db.Tx, Entry) error                   { return errUnfinished }
func after(context.Context, *db.Tx, uint64, int) ([]Sealed, error) { return nil, errUnfinished }

// Keys is what the journal needs of package keys; *keys.Ring is one.
type Keys interface {
	Signer() crypto.Signer
	SignerID() keys.ID
	VerifyKey(keys.ID) (ed25519.PublicKey, error)
	JournalSeal(row []byte) []byte
}

// Options of NewSealer.
type Options struct {
	DB          *db.DB
	Keys        Keys
	Checkpoints string           // path of the file of checkpoints, outside the database
	Now         func() time.Time // civil clock, for the time of checkpoints; nil is time.Now
	Tick        time.Duration    // how often to look for unsealed entries; 0 is 25 ms
	Every       time.Duration    // how often to sign a checkpoint; 0 is one second
}

// Sealer numbers and chains what was committed.
type Sealer struct{}

// NewSealer makes a sealer; Run starts it.
func NewSealer(o Options) (*Sealer, error) { return nil, errUnfinished }

// Run seals until ctx ends. When another hub on this database seals, it only
// watches, so that Head and Changed are true everywhere, and takes over when
// the other is gone.
func (s *Sealer) Run(ctx context.Context) error { return errUnfinished }

// Head is the newest sealed entry known here.
func (s *Sealer) Head() Checkpoint { return Checkpoint{} }

// Changed is closed when Head moves; ask again for the next move.
func (s *Sealer) Changed() <-chan struct{} { return nil }

// Filter chooses entries for List. Empty fields do not filter.
type Filter struct {
	Before   uint64 // numbers below; 0 = from the newest
	Act      Act
	Subject  Subject
	Division string // code of a division: entries of it and of what lies below
	Limit    int    // 0 is 50
}

// List returns sealed entries, newest first.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Sealed, error) { return nil, errUnfinished }

// Finding is one thing that is wrong with the journal.
type Finding struct {
	Kind   string // one of the Found… values
	Number uint64 // of the entry
	To     uint64 // last of a run, 0 = just Number
	ID     string // of the entry, if it is there
	Note   string // English, for the operator
}

// What Verify finds.
const (
	FoundAltered    = "altered"
	FoundDeleted    = "deleted"
	FoundSwapped    = "swapped"
	FoundInserted   = "inserted"
	FoundTruncated  = "truncated"
	FoundRewritten  = "rewritten"  // the chain disagrees with a signed checkpoint
	FoundCheckpoint = "checkpoint" // a line of the file, or a row, that is not the hub's
)

// Report is what Verify found.
type Report struct {
	Entries     uint64   // sealed entries looked at
	Unsealed    []string // ids of entries that wait for the sealer
	Checkpoints int
	Head        Checkpoint
	Findings    []Finding
}

// OK reports whether nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// Verify checks the whole journal against the keys and the file of checkpoints.
func Verify(ctx context.Context, d *db.DB, checkpoints string, k Keys) (Report, error) {
	return Report{}, errUnfinished
}
