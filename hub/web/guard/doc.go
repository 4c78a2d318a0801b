// Package guard stands before the applicants' portal and keeps it answering
// when more people come than it can serve (A55, S34, faults 44 and 45).
//
// Four things, each of them bounded in memory and cheap to refuse by:
//
//   - Pace. Token buckets for one person, one address, one network. Who is signed
//     in is counted by herself and not by her address, so a school behind one
//     address cannot shut itself out. How often an account may be tried and a
//     telephone be written to is counted in package attempt, for all hubs.
//   - Hands. So many requests are answered at a time, and of these so many of
//     people who are not signed in. Reading goes before writing, and who is
//     signed in before the rest.
//   - The line. When the hands for the rest are full, they wait, first come
//     first served. The time somebody came stands in a signed cookie and nowhere
//     else, so a place survives a reload, a restart of the hub and a change of
//     hub. What she typed into a form is sealed into the page that tells her to
//     wait, and opened again when she sends it again: nothing of it is kept here.
//   - Connections. So many from one address, so many altogether, by Listener.
//
// It does not know who anybody is: the portal says whose session stands by
// Vouch, and the guard remembers it in its own signed cookie, so that telling
// the signed-in from the rest costs a hash and no question to the database. It
// opens nothing: whoever holds its cookie only waits less. It guards one process;
// of several hubs each has its own hands, buckets and line, and the place in the
// cookie makes the lines agree. It draws no page: the portal does.
//
// How it fails: open towards people who are signed in, closed towards the rest.
// A cookie that is not ours is no cookie; a page that cannot be drawn is a line
// of text with the same status.
package guard
