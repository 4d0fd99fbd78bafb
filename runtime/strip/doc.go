// Package strip takes what is personal out of transaction documents, so that a
// recorded fixture can be shown to others and still shows the fault it was
// recorded for.
//
// Each word, a run of letters and digits, is replaced by one that a secret key
// and the word itself decide: the same word becomes the same word in every field
// and every file that is stripped with the same key, whatever its case and
// however it is written (encoded word, quoted-printable, base64, percent escape,
// another charset, HTML entity). So "Alice" in a From header is still the "alice"
// of the user name. What a reader of mail has to cope with stays: lengths in
// bytes and characters, upper and lower case, scripts, digits, punctuation,
// blanks, folding, invalid bytes, encodings, MIME structure, media types, names
// of header fields, dates, and the words of protocols.
//
// Replacements of three and more Latin letters have no vowels, so none of them is
// a word of any language, and people see what has been replaced. Shorter words,
// and numbers, are replaced one to one.
//
// What is personal is not known, so everything that is text goes, but for
// vocabularies of this package: names of settings, metadata entries and fields,
// special-use mailboxes, system flags and registered keywords, media types,
// charsets, well-known file extensions, and in settings yes, no, numbers and
// URL schemes. Numbers that the document's format defines stay: uid, date,
// uid_validity and the rest. In unknown fields strings and numbers go.
// [Options.Except] names what must stay.
//
// The result is pseudonymous, not anonymous: who has the key can try words until
// they fit, and lengths, dates and how often a word occurs stay visible. A key
// belongs with the original mail, not with the fixture.
//
// The package reads no files and knows no scripts. It must not be given less than
// a whole document where words have to agree. Order of calls: [NewKey] or
// [ParseKey], [New], then [Stripper.Transaction] for each document.
package strip
