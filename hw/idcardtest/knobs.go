package idcardtest

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// The states of the security module.
const (
	SAMOk           = "ok"
	SAMSelfTestFail = "selftest_fail" // 60 to everything but a reset
	SAMUnauthorised = "unauthorised"  // 66 to whatever concerns a card
)

// What a reader does about a command it may lack.
const (
	Supported = ""       // answers properly
	BadCmd    = "21"     // status 21
	NoContent = "91"     // status 91
	Silent    = "silent" // no answer at all
	Upset     = "upset"  // status 41, and the card must be found anew
)

// Knobs are the ways to fail. The zero Knobs is a healthy reader; each value
// says what the fault does to an answer.
type Knobs struct {
	SAM string `json:"sam,omitempty"` // "" is SAMOk

	// Only limits the answer faults below to one command, as four hex digits
	// (CMD PARA), e.g. "3001". "" is all.
	Only string `json:"only,omitempty"`
	// Times limits them to so many answers from now; 0 is for good.
	Times int `json:"times,omitempty"`

	// DropNth drops the n-th, 2n-th, … answer; 1 drops all.
	DropNth    int    `json:"drop_nth,omitempty"`
	TruncateAt int    `json:"truncate_at,omitempty"` // keep only so many bytes
	FlipBit    int    `json:"flip_bit,omitempty"`    // 1 is bit 0 of the first byte; 0 none
	BadSum     bool   `json:"bad_sum,omitempty"`     // spoil the checksum
	BadLen     string `json:"bad_len,omitempty"`     // LEN instead of the right one, four hex digits
	Prefix     string `json:"prefix,omitempty"`      // hex, before the answer
	SplitEvery int    `json:"split_every,omitempty"` // bytes a write
	SplitGapMS int    `json:"split_gap_ms,omitempty"`
	Duplicate  bool   `json:"duplicate,omitempty"` // the answer twice
	LateMS     int    `json:"late_ms,omitempty"`   // beyond the usual delay
	// SW overrides the status, six hex digits; data is dropped unless it is
	// 000090 or 00009F.
	SW string `json:"sw,omitempty"`
	// Blank answers "done" to the read, with blanks for text.
	Blank bool `json:"blank,omitempty"`

	Body       string `json:"body,omitempty"`        // 30 05: one of the words above
	Append     string `json:"append,omitempty"`      // 30 03
	Status     string `json:"status,omitempty"`      // 11 FF
	SAMID      string `json:"sam_id,omitempty"`      // 12 FF
	Refind     bool   `json:"refind,omitempty"`      // find answers 9F again once selected
	Sticky     bool   `json:"sticky,omitempty"`      // a reset does not forget the card that was read
	Strict34   bool   `json:"strict_34,omitempty"`   // 34 instead of 41 without a select
	Short30_05 bool   `json:"short_30_05,omitempty"` // 24 bytes instead of 28

	// Speed makes the line's speed matter: a host that talks at another one than
	// the module hears noise. Only a pseudo-terminal knows the host's speed.
	Speed bool `json:"speed,omitempty"`

	// LiftAfterMS lifts the card so long after the next read command came: in
	// the middle of the read. It clears itself.
	LiftAfterMS int `json:"lift_after_ms,omitempty"`

	// Delays of a healthy module, in ms; 0 is the usual. -1 is none.
	DelayStatusMS int `json:"delay_status_ms,omitempty"` // 5
	DelayFindMS   int `json:"delay_find_ms,omitempty"`   // 60
	DelaySelectMS int `json:"delay_select_ms,omitempty"` // 120
	DelayReadMS   int `json:"delay_read_ms,omitempty"`   // 650
}

// Quick is Knobs without delays, for tests that are about something else.
func Quick() Knobs {
	return Knobs{DelayStatusMS: -1, DelayFindMS: -1, DelaySelectMS: -1, DelayReadMS: -1}
}

// Check refuses values that mean nothing.
func (k Knobs) Check() error {
	for what, s := range map[string]struct {
		value string
		size  int
	}{"only": {k.Only, 2}, "sw": {k.SW, 3}, "bad_len": {k.BadLen, 2}} {
		if raw, err := hex.DecodeString(s.value); s.value != "" && (err != nil || len(raw) != s.size) {
			return fmt.Errorf("idcardtest: %s must be %d hex digits", what, 2*s.size)
		}
	}
	if _, err := hex.DecodeString(k.Prefix); err != nil {
		return fmt.Errorf("idcardtest: prefix must be hex digits")
	}
	switch k.SAM {
	case "", SAMOk, SAMSelfTestFail, SAMUnauthorised:
	default:
		return fmt.Errorf("idcardtest: no such state of the module: %q", k.SAM)
	}
	for what, s := range map[string]string{"body": k.Body, "append": k.Append, "status": k.Status, "sam_id": k.SAMID} {
		switch s {
		case Supported, BadCmd, NoContent, Silent, Upset:
		default:
			return fmt.Errorf("idcardtest: %s must be empty, 21, 91, silent or upset", what)
		}
	}
	for what, n := range map[string]int{"times": k.Times, "drop_nth": k.DropNth, "truncate_at": k.TruncateAt,
		"flip_bit": k.FlipBit, "split_every": k.SplitEvery, "split_gap_ms": k.SplitGapMS, "late_ms": k.LateMS, "lift_after_ms": k.LiftAfterMS} {
		if n < 0 || n > 1_000_000 {
			return fmt.Errorf("idcardtest: %s out of range", what)
		}
	}
	return nil
}

// concerns says whether the answer faults apply to a command.
func (k Knobs) concerns(cmd uint16) bool {
	return k.Only == "" || strings.EqualFold(k.Only, fmt.Sprintf("%04x", cmd))
}

// faulty says whether any answer fault is set.
func (k Knobs) faulty() bool {
	return k.DropNth > 0 || k.TruncateAt > 0 || k.FlipBit > 0 || k.BadSum || k.BadLen != "" || k.Prefix != "" ||
		k.SplitEvery > 0 || k.Duplicate || k.LateMS > 0 || k.SW != "" || k.Blank
}

// clearAnswerFaults is what happens when Times has run out.
func (k *Knobs) clearAnswerFaults() {
	k.Only, k.Times, k.DropNth, k.TruncateAt, k.FlipBit = "", 0, 0, 0, 0
	k.BadSum, k.BadLen, k.Prefix, k.SplitEvery, k.SplitGapMS = false, "", "", 0, 0
	k.Duplicate, k.LateMS, k.SW, k.Blank = false, 0, "", false
}

// delay of a command's answer.
func (k Knobs) delay(cmd uint16) time.Duration {
	set, usual := k.DelayStatusMS, 5
	switch cmd {
	case 0x2001, 0x3005:
		set, usual = k.DelayFindMS, 60
	case 0x2002, 0x3003:
		set, usual = k.DelaySelectMS, 120
	case 0x3001, 0x3010:
		set, usual = k.DelayReadMS, 650
	}
	switch {
	case set < 0:
		return 0
	case set > 0:
		usual = set
	}
	return time.Duration(usual) * time.Millisecond
}
