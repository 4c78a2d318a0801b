// Package printroom sends batches of exam papers (打印批次) to the printers of an office,
// over IPP, and knows of each part whether it is on paper (issue 9; demands A25, A51).
//
//	exampapers (sections) ─→ Room ─→ hw/printer ─→ IPP
//	        flow ─→ Ask, Stop, Continue, Settle ─┘
//
// A print (打印任务) is a batch on its way to one printer. Each section of the batch is a job
// of its own, in binding order, the next only when the one before it is out: a jam loses
// one part and not the batch, progress is what the printer says, and a hub that goes on
// with what another began goes on at a part.
//
//	queued ──→ printing ──→ done
//	   ↑          ↓  └────→ ended (somebody stopped it, or its batch is void or gone)
//	   └─────── held: Why says what a person must do
//
//	waiting ──→ sending ──→ sent ──→ printed
//	   ↑           └──────────┴────→ unsure: nobody knows
//	   └─ certain that nothing came out, or a person says so ─┘
//
// Nothing is printed twice by itself. Before a byte of a part leaves, the sign by which its
// job is found at the printer is written down. A hub that dies leaves the job to the
// printer; the next asks about it, by number or by sign, and what the printer does not
// know any more is unsure. Unsure holds the print: a person looks into the tray and says
// whether the part is there. What is printed again on such a word is cancelled at the
// printer first, should it still lie there. A batch that is printed whole cannot be sent
// again: who needs it once more asks for another copy, which is marked 补打.
//
// A printer is told by whoever runs the server (hubctl printer), name, office and address;
// no page takes an address, so that no page makes the hub call where it should not. An
// office sees its own printers and no others.
//
// Why it may import hw/printer, which the import law keeps from the rest of the hub: the
// law divides drivers and business, because a hub has no devices. A network printer is no
// device of the hub's; it is a peer at an address, as a mail relay is, and what the driver
// knows of IPP, of printers that forget, and of "sent is never printed" would have to be
// written a second time. So this package alone may, and gives the others words: a Need of
// the printer is a Why here.
//
// It asks nobody's rights and writes no journal: package flow does. How it fails:
// ErrNotFound, ErrState, ErrPrinter and ErrUnsure are refusals; all else is a fault of
// the database or the keys. Printers' faults are no errors, they are Whys.
package printroom
