package org

import (
	"errors"
	"strconv"
	"strings"
	"sync"

	"zhunkao/protocol/campaign"
)

var (
	// ErrNotFound says that there is no such division, office or point.
	ErrNotFound = errors.New("org: not found")
	// ErrTaken says that a code is in use.
	ErrTaken = errors.New("org: code is taken")
	// ErrPoint says that a point lacks its code, name or county, or that its
	// code does not lie in its county.
	ErrPoint = errors.New("org: point is not complete")
	// ErrChanged says that somebody else has written meanwhile (fault 31).
	ErrChanged = errors.New("org: changed meanwhile")
)

// Division is a division as it stands on a day.
type Division = campaign.Division

// Office is one 招考机构. Its remit is its division and all below.
type Office struct {
	ID       string
	Name     string
	Tier     campaign.Tier
	Division string // code
	Officers
	Version int // how often it was written; 1 is as it was seeded
}

// Officers are who answers for an office and how it is reached (demand A13):
// a responsible head and one information admin, each by name. "" is not given
// yet.
type Officers struct {
	Head, HeadPhone   string
	Admin, AdminPhone string
	Address           string
}

// Complete reports whether both persons are named and can be rung up.
func (o Officers) Complete() bool { return len(o.Lacking()) == 0 }

// Point is one 报名确认点.
type Point struct {
	Code     string // division code and two digits: "43010201"
	Name     string
	Division string // of the county, six digits
	Contact  string
	Phone    string
	Address  string
	Way      string // how to get there, as the county words it; "" = not said
	Hours    string // daily hours as shown, "08:00-12:00 15:00-18:00"; "" = the campaign's
	Levels   string // codes of the levels taken, comma separated; "" = all
	Medical  bool   // takes medical candidates (demand A33)
	Minors   bool   // takes candidates under age (demand A33)
	Open     bool
	Boxes    int // terminals asked for; 0 = not said
	Version  int // how often it was written
}

// Covers reports whether a division lies in a remit: is the same, or below it,
// or is one of former days whose heir does. Both are codes of GB/T 2260, six
// digits; what is none lies in no remit.
func Covers(remit, division string) bool {
	if !valid(remit) || !valid(division) {
		return false
	}
	for s := stem(remit); division != ""; division = campaign.DivisionHeir(division) {
		if strings.HasPrefix(division, s) {
			return true
		}
	}
	return false
}

// Range gives the half-open range of codes, as texts, that begin with the
// remit's, for SQL: division >= from AND division < to. It is empty for what is
// no code. A county may also answer for codes of former days, which no range
// holds: ask with Within.
func Range(remit string) (from, to string) {
	if !valid(remit) {
		return "", ""
	}
	s := stem(remit)
	n, err := strconv.Atoi(s)
	if err != nil {
		return "", ""
	}
	return s, strconv.Itoa(n + 1) // digits only, so that no collation can order it otherwise
}

// Within writes the condition of SQL that a column of division codes lies in a
// remit, as Covers says it. arg takes a value and gives its placeholder.
func Within(column, remit string, arg func(any) string) string {
	from, to := Range(remit)
	where := column + " >= " + arg(from) + " AND " + column + " < " + arg(to)
	former := Former(remit)
	if len(former) == 0 {
		return where
	}
	for _, code := range former {
		where += " OR " + column + " = " + arg(code)
	}
	return "(" + where + ")"
}

// terms are the divisions of all days, put in order once: every list of every
// page asks for them, and the ordering took a twentieth of a page.
var terms = sync.OnceValue(campaign.DivisionTerms)

// Former lists the codes of former days that a remit covers and that do not
// begin with its own: four counties have one, all others none.
func Former(remit string) (out []string) {
	if !valid(remit) {
		return nil
	}
	for _, t := range terms() {
		if t.Heir != "" && !strings.HasPrefix(t.Code, stem(remit)) && Covers(remit, t.Code) {
			out = append(out, t.Code)
		}
	}
	return out
}

// Above returns the code of the division above, "" above the province.
func Above(code string) string {
	if !valid(code) || len(stem(code)) == 2 {
		return ""
	}
	s := stem(code)
	return (s[:len(s)-2] + "0000")[:6]
}

// stem is the significant part of a code: two, four or six digits.
func stem(code string) string {
	switch {
	case strings.HasSuffix(code, "0000"):
		return code[:2]
	case strings.HasSuffix(code, "00"):
		return code[:4]
	}
	return code
}

func valid(code string) bool {
	// GB/T 2260 begins with 1 to 9, and no province is 99.
	return len(code) == 6 && code[0] != '0' && code[:2] != "99" && strings.Trim(code, "0123456789") == ""
}

// TierOf is the rank of the office of a division, "" for what is no code.
func TierOf(code string) campaign.Tier {
	if !valid(code) {
		return ""
	}
	switch len(stem(code)) {
	case 2:
		return campaign.Province
	case 4:
		return campaign.City
	}
	return campaign.County
}
