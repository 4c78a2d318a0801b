// Package password keeps passwords as argon2id verifiers, and says which may be
// taken: for the offices and for the applicants alike.
//
// It knows no account and no page. How guessing is slowed is a matter of who
// asks: staff and applicant.
//
// The list of common passwords (common.txt) is taken from zxcvbn 4.4.2 by Dan
// Wheeler and Dropbox, under the MIT licence: common.LICENSE.txt.
//
// How it fails: a password that is not taken is an Error, which says what to do
// and never repeats the password. What is no verifier is nobody's: the same work
// is done and the answer is no. A caller that stops waiting gets its context's
// error.
package password
