// Package flow knows which step of the office leads to which, and is the only
// writer across domains: each step takes an open transaction, changes the
// domains it concerns and writes the journal entry in the same transaction.
//
// One note is not written in the transaction that causes it: that somebody
// searched the list of candidates, which shows masked numbers only. Searches
// queues it and commits at once what has gathered; while the journal cannot be
// written, a search waits for its entry or is refused. At most what was queued in
// the moment of a power cut is lost. Looks at a record, full numbers, photos,
// exports and denials wait for the disk.
//
// Its heart is Next, one pure function from what is known of a sealed record
// to what becomes of it, with one table test. It knows no HTTP, no MQTT and no
// bytes of the wire, and holds no state but that queue.
//
// # Orders
//
// Records come late and in any order; what becomes of them must not hang on it.
// Three rules of the office decide where the order itself is the question:
//
//   - What she signed wins (design §2). A void takes back the one confirmation that
//     it names and nothing else: what stood beside it, or what it had replaced, stands
//     again. So the void of a confirmation by which she answered the city, when her
//     papers were sent back, leaves her confirmed by the papers that were sent back,
//     and asked to come again, as before. Left unconfirmed she would lose by a
//     clerk's mistake what she signed and nobody took back.
//   - An answer comes after its question. A confirmation that was certainly sealed
//     before her papers were sent back takes no place without a word of the county,
//     however late it comes; where the evidence cannot tell it is believed.
//   - A card that was read counts as long as its confirmation may: read while that
//     did not stand, it is judged again when it does.
//
// # Whose number it is
//
// A number that a chip tells is hers. One that a clerk typed from papers, or that
// somebody typed at the portal, is a claim. So of two people under one number:
//
//   - Entered at a point from papers, with the number of somebody who is registered
//     with another name or birthday (Facts.Stranger): the record is taken and waits for
//     the county (待裁, NoteOtherPerson) in an application of its own that stands apart
//     (candidate.SetApart). Nobody is found by the number there, boxes are not told of
//     it, and nothing of the other is read, changed or told: not her confirmation, her
//     counters, her boxes, her page. This holds whichever comes first, at one hub or two:
//     the number is unique in the database, and who loses that race is decided anew.
//   - Entered at a point by her chip, where the number stands only because clerks typed
//     it (Facts.Displaces): it is hers; what was typed stands apart from then on.
//   - Both typed from papers: who came first has the number, the other stands apart.
//   - Registered at the portal when it was typed for somebody else before: refused, as
//     every number that is taken. The page sends her to a point with her card, where her
//     chip settles it. The way not taken was to let the portal's claim win: then anybody
//     could put anybody's confirmation in doubt from home.
//   - By a chip, or with the same name and birthday: the person who is registered; a name
//     that changed is settled at the box.
//
// The county says whether they are one person (Decide). One: the records go over to the
// application that holds the number, and if she is confirmed there too both stand beside
// each other. Two: the record counts for nothing, its application is taken back, and she
// is entered anew with the right number, as after a void of the same day. Nobody is
// registered under the number any more: it is hers.
//
// Known to remain: a clerk who types, at a point where she is registered, the number of
// somebody else is asked by the desk to look again (desk.another); if he insists that it
// is one person, her application is what is signed, and the city finds both names when
// it looks at the papers. And a card that differs only in name from what was typed
// leaves the confirmation in force until the city has decided (CardDiffers): a name typed
// wrong is the more common mistake, and must not cost her place.
//
// How it fails: a refusal is returned as such by Next or as an error of the
// domain; every other error leaves the transaction to be rolled back, so that
// no step is ever half taken.
package flow
