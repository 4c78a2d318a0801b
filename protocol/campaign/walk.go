package campaign

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// A place names one part of a campaign the way a person finds it in the bundle:
// names of members joined by dots, and behind a list the key of the element
// after a blank: "form.fields XM.max_bytes", "windows confirm-others.to". What
// is checked, compared or assumed is named by the same places.

// member is the place of a member of a struct.
func member(place, name string) string {
	if place == "" {
		return name
	}
	return place + "." + name
}

// jsonName is the name of a struct's field in the bundle.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// members are the names of the members of types as they have been met, for
// working them out anew for every part takes most of a walk.
type members map[reflect.Type][]string

func (m members) of(t reflect.Type) []string {
	names, ok := m[t]
	if !ok {
		for i := range t.NumField() {
			names = append(names, jsonName(t.Field(i)))
		}
		m[t] = names
	}
	return names
}

// keyed are the names of the fields by which elements of a list are told apart,
// the first that a type has.
var keyed = []string{"ID", "Key", "Code", "Name", "Number", "Level", "Office", "Tier"}

// keyOf is the key of an element of a list, "" when its type has none.
func keyOf(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return ""
	}
	switch x := v.Interface().(type) {
	case window.Window:
		if x.Revision == 0 {
			return x.ID
		}
		return fmt.Sprintf("%s/%d", x.ID, x.Revision)
	case Holiday:
		return x.From
	case Programme:
		return strings.Join([]string{x.School, x.Major, x.Level, x.Category, x.Form}, "/")
	}
	for _, name := range keyed {
		switch f := v.FieldByName(name); {
		case !f.IsValid():
		case f.Kind() == reflect.String:
			return f.String()
		case f.Kind() == reflect.Int:
			return strconv.FormatInt(f.Int(), 10)
		}
	}
	return ""
}

// keysOf gives the keys of all elements of a list, each unlike the others: what
// has no key of its own is counted, what stands twice is numbered.
func keysOf(list reflect.Value) []string {
	out := make([]string, list.Len())
	seen := make(map[string]int, list.Len())
	for i := range out {
		k := keyOf(list.Index(i))
		if k == "" {
			k = "#" + strconv.Itoa(i+1)
		}
		if seen[k]++; seen[k] > 1 {
			k += "#" + strconv.Itoa(seen[k])
		}
		out[i] = k
	}
	return out
}

var timeType = reflect.TypeFor[time.Time]()

// isLeaf tells whether a value is said whole: no struct, pointer or list of
// structs.
func isLeaf(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		return t == timeType
	case reflect.Pointer, reflect.Slice:
		return isLeaf(t.Elem())
	}
	return true
}

// walk visits every part of a value with its place: the parts before what they
// consist of. It does not go beneath what visit refuses.
func walk(v reflect.Value, visit func(place string, v reflect.Value) bool) {
	members{}.walk(v, "", visit)
}

func (m members) walk(v reflect.Value, place string, visit func(place string, v reflect.Value) bool) {
	if place != "" && !visit(place, v) || isLeaf(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i, name := range m.of(v.Type()) {
			m.walk(v.Field(i), member(place, name), visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			m.walk(v.Elem(), place, visit)
		}
	case reflect.Slice:
		for i, k := range keysOf(v) {
			m.walk(v.Index(i), place+" "+k, visit)
		}
	}
}
