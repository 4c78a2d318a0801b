// Package results holds what comes back after the examination: marks and admissions that
// the province imports (成绩, 录取; demands A6 and A53), as tables of any of the three
// kinds that are in use (DBF, XLSX, CSV).
//
//	table ─→ Show ─→ import in state Shown: every row judged, nobody sees it
//	                   │ Apply, by two persons          │ Drop
//	                   ▼
//	                 Applied ─→ Undo, by two persons ─→ Undone
//
// Nothing is applied before the examination is over (flow.ExamEnds): hub/web refuses it.
// Blank gives the table to fill in.
//
// A row is refused by itself, with a sentence that says what to mend, and the others
// stand: a table comes again, mended, and what it holds already is Same then. Rows are
// only added; what counts for a candidate is her row in the import that was applied
// last and not undone. So applying and undoing each is the change of one state: all of a
// table or nothing of it, whenever the machine stops.
//
// Totals are computed here from the marks by the campaign's rule; a table that brings its
// own must agree. Who has a mark in no paper, absent from all, has neither total nor file
// mark, whatever her bonus is: no rule of a campaign says that a bonus alone makes one. The feature mark (特征分) is taken from the table where it has one;
// else it is what follows from the campaign's automatic bonuses, because no other has
// been decided yet.
//
// It journals nothing and asks nobody's rights: package flow does. ErrStale, ErrState and
// ErrNotFound are refusals, exchange.ErrSheet says that a file is no table; all else is a
// fault of the database. No error names a person.
package results
