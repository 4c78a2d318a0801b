package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"slices"
	"unicode"
)

//go:embed templates static
var files embed.FS

// Console holds the parsed pages in both languages. It is safe for any number
// of goroutines; nothing in it changes after New.
type Console struct {
	phrases map[string]phrase
	pages   map[Lang]map[string]*template.Template
	assets  map[string]Asset
	print   string // of all assets together; part of their paths
}

// Asset is one embedded file that pages refer to.
type Asset struct {
	Type string // media type with charset
	Body []byte
}

// New parses everything that is embedded.
func New() (*Console, error) {
	c := &Console{pages: map[Lang]map[string]*template.Template{}, assets: map[string]Asset{}}
	var err error
	if c.phrases, err = readPhrases(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if err := c.readAssets(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	for _, l := range []Lang{Zh, En} {
		if c.pages[l], err = c.parse(l); err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
	}
	return c, nil
}

// shared are the templates that are no page of their own.
var shared = []string{"layout.html", "parts.html", "parts_case.html"}

func (c *Console) parse(l Lang) (map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	base := template.New("layout.html").Funcs(c.funcs(l))
	for _, s := range shared {
		if base, err = base.ParseFS(files, "templates/"+s); err != nil {
			return nil, err
		}
	}
	out := map[string]*template.Template{}
	for _, n := range names {
		name := path.Base(n)
		if slices.Contains(shared, name) {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(files, n); err != nil {
			return nil, err
		}
		out[name[:len(name)-len(".html")]] = t
	}
	return out, nil
}

// page is what a template is given.
type page struct {
	Frame
	Body  any
	Print string
}

// Render draws a page whole. name is a template without its ending; body is
// the view of that page.
func (c *Console) Render(name string, f Frame, body any) ([]byte, error) {
	return c.execute(name, "layout.html", f, body)
}

// RenderPart draws one named part of a page, for the script module that puts
// it in place of the old one.
func (c *Console) RenderPart(name, part string, f Frame, body any) ([]byte, error) {
	return c.execute(name, part, f, body)
}

func (c *Console) execute(name, part string, f Frame, body any) ([]byte, error) {
	if f.Lang != En {
		f.Lang = Zh
	}
	t, ok := c.pages[f.Lang][name]
	if !ok {
		return nil, fmt.Errorf("console: no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, page{Frame: f, Body: body, Print: c.print}); err != nil {
		return nil, fmt.Errorf("console: page %s: %w", name, err)
	}
	return inert(b.Bytes()), nil
}

// inert takes out of a page what shows nothing and steers whoever shows it:
// control characters, and those that turn the direction of a line. Whatever
// stands in a table, a page that is copied into a terminal stays text (S17).
func inert(page []byte) []byte {
	if !bytes.ContainsFunc(page, steers) {
		return page
	}
	return bytes.Map(func(r rune) rune {
		if steers(r) {
			return '\uFFFD'
		}
		return r
	}, page)
}

func steers(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' || unicode.Is(unicode.Bidi_Control, r)
}

func (c *Console) readAssets() error {
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return err
	}
	sum := sha256.New()
	for _, e := range entries {
		body, err := fs.ReadFile(files, "static/"+e.Name())
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", e.Name(), len(body))
		sum.Write(body)
		c.assets[e.Name()] = Asset{Type: mediaType(e.Name()), Body: body}
	}
	c.print = hex.EncodeToString(sum.Sum(nil))[:16]
	return nil
}

// mediaType does not ask the machine's table for what we ship ourselves: it
// differs from one system to the next.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Asset finds a file by name, for the path /gl/static/{print}/{name}.
func (c *Console) Asset(name string) (Asset, bool) {
	a, ok := c.assets[name]
	return a, ok
}

// Print is the fingerprint in the paths of assets: a new build has new paths,
// so they may be kept for ever.
func (c *Console) Print() string { return c.print }
