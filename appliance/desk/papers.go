package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// Papers instead of a card (demand A40): a clerk types what stands on them, takes
// their pictures, and begins the visit on the box. What she types is kept with
// her session until it begins, so that nothing is typed twice; it is in no
// address, no log and on no disk.

// Why a visit on papers does not begin.
var (
	// ErrPapersBusy: somebody is being served.
	ErrPapersBusy = errors.New("desk: somebody is being served")
	// ErrPapersCamera: the box has no camera, and whoever has no chip is photographed.
	ErrPapersCamera = errors.New("desk: the box has no camera")
	// ErrPapersStopped: the box serves nobody now.
	ErrPapersStopped = errors.New("desk: the box serves nobody now")
)

// albumPapers holds the pictures of the papers in hand.
const albumPapers = "papers"

// papersWork is what a clerk has typed of the papers before her.
type papersWork struct {
	mu   sync.Mutex // guards what follows
	form papersForm
}

func (w *papersWork) get() papersForm {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.form
}

func (w *papersWork) put(f papersForm) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.form = f
}

// papersForm is the form as it was typed.
type papersForm struct {
	Why, Document                   string
	Number, Name, Sex, Birth        string
	Nationality, ValidFrom, ValidTo string
	Note                            string
	Same                            string // number of which the clerk has said: looked at again, it is right, and only the name is written otherwise
}

func readPapers(r *http.Request) papersForm {
	get := func(key string) string { return strings.TrimSpace(r.PostFormValue(key)) }
	return papersForm{Why: get("why"), Document: get("document"), Number: get("number"), Name: get("name"), Sex: get("sex"), Birth: get("birth"),
		Nationality: get("nationality"), ValidFrom: get("from"), ValidTo: get("to"), Note: get("note"), Same: get("same")}
}

// papersPage is what the template sees.
type papersPage struct {
	papersForm
	Album *album
	Wrong map[string]string // key of a field → key of what is wrong with it
	Other bool              // the number is registered here with another name
}

// papers shows the form, and how the visit that began last stands.
func (d *Desk) papers(w http.ResponseWriter, r *http.Request, s *session) {
	d.showPapers(w, r, s, "", nil)
}

func (d *Desk) showPapers(w http.ResponseWriter, r *http.Request, s *session, why string, wrong map[string]string) {
	f := papersPage{papersForm: s.papers.get(), Album: s.albums.of(albumPapers), Wrong: wrong}
	f.Other = wrong["number"] == wordOther || f.Same != "" && f.Same == f.Number
	if why == "" && len(wrong) > 0 {
		why = "papers-wrong"
	}
	d.show(w, r, s, "papers", "page", func(p *page) { p.Papers, p.Error = f, why })
}

func (d *Desk) papersPicture(w http.ResponseWriter, r *http.Request, s *session) {
	s.albums.of(albumPapers).serve(w, r)
}

// workPapers does one thing with the papers in hand: takes, brings or drops a
// picture, lets all go, or begins the visit. What was typed stays.
func (d *Desk) workPapers(w http.ResponseWriter, r *http.Request, s *session) {
	s.papers.put(readPapers(r))
	a := s.albums.of(albumPapers)
	why := ""
	switch do := r.PostFormValue("do"); {
	case do == "take":
		why = d.take(r.Context(), a)
	case do == "bring":
		why = d.bring(r, "file", a)
	case do == "clear":
		s.papers.put(papersForm{})
		a.clear()
	case do == "begin":
		d.beginPapers(w, r, s, a)
		return
	case strings.HasPrefix(do, "drop-"):
		if n, err := strconv.Atoi(do[len("drop-"):]); err == nil {
			a.drop(n)
		}
	}
	if why != "" {
		d.showPapers(w, r, s, why, nil)
		return
	}
	http.Redirect(w, r, "/papers#pictures", http.StatusSeeOther)
}

