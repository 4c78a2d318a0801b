package campaign

import (
	"slices"
	"strings"

	"zhunkao/protocol/form"
)

// What each row of each table becomes.

func (t *tables) field(r row) form.Field {
	return form.Field{Key: r.text("key"), Zh: r.text("zh"), En: r.text("en"), Kind: form.Kind(r.text("kind")), Table: r.text("table"),
		MaxChars: r.number("max_chars"), MaxBytes: r.number("max_bytes"), Required: r.flag("required"), Filled: r.text("filled"), During: r.text("during"),
		Group: r.text("group"), NotAfter: r.flag("not_after"), Named: r.flag("named"), Help: r.text("help"), HelpEn: r.text("help_en"), Status: r.text("status")}
}

func (t *tables) category(r row) form.Category {
	return form.Category{Code: r.text("code"), Level: r.text("level"), Zh: r.text("name"), En: r.text("en"), Subjects: r.list("subject_keys"),
		Scope: r.text("scope"), Medical: r.flag("medical"), MedicalMajors: r.list("medical_majors"), Licence: r.flag("licence"), Diploma: r.text("diploma"),
		MathsAside: r.text("math_counts") == "0", Status: r.text("status")}
}

func (t *tables) subject(r row) Subject {
	return Subject{Key: r.text("key"), Zh: r.text("name"), FullMark: r.number("full_mark"), Status: r.text("status")}
}

// sitting takes the end of the papers of level 1 from column end_1, and so on;
// a level without one does not sit.
func (t *tables) sitting(r row) Sitting {
	s := Sitting{Number: r.number("number"), Date: r.text("date"), Start: r.text("start"), Status: r.text("status")}
	for name := range r.cells {
		if level, ok := strings.CutPrefix(name, "end_"); ok && r.text(name) != "" {
			s.Ends = append(s.Ends, EndTime{Level: level, At: r.text(name)})
		}
	}
	slices.SortFunc(s.Ends, func(a, b EndTime) int { return strings.Compare(a.Level, b.Level) })
	return s
}

func (t *tables) bonus(r row) Bonus {
	return Bonus{Code: r.text("code"), Zh: r.text("name"), Points: r.number("points"), Evidence: r.text("evidence"),
		Automatic: r.flag("auto"), Age: r.number("age"), Status: r.text("status")}
}

func (t *tables) exemption(r row) Exemption {
	e := Exemption{Code: r.text("code"), Zh: r.text("name"), Levels: []string{}, Evidence: r.text("evidence"), Status: r.text("status")}
	if levels := r.list("levels"); !slices.Equal(levels, []string{"all"}) {
		e.Levels = append(e.Levels, levels...)
	}
	return e
}

func (t *tables) document(r row) DocumentType {
	return DocumentType{Code: r.text("code"), Kind: r.text("kind"), Chip: r.flag("chip"), Photo: r.text("photo"),
		Review: Tier(r.text("review")), Copies: r.list("copies"), Status: r.text("status")}
}

func (t *tables) photo(r row) PhotoProfile {
	return PhotoProfile{Name: r.text("name"), Zh: r.text("zh"), En: r.text("en"), Width: r.number("width"), Height: r.number("height"),
		DPI: r.number("dpi"), MinBytes: r.number("min_bytes"), MaxBytes: r.number("max_bytes"), Background: r.list("background"),
		Camera: r.flag("camera"), Source: r.text("source"), Status: r.text("status")}
}

func (t *tables) step(r row) Step {
	return Step{Key: r.text("key"), Zh: r.text("zh"), En: r.text("en"), By: r.list("by")}
}

func (t *tables) act(r row) Act {
	return Act{Key: r.text("key"), Zh: r.text("zh"), Tier: Tier(r.text("tier")), Persons: r.number("persons"), Reason: r.flag("reason")}
}

func (t *tables) programme(r row) Programme {
	return Programme{School: r.text("school"), SchoolName: r.text("school_name"), Major: r.text("major"), MajorName: r.text("major_name"),
		Level: r.text("level"), Category: r.text("category"), Class: r.text("class"), Form: r.text("form"), Years: r.text("years"), Remark: r.text("remark")}
}

// listedReason is a reason and the list it belongs to, whose names stand in its
// first row.
type listedReason struct {
	list ReasonList
	Reason
}

func (t *tables) reason(r row) listedReason {
	return listedReason{ReasonList{Key: r.text("list"), Zh: r.text("list_zh"), En: r.text("list_en")},
		Reason{Code: r.text("code"), Zh: r.text("zh"), En: r.text("en"), Remark: r.flag("remark"), Status: r.text("status")}}
}

type exchangeColumn struct {
	exchange string
	ExchangeColumn
}

func (t *tables) column(r row) exchangeColumn {
	return exchangeColumn{r.text("exchange"), ExchangeColumn{Name: r.text("name"), Zh: r.text("zh"), Type: r.text("type"),
		Length: r.number("length"), Decimals: r.number("decimals"), From: r.text("from"), Status: r.text("status")}}
}
