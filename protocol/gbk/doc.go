// Package gbk turns text into the bytes of the field's character sets and back,
// and never loses a character silently: what does not fit is an error that
// names the character, what cannot be read is a fault that holds the bytes.
//
// Two sets are known. GBK is what DBF files and bank statements are written in:
// one or two bytes a character, the two-byte area of GB 18030 without the euro,
// which Windows code page 936 puts at 0x80, GB 18030 at A2E3 and GBK itself
// nowhere: it is read at either place and written at neither. GB18030 is the
// standard of 2022: four bytes for everything the two-byte area lacks.
//
// Where the two-byte area once stood for private-use code points, because
// Unicode lacked the character, the standard character is read (90 codes in
// rows FE and A6, gbk_pua_map.csv, and A8BC). The private-use code points that
// old fonts and input methods left in texts are written in GBK as the same
// character; in GB 18030 they have four-byte codes of their own and come back
// as they went. Only six have none: U+E816 E817 E818 E831 E83B E855 are written
// as FE51 FE52 FE53 FE6C FE76 FE91 and read as the standard characters beyond
// the base plane. That, in GBK what the table maps, and the euro at 0x80 are all
// that a round trip can change. User-defined areas (AAA1–AFFE, F8A1–FEFE,
// A140–A7A0) are read as the private-use code points U+E000–E765, as Windows
// does: offices keep characters of their own making there.
//
// It does not guess: UTF-8 handed in as GBK is read as other characters,
// whoever opens a file looks for its byte order mark first. U+FFFD stands for
// damage done earlier and is neither written nor read without a complaint.
//
// No state but tables made at first use from golang.org/x/text and the file
// beside this one; safe for concurrent use.
package gbk
