package synthetic

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// The gaokao: pupils at the point of their school, candidates of earlier years
// in the county of their household.

// Kinds of candidates of the gaokao (KSLBDM) and schemes (KSLXDM).
const (
	kindPupil, kindFormer = "1", "3" // of a town; the next digit is the country's
	ordinary              = "1"
	preparatory           = "2" // 民族预科
	poorCounty            = "3" // 贫困地区专项
	bothSchemes           = "4"

	recommended = "2" // level of 保送: this year's pupils only
	vocational  = "9" // level of 对口
)

// pupil makes one candidate of the gaokao at a point.
func (m *maker) pupil(at Point, k Case) Person {
	category := k.Category
	if category == "" {
		category = m.category()
	}
	former := k.Former || k.Category == "" && category[:1] != recommended && m.rng.IntN(100) < 13
	scheme := m.scheme(at, k)
	home := m.household(at)
	if here := m.county(at.Division); here >= 0 && (former || scheme != ordinary) {
		home = m.counties[here]
	}
	if (scheme == preparatory || scheme == bothSchemes) && k.Ethnic == "" {
		k.Ethnic = pick(m, []string{"15", "06", "12", "13"})
	}
	sex := pick(m, []string{"1", "2"})
	chip := m.chip(k, home, sex, m.schoolAge(former, k))
	p := Person{Chip: chip, Flaw: k.Flaw, Application: form.Application{ID: m.id(), Campaign: m.c.ID, CampaignVersion: m.c.Version, Version: 1, Point: at.Code,
		SequenceNumber: m.sequenceNumber(at), Fields: m.pupilFields(at, home, chip, category, scheme, former),
		Choices: []form.Choice{{Order: 1, Level: category[:1], Category: category}}}}
	if m.minority(chip.Ethnic) && k.Flaw != FlawEthnic && m.rng.IntN(3) == 0 {
		m.claim(&p, home)
	}
	p.Application.Fields[form.CandidateNumber] = m.candidateNumber(at, p.Application.First())
	m.spoil(&p, k)
	return p
}

// category is drawn about as 2014 was (domain rules 8: 154,000 humanities,
// 199,000 sciences, 25,000 vocational).
func (m *maker) category() string {
	return pick(m, strings.Fields("11 11 11 11 11 11 15 15 15 15 15 15 15 15 15 13 13 17 14 18 99 99 21 25"))
}

// scheme is ordinary for most. What a case asks is given where the point
// allows it: the plan for poor counties only in one.
func (m *maker) scheme(at Point, k Case) string {
	want := k.Scheme
	if want == "" {
		want = ordinary
		if k.Category == "" && m.rng.IntN(20) == 0 {
			want = pick(m, []string{preparatory, poorCounty, bothSchemes})
		}
	}
	if (want == poorCounty || want == bothSchemes) && !slices.Contains(m.poor, at.Division) || m.county(at.Division) < 0 {
		return ordinary
	}
	return want
}

func (m *maker) county(code string) int {
	return slices.IndexFunc(m.counties, func(d campaign.Division) bool { return d.Code == code })
}

func (m *maker) minority(ethnic string) bool {
	return ethnic != "" && !slices.Contains([]string{"01", "97", "98"}, ethnic)
}

// claim asks for the bonus of a minority, by where the household is.
func (m *maker) claim(p *Person, home campaign.Division) {
	code, letter := "G04", "R"
	if strings.Contains(home.Name, "自治") || home.Parent == "433100" {
		code, letter = "G03", "M"
	}
	if !slices.ContainsFunc(m.c.Bonuses, func(b campaign.Bonus) bool { return b.Code == code }) {
		return
	}
	p.Application.Claims = []form.Claim{{Kind: form.BonusClaim, Code: code, Evidence: fmt.Sprintf("户%s%04d", home.Code, 9000+m.made%1000)}}
	p.Application.Fields[form.Feature] = letter
}

// schoolAge gives a date of birth: 17 or 18 in the autumn before the
// examination, older for those of earlier years.
func (m *maker) schoolAge(former bool, k Case) time.Time {
	age := 17 + m.rng.IntN(2)
	if former {
		age = 18 + m.rng.IntN(4)
	}
	if k.Age > 0 {
		age = k.Age
	}
	return time.Date(m.ref.Year()-age, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.rng.IntN(240))
}

