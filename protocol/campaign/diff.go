package campaign

import (
	"reflect"
	"slices"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Change is one thing in which a version differs from another, in a sentence
// that the head of an office understands.
type Change struct {
	Place string `json:"place"` // as Problem has it
	Kind  string `json:"kind"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// String gives place and the English sentence.
func (c Change) String() string { return c.Place + ": " + c.En }

// Kinds of changes.
const (
	ChangeAdded   = "added"
	ChangeRemoved = "removed"
	ChangeMade    = "changed"
	ChangeOrder   = "order" // only the order is another
)

// Diff says in words all that new does otherwise than old, in the order of the
// bundle: nothing for equal campaigns, and at least one sentence for any change
// whatever. To make sure of the latter it walks the structure itself and only
// takes words from tables: a part that nobody has named yet is said by its name
// in the bundle.
func Diff(old, new Campaign) []Change {
	d := &differ{old: &side{c: &old, v: old.Vocabulary()}, new: &side{c: &new, v: new.Vocabulary()}}
	a, b := reflect.ValueOf(old), reflect.ValueOf(new)
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			continue // nearly everything, nearly always
		}
		if f.Type == windowsType {
			d.windows(jsonName(f))
			continue
		}
		d.member("", said{}, f, a.Field(i), b.Field(i), a.Type())
	}
	return d.out
}

// side is one of the two campaigns, whose names are used for its own codes.
type side struct {
	c *Campaign
	v form.Vocabulary
}

type differ struct {
	old, new *side
	out      []Change
}

// said is a piece of a sentence in both languages.
type said struct{ zh, en string }

var (
	definitionType = reflect.TypeFor[form.Definition]()
	windowsType    = reflect.TypeFor[[]window.Window]()
	conditionType  = reflect.TypeFor[form.Condition]()
	whenType       = reflect.TypeFor[form.When]()
	hoursType      = reflect.TypeFor[window.Hours]()
)

// saidWhole tells types whose values are one phrase, though they have parts.
func saidWhole(t reflect.Type) bool {
	switch t {
	case conditionType, whenType, hoursType:
		return true
	}
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		return saidWhole(t.Elem())
	}
	return isLeaf(t)
}

func (d *differ) add(place, kind string, s said) {
	d.out = append(d.out, Change{Place: place, Kind: kind, Zh: s.zh + "。", En: s.en})
}

// member compares one member of a struct of type in; of names that struct, and
// is empty for the campaign itself.
func (d *differ) member(place string, of said, f reflect.StructField, a, b reflect.Value, in reflect.Type) {
	name := jsonName(f)
	label := labelOf(in, name)
	at := member(place, name)
	switch {
	case saidWhole(f.Type):
		if !same(a, b) {
			d.leaf(at, of, label, a, b)
		}
	case f.Type.Kind() == reflect.Slice:
		d.list(at, of, label, a, b)
	case f.Type == definitionType: // whose parts everybody knows by themselves
		d.members(at, of, a, b)
	case f.Type.Kind() == reflect.Struct:
		d.members(at, join(of, said{label.zh, label.en}), a, b)
	default: // no such type stands in a bundle today
		if !reflect.DeepEqual(a.Interface(), b.Interface()) {
			d.leaf(at, of, label, a, b)
		}
	}
}

func (d *differ) members(place string, of said, a, b reflect.Value) {
	for i := range a.NumField() {
		d.member(place, of, a.Type().Field(i), a.Field(i), b.Field(i), a.Type())
	}
}

// list compares elements by their keys.
func (d *differ) list(place string, of said, label label, a, b reflect.Value) {
	oldKeys, newKeys := keysOf(a), keysOf(b)
	oldAt, newAt := positions(oldKeys), positions(newKeys)
	var stayed []string // in the order of now
	for i, k := range newKeys {
		at := place + " " + short(k, 60)
		if j, ok := oldAt[k]; ok {
			stayed = append(stayed, k)
			if reflect.DeepEqual(a.Index(j).Interface(), b.Index(i).Interface()) {
				continue
			}
			d.members(at, join(of, d.old.noun(a.Index(j), k)), a.Index(j), b.Index(i))
			continue
		}
		d.appeared(at, of, d.new, b.Index(i), k)
	}
	was := slices.DeleteFunc(slices.Clone(oldKeys), func(k string) bool { _, ok := newAt[k]; return !ok })
	for i, k := range oldKeys {
		if _, ok := newAt[k]; !ok {
			n := join(of, d.old.noun(a.Index(i), k))
			d.add(place+" "+short(k, 60), ChangeRemoved, said{"取消" + n.zh, "removed: " + n.en})
		}
	}
	if !slices.Equal(was, stayed) {
		n := join(of, said{label.zh, label.en})
		d.add(place, ChangeOrder, said{n.zh + "的顺序改变", "the order of " + n.en + " is another"})
	}
}

func (d *differ) appeared(place string, of said, s *side, v reflect.Value, key string) {
	n, more := join(of, s.noun(v, key)), s.more(v)
	out := said{"新增" + n.zh, "new: " + n.en}
	if more.zh != "" {
		out = said{out.zh + "：" + more.zh, out.en + ": " + more.en}
	}
	d.add(place, ChangeAdded, out)
}

func positions(keys []string) map[string]int {
	out := make(map[string]int, len(keys))
	for i, k := range keys {
		out[k] = i
	}
	return out
}

// same compares values that are said whole. An empty list is no list, and a
// moment is the same in any zone.
func same(a, b reflect.Value) bool {
	if a.Type() == timeType {
		return a.Interface().(time.Time).Equal(b.Interface().(time.Time))
	}
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// leaf says that a member changed.
func (d *differ) leaf(place string, of said, l label, a, b reflect.Value) {
	was, is := d.old.value(l, a), d.new.value(l, b)
	if l.way != nil {
		if s, ok := l.way(of, was, is, a, b); ok {
			d.add(place, ChangeMade, s)
			return
		}
	}
	n := join(of, said{l.zh, l.en})
	if a.Kind() == reflect.Bool && of.zh != "" {
		n = said{of.zh + "：" + l.zh, of.en + ": " + l.en}
	}
	if was == is {
		d.add(place, ChangeMade, said{n.zh + "有改动，但读起来一样：" + short(is.zh, 120), n.en + " is another, though it reads the same: " + short(is.en, 120)})
		return
	}
	was.zh, is.zh = excerpts(was.zh, is.zh)
	was.en, is.en = excerpts(was.en, is.en)
	d.add(place, ChangeMade, said{n.zh + "由" + was.zh + "改为" + is.zh, n.en + " changes from " + was.en + " to " + is.en})
}

// join says a part of a thing: 栏目“姓名”的最多字数, most characters of field XM.
func join(of, part said) said {
	if of.zh == "" {
		return part
	}
	return said{of.zh + "的" + part.zh, part.en + " of " + of.en}
}
