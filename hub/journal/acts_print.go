package journal

// Papers on their way to a printer (issue 9), and the printers of offices. Subject of the
// first is the batch.
const (
	BatchSent    Act = "batch.sent"    // to a printer; Detail "print", "printer", "pages", "copy"
	BatchHalted  Act = "batch.halted"  // somebody wants no more of it; Detail "print", "printer"
	BatchResumed Act = "batch.resumed" // it was held; Detail "print", "printer", "why"
	BatchSettled Act = "batch.settled" // somebody looked for a part of which nobody knew; Detail "print", "printer", "section", "there"
	BatchPrinted Act = "batch.printed" // its end; Detail "print", "printer", "pages" as the printer says, "of", "state", "why", "unsure"

	PrinterAdded   Act = "printer.added"   // Detail "office", "printer", "address"
	PrinterRemoved Act = "printer.removed" // Detail "office", "printer", "address"
)

// OfPrinter is a printer of an office.
const OfPrinter = "printer"
