package store

import (
	"bytes"
	"encoding/binary"
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// The admission tickets (准考证, demand A60) of the candidates of this point, as the
// hub has sent them: printed here for whoever cannot print her own, with or without
// the hub. A list comes page by page, each durable as it is taken, and counts with its
// last page, by one small write: the tickets themselves lie under the mark of their
// list, and what lies under another mark is swept afterwards. Power may fail at any
// point: the box says how far it has come, and the hub goes on from there.

// TicketList is a list of tickets, or what there is of it.
type TicketList struct {
	Campaign string        `cbor:"campaign"`
	Edition  uint32        `cbor:"edition"` // of the arrangement
	Issued   protocol.Time `cbor:"issued"`  // hub's time
	Mark     uint64        `cbor:"mark"`    // 0: there is none
	Page     uint32        `cbor:"page"`    // pages that are here
	Pages    uint32        `cbor:"pages"`
	Count    int           `cbor:"count"` // tickets of these
	At       protocol.Time `cbor:"at"`    // when the last of them came, by the box's time
}

// Tickets are the lists of the box.
type Tickets struct {
	Held   TicketList `cbor:"held"`   // whole; tickets are printed by it
	Coming TicketList `cbor:"coming"` // a newer one on its way
}

// Void reports whether the tickets held are void: a newer arrangement is published,
// and its tickets are on their way.
func (t Tickets) Void() bool {
	return t.Held.Mark != 0 && t.Coming.Mark != 0 && (t.Coming.Campaign != t.Held.Campaign || t.Coming.Edition > t.Held.Edition)
}

// TicketEntry is one ticket with all that is printed on it but the picture.
type TicketEntry struct {
	Title  string                   `cbor:"title"`
	Rules  []string                 `cbor:"rules"`
	Root   protocol.Hash            `cbor:"root"`
	Place  protocol.AdmissionPlace  `cbor:"place"`
	Paper  protocol.AdmissionPaper  `cbor:"paper"`
	Ticket protocol.AdmissionTicket `cbor:"ticket"`
}

// FoundTicket is a ticket of the list held.
type FoundTicket struct {
	TicketEntry
	List   TicketList
	Copies int         // that may lie somewhere, printed by this box
	Log    protocol.ID // under what its copies are logged
}

// keptTicket is a ticket on the disk.
type keptTicket struct {
	Picture protocol.Hash `cbor:"picture"` // names nobody
	Sealed  []byte        `cbor:"sealed"`  // TicketEntry
}

func ticketKey(mark uint64, application string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, mark), application...)
}

func ticketPlace(mark uint64, application string) string {
	return "ticket/" + string(ticketKey(mark, application))
}

// takes says what a page is to the lists: one more of them, or none of theirs.
func (t Tickets) takes(m protocol.AdmissionTickets) (known, next bool) {
	known = m.Mark == t.Held.Mark || m.Issued <= t.Held.Issued || m.Mark == t.Coming.Mark && m.Page <= t.Coming.Page
	next = m.Page == 1 && m.Mark != t.Coming.Mark && m.Issued >= t.Coming.Issued || m.Mark == t.Coming.Mark && m.Page == t.Coming.Page+1 && m.Pages == t.Coming.Pages
	return known, next && !known
}

// ApplyTickets takes one page of a list; at is when it came, by the box's time. whole
// says that its list counts from now on. Errors: ErrMark when it is not the next page
// of the list under way, nor the first of a newer one; a page that is here already, or
// of a list that is not newer than the one held, does nothing and is no error.
func (s *Store) ApplyTickets(m protocol.AdmissionTickets, page protocol.AdmissionPage, at protocol.Time) (whole bool, err error) {
	have := map[protocol.Hash]bool{}
	for _, t := range page.Tickets {
		have[t.Picture] = s.hasPicture(t.Picture)
	}
	err = s.update(func(tx *bolt.Tx) error {
		whole = false
		lists, err := ticketLists(tx)
		if err != nil {
			return err
		}
		known, next := lists.takes(m)
		if known {
			return nil
		}
		if !next {
			return ErrMark
		}
		c := lists.Coming
		if m.Page == 1 {
			c = TicketList{Campaign: m.Campaign, Edition: m.Edition, Mark: m.Mark, Pages: m.Pages}
		}
		c.Page, c.Count, c.At, c.Issued = m.Page, c.Count+len(page.Tickets), at, max(c.Issued, m.Issued)
		for _, t := range page.Tickets {
			if err := s.keepTicket(tx, m.Mark, page, t); err != nil {
				return err
			}
			if !t.Picture.IsZero() && !have[t.Picture] {
				if err := put(tx, bucketLacking, t.Picture[:], t.Application); err != nil {
					return err
				}
			}
		}
		lists.Coming = c
		if whole = c.Page == c.Pages; whole {
			lists = Tickets{Held: c}
		}
		return errors.Join(s.keepCheckpoint(tx), put(tx, bucketMeta, []byte(metaTickets), lists))
	})
	return whole && err == nil, err
}

