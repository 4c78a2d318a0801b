package paper

// pair is one wording of the papers and its translation; the papers are printed
// in Chinese, for offices file them.
type pair struct{ Zh, En string }

// inChinese are wordings as they are printed.
func inChinese(all []pair) (out []string) {
	for _, p := range all {
		out = append(out, p.Zh)
	}
	return out
}

// momentWords are days and hours as papers write them.
var momentWords = struct{ Hour, Midnight, Time pair }{
	Hour:     pair{"%d月%d日%d时", "%d/%d, %d h"},
	Midnight: pair{"%d月%d日 24:00", "%d/%d 24:00"},
	Time:     pair{"%d月%d日 %s", "%d/%d %s"},
}

// words is the catalogue of the slips and the cards: every fixed wording.
var words = struct {
	Title, Head, Keep, Stub, Number, User, Password, Receiver, Date pair
	Hint, HintHere, Footer, PageOf, Once                            pair

	Card, CardRange, CardCut, CardFooter, CardSequence, CardPassword, CardFirst, CardGlyphs, CardLost, CardWindow pair
}{
	Card:         pair{"网报登录卡", "Sign-in card"},
	CardRange:    pair{"报名顺序号 %s–%s", "sequence numbers %s–%s"},
	CardCut:      pair{"沿虚线裁开，当面发给本人", "Cut along the lines; hand each to the person herself"},
	CardFooter:   pair{"准表 12 %s · 版式 %d · 模板 %s %s", "Zhunkao paper 12 %s · layout %d · template %s %s"},
	CardSequence: pair{"报名顺序号", "Sequence number"},
	CardPassword: pair{"初始密码", "First password"},
	CardFirst:    pair{"首次登录须改密码，%d月%d日前有效", "Set a password of your own at once; good before %[2]d/%[1]d"},
	CardGlyphs:   pair{"密码不分大小写，不含 0 O 1 I L", "Small or capital letters; there is no 0 O 1 I L"},
	CardWindow:   pair{"%d月%d日 %s 至 %d月%d日 %s", "%[2]d/%[1]d %[3]s to %[5]d/%[4]d %[6]s"},
	CardLost:     pair{"%s　遗失到点重发", "%s: if it is lost, come for another"},

	Title:    pair{"账号密码条", "Slips of accounts"},
	Head:     pair{"%s　用户 %d 个", "%s, %d users"},
	Keep:     pair{"左联存根由招生办留存，右联交领用人", "The office keeps the stub at the left, the holder gets the slip at the right"},
	Stub:     pair{"存根", "Stub"},
	Number:   pair{"第 %d 号", "No. %d"},
	User:     pair{"用户名", "User name"},
	Password: pair{"初始密码", "First password"},
	Receiver: pair{"领用人", "Received by"},
	Date:     pair{"日　期", "Date"},
	Hint:     pair{"登录 %s · 首次登录须改密码 · %s前登录有效 · 本条仅交领用人，不复印、不拍照", "Sign in at %s · set a password of your own at once · good before %s · for the holder only, not to be copied"},
	HintHere: pair{"首次登录须改密码、绑定验证器 · %s前登录有效 · 本条仅交领用人，不复印、不拍照", "Set a password of your own and enrol your authenticator at once · good before %s · for the holder only, not to be copied"},
	Footer:   pair{"准表 16 %s · 版式 %d · 模板 %s %s", "Zhunkao paper 16 %s · layout %d · template %s %s"},
	PageOf:   pair{"第 %d 页 共 %d 页", "Page %d of %d"},
	Once:     pair{"只打印一次", "printed once"},
}
