package desk

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// A sheet once more (补打), of somebody who was confirmed at this box: while the
// readable copy is here, that is until the hub has receipted her record. The paper
// is what she signed, by the wording she signed under; later copies bear 补打 and
// their number. A clerk alone may have as many as a visit may (visit.MaxCopies);
// beyond that the head of the point signs beside.

// Why a sheet is not printed again here.
var (
	// ErrReprintNone: this box sealed no such confirmation.
	ErrReprintNone = errors.New("desk: no such confirmation at this box")
	// ErrReprintVoid: it was taken back, or another one stands.
	ErrReprintVoid = errors.New("desk: the confirmation does not stand")
	// ErrReprintGone: no readable copy is left here.
	ErrReprintGone = errors.New("desk: no readable copy is left at this box")
	// ErrReprintRules: she signed under another wording than the one in force.
	ErrReprintRules = errors.New("desk: signed under another version of the campaign")
	// ErrReprintNot: the campaign wants no reprints at boxes.
	ErrReprintNot = errors.New("desk: the campaign has no reprints at boxes")
	// ErrReprintHead: so many copies are out that the head must sign beside.
	ErrReprintHead = errors.New("desk: the head of the point must sign beside")
	// ErrReprintMost: as many copies are out as may ever be.
	ErrReprintMost = errors.New("desk: no more copies of this sheet")
)

// mostCopies is how many copies of one sheet may ever be: whoever needs more has
// another trouble, and the county looks at it.
const mostCopies = 9

// reprintWord are the words for what Reprintable says; each has two texts, on the
// page of one sheet ("reprint-…") and in the queue ("print-why-…").
var reprintErrors = map[error]string{
	ErrReprintNone: "none", ErrReprintVoid: "void", ErrReprintGone: "gone-sheet", ErrReprintRules: "rules", ErrReprintNot: "not-here",
	ErrReprintHead: "head", ErrReprintMost: "most",
}

// ReprintWord is the word for why a sheet is not printed again; "" when err is
// none of those reasons.
func ReprintWord(err error) string {
	for is, word := range reprintErrors {
		if errors.Is(err, is) {
			return word
		}
	}
	return ""
}

// Readable makes ErrReprintGone of the store's word that no readable copy is
// there.
func Readable(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrReprintGone
	}
	return err
}

// Reprintable finds a sheet that may be printed once more at this box now; head:
// the head of the point signed beside. Errors: those above, and of the store.
func Reprintable(s *store.Store, seq uint64, rules *campaign.Campaign, head bool) (store.Sheet, error) {
	one, err := s.Sheet(seq)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return one, ErrReprintNone
	case err != nil:
		return one, err
	case !one.Stands:
		return one, ErrReprintVoid
	case rules == nil || !rules.Policy.Reprint:
		return one, ErrReprintNot
	case one.Held == nil:
		return one, ErrReprintGone
	case one.Held.Campaign != rules.ID || one.Held.Version != rules.Version:
		return one, ErrReprintRules
	case one.Copies >= mostCopies:
		return one, ErrReprintMost
	case one.Copies >= visit.MaxCopies && !head:
		return one, ErrReprintHead
	}
	return one, nil
}

// reprintReasons are why a sheet is wanted again; their words are
// "reprint-for-…". The last one asks for a note.
var reprintReasons = []string{"not-out", "unclear", "lost", "damaged", reprintOther}

const reprintOther = "other"

// reprintForm is what was typed, and what was found.
type reprintForm struct {
	Number, Name string // typed to find one; never in an address
	Found        []reprintLine
	Looked       bool // somebody was looked for
	Sheet        store.Sheet
	Who, Tail    string   // hers, masked, while the readable copy is here: so that the clerk can tell whose it is
	texts        []string // what her sheet prints of her, while it may be printed
	Copies       []store.Copy
	May          bool
	Head         bool // the head must sign beside
	Reason, Note string
}

// reprintLine is one sheet in a list: hers as far as a list may say.
type reprintLine struct {
	store.Sheet
	Who, Tail string
}

func (d *Desk) reprints(w http.ResponseWriter, r *http.Request, s *session) {
	d.showReprints(w, r, s, "", reprintForm{})
}

