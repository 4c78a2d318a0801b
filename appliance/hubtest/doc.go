// Package hubtest is the part of a hub that tests of the box need: an
// authority, signing and opening keys, grants, receipts, and what a hub sees
// when it opens a record.
//
// It is no hub: it keeps no candidates, judges nothing and speaks no MQTT. It
// is used by tests only; every failure ends the test.
package hubtest
