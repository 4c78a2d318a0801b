package main

import (
	"fmt"
	"strings"

	"zhunkao/hub/staff"
)

// language gives the texts in one language.
type language int

const (
	chinese language = iota
	english
)

// catalogue chooses the language: as asked, else by the environment.
func catalogue(asked string, getenv func(string) string) language {
	if asked == "" {
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			if asked = getenv(name); asked != "" {
				break
			}
		}
	}
	if strings.HasPrefix(asked, "zh") {
		return chinese
	}
	return english
}

// text is the text of a key; an unknown key stands for itself.
func (l language) text(key string, args ...any) string {
	pair, ok := words[key]
	if !ok {
		return strings.TrimSpace(key + " " + fmt.Sprint(args...))
	}
	return fmt.Sprintf(pair[l], args...)
}

// words holds every text, Chinese and English.
var words = map[string][2]string{
	"ask-name":      {"首位操作员的登录名:", "Sign-in name of the first operator:"},
	"ask-display":   {"首位操作员的显示姓名:", "Name of the first operator as shown:"},
	"ask-password":  {"密码（不显示）:", "Password (not shown):"},
	"ask-again":     {"再输入一次密码:", "Once more:"},
	"not-alike":     {"两次输入不一致，请重新输入。", "The two are not alike; type it again."},
	"no-input":      {"缺少输入：请在终端运行，或通过标准输入提供密码。", "Input is missing: run it in a terminal, or give the password on standard input."},
	"empty":         {"%s 不能为空。", "%s must not be empty."},
	"not-empty":     {"%s 不是空目录：这里可能已有一个省中心，未作任何改动。", "%s is not empty: there may be a hub in it already. Nothing was changed."},
	"used-database": {"该数据库已属于另一个省中心，未作任何改动。", "This database belongs to another hub. Nothing was changed."},
	"step-keys":     {"1/4 已生成密钥，机构证书指纹 %s", "1/4 keys made; fingerprint of the authority %s"},
	"step-database": {"2/4 已建立数据库，编号 %s", "2/4 database made, id %s"},
	"step-campaign": {"3/4 已载入行政区划与招考机构，已发布方案“%s”第 %d 版", "3/4 divisions and offices written, campaign “%s” version %d published"},
	"step-operator": {"4/4 已建立首位操作员 %s", "4/4 first operator %s added"},
	"created":       {"省中心已建于 %s。下一步：hubd --data %s\n请将 keys/master.key 另存一份，离线保管。", "The hub is in %s. Next: hubd --data %s\nKeep a copy of keys/master.key off this machine."},
	"in-use":        {"另一个程序正在使用数据目录，请稍后再试。", "Another program uses the data directory; try again in a moment."},
	"not-running":   {"省中心没有运行，请先启动 hubd。", "The hub is not running; start hubd first."},
	"no-hub":        {"%s 里没有省中心；用 hubctl create 建立。", "There is no hub in %s; make one with hubctl create."},
	"hubd-says":     {"省中心拒绝：%s", "The hub refuses: %s"},
	"ticket":        {"确认点 %s 的终端注册单，有效至 %s。只可使用一次，请勿外传：", "Enrolment ticket for a box at %s, good until %s. It works once; keep it to yourself:"},
	"box-head":      {"终端\t位置\t状态\t代次\t待传\t最近联系", "BOX\tPLACE\tSTATE\tEPOCH\tWAITING\tLAST SEEN"},
	"box-now":       {"终端 %s 现为 %s。", "Box %s is now %s."},
	"ask-revoke":    {"吊销后该终端永不能再用此身份。再输入一次终端编号以确认:", "A revoked box never works again under this identity. Type its id once more:"},
	"not-revoked":   {"编号不一致，未吊销。", "That is another id; nothing was revoked."},

	"no-file":  {"没有文件 %s。", "There is no file %s."},
	"bad-file": {"无法读取文件 %s：请检查路径与权限。", "The file %s cannot be read: look at the path and its permissions."},

	"verified":           {"已核对 %d 条日志（另有 %d 条待封）、%d 个签名检查点，最新检查点在第 %d 条。", "%d sealed entries checked (%d not sealed yet), %d signed checkpoints, the newest at entry %d."},
	"journal-good":       {"日志完整，未发现改动。", "The journal is whole."},
	"journal-bad":        {"发现 %d 处问题：请保留数据库与 checkpoints.log 原样，并上报。", "%d findings: leave the database and checkpoints.log as they are, and report it."},
	"found-altered":      {"被改动：第 %[1]d 条（%[3]s）%[4]s", "altered: entry %[1]d (%[3]s), %[4]s"},
	"found-deleted":      {"被删除：第 %[1]d 至 %[2]d 条", "deleted: entry %[1]d to %[2]d"},
	"found-swapped":      {"被调换：第 %[1]d 至 %[2]d 条（%[3]s）%[4]s", "swapped: entry %[1]d to %[2]d (%[3]s), %[4]s"},
	"found-inserted":     {"被插入：第 %[1]d 条（%[3]s）%[4]s", "inserted: entry %[1]d (%[3]s), %[4]s"},
	"found-truncated":    {"末尾被截去：第 %[1]d 至 %[2]d 条已签名而不存在", "truncated: entry %[1]d to %[2]d were signed and are gone"},
	"found-rewritten":    {"链被重写：第 %[1]d 至 %[2]d 条 %[4]s", "rewritten: entry %[1]d to %[2]d, %[4]s"},
	"found-checkpoint":   {"检查点有误：第 %[1]d 条 %[4]s", "checkpoint: entry %[1]d, %[4]s"},
	"fsck":               {"已核对 %d 份记录、%d 个密文块；未被引用的 %d 个（满一天后清理）。", "%d records and %d blobs checked; %d blobs belong to no record (swept when a day old)."},
	"fsck-missing":       {"缺失：记录 %s 的密文块 %s", "missing: record %s names blob %s"},
	"fsck-damaged":       {"损坏：密文块 %s", "damaged: blob %s"},
	"fsck-good":          {"记录与密文块一致。", "Records and blobs agree."},
	"added":              {"已添加账号 %s（%s，%s）。", "Account %s added (%s, %s)."},
	"disabled":           {"停用", "disabled"},
	"name-taken":         {"登录名已被使用，请另取一个。", "The sign-in name is taken; choose another."},
	"bad-account":        {"登录名、角色、机构或确认点不符：登录名为 2 至 32 个小写字母、数字或 . - _；角色须与机构层级相符；只有确认点办事员需要 --point。", "Name, role, office or point do not fit: a name has 2 to 32 lower-case letters, digits or . - _; the role belongs to the office's tier; only a clerk has --point."},
	"bad-point":          {"确认点编码须为八位数字，前六位是现有县（市、区）的代码，名称不能为空。", "The code has eight digits, the first six those of a county that exists; the name must not be empty."},
	"point-taken":        {"确认点编码已被使用。", "The code of the point is taken."},
	"point-added":        {"已添加确认点 %s。", "Point %s added."},
	staff.PasswordShort:  {"密码至少 8 个字符。", "The password needs at least 8 characters."},
	staff.PasswordLong:   {"密码过长（最多 256 字节）。", "The password is too long (256 bytes at most)."},
	staff.PasswordCommon: {"这是最常见的密码之一，请换一个。", "This is one of the most common passwords; choose another."},
	staff.PasswordLocal:  {"密码不能只由地名、本系统用语、年份或登录名组成。", "The password must not be made of places, words of this office, years or the sign-in name."},
	staff.PasswordSimple: {"密码不能是重复字符、键盘顺序或日期。", "The password must not be one character repeated, a row of keys or a date."},
}
