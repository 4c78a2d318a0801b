// Package sheet lays out and writes the papers that box and hub must print
// alike. A paper is a plain struct of values; Layout turns it, with the wording
// of the campaign, into a Document: pages of a display list in millimetres on
// a module of 2.5 mm. Two writers read that one list:
//
//	(*Document).PDF     every glyph as a TrueType subset, text that copies back
//	(*Page).Raster      bands of grey rows at any resolution, for printers without PDF
//
// The papers: the process sheet (报名流程表, paper 01), ProcessSheet; the admission
// ticket (准考证, paper 02), Ticket; and the acceptance sheet of an office's equipment
// (设备验收单, paper 19), Acceptance.
//
// # Names
//
// No text can stop a sheet. Characters are looked for one by one in a chain of
// fonts; one that no font has is drawn as a box with its code point and told by
// Fonts.Missing before anybody signs. What is too long runs down a ladder of
// sizes, then wraps, then is cut with … and written whole after 附： at the foot
// of the sheet; never silently. Page.Check proves for each text of a page that
// it stands inside its own cell; Layout refuses a page that fails it, which
// would be our mistake.
//
// # Fonts
//
// OpenFonts maps the bundle that "make fonts" put into the user's cache. Without
// it a small font inside the program serves, with the characters of GB 2312
// level 1 and of the demonstration; Fonts.Fallback says so and callers show it.
//
// The package knows no printer, no store and no codes: callers give words (see
// campaign.InWords) and whoever prints sees to copies and marks. The same input
// gives the same bytes; no clock is asked. It fails on a font file that is not
// what the manifest says, and on a slip too long for its place. Values are a
// person's: a ProcessSheet prints masked, and no error names a value.
package sheet