func (d *Desk) showReprints(w http.ResponseWriter, r *http.Request, s *session, why string, f reprintForm) {
	d.show(w, r, s, "reprints", "page", func(p *page) { p.Again, p.Error = f, why })
}

// mostFound bounds a list of who was found.
const mostFound = 30

// findReprint finds her by digits and name. Digits are those of her document or of
// the number on her sheet, whole or the last four and more. What was typed comes by
// the form and goes nowhere.
func (d *Desk) findReprint(w http.ResponseWriter, r *http.Request, s *session) {
	f := reprintForm{Number: r.PostFormValue("number"), Name: r.PostFormValue("who"), Looked: true}
	digits, name := strings.ToUpper(plain(f.Number)), identity.Name(plain(f.Name)).Key()
	if digits == "" && name == "" || digits != "" && len(digits) < 4 {
		f.Looked = false
		d.showReprints(w, r, s, "reprint-find-more", f)
		return
	}
	fits := func(number string) bool { return number != "" && strings.HasSuffix(strings.ToUpper(number), digits) }
	all, err := d.o.Store.Sheets(func(one store.Sheet, app *form.Application) bool {
		if app == nil || len(f.Found) >= mostFound {
			return false
		}
		if digits != "" && !fits(app.Number().Reveal()) && !fits(app.Get(form.CandidateNumber)) && !fits(app.SequenceNumber) ||
			name != "" && identity.Name(plain(string(app.Name()))).Key() != name {
			return false
		}
		f.Found = append(f.Found, reprintLine{one, app.Name().String(), app.Number().String()})
		return true
	})
	switch {
	case err != nil:
		d.fault(w, r, err)
	case len(all) == 0:
		d.showReprints(w, r, s, "reprint-not-found", f)
	case len(all) == 1:
		http.Redirect(w, r, reprintPath(all[0].Sequence), http.StatusSeeOther)
	default:
		d.showReprints(w, r, s, "", f)
	}
}

// plain is what was typed without what people put between: spaces, hyphens, the
// points of names.
func plain(typed string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" 　-·•.・‧", c) {
			return -1
		}
		return c
	}, typed)
}

func reprintPath(seq uint64) string { return "/reprint/" + strconv.FormatUint(seq, 10) }

// reprintPage shows one sheet, its copies, and the form if it may be printed.
func (d *Desk) reprintPage(w http.ResponseWriter, r *http.Request, s *session) {
	d.showReprint(w, r, s, "", reprintForm{})
}

