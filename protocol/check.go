package protocol

import (
	"fmt"
	"unicode/utf8"
)

// What each message promises beyond its shape. Encode refuses to write and
// Decode to return one that breaks its promise, so neither side ever acts on a
// message that no honest sender makes.

func malformed(what string) error { return fmt.Errorf("%w: %s", ErrMalformed, what) }

const (
	// NonceSize is the length of a nonce in bytes.
	NonceSize = 16
	maxText   = 256 // bytes of a short text, such as a name or a version
)

// printable reports whether s is free of control characters and of what turns
// the direction of writing: such texts end on pages and in logs.
func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 ||
			r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return false
		}
	}
	return utf8.ValidString(s)
}

// short reports whether all texts are printable and at most maxText bytes.
func short(texts ...string) bool {
	for _, s := range texts {
		if len(s) > maxText || !printable(s) {
			return false
		}
	}
	return true
}

// name reports whether s can name a campaign or a point: 1 to 64 characters
// of printable ASCII without blanks.
func name(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 64
}

// sane reports whether t is unknown or lies before the year 10000.
func (t Time) sane() bool { return t >= 0 && t < 253402300800000 }

func (a Address) address() Address { return a }

func (a Address) check() error {
	if !a.Box.Valid() || a.Epoch == 0 {
		return malformed("address")
	}
	return nil
}

func (h Hello) check() error {
	if err := h.Address.check(); err != nil {
		return err
	}
	if len(h.Nonce) != NonceSize || !short(h.Software, h.KeyStore) || !h.Marks.ok() ||
		(h.Head == 0) != h.HeadHash.IsZero() || h.Receipted > h.Head || !deskPlace(h.Desk, h.DeskPort) {
		return malformed("hello")
	}
	return nil
}

// ok reports whether the marks can be those of a box.
func (m Marks) ok() bool {
	return m.Checkpoint.At.sane() && (m.Coming == 0) == (m.ComingPage == 0) && m.ComingPage <= MaxAdmissionPages
}

func (w Welcome) check() error {
	if err := w.Address.check(); err != nil {
		return err
	}
	if len(w.Nonce) != NonceSize || !w.HubTime.sane() {
		return malformed("welcome")
	}
	return w.State.check()
}

func (s BoxState) check() error {
	switch s {
	case BoxActive, BoxFrozen, BoxRevoked:
		return nil
	}
	return fmt.Errorf("%w: box state", ErrUnknownVersion)
}

func (h Heartbeat) check() error {
	if err := h.Address.check(); err != nil {
		return err
	}
	if len(h.Nonce) != NonceSize || !h.Oldest.sane() || !short(h.Screen, h.Blocked) || !h.BlockedSince.sane() || len(h.Devices) > 64 ||
		!h.Marks.ok() {
		return malformed("heartbeat")
	}
	for _, d := range h.Devices {
		if !short(d.Name, d.State, d.Fault) {
			return malformed("device")
		}
	}
	return nil
}

func (c Clock) check() error {
	if err := c.Address.check(); err != nil {
		return err
	}
	if len(c.Nonce) != NonceSize || !c.HubTime.sane() {
		return malformed("clock")
	}
	return c.State.check()
}

func (r Receipts) check() error {
	if err := r.Address.check(); err != nil {
		return err
	}
	for _, e := range r.Entries {
		if e.Outcome != Accepted && e.Outcome != Quarantined {
			return fmt.Errorf("%w: outcome", ErrUnknownVersion)
		}
		if e.Envelope.IsZero() || !e.At.sane() || !short(string(e.Reason)) ||
			(e.Outcome == Quarantined) != (e.Reason != "") ||
			e.Outcome == Accepted && (e.Record == (ID{}) || e.Sequence == 0) {
			return malformed("receipt")
		}
	}
	if !r.Checkpoint.At.sane() {
		return malformed("checkpoint")
	}
	return nil
}

func (w Want) check() error {
	if err := w.Address.check(); err != nil {
		return err
	}
	for _, p := range w.Parts {
		if p.Record == (ID{}) || p.Part.IsZero() || p.From >= MaxPart {
			return malformed("want")
		}
	}
	return nil
}

