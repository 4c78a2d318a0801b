package protocol

// Retirement is a box's last word (退役): what it held when it was emptied, signed
// by the device key just before that key was destroyed. The hub takes it when it
// holds all that the box ever sealed, and shuts the identity out for good. It
// travels as a file, in the technician's hand.
type Retirement struct {
	Address
	At       Time   `cbor:"at"`       // by the machine's clock, which proves nothing
	Head     uint64 `cbor:"head"`     // last sequence sealed in this epoch; 0 = none
	HeadHash Hash   `cbor:"headhash"` // hash of that envelope; zeros if there is none
	Carried  uint64 `cbor:"carried"`  // records that were written to a file, to be brought to an office
	Carry    Hash   `cbor:"carry"`    // SHA-256 of that file; zeros if nothing was carried
}

func (r Retirement) check() error {
	if err := r.Address.check(); err != nil {
		return err
	}
	if !r.At.sane() || (r.Head == 0) != r.HeadHash.IsZero() || (r.Carried == 0) != r.Carry.IsZero() {
		return malformed("retirement")
	}
	return nil
}
