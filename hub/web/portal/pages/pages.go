package pages

import (
	"embed"
	"fmt"
	"html/template"

	"zhunkao/hub/web/page"
)

//go:embed templates static phrases
var files embed.FS

// Pages holds the pages in both languages. It is safe for any number of
// goroutines.
type Pages struct{ *page.Set }

// Lang is a language of the pages.
type Lang = page.Lang

// The languages. Chinese is the first and the default.
const (
	Zh = page.Zh
	En = page.En
)

// New reads everything that is embedded.
func New() (*Pages, error) {
	set, err := page.New(page.Source{Files: files, Shared: []string{"layout.html", "parts.html", "parts_form.html"},
		Funcs: func(s *page.Set, l Lang) template.FuncMap { return (&Pages{s}).funcs(l) }})
	if err != nil {
		return nil, fmt.Errorf("portal pages: %w", err)
	}
	return &Pages{set}, nil
}

// drawn is what a template is given.
type drawn struct {
	Frame
	Body  any
	Print string
}

// Render draws a page whole. name is a template without its ending; body is the
// view of that page.
func (p *Pages) Render(name string, f Frame, body any) ([]byte, error) {
	if f.Lang != En {
		f.Lang = Zh
	}
	html, err := p.Execute(name, "layout.html", f.Lang, drawn{Frame: f, Body: body, Print: p.Print()})
	if err != nil {
		return nil, fmt.Errorf("portal pages: %w", err)
	}
	return html, nil
}
