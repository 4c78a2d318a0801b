package browser

import (
	"encoding/json"
	"fmt"
)

// Policy is Chromium's managed policy for this screen: what no argument can
// forbid. It belongs into /etc/chromium/policies/managed/ of the image, owned by
// root. page is the address without a path, as in Options.Screen. The names are
// those of Chromium's enterprise policy list.
func Policy(page string) ([]byte, error) {
	out, err := json.MarshalIndent(map[string]any{
		"URLBlocklist":                 []string{"*", "javascript://*", "view-source:*"},
		"URLAllowlist":                 []string{page},
		"DeveloperToolsAvailability":   2, // never
		"PrintingEnabled":              false,
		"DownloadRestrictions":         3, // none at all
		"AllowFileSelectionDialogs":    false,
		"IncognitoModeAvailability":    2, // only
		"EditBookmarksEnabled":         false,
		"BookmarkBarEnabled":           false,
		"PasswordManagerEnabled":       false,
		"AutofillAddressEnabled":       false,
		"AutofillCreditCardEnabled":    false,
		"TranslateEnabled":             false,
		"SpellcheckEnabled":            false,
		"SearchSuggestEnabled":         false,
		"NetworkPredictionOptions":     2, // never
		"MetricsReportingEnabled":      false,
		"BrowserSignin":                0,
		"SyncDisabled":                 true,
		"ScreenCaptureAllowed":         false,
		"AudioCaptureAllowed":          false,
		"VideoCaptureAllowed":          false,
		"DefaultClipboardSetting":      2,
		"DefaultNotificationsSetting":  2,
		"DefaultPopupsSetting":         2,
		"DefaultGeolocationSetting":    2,
		"DefaultWebUsbGuardSetting":    2,
		"DefaultSerialGuardSetting":    2,
		"ExtensionInstallBlocklist":    []string{"*"},
		"TaskManagerEndProcessEnabled": false,
		"BackgroundModeEnabled":        false,
		"ShowFullUrlsInAddressBar":     false,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	return append(out, '\n'), nil
}
