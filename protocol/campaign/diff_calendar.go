package campaign

import (
	"reflect"
	"slices"
	"strings"

	"zhunkao/protocol/window"
)

// windows says what becomes of each window, by the sentences of package window
// for those in force, and member by member for what these leave unsaid: why a
// window was revised, and revisions that are no longer in force.
func (d *differ) windows(place string) {
	old, new := d.old.c.Windows, d.new.c.Windows
	before := len(d.out)
	spoken := map[string]bool{}
	for _, c := range window.Changes(old, new, d.names()) {
		spoken[c.Window] = true
		kind := ChangeMade
		if !hasID(old, c.Window) {
			kind = ChangeAdded
		} else if !hasID(new, c.Window) {
			kind = ChangeRemoved
		}
		d.add(place+" "+short(c.Window, 60), kind, said{c.Zh, c.En})
	}
	a, b := reflect.ValueOf(old), reflect.ValueOf(new)
	inForce, wasInForce := highestRevisions(old), highestRevisions(new)
	oldKeys, newKeys := keysOf(a), keysOf(b)
	oldAt, newAt := positions(oldKeys), positions(newKeys)
	for i, k := range newKeys {
		w := new[i]
		at := place + " " + short(k, 60)
		if j, ok := oldAt[k]; ok {
			d.window(at, a.Index(j), b.Index(i), spoken[w.ID] && old[j].Revision == inForce[w.ID] && w.Revision == wasInForce[w.ID])
			continue
		}
		if n := d.new.noun(b.Index(i), k); !spoken[w.ID] {
			d.add(at, ChangeAdded, said{"新增" + n.zh, "new: " + n.en})
		}
		if w.Revision > 0 && w.Why != "" {
			n := d.new.window(w)
			why := strings.TrimRight(w.Why, "。.") // the sentence ends with its own
			d.add(at, ChangeMade, said{n.zh + "本次调整的理由：" + short(why, 120), n.en + " is revised because: " + short(why, 120)})
		}
	}
	for i, k := range oldKeys {
		if _, ok := newAt[k]; !ok && !spoken[old[i].ID] {
			n := d.old.noun(a.Index(i), k)
			d.add(place+" "+short(k, 60), ChangeRemoved, said{"取消" + n.zh, "removed: " + n.en})
		}
	}
	if len(d.out) == before && !reflect.DeepEqual(oldKeys, newKeys) {
		d.add(place, ChangeOrder, said{"时段的顺序或记录改变", "the order or the records of windows are others"})
	}
}

// saidByWindow are the members that package window says when it says anything.
var saidByWindow = map[string]bool{"step": true, "from": true, "to": true, "scope": true, "hours": true, "pauses": true, "withdrawn": true}

// window compares one revision of a window member by member, but for what has
// been said of it.
func (d *differ) window(place string, a, b reflect.Value, spoken bool) {
	of := d.old.noun(a, keyOf(a))
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if name := jsonName(f); !spoken || !saidByWindow[name] {
			d.member(place, of, f, a.Field(i), b.Field(i), a.Type())
			continue
		}
		d.pauseReasons(place, of, f, a, b)
	}
}

// pauseReasons says why pauses are made, which package window leaves out.
func (d *differ) pauseReasons(place string, of said, f reflect.StructField, a, b reflect.Value) {
	if jsonName(f) != "pauses" {
		return
	}
	old, new := a.Interface().(window.Window).Pauses, b.Interface().(window.Window).Pauses
	for i, p := range new {
		if i < len(old) && old[i].Why == p.Why || p.Why == "" {
			continue
		}
		from := sayTime(d.new, reflect.ValueOf(p.From))
		d.add(place+".pauses", ChangeMade, said{of.zh + "自" + from.zh + "起暂停的理由：" + short(p.Why, 120), of.en + ": the pause from " + from.en + " is because: " + short(p.Why, 120)})
	}
}

func hasID(windows []window.Window, id string) bool {
	return slices.ContainsFunc(windows, func(w window.Window) bool { return w.ID == id })
}

func highestRevisions(windows []window.Window) map[string]uint32 {
	out := map[string]uint32{}
	for _, w := range windows {
		out[w.ID] = max(out[w.ID], w.Revision)
	}
	return out
}

// names are the campaign's words for the codes of windows, those of now first.
func (d *differ) names() window.Names {
	either := func(name func(s *side) (string, string)) (string, string) {
		if zh, en := name(d.new); zh != "" {
			return zh, en
		}
		return name(d.old)
	}
	return window.Names{
		Step: func(step window.Step) (string, string) {
			return either(func(s *side) (string, string) { return s.step(string(step)) })
		},
		Division: func(code string) (string, string) {
			return either(func(s *side) (string, string) { return s.division(code) })
		},
		Level: func(code string) (string, string) {
			return either(func(s *side) (string, string) { l, _ := s.c.Form.Level(code); return l.Zh, l.En })
		},
		Category: func(code string) (string, string) {
			return either(func(s *side) (string, string) { k, _ := s.c.Form.Category(code); return k.Zh, k.En })
		},
	}
}

func (s *side) step(key string) (zh, en string) {
	for _, x := range s.c.Steps {
		if x.Key == key {
			return x.Zh, x.En
		}
	}
	return "", ""
}

// window names a window by its step, and by its id where that says more.
func (s *side) window(w window.Window) said {
	zh, en := s.step(string(w.Step))
	if zh == "" {
		zh, en = string(w.Step), string(w.Step)
	}
	n := said{zh + "时段", "window of " + en}
	if w.ID != string(w.Step) {
		n = said{n.zh + "“" + short(w.ID, 60) + "”", n.en + " " + short(w.ID, 60)}
	}
	return n
}

func (s *side) division(code string) (zh, en string) {
	d, _ := s.c.Division(code)
	return d.Name, d.Name
}
