package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Draft is an application that this box enters for somebody who is not
// registered (demands A56, A57, A61, A62): from her paper form, or from her words
// beside her card. It is kept as the roster is, sealed under the store key, and
// survives power cuts. When it is complete she is found by her card, and
// confirms; when the hub has that record the draft is forgotten, and what is left
// is under which id her number stands.
type Draft struct {
	ID          string           `cbor:"id"`       // of the application it becomes: 32 hexadecimal digits, protocol.NewID, so that no two boxes give one
	Revision    uint64           `cbor:"revision"` // counts saves, from 1
	Application form.Application `cbor:"application"`
	Paper       string           `cbor:"paper,omitempty"`   // number of her paper form; "" when she stood at the desk
	From        string           `cbor:"from,omitempty"`    // point at which the paper was filled in; "" = this one
	Reason      string           `cbor:"reason"`            // why it is entered here: a code of the campaign's list
	Note        string           `cbor:"note,omitempty"`    // beside it, of no person
	Begun       DayAct           `cbor:"begun"`             // by whom and when
	Entered     *DayAct          `cbor:"entered,omitempty"` // who completed it; nil while it is not complete
}

// mostWhy bounds what a record says of why a draft was entered, in bytes.
const mostWhy = 240

// Why says, for the record, why and from what it was entered: the code of the
// reason, what was said beside it, and the paper. Of no person, and in a form
// that every record takes.
func (d Draft) Why() string {
	parts := []string{d.Reason}
	for _, more := range []string{d.Paper, d.From, d.Note} {
		if more != "" {
			parts = append(parts, more)
		}
	}
	out := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.Join(parts, " "))
	for len(out) > mostWhy {
		_, size := utf8.DecodeLastRuneInString(out)
		out = out[:len(out)-size]
	}
	return out
}

// keptDraft is a Draft on the disk.
type keptDraft struct {
	Sealed []byte `cbor:"sealed"`         // Draft; nil when the hub has her record
	Name   []byte `cbor:"name"`           // HMAC of the number, once it is complete
	Gone   bool   `cbor:"gone,omitempty"` // the hub says that she is not found by that number
}

// Why a draft cannot be kept, or completed.
var (
	// ErrDraftMoved: it was saved by somebody else meanwhile, or is gone.
	ErrDraftMoved = errors.New("store: the draft was changed meanwhile")
	// ErrRegistered: the number is registered at this point.
	ErrRegistered = errors.New("store: the number is registered here")
	// ErrElsewhere: the number is registered at another point.
	ErrElsewhere = errors.New("store: the number is registered at another point")
	// ErrEntered: another draft of this box has the number.
	ErrEntered = errors.New("store: the number is entered at this box already")
	// ErrDrafts: too many drafts wait; confirm or discard some.
	ErrDrafts = errors.New("store: too many drafts")
)

// MaxDrafts is how many drafts a box keeps: more than it serves in a week.
const MaxDrafts = 2000

func draftPlace(id string) string { return "draft/" + id }

