package notice

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNotice says that a message is of no known kind, belongs to nobody, or holds
// what may not stand in one: our own mistake.
var ErrNotice = errors.New("notice: no such message")

// Kind is what a message tells.
type Kind string

// The kinds that tell of an application. What their arguments are stands in
// kinds.
const (
	Registered     Kind = "registered"      // submitted for the first time
	Edited         Kind = "edited"          // another version
	Moved          Kind = "moved"           // another version, with another point
	Withdrawn      Kind = "withdrawn"       // she withdrew it
	Confirmed      Kind = "confirmed"       // what she signed at the point has arrived
	Superseded     Kind = "superseded"      // and took the place of later edits
	TimePending    Kind = "time-pending"    // it has, and its time is still to be judged
	Disputed       Kind = "disputed"        // confirmed twice, or elsewhere: the county decides
	NumberDoubt    Kind = "number-doubt"    // the number that a clerk typed from her papers is registered for somebody else
	Voided         Kind = "voided"          // the confirmation counts no more
	VoidedOther    Kind = "voided-other"    // one of them counts no more, another does or may
	Decided        Kind = "decided"         // the county decided which one counts
	DecidedNone    Kind = "decided-none"    // it decided that none does: confirm again
	Provisional    Kind = "provisional"     // what she signed has arrived, on papers: the city decides about them
	CardReview     Kind = "card-review"     // it has, with a card that the city reviews: it decides
	PapersAccepted Kind = "papers-accepted" // it found them in order
	PapersReturned Kind = "papers-returned" // they are to be shown again
	PapersRefused  Kind = "papers-refused"  // it did not: the confirmation counts no more
	CardVerified   Kind = "card-verified"   // her card was read after all
	CardDiffers    Kind = "card-differs"    // it was, and differs
	Reviewed       Kind = "reviewed"        // a clerk looked at what the campaign asks, and nothing lacks
	ReviewLacks    Kind = "review-lacks"    // something lacks, or does not fit
	Quarantined    Kind = "quarantined"     // what came from the point could not be taken
	HeldRefused    Kind = "held-refused"    // … and an office has refused it for good: confirm again
	RulesInvalid   Kind = "rules-invalid"   // a new version of the campaign makes her application wrong
	RulesChoice    Kind = "rules-choice"    // or one of her choices
	RulesFee       Kind = "rules-fee"       // or changes what she pays
	RulesValid     Kind = "rules-valid"     // or makes right what was wrong
	CopyTaken      Kind = "copy-taken"      // a copy of her data was handed out
	CorrectionSent Kind = "correction-sent" // she asked for a correction
	CorrectionDone Kind = "correction-done" // the answer
	ErasureSent    Kind = "erasure-sent"    // she asked for erasure
	ErasureDone    Kind = "erasure-done"    // the answer
	OrderOpened    Kind = "order-opened"    // what she pays, and until when
	OrderExtended  Kind = "order-extended"  // … until later
	OrderClosed    Kind = "order-closed"    // the time for paying is over
	OrderWaived    Kind = "order-waived"    // she need not pay
	OrderDiffers   Kind = "order-differs"   // she paid, and her fee is another by now
	OrderSettled   Kind = "order-settled"   // what becomes of that
	Paid           Kind = "paid"
	PaymentLate    Kind = "payment-late"   // money came after its time: an office decides
	PaymentTwice   Kind = "payment-twice"  // … for what is paid
	PaymentLeft    Kind = "payment-left"   // … after she left
	PaymentOther   Kind = "payment-other"  // … another amount than is asked
	PaymentNone    Kind = "payment-none"   // the channel never had a payment that was counted
	PayTrouble     Kind = "pay-trouble"    // the channel by which she tried fails for many
	EndListed      Kind = "end-listed"     // she stands on the list of who is void, and may object
	EndKept        Kind = "end-kept"       // her objection changes nothing
	EndOff         Kind = "end-off"        // she stands there no more
	EndVoid        Kind = "end-void"       // her registration is void
	EndRestored    Kind = "end-restored"   // … and that is taken back
	ScoresOut      Kind = "scores-out"     // her marks can be seen, from "from" on
	AdmissionOut   Kind = "admission-out"  // … where she was admitted
	ResultsUndone  Kind = "results-undone" // what she saw does not count any more
	SiteLost       Kind = "site-lost"      // the site where she sits cannot be used: another is told
	AreaMoved      Kind = "area-moved"     // she sits in another area than the catchments say, or not any more
	SeatGiven      Kind = "seat-given"     // where she sits is published
	SeatKept       Kind = "seat-kept"      // … anew, and she keeps seat and number: only the ticket is void
	SeatChanged    Kind = "seat-changed"   // … anew: an earlier ticket is void
	SeatGone       Kind = "seat-gone"      // … anew, and she has no seat in it
	RefundAsked    Kind = "refund-asked"   // money goes back
	RefundFailed   Kind = "refund-failed"  // … and could not
	Refunded       Kind = "refunded"
)

