package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// document is openapi.yaml as plain values.
type document map[string]any

func parseDocument(t *testing.T, text string) document {
	t.Helper()
	var raw any
	if err := yaml.Unmarshal([]byte(text), &raw); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	b, err := json.Marshal(raw) // so that numbers and keys are those of JSON
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at walks down by keys; nil when there is nothing.
func (d document) at(keys ...string) map[string]any {
	var now any = map[string]any(d)
	for _, k := range keys {
		m, _ := now.(map[string]any)
		now = m[k]
	}
	m, _ := now.(map[string]any)
	return m
}

func (d document) resolve(s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return s
}

// keywords are what valid understands of JSON Schema 2020-12; another one in the
// document fails the test rather than passing unseen.
var keywords = []string{"$ref", "type", "description", "x-zh", "enum", "pattern", "format", "minimum", "maximum", "minLength", "maxItems",
	"required", "properties", "additionalProperties", "items", "allOf", "default"}

// valid gives what in a value does not fit a schema.
func (d document) valid(at string, schema map[string]any, v any) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	if _, refers := schema["$ref"]; refers {
		to := d.resolve(schema)
		if to == nil {
			return []string{at + ": refers to nothing"}
		}
		return d.valid(at, to, v)
	}
	for k := range schema {
		if !slices.Contains(keywords, k) {
			say("the test does not understand %q", k)
		}
	}
	for _, part := range anys(schema["allOf"]) {
		wrong = append(wrong, d.valid(at, part.(map[string]any), v)...)
	}
	if t, ok := schema["type"]; ok && !slices.ContainsFunc(append(anys(t), t), func(x any) bool { return isType(x, v) }) {
		say("is no %v: %v", t, v)
		return wrong
	}
	if list := anys(schema["enum"]); list != nil && !slices.Contains(list, v) {
		say("%v is none of %v", v, list)
	}
	switch v := v.(type) {
	case string:
		if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			say("%q does not match %s", v, p)
		}
		if n, ok := schema["minLength"].(float64); ok && len([]rune(v)) < int(n) {
			say("is too short")
		}
		if f, ok := schema["format"].(string); ok {
			layout := map[string]string{"date-time": time.RFC3339, "date": time.DateOnly}[f]
			if _, err := time.Parse(layout, v); layout == "" || err != nil {
				say("%q is no %s", v, f)
			}
		}
	case float64:
		if n, ok := schema["minimum"].(float64); ok && v < n {
			say("%v is below %v", v, n)
		}
		if n, ok := schema["maximum"].(float64); ok && v > n {
			say("%v is above %v", v, n)
		}
	case []any:
		if n, ok := schema["maxItems"].(float64); ok && len(v) > int(n) {
			say("has %d items", len(v))
		}
		if items, ok := schema["items"].(map[string]any); ok {
			for i, x := range v {
				wrong = append(wrong, d.valid(fmt.Sprintf("%s[%d]", at, i), items, x)...)
			}
		}
	case map[string]any:
		known, _ := schema["properties"].(map[string]any)
		for _, k := range anys(schema["required"]) {
			if _, ok := v[k.(string)]; !ok {
				say("lacks %v", k)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if s, ok := known[k].(map[string]any); ok {
				wrong = append(wrong, d.valid(at+"."+k, s, v[k])...)
			} else if schema["additionalProperties"] == false {
				say("has %q, of which nothing is said", k)
			}
		}
	}
	return wrong
}

func anys(v any) []any { list, _ := v.([]any); return list }

func isType(t, v any) bool {
	switch t {
	case "null":
		return v == nil
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "string":
		_, ok := v.(string)
		return ok
	case "integer":
		n, ok := v.(float64)
		return ok && n == math.Trunc(n)
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return false
}

// TestSchemaBites: what does not fit is found; else the tests of the API prove
// nothing.
func TestSchemaBites(t *testing.T) {
	d := parseDocument(t, `
components:
  schemas:
    N: {type: [integer, "null"], minimum: 0}
    A: {type: object, additionalProperties: false, required: [n, s], properties: {n: {$ref: "#/components/schemas/N"}, s: {type: string, pattern: "^a", format: date-time}, l: {type: array, maxItems: 1, items: {enum: [x]}}}}
`)
	a := d.at("components", "schemas", "A")
	parse := func(s string) (v any) {
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for body, want := range map[string]int{
		`{"n":null,"s":"a"}`:                  1, // no time
		`{"n":-1,"s":"2019-09-06T00:00:00Z"}`: 2, // below, and does not begin with a
		`{"n":1.5,"s":"a"}`:                   2,
		`{"s":"a","more":1}`:                  3,
		`{"n":1,"s":"a","l":["x","y"]}`:       3,
		`[]`:                                  1,
		`{"n":1,"s":"a","l":[1]}`:             2,
	} {
		if got := d.valid("", a, parse(body)); len(got) != want {
			t.Errorf("%s: %q", body, got)
		}
	}
	if got := d.valid("", map[string]any{"oneOf": []any{}}, 1.0); len(got) != 1 {
		t.Errorf("an unknown keyword passes: %q", got)
	}
}
