package desk

import (
	"net/http"

	"zhunkao/appliance/store"
	"zhunkao/protocol/sheet"
)

// PaperForm lays the blank paper form out (草表, paper 14): what she fills in by hand when
// nothing works, made from the campaign's own form in the order in which a clerk types
// it. Each has a number of its own, drawn here, so that no two are alike offline either.
func (d *Desk) PaperForm() (*sheet.Document, error) {
	st := d.o.Status()
	if st.Rules == nil {
		return nil, store.ErrNotFound
	}
	f := sheet.PaperForm{Campaign: *st.Rules, Number: sheet.NewPaperNumber(st.Point.Code), Office: st.Point.Name, Printed: d.o.Now()}
	if d.o.Demo {
		f.Marks = append(f.Marks, sheet.Specimen)
	}
	if d.o.Drills != nil {
		f.Marks = append(f.Marks, sheet.Practice)
	}
	return f.Layout(d.fonts)
}

// paperForm serves it, to be printed from the page.
func (d *Desk) paperForm(w http.ResponseWriter, r *http.Request, _ *session) {
	if d.o.Status().Rules == nil {
		http.NotFound(w, r)
		return
	}
	doc, err := d.PaperForm()
	d.pdf(w, r, "caobiao.pdf", doc, err)
}
