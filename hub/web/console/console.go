package console

import (
	"embed"
	"fmt"
	"html/template"
	"sync"

	"zhunkao/hub/web/page"
)

//go:embed templates static phrases
var files embed.FS

// Console holds the parsed pages in both languages. It is safe for any number
// of goroutines; nothing in it changes after New.
type Console struct{ *page.Set }

// The languages are those of every page.
type Lang = page.Lang

// The languages. Chinese is the first and the default.
const (
	Zh = page.Zh
	En = page.En
)

// ParseLang reads a language as the switch sends it; anything else is Chinese.
func ParseLang(s string) Lang { return page.ParseLang(s) }

// New gives the pages, one and the same for the whole process.
func New() (*Console, error) { return parsed() }

var parsed = sync.OnceValues(parse)

func parse() (*Console, error) {
	set, err := page.New(page.Source{Files: files, Shared: []string{"layout.html", "parts.html", "parts_case.html", "parts_money.html", "parts_papers.html", "parts_site.html"},
		Funcs: func(s *page.Set, l Lang) template.FuncMap { return (&Console{s}).funcs(l) }})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return &Console{set}, nil
}

// drawn is what a template is given.
type drawn struct {
	Frame
	Body  any
	Print string
}

// Render draws a page whole. name is a template without its ending; body is
// the view of that page.
func (c *Console) Render(name string, f Frame, body any) ([]byte, error) {
	return c.RenderPart(name, "layout.html", f, body)
}

// RenderPart draws one named part of a page, for the script module that puts
// it in place of the old one.
func (c *Console) RenderPart(name, part string, f Frame, body any) ([]byte, error) {
	if f.Lang != En {
		f.Lang = Zh
	}
	html, err := c.Execute(name, part, f.Lang, drawn{Frame: f, Body: body, Print: c.Print()})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return html, nil
}
