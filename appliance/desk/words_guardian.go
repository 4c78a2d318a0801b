package desk

// guardianTexts are the words about the guardian of a child.
func guardianTexts() map[string]word {
	return map[string]word{
		"ask-guardian":           {"考生不满14周岁，等监护人同意", "A child under 14 waits for her guardian's consent"},
		"ask-guardian-x":         {"请监护人看完同意书，填好、签名，再拍下来。监护人不在也能接着办，办完由县招办定。", "The guardian reads the sheet, fills it in and signs it; photograph it. Without a guardian she goes on, and the county decides."},
		"guardian-birth":         {"出生日期", "Born"},
		"guardian-h":             {"监护人", "Guardian"},
		"guardian-name":          {"监护人姓名", "Guardian's name"},
		"guardian-relation":      {"与孩子的关系", "What she or he is to the child"},
		"guardian-relation-0":    {"请选", "Choose"},
		"guardian-phone":         {"监护人手机号", "Guardian's mobile number"},
		"guardian-pictures-h":    {"签好的同意书", "The signed sheet"},
		"guardian-pictures-x":    {"一张，字要看得清。重拍就换掉原来的。", "One picture, to be read. Another one takes its place."},
		"guardian-picture":       {"签好的监护人同意书", "The sheet that the guardian signed"},
		"guardian-take-x":        {"把签好的同意书举到终端的摄像头前。", "Hold the signed sheet in front of the machine's camera."},
		"guardian-print":         {"打印监护人同意书", "Print the guardian's sheet"},
		"guardian-pdf":           {"监护人同意书（PDF）", "The guardian's sheet (PDF)"},
		"guardian-allow":         {"监护人同意，接着办", "The guardian consents, go on"},
		"guardian-deny":          {"监护人不在，先接着办", "No guardian here, go on without"},
		"guardian-name-bad":      {"请写监护人的姓名", "Enter the guardian's name"},
		"guardian-relation-none": {"请选监护人与孩子的关系", "Choose what the guardian is to the child"},
		"guardian-phone-bad":     {"请写监护人的手机号，或者带区号的电话", "Enter the guardian's mobile number, or a telephone with its area code"},
		"guardian-sheet-none":    {"签好的同意书还没有拍", "The signed sheet has not been photographed"},
		"guardian-draft-h":       {"考生不满14周岁：签名时监护人要在场", "She is under 14: her guardian must be here when she signs"},
		"guardian-draft-x":       {"先把同意书打出来，请监护人看完、填好、签名。考生放证件时，这里会请您登记监护人、拍下同意书。", "Print the sheet and let the guardian read and sign it. When she has put her card down, this desk asks you for the guardian and a picture of the sheet."},
		"relation-father":        {"父亲", "father"},
		"relation-mother":        {"母亲", "mother"},
		"relation-grandparent":   {"祖父母、外祖父母", "grandparent"},
		"relation-sibling":       {"成年兄姐", "grown-up sibling"},
		"relation-other":         {"其他监护人", "other guardian"},
	}
}
