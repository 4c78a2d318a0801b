package campaign

// NumberTemplate describes one kind of number (domain rules 1.9) so that the
// province can change it without code: literal digits, capitals and hyphens, and
// placeholders of fixed width.
//
//	{yy}{province2}{county4}{group2}{serial4}
//	{area4}{level1}{cat1}{room4}{seat2}
//
// A placeholder is a name of Placeholders and the number of its characters;
// only {yy} and {yyyy} say it by their own length.
type NumberTemplate struct {
	Key      string `cbor:"key" json:"key"` // one of the Number… values
	Zh       string `cbor:"zh" json:"zh"`
	En       string `cbor:"en" json:"en"`
	Template string `cbor:"template" json:"template"`
	Field    string `cbor:"field,omitempty" json:"field,omitempty"` // key of the form's field that holds it; "" when none does
	Status   string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Keys of numbers.
const (
	NumberCandidate = "candidate" // 考生号
	NumberSequence  = "sequence"  // 报名顺序号
	NumberTicket    = "ticket"    // 准考证号
	NumberOrder     = "order"     // 缴费单号
)
