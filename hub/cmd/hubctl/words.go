package main

import (
	"fmt"
	"strings"

	passwords "zhunkao/hub/password"
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

// pairOf finds the texts of a key.
func pairOf(key string) (pair [2]string, ok bool) {
	for _, of := range []map[string][2]string{words, backupWords, dayWords, arrangementWords, printerWords} {
		if pair, ok = of[key]; ok {
			break
		}
	}
	return pair, ok
}

// text is the text of a key; an unknown key stands for itself.
func (l language) text(key string, args ...any) string {
	pair, ok := pairOf(key)
	if !ok {
		return strings.TrimSpace(key + " " + fmt.Sprint(args...))
	}
	return fmt.Sprintf(pair[l], args...)
}

// words holds every text, Chinese and English.
var words = map[string][2]string{
	"ask-name":         {"首位操作员的登录名:", "Sign-in name of the first operator:"},
	"ask-display":      {"首位操作员的显示姓名:", "Name of the first operator as shown:"},
	"ask-password":     {"密码（不显示）:", "Password (not shown):"},
	"ask-code":         {"验证码（手机验证器上的 6 位数字）:", "One-time code (six digits, from the authenticator):"},
	"enrol":            {"请把这个地址交给手机上的验证器（它和密码一样机密）：\n%s", "Give this to the authenticator on her telephone (it is as secret as a password):\n%s"},
	"bad-code":         {"验证码对不上；手机的时间要准。", "The code does not match; the telephone's clock must be right."},
	"vouched":          {"已核实 %s 由本人使用，从现在起和发过密码的人算两个人。此前请让本人当面改过密码。", "%s is vouched for: from now on she and whoever gave her the account are two persons. She should have changed her password before your eyes."},
	"reset":            {"已给 %s 设了初始密码，旧密码和验证器都已作废。首次登录时须改密码、绑定验证器。", "%s has a first password; the old one and the authenticator are void. At the next sign-in a password of her own is set and an authenticator enrolled."},
	"added-first":      {"首次登录时须改密码、绑定验证器。", "At the first sign-in a password of her own is set and an authenticator enrolled."},
	"stick-none":       {"%s 不是终端的存根文件，未作任何改动。", "%s is no journal of a box. Nothing was done."},
	"stick-damaged":    {"%s 有 %d 处损坏，其余的都读了。", "%s is damaged in %d places; all else was read."},
	"stick-empty":      {"%s 里没有终端的存根文件。", "There is no journal of a box in %s."},
	"stick-many":       {"文件太多，超过 %d 个。", "More than %d files."},
	"statement-day":    {"日期请写成 2019-09-06。", "Say the day as 2019-09-06."},
	"statement-dir":    {"这是一个文件夹，请给出对账单文件。", "This is a folder: name the file."},
	"no-stick":         {"这不是终端的存根文件。", "This is no journal of a box."},
	"stick-aside":      {"隔离待查：终端 %s 第 %d 期第 %d 号 %s，原因 %s", "set aside: box %s epoch %d number %d %s, because %s"},
	"held-none":        {"没有隔离待查的记录。", "Nothing is set aside."},
	"held-head":        {"编号\t终端\t期/号\t隔离于\t原因\t下一步", "ID\tBOX\tEPOCH/NUMBER\tSINCE\tBECAUSE\tNEXT"},
	"held-next-two":    {"请两人在省中心网页“隔离待查”里办理", "two persons decide, at the hub's page of what is held"},
	"held-next-again":  {"现在收不下：先按网页上写的把原因解决", "not now: put the cause right first, as the page says"},
	"held-next-never":  {"谁也不能收下；查清后由两人认定不收", "nobody can take it; look into it, then two persons refuse it"},
	"held-next-online": {"内容不在这里；终端在线：hubctl held ask %s 请它再报一次", "its contents are not here; its box is connected: hubctl held ask %s"},
	"held-next-away":   {"内容不在这里；终端一连上就会自己再报，或者用 hubctl import-stick 导入它的 U 盘", "its contents are not here; its box sends them when it is back, or put its stick in (hubctl import-stick)"},
	"held-next-stick":  {"内容不在这里；终端不会再报：请找到它原来的 U 盘，用 hubctl import-stick 导入", "its contents are not here, and its box will not send them: find its old stick and put it in (hubctl import-stick)"},
	"held-next-full":   {"内容不在这里；留给这台终端的地方满了：先把它别的隔离记录办掉", "its contents are not here, and the share of its box is full: settle others of its records first"},
	"held-asked":       {"已请终端再报一次；收到以后由两人办理。", "Its box is asked for it; once it has come, two persons decide."},
	"held-unknown":     {"没有这份隔离记录；用 hubctl held list 查看。", "Nothing of this id is held; see hubctl held list."},
	"held-settled":     {"这一份已经由两人办过了。", "Two persons have decided about it."},
	"held-not-asked":   {"这一份请不动终端再报：要么内容已经齐了，要么终端已经重新登记或停用，要么留给它的地方满了。", "The box cannot be asked for this: it is whole, or the box was enrolled anew or revoked, or its share is full."},

	"slip-none":         {"这不是缴费凭条，或者没有扫全：请对准流程表下方的码再扫一次。", "This is no payment slip, or not all of it was scanned: scan the code at the foot of the sheet once more."},
	"slip-forged":       {"凭条是假的，或者被改过：不要收费，留下纸，告诉上级。", "This slip is forged, or was altered: take no fee, keep the paper, and tell your superior."},
	"slip-payable":      {"凭条是真的，可以收费 %d.%02d 元；一份确认只收一次。", "The slip is genuine, and the fee of %d.%02d yuan may be taken, once for each confirmation."},
	"slip-bar-revoked":  {"凭条是真的，现在不能凭它收费：签它的终端已经吊销，等记录到了由县里核对。", "Genuine, but no fee may be taken by it: the box that signed it is revoked. Wait for the record, and for the county."},
	"slip-bar-unknown":  {"凭条是真的，现在不能凭它收费：省中心还没有这份报名，要等记录到了。", "Genuine, but no fee may be taken by it: the application is not here yet; it comes with its record."},
	"slip-bar-gone":     {"凭条是真的，现在不能凭它收费：这份报名已经撤回。", "Genuine, but no fee may be taken by it: the application was withdrawn."},
	"slip-bar-voided":   {"凭条是真的，现在不能凭它收费：这份确认已经撤销，或者没有采用。", "Genuine, but no fee may be taken by it: the confirmation was taken back, or another one counts."},
	"slip-bar-held":     {"凭条是真的，现在不能凭它收费：记录到了，但被隔离待查，先查清（hubctl held list）。", "Genuine, but no fee may be taken by it: the record came and was set aside; look into that first (hubctl held list)."},
	"slip-bar-forked":   {"凭条是真的，现在不能凭它收费：同一个序号来了另一份记录，先查清。", "Genuine, but no fee may be taken by it: another record came with its sequence; look into that first."},
	"slip-bar-fee":      {"凭条是真的，但费额与方案对不上：不要收，请省中心查。", "Genuine, but its fee is in no version of the campaign: take none, and ask the province."},
	"slip-bar-campaign": {"凭条是真的，现在不能凭它收费：省中心没有它写的招考项目或版本。", "Genuine, but no fee may be taken by it: its campaign, or that version of it, is not here."},

	"stick-whole":      {"早先隔离的，这次补齐了内容：终端 %s 第 %d 期第 %d 号 %s，原因 %s", "set aside before, whole with this: box %s epoch %d number %d %s, because %s"},
	"stick-whole-done": {"隔离待查的有 %d 份这次补齐了内容。下一步：请两人在省中心网页“隔离待查”里办理（hubctl held list 可以看）。", "%d that were set aside before are whole with this. Next: two persons decide, at the page of what is held (see hubctl held list)."},
	"stick-foreign":    {"不是本省中心终端签名的，未收：终端 %s 第 %d 期第 %d 号 %s，原因 %s", "signed by no box of this hub, not taken: box %s epoch %d number %d %s, because %s"},
	"stick-torn":       {"U盘上不完整，未收：终端 %s 第 %d 期第 %d 号 %s%s", "not whole on the stick, not taken: box %s epoch %d number %d %s%s"},
	"stick-later":      {"现在办不了，请再导入一次：终端 %s 第 %d 期第 %d 号 %s%s", "could not be dealt with now, bring it again: box %s epoch %d number %d %s%s"},
	"stick-early":      {"没有收，它说的那份现场确认还没有送到；送到后请再导入一次：终端 %s 第 %d 期第 %d 号 %s%s", "not taken, the confirmation it is about has not come; bring it again after that: box %s epoch %d number %d %s%s"},
	"stick-done":       {"新收 %d 份，原已收到 %d 份，隔离待查 %d 份，非本省终端 %d 份，不完整 %d 份，待再导入 %d 份。U盘请保管好，等终端恢复或重新登记后再清空。", "%d new, %d here already, %d set aside, %d of no box of this hub, %d not whole, %d to be brought again. Keep the stick until its box is back, or enrolled anew."},
	"ask-again":        {"再输入一次密码:", "Once more:"},
	"not-alike":        {"两次输入不一致，请重新输入。", "The two are not alike; type it again."},
	"no-input":         {"缺少输入：请在终端运行，或通过标准输入提供密码。", "Input is missing: run it in a terminal, or give the password on standard input."},
	"empty":            {"%s 不能为空。", "%s must not be empty."},
	"not-empty":        {"%s 不是空目录：这里可能已有一个省中心，未作任何改动。", "%s is not empty: there may be a hub in it already. Nothing was changed."},
	"used-database":    {"该数据库已属于另一个省中心，未作任何改动。", "This database belongs to another hub. Nothing was changed."},
	"step-keys":        {"1/4 已生成密钥，机构证书指纹 %s", "1/4 keys made; fingerprint of the authority %s"},
	"step-database":    {"2/4 已建立数据库，编号 %s", "2/4 database made, id %s"},
	"step-campaign":    {"3/4 已载入行政区划与招考机构，已发布方案“%s”第 %d 版", "3/4 divisions and offices written, campaign “%s” version %d published"},
	"step-operator":    {"4/4 已建立首位操作员 %s", "4/4 first operator %s added"},
	"created":          {"省中心已建于 %s。下一步：hubd --data %s\n请将 keys/master.key 另存一份，离线保管。", "The hub is in %s. Next: hubd --data %s\nKeep a copy of keys/master.key off this machine."},
	"in-use":           {"另一个程序正在使用数据目录，请稍后再试。", "Another program uses the data directory; try again in a moment."},
	"not-running":      {"省中心没有运行，请先启动 hubd。", "The hub is not running; start hubd first."},
	"no-hub":           {"%s 里没有省中心；用 hubctl create 建立。", "There is no hub in %s; make one with hubctl create."},
	"hubd-says":        {"省中心拒绝：%s", "The hub refuses: %s"},
	"ticket":           {"确认点 %s 的终端注册单，有效至 %s。只可使用一次，请勿外传：", "Enrolment ticket for a box at %s, good until %s. It works once; keep it to yourself:"},
	"box-head":         {"终端\t位置\t状态\t代次\t待传\t最近联系", "BOX\tPLACE\tSTATE\tEPOCH\tWAITING\tLAST SEEN"},
	"box-now":          {"终端 %s 现为 %s。", "Box %s is now %s."},
	"ask-revoke":       {"吊销后该终端永不能再用此身份。再输入一次终端编号以确认:", "A revoked box never works again under this identity. Type its id once more:"},
	"retired":          {"终端 %s 已退役：它封存的记录全部在省中心，此身份不再可用。", "Box %s is retired: every record it sealed is here, and its identity works no more."},
	"no-retirement":    {"这不是本省终端的退役单，或终端已重新注册过。请核对文件。", "This is not the last word of one of our boxes, or the box has been enrolled anew. Look at the file."},
	"retire-missing":   {"该终端封存的记录还没有全部到省中心，也可能是它重新注册以前封存的。请先导入随退役单带来的和原来的 U 盘（hubctl import-stick），再试一次；确实找不回来的，用 hubctl revoke 写明原因停用。", "Not every record that the box sealed is here, perhaps of before it was enrolled anew. Bring in the stick that came with it and its earlier ones first (hubctl import-stick), then try again; if they are lost for good, shut it out by hubctl revoke and say why."},
	"not-revoked":      {"编号不一致，未吊销。", "That is another id; nothing was revoked."},

	"no-file":  {"没有文件 %s。", "There is no file %s."},
	"bad-file": {"无法读取文件 %s：请检查路径与权限。", "The file %s cannot be read: look at the path and its permissions."},

	"nothing-given": {"没有可核对的内容：请写在命令之后，或通过标准输入逐行提供。", "There is nothing to judge: give it after the command, or line by line on standard input."},
	"line-long":     {"有一行超过 %d 字节，从该行起未核对。", "A line has more than %d bytes; it and what follows were not judged."},
	"name-wrong":    {"第 %d 个：%s", "No. %d: %s"},

	"verified":         {"已核对 %d 条日志（另有 %d 条待封）、%d 个签名检查点，最新检查点在第 %d 条。", "%d sealed entries checked (%d not sealed yet), %d signed checkpoints, the newest at entry %d."},
	"journal-good":     {"日志完整，未发现改动。", "The journal is whole."},
	"journal-bad":      {"发现 %d 处问题：请保留数据库与 checkpoints.log 原样，并上报。", "%d findings: leave the database and checkpoints.log as they are, and report it."},
	"found-altered":    {"被改动：第 %[1]d 条（%[3]s）%[4]s", "altered: entry %[1]d (%[3]s), %[4]s"},
	"found-deleted":    {"被删除：第 %[1]d 至 %[2]d 条", "deleted: entry %[1]d to %[2]d"},
	"found-swapped":    {"被调换：第 %[1]d 至 %[2]d 条（%[3]s）%[4]s", "swapped: entry %[1]d to %[2]d (%[3]s), %[4]s"},
	"found-inserted":   {"被插入：第 %[1]d 条（%[3]s）%[4]s", "inserted: entry %[1]d (%[3]s), %[4]s"},
	"found-truncated":  {"末尾被截去：第 %[1]d 至 %[2]d 条已签名而不存在", "truncated: entry %[1]d to %[2]d were signed and are gone"},
	"found-rewritten":  {"链被重写：第 %[1]d 至 %[2]d 条 %[4]s", "rewritten: entry %[1]d to %[2]d, %[4]s"},
	"found-checkpoint": {"检查点有误：第 %[1]d 条 %[4]s", "checkpoint: entry %[1]d, %[4]s"},
	"fsck":             {"已核对 %d 份记录、%d 个密文块；未被引用的 %d 个（满一天后清理）。", "%d records and %d blobs checked; %d blobs belong to no record (swept when a day old)."},
	"fsck-missing":     {"缺失：记录 %s 的密文块 %s", "missing: record %s names blob %s"},
	"fsck-damaged":     {"损坏：密文块 %s", "damaged: blob %s"},
	"reindexed":        {"已重建 %d 份报名信息的查询索引，其中 %d 份打不开（用 fsck 核对）。", "The lookup of %d applications was made anew; %d of them cannot be opened (see fsck)."},
	"fsck-good":        {"记录与密文块一致。", "Records and blobs agree."},
	"added":            {"已添加账号 %s（%s，%s）。", "Account %s added (%s, %s)."},
	"disabled":         {"停用", "disabled"},
	"name-taken":       {"登录名已被使用，请另取一个。", "The sign-in name is taken; choose another."},
	"bad-account":      {"登录名、角色、机构或确认点不符：登录名为 2 至 32 个小写字母、数字或 . - _；角色须与机构层级相符；只有确认点的人需要 --point。", "Name, role, office or point do not fit: a name has 2 to 32 lower-case letters, digits or . - _; the role belongs to the office's tier; only those of a point have --point."},
	"bad-point":        {"确认点编码须为八位数字，前六位是现有县（市、区）的代码，名称不能为空。", "The code has eight digits, the first six those of a county that exists; the name must not be empty."},
	"no-account":       {"没有这个账号。", "There is no such account."},
	"point-taken":      {"确认点编码已被使用。", "The code of the point is taken."},
	"point-added":      {"已添加确认点 %s。", "Point %s added."},

	"draft-stored":     {"已存入草案 %s（%s 第 %d 版），尚未生效。下一步：hubctl campaign rehearse %s", "Draft %s stored (%s version %d); it is not in force. Next: hubctl campaign rehearse %s"},
	"rehearsing":       {"已预演 %d / %d", "rehearsed %d of %d"},
	"rehearsal-halted": {"已停止，未留下任何结果，方案未变。", "Stopped. Nothing was kept, and nothing has changed."},
	"rehearsed":        {"草案 %s（第 %d 版）对照现行第 %d 版，按 %s 检查了 %d 份报名信息：", "Draft %s (version %d) beside version %d in force, as of %s, over %d applications:"},
	"rehearsed-kinds":  {"  变为无效 %d，变为有效 %d，需重新选报志愿 %d，费用变化 %d，无法读取 %d", "  become invalid %d, become valid %d, need a new choice %d, fee changes %d, cannot be read %d"},
	"rehearsed-head":   {"区划\t报名\t变为无效\t变为有效\t重选志愿\t费用变化\t无法读取", "DIVISION\tAPPLICATIONS\tINVALID\tVALID\tCHOICE\tFEE\tUNREADABLE"},
	"effects-head":     {"报名信息\t确认点\t影响\t原费用（分）\t新费用（分）\t原因", "APPLICATION\tPOINT\tWHAT\tOLD FEE (fen)\tNEW FEE (fen)\tWHY"},
	"kind-invalid":     {"变为无效", "invalid"},
	"kind-valid":       {"变为有效", "valid"},
	"kind-choice":      {"重选志愿", "choice"},
	"kind-fee":         {"费用变化", "fee"},
	"kind-unreadable":  {"无法读取", "unreadable"},
	"sign-next":        {"签发前请核对以上数字。下一步：hubctl campaign sign %s --account 登录名 --reason 理由", "Look at these numbers before you sign. Next: hubctl campaign sign %s --account NAME --reason TEXT"},
	"signed":           {"已签发 %d / %d 人。", "%d of %d persons have signed."},
	"signed-over":      {"依据的预演：共 %d 份报名信息，变为无效 %d，变为有效 %d，需重新选报志愿 %d，费用变化 %d，无法读取 %d。", "Signed over a rehearsal of %d applications: %d become invalid, %d become valid, %d need a new choice, %d change fee, %d cannot be read."},
	"signed-changed":   {"注意：预演开始之后又有 %d 次报名信息保存，预演未包括这些。", "Mind: since the rehearsal began applications were saved %d times; it does not know them."},
	"signed-moved":     {"注意：预演之后报名确认点有变动（受理层次或指定类别）。", "Mind: points have changed since the rehearsal (levels, or what they are designated for)."},
	"published":        {"方案第 %d 版已生效，正在下发各终端。", "Version %d is in force and goes to the boxes."},
	"published-later":  {"方案第 %d 版已生效；省中心启动后下发各终端。", "Version %d is in force; boxes get it when the hub runs."},
	"campaign-head":    {"方案\t版本\t状态\t摘要\t时间", "CAMPAIGN\tVERSION\tSTATE\tDIGEST\tAT"},
	"state-force":      {"现行", "in force"},
	"state-former":     {"曾用", "former"},
	"state-overtaken":  {"已被后来版本取代", "overtaken"},
	"state-draft":      {"草案，未预演", "draft, not rehearsed"},
	"state-stale":      {"草案，须重新预演", "draft, rehearse again"},
	"state-signing":    {"草案，已预演，已签发 %d/%d 人", "draft, rehearsed, signed by %d of %d"},
	"bundle-problems":  {"方案有 %d 处问题，未存入。", "The bundle has %d problems and was not stored."},
	"no-bundle":        {"这不是方案文件，请检查文件名。", "This is not a campaign bundle; check the file."},
	"version-low":      {"版本号须高于现行版本，请改大后重试。", "Its version must be above the one in force: raise it and try again."},
	"no-draft":         {"没有这个草案（或开头相同的不止一个）；用 hubctl campaign list 查看。", "There is no such draft, or several begin so; see hubctl campaign list."},
	"draft-overtaken":  {"已有同样高或更高的版本生效，请改大版本号后重新存入草案。", "A version as high is in force: raise the version and store the draft again."},
	"no-rehearsal":     {"此草案还没有完成预演，请先 hubctl campaign rehearse。", "This draft has not been rehearsed to the end; run hubctl campaign rehearse first."},
	"rehearsal-stale":  {"预演之后有别的版本生效，请重新预演。", "Another version came into force since the rehearsal: rehearse again."},
	"rehearsal-busy":   {"另一个预演正在进行，请稍后再试。", "Another rehearsal is running; try again later."},
	"signed-already":   {"此账号已签发过；须由另一人签发。", "This account has signed already; another person must."},
	"not-independent":  {"这两个账号不能算两个人：一个的密码是另一个发的，或者都是同一个人发的。请换一位，或者先核实账号：hubctl staff vouch。", "These two accounts do not count as two persons: one was given its password by the other, or both by the same. Let somebody else sign, or vouch for the account first: hubctl staff vouch."},
	"not-signer":       {"此账号无权签发方案：须为省级管理员或操作员。", "This account may not sign: it takes an administrator or operator of the province."},
	"reason-needed":    {"请用 --reason 写明理由。", "Give the reason with --reason."},
	"unsigned":         {"后续版本须经草案、预演、签发。", "A later version must be drafted, rehearsed and signed."},
	"sign-in-refused":  {"登录名或密码不对。", "Name and password do not go together."},
	"sign-in-slow":     {"尝试次数过多，请过一会儿再试。", "Too many attempts; try again later."},

	"past-kept":        {"已存入 %d 年的进度，共 %d 行。", "Progress of %d stored, %d rows."},
	"past-taken":       {"这一年的进度已存过；要换成这份文件，请加 --replace。", "This year is stored already; to put this file in its place, add --replace."},
	"past-refused":     {"文件有 %d 处问题，一行也没有存入：", "The file has %d faults and nothing of it was stored:"},
	"past-fault":       {"第 %d 行：%s%s", "row %d: %s%s"},
	"past-header":      {"表头须有日期、区划、报名、确认四栏", "the header needs the columns day, division, registered, confirmed"},
	"past-width":       {"缺栏", "cells are missing"},
	"past-day":         {"日期须写成 2018-09-03", "write the day as 2018-09-03"},
	"past-year":        {"不是同一年", "another year than the first row's"},
	"past-division":    {"不是本省的区划代码", "no division code of the province"},
	"past-number":      {"人数须为不小于零的整数", "a count is a whole number, not below zero"},
	"past-twice":       {"同一天同一区划出现两次", "the division has this day already"},
	"past-empty":       {"没有数据", "there is no data"},
	"past-too-many":    {"行数过多", "too many rows"},
	"past-text":        {"引号不成对，或不是 UTF-8 文本", "quotes do not close, or the text is not UTF-8"},
	"progress-rebuilt": {"已从第 1 条日志重新计数到第 %d 条，共 %d 个计数；其中 %d 个与原来不同，已更正。", "Counted anew from entry 1 to %d: %d counters, of which %d stood otherwise and were put right."},

	"catalogue-refused": {"目录未导入：共 %d 处问题。", "The catalogue was not taken: %d findings."},
	"catalogue-head":    {"工作表\t行\t列\t问题", "SHEET\tROW\tCOLUMN\tWHAT TO DO"},
	"catalogue-read":    {"已读取 %d 个专业。", "%d programmes read."},
	"catalogue-sheets":  {"读取的工作表：%s", "Sheets read: %s"},
	"catalogue-skipped": {"未读取的工作表（隐藏或没有表头）：%s", "Sheets left out (hidden, or without a header): %s"},
	"catalogue-same":    {"与方案中的目录相同。", "The same catalogue as the campaign's."},
	"catalogue-differs": {"与方案中的目录相比：新增 %d，停招 %d，变更 %d。", "Beside the campaign's: %d added, %d withdrawn, %d changed."},
	"window-refused":    {"时段 %s：%s", "window %s: %s"},
	"no-window":         {"方案里没有时段“%s”；用 hubctl window list 查看。", "the campaign has no window “%s”: see hubctl window list"},
	"window-groups":     {"分组数应为1至10。", "there are 1 to 10 groups"},
	"window-head":       {"时段\t环节\t开始\t结束\t修订\t状态", "WINDOW\tSTEP\tFROM\tTO\tREVISION\tSTATE"},
	"window-withdrawn":  {"已撤回", "withdrawn"},
	"window-pauses":     {"有%d次暂停", "%d pauses"},
	"catalogue-written": {"已写出 %s：%s 第 %d 版。下一步：hubctl campaign draft %s", "%s written: %s version %d. Next: hubctl campaign draft %s"},
	"file-there":        {"%s 已存在，未作改动；请另起文件名。", "%s is there already and was left alone; choose another name."},
	"file-unread":       {"文件无法读取：%v", "The file cannot be read: %v"},
	"cards":             {"已做 %d 张网报登录卡：%s。密码只在这个文件里，打印后请删除。", "%d sign-in cards: %s. The passwords stand in this file only; print it, then delete it."},
	"cards-more":        {"%s 还有考生没有登录卡；换个文件名再做一次。", "Others at %s have no card yet; run it again with another file."},
	"cards-none":        {"%s 的考生都有登录卡了。", "Everybody at %s has a card."},
	"no-cards":          {"这个省中心没有用登录卡的考试。", "This hub has no examination with sign-in cards."},
	"no-sequence":       {"有报名还没有报名顺序号，没有做卡。", "An application has no sequence number yet; no card was made."},
	"bad-cards":         {"一次最多 96 张，而且要在同一个报名点。", "At most 96 at a time, all of one point."},
	"no-application":    {"没有这份报名。", "There is no such application."},
	"no-campaign":       {"%s 既不是自带的方案（%s），也不是方案文件。", "%s is neither a campaign that ships (%s) nor a bundle."},

	passwords.Short:  {"密码至少 8 个字符。", "The password needs at least 8 characters."},
	passwords.Long:   {"密码过长（最多 256 字节）。", "The password is too long (256 bytes at most)."},
	passwords.Common: {"这是最常见的密码之一，请换一个。", "This is one of the most common passwords; choose another."},
	passwords.Local:  {"密码不能只由地名、本系统用语、年份或登录名组成。", "The password must not be made of places, words of this office, years or the sign-in name."},
	passwords.Simple: {"密码不能是重复字符、键盘顺序或日期。", "The password must not be one character repeated, a row of keys or a date."},
}
