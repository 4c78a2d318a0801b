package password_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/hub/password"
)

func TestCheck(t *testing.T) {
	for p, want := range map[string]string{
		"three slow herons":       "",
		"湘江北去橘子洲头":                "",
		"xk9!vbQ2":                "",
		strings.Repeat("长", 64):   password.Simple,
		strings.Repeat("ab", 64):  "",
		strings.Repeat("x y", 90): password.Long,
		"":                        password.Short,
		"1234567":                 password.Short,
		"湘江北去橘子洲":                 password.Short,
		"password":                password.Common,
		"PASSWORD1":               password.Common,
		"qwertyui":                password.Common,
		"98765432":                password.Simple,
		"zzzzzzzzzz":              password.Simple,
		"19870312":                password.Simple,
		"changsha2019":            password.Local,
		"Hunan@2019":              password.Local,
		"zhaosheng123":            password.Local,
		"长沙市招生2019!":              password.Local,
		"furong12345":             password.Local,
		"hunan-heron-lake":        "",
		"anren2019":               password.Local, // counties (S5)
		"Jianghua@2026":           password.Local,
		"岳麓区招办2019":               password.Local,
		"安仁县20190906":             password.Local,
		"靖州苗族侗族自治县":               "",
		"凤凰2019!!":                password.Local,
		"望城县望城区":                  password.Short,
		"望城县望城区2019":              password.Local,
		"xinhua-bookshop-9":       "",
	} {
		err := password.Check(p, "furong")
		var e password.Error
		if want == "" && err != nil || want != "" && (!errors.As(err, &e) || e.Code != want) {
			t.Errorf("%q: %v, want %q", p, err, want)
		}
		if err != nil && p != "" && strings.Contains(err.Error(), p) && p != "password" {
			t.Errorf("the error repeats the password")
		}
	}
}
