package journal

// TicketGiven: an admission ticket was given out, at the portal or by an office, photo
// and number on it. Detail "copy" is which copy it was, "version" the number of the
// arrangement.
const TicketGiven Act = "admission.given"
