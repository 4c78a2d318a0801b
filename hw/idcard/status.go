package idcard

import (
	"fmt"

	"zhunkao/hw/fault"
)

// The third byte of an answer is the module's own status; the first two are
// the card's, where a card spoke.
const (
	swOK           = 0x90
	swFound        = 0x9F // only to find
	swNoContent    = 0x91 // e.g. no additional address
	swBadChecksum  = 0x10
	swBadLength    = 0x11
	swBadCommand   = 0x21
	swNotPermitted = 0x23
	swUnknownError = 0x24
	swCardAuth     = 0x31
	swReaderAuth   = 0x32
	swVerify       = 0x33
	swNoFind       = 0x34
	swWrongCard    = 0x40
	swReadFailed   = 0x41
	swRandFailed   = 0x47
	swWriteFailed  = 0x50
	swSelfTest     = 0x60
	swLoginFailed  = 0x61
	swUnauthorised = 0x66
	swNoCard       = 0x80
	swSelectFailed = 0x81
)

// remedy is what the driver does about a status before it tells anyone.
type remedy uint8

const (
	remedyNone     remedy = iota // nothing helps, or it is no fault
	remedyResend                 // the same request again, 3 times at most
	remedyOnce                   // the same request once more
	remedySequence               // find, select, read from the start
	remedyReset                  // reset the module once
)

// status is what one SW3 means.
type status struct {
	sw     byte
	word   *fault.Word // nil: no fault
	remedy remedy
	text   string
}

// statuses is the table of GA/T 467 status bytes as vendors' documents and working drivers
// agree on them. Whatever is not in it is fault.Transient.
var statuses = []status{
	{swOK, nil, remedyNone, "done"},
	{swFound, nil, remedyNone, "card found"},
	{swNoContent, nil, remedyNone, "no such content"},
	{swBadChecksum, fault.Line, remedyResend, "module saw a bad checksum"},
	{swBadLength, fault.Line, remedyResend, "module saw a bad length"},
	{swBadCommand, fault.Unsupported, remedyNone, "command or parameter unknown"},
	{swNotPermitted, fault.Unsupported, remedyNone, "operation not permitted"},
	{swUnknownError, fault.Transient, remedyOnce, "unrecognised error"},
	{swCardAuth, fault.Replace, remedySequence, "card did not accept the reader"},
	{swReaderAuth, fault.Replace, remedySequence, "reader did not accept the card"},
	{swVerify, fault.Replace, remedySequence, "information failed verification"},
	{swNoFind, fault.Replace, remedySequence, "no find before the operation"},
	{swWrongCard, fault.WrongMedium, remedySequence, "unrecognised card type"},
	{swReadFailed, fault.Replace, remedySequence, "read failed"},
	{swRandFailed, fault.Replace, remedySequence, "no random number from the card"},
	{swWriteFailed, fault.Device, remedyNone, "write failed, never expected"},
	{swSelfTest, fault.Device, remedyReset, "self test failed"},
	{swLoginFailed, fault.Device, remedyNone, "login failed, never expected"},
	{swUnauthorised, fault.Unauthorised, remedyNone, "module has no formal key"},
	{swNoCard, fault.NoMedium, remedyNone, "no card"},
	{swSelectFailed, fault.Replace, remedySequence, "select failed"},
}

// meaning looks up SW3.
func meaning(sw3 byte) status {
	for _, s := range statuses {
		if s.sw == sw3 {
			return s
		}
	}
	return status{sw3, fault.Transient, remedyOnce, "unknown status"}
}

// check turns an answer's status into a fault, or nil for 90, 9F and 91.
func (a answer) check(c command) error {
	s := meaning(a.sw[2])
	if s.word == nil {
		return nil
	}
	return &statusError{
		Fault: fault.Fault{Word: s.word, Op: c.name(), Detail: fmt.Sprintf("status %X, %s", a.sw[:], s.text)},
		sw3:   a.sw[2],
	}
}

// statusError is a Fault that remembers the status it came from.
type statusError struct {
	fault.Fault
	sw3 byte
}

// As lets fault.WordOf and errors.As find the Fault inside.
func (e *statusError) As(target any) bool {
	f, ok := target.(**fault.Fault)
	if ok {
		*f = &e.Fault
	}
	return ok
}
