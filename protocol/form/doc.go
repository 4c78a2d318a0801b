// Package form says what an application is and when it is valid.
//
// Definition is the form of one campaign: its fields with code tables, lengths
// and conditions, who fills each and when, and the vocabulary of choices. Rule
// is one demand more, as data. Application is what one candidate filled in.
// Compile makes form and rules ready; Compiled judges an application by them.
// Compare sets an application beside the chip of an identity document; Digest
// names its content by a hash. Choices, points and ages need the rest of the
// campaign: the whole check, live and in the rehearsal of a version, is
// campaign.Checker.
//
// # Why a rule is a typed tree
//
// The residue of rules that no table holds is written as Condition, a tree of a
// dozen kinds of typed tests, and not in an expression language (google/cel-go
// was the other way). A tree can be compared part by part and said in words, so
// that whoever signs a version reads what changes; every reference to nothing
// is found when it is loaded, with its place; it is judged without allocating,
// for 400,000 applications; it has no loops, no regular expressions and a bound
// on depth and size, so that whatever a bundle holds ends soon; a fuzzer makes
// any of it from data; and it costs the box neither the megabytes of a parser
// nor a second language. What is paid: a test that no kind has needs Go, and a
// new version of the program everywhere before a campaign may use it.
//
// What is not known is neither true nor false (a point nobody told the box of,
// a date still empty): a rule refuses only what certainly breaks it.
//
// Everything is pure and total: no input panics, nothing is read, no clock is
// asked. It is not the store of applications, knows nothing of windows or
// offices, and no examination: those are campaign data. Only Compile fails, on
// conditions that CheckCondition and CheckRule find fault with.
//
// Applications and chips print masked (package fmt, log/slog). A Finding or
// Difference printed or logged names fields, never values.
package form