// sequenceNumber follows the default {county4}{serial5}: one series in a
// county, whatever the category (domain rules 2).
func (m *maker) sequenceNumber(at Point) string {
	county := countyDigits(at)
	m.serials["sequence "+county]++
	return fmt.Sprintf("%s%05d", county, (90000+m.serials["sequence "+county])%100000)
}

func countyDigits(at Point) string {
	if len(at.Division) != 6 {
		return "9900"
	}
	return at.Division[2:]
}

// school is the school whose point it is, its name made up from its code.
func (m *maker) school(at Point) (code, name string) {
	code = at.Code
	if len(code) != 8 || strings.Trim(code, "0123456789") != "" {
		code = fmt.Sprintf("%06s01", at.Division)
	}
	place := code[:6]
	if i := m.county(place); i >= 0 {
		place = strings.TrimSuffix(m.counties[i].Name, "自治县")
	}
	n := int(code[6]-'0')*10 + int(code[7]-'0')
	return code, fmt.Sprintf("%s第%s中学", place, [...]string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[(n+9)%10])
}

func (m *maker) pupilFields(at Point, home campaign.Division, chip form.Chip, category, scheme string, former bool) form.Fields {
	code, name := m.school(at)
	place := strings.TrimSuffix(home.Name, "自治县")
	if category[:1] == vocational {
		name = strings.TrimSuffix(name, "中学") + "职业学校"
	}
	year := m.ref.Year() + 1
	f := form.Fields{
		form.FullName: chip.Name.Reveal(), form.Sex: chip.Sex, form.Ethnic: chip.Ethnic, form.BirthDate: chip.Birth,
		form.DocumentType: documentType(chip), form.DocumentNumber: chip.Number.Reveal(), form.Household: home.Code,
		form.Politics: pick(m, []string{"03", "03", "03", "13"}), form.Language: pick(m, []string{"1", "1", "1", "1", "1", "1", "1", "1", "2", "3", "4", "5", "6"}),
		form.SchoolCode: code, form.School: name, form.SchoolKind: "1", form.Scheme: scheme,
		form.PhoneNumber: fmt.Sprintf("1990000%04d", (900+m.made)%10000), form.PostAddress: chip.Address, form.PostCode: postCode(home),
	}
	country := strings.HasSuffix(home.Name, "县") && m.rng.IntN(3) > 0
	f[form.CandidateKind], f[form.HouseholdKind] = kindPupil, "2"
	if former {
		f[form.CandidateKind] = kindFormer
		year = m.ref.Year() - m.rng.IntN(2)
		f[form.GraduationDate] = fmt.Sprintf("%d0630", year)
		f[form.Diploma] = fmt.Sprintf("43%d%s%05d", year, code[2:6], 90000+m.made%10000)
	} else {
		f[form.PupilNumber] = fmt.Sprintf("%d%s%06d", m.ref.Year()-2, code[:6], 900000+m.made%100000)
	}
	if country {
		f[form.CandidateKind] = string(f[form.CandidateKind][0] + 1)
		f[form.HouseholdKind] = "1"
	}
	if category[:1] == vocational {
		f[form.SchoolKind], f[form.Language], f[form.VocationalClass] = pick(m, []string{"3", "4", "4", "5"}), "1", fmt.Sprintf("%02d", 1+m.rng.IntN(14))
	}
	parent := string([]rune(chip.Name.Reveal())[0])
	if !former {
		f[form.Addressee] = chip.Name.Reveal()
	} else {
		f[form.Addressee] = parent + pick(m, []string{"建国", "国庆", "玉兰", "立新"})
	}
	f[form.Family] = fmt.Sprintf("父，%s%s，务农；母，%s%s，务工", parent, pick(m, []string{"建国", "国庆", "立新", "海波"}), pick(m, []string{"李", "陈", "向", "彭"}), pick(m, []string{"玉兰", "秀英", "春花"}))
	f[form.Resume] = fmt.Sprintf("%d.09-%d.06 %s初级中学；%d.09-%d.06 %s", year-6, year-3, place, year-3, year, name)
	if f[form.Ethnic] == "" {
		f[form.Ethnic] = "01" // a permit of Hong Kong, Macao or Taiwan names none
	}
	if f[form.PostAddress] == "" {
		f[form.PostAddress] = m.address(home)
	}
	return f
}
