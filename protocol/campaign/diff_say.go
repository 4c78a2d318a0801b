package campaign

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// value says one value, by the label's own words where it has some.
func (s *side) value(l label, v reflect.Value) said {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nothing
		}
		v = v.Elem()
	}
	if l.say != nil {
		return l.say(s, v)
	}
	return sayAny(s, v)
}

var nothing = said{"（无）", "nothing"}

func sayAny(s *side, v reflect.Value) said {
	switch x := v.Interface().(type) {
	case time.Time:
		return sayTime(s, v)
	case form.Condition:
		if x.Always() {
			return said{"任何情况", "always"}
		}
		return said{"“" + x.Words(s.v, false) + "”", `"` + x.Words(s.v, true) + `"`}
	case form.When:
		return s.when(x)
	case window.Hours:
		t := fmt.Sprintf("%d:%02d—%d:%02d", x.From/60, x.From%60, x.To/60, x.To%60)
		return said{t, t}
	case bool:
		if x {
			return said{"是", "yes"}
		}
		return said{"否", "no"}
	}
	switch v.Kind() {
	case reflect.Slice:
		return sayList(s, v, sayAny)
	case reflect.String:
		if v.String() == "" {
			return nothing
		}
		return said{"“" + v.String() + "”", `"` + v.String() + `"`}
	}
	t := fmt.Sprint(v.Interface())
	return said{t, t}
}

func sayList(s *side, v reflect.Value, each func(*side, reflect.Value) said) said {
	if v.Len() == 0 {
		return nothing
	}
	var zh, en []string
	for i := range v.Len() {
		x := each(s, v.Index(i))
		zh, en = append(zh, x.zh), append(en, x.en)
	}
	return said{strings.Join(zh, "、"), strings.Join(en, ", ")}
}

func sayTime(_ *side, v reflect.Value) said {
	t := v.Interface().(time.Time)
	if t.IsZero() {
		return said{"未定", "not yet known"}
	}
	t = t.In(window.Zone())
	layout := "2006年1月2日15:04"
	if t.Second() != 0 || t.Nanosecond() != 0 {
		layout = "2006年1月2日15:04:05.999999999"
	}
	return said{t.Format(layout), t.Format(strings.NewReplacer("2006年1月2日", "2 January 2006 ").Replace(layout))}
}

// when says under which condition a field is required.
func (s *side) when(w form.When) said {
	var zh, en []string
	part := func(codes []string, words func(string) said, zhWord, enWord string) {
		if len(codes) == 0 {
			return
		}
		var z, e []string
		for _, c := range codes {
			n := words(c)
			z, e = append(z, n.zh), append(e, n.en)
		}
		zh, en = append(zh, zhWord+strings.Join(z, "、")), append(en, enWord+strings.Join(e, ", "))
	}
	part(w.Levels, s.level, "层次为", "level is ")
	part(w.Categories, s.category, "科类为", "category is ")
	if w.Field != "" {
		f, _ := s.c.Form.Field(w.Field)
		part([]string{w.Field}, func(string) said { return said{"“" + f.Zh + "”", f.En} }, "填了", "")
		part(w.In, func(code string) said { n := s.c.Form.TableName(f.Table, code); return said{n, n} }, "值为", "is ")
	} else {
		part(w.In, func(code string) said { return said{code, code} }, "值为", "is ")
	}
	if zh == nil {
		return said{"“（空条件）”", "an empty condition"}
	}
	return said{"“" + strings.Join(zh, "且") + "”", `"` + strings.Join(en, " and ") + `"`}
}

func (s *side) level(code string) said {
	if l, ok := s.c.Form.Level(code); ok {
		return said{l.Zh, l.En + " (" + code + ")"}
	}
	return said{"“" + code + "”", code}
}

func (s *side) category(code string) said {
	if k, ok := s.c.Form.Category(code); ok {
		return said{k.Zh + "（" + code + "）", strings.TrimSpace(k.En + " (" + code + ")")}
	}
	return said{"“" + code + "”", code}
}

func sayLevel(s *side, v reflect.Value) said    { return s.level(v.String()) }
func sayCategory(s *side, v reflect.Value) said { return s.category(v.String()) }
func sayLevels(s *side, v reflect.Value) said   { return sayList(s, v, sayLevel) }

func sayDivision(s *side, v reflect.Value) said {
	if d, ok := s.c.Division(v.String()); ok {
		return said{d.Name + "（" + d.Code + "）", d.Name + " (" + d.Code + ")"}
	}
	return sayAny(s, v)
}

func sayDivisions(s *side, v reflect.Value) said { return sayList(s, v, sayDivision) }

func sayField(s *side, v reflect.Value) said {
	if f, ok := s.c.Form.Field(v.String()); ok {
		return said{"“" + f.Zh + "”（" + f.Key + "）", f.En + " (" + f.Key + ")"}
	}
	return sayAny(s, v)
}

func sayFields(s *side, v reflect.Value) said { return sayList(s, v, sayField) }

func sayStep(s *side, v reflect.Value) said {
	if zh, en := s.step(v.String()); zh != "" {
		return said{"“" + zh + "”", en}
	}
	return sayAny(s, v)
}

func saySubject(s *side, v reflect.Value) said {
	for _, x := range s.c.Subjects {
		if x.Key == v.String() {
			return said{x.Zh + "（" + x.Key + "）", x.Zh + " (" + x.Key + ")"}
		}
	}
	return sayAny(s, v)
}

func saySubjects(s *side, v reflect.Value) said { return sayList(s, v, saySubject) }

func sayAct(s *side, v reflect.Value) said {
	if a, ok := s.c.Act(v.String()); ok {
		return said{"“" + a.Zh + "”（" + a.Key + "）", a.Key}
	}
	return sayAny(s, v)
}

// sayFen says money: 160元, 160.50元.
func sayFen(_ *side, v reflect.Value) said {
	fen := v.Int()
	t := strconv.FormatInt(fen/100, 10)
	if r := fen % 100; r != 0 {
		t = fmt.Sprintf("%.2f", float64(fen)/100)
	}
	return said{t + "元", t + " yuan"}
}

// counted says a number with its unit.
func counted(zh, en string) func(*side, reflect.Value) said {
	return func(_ *side, v reflect.Value) said {
		t := fmt.Sprint(v.Interface())
		return said{t + zh, strings.TrimSpace(t + " " + en)}
	}
}

// named says one of a few fixed words; others as they are.
func named(words map[string]said) func(*side, reflect.Value) said {
	return func(s *side, v reflect.Value) said {
		if v.Kind() == reflect.Slice {
			return sayList(s, v, named(words))
		}
		if w, ok := words[v.String()]; ok {
			return w
		}
		return sayAny(s, v)
	}
}

// excerpts cuts two long texts to where they first differ.
func excerpts(a, b string) (string, string) {
	const whole, lead, length = 80, 10, 40
	x, y := []rune(a), []rune(b)
	if len(x) <= whole && len(y) <= whole {
		return a, b
	}
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	cut := func(r []rune) string {
		from := min(max(i-lead, 0), len(r))
		to := min(from+lead+length, len(r))
		out := string(r[from:to])
		if from > 0 {
			out = "“…" + out
		}
		if to < len(r) {
			out += "…”"
		}
		return out
	}
	return cut(x), cut(y)
}