// NewDraft keeps a draft that was begun just now. ErrDrafts, ErrFull.
func (s *Store) NewDraft(d Draft) error {
	if id, err := protocol.ParseID(d.ID); err != nil || id.String() != d.ID {
		return fmt.Errorf("%w: draft", protocol.ErrMalformed)
	}
	d.Revision, d.Entered = 1, nil
	return s.update(func(tx *bolt.Tx) error {
		n := 0
		if err := tx.Bucket(bucketDrafts).ForEach(func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		if n >= MaxDrafts {
			return ErrDrafts
		}
		if there, err := get(tx, bucketDrafts, []byte(d.ID), nil); err != nil || there {
			return errors.Join(err, ErrDraftMoved)
		}
		return s.putDraft(tx, d, nil)
	})
}

func (s *Store) putDraft(tx *bolt.Tx, d Draft, name []byte) error {
	sealed, err := s.seal.sealValue(draftPlace(d.ID), d)
	if err != nil {
		return err
	}
	return put(tx, bucketDrafts, []byte(d.ID), keptDraft{Sealed: sealed, Name: name})
}

func (s *Store) openDraft(tx *bolt.Tx, id string) (d Draft, k keptDraft, err error) {
	there, err := get(tx, bucketDrafts, []byte(id), &k)
	if err == nil && (!there || len(k.Sealed) == 0) {
		err = ErrNotFound
	}
	if err != nil {
		return d, k, err
	}
	return d, k, s.seal.openValue(draftPlace(id), k.Sealed, &d)
}

// SaveDraft keeps what was entered so far; d.Revision is that of the draft it was
// made from, and comes back counted on. A complete one is complete no more, and
// she is not found by it; but it keeps its number, for she may be signing it at
// this moment, and must be found by what she signed.
// ErrDraftMoved, ErrConfirmed when she has confirmed it.
func (s *Store) SaveDraft(d Draft) (Draft, error) {
	d.Entered = nil
	err := s.changeDraft(&d, func(_ *bolt.Tx, old keptDraft) ([]byte, error) { return old.Name, nil })
	return d, err
}

// CompleteDraft makes a draft the application that she is found by: the caller
// has held it against the campaign's rules. ErrDraftMoved, ErrRegistered,
// ErrElsewhere, ErrEntered, ErrConfirmed.
func (s *Store) CompleteDraft(d Draft, by DayAct) (Draft, error) {
	d.Entered = &by
	err := s.changeDraft(&d, func(tx *bolt.Tx, old keptDraft) ([]byte, error) {
		name := s.seal.nameOf(d.Application.Number())
		if err := s.unname(tx, d.ID, old); err != nil {
			return nil, err
		}
		if err := s.free(tx, d); err != nil {
			return nil, err
		}
		return name, put(tx, bucketEntered, name, d.ID)
	})
	return d, err
}

// MayEnter reports why a draft's number cannot be entered: nil if it can.
// ErrRegistered, ErrElsewhere, ErrEntered, ErrConfirmed.
func (s *Store) MayEnter(d Draft) error {
	return s.view(func(tx *bolt.Tx) error { return s.free(tx, d) })
}

func (s *Store) free(tx *bolt.Tx, d Draft) error {
	name := s.seal.nameOf(d.Application.Number())
	var id string
	if _, err := get(tx, bucketEntered, name, &id); err != nil {
		return err
	}
	if id != "" && id != d.ID {
		return ErrEntered
	}
	f, err := s.find(tx, d.Application.Number())
	switch {
	case err != nil:
		return err
	case f.Confirmed != nil:
		return ErrConfirmed
	case f.Application != nil && !f.Entered:
		return ErrRegistered
	case f.Elsewhere != nil:
		return ErrElsewhere
	}
	return nil
}

// changeDraft writes a draft over the one that it was made from.
func (s *Store) changeDraft(d *Draft, name func(tx *bolt.Tx, old keptDraft) ([]byte, error)) error {
	next := *d
	next.Revision++
	err := s.update(func(tx *bolt.Tx) error {
		old, k, err := s.openDraft(tx, d.ID)
		switch {
		case errors.Is(err, ErrNotFound):
			return ErrDraftMoved
		case err != nil:
			return err
		case old.Revision != d.Revision:
			return ErrDraftMoved
		}
		if err := unsigned(tx, d.ID); err != nil {
			return err
		}
		called, err := name(tx, k)
		if err != nil {
			return err
		}
		return s.putDraft(tx, next, called)
	})
	if err == nil {
		*d = next
	}
	return err
}

// unsigned: ErrConfirmed when she has confirmed the draft.
func unsigned(tx *bolt.Tx, id string) error {
	if _, there, err := standing(tx, id); err != nil || there {
		return errors.Join(err, ErrConfirmed)
	}
	return nil
}

// unname takes a draft out of what is found by its number. ErrConfirmed.
func (s *Store) unname(tx *bolt.Tx, id string, k keptDraft) error {
	if err := unsigned(tx, id); err != nil {
		return err
	}
	if len(k.Name) == 0 {
		return nil
	}
	return tx.Bucket(bucketEntered).Delete(k.Name)
}

// Draft gives one draft. ErrNotFound when there is none, or the hub has it.
func (s *Store) Draft(id string) (d Draft, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		d, _, err = s.openDraft(tx, id)
		return err
	})
	return d, err
}

// DraftLine is a draft and how it stands.
type DraftLine struct {
	Draft
	Confirmed bool // she confirmed it at this box, and the hub has not said so yet
}

