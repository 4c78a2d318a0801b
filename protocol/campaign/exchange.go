package campaign

// Exchange is one table that travels as a DBF file (domain rules 1.7 and 5):
// columns in their order, and where each value comes from.
type Exchange struct {
	Key     string           `cbor:"key" json:"key"` // "candidates"
	Zh      string           `cbor:"zh" json:"zh"`
	En      string           `cbor:"en" json:"en"`
	File    string           `cbor:"file" json:"file"`       // name without extension: letters, digits, "-", "_" and {yy} {yyyy} {division6} {date8}
	Header  string           `cbor:"header" json:"header"`   // HeaderDBase3 or HeaderFoxPro
	Charset string           `cbor:"charset" json:"charset"` // CharsetGBK or CharsetGB18030
	Names   string           `cbor:"names" json:"names"`     // what becomes of a character beyond the charset: Names… values
	Columns []ExchangeColumn `cbor:"columns" json:"columns"`
	Status  string           `cbor:"status,omitempty" json:"status,omitempty"`
}

// ExchangeColumn is one column of a DBF file.
type ExchangeColumn struct {
	Name     string `cbor:"name" json:"name"`                             // 1 to 10 of A–Z, 0–9 and "_"
	Zh       string `cbor:"zh" json:"zh"`                                 // Chinese name
	Type     string `cbor:"type" json:"type"`                             // C, N, D or L
	Length   int    `cbor:"length" json:"length"`                         // bytes: C 1–254, N 1–20, D 8, L 1
	Decimals int    `cbor:"decimals,omitempty" json:"decimals,omitempty"` // of N
	From     string `cbor:"from" json:"from"`                             // see Campaign.Source
	Status   string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Headers of DBF files.
const (
	HeaderDBase3 = "dbase3" // version byte 0x03
	HeaderFoxPro = "foxpro" // version byte 0x30, with the backlink after the columns
)

// Character sets of DBF files.
const (
	CharsetGBK     = "gbk"
	CharsetGB18030 = "gb18030"
)

// What a character beyond GBK becomes; a side file always has the true name.
const (
	NamesGB18030 = "gb18030" // its four bytes of GB 18030
	NamesPinyin  = "pinyin"  // upper-case pinyin (Jiangxi 2016)
	NamesMarks   = "marks"   // half-width ?? (2008)
)
