package web

// The cookies of this entrance.
const (
	cookieSession = "zk_gl"       // session token
	cookieGuest   = "zk_gl_guest" // before sign-in: what the form's token is bound to
	cookieLang    = "zk_gl_lang"  // "zh" or "en"
	cookieDesk    = "zk_gl_desk"  // mark of an earlier sign-in: whoever bears it is not held up by others; opens nothing
)