func (d *Desk) showReprint(w http.ResponseWriter, r *http.Request, s *session, why string, f reprintForm) {
	seq, err := strconv.ParseUint(r.PathValue("sequence"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	not := ""
	f.Sheet, err = Reprintable(d.o.Store, seq, d.o.Status().Rules, false)
	switch {
	case errors.Is(err, ErrReprintNone):
		http.NotFound(w, r)
		return
	case errors.Is(err, ErrReprintHead):
		f.May, f.Head = true, true
	case ReprintWord(err) != "":
		not = "reprint-" + ReprintWord(err)
	case err != nil:
		d.fault(w, r, err)
		return
	default:
		f.May = true
	}
	if f.May && d.o.Printing.Ask == nil {
		f.May, not = false, "reprint-no-printer"
	}
	if f.May {
		read, err := d.o.Store.Readable(f.Sheet.ID)
		if errors.Is(err, store.ErrNotFound) { // its receipt came in this very moment
			f.May, not, err = false, "reprint-gone-sheet", nil
		}
		if err != nil {
			d.fault(w, r, err)
			return
		}
		f.Who, f.Tail = read.Application.Name().String(), read.Application.Number().String()
		for _, key := range slices.Sorted(maps.Keys(read.Application.Fields)) {
			f.texts = append(f.texts, read.Application.Fields[key])
		}
		clear(read.Photo)
	}
	if f.Copies, err = d.o.Store.Copies(f.Sheet.ID); err != nil {
		d.fault(w, r, err)
		return
	}
	d.show(w, r, s, "reprint", "page", func(p *page) { p.Again, p.Not, p.Error = f, not, why })
}

// reprint promises one copy more.
func (d *Desk) reprint(w http.ResponseWriter, r *http.Request, s *session) {
	f := reprintForm{Reason: r.PostFormValue("reason"), Note: strings.TrimSpace(r.PostFormValue("note"))}
	again := func(why string) { d.showReprint(w, r, s, why, f) }
	seq, err := strconv.ParseUint(r.PathValue("sequence"), 10, 64)
	switch {
	case err != nil:
		http.NotFound(w, r)
		return
	case reprintWhy(f.Reason, f.Note) != "":
		again(reprintWhy(f.Reason, f.Note))
		return
	}
	one, err := Reprintable(d.o.Store, seq, d.o.Status().Rules, false)
	p := store.Print{Kind: store.PrintReprint, Sequence: seq, Record: one.ID, Reason: f.Reason}
	if f.Note != "" {
		p.Reason += "：" + f.Note
	}
	if errors.Is(err, ErrReprintHead) {
		head, why, wrong := d.second(r, s, func(m protocol.StaffMember) bool { return m.Role == protocol.StaffHead || s.Role == protocol.StaffHead })
		switch {
		case wrong != nil:
			d.fault(w, r, wrong)
			return
		case why == "day-second-other":
			again("reprint-second-other")
			return
		case why != "":
			again(why)
			return
		}
		p.Head, err = &store.DayAct{Account: head.ID, At: protocol.TimeOf(d.o.Now()), How: howOf(r)}, nil
	}
	if err != nil {
		if errors.Is(err, ErrReprintNone) {
			http.NotFound(w, r)
		} else if ReprintWord(err) != "" {
			again("reprint-" + ReprintWord(err))
		} else {
			d.fault(w, r, err)
		}
		return
	}
	line, err := d.o.Printing.Now()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	if slices.ContainsFunc(line.Papers, func(o store.Print) bool { return o.Record == p.Record && o.State != store.PrintUnsure }) {
		again("reprint-waits")
		return
	}
	d.promise(w, r, s, p)
}

// reprintWhy is the word for what is wrong with the reason of a further copy; "" when
// nothing is.
func reprintWhy(reason, note string) string {
	switch {
	case !slices.Contains(reprintReasons, reason):
		return "reprint-reason-none"
	case utf8.RuneCountInString(note) > mostNote:
		return "day-long-reason"
	case reason == reprintOther && note == "":
		return "void-remark"
	case namesSomebody(note):
		return "reprint-note-number"
	}
	return ""
}

// ReprintReasons are what may be chosen.
func (p *page) ReprintReasons() []string { return reprintReasons }

// ReprintText names a reason.
func (p *page) ReprintText(code string) (string, error) { return p.T("reprint-for-" + code) }

// CopyText says what became of one copy, why it was printed, and by whom.
func (p *page) CopyText(c store.Copy) (string, error) {
	text, err := p.T("copy-" + string(c.Outcome))
	if err != nil || c.By == nil {
		return text, err
	}
	if c.Reason == "" { // the first copy of a ticket
		return text + "　" + p.StaffName(c.By.Account), nil
	}
	code, note, noted := strings.Cut(c.Reason, "：")
	why, err := p.ReprintText(code)
	switch {
	case noted && code == reprintOther:
		why = note
	case noted:
		why += "：" + note
	}
	text += "　" + why + "　" + p.StaffName(c.By.Account)
	if c.Head != nil {
		text += "、" + p.StaffName(c.Head.Account)
	}
	return text, err
}

// SheetMark says whether a sheet can be printed again.
func (p *page) SheetMark(x store.Sheet) (m mark, err error) {
	key := "reprint-yes"
	m = mark{Kind: "done", Icon: "check"}
	switch _, err := Reprintable(p.d.o.Store, x.Sequence, p.Status.Rules, true); {
	case ReprintWord(err) != "":
		m, key = mark{Kind: "wait", Icon: "info"}, "reprint-is-"+ReprintWord(err)
	case err != nil:
		return m, err
	}
	m.Text, err = p.T(key)
	return m, err
}
