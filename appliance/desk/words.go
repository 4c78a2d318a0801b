package desk

import (
	"maps"
	"sync"
)

// word is one text of the desk in both languages.
type word struct{ zh, en string }

// catalogue is every text of the desk's pages, put together once and only read.
var catalogue = sync.OnceValue(func() map[string]word {
	all := map[string]word{}
	for _, part := range []map[string]word{frameWords(), boxWords(), stateWords(), dayWords(), trustWords(), unsentWords(), voidTexts(), reviewWords(), pictureWords(), papersTexts(), askedWords(), cardWords(), trainingWords(), queueWords()} {
		for k, w := range part {
			all[k] = w
		}
	}
	maps.Copy(all, frozenWords())
	maps.Copy(all, printWords())
	maps.Copy(all, reprintWords())
	maps.Copy(all, ticketWords())
	maps.Copy(all, incidentWords())
	maps.Copy(all, stickWords())
	maps.Copy(all, draftTexts())
	maps.Copy(all, guardianTexts())
	maps.Copy(all, rareWords())
	return all
})

func frameWords() map[string]word {
	return map[string]word{
		"product":     {"准考", "Zhunkao"},
		"title":       {"工作台", "Desk"},
		"skip":        {"跳到正文", "Skip to content"},
		"menu":        {"菜单", "Menu"},
		"menu-shut":   {"收起菜单", "Close the menu"},
		"menu-today":  {"今天", "Today"},
		"menu-people": {"给考生办", "For applicants"},
		"menu-box":    {"机器", "Machine"},
		"menu-me":     {"我和练习", "Me, and practice"},
		"lost":        {"和这台终端的连接断了，正在重新连。画面可能不是现在的，填的东西先别关。", "The connection to this machine is gone and is being made again. What you see may be old; leave the page open."},
		"overview":    {"现场", "Now"},
		"unsent":      {"待上传", "Unsent"},
		"void":        {"撤销确认", "Take back"},
		"queue":       {"排队叫号", "Queue"},
		"day":         {"开工收工", "Day"},
		"trust":       {"安全连接", "Trust"},
		"demo":        {"演示", "Demonstration"},
		"demo-x":      {"人和材料都是编的", "All people are invented"},
		"sign-out":    {"退出", "Sign out"},
		"language":    {"English", "中文"},
		"unit":        {"%d 号机", "Machine %d"},
		"linked":      {"已连接省中心", "Connected to the centre"},
		"unlinked":    {"网络断开，照常办理", "Offline, work goes on"},

		"signin-title":    {"登录工作台", "Sign in to the desk"},
		"signin-lead":     {"用省中心的账号，断网也能登录。", "With your account of the centre, also without a network."},
		"signin-name":     {"用户名", "User name"},
		"signin-password": {"密码", "Password"},
		"signin-code":     {"验证码", "One-time code"},
		"signin-code-x":   {"手机上的 6 位数字，30 秒一换，用过一次就作废", "The six digits on your phone; each works once"},
		"signin-go":       {"登录", "Sign in"},
		"signin-refused":  {"用户名、密码、验证码对不上。验证码用过一次就作废，请等下一个。", "User name, password and code do not go together. A code works once; wait for the next."},
		"signin-slow":     {"试得太多了，请等几分钟。别的机器不受影响。", "Too many attempts. Wait some minutes; other machines are not affected."},
		"signin-lapsed":   {"这台终端太久没连上省中心，账号的有效期过了。请先接上网络，账号会自动续期；封存的记录都在，一份不会丢。", "This machine has not reached the centre for too long and accounts have lapsed. Connect it first, and they are renewed; every sealed record is kept."},
		"signin-stale":    {"页面放得太久了，请再填一次。", "The page is too old, please fill it in again."},
		"signin-nobody":   {"省中心还没有把本确认点的账号发到这台终端。接上网络，几秒钟就到。", "The centre has not sent this point's accounts yet. With a network it takes seconds."},
		"signin-demo":     {"演示：用户名、密码和这一刻的验证码，列在省中心的登录页上。", "Demonstration: accounts, passwords and the code of now stand on the hub's sign-in page."},
		"signin-until":    {"账号在这台终端有效到 %s", "Accounts are valid on this machine until %s"},
		"lease-short":     {"账号的有效期还剩 %d 天", "Accounts are valid for %d more days"},
		"leaving":         {"您的账号停用了，或者重置过", "Your account was disabled or reset"},
		"leaving-x":       {"正在办的这一位可以办完，办完就退出；别的不能再做。有疑问请问县（市、区）招考机构。", "You can finish with the person you are attending; then you are signed out. Nothing else can be begun. Ask the county office if in doubt."},
		"lease-short-x":   {"到期后不能登录，正在办的不会断。接上网络就自动续期。", "After that nobody can sign in; what is under way is not cut off. With a network it renews itself."},
		"lease-over":      {"账号的有效期过了", "Accounts have lapsed"},

		"age-now":     {"刚才", "just now"},
		"age-minutes": {"%d 分钟前", "%d min ago"},
		"age-hours":   {"%d 小时前", "%d h ago"},
		"age-days":    {"%d 天前", "%d days ago"},
	}
}

