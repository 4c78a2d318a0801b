// Package staff keeps the accounts of the offices: who may sign in, in which
// role, with which remit, and the sessions.
//
// There is no default account (S4). Passwords are kept as argon2id verifiers;
// a session's token is drawn from 256 random bits and kept as its hash only
// (S6). Sessions and pauses go by the real time, journal entries by the hub's
// civil clock.
//
// It decides who somebody is, never what they may do with a record: role ×
// remit is asked by the pages.
//
// How it fails: every refusal to sign in is ErrRefused, alike in wording and in
// time whether the account exists, is disabled or the password is wrong;
// ErrSlow asks to wait, by account and source, so that guessing ends but nobody
// can lock another out of her own desk for good. What package
// password does not take is password.Error, which says what to do.
package staff
