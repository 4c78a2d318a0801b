package synthetic

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func (m *maker) application(at Point, level string, home campaign.Division, chip form.Chip) form.Application {
	choices := m.choices(level)
	first := choices[0]
	work := m.ref.AddDate(-1-m.rng.IntN(2), -m.rng.IntN(9), 0)
	f := form.Fields{
		form.CandidateNumber: m.candidateNumber(at, first),
		form.FullName:        chip.Name.Reveal(),
		form.Sex:             chip.Sex,
		form.Ethnic:          chip.Ethnic,
		form.BirthDate:       chip.Birth,
		form.DocumentType:    documentType(chip),
		form.DocumentNumber:  chip.Number.Reveal(),
		form.Household:       home.Code,
		form.Politics:        pick(m, []string{"13", "13", "13", "03", "03", "01"}),
		form.Enrolment:       "1",
		form.Education:       pick(m, []string{"61", "61", "44", "41"}),
		form.Language:        pick(m, []string{"1", "1", "1", "1", "1", "1", "1", "1", "2", "3"}),
		form.Occupation:      pick(m, []string{"2", "3", "4", "4", "5", "6", "8"}),
		form.WorkDate:        work.Format("20060102"),
		form.PhoneNumber:     fmt.Sprintf("1990000%04d", (900+m.made)%10000),
		form.PostAddress:     chip.Address,
		form.PostCode:        postCode(home),
		form.School:          strings.TrimSuffix(home.Name, "自治县") + "第" + pick(m, []string{"一", "二", "三"}) + "中学",
	}
	if level == "3" {
		m.college(f, chip)
	}
	if k, ok := m.c.Form.Category(first.Category); ok && k.MedicalMajor(first.Major) {
		f[form.Licence] = fmt.Sprintf("2017%06d%05d", 430900+m.made%100, 90000+m.made%10000)
	}
	if f[form.Ethnic] == "" {
		f[form.Ethnic] = map[string]string{form.ChipForeigner2023: "97", form.ChipHMT: "01"}[chip.Type]
	}
	if f[form.PostAddress] == "" {
		f[form.PostAddress] = m.address(home)
	}
	return form.Application{ID: m.id(), Campaign: m.c.ID, CampaignVersion: m.c.Version, Version: 1, Point: at.Code, Fields: f, Choices: choices}
}

// college fills in the diploma that entry to a bachelor's course asks for.
func (m *maker) college(f form.Fields, chip form.Chip) {
	p := pick(m, m.c.Catalogue)
	year := max(chip.Number.Birth().Year()+20, m.ref.Year()-8)
	year = min(year, m.ref.Year()-1)
	f[form.Education] = "31"
	f[form.School] = p.SchoolName
	f[form.GraduationDate] = fmt.Sprintf("%d0630", year)
	f[form.Diploma] = fmt.Sprintf("%s1%d06%06d", p.School, year, 900000+m.made%100000)
}

// choices takes a programme of the level, and for most a second that its rule
// allows.
func (m *maker) choices(level string) []form.Choice {
	first := pick(m, m.second[level])
	out := []form.Choice{first.Choice(1)}
	rule, _ := m.c.Form.Level(level)
	var allowed []campaign.Programme
	for _, p := range m.c.Catalogue {
		if slices.Contains(rule.Second, p.Level) && (!rule.OneClass || p.Class == first.Class) && p != first {
			if k, _ := m.c.Form.Category(p.Category); !k.MedicalMajor(p.Major) || k.MedicalMajor(first.Major) && p.Category == first.Category {
				allowed = append(allowed, p)
			}
		}
	}
	if len(allowed) > 0 && m.rng.IntN(10) < 8 {
		out = append(out, pick(m, allowed).Choice(2))
	}
	return out
}

// candidateNumber follows the default template of domain rules 1.9: year,
// province, county, level and category, serial. Serials begin at 0901 and run
// on for at most 9,000 in one county and category.
func (m *maker) candidateNumber(at Point, first form.Choice) string {
	county := at.Division
	if len(county) != 6 {
		county = "439900"
	}
	group := fmt.Sprintf("%02d%s%s%s", m.c.Year%100, county[:2], county[2:], first.Category)
	m.serials[group]++
	return fmt.Sprintf("%s%04d", group, (900+m.serials[group])%10000)
}

func (m *maker) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(m.rng.Uint32())
	}
	return hex.EncodeToString(b[:])
}
