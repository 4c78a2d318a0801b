package ticket

import (
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Candidates enter from half an hour before, and not later than a quarter of an hour
// after the start (domain §1.2).
const (
	entryBefore = 30 * time.Minute
	shutAfter   = 15 * time.Minute
)

// languageSubject is the subject that is written in the language of her choice (外语):
// of one key in every campaign, as the field of the language is (form.Language).
const languageSubject = "WY"

// Sitting is one paper that a candidate writes.
type Sitting struct {
	Number   int // of the campaign's sitting, from 1
	From, To time.Time
	Subject  string // "外语"
	Language string // "日语", of the subject that has languages; else ""
}

// Entry is from when candidates enter the room, and Shut until when.
func (s Sitting) Entry() time.Time { return s.From.Add(-entryBefore) }

// Shut is when nobody is let in any more.
func (s Sitting) Shut() time.Time { return s.From.Add(shutAfter) }

// Paper is what stands on the question paper: of a language its name.
func (s Sitting) Paper() string {
	if s.Language != "" {
		return s.Subject + "（" + s.Language + "）"
	}
	return s.Subject
}

// Sittings are the papers that candidates of a level and category write, the language
// being a code of the campaign's table: the n-th subject of a category is written in
// sitting n, unless her level does not sit then (domain §1.2: the last half day is for
// 高起本 alone). A sitting whose times are no times is left out: Validate refuses it.
func Sittings(c campaign.Campaign, level, category, language string) (out []Sitting) {
	k, ok := c.Form.Category(category)
	if !ok {
		return nil
	}
	for _, s := range c.Sittings {
		if s.Number < 1 || s.Number > len(k.Subjects) {
			continue
		}
		for _, e := range s.Ends {
			from, wrong := at(s.Date, s.Start)
			to, wrong2 := at(s.Date, e.At)
			if e.Level != level || wrong != nil || wrong2 != nil {
				continue
			}
			one := Sitting{Number: s.Number, From: from, To: to, Subject: subjectName(c, k.Subjects[s.Number-1])}
			if k.Subjects[s.Number-1] == languageSubject && language != "" {
				one.Language = languageName(c, language)
			}
			out = append(out, one)
		}
	}
	return out
}

func at(day, clock string) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", day+" "+clock, window.Zone())
}

func subjectName(c campaign.Campaign, key string) string {
	for _, s := range c.Subjects {
		if s.Key == key {
			return s.Zh
		}
	}
	return key
}

// languageName is the name of a language by the table of the form's field.
func languageName(c campaign.Campaign, code string) string {
	if f, ok := c.Form.Field(form.Language); ok {
		return c.TableName(f.Table, code)
	}
	return code
}