func boxWords() map[string]word {
	return map[string]word{
		"overview-title": {"%s 现场", "Now, %s"},
		"help-called":    {"考生在叫人，%s", "Somebody calls for help, %s"},
		"help-called-x":  {"考生的信息已收起来，不会清空。", "Her data is hidden and is not cleared."},
		"help-go":        {"我去", "I am coming"},
		"help-coming":    {"已告诉考生有人过去", "She has been told that somebody comes"},
		"box-step":       {"正在办的步骤", "Step of the visit"},
		"box-today":      {"今天已受理", "Accepted today"},
		"box-sent":       {"已送达省中心", "At the centre"},
		"box-waiting":    {"待上传", "Waiting to be sent"},
		"box-waiting-0":  {"都送到了", "everything is delivered"},
		"box-oldest":     {"最早一条：%s", "oldest: %s"},
		"box-aside":      {"省中心搁置", "Set aside by the centre"},
		"box-aside-x":    {"要县招办处理", "for the county to settle"},
		"box-aside-0":    {"没有", "none"},
		"box-prints":     {"打出的流程表", "Sheets printed"},
		"box-prints-x":   {"其中补打 %d", "of them reprints: %d"},
		"devices":        {"设备和纸", "Devices and paper"},
		"ahead":          {"省中心发来的", "From the centre"},
		"roster":         {"名册", "Roster"},
		"roster-n":       {"%d 人", "%d people"},
		"staff":          {"账号", "Accounts"},
		"staff-n":        {"%d 人，有效到 %s", "%d people, until %s"},
		"staff-none":     {"还没有", "none yet"},
		"roster-at":      {"最近一次更新：%s", "last changed %s"},
		"campaign":       {"招考项目", "Campaign"},
		"campaign-none":  {"还没有", "none yet"},
		"policy-n":       {"第 %d 版，%s收到", "version %d, came %s"},
		"see-unsent":     {"看是哪些，怎么办", "Which, and what to do"},
		"time":           {"时间", "Time"},
		"time-certain":   {"已核对", "verified"},
		"time-unsure":    {"时间待核，照常办理，由省中心判定", "not verified; work goes on, the centre decides"},
		"disk":           {"存储已用", "Storage in use"},
		"state-ready":    {"正常", "in order"},
		"device-fine":    {"%s正常", "%s in order"},
		"state-absent":   {"没有应答", "no answer"},
		"state-fault":    {"要人看看", "needs a look"},
	}
}

