package results

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Mark is what somebody has in a subject: tenths of a mark, or one of Absent and Void.
type Mark int

// Marks that are no number. They count nothing.
const (
	Absent Mark = -1 // 缺考
	Void   Mark = -2 // 违规, taken away by decision
)

// A mark has at most one place behind the point.
const tenth = 10

// String is how a mark is written: 85, 85.5, 缺考 or 违规.
func (m Mark) String() string {
	switch {
	case m == Absent:
		return "缺考"
	case m == Void:
		return "违规"
	case m%tenth == 0:
		return strconv.Itoa(int(m / tenth))
	}
	return strconv.Itoa(int(m/tenth)) + "." + strconv.Itoa(int(m%tenth))
}

// Counts is what a mark adds to a total.
func (m Mark) Counts() Mark { return max(0, m) }

// unsaid are the words and the numbers by which tables write marks that are none.
var unsaid = map[string]Mark{"缺考": Absent, "缺": Absent, "Q": Absent, "-1": Absent, "违规": Void, "违纪": Void, "作弊": Void, "W": Void, "-2": Void}

// ParseMark reads a mark of at most full marks; ok is false for anything else. Zeros
// behind the point do not matter: tables of numbers have them.
func ParseMark(s string, full int) (m Mark, ok bool) {
	s = strings.ToUpper(s)
	whole, rest, pointed := strings.Cut(s, ".")
	if pointed {
		rest = strings.TrimRight(rest, "0")
	}
	if m, ok = unsaid[whole]; ok && rest == "" {
		return m, true
	}
	if len(whole) == 0 || len(whole) > 4 || len(rest) > 1 || strings.ContainsFunc(whole+rest, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(whole + (rest + "0")[:1])
	if err != nil || n > full*tenth {
		return 0, false
	}
	return Mark(n), true
}

// Scores are one candidate's marks and what follows from them (A6).
type Scores struct {
	Marks   map[string]Mark `json:"marks"`   // by subject
	Feature Mark            `json:"feature"` // 特征分: what is added for a bonus
	Total   Mark            `json:"total"`   // 总分
	File    Mark            `json:"file"`    // 档案分: by which files go to colleges
}

// Aside reports whether a paper does not count in the total: mathematics, where the
// category puts it aside (domain §1.1: for the arts).
func Aside(k form.Category, subject string) bool {
	return k.MathsAside && strings.HasPrefix(subject, "SX")
}

// Sum computes totals: the total of the papers that count for the category, and the file
// mark by the campaign's rule. Who has a mark in no paper has neither, whatever her bonus
// is: both are Absent then, or Void where a paper was.
func (s Scores) Sum(c campaign.Campaign, k form.Category) Scores {
	if none := s.none(); none < 0 {
		s.Total, s.File = none, none
		return s
	}
	s.Total = 0
	var papers Mark
	for subject, m := range s.Marks {
		papers += m.Counts()
		if !Aside(k, subject) {
			s.Total += m.Counts()
		}
	}
	s.File = s.Total + s.Feature
	if c.Results.File == campaign.FilePapers {
		s.File = papers + s.Feature
	}
	return s
}

// none is why she has a mark in no paper, 0 where she has one or there are no papers.
func (s Scores) none() (why Mark) {
	for _, m := range s.Marks {
		if m >= 0 {
			return 0
		}
		why = min(why, m)
	}
	return why
}

// FileText is how the file mark is written: 无 where there is none.
func (s Scores) FileText() string {
	if s.File < 0 {
		return "无"
	}
	return s.File.String()
}

// Same reports whether two are alike.
func (s Scores) Same(t Scores) bool {
	if len(s.Marks) != len(t.Marks) || s.Feature != t.Feature || s.Total != t.Total || s.File != t.File {
		return false
	}
	for k, m := range s.Marks {
		if n, there := t.Marks[k]; !there || n != m {
			return false
		}
	}
	return true
}

// Admission is where somebody was admitted (录取).
type Admission struct {
	School     string `json:"school"`
	SchoolName string `json:"school_name"`
	Major      string `json:"major"`
	MajorName  string `json:"major_name"`
	Level      string `json:"level"`
	Form       string `json:"form"`
	Years      string `json:"years"`
	Day        string `json:"day"` // YYYY-MM-DD
}

// alike holds a name in a table against ours. Tables that hold GBK only write ?? or
// pinyin for a character beyond it: such a name says nothing.
func alike(theirs, ours string) bool {
	theirs = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u3000':
			return -1
		case '•', '‧', '・', '･', '∙', '⋅', '．', '.':
			return '·'
		}
		return r
	}, theirs)
	if theirs == ours || strings.Contains(theirs, "?") || strings.Contains(theirs, "？") {
		return true
	}
	latin := strings.IndexFunc(theirs, func(r rune) bool { return 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' }) >= 0
	return latin && utf8.RuneCountInString(ours) > 0 && !strings.EqualFold(theirs, ours) && strings.IndexFunc(ours, func(r rune) bool { return r >= 0x2E80 }) >= 0
}
