package identity

// Refusal is an error a person can mend. It is compared by identity
// (errors.Is(err, ErrCheckDigit)); its texts may be improved at any time and
// never contain what was typed.
type Refusal struct {
	Code string // stable, lower case, for catalogues and JSON
	Zh   string // what to do, for the person at the screen
	En   string
}

// Error gives the English sentence; it is safe to log.
func (r *Refusal) Error() string { return r.En }

// Refusals of numbers, in the order in which they are tried.
var (
	ErrEmpty      = &Refusal{"empty", "请填写证件号码。", "no number was given: enter the number printed on the document"}
	ErrLength     = &Refusal{"length", "居民身份证号码应为18位，请数一数位数，对照证件重新填写。", "an identity number has 18 characters: count them against the document and enter it again"}
	ErrOldNumber  = &Refusal{"old-number", "15位旧号码已停止使用，请填写第二代居民身份证上的18位号码。", "15-digit numbers are no longer valid: enter the 18-character number of the second-generation card"}
	ErrChar       = &Refusal{"char", "身份证号码只能是数字，最后一位可以是X，请删去其他字符。", "an identity number holds digits, and X only at the end: remove any other character"}
	ErrCheckDigit = &Refusal{"check-digit", "号码校验不通过，多半是某一位填错，请对照证件逐位核对。", "the check digit does not fit, so some digit is wrong: compare digit by digit with the document"}
	ErrBirth      = &Refusal{"birth", "号码第7至14位不是真实存在的出生日期，请对照证件核对这八位。", "characters 7 to 14 are not a real date of birth since 1900: compare them with the document"}
	ErrFuture     = &Refusal{"birth-future", "号码中的出生日期在今天之后，请对照证件核对第7至14位。", "the date of birth in the number lies in the future: compare characters 7 to 14 with the document"}
	ErrBirth2017  = &Refusal{"birth-2017", "号码第8至13位不是真实存在的出生日期，请对照证件核对这六位。", "characters 8 to 13 are not a real date of birth: compare them with the document"}
	ErrProvince   = &Refusal{"province", "号码前两位不是已知的省级代码，请对照证件核对开头六位。", "the number does not begin with a known province: compare the first six characters with the document"}
	ErrTaiwan     = &Refusal{"province-71", "居民身份证没有71开头的号码，请填写台湾居民居住证（830000开头）或台胞证的号码。", "no resident card begins with 71: enter the number of the residence permit, which begins with 830000, or of the travel permit"}
	ErrPermit     = &Refusal{"permit", "港澳台居民居住证号码以810000、820000或830000开头，请对照证件核对开头六位。", "a residence permit begins with 810000, 820000 or 830000: compare the first six characters with the document"}
	ErrForeigner  = &Refusal{"foreigner", "9开头的外国人永久居留身份证号码，第2、3位应是省级代码，请对照证件核对开头六位。", "in a permanent residence card's number, which begins with 9, characters 2 and 3 are a province: compare the first six with the document"}
	ErrNotCard    = &Refusal{"not-card", "字母开头的号码只认15位的外国人永久居留身份证；护照和通行证看不出种类，请先选择证件类型再填写。", "of numbers that begin with a letter only a permanent residence card's, with 15 characters, is known by itself: for a passport or travel permit choose the type of document first"}
	ErrKind       = &Refusal{"kind", "号码与所选证件类型不符，请改选证件类型，或重新填写号码。", "the number does not belong to this type of document: choose the right type or enter the number again"}
	ErrFormat     = &Refusal{"format", "号码格式与所选证件不符，请照证件上的号码原样填写。", "the number does not have the form used on this type of document: enter it exactly as printed"}
)

// Refusals of names.
var (
	ErrNameEmpty  = &Refusal{"name-empty", "请填写姓名。", "no name was given: enter the name on the document"}
	ErrNameShort  = &Refusal{"name-short", "姓名至少2个字，请照证件填写全名。", "a name has at least 2 characters: enter the whole name on the document"}
	ErrNameLength = &Refusal{"name-length", "姓名最多50个字，请照证件填写。", "a name has at most 50 characters: enter it as on the document"}
	ErrNameChar   = &Refusal{"name-char", "姓名中有不能使用的字符，请只填汉字、间隔号“·”或外文字母。", "the name holds a character that cannot be part of one: use Chinese characters, the middle dot, or letters"}
	ErrNameMixed  = &Refusal{"name-mixed", "姓名中汉字与字母、符号不能混用，请照证件只填中文姓名或只填外文姓名。", "Chinese characters do not mix with letters or other marks: enter either the Chinese or the foreign name on the document"}
	ErrNameDot    = &Refusal{"name-dot", "间隔号“·”应在两个字之间，请删去多余的间隔号。", "the middle dot stands between two characters: remove the stray one"}
	ErrNameUTF8   = &Refusal{"name-utf8", "姓名中有无法识别的编码，请重新输入姓名。", "the name is not valid text: type it again"}
	ErrPhone      = &Refusal{"phone", "请填写11位手机号码，或带区号的固定电话。", "enter an 11-digit mobile number, or a land line with its area code"}
)
