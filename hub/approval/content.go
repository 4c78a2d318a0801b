package approval

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	rules "zhunkao/protocol/campaign"
)

// Content is the form of a case as it was filled in: values by the keys of the
// kind's fields. A flag is "1" or "", several codes are comma separated in the
// order of their table. It may name persons: it is sealed at rest and prints
// nothing.
type Content map[string]string

// String names nothing of what was filled in.
func (c Content) String() string { return "form of a case" }

// Format keeps values out under every verb.
func (c Content) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// Fault is what is wrong with one field or attachment of a form.
type Fault struct {
	Key  string // of the field or the attachment
	Code string // a Fault… value
}

// Codes of faults.
const (
	FaultMissing = "missing"  // it is required
	FaultLong    = "too-long" // more characters than it may have
	FaultValue   = "no-value" // not of its kind: no number, no date, no code of its table
	FaultGreat   = "too-great"
	FaultSigns   = "bad-signs" // characters that cannot be seen
)

var (
	phone  = regexp.MustCompile(`^\+?[0-9][0-9 \-()]{4,29}$`)
	digits = regexp.MustCompile(`^[0-9]{1,9}$`)
)

// Limits where a field names none.
const (
	textMax  = 100
	linesMax = 500
)

// Take brings what was typed into the form of a kind into order, and says what
// is wrong with it, in the order of the fields. What no field asks for is left
// out: nobody adds a field by adding its name (S11).
func (k Kind) Take(c rules.Campaign, typed func(key string) []string) (Content, []Fault) {
	out := Content{}
	var faults []Fault
	for _, f := range k.Fields {
		value, code := take(c, f, typed(f.Key))
		if code == "" && f.Required && value == "" {
			code = FaultMissing
		}
		if code != "" {
			faults = append(faults, Fault{f.Key, code})
		}
		if value != "" {
			out[f.Key] = value
		}
	}
	return out, faults
}

// take gives a value in normal form, as typed when it is at fault.
func take(c rules.Campaign, f rules.ApprovalField, typed []string) (value, fault string) {
	if f.Kind == rules.CaseCodes {
		return takeCodes(c.Codes(f.Table), typed)
	}
	if len(typed) == 0 {
		return "", ""
	}
	value = strings.TrimSpace(strings.ReplaceAll(typed[0], "\r\n", "\n"))
	if value == "" {
		return "", ""
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unseen(r) && (r != '\n' || f.Kind != rules.CaseLines) }) {
		return "", FaultSigns
	}
	most := f.Max
	switch f.Kind {
	case rules.CaseText, rules.CasePhone:
		most = orDefault(most, textMax)
	case rules.CaseLines:
		most = orDefault(most, linesMax)
	default:
		most = textMax
	}
	if utf8.RuneCountInString(value) > most {
		return value, FaultLong
	}
	bad := false
	switch f.Kind {
	case rules.CasePhone:
		bad = !phone.MatchString(value)
	case rules.CaseNumber:
		n, err := strconv.Atoi(value)
		if bad = err != nil || !digits.MatchString(value); !bad && f.Max > 0 && n > f.Max {
			return value, FaultGreat
		} else if !bad {
			value = strconv.Itoa(n)
		}
	case rules.CaseDate:
		_, err := time.Parse(time.DateOnly, value)
		bad = err != nil
	case rules.CaseFlag:
		bad = value != "1"
	case rules.CaseCode:
		bad = !slices.Contains(c.Codes(f.Table), value)
	}
	if bad {
		return value, FaultValue
	}
	return value, ""
}

func takeCodes(table, typed []string) (value, fault string) {
	var out []string
	for _, code := range table {
		if slices.Contains(typed, code) {
			out = append(out, code)
		}
	}
	for _, t := range typed {
		if t != "" && !slices.Contains(table, t) {
			fault = FaultValue
		}
	}
	return strings.Join(out, ","), fault
}

func orDefault(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}

// unseen tells characters that would hide or turn what is read.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029 || r == 0xFEFF
}

// Readable brings an opinion into order; false when it is too long or holds
// what cannot be seen.
func Readable(opinion string) (string, bool) {
	opinion = strings.TrimSpace(strings.ReplaceAll(opinion, "\r\n", "\n"))
	return opinion, utf8.ValidString(opinion) && utf8.RuneCountInString(opinion) <= opinionMax &&
		!strings.ContainsFunc(opinion, func(r rune) bool { return r != '\n' && unseen(r) })
}

// opinionMax is the longest opinion, in characters.
const opinionMax = 300

const label = "approval"

func contentID(id string, round int) string { return id + "/" + strconv.Itoa(round) }

// PutContent seals the form of one round of a case and stores it.
func PutContent(ctx context.Context, tx *db.Tx, ring *keys.Ring, id string, round int, c Content) error {
	plain, err := cbor.Marshal(map[string]string(c))
	if err != nil {
		return fmt.Errorf("approval: encode form of %s: %w", id, err)
	}
	sealed, err := ring.Seal(label, contentID(id, round), plain)
	if err != nil {
		return fmt.Errorf("approval: seal form of %s: %w", id, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO approval_content (case_id, round, content) VALUES ($1, $2, $3)`, id, round, sealed); err != nil {
		return fmt.Errorf("approval: form: %w", err)
	}
	return nil
}

// OpenContent opens the form of one round of a case. ErrNotFound.
func OpenContent(ctx context.Context, tx *db.Tx, ring *keys.Ring, id string, round int) (Content, error) {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT content FROM approval_content WHERE case_id = $1 AND round = $2`, id, round).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("approval: form: %w", err)
	}
	plain, err := ring.Unseal(label, contentID(id, round), sealed)
	if err != nil {
		return nil, fmt.Errorf("approval: form of %s: %w", id, err)
	}
	out := Content{}
	if err := cbor.Unmarshal(plain, (*map[string]string)(&out)); err != nil {
		return nil, fmt.Errorf("approval: form of %s does not decode", id) // the library's text may quote it
	}
	return out, nil
}
