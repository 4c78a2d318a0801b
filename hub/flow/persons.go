package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

var (
	// ErrSamePerson says that the one who asked for something may not also be the
	// second person who agrees to it.
	ErrSamePerson = errors.New("flow: a second person must agree")
	// ErrDependent says that two accounts are not surely two persons: one holder
	// may have had both. DependentError says which.
	ErrDependent = errors.New("flow: these accounts are not of two independent persons")
)

// DependentError is ErrDependent with what the journal is told of it.
type DependentError struct {
	Beside  string // account whose word stands already
	Through string // account that may hold both, or staff.UnknownGiver

	by    By
	entry journal.Entry
}

// Error names the accounts by id.
func (e *DependentError) Error() string {
	return fmt.Sprintf("%v: beside %s, through %s", ErrDependent, e.Beside, e.Through)
}

// Is makes errors.Is(err, ErrDependent) true.
func (e *DependentError) Is(target error) bool { return target == ErrDependent }

// beside is the one place that decides whether a word may stand beside others as
// that of another person, for whatever act asks for two: who is about to say it
// now, words are those that stand. about is the entry that would say what it is
// about: its subject, its place, and in Detail "act" what is to be done. Errors:
// ErrSamePerson, ErrDependent.
func (f *Flow) beside(ctx context.Context, tx *db.Tx, words []staff.Word, by By, about journal.Entry) error {
	mine := staff.Word{Account: by.Author.ID, At: f.Now().UnixMilli()}
	for _, w := range words {
		if w.Account == mine.Account {
			return ErrSamePerson
		}
		through, apart, err := staff.Apart(ctx, tx, w, mine)
		if err != nil {
			return fmt.Errorf("flow: persons: %w", err)
		}
		if apart {
			continue
		}
		detail := map[string]string{"beside": w.Account, "through": through}
		for k, v := range about.Detail {
			detail[k] = v
		}
		about.Act, about.Result, about.Detail = journal.StaffDependent, "dependent", detail
		return &DependentError{Beside: w.Account, Through: through, by: by, entry: about}
	}
	return nil
}

// adds reports whether a word that stands counts beside others: whoever could
// not say it now because of them does not count when he said it while they did
// not (an account was disabled then, and is not any more).
func adds(ctx context.Context, tx *db.Tx, words []staff.Word, w staff.Word) (bool, error) {
	for _, other := range words {
		if _, apart, err := staff.Apart(ctx, tx, other, w); err != nil || !apart {
			return false, err
		}
	}
	return true, nil
}

// Refused journals a word that was not taken because its account is not surely
// another person's, and gives back the error. The step itself has left nothing:
// its transaction is undone, so this is one of its own. Every other error goes
// through unchanged.
func (f *Flow) Refused(ctx context.Context, d *db.DB, err error) error {
	var dependent *DependentError
	if !errors.As(err, &dependent) {
		return err
	}
	e := dependent.entry
	return errors.Join(err, d.Write(ctx, func(tx *db.Tx) error { return f.write(ctx, tx, dependent.by, e) }))
}