func (s *Store) keepTicket(tx *bolt.Tx, mark uint64, page protocol.AdmissionPage, t protocol.AdmissionTicket) error {
	e := TicketEntry{Title: page.Title, Rules: page.Rules, Root: page.Root, Place: page.Places[t.Place], Paper: page.Papers[t.Paper], Ticket: t}
	sealed, err := s.seal.sealValue(ticketPlace(mark, t.Application), e)
	if err != nil {
		return err
	}
	return put(tx, bucketTickets, ticketKey(mark, t.Application), keptTicket{Picture: t.Picture, Sealed: sealed})
}

func ticketLists(tx *bolt.Tx) (t Tickets, err error) {
	_, err = get(tx, bucketMeta, []byte(metaTickets), &t)
	return t, err
}

// Tickets says which lists there are.
func (s *Store) Tickets() (t Tickets, err error) {
	err = s.getMeta(metaTickets, &t)
	return t, err
}

// Ticket gives the ticket of an application, by the list held; whether that is void
// says Tickets. Errors: ErrNotFound.
func (s *Store) Ticket(application string) (f FoundTicket, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		lists, err := ticketLists(tx)
		if err != nil {
			return err
		}
		var k keptTicket
		there, err := get(tx, bucketTickets, ticketKey(lists.Held.Mark, application), &k)
		if err != nil || !there || lists.Held.Mark == 0 {
			return orNotFound(err)
		}
		f, err = s.openTicket(tx, lists.Held, application, k)
		return err
	})
	return f, err
}

func (s *Store) openTicket(tx *bolt.Tx, list TicketList, application string, k keptTicket) (f FoundTicket, err error) {
	f.List = list
	if err := s.seal.openValue(ticketPlace(list.Mark, application), k.Sealed, &f.TicketEntry); err != nil {
		return f, err
	}
	if f.Log, err = f.Ticket.CopiesID(list.Campaign, list.Edition); err != nil {
		return f, err
	}
	f.Copies, err = issued(tx, f.Log)
	return f, err
}

// EachTicket looks at the tickets of the list held until look says no. look must keep
// nothing that it does not need.
func (s *Store) EachTicket(look func(FoundTicket) bool) error {
	return s.view(func(tx *bolt.Tx) error {
		lists, err := ticketLists(tx)
		if err != nil || lists.Held.Mark == 0 {
			return err
		}
		prefix := ticketKey(lists.Held.Mark, "")
		c := tx.Bucket(bucketTickets).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			var kept keptTicket
			if _, err := get(tx, bucketTickets, k, &kept); err != nil {
				return err
			}
			f, err := s.openTicket(tx, lists.Held, string(k[len(prefix):]), kept)
			if err != nil {
				return err
			}
			if !look(f) {
				return nil
			}
		}
		return nil
	})
}

// dropTicket forgets the ticket of an application that left this point or is no more.
func dropTicket(tx *bolt.Tx, application string) error {
	lists, err := ticketLists(tx)
	if err != nil {
		return err
	}
	return errors.Join(tx.Bucket(bucketTickets).Delete(ticketKey(lists.Held.Mark, application)),
		tx.Bucket(bucketTickets).Delete(ticketKey(lists.Coming.Mark, application)))
}

// DropTickets forgets every ticket and every picture.
func (s *Store) DropTickets() error {
	if err := s.putMeta(metaTickets, Tickets{}); err != nil {
		return err
	}
	return s.SweepTickets()
}

// sweepStep is how many old tickets one transaction removes: what is sealed meanwhile
// waits for no more than that.
const sweepStep = 256

// SweepTickets removes the tickets of lists that are no more, and the pictures that no
// ticket names. Nothing waits for it; what a power cut leaves is swept when the store
// is opened, or after the next list.
func (s *Store) SweepTickets() error {
	for {
		var old [][]byte
		if err := s.view(func(tx *bolt.Tx) (err error) {
			old, err = oldTickets(tx)
			return err
		}); err != nil {
			return err
		}
		if err := s.remove(bucketTickets, old); err != nil {
			return err
		}
		if len(old) < sweepStep {
			break
		}
	}
	named, err := s.pictureNames()
	if err != nil {
		return err
	}
	old, err := s.unnamed(named)
	if err != nil {
		return err
	}
	return errors.Join(s.remove(bucketLacking, old), s.removePictures(named))
}

// remove deletes keys in one transaction, if there are any.
func (s *Store) remove(bucket []byte, keys [][]byte) error {
	if len(keys) == 0 {
		return nil
	}
	return s.update(func(tx *bolt.Tx) error {
		for _, k := range keys {
			if err := tx.Bucket(bucket).Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// oldTickets are keys of tickets whose list is no more, at most sweepStep.
func oldTickets(tx *bolt.Tx) (old [][]byte, err error) {
	lists, err := ticketLists(tx)
	if err != nil {
		return nil, err
	}
	c := tx.Bucket(bucketTickets).Cursor()
	for k, _ := c.First(); k != nil && len(old) < sweepStep; {
		if mark := listMark(k); mark != 0 && (mark == lists.Held.Mark || mark == lists.Coming.Mark) {
			if k, _ = c.Seek(ticketKey(mark+1, "")); mark+1 == 0 {
				return old, nil // there is no greater mark
			}
			continue // over all of it
		}
		old = append(old, bytes.Clone(k))
		k, _ = c.Next()
	}
	return old, nil
}

// listMark is the mark of the list that a ticket belongs to.
func listMark(key []byte) uint64 {
	if len(key) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(key)
}
