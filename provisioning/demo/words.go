package demo

// words is the catalogue of the demonstration's page and of what it prints:
// Simplified Chinese first, English second.
var words = map[string][2]string{
	"title":          {"准考 · 演示", "Zhunkao · demonstration"},
	"skip":           {"跳到正文", "Skip to the text"},
	"demo":           {"演示", "Demo"},
	"synthetic":      {"都是虚构的人，时间是演示里的时间", "Every person is invented; the time is the demonstration's"},
	"otherlang":      {"en", "zh-CN"},
	"otherlang.name": {"English", "中文"},
	"heading":        {"一张身份证，怎样变成省中心的一条确认记录", "How a card on the reader becomes a confirmed record at the hub"},
	"lead":           {"一个省中心、一台终端和它的外设都在这台电脑上跑，用的就是正式程序。照着下面走一遍。", "One hub, one box and its devices run on this machine: the shipped programs, not copies. Walk through it below."},

	"move.next-day":     {"到明天早上", "Tomorrow morning"},
	"move.lunch":        {"到中午休息", "Lunch break"},
	"move.before-close": {"到截止前 1 分钟", "A minute before the close"},

	"tour":             {"走一遍", "The tour"},
	"tour.card":        {"把一位考生的身份证放到读卡器上", "Put a candidate's card on the reader"},
	"tour.card.how":    {"在外设面板上选一张证。终端通过串口一个字节一个字节地读它。", "Choose a card on the emulators' panel. The box reads it byte for byte over its serial line."},
	"tour.kiosk":       {"在终端上看一遍、签名、交上去", "Read it through on the kiosk, sign, submit"},
	"tour.kiosk.how":   {"左边是报名信息，右边是芯片里的信息。用鼠标或手指签名。存好了才显示“已受理”，省中心的回执到了才显示“已送达省中心”。", "The application stands beside the chip's data. Sign with mouse or finger. 已受理 shows only once the record is durable, 已送达省中心 only with the hub's signed receipt."},
	"tour.console":     {"在省中心看它到达", "Watch it arrive at the hub"},
	"tour.console.how": {"用右边的账号登录。不用刷新，一秒之内就能看到；点开能看芯片信息、检查结果、经过和终端状态。", "Sign in with an account from the right. It shows within a second without a reload; open it for the chip's data, the checks, the timeline and the box's state."},
	"tour.away":        {"停掉省中心，再办一位", "Stop the hub and confirm another"},
	"tour.away.how":    {"按右边“省中心”的“停下”。终端照样办，显示“待上传”。再按“启动”，记录送到一次，只有一次。", "Press Stop at the hub on the right. The box goes on and shows 待上传. Press Start: the record arrives, once."},
	"tour.kill":        {"随时断电", "Cut the power at any moment"},
	"tour.kill.how":    {"“断电”就是 kill -9，也可以自己按 pid 去杀。显示过“已受理”的一条不丢，也不会到两次。", "Power cut is kill -9; or kill the printed pid yourself. Nothing that showed 已受理 is lost, nothing arrives twice."},
	"tour.close":       {"看看截止那一分钟", "See the minute of the close"},
	"tour.close.how":   {"按上面“到截止前 1 分钟”，等它过去，再放一张证：终端会说清楚为什么不能办、该怎么办。", "Press “A minute before the close” above, let it pass, and put a card down: the box says why not and what to do."},
	"open.panel":       {"打开外设面板", "Open the emulators' panel"},
	"open.kiosk":       {"打开终端屏幕", "Open the kiosk's screen"},
	"open.hub":         {"打开省中心", "Open the hub"},

	"programs":          {"正在跑的程序", "Programs"},
	"programs.note":     {"意外死掉的程序会自己再起来，和正式机器上一样。按“停下”的不会。", "A program that dies is started again, as on a real machine. A stopped one is not."},
	"program.hub":       {"省中心 hubd", "Hub, hubd"},
	"program.box":       {"终端 kioskd", "Box, kioskd"},
	"program.emulators": {"外设 hwemu", "Emulators, hwemu"},
	"running":           {"在跑", "running"},
	"held":              {"停着", "stopped"},
	"starting":          {"正在启动", "starting"},
	"do.start":          {"启动", "Start"},
	"do.stop":           {"停下", "Stop"},
	"do.kill":           {"断电（kill -9）", "Power cut (kill -9)"},

	"accounts":         {"演示账号", "Demo accounts"},
	"accounts.note":    {"只有这个演示的数据库里有这些账号。", "These accounts exist only in this demonstration's database."},
	"account.role":     {"是谁", "Who"},
	"account.user":     {"用户名", "User name"},
	"account.password": {"密码", "Password"},

	"data":        {"数据在哪儿", "Where the data lies"},
	"data.dir":    {"文件夹", "Folder"},
	"data.logs":   {"日志", "Logs"},
	"data.forget": {"全部忘掉", "Forget it all"},

	"stale":   {"页面放得太久了，请刷新后再按一次。", "This page is old. Reload it and press again."},
	"unknown": {"没有这个页面。", "There is no such page."},
}
