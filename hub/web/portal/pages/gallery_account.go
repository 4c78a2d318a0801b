package pages

import "time"

func accountScenes(add adder) {
	login := Input{Name: "login", Label: "entry.login", Kind: "name", Max: 64}
	pw := Input{Name: "password", Label: "entry.password", Kind: "password", Max: 256, Way: &Way{"/ks/recover", "sign-in.forgot"}}
	fresh := Input{Name: "password", Label: "entry.new", Kind: "new-password", Max: 256}
	again := Input{Name: "again", Label: "entry.again", Kind: "new-password", Max: 256}
	code := Input{Name: "code", Label: "entry.code", Kind: "code", Max: 16}
	beware := []Aside{{"wait", "lock", "aside.secret"}, {"", "", "aside.crowd"}}
	in := Entry{Title: "sign-in.title", Action: "/ks/sign-in", Inputs: []Input{login, pw}, Tick: true, Go: "sign-in.go",
		Ways: []Way{{"/ks/sign-up", "sign-in.none"}}, Asides: beware}
	add("sign-in", "empty", "登录", "entry", guest(), in)
	wrong := in
	wrong.Faults = []Fault{{"login", "手机号（或用户名）和密码对不上。请再看一下，或者用手机号找回密码。"}}
	wrong.Inputs = []Input{login, pw}
	wrong.Inputs[0].Value, wrong.Inputs[0].Error, wrong.Ticked = "lihua4821", wrong.Faults[0].Text, true
	add("sign-in", "wrong", "对不上", "entry", guest(), wrong)
	demo := in
	demo.Shown = []Account{{Login: "lihua", Password: "岳麓山下有一所学校", Who: "还没填过"}, {Login: "zhangmin", Password: "岳麓山下有一所学校", Who: "已经提交，还没去确认"}}
	f := guest()
	f.Demo = &Demo{Clock: true}
	add("sign-in", "demo", "演示的账号", "entry", f, demo)
	up := Entry{Title: "sign-up.title", Action: "/ks/sign-up", Inputs: []Input{{Name: "login", Label: "sign-up.login", Kind: "name", Max: 64}, fresh, again}, Tick: true, Go: "sign-up.go",
		Ways: []Way{{"/ks/sign-in", "sign-up.have"}}, Asides: []Aside{{"", "", "aside.name"}, {"", "", "aside.password"}}}
	add("sign-up", "empty", "注册", "entry", guest(), up)
	short := up
	short.Faults = []Fault{{"password", "密码太短，请至少用 8 个字。"}}
	short.Inputs = []Input{up.Inputs[0], fresh, again}
	short.Inputs[1].Error = short.Faults[0].Text
	add("sign-up", "wrong", "密码太短", "entry", guest(), short)
	add("sign-up", "code", "填验证码", "entry", guest(), Entry{Title: "code.title", Who: "138******12", Action: "/ks/sign-up/code", Inputs: []Input{code}, Go: "code.go",
		Ways: []Way{{"/ks/sign-up", "code.none"}}, Asides: []Aside{{"wait", "lock", "aside.code"}}})
	add("recover", "empty", "找回密码", "entry", guest(), Entry{Title: "recover.title", Action: "/ks/recover", Inputs: []Input{{Name: "phone", Label: "recover.phone", Kind: "tel", Auto: "tel", Max: 32}}, Go: "recover.go",
		Ways: []Way{{"/ks/sign-in", "recover.back"}}, Asides: []Aside{{"", "", "aside.slip"}}})
	add("recover", "code", "填验证码和新密码", "entry", guest(), Entry{Title: "recover.code", Who: "138******12", Action: "/ks/recover/code", Inputs: []Input{code, fresh, again}, Go: "recover.set",
		Ways: []Way{{"/ks/recover", "code.none"}}, Asides: []Aside{{"wait", "lock", "aside.code"}, {"", "", "aside.slip"}}})
	add("card", "empty", "用登录卡登录", "entry", guest(), Entry{Title: "card.title", Action: "/ks/card",
		Inputs: []Input{{Name: "sequence", Label: "card.sequence", Kind: "code", Auto: "username", Max: 32}, {Name: "password", Label: "card.password", Kind: "password", Max: 256}}, Tick: true, Go: "sign-in.go",
		Asides: []Aside{{"wait", "lock", "aside.card"}, {"", "", "aside.lost"}}})
	first := her()
	first.Plain = true
	add("first", "card", "第一次登录", "entry", first, Entry{Title: "first.title", Action: "/ks/account/first", Go: "first.go", Asides: []Aside{{"", "", "aside.password"}, {"", "", "aside.second"}},
		Inputs: []Input{fresh, again, {Name: "second", Label: "entry.second.new", Kind: "new-password", Max: 256}, {Name: "second-again", Label: "entry.second.again", Kind: "new-password", Max: 256}}})
	add("second", "asked", "保存时问第二密码", "entry", her(), Entry{Title: "second.asked", Action: "/ks/review", Go: "second.save", Ways: []Way{{"/ks/account/second", "second.forgot"}},
		Inputs: []Input{{Name: "second", Label: "entry.second", Kind: "password", Auto: "off", Max: 256}}, Kept: []Kept{{"revision", "3"}}})
	mine := Mine{Login: "lihua4821", Phone: "138******12", PasswordAt: time.Date(2019, 9, 3, 20, 15, 0, 0, time.UTC), Others: 1}
	add("account", "usual", "我的账号", "account", her(), mine)
	mine.Fresh, mine.Others, mine.Phone = true, 0, ""
	add("account", "fresh", "刚注册好", "account", her(), mine)
	add("account", "card", "用登录卡的考生", "account", her(), Mine{Card: true, Second: true, SecondSet: true, PasswordAt: mine.PasswordAt, Shared: true})
}
