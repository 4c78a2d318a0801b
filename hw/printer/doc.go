// Package printer drives one IPP printer: it says what a person must do about
// it, and follows a document to its true end.
//
// It speaks IPP/2.0 (1.1 where that is refused; RFC 8010, RFC 8011) over HTTP,
// or over TLS with the certificate pinned on first use. No CUPS is asked for: a
// network printer is reached directly, a USB printer through ipp-usb, whose
// address is one more URI. The document goes as PDF where the printer takes PDF,
// else as PWG raster (PWG 5102.4) written here in bands, so that a page never
// lies in memory whole.
//
// It is not a queue: one document at a time, and a second is refused. It draws
// nothing: a Document brings functions that do. It knows no paper size but A4.
// Printers that speak none of the two formats are refused with
// fault.Unsupported; so is raw port 9100, which could not say what became of a
// job.
//
// Sent is never printed. Only a job that the printer reports as completed, with
// the reason job-completed-successfully or job-completed-with-warnings, ends as
// Printed. A printer that goes away, forgets the job, answers about another job
// under the same number, or completes without saying how, ends it as Unknown:
// nobody knows, and only the person knows whether there is paper in her hand.
// Nothing is sent a second time once a byte of the document has left, unless the
// printer itself said that it did not take it.
//
// A program that ends can leave a job to the printer (Leave) and in its next run ask
// what became of it (Follow), by the printer's number or, when it ended before it
// knew that, by the sign that it gave the document and kept.
//
// A printer with an open cover or no paper gets no job at all (fault.Attention):
// a sheet that waits in a printer's memory comes out into somebody else's hand.
// For the same reason a caller whose person leaves must Cancel.
//
// How it fails. Every exchange has a deadline, replies have bounds (size, number
// of values, depth), redirects and other content types are refused, and a body
// that does not move is given up. Run tells of changes only and tries for ever;
// a printer that comes back is Ready within three seconds. After an error of
// Print nothing was sent; after a Job's end, JobEnded says what is known.
//
// What has not been seen: a real printer. Everything ran against the emulated
// one and against Debian's ippeveprinter.
package printer
