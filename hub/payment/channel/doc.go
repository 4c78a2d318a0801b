// Package channel talks to those who move the money (支付渠道): it asks for a way to
// pay an order, asks what became of it, closes it, gives back, hears notices, and
// fetches the daily file (demand A42, domain §4).
//
// A channel's word is believed when its signature is good, it is fresh, and it is
// about our merchant in our currency; then it is a Word, and package payment books
// what moved. Whether the amount is the order's is not asked here: money that moved
// is never refused. What is not believed is ErrForged or ErrForeign, and nothing of it
// is used.
//
// How it fails. ErrAway: the channel did not answer, or not sensibly; the same may be
// asked again, for every request of this package can be repeated without effect.
// RefusedError: it answered no, with its own code; asking again changes nothing.
// ErrForged, ErrForeign: see above. Errors name codes and numbers of requests, never
// what was signed, a key, or who paid.
//
// WeChat Pay is spoken through the channel's own library (wechatpay-go: it is kept by
// the channel and drags in nothing), which signs, verifies and decrypts. Where it
// is lenient this package is not: an absent time stamp, an unknown state and a refund
// without its time are errors here. That library looks at a refusal before at its
// signature, so that a RefusedError and ErrUnknown are only as good as TLS: nothing
// follows from them but another question.
//
// Alipay is spoken by hand, over crypto/rsa. Of the libraries that there are the usual
// one is a single person's, brings three more of his, and does not say which answers it
// verified; what is needed of it is a sorted string and a signature. All answers are
// believed by their signature alone, refusals too, but for the gateway's own
// error_response.
//
// UnionPay is spoken by hand too; it has no library of its own for Go. It knows an
// order by number and the time at which it was opened together, has no close, and
// tells times without a year: the nearest one is meant. Its certificate comes with
// every word, and counts when it leads to a root that we were given and names the
// channel.
//
// The test peers (testdata/*_peer.py) sign, verify and encrypt with OpenSSL and share
// nothing with this code.
package channel