func (r Roster) check() error {
	if err := r.Address.check(); err != nil {
		return err
	}
	if !name(r.Campaign) || r.From >= r.To {
		return malformed("roster")
	}
	return nil
}

func (p RosterPage) check() error {
	last := uint64(0)
	for _, e := range p.Entries {
		set := 0
		for _, there := range []bool{e.Application != nil, e.Gone != "", e.Confirmed != nil, e.Elsewhere != nil} {
			if there {
				set++
			}
		}
		if set != 1 || e.Version == 0 || e.Version < last {
			return malformed("roster entry")
		}
		last = e.Version
		if e.Confirmed != nil && !e.Confirmed.At.sane() || e.Elsewhere != nil && len(e.Elsewhere.Key) != MarkSize {
			return malformed("roster mark")
		}
	}
	return nil
}

func (k RosterKey) check() error {
	if len(k.Key) != 32 {
		return malformed("roster key")
	}
	return nil
}

func (m CampaignMessage) check() error {
	if err := m.Address.check(); err != nil {
		return err
	}
	if !name(m.Campaign) || m.Version == 0 || len(m.Bundle) == 0 || m.Hash.IsZero() ||
		m.Size > MaxCampaign || m.Offset > m.Size || uint64(len(m.Bundle)) > m.Size-m.Offset {
		return malformed("campaign")
	}
	return nil
}

func (r EnrolRequest) check() error {
	if r.Code == "" || !short(r.Code, r.KeyStore, r.Software) || len(r.Opening) != 32 || len(r.CSR) > 4<<10 {
		return malformed("enrolment")
	}
	return nil
}

func (g EnrolGrant) check() error {
	if err := g.Address.check(); err != nil {
		return err
	}
	if len(g.Certificate) == 0 || len(g.CA) == 0 || len(g.Signing) == 0 || len(g.Opening) != 32 || g.MQTT == "" {
		return malformed("grant")
	}
	return nil
}

func (s Signature) check() error {
	if !s.Valid() {
		return malformed("signature")
	}
	return nil
}

// check refuses a manifest that could not have been made by SealRecord.
func (m Manifest) check() error {
	switch {
	case m.Version != RecordVersion:
		return ErrUnknownVersion
	case !m.Kind.Known():
		return fmt.Errorf("%w: record kind", ErrUnknownVersion)
	case !m.Suite.Known():
		return ErrUnknownSuite
	case !m.Box.Valid(), m.ID == ID{}, m.Epoch == 0, m.Sequence == 0,
		!name(m.Campaign), m.CampaignVersion == 0,
		(m.Sequence == 1) != m.Previous.IsZero(),
		len(m.Blobs) > MaxBlobs:
		return malformed("manifest")
	case m.Body.Size > MaxBody:
		return ErrTooLarge
	}
	if err := m.Time.check(); err != nil {
		return err
	}
	total, seen := uint64(0), make(map[Hash]bool, 1+len(m.Blobs))
	for i, p := range m.Parts() {
		over := uint64(tagSize)
		if i == 0 {
			over += encSize
		}
		if p.Size > MaxPart {
			return ErrTooLarge
		}
		// Honest parts are whole steps of padding, and no two are the same.
		if p.Size < over+padStep || (p.Size-over)%padStep != 0 || p.Hash.IsZero() || seen[p.Hash] {
			return malformed("part")
		}
		seen[p.Hash] = true
		total += p.Size
	}
	if total > MaxRecord {
		return ErrTooLarge
	}
	return nil
}

func (t TimeEvidence) check() error {
	if !t.Earliest.sane() || !t.Latest.sane() || !t.HubTime.sane() || t.Latest != 0 && t.Latest < t.Earliest {
		return malformed("time evidence")
	}
	switch t.Source {
	case SourceHub, SourceRTC, SourceFloor:
	default:
		return malformed("time source")
	}
	if t.Verdict != VerdictOpen && t.Verdict != VerdictUndecidable {
		return malformed("time verdict")
	}
	return nil
}
