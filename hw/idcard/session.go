package idcard

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/hw/fault"
)

// Limits for each command, to the completion of the answer's frame.
const (
	probeLimit  = 300 * time.Millisecond // self test, while scanning speeds
	statusLimit = 800 * time.Millisecond // also find, select, SAM id
	baseLimit   = 3 * time.Second
	appendLimit = 1500 * time.Millisecond
	bodyLimit   = 800 * time.Millisecond
	// patientLimit bounds the second try after a silence.
	patientLimit = 4 * time.Second
	// resetWait is how long a module takes no command after a reset.
	resetWait = time.Second

	resends = 3 // of the same request after a broken frame or status 10, 11
)

// session speaks the commands. It belongs to one goroutine.
type session struct {
	t *transport
	// resetWait is the constant but in tests, whose emulator resets at once.
	resetWait time.Duration
	// mute: this module does not answer the self test, so a resynchronisation
	// has to do with silence.
	mute bool
	// unsure: in the last do, an answer to an earlier sending of the same request
	// was lost, so it may have been carried out already.
	unsure bool
	// noBody: this module has no 30 05. It said so, or was silent to it for
	// bodySilences cards in a row.
	noBody       bool
	bodySilences int
}

// do sends c until it has an answer or patience ends: after a broken frame or
// status 10/11 three times more, after status 24 once more, after silence once
// more when the module still answers its self test. The returned answer is
// meaningful with a nil error only.
func (s *session) do(ctx context.Context, c command, limit time.Duration, fits func(answer) fit) (answer, error) {
	return s.doPatiently(ctx, c, limit, fits, 1)
}

// doPatiently is do with a say in how many silences are forgiven.
func (s *session) doPatiently(ctx context.Context, c command, limit time.Duration, fits func(answer) fit, silences int) (answer, error) {
	again, once := resends, 1
	s.unsure = false
	for {
		a, err := s.t.exchange(ctx, c, limit, fits)
		if err == nil {
			err = a.check(c)
			switch r := meaning(a.sw[2]).remedy; {
			case r == remedyResend && again > 0:
				again--
				continue
			case r == remedyOnce && once > 0:
				once--
				continue
			}
			return a, err
		}
		switch {
		case errors.Is(err, fault.Line):
			if syncErr := s.resync(ctx); syncErr != nil {
				return a, worse(err, syncErr)
			}
			if again > 0 {
				again--
				s.unsure = true
				continue
			}
		case errors.Is(err, fault.Timeout):
			if syncErr := s.resync(ctx); syncErr != nil {
				return a, worse(err, syncErr)
			}
			if silences > 0 {
				silences--
				s.unsure = true
				limit = min(2*limit, patientLimit) // it may be there, and slow
				continue
			}
		}
		return a, err
	}
}

// worse prefers what the attempt to get into step found (unplugged, status 60,
// cancelled) to the trouble that made us try; more of the same adds nothing.
func worse(err, syncErr error) error {
	switch fault.WordOf(syncErr) {
	case fault.Timeout, fault.Line:
		return err
	}
	return syncErr
}

// resync brings request and answer into step again: throw away what came, ask
// for the self test, take only its answer, wait for calm. Status 60 is
// fault.Device; silence is fault.Timeout.
func (s *session) resync(ctx context.Context) error {
	if err := s.t.drain(ctx); err != nil {
		return err
	}
	if s.mute {
		return nil
	}
	if err := s.selfTest(ctx, statusLimit); err != nil {
		return err
	}
	return s.t.drain(ctx)
}

// selfTest asks for the module's state. A module that does not know the command
// is alive, which is all we ask.
func (s *session) selfTest(ctx context.Context, limit time.Duration) error {
	a, err := s.t.exchange(ctx, cmdStatus, limit, fitsStatus)
	if err != nil {
		return err
	}
	err = a.check(cmdStatus)
	switch fault.WordOf(err) {
	case fault.Device, fault.Unauthorised:
		return err
	}
	return nil
}

