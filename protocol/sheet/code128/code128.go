package code128

import "errors"

// ErrText is given for a text that Code 128 has no symbols for here.
var ErrText = errors.New("code128: not a text of printable ASCII")

// Quiet is the width of the empty place on each side, in modules.
const Quiet = 10

const (
	startB = 104
	startC = 105
	stop   = 106
)

// Encode gives the widths, in modules, of bar, space, bar, … ending with a bar.
func Encode(text string) ([]uint8, error) {
	symbols, err := symbolsOf(text)
	if err != nil {
		return nil, err
	}
	sum := symbols[0]
	for i, s := range symbols[1:] {
		sum += (i + 1) * s
	}
	var out []uint8
	for _, s := range append(symbols, sum%103) {
		for _, w := range patterns[s] {
			out = append(out, uint8(w-'0'))
		}
	}
	for _, w := range patterns[stop] {
		out = append(out, uint8(w-'0'))
	}
	return out, nil
}

// Modules is the width of a code without its quiet zones.
func Modules(bars []uint8) int {
	var n int
	for _, w := range bars {
		n += int(w)
	}
	return n
}

func symbolsOf(text string) ([]int, error) {
	if text == "" {
		return nil, ErrText
	}
	digits := len(text)%2 == 0
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return nil, ErrText
		}
		digits = digits && text[i] >= '0' && text[i] <= '9'
	}
	if digits {
		out := []int{startC}
		for ; text != ""; text = text[2:] {
			out = append(out, int(text[0]-'0')*10+int(text[1]-'0'))
		}
		return out, nil
	}
	out := []int{startB}
	for i := range len(text) {
		out = append(out, int(text[i]-' '))
	}
	return out, nil
}

// patterns are the widths of symbol 0 to 106 (ISO/IEC 15417, table 1).
var patterns = [107]string{
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
	"221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
	"221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
	"212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
	"231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
	"231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
	"314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
	"112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
	"111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
	"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
	"114131", "311141", "411131", "211412", "211214", "211232", "2331112",
}
