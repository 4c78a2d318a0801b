// Package visit is one person at the screen, as a pure state machine: a state
// and an event give a new state and a list of effects.
//
// It reads no clock, draws no random number, touches no file and knows no
// device. The loop that owns a State (appliance) turns what happens into
// events, calls Step, and carries the effects out; package kiosk draws a State
// and turns presses into events. Nothing else knows what a visit knew.
//
// # The walk
//
//	idle → reading → looking → found → settle 1…m → photo → read-through 1…n →
//	pledge → sealing → sheet → accepted → idle
//
// Settling is left out when application and chip agree, the photo when the
// campaign or the box wants none, the sheet when the box has no printer.
//
// Whatever refuses her is a screen of its own (Refused with a Refusal), and
// what interrupts the walk without ending it lies over it (Over): the card is
// lifted, another card lies there, the reader is lost, nobody touches the
// screen, help was called.
//
// # The card
//
// The card is read once. From then until the signature is given it must stay
// on the reader, as a person would expect of a counter: lifting it asks to put
// it back and, after CardLimit, ends the visit with nothing sealed. Another
// card in its place is said to be another. From the signature on the card may
// go: sealing goes on regardless, and the accepted screen stays for its time.
//
// # Differences
//
// A difference that asks for a decision (form.GradeAsk) is decided on a screen
// of its own. The campaign names the fields in which she may take over what the
// chip says (Policy.Settle); the application she signs is then a version on,
// and the record says from which. Everything else, a name above all, is left
// for the clerk: the walk goes on, the record says so, and so does the last
// screen.
//
// # The staff
//
// What would end a visit, or is not hers to decide, may be put to the staff at
// the desk while she waits (Ask): an expired card where the campaign lets them
// decide, a difference such as her name, another round of pictures. The desk
// learns what is asked and not of whom; a clerk who opens it (Opened) is named in
// the record. Allowed counts only with the persons and the reason that the
// campaign's table of acts asks for, and is sealed as an override where an act
// stands behind it. When nobody comes the visit goes on as without them.
//
// # Papers
//
// A clerk at the desk begins a visit for whoever has no card that can be read
// (Presented): what she typed is the Chip, of type form.ChipPapers, and the
// pictures she took are sealed beside it. No card is needed and none is looked
// at; everything else is as it is with one, but for the photo, which is taken
// whatever the campaign's policy is and cannot be left out (demand A40). The
// screens say that she is served on papers, and the last one that the city will
// look.
//
// A card of a kind that the campaign has an office review (State.ReviewedCard) is read
// like any, and a clerk takes pictures of it during the walk (AskCopies), while it
// may leave the reader. It too is photographed whatever the policy is, and what it
// seals is provisional.
//
// # The photo
//
// Pictures are looked at and shown only between CameraOn and CameraOff, and
// CameraOn comes only after she agreed to the campaign's notice, whose hash is
// sealed (requirement S36). The device itself runs all the time, and its driver
// holds the newest frame: by that it knows that the camera works. MaxTries
// pictures may be taken; then a person must look, and a call for help begins
// another round. A picture that she does not keep is gone with the next screen.
// Without a camera that works the clerk helps, or, where the campaign says so,
// she goes on and the record says that the photo is missing.
//
// # The sheet
//
// It is printed when the record is durable. Sent is not printed (SheetSent
// changes nothing on the screen), printed is not in hand: only her word ends
// it. A copy that may still come out is cancelled when the visit ends, so that
// it does not come out for the next person. Further copies are the same version
// of the document, marked, at most MaxCopies a visit; one of which certainly
// nothing was printed does not count. A printer that fails
// changes nothing about the acceptance.
//
// # Speech
//
// Speak names the sentence of a screen; nothing of the person is in it. It is
// off until she asks for it, on a box that can.
//
// # The staff's way out
//
// StaffEscape ends the visit from any state, as if she had left, and does
// nothing else. What is being sealed is sealed all the same.
//
// # What memory may still hold
//
// At the end of a visit the State is replaced by one that holds its number, the
// time and the state of the machine; a test walks everything reachable. Beyond
// that:
//
//   - The buffers of card and photo (Card.Text, Card.WLT, Photo.JPEG,
//     Photo.Original of every picture taken) are the loop's, which overwrites
//     them at Wipe. The camera's driver overwrites the frames it holds at
//     CameraOff, but for those that were looked at or shown.
//   - Live pictures that were looked at or shown, what was decoded of any
//     picture, and the PDF or the bands of a sheet are let go and not
//     overwritten: they stay in unreachable memory as strings do.
//   - Strings cannot be overwritten: name, number, address, fields, choices,
//     and the strokes of the signature stay in unreachable memory until the
//     collector gives the page to another use or, after debug.FreeOSMemory, to
//     the system. They are in no swap (the image has none) and no core dump.
//   - What was handed to the network (loopback) lies in the kernel's socket
//     buffers until they are used again; the page's bytes are cleared here once
//     written, the copies of net/http's buffered writer are not.
//   - The browser's own memory ends with its process and profile: the loop
//     starts it afresh at Wipe. Until it has gone, the page no longer names her
//     and no script can reach what it drew (tested), but freed memory of the
//     renderer and the compositor's last frame may.
//
// # Time
//
// Time is monotonic and comes by Ticked. The loop steps a Ticked with the
// present before every other event, and again when State.Wake says so; so
// State.Now is the present whenever an event is judged.
//
// # How it fails
//
// It does not: an event that does not fit the state changes nothing, and a
// result that bears the number of an earlier visit is ignored. Every state but
// idle ends by time alone. A power cut in any state before Accepted leaves no
// trace of the visit but, from Sealing on, possibly a whole sealed record; the
// next look-up of the same person then answers "already confirmed".
package visit