// stateWords: its devices, what its screen shows, why it takes nobody.
func stateWords() map[string]word {
	return map[string]word{
		"device-idcard":   {"读卡器", "Card reader"},
		"device-camera":   {"摄像头", "Camera"},
		"device-printer":  {"打印机", "Printer"},
		"device-door":     {"箱门", "Door"},
		"device-tamper":   {"外壳", "Case"},
		"device-storage":  {"存储", "Storage"},
		"device-clock":    {"时钟", "Clock"},
		"device-store":    {"记录库", "Record store"},
		"need-paper":      {"没纸了，请加 A4 纸", "Out of paper: put A4 in"},
		"need-paper-soon": {"纸快用完了", "Paper is running out"},
		"need-toner":      {"没墨粉了，请换墨粉盒", "Out of toner: change the cartridge"},
		"need-toner-soon": {"墨粉快用完了", "Toner is running out"},
		"need-jam":        {"卡纸了，请取出来", "Paper jam: take it out"},
		"need-cover":      {"盖子没关好", "The cover is open"},
		"need-output":     {"出纸口满了，请取走", "The output tray is full"},
		"need-waste":      {"废粉盒要换了", "The waste box is full"},
		"need-resume":     {"暂停了，请在打印机上按“继续”", "Paused: press resume on it"},
		"need-disk":       {"存储用了八成以上，请告诉县招办", "Over 80 % full: tell the county"},
		"need-open":       {"开着，请关好；不是您开的请告诉县招办", "Open: close it; tell the county if it was not you"},

		"screen-idle":         {"空闲，等考生放证件", "Idle, waiting for a card"},
		"screen-own-card":     {"等工作人员放自己的证件", "Waiting for a card of the staff"},
		"screen-take-card":    {"有证件留在读卡区", "A card was left on the reader"},
		"screen-reader-fault": {"读卡器没有应答", "The reader does not answer"},
		"screen-blocked":      {"停止办理", "No visits"},
		"screen-reading":      {"读证件", "Reading the card"},
		"screen-unreadable":   {"证件读不出来", "The card cannot be read"},
		"screen-looking":      {"查名册", "Looking her up"},
		"screen-refused":      {"不能办，正在看原因", "Refused, reading why"},
		"screen-explained":    {"正在看说明", "Reading an explanation"},
		"screen-found":        {"核对身份", "Checking identity"},
		"screen-settle":       {"核对不一样的地方", "Settling differences"},
		"screen-photo-notice": {"照相，看告知", "Photo: reading the notice"},
		"screen-photo":        {"照相", "Photo"},
		"screen-taking":       {"照相", "Photo"},
		"screen-photo-check":  {"照相，看照片", "Photo: looking at it"},
		"screen-photo-advice": {"照相，要重照", "Photo: another try"},
		"screen-no-photo":     {"照不了相", "No photo"},
		"screen-read-through": {"通读核对", "Reading through"},
		"screen-pledge":       {"承诺签名", "Pledge and signature"},
		"screen-sealing":      {"正在保存", "Saving"},
		"screen-seal-failed":  {"没有存好，正在看说明", "Not saved, reading why"},
		"screen-ticket":       {"打印准考证", "Printing a ticket"},
		"screen-printing":     {"打印流程表", "Printing the sheet"},
		"screen-take-sheet":   {"取流程表", "Taking the sheet"},
		"screen-sheet-failed": {"没打出纸", "No paper came out"},
		"screen-accepted":     {"已受理", "Accepted"},
		"screen-card-lifted":  {"证件拿走了，等考生放回来", "The card is off, waiting for it"},
		"screen-wrong-card":   {"放的不是同一张证件", "Another card lies there"},
		"screen-reader-lost":  {"读卡器断了，正在等", "Reader lost, waiting"},
		"screen-still-there":  {"很久没有动，正在问人在不在", "Idle, asking whether she is there"},
		"screen-help":         {"在叫人", "Calling for help"},

		"stop-title":        {"这台机器停止办理", "This machine takes nobody"},
		"stop-frozen":       {"省中心冻结了这台终端，要等县招办处理。已受理的记录都在，照常上传；请考生换一台机器。", "The centre froze this machine until the county has decided. Accepted records are safe and are still sent. Use another machine."},
		"stop-revoked":      {"省中心停用了这台终端。已受理的记录还在机器里，不要拆机、断电前请告诉县招办。", "The centre revoked this machine. Accepted records are still in it: do not open it, tell the county."},
		"stop-not-enrolled": {"这台终端还没有登记，请找技术员。", "This machine is not enrolled. Call the technician."},
		"stop-no-campaign":  {"还没有收到招考项目和名册，接上网络就会来。", "No campaign or roster yet; it comes with a network."},
		"stop-locked":       {"名册上着锁，要开工口令。已受理的记录照常上传。", "The roster is locked and waits for the secret of the day. Records are still sent."},
		"stop-full":         {"存储快满了，不接新的考生；正在办的会办完。已受理的都在，传走就有地方。", "Storage is nearly full: nobody new. Who is being served is finished. Accepted records are safe."},
		"stop-store":        {"存储出了故障，不接新的考生。已受理并送达的都在省中心；没送达的请看待上传，别断电，告诉县招办。", "The storage failed: nobody new. Delivered records are at the centre. Leave the power on and tell the county."},
	}
}

