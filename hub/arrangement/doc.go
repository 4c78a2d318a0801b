// Package arrangement gives every effective candidate an area, a room, a seat and a
// ticket number, and a proof of it (编排; domain §1.10, demands A48 A49, fault table
// 38–40).
//
//	Input ─→ Arrange ─→ Result{Rooms, Seats, Problems}
//	  seed ──┘            └→ Merkle roots, bundle ─→ Verify, without database or names
//
// It is pure: the same input and seed give the same bytes, in any order of the input
// and on any machine. It knows no name and no number of a document: a candidate is a
// token, a neighbour's origin a number.
//
// The rules, in the words that the oracle of the tests is written from:
//
//  1. A candidate goes to the area that she was moved to by hand, if it is among the
//     areas; if it is not, that is listed. Else to the one that
//     the most telling catchment (参考范围) for her division names: one with her language
//     is more telling than one with her category, that more than one with her level,
//     that more than one with none. Whom none names is listed and not seated.
//  2. A group (组) is an area's candidates of one level and category, and of one
//     language where languages have papers of their own. Who has a need for rooms apart
//     is of a group of that need.
//  3. Her lot (签) is SHA-256 of seed, "lot" and token. A group stands in the order of
//     its lots.
//  4. A group fills rooms of Size. What is left is its tail. Tails stay rooms of their
//     own (keep); or one of at most MinTail joins the room before it, if the grid has
//     the seats (merge); or the tails of a pool share rooms (pool). A pool (混合考室)
//     are an area's groups of one need whose sittings end together: mixed rooms are as
//     few as can be, and then as few groups as can be are cut over two of them.
//  5. Rooms of an area are numbered from 1: those of needs first, in the order of the
//     rules; then the groups in the order of level, category and language; the mixed
//     rooms of a pool come behind its last group.
//  6. In a room groups sit one behind the other, each in the order of its lots, along
//     the grid. Who needs the front row gets it as far as it reaches; who does not get
//     it is listed.
//  7. Then neighbours of one origin, in the four directions of the grid, are moved
//     apart by exchanging two of one group, in their room or in another of the group.
//     It never makes it worse; what is left is counted.
//  8. The number is the campaign's template over area, group, room and seat. What does
//     not fit is listed.
//
// After publication nothing is numbered anew, unless somebody draws anew on purpose. Add
// gives exception seats behind those that there are. Revise (更正) makes the next version
// from a new list and keeps the seed:
//
//  9. Whoever had a seat and is on the new list keeps area, room, seat and number, if
//     rule 1 gives that area; the room is of her need for rooms apart, or of none if she
//     has none; her group is among those of the room; her sittings end when those of the
//     first of the room's groups do that has anybody on the new list in that area and
//     need; the grid has the seat; and rule 8 gives that number. That her own data is
//     other than it was does not matter beyond this, nor do the rules of 4 to 7: a seat
//     away from the front row, or beside one of her origin, is listed.
//     Whoever is on the list and does not keep her seat, or had none, gets one in the
//     order of groups (rule 5) and of lots (rule 3): in the first room, by number, of her
//     area, need and end of sittings whose groups are hers too and which has had fewer
//     than Size seats; else, where tails share rooms, in the first such room of any
//     groups; else in a new room behind the last of her area, closed ones counted. Her
//     seat is the one behind the highest that was ever given in that room.
//     A seat that was left stays empty, so that two persons never bear one number. A
//     room in which nobody keeps her seat is closed: it keeps its number, nobody sits in
//     it in this version or a later one, and it needs no site. A room's groups are those
//     of who sits in it.
//
// Why a closed room is not filled again: whoever is seated late would sit in it alone,
// while rooms that are open have seats. Why who needs the front row is not moved there:
// somebody unaffected would have to leave it.
//
// Propose gives an area's rooms to its sites, CheckBlocks judges a table that somebody
// changed, and Lose moves the rooms of a lost site and no others.
//
// How it fails: an input that contradicts itself is an error of Check, with what to
// mend. A rule that cannot be met is a Problem: listed, never hidden, never fatal.
package arrangement
