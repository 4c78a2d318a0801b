package form

// Keys of fields that only the gaokao has; the names are those of T_BMK
// (domain rules 1.7), the ones it lacks are ours.
const (
	CandidateKind   = "KSLBDM"   // 考生类别: this year's or earlier, town or country
	Scheme          = "KSLXDM"   // 报考类型: the same column as Enrolment of the adult examination
	VocationalClass = "DKZYDM"   // 对口专业类
	SchoolKind      = "BYLBDM"   // 毕业类别
	SchoolCode      = "BYXXDM"   // 毕业学校代码: the code of the school's point
	PupilNumber     = "XJH"      // 学籍号
	HouseholdKind   = "HJLBDM"   // 户籍类别
	Addressee       = "SJR"      // 收件人
	Family          = "JTCY"     // 家庭主要成员
	Resume          = "KSJL"     // 学习简历
	Conduct         = "SXPDKHYJ" // 思想政治品德考核意见, filled by the point
	Assessment      = "PY"       // 综合评语, filled by the point
)
