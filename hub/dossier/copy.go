package dossier

import (
	"bytes"
	_ "embed" // copy.html
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"time"

	"zhunkao/protocol/window"
)

// Copy is all that is kept about one person, to be handed to her. It prints as
// nothing.
type Copy struct {
	Made     string    `json:"made"` // RFC 3339
	Campaign string    `json:"campaign"`
	Sections []Section `json:"sections"`
	Kept     []Keeping `json:"kept"`
	english  bool
}

// Section is one kind of what is kept.
type Section struct {
	Key     string  `json:"key"`
	Title   string  `json:"title"`
	Entries []Entry `json:"entries"`
}

// Entry is one thing of it.
type Entry struct {
	Title    string    `json:"title,omitempty"`
	At       string    `json:"at,omitempty"` // RFC 3339
	Lines    []Line    `json:"lines,omitempty"`
	Pictures []Picture `json:"pictures,omitempty"`
}

// Line is one value, as it is stored and as one reads it.
type Line struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
	Text  string `json:"text,omitempty"` // where the value is a code
}

// Picture is a JPEG.
type Picture struct {
	Label string `json:"label"`
	Type  string `json:"type"`
	Data  []byte `json:"data"` // base64 in JSON
}

// Keeping is an item of the list, in one language.
type Keeping struct {
	What string `json:"what"`
	Why  string `json:"why"`
	Long string `json:"how_long"`
	Who  string `json:"who"`
}

// Format keeps everything out of logs and errors.
func (c Copy) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("copy(sealed)")) }

// JSON is the copy for another program.
func (c Copy) JSON() ([]byte, error) {
	out, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("dossier: copy: %w", err)
	}
	return out, nil
}

//go:embed copy.html
var copyText string

// HTML is the copy for a person: one file with its pictures in it, which any
// browser shows and prints.
func (c Copy) HTML() ([]byte, error) {
	words, err := catalogue()
	if err != nil {
		return nil, err
	}
	s := speaker{words, c.english}
	t, err := template.New("copy").Funcs(template.FuncMap{"t": s.t, "zh": func() bool { return !c.english }, "day": c.day,
		"picture": func(p Picture) template.URL { // ours: the type is a constant and the rest is base64
			return template.URL("data:" + p.Type + ";base64," + base64.StdEncoding.EncodeToString(p.Data))
		}}).Parse(copyText)
	if err != nil {
		return nil, fmt.Errorf("dossier: copy: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, c); err != nil {
		return nil, fmt.Errorf("dossier: copy: %w", err)
	}
	return b.Bytes(), nil
}

// day writes a time of the copy as people read it.
func (c Copy) day(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return t.In(window.Zone()).Format("2006-01-02 15:04")
}

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(window.Zone()).Format(time.RFC3339)
}
