package notice

import (
	"fmt"
	"strings"
)

// phrases is what text messages say: Chinese, which is what is sent, and
// English, for whoever looks at them. A text lies on a telephone that others
// see: it says that something happened and where to look, never what stands in
// a record.
var phrases = map[Kind][2]string{
	TextCasesNear:    {"有 {what} 件审核不到一天就到期限，请登录管理系统办理。", "{what} cases reach their deadline within a day: sign in to the console."},
	TextCasesOverdue: {"有 {what} 件审核已经超过期限，请马上登录管理系统办理。", "{what} cases are past their deadline: sign in to the console at once."},
	TextIncidentUp:   {"异常情况 {what} 号没有人接手，已交到您的机构，请马上登录管理系统处理。", "Nobody has taken incident {what} in hand: it is with your office now. Sign in to the console at once."},
	TextCode:         {"验证码 {code}，{minutes} 分钟内有效。不是您本人在操作，就不用理会，也不要告诉任何人。", "Your code is {code}, good for {minutes} minutes. If it was not you, ignore this, and tell nobody."},
	Edited:           {"您的报名信息刚刚被改动。请登录考生入口看改了什么；不是您要改的，请马上联系县招考办。", "Your application was changed just now. Sign in to see what; if you did not ask for it, call your county office at once."},
	Moved:            {"您的报名确认点刚刚被改动。请登录考生入口看新的确认点；不是您要改的，请马上联系县招考办。", "Your confirmation point was changed just now. Sign in to see the new one; if you did not ask for it, call your county office at once."},
	Withdrawn:        {"您的报名已被撤回。不是您要撤的，请马上登录考生入口查看，或联系县招考办。", "Your application was withdrawn. If you did not ask for it, sign in or call your county office at once."},
	Confirmed:        {"您的现场确认已送达省中心。接下来要做什么、什么时候以前做，请登录考生入口看。", "Your confirmation has reached the province. Sign in to see what comes next, and by when."},
	Superseded:       {"您后来在网上改的内容，已被您在现场签字的内容代替。有什么不同，请登录考生入口看。", "What you signed on site has taken the place of your later edits. Sign in to see the differences."},
	TimePending:      {"您的现场确认已送达，办理时间还要县招考办核对。您现在不用做什么，有结果会通知您。", "Your confirmation has arrived; the county still has to check its time. There is nothing for you to do now."},
	Disputed:         {"您的现场确认有两份不一致，要等县招考办裁定。请登录考生入口看怎么办。", "There are two confirmations of yours that differ; the county will decide. Sign in to see what to do."},
	NumberDoubt:      {"您的现场确认已送达。录入的证件号码要县招考办核对，请带证件到县招考办或确认点。", "Your confirmation has arrived. The county has to check the number that was typed: go to the county office or your point with your document."},
	Voided:           {"您的现场确认已被撤销。要考试，须重新确认：请马上登录考生入口看原因和截止时间。", "Your confirmation was voided. To sit the examination you must confirm again: sign in to see why and by when."},
	VoidedOther:      {"您的一份现场确认已被撤销，您还有另一份。它算不算数，请登录考生入口看。", "One of your confirmations was voided; you have another. Sign in to see whether it counts."},
	Decided:          {"县招考办已裁定您的现场确认以哪一份为准。请登录考生入口看。", "The county has decided which of your confirmations counts. Sign in to see."},
	DecidedNone:      {"县招考办已裁定，您的现场确认不作数。要考试，须重新确认：请马上登录考生入口看去哪里、什么时候以前去。", "The county has decided that your confirmation does not count. To sit the examination you must confirm again: sign in to see where, and by when."},
	Provisional:      {"您用其他材料办的现场确认已送达，要由市招考机构审核。您现在不用做什么；有能读的证件了，可带到任一确认点核验。请登录考生入口看。", "Your confirmation on other papers has arrived; the city office will review them. There is nothing to do now; once you have a card that can be read, have it read at any point. Sign in to see more."},
	CardReview:       {"您的现场确认已送达。您用的证件按规定要由市招考机构审核，您现在不用做什么，结果会通知您。请登录考生入口看。", "Your confirmation has arrived. The city office reviews cards like yours; there is nothing for you to do now, and you will be told. Sign in to see more."},
	PapersAccepted:   {"市招考机构已审核通过您的身份材料，现场确认有效。接下来要做什么，请登录考生入口看。", "The city office has accepted your papers: your confirmation stands. Sign in to see what comes next."},
	PapersReturned:   {"您的身份材料照片看不清或不齐，要补拍：请带证件和材料到确认点。什么时候以前去，请登录考生入口看。", "The pictures of your papers are unclear or not all there: bring your card and papers to the point again. Sign in to see by when."},
	PapersRefused:    {"市招考机构审核您的身份材料没有通过，现场确认不作数。要考试，须带有效证件重新确认：请马上登录考生入口看怎么办、什么时候以前办。", "The city office has not accepted your papers: your confirmation does not count. To sit the examination, confirm again with a valid card: sign in at once to see how and by when."},
	CardDiffers:      {"您核验的身份证与现场确认的材料不一致，由市招考机构核对。请登录考生入口看，或联系您的确认点。", "The ID card that was read is not as in your confirmation; the city office looks into it. Sign in, or call your point."},
	ReviewLacks:      {"您在确认点审核的材料还缺，或者有不符的。缺什么、什么时候以前补，请登录考生入口看。", "Something lacks, or does not fit, of what the point looked at. Sign in to see what to bring, and by when."},
	Quarantined:      {"确认点送来的您的一份材料没能收下，正在核查。请登录考生入口看，或联系您的确认点。", "A record of yours that came from the point could not be taken and is being looked into. Sign in, or call your point."},
	HeldRefused:      {"确认点送来的您的一份材料，经两名工作人员核查，不能收下。要考试，须重新确认：请马上登录考生入口看怎么办、什么时候以前办。", "A record of yours from the point was looked into by two persons and cannot be taken. To sit the examination, confirm again: sign in at once to see how and by when."},
	RulesInvalid:     {"报考规定有更新，您填的内容有不符合的地方，不改就不能确认。请登录考生入口看要改什么、什么时候以前改。", "The rules have changed, and something you filled in does not fit them any more. Sign in to see what to mend, and by when."},
	RulesChoice:      {"报考规定有更新，您的志愿有的要重新选。请登录考生入口看是哪一个、什么时候以前选。", "The rules have changed, and one of your choices must be made again. Sign in to see which, and by when."},
	CopyTaken:        {"您的个人信息刚刚被导出一份。不是您要的，请马上登录考生入口改密码，并联系县招考办。", "A copy of your personal data was taken just now. If you did not ask for it, change your password and call your county office at once."},
	CorrectionDone:   {"您要求更正的内容有答复了，请登录考生入口看。", "There is an answer to the correction you asked for. Sign in to read it."},
	ErasureSent:      {"有人要求删除您的报名信息。不是您要的，请马上登录考生入口查看，或联系县招考办。", "Erasure of your application was asked for. If it was not you, sign in or call your county office at once."},
	ErasureDone:      {"您要求删除个人信息的事有答复了，请登录考生入口看。", "There is an answer to the erasure you asked for. Sign in to read it."},
	OrderOpened:      {"您的报考费缴费单已生成。金额和截止时间请登录考生入口看，逾期未缴费报名无效。", "Your fee is due. Sign in to see how much, and by when; without it your registration is not valid."},
	OrderExtended:    {"您的缴费截止时间已延长，请登录考生入口看新的截止时间。", "You have more time to pay: sign in to see until when."},
	OrderClosed:      {"您的缴费时间已过，没有收到您的报考费。已付款的、要申诉的，请马上登录考生入口看怎么办。", "The time for paying is over and your fee has not arrived. If you have paid, or object, sign in at once to see what to do."},
	OrderWaived:      {"您的免试已批准，报考费免缴。请登录考生入口看。", "Your exemption was approved: you pay no fee. Sign in to see."},
	OrderDiffers:     {"您的报考层次改过，应缴的费用和已缴的不同，招考机构会处理。请登录考生入口看。", "Your level has changed, and your fee is not what you paid: an office will settle it. Sign in to see."},
	OrderSettled:     {"您缴费的差额已经处理好，请登录考生入口看。", "The difference in your fee has been settled. Sign in to see."},
	PayTrouble:       {"支付渠道出了故障，正在处理。您付过款的，请不要再付；没有付成的，会给您延长时间。请登录考生入口看。", "A way to pay is failing and is being mended. If you have paid, do not pay again; if you could not, you will get more time. Sign in to see."},
	EndListed:        {"您没有按期确认或者缴费，报名列入拟作废名单。有异议的，请马上登录考生入口看截止时间，联系您的确认点或县招考办。", "You have not confirmed or paid in time, and your registration is to be void. To object, sign in at once to see by when, and call your point or county office."},
	EndKept:          {"您对拟作废名单的异议有答复了，没有改变。请登录考生入口看，或联系县招考办。", "There is an answer to your objection: nothing changes. Sign in to see, or call your county office."},
	EndOff:           {"您已不在拟作废名单上。请登录考生入口看接下来要做什么。", "Your registration is not to be void any more. Sign in to see what comes next."},
	EndVoid:          {"您没有按期确认或者缴费，报名已经作废。请登录考生入口看原因和怎么申诉。", "You have not confirmed or paid in time, and your registration is void. Sign in to see why, and how to appeal."},
	EndRestored:      {"您的报名作废已经撤销。请马上登录考生入口看接下来要做什么、什么时候以前做。", "Your registration is void no more. Sign in at once to see what to do, and by when."},
	SiteLost:         {"您的考点换了，准考证号、考室、座位不变。请登录考生入口看新考点，重新打印准考证。", "Your site has changed; number, room and seat stay. Sign in to see the new site, and print your ticket again."},
	SeatGiven:        {"您的考区、考室、座位和准考证号已经排定。请登录考生入口查看，在打印时间内打印准考证。", "Your area, room, seat and ticket number are settled. Sign in to see them, and print your ticket in its time."},
	SeatKept:         {"您的考室、座位和准考证号都没有变，但考试编排更正过，以前打印的准考证作废。请登录考生入口，重新打印准考证。", "Your room, seat and number stay. The arrangement was corrected, so a ticket you printed before is void: sign in and print it again."},
	SeatChanged:      {"考试座位重新编排，您以前的准考证已经作废。请登录考生入口看新的座位，重新打印准考证。", "Seats were arranged anew and your earlier ticket is void. Sign in to see the new seat and print your ticket again."},
	SeatGone:         {"考试座位重新编排，您以前的准考证已经作废，新的编排里没有您。请马上联系您的确认点或县招考办。", "Seats were arranged anew: your earlier ticket is void and you have no seat now. Contact your point or the county office at once."},
	ScoresOut:        {"您的考试成绩出来了，请登录考生入口，看从什么时候起可以查询。", "Your marks are there: sign in to see from when you can read them."},
	AdmissionOut:     {"您的录取结果出来了，请登录考生入口，看从什么时候起可以查询。", "Where you were admitted is known: sign in to see from when you can read it."},
	ResultsUndone:    {"您的成绩或者录取结果有更正，以前看到的不再算数。请登录考生入口看。", "Your marks or your admission are being corrected: what you saw does not count any more. Sign in to see."},
	AreaMoved:        {"您参加考试的考区调整了，考点、考室和座位以准考证为准。请登录考生入口看。", "You sit the examination in another area: site, room and seat stand on your ticket. Sign in to see more."},
	PaymentLate:      {"您的付款在截止时间以后才到，招考机构正在处理。请不要再付，登录考生入口看结果。", "Your payment came after the close; an office is looking at it. Do not pay again; sign in to see."},
	PaymentTwice:     {"收到您的一笔重复付款，会退回原来付款的账户。请登录考生入口看。", "You paid a second time; it goes back to where it came from. Sign in to see."},
	PaymentLeft:      {"您的报名已经撤回或者撤销，又收到一笔付款，会退回原来付款的账户。请登录考生入口看。", "A payment came after your registration had ended; it goes back to where it came from. Sign in to see."},
	PaymentOther:     {"收到一笔和缴费单金额不一致的付款，招考机构正在处理。请登录考生入口看。", "A payment of another amount than your order has come; an office is looking at it. Sign in to see."},
	PaymentNone:      {"支付渠道核实没有收到您的一笔付款，原来的缴费记录不算数。请马上登录考生入口看。", "The payment company never had a payment of yours: it does not count any more. Sign in at once."},
	RefundAsked:      {"您的一笔付款正在退回，到账会通知您。请登录考生入口看。", "A payment of yours is on its way back; you will be told. Sign in to see."},
	RefundFailed:     {"您的退款没有成功，招考机构会再处理。请登录考生入口看。", "Your refund has failed; an office will see to it. Sign in to see."},
	Refunded:         {"您的报考费已退回，请登录考生入口看。", "Your fee has been refunded. Sign in to see more."},
	PasswordChanged:  {"您的登录密码刚刚改过。不是您本人改的，请马上用手机号找回，并联系县招考办。", "Your password was changed just now. If it was not you, recover it by telephone and call your county office at once."},
	SecondChanged:    {"您的第二密码刚刚改过。不是您本人改的，请马上联系县招考办。", "Your second password was changed just now. If it was not you, call your county office at once."},
	PhoneChanged:     {"您的账号换了手机号。不是您本人换的，请马上联系县招考办。", "The telephone of your account was changed. If it was not you, call your county office at once."},
	Recovered:        {"您的账号刚刚重设了密码。不是您本人做的，请马上联系县招考办。", "The password of your account was set anew just now. If it was not you, call your county office at once."},
	SlipMade:         {"工作人员刚刚给您的账号开了一次性凭条。不是您本人去办的，请马上联系县招考办。", "Staff made a one-time slip for your account just now. If you did not ask for it, call your county office at once."},
}

const signature = "【准考】"

// words puts a text message into words.
func words(k Kind, args map[string]string, english bool) (string, error) {
	p, ok := phrases[k]
	if !ok {
		return "", fmt.Errorf("%w: no words for a text of kind %q", ErrNotice, k)
	}
	s := signature + p[0]
	if english {
		s = p[1]
	}
	for name, v := range args {
		s = strings.ReplaceAll(s, "{"+name+"}", v)
	}
	return s, nil
}