func dayWords() map[string]word {
	return map[string]word{
		"day-title":          {"开工收工　%s", "The day, %s"},
		"day-lead":           {"收工时，签名提交、送到省中心、收回的纸，三个数要一样。", "At closing three numbers must agree: accepted, at the centre, sheets collected."},
		"day-open-h":         {"开工", "Open the day"},
		"day-open-x":         {"看一眼：读卡器、照相、打印都正常，纸放好了。", "Look: reader, camera and printer in order, paper in."},
		"day-paper":          {"放了多少张纸", "Sheets of paper put in"},
		"day-open-go":        {"开工", "Open"},
		"day-word-none":      {"今天还没有开工，请先数纸、开工", "The day is not open yet: count the paper and open it"},
		"day-word-other":     {"上一天还没有收工，请先收工，再开今天的工", "The day before is not closed: close it, then open today's"},
		"day-word-after":     {"收工以后又受理了人，收工单上没有：请再开工，再对数收工", "Somebody was accepted after the closing and is not on its sheet: open again and close again"},
		"day-go":             {"去开工收工", "Go to the day"},
		"day-opened":         {"%s 开工，%s", "Opened %s by %s"},
		"day-other":          {"%s 那天还没有收工，先把它收了。", "The day of %s is still open. Close it first."},
		"day-close-h":        {"收工对数", "Close the day"},
		"day-collected":      {"收回的流程表，签了名的，数出来是", "Signed process sheets, counted"},
		"day-close-go":       {"对数，收工", "Compare and close"},
		"day-two-h":          {"数不一样时：写明原因，两个人签", "When they differ: a reason and two people"},
		"day-two-x":          {"其中一位要是负责人，不是同一个人。数一样就不用填。", "One of the two is the head. Leave empty when they agree."},
		"day-reason":         {"不一样的原因", "Why they differ"},
		"day-second-name":    {"另一位的用户名", "User name of the other"},
		"day-closed":         {"%s 收工，%s", "Closed %s by %s"},
		"day-closed-two":     {"数不一样，%s 一同签了。原因：%s", "The counts differed; %s signed as well. Reason: %s"},
		"day-agrees":         {"三个数一样", "The three numbers agree"},
		"day-sheet":          {"收工单（PDF，签字用）", "Closing sheet (PDF, to sign)"},
		"day-again":          {"今天再开工", "Open again today"},
		"day-counts":         {"这台机器的数", "Numbers of this machine"},
		"day-accepted":       {"签名提交，已受理", "Signed and accepted"},
		"day-delivered":      {"省中心已收到", "At the centre"},
		"day-waiting":        {"待上传", "Waiting"},
		"day-aside":          {"省中心搁置", "Set aside"},
		"day-printed":        {"打出的流程表（含补打）", "Sheets printed (with reprints)"},
		"day-voids":          {"撤销确认", "Taken back"},
		"day-voids-open":     {"撤销确认，没送达或没被接受", "Taken back, not at the centre or refused"},
		"day-collected-x":    {"撤销时收回、撕了角的也数在内", "Those taken back and torn count too"},
		"day-counted":        {"收回的流程表", "Sheets collected"},
		"day-bad-count":      {"请填张数，0 到 5000 的数字。", "Enter a number of sheets from 0 to 5000."},
		"day-long-reason":    {"原因太长了，请写在 100 字以内。", "The reason is too long."},
		"day-open-already":   {"已经开工了。", "A day is open already."},
		"day-not-open":       {"没有开着的日子。", "No day is open."},
		"day-differs":        {"数不一样。差在哪里看下面；要收工，写明原因，请另一位签。", "The counts differ, see below. To close, give a reason and let another person sign."},
		"day-apart-sheets":   {"流程表收回 %d 张，受理 %d 人，应当一样", "%d sheets collected, %d accepted: they should be the same"},
		"day-apart-sent":     {"省中心收到 %d 条，受理 %d 条，还有没到的", "%d at the centre, %d accepted: some are not there yet"},
		"day-apart-aside":    {"省中心搁置了 %d 条，到“待上传”里看原因", "%d set aside by the centre: see Unsent for why"},
		"day-apart-voids":    {"撤销确认有 %d 条没送达或没被接受", "%d taken back are not at the centre or refused"},
		"day-second-refused": {"另一位的用户名、密码、验证码对不上。", "The other person's user name, password and code do not go together."},
		"day-second-other":   {"要另一个人签，两位里有一位是负责人。", "Another person must sign, and one of the two is the head."},
	}
}

