// Package notice tells people what became of their record (demand of issue 6:
// every change is told): messages that wait in the portal, and text messages to
// their telephones.
//
// A message (Notice) is a word of this program, a kind, with a few codes. It is
// written in the transaction of the act it tells of, so that neither is ever
// without the other, and what it says to a person is put into words by the
// portal. It belongs to an application, to an account, or to everybody of a
// campaign; whoever reads is an account with the applications bound to it. So
// an application that was imported or taken in at a box has its messages from
// its first day, and an account that is bound to it later finds all of them.
//
// A text message (Text) stands in an outbox, written in a transaction too. The
// Courier, one among all hubs, hands it to a Carrier, tries again with growing
// pauses, and gives up when it would be of no use any more; what was given up
// stands there for the operators until it is deleted like all others. The
// telephone number and the words are sealed at rest. A Carrier may be handed the
// same message twice after a crash, with the same id. The default Carrier writes
// files, for whatever program of the province sends them.
//
// A message whose kind says so asks for a text message as well; the Courier
// finds the telephone when it gets there, so that no act waits for that.
//
// It does not know which act is told to whom: package flow does. It does not
// judge who may read: the portal names the reader.
//
// How it fails: ErrNotice is our own mistake. ErrTooMany says that a telephone
// has had enough for today; who asked for the text is told nothing of it.
// Anything else is a fault of the database or of the keys.
package notice
