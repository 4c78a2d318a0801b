package kiosk

// verifyWords: a card that is read after a confirmation on papers.
func verifyWords() map[string]word {
	return map[string]word{
		"verify-title":     {"%s，您已经确认过了，再核验一下{card}", "%s, you have confirmed; now have your card verified"},
		"verify-lead":      {"上次是凭材料办的。看清是您，按一下“核验”就行，不用再签名。", "You confirmed on papers. If this is you, press “Verify”; nothing is signed again."},
		"verify-diff":      {"%s，有 %d 处和{card}不一样", "%s: not as on the card: %d"},
		"verify-diff-lead": {"照样可以核验；名字不一样的，市里会核对。", "It can be verified all the same; a name that differs is looked at by the city."},
		"verify-do":        {"核验", "Verify"},
		"verifying-title":  {"正在保存", "Saving"},
		"verifying-lead":   {"请先不要拿走{card}。", "Please leave your card a moment."},
		"verifying-step":   {"一两秒就好", "It takes a second or two"},
		"verified-badge":   {"已核验", "Verified"},
		"verified-noted":   {"已记下", "Noted"},
		"verified-title":   {"{card}核验好了", "Your card is verified"},
		"verified-lead":    {"送到省中心以后，您的确认就不再是暂定的，会发消息告诉您。", "When it has reached the centre your confirmation is provisional no longer; you will get a message."},
		"verified-differs": {"记下了，要市里核对", "Noted; the city will look at it"},
		"verified-differx": {"{card}上的名字和您签的不一样。确认还算数，有结果会发消息告诉您。", "The name on the card is not as you signed. Your confirmation still counts; you will get a message."},
		"verified-1":       {"请拿走{card}", "Take your card"},
		"verified-1x":      {"没有别的要办了。", "There is nothing more to do."},
		"verified-2":       {"改过名字的", "If your name was changed"},
		"verified-2x":      {"把户口簿拿给工作人员看一下，市里核对会快一些。", "Show the staff the household register; it helps the city."},
	}
}
