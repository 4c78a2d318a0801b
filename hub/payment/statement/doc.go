// Package statement reads the daily files in which a payment channel says what
// it moved: WeChat Pay's 交易账单 (ALL, SUCCESS), Alipay's 业务明细, UnionPay's ZM
// and ZME (domain §4.2–4.4, demand A42).
//
//	file ─→ wechat  ─┐
//	        alipay  ─┼→ each(Line) …, Summary{counts, sums, Faults}
//	        unionpay ┘
//
// It is pure reading: it knows no order, no ledger and no database, and it never
// repairs. A file is good as a whole or refused as a whole: Summary.Faults is
// empty, or nothing of it may be used (fault 35). Reading goes on behind a fault,
// so that whoever looks for the cause sees more than the first; so each is also
// called for lines of a file that turns out bad, and its caller keeps them apart
// until Read has ended.
//
// Money is whole fen. Fees are counted in thousandths of a fen, for WeChat states
// them with five decimals, and rounded once, in their sum.
//
// Which amount counts. The amount of a line is what the merchant receives or
// gives back (应结订单金额 and 退款金额, 商家实收): with a coupon of the channel it
// is less than the order's, and reconciliation shall see that, for the treasury
// got less. What the buyer's order said stands beside it in Ordered.
//
// Whose sign. Amounts are never negative here: Kind says in which direction they
// went. A fee is a cost when positive. WeChat signs its fees itself. The signs of
// Alipay's 服务费 and the letters C and D of UnionPay's X+n12 are not documented
// reliably (domain §4.4 marks them as not verified), so for both the direction of
// a fee is that of its line: a payment costs, a refund gives back.
//
// Where UnionPay's year comes from. Its lines have month and day only. The clearing
// day stands in the name of the file (INN190906…ZM_…), of one in its archive, or
// is given by whoever fetched it; the year of a line is the one that lies nearest.
// Where nothing names the day the file is refused: it is never guessed from today.
//
// What is left out. Who paid (用户标识, 对方账户, 帐号) is read by nobody and leaves
// the file nowhere (S35): money is matched by numbers of orders and transactions.
package statement
