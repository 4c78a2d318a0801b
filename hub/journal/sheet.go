package journal

// SheetPrinted: the process sheet of a confirmation was given out at the portal,
// photo and whole number on it. Detail "version" is that of the campaign whose
// wording it has.
const SheetPrinted Act = "sheet.printed"
