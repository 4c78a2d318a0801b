package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// Enrolment is what Enrol needs.
type Enrolment struct {
	Data  string // directory of the store; made if there is none
	Demo  bool   // a store made now carries the demo mark
	Again bool   // enrol anew although there is an identity: a new key, a new chain
	// LeaveWaiting allows Again although records wait for the hub: they stay on
	// the disk, sealed, but belong to the ended chain and are not sent any more.
	LeaveWaiting bool
	// KeyStore is what guards the keys; "" takes the kind there is, or "file" for
	// a store of the demonstration. TPM is its device or socket; "" is
	// keystore.DefaultTPM.
	KeyStore keystore.Kind
	TPM      string
	Ticket   protocol.Ticket
	Software string
	Log      *slog.Logger
	// Step is told what was just done, for the person who waits; may be nil.
	Step func(EnrolStep)
}

// EnrolStep is one step of an enrolment that is done.
type EnrolStep string

// The steps, in order.
const (
	StepStore EnrolStep = "store" // the store is there
	StepKeys  EnrolStep = "keys"  // the keystore is open
	StepGrant EnrolStep = "grant" // the hub has granted an identity
	StepSaved EnrolStep = "saved" // it is durable
)

// Enrol gives the box in e.Data an identity. It can be repeated with the same
// ticket after it was cut off at any point. Errors: ErrEnrolled, ErrWaiting, ErrKeyStore, those of keystore.Open, link.ErrHub,
// link.ErrCode, link.ErrAway, link.ErrGrant, store.ErrHeld.
func Enrol(ctx context.Context, e Enrolment) (id store.Identity, err error) {
	step := func(s EnrolStep) {
		if e.Step != nil {
			e.Step(s)
		}
	}
	if !store.Exists(e.Data) {
		if err := store.Create(e.Data, store.Options{Demo: e.Demo, Log: e.Log}); err != nil {
			return id, err
		}
	}
	step(StepStore)
	keys, err := e.openKeys()
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	step(StepKeys)
	st, err := store.Open(e.Data, keys, store.Options{Log: e.Log})
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	old, err := st.Identity()
	switch {
	case errors.Is(err, store.ErrNotEnrolled):
	case err != nil:
		return id, err
	case !e.Again:
		return old, ErrEnrolled
	}
	if out, err := st.Outbox(); err == nil && out.Waiting > 0 && !e.LeaveWaiting {
		return old, fmt.Errorf("%w: %d", ErrWaiting, out.Waiting)
	}
	// The name counts accepted enrolments, so that a repeated attempt finds the
	// key it made before and the hub gives the same grant for the same code.
	id = store.Identity{Number: old.Number + 1, KeyName: fmt.Sprintf("box-%d", old.Number+1)}
	id.Grant, err = link.Enrol(ctx, link.Enrolment{Ticket: e.Ticket, Keys: keys, KeyName: id.KeyName, Software: e.Software})
	if err != nil {
		return id, err
	}
	step(StepGrant)
	if err := st.SaveIdentity(id); err != nil {
		return id, err
	}
	step(StepSaved)
	return id, nil
}
