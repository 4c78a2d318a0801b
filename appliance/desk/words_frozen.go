package desk

func frozenWords() map[string]word {
	return map[string]word{
		"stop-since":   {"从 %s 起", "Since %s"},
		"stop-behind":  {"这台终端的记录和省中心的对不上，先不接新的考生。接上网络会自动核对；核对不上要重新登记，请告诉县招办。别断电，别换盘。", "This machine's records do not fit those of the centre: nobody new. They are compared once there is a network; if they do not agree it must be enrolled anew. Tell the county. Keep the power on, do not change the disk."},
		"stop-failing": {"存储一天里坏了三次以上，每次都救回来了，下次不一定。不再接新的考生，请换一台机器，并告诉技术员换盘。", "The storage failed three times or more within a day. Each time it came back; the next time it may not. Nobody new: use another machine, and have a technician change the disk."},
		"stop-tamper":  {"外壳打开过。要工作人员和负责人两人看过，才接着接考生。看的时候：封条、螺丝、接口上有没有多出来的东西。", "The case was opened. A clerk and the head must look at it before it goes on: seals, screws, anything added at the sockets."},
		"stop-stale":   {"21 天没有连上省中心，名册、规定、人员都可能变了，不再接新的考生。接上网络，收齐就恢复；没有网络，请带 U 盘去县招办，考生换到别的确认点。", "The centre was not heard for 21 days: list, rules and staff may have changed. Nobody new. Give it a network and it goes on; without one carry the stick to the county and send people to another point."},
		"stop-cap":     {"待上传的到了上限，不再接新的考生。接上网络，传走就恢复；没有网络，请带 U 盘去县招办。", "As many records wait as may. Nobody new. Give it a network and it goes on when they are sent; without one carry the stick to the county."},

		"safe-title": {"这些照常，放心：", "What goes on, and is safe:"},
		"safe-kept":  {"已受理的都在，断电不丢", "accepted records are kept, also through a power cut"},
		"safe-send":  {"有网络就上传", "they are sent as soon as there is a network"},
		"safe-stick": {"照常写到 U 盘", "they are written to the stick"},
		"safe-visit": {"正在办的会办完", "who is being served is finished"},
		"safe-print": {"打印、开工收工", "printing, opening and closing the day"},
		"safe-void":  {"撤销当日的确认、报异常情况", "taking back a confirmation of today, reporting incidents"},

		"stale-soon":    {"%d 天没有连上省中心了，再过 %d 天就不能接新的考生", "The centre was not heard for %d days; in %d days nobody new can be taken"},
		"stale-soon-x":  {"现在照常办理。名册、规定和人员停在断网那天。请尽快接上网络，哪怕只接一会儿；接不上，就带 U 盘去县招办，并请县招办安排别的机器。", "Everything goes on for now. List, rules and staff stand as they were that day. Give the machine a network soon, if only for a while; if that cannot be, carry the stick to the county and ask for another machine."},
		"unsent-soon":   {"待上传的有 %d 条，到 %d 条就不能接新的考生", "%d records wait to be sent; at %d nobody new can be taken"},
		"unsent-soon-x": {"现在照常办理。请尽快接上网络。", "Everything goes on for now. Give the machine a network soon."},

		"case-h":            {"两人看过外壳，没有问题", "Two of us looked at the case: it is whole"},
		"case-sure":         {"封条完好，或已换新封条；没有多出来的东西", "The seals are whole, or new ones are on; nothing was added"},
		"case-sure-none":    {"请先勾选：封条完好，没有多出来的东西", "Tick first that the seals are whole and nothing was added"},
		"case-go":           {"接着接考生", "Take people again"},
		"case-no":           {"有一点不对就不要点。考生换一台机器，打电话告诉县招办。", "If anything is wrong, do not. Use another machine and call the county."},
		"case-open":         {"外壳还开着，先合上再来", "The case stands open. Shut it first"},
		"case-second-other": {"要另一个人，两人中要有一位负责人", "It takes somebody else, and one of the two must be a head"},
	}
}