// The kinds that tell of an account.
const (
	AccountMade     Kind = "account-made"
	PasswordChanged Kind = "password-changed"
	SecondChanged   Kind = "second-changed" // the second password
	PhoneChanged    Kind = "phone-changed"
	Recovered       Kind = "recovered" // the password was set anew
	SlipMade        Kind = "slip-made" // staff printed a one-time slip for it
	CardMade        Kind = "card-made" // a sign-in card was printed
	Erased          Kind = "erased"    // the application was erased; the account remains
)

// WindowChanged tells everybody of a campaign that a step opens or closes at
// other times, somewhere: hers stand on her own page.
const WindowChanged Kind = "window-changed"

type spec struct {
	args []string // names that it may have
	text bool     // a text message goes as well: somebody else did it, or it must not wait
}

// kinds says of each kind which arguments it may have, and whether a text
// message goes as well. by is "self", "office", "box" or "hub".
var kinds = map[Kind]spec{
	Registered:     {args: []string{"version", "by"}},
	Edited:         {args: []string{"version", "by"}, text: true},
	Moved:          {args: []string{"version", "by", "from", "point"}, text: true},
	Withdrawn:      {args: []string{"by"}, text: true},
	Confirmed:      {args: []string{"point"}, text: true},
	Superseded:     {args: []string{"versions", "point"}, text: true},
	TimePending:    {args: []string{"point"}, text: true},
	Disputed:       {args: []string{"point", "why"}, text: true},
	NumberDoubt:    {args: []string{"point"}, text: true},
	Voided:         {args: []string{"point"}, text: true},
	VoidedOther:    {args: []string{"point"}, text: true},
	Decided:        {args: []string{"point"}, text: true},
	DecidedNone:    {args: []string{"point"}, text: true},
	Provisional:    {args: []string{"point"}, text: true},
	CardReview:     {args: []string{"point"}, text: true},
	PapersAccepted: {args: []string{"point"}, text: true},
	PapersReturned: {args: []string{"point"}, text: true},
	PapersRefused:  {args: []string{"point"}, text: true},
	CardVerified:   {args: []string{"point"}},
	CardDiffers:    {args: []string{"point"}, text: true},

	Reviewed:    {args: []string{"point", "claims"}},
	ReviewLacks: {args: []string{"point", "lacks", "fails", "claims"}, text: true},
	Quarantined: {args: []string{"point"}, text: true},
	HeldRefused: {args: []string{"point"}, text: true},

	RulesInvalid: {args: []string{"version", "codes"}, text: true},
	RulesChoice:  {args: []string{"version", "codes"}, text: true},
	RulesFee:     {args: []string{"version", "old", "new"}},
	RulesValid:   {args: []string{"version"}},

	CopyTaken:      {args: []string{"by", "format"}, text: true},
	CorrectionSent: {args: []string{"request"}},
	CorrectionDone: {args: []string{"request", "result"}, text: true},
	ErasureSent:    {args: []string{"request"}, text: true},
	ErasureDone:    {args: []string{"request", "result"}, text: true},

	OrderOpened:   {args: []string{"order", "fen", "due", "result"}, text: true},
	OrderExtended: {args: []string{"order", "due"}, text: true},
	OrderClosed:   {args: []string{"order", "due"}, text: true},
	OrderWaived:   {args: []string{"order"}, text: true},
	OrderDiffers:  {args: []string{"order", "old", "new"}, text: true},
	OrderSettled:  {args: []string{"order"}, text: true},
	Paid:          {args: []string{"order", "fen"}},
	PayTrouble:    {args: []string{"channel"}, text: true},
	EndListed:     {args: []string{"why", "due"}, text: true},
	EndKept:       {text: true},
	EndOff:        {text: true},
	EndVoid:       {args: []string{"why"}, text: true},
	EndRestored:   {text: true},
	ScoresOut:     {args: []string{"from"}, text: true},
	AdmissionOut:  {args: []string{"from"}, text: true},
	ResultsUndone: {text: true},
	SiteLost:      {text: true},
	SeatGiven:     {text: true},
	SeatKept:      {text: true},
	SeatChanged:   {text: true},
	SeatGone:      {text: true},
	AreaMoved:     {text: true},
	PaymentLate:   {args: []string{"order", "fen"}, text: true},
	PaymentTwice:  {args: []string{"order", "fen"}, text: true},
	PaymentLeft:   {args: []string{"order", "fen"}, text: true},
	PaymentOther:  {args: []string{"order", "fen"}, text: true},
	PaymentNone:   {args: []string{"order", "fen"}, text: true},
	RefundAsked:   {args: []string{"order", "fen"}, text: true},
	RefundFailed:  {args: []string{"order", "fen"}, text: true},
	Refunded:      {args: []string{"order", "fen"}, text: true},

	AccountMade:     {},
	PasswordChanged: {text: true},
	SecondChanged:   {text: true},
	PhoneChanged:    {text: true},
	Recovered:       {args: []string{"by"}, text: true},
	SlipMade:        {args: []string{"by"}, text: true},
	CardMade:        {args: []string{"by"}},
	Erased:          {args: []string{"by"}},

	WindowChanged: {args: []string{"version", "step"}},
}