// beginPapers begins the visit on the box, if everything is right.
func (d *Desk) beginPapers(w http.ResponseWriter, r *http.Request, s *session, a *album) {
	f := s.papers.get()
	chip, wrong := readPaper(f, d.o.Status().Rules, d.o.Now())
	copies := a.pictures()
	if len(copies) == 0 {
		wrong["pictures"] = "papers-no-picture"
	}
	if d.o.Papers == nil {
		d.showPapers(w, r, s, "papers-camera", nil)
		return
	}
	if err := d.another(chip, f, wrong); err != nil {
		d.fault(w, r, err)
		return
	}
	if len(wrong) > 0 {
		d.showPapers(w, r, s, "", wrong)
		return
	}
	at := protocol.TimeOf(d.o.Now())
	e := visit.Presented{Chip: chip, Copies: copies, Clerk: s.assent(at),
		Papers: protocol.Papers{Why: f.Why, Document: f.Document, Copies: uint8(len(copies)), Note: f.Note}}
	err := d.o.Papers(context.WithoutCancel(r.Context()), e)
	if err != nil { // else they are the visit's
		for _, c := range copies {
			clear(c)
		}
	}
	switch {
	case errors.Is(err, ErrPapersBusy):
		d.showPapers(w, r, s, "papers-busy", nil)
	case errors.Is(err, ErrPapersCamera):
		d.showPapers(w, r, s, "papers-camera", nil)
	case errors.Is(err, ErrPapersStopped):
		d.showPapers(w, r, s, "papers-stopped", nil)
	case err != nil:
		d.fault(w, r, err)
	default:
		s.papers.put(papersForm{})
		a.clear()
		d.attend(s, d.o.Status().Visit)
		d.did(r.Context(), drill.Papers)
		d.o.Log.Info("desk: a visit on papers began", "account", s.ID)
		http.Redirect(w, r, "/papers", http.StatusSeeOther)
	}
}

// wordOther is the key of what is said of a number that is registered with another name.
const wordOther = "papers-number-other"

// another finds a number that is registered at this point with another name: typed
// wrong, and the machine would show one person what another has filled in. The clerk
// looks at the original again, and says so if it is one person whose name is written
// otherwise there. Spelling alone makes no difference.
func (d *Desk) another(chip form.Chip, f papersForm, wrong map[string]string) error {
	if f.Same == f.Number || wrong["number"] != "" || wrong["name"] != "" {
		return nil
	}
	found, err := d.o.Store.Find(chip.Number)
	if err != nil {
		return err
	}
	if a := found.Application; a != nil && a.Name() != "" && !identity.SameName(a.Name(), chip.Name) {
		wrong["number"] = wordOther
	}
	return nil
}

// assent is this person's word, given now.
func (s *session) assent(at protocol.Time) protocol.Assent {
	role := protocol.AssentClerk
	if s.Role == protocol.StaffHead {
		role = protocol.AssentHead
	}
	return protocol.Assent{Account: s.ID, Role: role, How: s.How, At: at}
}

// readPaper makes a chip of what was typed. wrong names for each field what is
// wrong with it, by the rules of its type of document.
func readPaper(f papersForm, c *campaign.Campaign, now time.Time) (form.Chip, map[string]string) {
	wrong := map[string]string{}
	chip := form.Chip{Type: form.ChipPapers, Sex: f.Sex}
	doc, known := paperType(c, f.Document)
	switch {
	case !slices.Contains(papersWhys(), f.Why):
		wrong["why"] = "papers-why-none"
	case known && f.Why == protocol.WhyNoChip && doc.Chip:
		wrong["why"] = "papers-has-chip"
	case known && f.Why != protocol.WhyNoChip && !doc.Chip:
		wrong["why"] = "papers-has-no-chip"
	case f.Why != protocol.WhyNoChip && f.Note == "":
		wrong["note"] = "papers-shown-none"
	}
	if !known {
		wrong["document"] = "papers-document-none"
	} else if number, err := identity.ParseDocument(identity.Kind(doc.Kind), f.Number); err != nil {
		wrong["number"] = "papers-number-bad"
	} else {
		chip.Number = number
	}
	var err error
	if chip.Name, err = identity.ParseName(f.Name); err != nil {
		wrong["name"] = "papers-name-bad"
	}
	if f.Sex != "1" && f.Sex != "2" {
		wrong["sex"] = "papers-sex-none"
	} else if of := chip.Number.Sex(); of != "" && of != f.Sex {
		wrong["sex"] = "papers-sex-number"
	}
	readDays(&chip, f, wrong, now)
	if f.Nationality != "" {
		if chip.Nationality = strings.ToUpper(f.Nationality); !isCountry(chip.Nationality) {
			wrong["nationality"] = "papers-nation-bad"
		}
	}
	if utf8.RuneCountInString(f.Note) > mostNote {
		wrong["note"] = "day-long-reason"
	}
	return chip, wrong
}