// Drafts lists the drafts, those begun last first.
func (s *Store) Drafts() (out []DraftLine, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketDrafts).ForEach(func(key, _ []byte) error {
			d, _, err := s.openDraft(tx, string(key))
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			l := DraftLine{Draft: d}
			_, l.Confirmed, err = standing(tx, string(key))
			out = append(out, l)
			return err
		})
	})
	slices.Reverse(out) // ids rise with the time
	return out, err
}

// draftDelivered forgets a draft whose record the hub has taken. Under which id
// her number stands stays until the roster says it.
func draftDelivered(tx *bolt.Tx, rec record) error {
	id := rec.Application
	var k keptDraft
	there, err := get(tx, bucketDrafts, []byte(id), &k)
	if err != nil || !there || len(k.Sealed) == 0 {
		return err
	}
	if m, _, err := protocol.ParseEnvelope(rec.Envelope); err != nil || m.Kind != protocol.RecordConfirmation {
		return err
	}
	if registered := tx.Bucket(bucketRoster).Get(k.Name) != nil; len(k.Name) == 0 || registered || k.Gone {
		return dropDraft(tx, id, k.Name)
	}
	return put(tx, bucketDrafts, []byte(id), keptDraft{Name: k.Name})
}

// draftGone ends what is left of a draft of which the hub says that nobody is found
// by its number as that person: the number was typed from papers, and is somebody
// else's (or she was erased). Whoever comes with it now is looked up as if nothing had
// been entered here. What the hub has not receipted stays until it has.
func draftGone(tx *bolt.Tx, id string) error {
	var k keptDraft
	if there, err := get(tx, bucketDrafts, []byte(id), &k); err != nil || !there {
		return err
	}
	if len(k.Sealed) == 0 {
		return dropDraft(tx, id, k.Name)
	}
	if _, signed, err := standing(tx, id); err != nil || !signed {
		return err
	}
	k.Gone = true
	return put(tx, bucketDrafts, []byte(id), k)
}

// draftRegistered ends what is left of a draft when the roster has her: the hub
// knows under which id.
func draftRegistered(tx *bolt.Tx, name []byte) error {
	var id string
	if there, err := get(tx, bucketEntered, name, &id); err != nil || !there {
		return err
	}
	var k keptDraft
	if there, err := get(tx, bucketDrafts, []byte(id), &k); err != nil || !there || len(k.Sealed) != 0 {
		return err // what she signed here the hub has not heard of
	}
	return dropDraft(tx, id, name)
}

func dropDraft(tx *bolt.Tx, id string, name []byte) error {
	var of string
	if _, err := get(tx, bucketEntered, name, &of); err != nil {
		return err
	}
	if of == id {
		if err := tx.Bucket(bucketEntered).Delete(name); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketDrafts).Delete([]byte(id))
}

// findEntered looks a number up among those that this box entered. What she
// confirmed so counts before the roster, until the hub has heard of it.
func (s *Store) findEntered(tx *bolt.Tx, name []byte, f *Found) (there bool, err error) {
	var id string
	if there, err = get(tx, bucketEntered, name, &id); err != nil || !there {
		return false, err
	}
	c, done, err := standing(tx, id)
	if err != nil {
		return false, err
	}
	if done {
		return true, foundConfirmed(tx, id, c, f)
	}
	if tx.Bucket(bucketRoster).Get(name) != nil {
		return false, nil // registered meanwhile, and nothing is signed here
	}
	d, _, err := s.openDraft(tx, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil // taken back at the hub: it says in the roster where she stands
	}
	if err != nil || d.Entered == nil { // opened again
		return false, err
	}
	if !bytes.Equal(s.seal.nameOf(d.Application.Number()), name) {
		return false, fmt.Errorf("%w: draft", ErrDamaged)
	}
	f.Application, f.Entered, f.Draft = &d.Application, true, &d
	return true, s.elsewhereFirst(tx, d, f)
}

// elsewhereFirst lets the mark of another point go before a draft that nobody
// has confirmed.
func (s *Store) elsewhereFirst(tx *bolt.Tx, d Draft, f *Found) error {
	if err := s.findElsewhere(tx, d.Application.Number(), f); err != nil || f.Elsewhere == nil {
		return err
	}
	f.Application, f.Entered, f.Draft = nil, false, nil
	return nil
}
