package journal

// What a person asks of what is kept about her (S38). The subject is her
// application, or her account before there is one; nothing here says what was
// kept.
const (
	DataCopied         Act = "data.copied"         // Detail "format"
	DataCorrected      Act = "data.corrected"      // by an office; Detail "fields", "version"
	DataErased         Act = "data.erased"         // Detail "versions", "confirmations"
	CorrectionAsked    Act = "correction.asked"    // Detail "request", "fields"
	CorrectionAnswered Act = "correction.answered" // Detail "request", "result"
	ErasureAsked       Act = "erasure.asked"       // Detail "request"
	ErasureAnswered    Act = "erasure.answered"    // Detail "request", "result"
)
