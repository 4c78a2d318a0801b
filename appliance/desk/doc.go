// Package desk is the clerk's desk (工作台): pages that a clerk of the point
// opens from a tablet or an old PC at the box's own address, also when the hub
// is away. It shows how the box is and never whom it serves.
//
// It signs people in by what the hub sent ahead (store.Staff): password and
// one-time code, both looked at here. It keeps sessions in memory: a restart
// signs everybody out and loses nothing else. What must survive, the days and
// the used codes, is in the store.
//
// It is not a second loop: what it shows comes as a Status, what it asks of the
// visit goes through Options. Nor does it seal: what takes a confirmation back is
// sealed by the box in its turn (Options.Void), and shown once it is durable.
//
// # Out, but not in the middle of a visit
//
// A new list of the hub ends the sessions of whoever is not in it or got another
// password, at once; only the visit that she attends she may finish, and nothing
// else (leaving.go). The visit at the box itself never ends by a list. That the hub
// was not heard for too long ends sessions after the visit that is there. What she
// does by then is sealed with her name and the time; the hub judges whether she
// was still of the point.
//
// # Her own card and a PIN
//
// A clerk may bind her own card to her account, once, by password, one-time code
// and a PIN of her choice, and from then on sign in by card and PIN at every box
// of her point. What that proves: whoever signs in has put a card on the reader
// of this enrolled box that reads, byte for byte, as the one that was bound (text
// block and portrait of the chip, protocol.CardDigest), and knows its PIN. A
// number alone, or a copy of what is printed, is not enough, for the portrait is
// printed on no paper in that form; and a PIN cannot be tried without the card,
// not even by whoever has stolen the list, which holds nothing of the card. It
// does not prove that the chip is no copy: a reader of this kind authenticates
// cards to itself and says nothing of it, and whoever has read the card with a
// device of her own and puts an emulated reader in the place of the box's could
// repeat it. Ten wrong PINs stop the card at the box until she signs in by
// password and code; a renewed card is bound anew.
//
// # Training
//
// Options.Drills makes it the desk of a training (演练): every page says so.
//
// The review (review.go) gathers what a clerk looked at for one person of the
// roster in a form that keeps what was ticked while pictures are taken; a session
// has one in hand, and another person ends it with its pictures.
//
// How it fails: without a certificate of the hub it is not served outside this
// machine at all; with a store that has failed it says so and asks to wait.
package desk
