package browser_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhunkao/appliance/browser"
)

const policyPage = "http://127.0.0.1:8602"

func policy(t *testing.T) map[string]any {
	t.Helper()
	b, err := browser.Policy(policyPage)
	if err != nil {
		t.Fatal(err)
	}
	var p map[string]any
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatalf("the policy is no JSON: %v", err)
	}
	return p
}

// Everything is barred by the policy but the page (S25).
func TestPolicyLeavesOnlyThePage(t *testing.T) {
	p := policy(t)
	if got := p["URLAllowlist"]; !slices.EqualFunc(got.([]any), []string{policyPage}, func(a any, b string) bool { return a == b }) {
		t.Errorf("it may go to %v", got)
	}
	if !slices.Contains(p["URLBlocklist"].([]any), any("*")) {
		t.Error("not everything else is blocked")
	}
	for name, want := range map[string]any{
		"DeveloperToolsAvailability": 2.0, "PrintingEnabled": false, "DownloadRestrictions": 3.0, "AllowFileSelectionDialogs": false,
		"IncognitoModeAvailability": 2.0, "PasswordManagerEnabled": false, "NewTabPageLocation": policyPage, "TaskManagerEndProcessEnabled": false,
		"BrowserGuestModeEnabled": false, "UserFeedbackAllowed": false,
	} {
		if p[name] != want {
			t.Errorf("%s is %v, want %v", name, p[name], want)
		}
	}
}

// TestChromiumKnowsOurWords: a policy or an argument with a name that the
// browser does not have bars nothing, and the browser says nothing. All names
// of both stand in the program.
func TestChromiumKnowsOurWords(t *testing.T) {
	path := chromium(t)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(program) < 50<<20 {
		t.Skip("SKIPPED: this Chromium is a script around the program; whether it knows our policies was NOT looked at")
	}
	knows := func(word string) bool { return bytes.Contains(program, []byte("\x00"+word+"\x00")) }
	for name := range policy(t) {
		if !knows(name) {
			t.Errorf("there is no policy %s", name)
		}
	}
	for _, a := range browser.Arguments("profile", "page") {
		name, value, _ := strings.Cut(strings.TrimPrefix(a, "--"), "=")
		if !knows(name) {
			t.Errorf("there is no argument --%s", name)
		}
		if name != "disable-features" {
			continue
		}
		for _, feature := range strings.Split(value, ",") {
			if !knows(feature) {
				t.Errorf("there is no feature %s", feature)
			}
		}
	}
	if knows("NoSuchPolicyOfOurs") {
		t.Error("it knows everything: the test proves nothing")
	}
}