// readDays reads birth and validity.
func readDays(chip *form.Chip, f papersForm, wrong map[string]string, now time.Time) {
	today := now.In(window.Zone()).Format("20060102")
	day := func(typed string) (string, bool) {
		typed = strings.NewReplacer("-", "", ".", "", "/", "", " ", "", "年", "", "月", "", "日", "").Replace(typed)
		_, ok := form.ParseDay(typed)
		return typed, ok
	}
	ok := false
	if chip.Birth, ok = day(f.Birth); !ok || chip.Birth > today {
		wrong["birth"] = "papers-day-bad"
	} else if of := chip.Number.BirthText(); of != "" && of != chip.Birth {
		wrong["birth"] = "papers-birth-number"
	}
	if f.ValidFrom != "" {
		if chip.ValidFrom, ok = day(f.ValidFrom); !ok {
			wrong["from"] = "papers-day-bad"
		}
	}
	switch {
	case f.ValidTo == form.LongTerm:
		chip.ValidTo = form.LongTerm
	case f.ValidTo != "":
		if chip.ValidTo, ok = day(f.ValidTo); !ok {
			wrong["to"] = "papers-day-bad"
		} else if form.Expired(*chip, now, time.Time{}) == form.ExpiredCard {
			wrong["to"] = "papers-lapsed"
		}
	case f.Why == protocol.WhyNoChip:
		wrong["to"] = "papers-to-none"
	}
}

// isCountry: three letters of ISO 3166-1 alpha-3, in form. Which of them is a
// country the city sees on the copy.
func isCountry(s string) bool {
	if len(s) != 3 {
		return false
	}
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

func papersWhys() []string {
	return []string{protocol.WhyNoChip, protocol.WhyUnreadable, protocol.WhyMissing, protocol.WhyExpired}
}

func paperType(c *campaign.Campaign, code string) (campaign.DocumentType, bool) {
	if c != nil {
		for _, d := range c.Documents {
			if d.Code == code {
				return d, true
			}
		}
	}
	return campaign.DocumentType{}, false
}

// option is one thing to choose.
type option struct{ Value, Text string }

// PapersWhys are the reasons, in words.
func (p *page) PapersWhys() (out []option, err error) {
	for _, w := range papersWhys() {
		text, err := p.T("papers-why-" + w)
		if err != nil {
			return nil, err
		}
		out = append(out, option{w, text})
	}
	return out, nil
}

// PapersDocuments are the campaign's types of documents.
func (p *page) PapersDocuments() (out []option) {
	c := p.Status.Rules
	if c == nil {
		return nil
	}
	table, _ := c.Form.Table("document")
	for _, d := range c.Documents {
		o := option{Value: d.Code, Text: d.Code}
		if e, ok := table.Entry(d.Code); ok {
			o.Text = visit.Text{Zh: e.Zh, En: e.En}.In(p.English())
		}
		out = append(out, o)
	}
	return out
}

// PapersWanted are the papers that the campaign wants copied of the type chosen.
func (p *page) PapersWanted() []string {
	d, _ := paperType(p.Status.Rules, p.Papers.Document)
	return d.Copies
}

// Bad gives what is wrong with a field, "" if nothing is.
func (p *page) Bad(field string) (string, error) {
	key, ok := p.Papers.Wrong[field]
	if !ok {
		return "", nil
	}
	return p.T(key)
}

// fieldState is a field with what is wrong with it.
type fieldState struct{ Key, Text string }

// Field gives a field of the form with what is wrong with it.
func (p *page) Field(key string) (fieldState, error) {
	text, err := p.Bad(key)
	return fieldState{key, text}, err
}

// CanPapers reports whether a visit on papers may begin at this box at all.
func (p *page) CanPapers() bool { return p.d.o.Papers != nil }
