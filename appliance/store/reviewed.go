package store

import (
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Person is one application at this box, as a review at the desk looks at it.
type Person struct {
	Application form.Application        // as the hub last sent it, or as it was entered here and signed
	Confirmed   *protocol.ConfirmedMark // here or elsewhere; nil: not yet
	Record      protocol.ID             // of this box, that confirmed it; zeros when there is none
	Review      *Line                   // the newest review of it that this box sealed and keeps
}

// String names nothing of the person.
func (p Person) String() string { return "person of the roster" }

// GoString is String.
func (p Person) GoString() string { return p.String() }

// Person gives an application by its id: of the roster, or one that was entered
// and signed here and that the hub has not taken yet. Errors: ErrNotFound.
func (s *Store) Person(application string) (p Person, err error) {
	id, err := s.Identity()
	if err != nil {
		return p, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		listed, err := s.listed(tx, application, &p.Application)
		if err != nil {
			return err
		}
		c, there, err := standing(tx, application)
		if err != nil {
			return err
		}
		if !listed && !there {
			return ErrNotFound
		}
		if !listed {
			d, _, err := s.openDraft(tx, application)
			if err != nil {
				return err
			}
			p.Application = d.Application
		}
		if there {
			p.Confirmed = &protocol.ConfirmedMark{Application: application, At: c.At, Point: c.Point}
		}
		if there && c.Seq != 0 {
			l, kept, err := lineAt(tx, recordKey(c.Epoch, c.Seq))
			if err != nil {
				return err
			}
			if kept {
				p.Record = l.ID
			}
		}
		p.Review, err = newestReview(tx, id.Grant.Epoch, application)
		return err
	})
	return p, err
}

func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

// listed opens an application of the roster. False: it is not on it.
func (s *Store) listed(tx *bolt.Tx, application string, into *form.Application) (there bool, err error) {
	var name []byte
	if there, err = get(tx, bucketNames, []byte(application), &name); err != nil || !there {
		return false, err
	}
	var k kept
	if there, err = get(tx, bucketRoster, name, &k); err != nil || !there || k.ID != application {
		return false, err
	}
	return true, s.seal.openValue(rosterPlace(name), k.Sealed, into)
}

// WasEntered tells of an application that was entered here and cannot be given:
// nobody has signed it yet, or the hub has it and the roster has not come.
func (s *Store) WasEntered(application string) (unsigned, entered bool) {
	err := s.view(func(tx *bolt.Tx) error {
		var k keptDraft
		there, err := get(tx, bucketDrafts, []byte(application), &k)
		entered = there
		unsigned = there && len(k.Sealed) > 0
		return err
	})
	return unsigned && err == nil, entered && err == nil
}

// newestReview looks for the newest review of an application from the newest
// record back; a box keeps what the hub's backup has not passed.
func newestReview(tx *bolt.Tx, epoch uint32, application string) (*Line, error) {
	c := tx.Bucket(bucketRecords).Cursor()
	k, _ := c.Seek(recordKey(epoch+1, 0))
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	for ; k != nil; k, _ = c.Prev() {
		if e, _, ok := parseRecordKey(k); !ok || e != epoch {
			return nil, nil
		}
		var r record
		if _, err := get(tx, bucketRecords, k, &r); err != nil {
			return nil, err
		}
		if r.Application != application {
			continue
		}
		l, _, err := lineAt(tx, k)
		if err != nil {
			return nil, err
		}
		if l.Kind == protocol.RecordReview {
			return &l, nil
		}
	}
	return nil, nil
}

// ByNumber finds the application of the roster that bears this number on its
// sheets: its candidate number, or its sequence number until that is issued. It
// opens one application after the other: the roster of a point is small enough.
// Errors: ErrNotFound.
func (s *Store) ByNumber(number string) (application string, err error) {
	if number == "" {
		return "", ErrNotFound
	}
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketRoster).Cursor()
		for name, _ := c.First(); name != nil; name, _ = c.Next() {
			var k kept
			if _, err := get(tx, bucketRoster, name, &k); err != nil {
				return err
			}
			var app form.Application
			if err := s.seal.openValue(rosterPlace(name), k.Sealed, &app); err != nil {
				return err
			}
			if app.Get(form.CandidateNumber) == number || app.SequenceNumber == number {
				application = app.ID
				return nil
			}
		}
		return ErrNotFound
	})
	return application, err
}

// Seen is one application of a day's work at this box: its newest confirmation
// and its newest review of that day. Of no person.
type Seen struct {
	Application  string
	At           protocol.Time // of the newer of both
	Confirmation *Line
	Review       *Line
}

// SeenOn lists the applications that were confirmed or reviewed at this box on a
// day (2006-01-02 at zone), newest first.
func (s *Store) SeenOn(date string, zone *time.Location) (out []Seen, err error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		at := map[string]int{}
		return eachOfDay(tx, id.Grant.Epoch, date, zone, func(k []byte, _ record) error {
			l, _, err := lineAt(tx, k)
			if err != nil || l.Kind != protocol.RecordConfirmation && l.Kind != protocol.RecordReview {
				return err
			}
			i, there := at[l.Application]
			if !there {
				i = len(out)
				at[l.Application] = i
				out = append(out, Seen{Application: l.Application, At: l.At})
			}
			switch one := &out[i]; {
			case l.Kind == protocol.RecordConfirmation && one.Confirmation == nil:
				one.Confirmation = &l
			case l.Kind == protocol.RecordReview && one.Review == nil:
				one.Review = &l
			}
			return nil
		})
	})
	return out, err
}