// Kinds lists all kinds, sorted.
func Kinds() []Kind {
	out := make([]Kind, 0, len(kinds))
	for k := range kinds {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Known reports whether k is one of Kinds.
func (k Kind) Known() bool { _, ok := kinds[k]; return ok }

// Texted reports whether a text message goes as well.
func (k Kind) Texted() bool { return kinds[k].text }

// Arguments are the names that a message of this kind may have.
func (k Kind) Arguments() []string { return slices.Clone(kinds[k].args) }

// isCode reports whether an argument is a code, a count, a time in ms or an id of ours:
// nothing that anybody typed, no document number (15 or 18 digits), no telephone (11).
// Digits between others of an id, which is hexadecimal, are no such number.
func isCode(v string) bool {
	if len(v) > 200 {
		return false
	}
	digits, within := 0, false // of the digits that end here, and whether an id's letter touches them
	for i := range len(v) {
		switch c := v[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
			digits, within = 0, true
		case 'g' <= c && c <= 'z', 'G' <= c && c <= 'Z', strings.IndexByte(" .,:_/-", c) >= 0:
			if !within && isNumber(digits) {
				return false
			}
			digits, within = 0, false
		default:
			return false
		}
	}
	return within || !isNumber(digits)
}

func isNumber(digits int) bool { return digits == 11 || digits >= 14 && digits <= 18 }

func (k Kind) check(args map[string]string) error {
	s, ok := kinds[k]
	if !ok {
		return fmt.Errorf("%w: kind %q", ErrNotice, k)
	}
	for name, v := range args {
		if !slices.Contains(s.args, name) {
			return fmt.Errorf("%w: %s has no argument %q", ErrNotice, k, name)
		}
		if !isCode(v) {
			return fmt.Errorf("%w: %s: argument %s is no code", ErrNotice, k, name)
		}
	}
	return nil
}
