package form

// Keys of the 21 named fields of the 2019 plan (demand A3), in its order. The
// names are those of the published candidate databases (domain rules 1.7).
const (
	CandidateNumber = "KSH"    // 考生号
	TicketNumber    = "ZKZH"   // 准考证号
	FullName        = "XM"     // 姓名, as typed
	Sex             = "XBDM"   // 性别, GB/T 2261.1
	Ethnic          = "MZDM"   // 民族, GB/T 3304
	BirthDate       = "CSRQ"   // 出生日期, YYYYMMDD
	Politics        = "ZZMMDM" // 政治面貌, GB/T 4762
	Education       = "WHCDDM" // 文化程度, GB/T 4658
	Language        = "WYYZDM" // 外语语种
	Feature         = "KSTZ"   // 考生特征, letters one after another
	Enrolment       = "KSLXDM" // 招生类别
	GraduationDate  = "BYRQ"   // 毕业日期, YYYYMMDD
	School          = "BYXXMC" // 毕业学校
	Diploma         = "BYZSH"  // 毕业证书编号
	Licence         = "ZYZGZH" // 医学类执业资格证书编号
	Occupation      = "ZYLBDM" // 职业类别
	WorkDate        = "GZRQ"   // 工作日期, YYYYMMDD
	PhoneNumber     = "LXDH"   // 联系电话
	PostAddress     = "TXDZ"   // 通讯地址
	PostCode        = "YZBM"   // 邮政编码
	Remark          = "BZ"     // 备注
)

// Keys of fields the plan presupposes without naming them.
const (
	DocumentType   = "ZJLXDM" // 证件类型
	DocumentNumber = "ZJHM"   // 证件号码
	Household      = "HKDM"   // 户籍所在县(市、区), six digits; the five-city rule needs it
)

// Names of the code tables that choices refer to.
const (
	StudyForms = "study_form" // 学习形式
	StudyYears = "years"      // 学制
)
