// Package consent keeps what a person was told before her data was taken, and
// what she said to it: the notices she read, the privacy notice, the notice on
// the photograph (S36), the pledge (诚信考试承诺书) and a guardian's consent (S37).
//
// Each word given is a row with the digest of the text as it was shown, the
// language and the time; rows are added and never changed, and the newest of a
// kind counts. Names, telephone numbers and drawn signatures are sealed.
//
// It is not the place of the texts: they are the campaign's. It does not know
// what may be done without which consent either: Missing answers that for a
// submission, and flow asks it.
//
// How it fails: ErrNotGiven, ErrSignature, or an error of the database or of
// the keys, which leaves the transaction to be rolled back.
package consent
