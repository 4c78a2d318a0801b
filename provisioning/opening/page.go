package opening

import (
	"html"
	"strings"
)

// form is one form of a page, as a browser sees it.
type form struct {
	action, method string
	upload         bool
	class          string
	fields         []field
	buttons        []field
}

// field is one control.
type field struct {
	name, value, kind string // kind: type of an input, "select", "textarea", "button"
	label             string // text of its label
	id                string
	checked           bool
	required          bool
	primary           bool     // of a button: it looks like the one to press
	options           []option // of a select
}

type option struct {
	value, text        string
	selected, disabled bool
}

// link is one link.
type link struct{ to, text, class string }

// page is what is read out of an answer.
type page struct {
	title, heading, lead string
	forms                []form
	links                []link
	errors               []string // texts of the summary of errors
}

// tag is one tag of a page with its attributes, and the text up to the next tag.
type tag struct {
	name  string
	end   bool
	attrs map[string]string
	text  string
}

// tags cuts a page at its tags. Our pages are well-formed; what is not is passed
// over.
func tags(text string) []tag {
	var out []tag
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			return out
		}
		if len(out) > 0 {
			out[len(out)-1].text += text[:i]
		}
		text = text[i:]
		if strings.HasPrefix(text, "<!--") {
			_, rest, ok := strings.Cut(text, "-->")
			if !ok {
				return out
			}
			text = rest
			continue
		}
		j := tagEnd(text)
		if j < 0 {
			return out
		}
		if t := parseTag(text[1:j]); t.name != "" {
			out = append(out, t)
		}
		text = text[j+1:]
	}
}

// tagEnd is where the tag at the beginning of text ends: a > within quotes does
// not end it.
func tagEnd(text string) int {
	quote := byte(0)
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func parseTag(text string) tag {
	t := tag{attrs: map[string]string{}}
	if rest, ok := strings.CutPrefix(text, "/"); ok {
		t.end, text = true, rest
	}
	text = strings.TrimSuffix(strings.TrimSpace(text), "/")
	name, rest, _ := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "\t", " "), " ")
	t.name = strings.ToLower(name)
	if strings.HasPrefix(t.name, "!") {
		return tag{}
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		eq, space := strings.IndexByte(rest, '='), strings.IndexByte(rest, ' ')
		if eq < 0 || space >= 0 && space < eq { // an attribute without a value
			key, after, _ := strings.Cut(rest, " ")
			t.attrs[strings.ToLower(key)], rest = "", after
			continue
		}
		key := strings.ToLower(strings.TrimSpace(rest[:eq]))
		rest = rest[eq+1:]
		value := ""
		if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			value, rest, _ = strings.Cut(rest[1:], rest[:1])
		} else {
			value, rest, _ = strings.Cut(rest, " ")
		}
		t.attrs[key] = html.UnescapeString(value)
	}
	return t
}

// read reads a page.
func read(text string) page {
	r := reader{labels: map[string]string{}}
	for _, t := range tags(text) {
		r.take(t)
	}
	for i := range r.p.forms {
		for j := range r.p.forms[i].fields {
			if f := &r.p.forms[i].fields[j]; f.label == "" {
				f.label = r.labels[f.id]
			}
		}
	}
	return r.p
}

// reader collects a page from its tags.
type reader struct {
	p       page
	labels  map[string]string // by id of the control
	in      bool              // in a form
	label   string            // id that the label we are in is for
	open    bool              // in a label
	heading bool
	summary bool
	link    int // of p.links, that we are in; 0 is none
}

func (r *reader) take(t tag) {
	text := squeeze(t.text)
	has := func(a string) bool { _, ok := t.attrs[a]; return ok }
	switch t.name {
	case "title":
		if !t.end {
			r.p.title = text
		}
	case "p":
		if !t.end && t.attrs["class"] == "lead" && r.p.lead == "" {
			r.p.lead = text
		}
	case "h1":
		r.heading = !t.end
	case "a":
		r.link = 0
		if !t.end && has("href") {
			r.p.links = append(r.p.links, link{t.attrs["href"], text, t.attrs["class"]})
			r.link = len(r.p.links)
		}
	case "div":
		if !t.end {
			r.summary = r.summary || t.attrs["class"] == "errors"
		} else {
			r.summary = false
		}
	case "form":
		r.in = !t.end
		if !t.end {
			r.p.forms = append(r.p.forms, form{action: t.attrs["action"], method: strings.ToUpper(t.attrs["method"]), upload: t.attrs["enctype"] == "multipart/form-data", class: t.attrs["class"]})
		}
	case "label":
		r.open, r.label = !t.end, t.attrs["for"]
	default:
		r.control(t, text, has)
	}
	r.say(text, t)
}

// say puts a text where it belongs.
func (r *reader) say(text string, t tag) {
	if text == "" {
		return
	}
	if r.heading {
		r.p.heading = strings.TrimSpace(r.p.heading + " " + text)
	}
	if r.open && r.label != "" {
		r.labels[r.label] = strings.TrimSpace(r.labels[r.label] + " " + text)
	}
	if r.summary && t.name == "a" && !t.end {
		r.p.errors = append(r.p.errors, text)
	}
	if r.link > 0 && t.name != "a" {
		r.p.links[r.link-1].text += text
	}
}

func (r *reader) control(t tag, text string, has func(string) bool) {
	if !r.in || len(r.p.forms) == 0 {
		return
	}
	f := &r.p.forms[len(r.p.forms)-1]
	last := func() *field {
		if len(f.fields) == 0 {
			return &field{}
		}
		return &f.fields[len(f.fields)-1]
	}
	c := field{name: t.attrs["name"], value: t.attrs["value"], kind: t.attrs["type"], id: t.attrs["id"], checked: has("checked"), required: has("required") || t.attrs["aria-required"] == "true"}
	switch {
	case t.end || has("disabled") && t.name != "option":
	case t.name == "input" && (c.kind == "submit" || c.kind == "image"), t.name == "button" && c.kind != "button":
		c.kind, c.label, c.primary = "button", text, strings.Contains(t.attrs["class"], "primary")
		f.buttons = append(f.buttons, c)
	case t.name == "input":
		if c.value == "" && (c.kind == "checkbox" || c.kind == "radio") && !has("value") {
			c.value = "on"
		}
		f.fields = append(f.fields, c)
		if r.open && r.label == "" { // a control within its label
			last().label = text
		}
	case t.name == "select":
		c.kind = "select"
		f.fields = append(f.fields, c)
	case t.name == "textarea":
		c.kind, c.value = "textarea", html.UnescapeString(t.text)
		f.fields = append(f.fields, c)
	case t.name == "option":
		if !has("value") {
			c.value = text
		}
		s := last()
		s.options = append(s.options, option{c.value, text, has("selected"), has("disabled")})
	case r.open && r.label == "" && text != "" && len(f.fields) > 0 && last().label == "":
		last().label = text
	}
}

// squeeze makes one line of a text.
func squeeze(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }
