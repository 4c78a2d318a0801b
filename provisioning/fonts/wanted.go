package fonts

import "zhunkao/protocol/sheet"

// face is one font of the papers: where Debian puts it and what it is called
// inside a collection.
type face struct {
	role   string
	bold   bool
	name   string
	family string // as the file names it
	file   string // below /usr/share/fonts
	pkg    string
}

const (
	noto     = "fonts-noto-cjk"
	hanazono = "fonts-hanazono"
)

// wanted is the chain in which characters are looked for.
var wanted = []face{
	{sheet.RoleSans, false, "NotoSansCJKsc-Regular", "Noto Sans CJK SC", "opentype/noto/NotoSansCJK-Regular.ttc", noto},
	{sheet.RoleSans, true, "NotoSansCJKsc-Bold", "Noto Sans CJK SC", "opentype/noto/NotoSansCJK-Bold.ttc", noto},
	{sheet.RoleSerif, false, "NotoSerifCJKsc-Regular", "Noto Serif CJK SC", "opentype/noto/NotoSerifCJK-Regular.ttc", noto},
	{sheet.RoleSerif, true, "NotoSerifCJKsc-Bold", "Noto Serif CJK SC", "opentype/noto/NotoSerifCJK-Bold.ttc", noto},
	{sheet.RoleMono, false, "NotoSansMonoCJKsc-Regular", "Noto Sans Mono CJK SC", "opentype/noto/NotoSansCJK-Regular.ttc", noto},
	{sheet.RoleMono, true, "NotoSansMonoCJKsc-Bold", "Noto Sans Mono CJK SC", "opentype/noto/NotoSansCJK-Bold.ttc", noto},
	{sheet.RoleRare, false, "HanaMinA", "HanaMinA", "truetype/hanazono/HanaMinA.ttf", hanazono},
	{sheet.RoleRare, false, "HanaMinB", "HanaMinB", "truetype/hanazono/HanaMinB.ttf", hanazono},
}

// proof are characters a good bundle has: names that ordinary fonts lack.
const proof = "准考证姓名·䶮㛃𬭩𬀩𠮷𪚥ÀŞ"
