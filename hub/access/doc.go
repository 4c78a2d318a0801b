// Package access keeps the tokens by which other systems may call the API: each
// has a name, scopes, a remit, a day on which it ends, and the accounts that
// asked for it and gave it out.
//
// The token itself is shown once, to whoever gives it out, and is kept as its
// SHA-256: it is 256 bits drawn at random, so a slow hash would only cost time.
// A copy of the database opens nothing.
//
// It does not decide who may give a token out, how many persons that takes, or
// what is journalled: flow does. It fails with the errors below, and with the
// database.
package access
