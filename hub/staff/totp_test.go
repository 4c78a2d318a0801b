package staff

import (
	"encoding/base32"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The secret and times of RFC 6238, appendix B (SHA-1); its codes have eight
// digits, of which an authenticator shows the last six.
const rfcSecret = "12345678901234567890"

var rfcCodes = map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"}

func TestCodesOfTheRFC(t *testing.T) {
	secret := base32Plain.EncodeToString([]byte(rfcSecret))
	for at, eight := range rfcCodes {
		if got := Code(secret, time.Unix(at, 0)); got != eight[2:] {
			t.Errorf("at %d: %s, want %s", at, got, eight[2:])
		}
	}
	for _, same := range []string{strings.ToLower(secret), secret[:4] + " " + secret[4:], secret + "===", " " + secret[:8] + "-" + secret[8:]} {
		if Code(same, time.Unix(59, 0)) != "287082" {
			t.Errorf("%q is not read", same)
		}
	}
	for _, none := range []string{"", "0189", "JBSWY", "!"} {
		if got := Code(none, time.Unix(59, 0)); got != "" {
			t.Errorf("%q gives %s", none, got)
		}
	}
}

// TestCodesOfOathtool holds our codes against those of a program that nobody
// here wrote, for secrets and times of all kinds.
func TestCodesOfOathtool(t *testing.T) {
	path, err := exec.LookPath("oathtool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("oathtool is not here: make peers")
		}
		t.Skip("oathtool is not here: make peers")
	}
	for i := range 12 {
		secret, at := NewSecret(), time.Unix(int64(i)*173_000_017+int64(i), 0).UTC()
		out, err := exec.CommandContext(t.Context(), path, "--totp", "--base32", "--now", at.Format("2006-01-02 15:04:05 UTC"), secret).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want, got := strings.TrimSpace(string(out)), Code(secret, at); got != want {
			t.Errorf("at %s: %s, oathtool says %s", at, got, want)
		}
	}
}

func TestAcceptedStep(t *testing.T) {
	key, now := []byte(rfcSecret), time.Unix(1111111111, 0)
	step := stepOf(now)
	for name, c := range map[string]struct {
		typed string
		last  int64
		want  int64
	}{
		"of now": {codeAt(key, step), 0, step}, "of the step before": {codeAt(key, step-1), 0, step - 1}, "of the step after": {codeAt(key, step+1), 0, step + 1},
		"two steps old": {codeAt(key, step-2), 0, 0}, "two steps ahead": {codeAt(key, step+2), 0, 0},
		"used": {codeAt(key, step), step, 0}, "older than one that was used": {codeAt(key, step-1), step, 0}, "newer than one that was used": {codeAt(key, step+1), step, step + 1},
		"in two groups": {codeAt(key, step)[:3] + " " + codeAt(key, step)[3:], 0, step}, "nothing": {"", 0, 0}, "eight digits": {"14050471", 0, 0}, "letters": {"abcdef", 0, 0},
	} {
		got, ok := acceptedStep(key, c.typed, now, c.last)
		if got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: step %d, %v; want %d", name, got, ok, c.want)
		}
	}
}

func TestURI(t *testing.T) {
	if got, want := URI("yuelu-01", "JBSWY3DPEHPK3PXP"), "otpauth://totp/Zhunkao:yuelu-01?issuer=Zhunkao&secret=JBSWY3DPEHPK3PXP"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b, err := base32.StdEncoding.DecodeString(NewSecret()); err != nil || len(b) != secretSize {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func FuzzParseSecret(f *testing.F) {
	for _, s := range []string{"JBSWY3DPEHPK3PXP", "jbsw y3dp-ehpk 3pxp==", "", "========", "0189", "ＪＢＳＷ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if b, ok := parseSecret(s); ok && (len(b) < 10 || len(b) > 64) {
			t.Errorf("%d bytes are taken", len(b))
		}
		if Matches(s, "", time.Unix(0, 0)) {
			t.Error("no code matches")
		}
	})
}
