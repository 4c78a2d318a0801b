package campaign_test

import (
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func TestSpelled(t *testing.T) {
	camp := campaign.Adult2019()
	for _, c := range []struct{ key, typed, want string }{
		{form.BirthDate, "1998-03-12", "19980312"},
		{form.BirthDate, "１９９８年3月12日", "19980312"},
		{form.BirthDate, "1998.3.2", "19980302"},
		{form.BirthDate, "1998/3/12", "19980312"},
		{form.BirthDate, " 19980312 ", "19980312"},
		{form.BirthDate, "1998-02-30", "1998-02-30"},
		{form.BirthDate, "98-3-12", "98-3-12"},
		{form.DocumentNumber, "11010519491231002x", "11010519491231002X"},
		{form.DocumentNumber, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		{form.DocumentNumber, "110105 19491231 002X", "11010519491231002X"},
		{form.DocumentNumber, "1101", "1101"},
		{form.PhoneNumber, "１３８ 0000 0000", "13800000000"},
		{form.PhoneNumber, "not a number", "not a number"},
		{form.PostCode, "410 000", "410000"},
		{form.PostCode, "41-0000", "410000"},
		{form.PostCode, "四一", "四一"},
		{form.Ethnic, "土家", "15"},
		{form.Ethnic, "族", "族"},
		{form.Education, "31", "31"},
		{form.Education, "３１", "31"},
		{form.Education, "大学专科毕业", "31"},
		{form.Education, "31 大学专科毕业", "31"},
		{form.Education, "30", "30"}, // a heading is no choice, and is found fault with
		{form.Household, "芙蓉区", "430102"},
		{form.Household, "长沙市芙蓉区", "430102"},
		{form.Household, "430102 长沙市芙蓉区", "430102"},
		{form.Household, "510104", "510104"},
		{form.Household, "哪里", "哪里"},
		{form.FullName, "  欧阳 ", "欧阳"},
		{form.School, "\xff湖南", "\uFFFD湖南"},
	} {
		f, ok := camp.Form.Field(c.key)
		if !ok {
			t.Fatalf("no field %s", c.key)
		}
		if got := campaign.Spelled(camp, f, identity.KindResident, c.typed); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.key, c.typed, got, c.want)
		}
	}
}

func TestLikely(t *testing.T) {
	camp := campaign.Adult2019()
	now := time.Date(2019, 9, 6, 0, 0, 0, 0, time.UTC)
	app := form.Application{Fields: form.Fields{form.DocumentType: "01", form.DocumentNumber: "11010519491231002X", form.GraduationDate: "20260630", form.PostCode: "41OOOO"}}
	for _, c := range []struct{ field, code, want string }{
		{form.GraduationDate, form.DateAfter, "20160630"},
		{form.BirthDate, form.NotOfNumber, "19491231"},
		{form.BirthDate, form.Missing, "19491231"},
		{form.Sex, form.NotOfNumber, "2"},
		{form.PostCode, form.BadDigits, "410000"},
		{form.School, form.Missing, ""},
		{"no such", form.Missing, ""},
	} {
		if got := campaign.Likely(camp, app, form.Finding{Field: c.field, Code: c.code}, now); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.field, c.code, got, c.want)
		}
	}
}

// FuzzSpelled: what people type never becomes something longer, never loses what
// it was spelled to, and breaks nothing.
func FuzzSpelled(f *testing.F) {
	camp := campaign.Adult2019()
	for i := range camp.Form.Fields {
		f.Add(i, "１９９８年3月12日")
		f.Add(i, "430102 长沙市芙蓉区")
		f.Add(i, "\xff\x00x")
	}
	f.Fuzz(func(t *testing.T, i int, typed string) {
		if i < 0 || i >= len(camp.Form.Fields) || len(typed) > 1<<10 {
			t.Skip()
		}
		field := camp.Form.Fields[i]
		once := campaign.Spelled(camp, field, identity.KindResident, typed)
		if again := campaign.Spelled(camp, field, identity.KindResident, once); again != once {
			t.Errorf("%s: %q is spelled %q, and then %q", field.Key, typed, once, again)
		}
		_ = campaign.Shown(camp, field, once)
	})
}
