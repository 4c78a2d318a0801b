package sheet

import "reflect"

// pair is one wording of the papers and its translation.
type pair struct{ Zh, En string }

// Marks of sheets.
const (
	Specimen    Mark = "样张"  // a demonstration; nobody's paper
	Practice    Mark = "演练"  // of a training: nobody's paper either
	Unconfirmed Mark = "未确认" // printed by the candidate before she confirmed
	Reprint     Mark = "补打"  // the same document version once more
	Voided      Mark = "作废"  // the confirmation was taken back
)

// Wording for callers to fill in.
const (
	// TimePending is the remark (StepDone.Remark) on the sheet of a visit that
	// was served on a clock nobody vouches for. There is no mark for it in the
	// footer: the sheet is an ordinary original.
	TimePending = "时间待核：受理时间由省中心核定"

	// NoPhotoYet is the reason (ProcessSheet.NoPhoto) where no photo was taken.
	NoPhotoYet = "未采集相片\n由工作人员\n补采"

	// PhotoNotHere is the reason (Ticket.Reason) of a photo that was taken and
	// has not reached the box that prints.
	PhotoNotHere = "相片未送达\n凭证件原件\n核对"
)

// words is the catalogue: every fixed wording of the papers, in one place. The
// papers are printed in Chinese, whatever language a screen is in, for offices
// file them; the English is for whoever reviews them, see Words. What a campaign
// words itself (its name, steps and declaration) stands in the campaign. A key
// is a field, so that the compiler finds a wrong one. Nothing writes to it.
var words = struct {
	// Marks, and wording for callers.
	Specimen, Practice, Unconfirmed, Reprint, Voided, TimePending, NoPhotoYet, PhotoNotHere pair
	// Every paper: footer, appendix and what both papers ask for.
	Footer, PageOf, Appendix, AppendixItem, AppendixMore, ListBreak     pair
	Printed, Text, Options, Declaration, Date, Address                  pair
	ProcessTitle, Number, OwnCopy, CopyOf, OwnOffice, Yuan, NotAVoucher pair
	// Process sheet: the person.
	Name, Sex, Ethnic, Birth, DocumentType, DocumentNumber, Politics, Education, Language pair
	Occupation, School, GraduationDate, Diploma, WorkDate, Licence, PostCode, Phone       pair
	PhotoLater, PhotoUnreadable, PhotoNone                                                pair
	// Process sheet: choices, claims, steps, signatures, slip.
	Choice, Level, Category, College, Major, Form, Years, Ordinals pair
	CategoryChosen, Examination, Subjects                          pair
	Bonus, Exemption, Claimed, ClaimedAs, NotClaimed               pair
	Steps, StepItem, StepResult, StepClerk, StepTime               pair
	SignCandidate, SignPoint, SealPoint, Slip, SlipNote, SlipOpens pair
	// Acceptance sheet.
	AcceptanceTitle, AcceptanceVerdict, Pass, Fail, Ask, Spare                pair
	OfficeName, OfficeKind, LookedAt, Computer, Processor, System             pair
	Next, AcceptancePassed, AcceptanceFailed, AcceptanceToo, AcceptanceAsked  pair
	AfterReview, PassDespite, OneByOne, LeastSource, Source                   pair
	Item, Least, Found, Verdict, Deal, DealOf, DeviationBy, LookedBy, Remarks pair
	AcceptanceOath, SignTechnician, SignHead, SealOffice                      pair
}{
	Specimen:     pair{string(Specimen), "Specimen"},
	Practice:     pair{string(Practice), "Practice"},
	Unconfirmed:  pair{string(Unconfirmed), "Not confirmed"},
	Reprint:      pair{string(Reprint), "Reprint"},
	Voided:       pair{string(Voided), "Void"},
	TimePending:  pair{TimePending, "Time not verified: the provincial centre decides when this was accepted"},
	NoPhotoYet:   pair{NoPhotoYet, "No photo taken\nto be taken\nby staff"},
	PhotoNotHere: pair{PhotoNotHere, "Photo not delivered\ncheck against\nthe original document"},

	Footer:       pair{"准表 %s · 版式 %d · 模板 %s %s", "Zhunkao paper %s · layout %d · template %s %s"},
	PageOf:       pair{"第 %d 页 共 %d 页", "Page %d of %d"},
	Appendix:     pair{"附：", "In full: "},
	AppendixItem: pair{"%s“%s”", "%s “%s”"},
	AppendixMore: pair{"…（余下部分见系统记录）", "… (the rest is in the system's record)"},
	ListBreak:    pair{"；", "; "},
	Printed:      pair{"打印", "Printed"},
	Text:         pair{"文字", "Text"},
	Options:      pair{"选项", "Options"},
	Declaration:  pair{"声明", "Declaration"},
	Date:         pair{"日期", "Date"},
	Address:      pair{"通讯地址", "Postal address"},

	ProcessTitle: pair{"报名流程表", "Process sheet"},
	Number:       pair{"报名号", "Registration number"},
	OwnCopy:      pair{"考生自印", "Printed by the candidate"},
	CopyOf:       pair{"第 %d 份", "Copy %d"},
	OwnOffice:    pair{"本人", "Candidate"},
	Yuan:         pair{"%d.%02d 元", "CNY %d.%02d"},
	NotAVoucher:  pair{"不作凭证", "Not valid as proof"},

	Name:            pair{"姓名", "Name"},
	Sex:             pair{"性别", "Sex"},
	Ethnic:          pair{"民族", "Ethnic group"},
	Birth:           pair{"出生日期", "Date of birth"},
	DocumentType:    pair{"证件类型", "Type of document"},
	DocumentNumber:  pair{"证件号码", "Document number"},
	Politics:        pair{"政治面貌", "Political affiliation"},
	Education:       pair{"文化程度", "Education"},
	Language:        pair{"外语语种", "Foreign language"},
	Occupation:      pair{"职业类别", "Occupation"},
	School:          pair{"毕业学校", "School graduated from"},
	GraduationDate:  pair{"毕业日期", "Date of graduation"},
	Diploma:         pair{"毕业证书编号", "Diploma number"},
	WorkDate:        pair{"参加工作日期", "In work since"},
	Licence:         pair{"医学类执业资格证书编号", "Medical licence number"},
	PostCode:        pair{"邮政编码", "Postcode"},
	Phone:           pair{"联系电话", "Telephone"},
	PhotoLater:      pair{"现场采集后\n打印", "Printed once\ntaken on site"},
	PhotoUnreadable: pair{"相片无法读取\n请重新采集", "Photo unreadable\nplease take it again"},
	PhotoNone:       pair{"无相片", "No photo"},

	Choice:         pair{"志愿", "Choice"},
	Level:          pair{"层次", "Level"},
	Category:       pair{"科类", "Category"},
	College:        pair{"院校", "College"},
	Major:          pair{"专业", "Major"},
	Form:           pair{"形式", "Form of study"},
	Years:          pair{"学制", "Years"},
	Ordinals:       pair{"第一 第二 第三 第四 第五 第六 第七 第八 第九 第十", "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th"},
	CategoryChosen: pair{"报考科类", "Category chosen"},
	Examination:    pair{"考试类型", "Examination"},
	Subjects:       pair{"考试科目", "Papers"},
	Bonus:          pair{"申请照顾加分", "Bonus claimed"},
	Exemption:      pair{"申请免试", "Exemption claimed"},
	Claimed:        pair{"有", "Yes"},
	ClaimedAs:      pair{"有：", "Yes: "},
	NotClaimed:     pair{"无", "No"},

	Steps:         pair{"办理步骤", "Steps"},
	StepItem:      pair{"办理事项", "Step"},
	StepResult:    pair{"结果", "Result"},
	StepClerk:     pair{"经办人签名", "Clerk's signature"},
	StepTime:      pair{"时间", "Time"},
	SignCandidate: pair{"考生签名", "Candidate's signature"},
	SignPoint:     pair{"报名确认点负责人", "Head of the confirmation point"},
	SealPoint:     pair{"报名确认点盖章", "Seal of the confirmation point"},
	Slip:          pair{"缴费凭条", "Payment slip"},
	SlipOpens:     pair{"用手机扫左边的码就能缴费，别人也能代缴，不用等上传。断网时办的确认，终端已签名，招考机构凭此码可以核验，请保管好。", "Scan the code with a telephone to pay; anybody may pay for the candidate, without waiting for the record. Confirmed without network and signed by the terminal; an office verifies it by this code. Keep it."},
	SlipNote:      pair{"断网时办的确认，终端已签名，联网后自动上传。记录送达以前，凭此码可由招考机构核验、缴费，请保管好。", "Confirmed without network; the terminal has signed it and sends it later. Until it has arrived, an office verifies this code and takes the fee by it. Keep it."},

	AcceptanceTitle:   pair{"设备验收单", "Equipment acceptance sheet"},
	AcceptanceVerdict: pair{"验收结论", "Verdict"},
	Pass:              pair{"合格", "Pass"},
	Fail:              pair{"不合格", "Fail"},
	Ask:               pair{"待查", "To be looked at"},
	Spare:             pair{"可不配", "Not required"},
	OfficeName:        pair{"机构名称", "Office"},
	OfficeKind:        pair{"机构类别", "Kind of office"},
	LookedAt:          pair{"查验时间", "Time of inspection"},
	Computer:          pair{"计算机型号", "Model of computer"},
	Processor:         pair{"处理器型号", "Model of processor"},
	System:            pair{"操作系统", "Operating system"},

	Next:             pair{"接下来", "What next"},
	AcceptancePassed: pair{"各项均达到最低配置，可以启用。请双方签名、盖章后存档。", "Everything meets the least required and may be put to use. Both sides please sign, seal and file this."},
	AcceptanceFailed: pair{"先处理黑底标出的不合格项，再重新检查一次。确需暂用的，须由机构负责人逐项签名认可。", "First deal with the failed items marked in black, then inspect once more. What must be used meanwhile needs the signature of the head of office, item by item."},
	AcceptanceToo:    pair{"粗框标出的项目到现场查看、勾选、签名。", "Look at the items in heavy frames on site, tick and sign them."},
	AcceptanceAsked:  pair{"粗框标出的项目机器查不出：请到现场查看，填写型号，勾选结论并签名。", "The machine cannot tell the items in heavy frames: please look at them on site, write down the model, tick the verdict and sign."},
	AfterReview:      pair{"现场复核后：", "After review on site: "},
	PassDespite:      pair{"认可偏差后暂用", "Used meanwhile, deviation accepted"},

	OneByOne:    pair{"逐项查验", "Item by item"},
	LeastSource: pair{"最低配置依据：%s", "Least required according to: %s"},
	Source:      pair{"依据", "Source"},
	Item:        pair{"项目", "Item"},
	Least:       pair{"最低配置", "Least required"},
	Found:       pair{"查验结果", "Found"},
	Verdict:     pair{"结论", "Verdict"},
	Deal:        pair{"处理 · 签名", "Remedy · signature"},
	DealOf:      pair{"%s的处理", "Remedy for %s"},
	DeviationBy: pair{"偏差认可人", "Deviation accepted by"},
	LookedBy:    pair{"查看人", "Looked at by"},
	Remarks:     pair{"备注", "Remarks"},

	AcceptanceOath: pair{"以上各项系当场查验的结果。不合格的设备处理后重新验收；确需暂用的，由机构负责人在该项签名认可，并在备注中写明理由和期限。", "The above was found by inspection on the spot. Equipment that failed is dealt with and inspected again; what must be used meanwhile is accepted by the signature of the head of office at that item, with reason and time limit among the remarks."},
	SignTechnician: pair{"技术员签名", "Technician's signature"},
	SignHead:       pair{"机构负责人签名", "Signature of the head of office"},
	SealOffice:     pair{"机构盖章", "Seal of the office"},
}

// Words is the catalogue of the papers' fixed wording for whoever reviews it:
// key → Chinese, as printed, and English. A wording may hold the verbs of
// fmt.Sprintf, and \n between lines. The map is the caller's own.
func Words() map[string][2]string {
	out := map[string][2]string{}
	for prefix, of := range map[string]any{"": words, "Ticket.": ticketWords, "PaperForm.": paperFormWords} {
		all := reflect.ValueOf(of)
		for i := range all.NumField() {
			p := all.Field(i).Interface().(pair)
			out[prefix+all.Type().Field(i).Name] = [2]string{p.Zh, p.En}
		}
	}
	return out
}
