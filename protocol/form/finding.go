package form

// Finding codes. Those of numbers, names and telephones are the codes of
// identity's refusals; those of a campaign's rules are the rules' keys.
const (
	Missing       = "missing"        // a required field is empty
	UnknownField  = "unknown-field"  // a key the form does not have
	UnknownCode   = "unknown-code"   // not in the code table
	TooLong       = "too-long"       // more characters than the form allows
	TooWide       = "too-wide"       // more bytes than the column has
	BadChar       = "bad-char"       // a control character, or not UTF-8
	BadDate       = "bad-date"       // not a real YYYYMMDD date
	DateAfter     = "date-after"     // a date that lies after the day of the check, or after the reporting day
	BadDigits     = "bad-digits"     // something else than digits
	NotOfNumber   = "not-of-number"  // sex or birth differs from the document number
	NotYetChosen  = "not-yet-chosen" // a college, where a choice is a category alone
	NoChoice      = "no-choice"      // no choice at all
	TooMany       = "too-many"       // more choices than allowed
	BadOrder      = "bad-order"      // choices are not numbered 1, 2, …
	UnknownLevel  = "unknown-level"  // no such level
	UnknownCat    = "unknown-category"
	LevelCategory = "level-category" // the category belongs to another level
	SecondLevel   = "second-level"   // a later choice has a level the first does not allow
	OtherClass    = "other-class"    // a later choice leaves the 专业类 of the first
	DiplomaNeeded = "diploma-needed" // level or category asks for a higher education code
	Incomplete    = "incomplete"     // a choice lacks school, major, form or years
	NoProgramme   = "no-programme"   // a choice is not in the catalogue, or no longer
	OtherName     = "other-name"     // names beside the codes are not those of the catalogue
	PointLevel    = "point-level"    // the point does not take the level
	PointMedical  = "point-medical"  // a medical choice at a point that is not designated
	PointMinors   = "point-minors"   // under age at a point that is not designated
	UnknownClaim  = "unknown-claim"  // a kind of bonus or exemption the campaign does not have
	ClaimLevel    = "claim-level"    // an exemption that is not for the level
	ClaimAge      = "claim-age"      // an automatic bonus claimed before its age
	ClaimTwice    = "claim-twice"    // one kind claimed twice
)

// Finding is one thing to mend. Printed or logged it gives field and code;
// it never holds the value.
type Finding struct {
	Field string `cbor:"field" json:"field"` // a field key, "choice 2", OnPoint or OnClaim
	Code  string `cbor:"code" json:"code"`
	Fix   string `cbor:"fix" json:"fix"` // Chinese, what to do
	FixEn string `cbor:"fix_en" json:"fix_en"`
}

// String is field and code, as it may be printed and logged.
func (f Finding) String() string { return f.Field + " " + f.Code }
