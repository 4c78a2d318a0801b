package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/goccy/go-yaml"

	"zhunkao/hub/web/console"
)

// apiSchema is as much of a schema as the page shows.
type apiSchema struct {
	Ref         string        `yaml:"$ref"`
	Type        any           `yaml:"type"`
	Format      string        `yaml:"format"`
	Pattern     string        `yaml:"pattern"`
	Enum        []string      `yaml:"enum"`
	Description string        `yaml:"description"`
	Zh          string        `yaml:"x-zh"` // the same in Chinese
	Required    []string      `yaml:"required"`
	Properties  yaml.MapSlice `yaml:"properties"`
	Items       *apiSchema    `yaml:"items"`
	AllOf       []apiSchema   `yaml:"allOf"`
	Minimum     *int          `yaml:"minimum"`
	Maximum     *int          `yaml:"maximum"`
}

type apiParam struct {
	Ref         string    `yaml:"$ref"`
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Zh          string    `yaml:"x-zh"`
	Schema      apiSchema `yaml:"schema"`
}

type apiDescription struct {
	lang       console.Lang  // of the notes
	Paths      yaml.MapSlice `yaml:"paths"`
	Components struct {
		Parameters map[string]apiParam  `yaml:"parameters"`
		Schemas    map[string]apiSchema `yaml:"schemas"`
	} `yaml:"components"`
}

type apiOperation struct {
	ID         string     `yaml:"operationId"`
	Scope      string     `yaml:"x-scope"`
	Parameters []apiParam `yaml:"parameters"`
	Responses  map[string]struct {
		Content map[string]struct {
			Schema apiSchema `yaml:"schema"`
		} `yaml:"content"`
	} `yaml:"responses"`
}

// readAPI makes the page's view out of the document that other systems read: the
// page cannot say otherwise. What is described there in both languages is shown
// in the one that is asked for.
func readAPI(document []byte, l console.Lang) (console.API, error) {
	doc := apiDescription{lang: l}
	var view console.API
	if err := yaml.Unmarshal(document, &doc); err != nil {
		return view, fmt.Errorf("web: openapi.yaml: %w", err)
	}
	for _, p := range doc.Paths {
		path, body := fmt.Sprint(p.Key), struct {
			Get apiOperation `yaml:"get"`
		}{}
		if err := again(p.Value, &body); err != nil {
			return view, fmt.Errorf("web: openapi.yaml: %s: %w", path, err)
		}
		op := console.APIOperation{ID: body.Get.ID, Path: path, Scope: body.Get.Scope}
		for _, q := range body.Get.Parameters {
			if q.Ref != "" {
				q = doc.Components.Parameters[q.Ref[strings.LastIndex(q.Ref, "/")+1:]]
			}
			op.Parameters = append(op.Parameters, console.APIField{Name: q.Name, Type: typeOf(q.Schema), Note: doc.noteOf(q.Schema, q.Description, q.Zh)})
		}
		answer := body.Get.Responses["200"].Content["application/json"].Schema
		fields, err := doc.fields("", answer, 0)
		if err != nil {
			return view, fmt.Errorf("web: openapi.yaml: %s: %w", path, err)
		}
		op.Fields = fields
		view.Operations = append(view.Operations, op)
	}
	for _, r := range []apiRefusal{apiParameter, apiUnauthorized, apiScope, apiNotFound, apiMethod, apiMoved, apiTooMany, apiFault} {
		view.Problems = append(view.Problems, console.APIProblem{Word: r.word, Status: r.status})
	}
	return view, nil
}

// again decodes a part that was kept as it stood.
func again(part, into any) error {
	b, err := yaml.Marshal(part)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(b, into)
}

func (d apiDescription) resolve(s apiSchema) apiSchema {
	if s.Ref != "" {
		return d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	return s
}

// deepest bounds a document that refers to itself: ours does not.
const deepest = 6

// fields lists what an answer holds, the names of what lies deeper joined by
// dots, of a list with [].
func (d apiDescription) fields(at string, s apiSchema, depth int) (out []console.APIField, err error) {
	if s = d.resolve(s); depth > deepest {
		return nil, fmt.Errorf("schema too deep at %s", at)
	}
	for _, part := range s.AllOf {
		more, err := d.fields(at, part, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	for _, p := range s.Properties {
		var prop apiSchema
		if err := again(p.Value, &prop); err != nil {
			return nil, err
		}
		name := fmt.Sprint(p.Key)
		full := d.resolve(prop)
		f := console.APIField{Name: at + name, Type: typeOf(full), Note: d.noteOf(full, "", ""), Required: slices.Contains(s.Required, name)}
		next := f.Name + "."
		if full.Items != nil {
			f.Name, next = f.Name+"[]", f.Name+"[]."
			full = d.resolve(*full.Items)
		}
		out = append(out, f)
		more, err := d.fields(next, full, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func typeOf(s apiSchema) string {
	if list, ok := s.Type.([]any); ok {
		var out []string
		for _, t := range list {
			out = append(out, fmt.Sprint(t))
		}
		return strings.Join(out, " | ")
	}
	switch {
	case s.Type == nil:
		return "object"
	case s.Format != "":
		return fmt.Sprint(s.Type, ", ", s.Format)
	}
	return fmt.Sprint(s.Type)
}

func (d apiDescription) noteOf(s apiSchema, more, zh string) string {
	var out []string
	own := s.Description
	if d.lang != console.En {
		more, own = zh, s.Zh
	}
	for _, t := range []string{more, own} {
		if t != "" {
			out = append(out, t)
		}
	}
	if len(s.Enum) > 0 {
		out = append(out, strings.Join(s.Enum, " | "))
	}
	if s.Minimum != nil && s.Maximum != nil {
		out = append(out, fmt.Sprintf("%d … %d", *s.Minimum, *s.Maximum))
	}
	return strings.Join(out, "; ")
}

func (s *server) apiPage(c *gin.Context, v *visit) {
	view, err := readAPI(apiDocument, v.lang)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "api", s.bare(v.lang), view)
}
