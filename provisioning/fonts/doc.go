// Package fonts makes the bundle of fonts that papers are printed with: files
// from Debian's packages, named by their SHA-256, and a manifest that
// sheet.OpenFonts reads.
//
// What is installed under /usr/share/fonts is taken from there; what is not is
// had with "apt-get download", which checks Debian's signature, and unpacked
// with "dpkg-deb -x": no root, nothing installed. Every file is copied, read
// back and compared before the manifest appears, and the manifest appears in
// one rename, so a bundle is there whole or not at all. Making it again where a
// good one lies does nothing.
//
// It is no font manager: it knows the papers' fonts and no others. It fails
// with what is missing and what to do.
package fonts
