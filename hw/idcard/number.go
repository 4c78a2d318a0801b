package idcard

import "strings"

// Weights and letters of the check digit, GB 11643 (ISO 7064 MOD 11-2).
var weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const checkLetters = "10X98765432"

// validNumber says whether an 18-character number is digits with a right check
// digit. It holds for residents, for 810000/820000/830000 and for the 2023
// foreigners' numbers beginning with 9.
func validNumber(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	return s[17] == checkLetters[sum%11]
}

// validPermit says whether s can be a 2017 permit number: 3 letters and 12
// digits. Its own check digit's rule is not published; it is not judged.
func validPermit(s string) bool {
	if len(s) != 15 {
		return false
	}
	for i, c := range []byte(s) {
		if i < 3 && (c < 'A' || c > 'Z') || i >= 3 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// tidyNumber makes a small x large, the one harmless variant seen.
func tidyNumber(s string) string {
	if strings.HasSuffix(s, "x") {
		return s[:len(s)-1] + "X"
	}
	return s
}
