package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/identity"
)

func checked(first17 string) string { return first17 + string(identity.CheckDigit(first17)) }

// The doors are contracts with scripts: these lines stay as they are.
func TestIDCheck(t *testing.T) {
	unborn := checked("430102" + time.Now().AddDate(0, 0, 2).Format("20060102") + "902")
	for _, tc := range []struct {
		label, in, want string
		code            int
	}{
		{"resident", checked("43010219840904902"),
			`{"input":"$","valid":true,"type":"resident","birth":"1984-09-04","sex":"女","division":"430102","warnings":[],"error":""}`, 0},
		{"man of an abolished county", checked("43012419840904901"),
			`{"input":"$","valid":true,"type":"resident","birth":"1984-09-04","sex":"男","division":"430124","warnings":["division-historic"],"error":""}`, 0},
		{"another province", checked("44010619840904901"),
			`{"input":"$","valid":true,"type":"resident","birth":"1984-09-04","sex":"男","division":"440106","warnings":["division-other"],"error":""}`, 0},
		{"full width", "４３０１０２１９８４０９０４９０２４",
			`{"input":"$","valid":true,"type":"resident","birth":"1984-09-04","sex":"女","division":"430102","warnings":[],"error":""}`, 0},
		{"blanks inside, and no such county", " 439901 " + checked("43990119840904902")[6:],
			`{"input":"$","valid":true,"type":"resident","birth":"1984-09-04","sex":"女","division":"439901","warnings":["blank-inside","division-unknown"],"error":""}`, 0},
		{"Macao", checked("82000019840904901"),
			`{"input":"$","valid":true,"type":"hmt","birth":"1984-09-04","sex":"男","division":"820000","warnings":[],"error":""}`, 0},
		{"Taiwan", checked("83000019840904902"),
			`{"input":"$","valid":true,"type":"hmt","birth":"1984-09-04","sex":"女","division":"830000","warnings":[],"error":""}`, 0},
		{"foreigner 2023", checked("94384019840904900"),
			`{"input":"$","valid":true,"type":"foreigner2023","birth":"1984-09-04","sex":"","division":"","warnings":[],"error":""}`, 0},
		{"foreigner 2023 of no country", checked("94399919840904900"),
			`{"input":"$","valid":true,"type":"foreigner2023","birth":"1984-09-04","sex":"","division":"","warnings":["country-unknown"],"error":""}`, 0},
		{"foreigner 2017", "usa430084090404",
			`{"input":"$","valid":true,"type":"foreigner2017","birth":"1984-09-04","sex":"","division":"","warnings":[],"error":""}`, 0},
		{"wrong digit", checked("43010219840904902")[:17] + "5",
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrCheckDigit.Zh + `"}`, 2},
		{"not born yet", unborn,
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrFuture.Zh + `"}`, 2},
		{"15 digits", "430102840904902",
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrOldNumber.Zh + `"}`, 2},
		{"markup", "<&>",
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrChar.Zh + `"}`, 2},
		{"a name by mistake", "欧阳𬭩",
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrChar.Zh + `"}`, 2},
		{"nothing", "",
			`{"input":"$","valid":false,"type":"","birth":"","sex":"","division":"","warnings":[],"error":"` + identity.ErrEmpty.Zh + `"}`, 2},
	} {
		t.Run(tc.label, func(t *testing.T) {
			line := strings.Replace(tc.want, "$", tc.in, 1) + "\n"
			for _, r := range []result{call(t, "", "--lang", "zh", "id", "check", "--", tc.in), call(t, tc.in+"\r\n", "--lang", "zh", "id", "check")} {
				if r.code != tc.code || r.out != line || r.errs != "" {
					t.Errorf("status %d, want %d:\n%swant\n%s%s", r.code, tc.code, r.out, line, r.errs)
				}
			}
		})
	}
}

