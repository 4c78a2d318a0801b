package journal

// The acts on accounts of applicants. Nothing here holds a name, a telephone
// number or what was typed: the account's id, and of a refusal a keyed hash.
const (
	ApplicantSignedUp  Act = "applicant.signed-up"
	ApplicantSignedIn  Act = "applicant.signed-in" // Detail "card" if with a sign-in card
	ApplicantRefused   Act = "applicant.refused"
	ApplicantSignedOut Act = "applicant.signed-out"
	ApplicantChanged   Act = "applicant.changed"   // Detail "what": "password", "second", "phone", "sessions"
	ApplicantRecovered Act = "applicant.recovered" // by a code sent to her telephone
	ApplicantSlip      Act = "applicant.slip"      // a one-time password was made for her; Detail "slip", "until"
	ApplicantCard      Act = "applicant.card"      // a sign-in card was made; Detail "until"
	ApplicantRemoved   Act = "applicant.removed"
)
