// Package paper lays out the papers that only the hub prints, with the fonts
// and the writers of protocol/sheet, and fills those of protocol/sheet from what
// the hub holds.
//
// The papers: the slips of user names and first passwords (账号密码条, paper 16),
// Slips; the sign-in cards (网报登录卡, paper 12), Cards, and the same as one list for a
// teacher (网报登录表), CardList; and the process sheet (报名流程表, paper 01) as a box has printed it,
// Process.
//
// Of a room (考室) of an examination, ExamRoom: seating chart, door sheet, desk labels,
// sign-in list, record, bar codes and bag covers (papers 04 to 10). What is said of its
// sittings comes from their SubjectCounts: languages apart, the subjects of a mixed room
// apart, and on each half day those who write then and no others. ErrExam tells values
// that contradict each other.
//
// Of a site (考点) or an area (考区), SiteHead: summary (paper 11), table of rooms at the
// sites, register of bags for each sitting, form for a breach, and the cover of a printed
// batch (papers 22 to 25). SummaryOf and HandoversOf count the same rooms that papers 04
// to 10 are printed from, so that all of them add up.
//
// Of a person: the proof sheet (paper 13), the pledge to be copied (15) and, of whom a
// college admitted, the register form (03), with the list of a college's batch (26).
//
// A paper is a plain struct of values; Layout turns it into a document. Nothing
// is stored, and no error names a value: what stands on a slip is a secret until
// she has changed it. It fails on a layout that leaves its boxes, which would be
// our mistake, on a room that contradicts itself, and on nothing else.
package paper
