// Package applicant keeps the accounts of those who register themselves, and
// their sessions (A29, A7).
//
// An account is of a person at this hub, not of one campaign; it bears at most
// one application for each campaign (Bind). One signs in with a user name or a
// telephone number, or with the sequence number of a campaign and what stands on
// her sign-in card (B12).
//
// Nobody learns here whether a name or a number is known (S2): sign-in and
// recovery answer alike and do the same work; of user names four digits are
// always drawn by the hub, so that none is ever taken; whether a telephone
// number has an account is told only to who has typed the code that was sent to
// it.
//
// It writes its own transactions, as package staff does, and knows no page and
// no rule of an examination. Sessions, codes and pauses go by the real time,
// journal entries by the hub's civil clock. A session's token and a code are
// kept as hashes, what names a person sealed.
//
// How it fails: every refusal to sign in is ErrRefused, whatever was wrong;
// ErrSlow asks to wait (see package attempt); ErrNoSession sends to the door;
// ErrCode and ErrOver end what waits for a code; what package password does not
// take is password.Error. All else is the database's.
package applicant
