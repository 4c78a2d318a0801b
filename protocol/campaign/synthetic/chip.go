package synthetic

import (
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// number draws until it finds one not yet used.
func (m *maker) number(prefix, sex string, born time.Time) identity.Number {
	for {
		serial := 900 + m.rng.IntN(100)
		if (serial%2 == 1) != (sex == "1") {
			serial ^= 1
		}
		first := fmt.Sprintf("%s%s%03d", prefix, born.Format("20060102"), serial)
		n := first + string(identity.CheckDigit(first))
		if !m.numbers[n] {
			m.numbers[n] = true
			return identity.Number(n)
		}
		born = born.AddDate(0, 0, 1)
	}
}

func (m *maker) chip(k Case, home campaign.Division, sex string, born time.Time) form.Chip {
	prefix := home.Code
	if k.Prefix != "" {
		prefix = k.Prefix
	}
	number := m.number(prefix, sex, born)
	chip := form.Chip{Type: form.ChipResident, Sex: sex, Ethnic: m.ethnic(home), Number: number, Birth: number.BirthText()}
	chip.Name = identity.Name(m.name(sex))
	if k.Name != "" {
		chip.Name = identity.Name(k.Name)
	}
	if k.Ethnic != "" {
		chip.Ethnic = k.Ethnic
	}
	chip.Address = m.address(home)
	chip.Issuer = issuer(m.c, home)
	m.validity(&chip, number.Birth())
	switch {
	case strings.HasPrefix(k.Prefix, "9"):
		chip.Type, chip.Ethnic, chip.Address = form.ChipForeigner2023, "", ""
		chip.NameEn, chip.Nationality, chip.Issuer, chip.IssueCount = k.NameEn, k.Nationality, "国家移民管理局", "01"
	case k.Prefix != "" && k.Prefix[0] == '8':
		chip.Type, chip.Ethnic = form.ChipHMT, ""
		chip.PassNumber, chip.IssueCount = "H09000"+fmt.Sprintf("%03d", m.made%1000), "01"
	}
	return chip
}

// validity gives terms by age at issue (domain rules 3.1), in force on the day
// of reference.
func (m *maker) validity(chip *form.Chip, born time.Time) {
	age := identity.AgeOn(born, m.ref)
	issued := m.ref.AddDate(-1-m.rng.IntN(4), 0, -m.rng.IntN(300))
	atIssue := identity.AgeOn(born, issued)
	years := 20
	switch {
	case chip.Type != form.ChipResident || atIssue < 16:
		years = 5
	case atIssue < 26:
		years = 10
	}
	chip.ValidFrom = issued.Format("20060102")
	chip.ValidTo = issued.AddDate(years, 0, 0).Format("20060102")
	if age >= 46 && atIssue >= 46 && chip.Type == form.ChipResident {
		chip.ValidTo = form.LongTerm
	}
}
