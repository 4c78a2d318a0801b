package campaign

import (
	"reflect"
	"testing"
)

// Every member of every type of the bundle has a name in words, and every type
// that stands in a list a noun, so that no sentence falls back on the keys of
// the bundle.
func TestEverythingHasItsWords(t *testing.T) {
	seen := map[reflect.Type]bool{}
	used := map[string]bool{}
	var look func(reflect.Type)
	look = func(x reflect.Type) {
		if x.Kind() == reflect.Slice || x.Kind() == reflect.Pointer {
			if e := x.Elem(); x.Kind() == reflect.Slice && !saidWhole(e) {
				if _, ok := nouns[e.Name()]; !ok {
					t.Errorf("an element of type %s has no noun", e)
				}
			}
			x = x.Elem()
		}
		if x.Kind() != reflect.Struct || saidWhole(x) || seen[x] {
			return
		}
		seen[x] = true
		for i := range x.NumField() {
			f := x.Field(i)
			name := jsonName(f)
			_, own := labels[x.Name()+"."+name]
			_, shared := labels[name]
			if name == "" || !own && !shared {
				t.Errorf("%s.%s (%s) has no words", x, f.Name, name)
			}
			used[x.Name()+"."+name], used[name] = true, true
			look(f.Type)
		}
	}
	look(reflect.TypeFor[Campaign]())
	for name, l := range labels {
		if !used[name] {
			t.Errorf("words for %s, which is no part of a bundle", name)
		}
		if l.zh == "" || l.en == "" {
			t.Errorf("%s lacks a language", name)
		}
	}
}
