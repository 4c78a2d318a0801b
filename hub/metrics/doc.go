// Package metrics says in the words of Prometheus how the hub is: what came,
// what was committed and receipted, what waits, how long it took.
//
// The domains know nothing of it. They keep plain counts, and are asked at each
// scrape; only answers to HTTP requests are told here as they happen. No label
// holds a person, the name or the point of a box, or an address that somebody
// typed: a label has one of a few values that stand in this package, in the
// table of routes, or in the configuration.
//
// It does not decide who may read it: hub gives it a listener of its own. How it
// fails: what the database does not answer within two seconds is left out of
// that scrape, and zhunkao_database_up says so.
package metrics