func TestNameCheck(t *testing.T) {
	for _, tc := range []struct{ label, in, want, says string }{
		{"plain", "王喆", `{"input":"$","name":"王喆","valid":true,"changes":[],"gbk":"cdf586b4","gb18030":"cdf586b4"}`, ""},
		{"row FE", "刘䶮", `{"input":"$","name":"刘䶮","valid":true,"changes":[],"gbk":"c1f5fe9f","gb18030":"c1f5fe9f"}`, ""},
		{"private use", "刘\uE863", `{"input":"$","name":"刘䶮","valid":true,"changes":["pua"],"gbk":"c1f5fe9f","gb18030":"c1f5fe9f"}`, ""},
		{"outside GBK", "陈㛃", `{"input":"$","name":"陈㛃","valid":true,"changes":[],"gbk":null,"gb18030":"b3c28230b731"}`, ""},
		{"beyond the base plane", "欧阳𬭩", `{"input":"$","name":"欧阳𬭩","valid":true,"changes":[],"gbk":null,"gb18030":"c5b7d1f49933ab39"}`, ""},
		{"dot", "买买提•艾力", `{"input":"$","name":"买买提·艾力","valid":true,"changes":["dot"],"gbk":"c2f2c2f2cce1a1a4b0acc1a6","gb18030":"c2f2c2f2cce1a1a4b0acc1a6"}`, ""},
		{"blanks and private use", "刘 \uE863", `{"input":"$","name":"刘䶮","valid":true,"changes":["blank","pua"],"gbk":"c1f5fe9f","gb18030":"c1f5fe9f"}`, ""},
		{"Latin", "Smith  John", `{"input":"$","name":"SMITH JOHN","valid":true,"changes":["blank","case"],"gbk":"534d495448204a4f484e","gb18030":"534d495448204a4f484e"}`, ""},
		{"one character", "喆", `{"input":"$","name":"喆","valid":false,"changes":[],"gbk":"86b4","gb18030":"86b4"}`, identity.ErrNameShort.Zh},
		{"lost already", "刘?", `{"input":"$","name":"刘?","valid":false,"changes":[],"gbk":"c1f53f","gb18030":"c1f53f"}`, identity.ErrNameChar.Zh},
		{"replaced already", "刘\uFFFD", `{"input":"$","name":"刘�","valid":false,"changes":[],"gbk":null,"gb18030":null}`, identity.ErrNameChar.Zh},
		{"nothing", "", `{"input":"$","name":"","valid":false,"changes":[],"gbk":null,"gb18030":null}`, identity.ErrNameEmpty.Zh},
	} {
		t.Run(tc.label, func(t *testing.T) {
			line, code, errs := strings.Replace(tc.want, "$", tc.in, 1)+"\n", 0, ""
			if tc.says != "" {
				code, errs = 2, "第 1 个："+tc.says+"\n"
			}
			for _, r := range []result{call(t, "", "--lang", "zh", "name", "check", "--", tc.in), call(t, tc.in+"\n", "--lang", "zh", "name", "check")} {
				if r.code != code || r.out != line || r.errs != errs {
					t.Errorf("status %d, want %d:\n%swant\n%s%s", r.code, code, r.out, line, r.errs)
				}
			}
		})
	}
}

// Each gives a verdict of its own, in order, and one that is bad decides the status.
func TestDoorsTakeMany(t *testing.T) {
	good, bad := checked("43010219840904902"), "43010219840904902"
	for _, r := range []result{call(t, "", "id", "check", good, bad, good), call(t, good+"\n"+bad+"\n"+good, "id", "check")} {
		var valid []bool
		for line := range strings.Lines(r.out) {
			var v struct{ Valid bool }
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatal(err)
			}
			valid = append(valid, v.Valid)
		}
		if r.code != 2 || !slices.Equal(valid, []bool{true, false, true}) {
			t.Errorf("status %d, %v", r.code, valid)
		}
	}
	r := call(t, "王喆\n喆\n石淼\n", "--lang", "en", "name", "check")
	if r.code != 2 || strings.Count(r.out, "\n") != 3 || r.errs != "No. 2: "+identity.ErrNameShort.En+"\n" {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.errs)
	}
	// An argument goes before standard input, which is left alone then.
	if r := call(t, bad+"\n", "id", "check", good); r.code != 0 || strings.Count(r.out, "\n") != 1 {
		t.Errorf("status %d\n%s", r.code, r.out)
	}
	// Blank lines are judged too: the n-th line answers the n-th.
	if r := call(t, good+"\n\n"+good+"\n", "id", "check"); r.code != 2 || strings.Count(r.out, "\n") != 3 {
		t.Errorf("status %d\n%s", r.code, r.out)
	}
}

func TestDoorsMisused(t *testing.T) {
	for _, door := range []string{"id", "name"} {
		want(t, call(t, "", "--lang", "zh", door, "check"), 1, "没有可核对的内容")
		want(t, call(t, strings.Repeat("4", maxLine+1), "--lang", "en", door, "check"), 1, "more than 65536 bytes")
		want(t, call(t, "", door), 1, "expected")
		want(t, call(t, "", door, "check", "--strange", "x"), 1, "unknown flag --strange")
	}
}

func TestLanguageOfAVerdict(t *testing.T) {
	for lang, said := range map[string]string{"zh_CN.UTF-8": identity.ErrEmpty.Zh, "C.UTF-8": identity.ErrEmpty.En} {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"id", "check", ""}, strings.NewReader(""), &out, &errs, func(key string) string {
			if key == "LANG" {
				return lang
			}
			return ""
		})
		if code != 2 || !strings.Contains(out.String(), said) {
			t.Errorf("%s: status %d\n%s%s", lang, code, out.String(), errs.String())
		}
	}
}
