package visit

import (
	"strings"
	"unicode/utf8"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Value gives a field's value in words. What no table knows is shown as it is
// stored: nothing is ever shown blank that is filled.
func Value(c campaign.Campaign, f form.Field, v string) Text {
	if v == "" {
		return Text{}
	}
	switch f.Kind {
	case form.KindCode:
		return entry(c, f.Table, v)
	case form.KindLetters:
		var out Text
		for i, r := range v {
			e := entry(c, f.Table, string(r))
			if i > 0 {
				out.Zh, out.En = out.Zh+"、", out.En+", "
			}
			out.Zh, out.En = out.Zh+e.Zh, out.En+e.In(true)
		}
		return out
	case form.KindDate:
		return Date(v)
	case form.KindDocument:
		return Text{Zh: identity.MaskNumber(v)}
	case form.KindDivision:
		return Text{Zh: division(c, v)}
	case form.KindPhone:
		return Text{Zh: grouped(v)}
	}
	return Text{Zh: v}
}

func entry(c campaign.Campaign, table, code string) Text {
	if t, ok := c.Form.Table(table); ok {
		if e, ok := t.Entry(code); ok {
			return Text{e.Zh, e.En}
		}
	}
	return Text{Zh: code}
}

// Date shows YYYYMMDD as 1994年5月12日 and 1994-05-12.
func Date(v string) Text {
	if len(v) != 8 || strings.Trim(v, "0123456789") != "" {
		return Text{Zh: v}
	}
	year, month, day := v[:4], strings.TrimPrefix(v[4:6], "0"), strings.TrimPrefix(v[6:], "0")
	return Text{year + "年" + month + "月" + day + "日", v[:4] + "-" + v[4:6] + "-" + v[6:]}
}

// division names a county with its city.
func division(c campaign.Campaign, code string) string {
	d, ok := c.Division(code)
	if !ok {
		return code
	}
	if city, ok := c.Division(d.Parent); ok && city.Parent != "" {
		return city.Name + d.Name
	}
	return d.Name
}

// grouped shows an eleven-digit number as 138 1234 5512.
func grouped(v string) string {
	if len(v) != 11 || strings.Trim(v, "0123456789") != "" {
		return v
	}
	return v[:3] + " " + v[3:7] + " " + v[7:]
}

// width counts full-width characters: ASCII takes half of one.
func width(s string) int {
	n := utf8.RuneCountInString(s)
	ascii := 0
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			ascii++
		}
	}
	return n - ascii/2
}

// Sentence gives a label a capital letter.
func Sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
