package browser

import (
	"encoding/json"
	"fmt"
)

// Policy is Chromium's managed policy for this screen: what no argument can
// forbid. It belongs into /etc/chromium/policies/managed/ of the image, owned by
// root. page is the address without a path, as in Options.Screen. The names are
// those of Chromium's enterprise policy list; a test holds that the browser on
// this machine knows them all.
//
// No policy bars ctrl+t, ctrl+n, ctrl+w, alt+F4 and their like. What they open
// is empty: every address but the page is blocked, and the page for new tabs is
// the page. What they close comes up again, for a browser that ended is
// replaced. That nobody presses them is the image's business; see README.md.
func Policy(page string) ([]byte, error) {
	const never, nobody = 2, 2
	out, err := json.MarshalIndent(map[string]any{
		// Where it may go: to the page.
		"URLBlocklist": []string{"*", "javascript://*", "view-source:*", "file://*", "chrome://*", "chrome-untrusted://*",
			"devtools://*", "chrome-extension://*", "data:*", "blob:*", "about:*", "ftp://*"},
		"URLAllowlist":               []string{page},
		"NewTabPageLocation":         page,
		"HomepageLocation":           page,
		"HomepageIsNewTabPage":       false,
		"ShowHomeButton":             false,
		"AllowDinosaurEasterEgg":     false, // on the page for no connection
		"AlternateErrorPagesEnabled": false,

		// What it may open beside the page: nothing.
		"DeveloperToolsAvailability":   never,
		"PrintingEnabled":              false,
		"DownloadRestrictions":         3, // none at all
		"AllowFileSelectionDialogs":    false,
		"TaskManagerEndProcessEnabled": false,
		"UserFeedbackAllowed":          false,
		"BrowserLabsEnabled":           false,
		"LensRegionSearchEnabled":      false,
		"PromotionsEnabled":            false,
		"DefaultBrowserSettingEnabled": false,
		"ExtensionInstallBlocklist":    []string{"*"},
		"BlockExternalExtensions":      true,
		"EnableMediaRouter":            false,
		"ShowCastIconInToolbar":        false,
		"DesktopSharingHubEnabled":     false,
		"BackgroundModeEnabled":        false,

		// Who uses it: nobody, and nothing is kept.
		"IncognitoModeAvailability":    2, // only
		"BrowserSignin":                0,
		"SyncDisabled":                 true,
		"BrowserAddPersonEnabled":      false,
		"BrowserGuestModeEnabled":      false,
		"EditBookmarksEnabled":         false,
		"BookmarkBarEnabled":           false,
		"PasswordManagerEnabled":       false,
		"AutofillAddressEnabled":       false,
		"AutofillCreditCardEnabled":    false,
		"PaymentMethodQueryEnabled":    false,
		"SavingBrowserHistoryDisabled": true,
		"ShowFullUrlsInAddressBar":     false,

		// Whom it may ask on the network: nobody.
		"NetworkPredictionOptions":                never,
		"MetricsReportingEnabled":                 false,
		"UrlKeyedAnonymizedDataCollectionEnabled": false,
		"SafeBrowsingProtectionLevel":             0,
		"SearchSuggestEnabled":                    false,
		"DefaultSearchProviderEnabled":            false,
		"TranslateEnabled":                        false,
		"LiveTranslateEnabled":                    false,
		"SpellcheckEnabled":                       false,
		"GenAiDefaultSettings":                    2, // off
		"ComponentUpdatesEnabled":                 false,
		"ChromeVariations":                        2, // none
		"DomainReliabilityAllowed":                false,
		"DnsOverHttpsMode":                        "off",
		"WPADQuickCheckEnabled":                   false,
		"QuicAllowed":                             false,

		// What a page may use of the machine: nothing.
		"ScreenCaptureAllowed":               false,
		"AudioCaptureAllowed":                false,
		"VideoCaptureAllowed":                false,
		"DefaultClipboardSetting":            nobody,
		"DefaultNotificationsSetting":        nobody,
		"DefaultPopupsSetting":               nobody,
		"DefaultGeolocationSetting":          nobody,
		"DefaultSensorsSetting":              nobody,
		"DefaultLocalFontsSetting":           nobody,
		"DefaultWindowManagementSetting":     nobody,
		"DefaultFileSystemReadGuardSetting":  nobody,
		"DefaultFileSystemWriteGuardSetting": nobody,
		"DefaultWebUsbGuardSetting":          nobody,
		"DefaultWebHidGuardSetting":          nobody,
		"DefaultWebBluetoothGuardSetting":    nobody,
		"DefaultSerialGuardSetting":          nobody,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	return append(out, '\n'), nil
}