// reset restarts the module and waits until it takes commands again.
func (s *session) reset(ctx context.Context) error {
	_, err := s.t.exchange(ctx, cmdReset, statusLimit, fitsStatus)
	if err != nil && !errors.Is(err, fault.Timeout) && !errors.Is(err, fault.Line) {
		return err
	}
	timer := time.NewTimer(s.resetWait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.selfTest(ctx, statusLimit)
}

// samID gives the identity of the security module, or "" when it will not say.
func (s *session) samID(ctx context.Context) (string, error) {
	a, err := s.do(ctx, cmdSAMID, statusLimit, fitsSAMID)
	switch fault.ClassOf(err) {
	case fault.ClassNone:
		if err != nil {
			return "", err
		}
	case fault.ClassLine:
		if errors.Is(err, fault.Absent) {
			return "", err
		}
		return "", nil
	default:
		return "", nil
	}
	return formatSAMID(a.data), nil
}

// formatSAMID prints the 16 bytes, five little-endian numbers, in the form the
// police's documents use.
func formatSAMID(b []byte) string {
	if len(b) != 16 {
		return ""
	}
	le := binary.LittleEndian
	return fmt.Sprintf("%02d.%02d-%d-%010d-%010d",
		le.Uint16(b[0:]), le.Uint16(b[2:]), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:]))
}

// find looks for a card: nil when one was found, fault.NoMedium when not.
func (s *session) find(ctx context.Context) error {
	_, err := s.do(ctx, cmdFind, statusLimit, fitsFind)
	return err
}

// selectCard selects the found card and gives its serial number.
func (s *session) selectCard(ctx context.Context) ([]byte, error) {
	a, err := s.do(ctx, cmdSelect, statusLimit, fitsSelect)
	return a.data, err
}

// body reads IIN, SN and DN. Also the cheapest question whether the card is
// still there.
func (s *session) body(ctx context.Context) ([]byte, error) {
	a, err := s.do(ctx, cmdBody, bodyLimit, fitsBody)
	if err == nil && len(a.data) == 0 {
		err = fault.New(fault.Unsupported, cmdBody.name(), "no content", nil)
	}
	return a.data, err
}

// lingers says whether a card that find denies is still selected from before:
// only such a one answers for its body. Trouble on the line is no yes; the next
// find will meet it.
func (s *session) lingers(ctx context.Context) bool {
	a, err := s.doPatiently(ctx, cmdBody, bodyLimit, fitsBody, 0)
	return err == nil && len(a.data) > 0
}

// base reads text and portrait and decodes the text, forgiving so many
// silences. A "done" without a valid card in it is fault.Replace.
func (s *session) base(ctx context.Context, limit time.Duration, silences int) (*Card, error) {
	a, err := s.doPatiently(ctx, cmdBase, limit, fitsBase, silences)
	if err != nil {
		return nil, err
	}
	text, wlt, err := splitBase(a.data)
	if err != nil {
		return nil, err
	}
	c, err := decodeText(text)
	if err != nil {
		return nil, err
	}
	c.WLT = wlt
	return c, nil
}

// splitBase takes text and portrait apart by their length words.
func splitBase(b []byte) (text, wlt []byte, err error) {
	bad := fault.New(fault.Replace, cmdBase.name(), "lengths do not add up", nil)
	if len(b) < 4 {
		return nil, nil, bad
	}
	nText, nWLT := int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[2:]))
	if nText != TextSize || 4+nText+nWLT > len(b) {
		return nil, nil, bad
	}
	return b[4 : 4+nText], b[4+nText : 4+nText+nWLT], nil
}

// newAddress reads the latest additional address, "" when there is none or the
// reader cannot say.
func (s *session) newAddress(ctx context.Context) (string, error) {
	a, err := s.do(ctx, cmdAppend, appendLimit, fitsAppend)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(trim(decodeUTF16(a.data[:len(a.data)&^1]))), nil
}
