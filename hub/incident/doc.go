// Package incident keeps what went wrong (异常情况) and who has it in hand: one
// form for every office, one line of steps from the report to the close
// (demands A54, A65), and nothing that takes a step back out of it.
//
// Next is the whole rule, and pure: an incident and a move in, the incident
// after it or the reason why not out. A report is seen by every office above it
// at once; one of them has it in hand, and who has it and does not say so
// within the minutes of its severity loses it to the office above.
//
// It mends nothing itself: extending a window, freezing a box and the like are
// the acts of others, which package flow ties to an incident as measures. It
// names nobody: texts that hold what looks like an ID number or a mobile
// telephone are refused (S35).
//
// How it fails: the Err values are refusals; all else is a fault of the
// database.
package incident
