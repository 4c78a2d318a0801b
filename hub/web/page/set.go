package page

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
	"sync"
	"unicode"

	"zhunkao/protocol/look"
)

//go:embed static
var common embed.FS

// Source is what one surface brings: templates/*.html, phrases/*.tsv and
// static/* in Files; Shared are the templates that are no page of their own,
// the first of them the layout; Funcs are what its templates may call beside
// those that every surface has.
type Source struct {
	Files  fs.FS
	Shared []string
	Funcs  func(*Set, Lang) template.FuncMap
}

// Set holds the pages of one surface in both languages. It is safe for any
// number of goroutines. A page is parsed when somebody first looks at it: a hub
// that comes back after a power cut need not parse some hundred pages before it
// listens, which took most of its start.
type Set struct {
	source  Source
	phrases map[string]phrase
	pages   map[Lang]map[string]func() (*template.Template, error)
	assets  map[string]Asset
	print   string // of all assets together; part of their paths
}

// Asset is one embedded file that pages refer to.
type Asset struct {
	Type string // media type with charset
	Body []byte
}

// New reads everything that is embedded. That every page parses the surfaces'
// tests hold: each has a scene that they draw.
func New(s Source) (*Set, error) {
	c := &Set{source: s, pages: map[Lang]map[string]func() (*template.Template, error){}, assets: map[string]Asset{}}
	var err error
	if c.phrases, err = readPhrases(s.Files); err != nil {
		return nil, err
	}
	if err := c.readAssets(); err != nil {
		return nil, err
	}
	for _, l := range []Lang{Zh, En} {
		if c.pages[l], err = c.pagesOf(l); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Set) pagesOf(l Lang) (map[string]func() (*template.Template, error), error) {
	names, err := fs.Glob(c.source.Files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	shared := sync.OnceValues(func() (*template.Template, error) { return c.shared(l) })
	out := map[string]func() (*template.Template, error){}
	for _, n := range names {
		name := path.Base(n)
		if slices.Contains(c.source.Shared, name) {
			continue
		}
		out[name[:len(name)-len(".html")]] = sync.OnceValues(func() (*template.Template, error) {
			base, err := shared()
			if err != nil {
				return nil, err
			}
			t, err := base.Clone() // base is never drawn, so it can be copied for ever
			if err != nil {
				return nil, err
			}
			return t.ParseFS(c.source.Files, n)
		})
	}
	return out, nil
}

// shared is what all pages of a language share, the layout first.
func (c *Set) shared(l Lang) (base *template.Template, err error) {
	base = template.New(c.source.Shared[0]).Funcs(c.funcs(l))
	if c.source.Funcs != nil {
		base = base.Funcs(c.source.Funcs(c, l))
	}
	for _, s := range c.source.Shared {
		if base, err = base.ParseFS(c.source.Files, "templates/"+s); err != nil {
			return nil, err
		}
	}
	return base, nil
}

// Templates names every page, in order.
func (c *Set) Templates() []string {
	var out []string
	for name := range c.pages[Zh] {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Execute draws one part of a page: the layout for all of it, or one named
// template of it. data is what the template is given.
func (c *Set) Execute(name, part string, l Lang, data any) ([]byte, error) {
	parsed, ok := c.pages[l][name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	t, err := parsed()
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
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

// readAssets takes what every surface shares, and then what is its own; a file
// of its own does not hide a shared one.
func (c *Set) readAssets() error {
	sum := sha256.New()
	ours, err := fs.Sub(common, "static")
	if err != nil {
		return err
	}
	own, err := fs.Sub(c.source.Files, "static")
	if err != nil {
		return err
	}
	for _, from := range []fs.FS{look.Files, ours, own} {
		entries, err := fs.ReadDir(from, ".")
		if err != nil {
			return err
		}
		for _, e := range entries {
			body, err := fs.ReadFile(from, e.Name())
			if err != nil {
				return err
			}
			if _, twice := c.assets[e.Name()]; twice {
				return fmt.Errorf("%s is shared by all surfaces already", e.Name())
			}
			fmt.Fprintf(sum, "%s %d\n", e.Name(), len(body))
			sum.Write(body)
			c.assets[e.Name()] = Asset{Type: mediaType(e.Name()), Body: body}
		}
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

// Asset finds a file by name, for the path …/static/{print}/{name}.
func (c *Set) Asset(name string) (Asset, bool) {
	a, ok := c.assets[name]
	return a, ok
}

// Print is the fingerprint in the paths of assets: a new build has new paths,
// so they may be kept for ever.
func (c *Set) Print() string { return c.print }