func trustWords() map[string]word {
	return map[string]word{
		"trust-h":         {"让平板和电脑信任这个工作台", "Make tablets and PCs trust this desk"},
		"trust-lead":      {"第一次打开会提示不安全。按纸上的步骤装一次证书，以后不再提示。", "The first time a browser warns. Install the certificate once by the sheet; then no more."},
		"trust-plain":     {"这个工作台只在本机打开，不用证书。", "This desk is served on this machine only and needs no certificate."},
		"trust-finger":    {"省中心证书的指纹（SHA-256）", "Fingerprint of the centre's certificate (SHA-256)"},
		"trust-addresses": {"地址", "Addresses"},
		"trust-end":       {"证书有效到", "Certificate valid until"},
		"trust-pdf":       {"信任说明（PDF）", "Sheet about trust (PDF)"},
		"trust-go":        {"在这台机器上打印", "Print it on this machine"},
	}
}

// paperWords are the words of the desk's papers, which are Chinese.
var paperWords = map[string]string{
	"slip-title":     "排队号",
	"slip-at":        "取号时间　%s",
	"slip-ahead":     "前面还有 %d 人等。",
	"slip-wait":      "大约要等 %d—%d 分钟。",
	"slip-wait-0":    "要等多久，现在无法估计。",
	"slip-keep":      "号只当天用。请看屏幕叫号，轮到您时带好身份证。过号了请告诉工作人员。",
	"slip-late":      "截止前取的号，截止后仍当天办理。",
	"paper-where":    "%s　%d 号机　终端 %s",
	"paper-foot":     "准考工作台　%s 打印",
	"paper-specimen": "样张",
	"paper-practice": "演练，不作数",

	"trust-title":   "工作台安全连接说明",
	"trust-why":     "在确认点的平板、电脑上做一次，以后打开工作台不再提示“不安全”。",
	"trust-address": "一、工作台地址（右边的码是证书下载地址）",
	"trust-print":   "二、证书指纹（SHA-256），装之前逐组核对",
	"trust-steps":   "三、步骤",
	"trust-1":       "1　连上确认点的网络，扫码，或在浏览器输入上面的地址，后面加 ca.crt，下载证书。",
	"trust-2":       "2　打开证书，看“SHA-256 指纹”，和上面逐组核对。不一样就不要装，告诉县招办。",
	"trust-3":       "3　安卓：设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书。",
	"trust-4":       "4　Windows：双击证书 → 安装证书 → 受信任的根证书颁发机构。",
	"trust-5":       "5　苹果：设置 → 已下载描述文件 → 安装；再到 关于本机 → 证书信任设置，打开。",
	"trust-6":       "6　再打开工作台地址，地址栏显示锁，就装好了。",
	"trust-until":   "工作台证书有效到 %s，到期前自动更换，不用重做。",

	"closing-title":      "收工单",
	"closing-opened":     "开工",
	"closing-paper":      "开工时放纸（张）",
	"closing-accepted":   "签名提交，已受理",
	"closing-delivered":  "其中省中心已收到",
	"closing-waiting":    "其中待上传",
	"closing-aside":      "其中省中心搁置",
	"closing-printed":    "打出流程表（含补打）",
	"closing-spoiled":    "其中补打",
	"closing-voids":      "撤销确认",
	"closing-voids-open": "其中没送达或没被接受",
	"closing-collected":  "收回签名流程表",
	"closing-result":     "对数结果",
	"closing-agree":      "一样",
	"closing-differ":     "不一样，见原因",
	"closing-reason":     "原因",
	"closing-closed":     "收工",
	"closing-second":     "一同签",
	"closing-sign-clerk": "经办人签字　　　　　　　　日期",
	"closing-sign-head":  "负责人签字　　　　　　　　日期",
}
