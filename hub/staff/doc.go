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
// # Two persons
//
// Whoever makes what opens an account may have kept it: she could sign in as the
// other and be the second person beside herself (S12). So an account has holders
// besides its owner: its giver, who hired it, printed its first password or reset
// it, and whoever may have held the giver's account at that moment. That set is
// noted when the account is given (table account_holder); what happens to the
// giver's account later gives nobody this one.
//
//   - Two accounts are two persons if no one may have held both (Apart): not A and
//     B when A gave B; not A and C when A gave B and B gave C; not two accounts
//     that A gave, for A could be both.
//   - What counts is who may have held them when each word was said, or since: a
//     reset between two words does not make two persons of one.
//   - A reset of password and authenticator by somebody else ends what the former
//     holders had, and makes her the giver. A new password alone adds her: the
//     former ones may have the authenticator. Before she first signed in whoever
//     hired her stays: nobody else has said that she is there at all.
//   - What is done at the machine (hubctl create, staff add, staff reset) has no
//     giver: whoever sits there holds every key anyway, and must be there in
//     person. The province's administrators are made in no other way.
//   - An office whose accounts were all given from above has no two persons, and
//     that is so: whoever gave them could be both. The way out is somebody's word:
//     an officer who is independent of the account sees its owner change her
//     password, and types the code that her authenticator shows (Vouch); the
//     former holders have either the one or the other, not both. Or the operator
//     at the machine says so (hubctl staff vouch). Then it counts as a person of
//     its own, until it is given again.
//   - Accounts older than this rule have an unknown giver, the same for all: they
//     are vouched for once.
//
// What it cannot see: a giver and a voucher who lie together are two persons, and
// may be a third; and a slip handed to the wrong person is hers.
//
// How it fails: every refusal to sign in is ErrRefused, alike in wording and in
// time whether the account exists, is disabled or the password is wrong;
// ErrSlow asks to wait, by account and source, so that guessing ends but nobody
// can lock another out of her own desk for good. What package
// password does not take is password.Error, which says what to do.
package staff
