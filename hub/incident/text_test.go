package incident_test

import (
	"strings"
	"testing"

	"zhunkao/hub/incident"
)

func TestPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"": false,
		"停电，3 个点，351 人，从 7:40 起":        false,
		"2019-09-06 07:40 到 2019-09-13": false,
		"供电所 0743-6220123，值班":           false,
		"终端 bab3c7d9 冻结，序号 000131":      false,
		"考生号 19430104340217 的表打不出来":     false, // of the examination, not of the person's papers
		"流水 20190906121212345678901234": false,
		"身份证 430102199002201234":        true,
		"身份证 43010219900220123x":        true,
		"身份证 43010219900220123X，姓李":     true,
		"430102 19900220 1234":          true,
		"430102-19900220-123X":          true,
		"４３０１０２１９９００２２０１２３４":            true,
		"号码430102199002201234号":         true,
		"尾随0430102199002201234":         true, // hidden in a longer run
		"430102900220123":               true, // of the fifteen digits of old
		"电话13800138000":                 true,
		"138-0013-8000":                 true,
		"1３8 0013 8000":                 true,
		"+86 138 0013 8000":             true,
		"12345678901":                   false, // no mobile begins so
		"订单 1380013800012":              false,
	} {
		if got := incident.Personal(text); got != want {
			t.Errorf("Personal(%q) = %v", text, got)
		}
	}
}

func FuzzPersonal(f *testing.F) {
	for _, s := range []string{"430102199002201234", "138 0013 8000", "停电", "４３０１０２199002201234", "1-3-8-0-0-1-3-8-0-0-0", "X", strings.Repeat("1", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		incident.Personal(s) // never panics
		if !incident.Personal(s + "。430102199002201234") {
			t.Errorf("an ID number after %q is not seen", s)
		}
		if !incident.Personal("13800138000。" + s) {
			t.Errorf("a mobile before %q is not seen", s)
		}
	})
}
