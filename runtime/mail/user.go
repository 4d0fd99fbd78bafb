package mail

// User is the mail user a transaction belongs to (dovecot.md §6.1).
type User struct {
	Username string
	Home     Text

	UID, GID Optional[uint32] // of the system user the mail is accessed as

	Service           Text            // "lmtp", "imap", …
	SessionID         Text            //
	SessionCreateTime Optional[int64] // seconds since 1970 UTC

	Nonexistent, Anonymous, Autocreated Optional[bool]
	MailDebug                           Optional[bool] // 2.3 only
	FuzzySearch, Dsyncing               Optional[bool]
	Admin, SessionRestored              Optional[bool]

	// Userdb is the extra fields of the user's userdb entry, as
	// %{userdb:field} sees them (dovecot.md §6.7).
	Userdb Map[string]

	Unknown []Field
}

// userFields is the document's "user", in canonical order.
var userFields = []field[User]{
	stringField("username", func(u *User) *string { return &u.Username }).mandatory(),
	textField("home", func(u *User) *Text { return &u.Home }),
	uintField("uid", func(u *User) (*uint32, *bool) { return &u.UID.Value, &u.UID.Set }),
	uintField("gid", func(u *User) (*uint32, *bool) { return &u.GID.Value, &u.GID.Set }),
	textField("service", func(u *User) *Text { return &u.Service }),
	textField("session_id", func(u *User) *Text { return &u.SessionID }),
	intField("session_create_time", func(u *User) (*int64, *bool) {
		return &u.SessionCreateTime.Value, &u.SessionCreateTime.Set
	}),
	boolField("nonexistent", func(u *User) *Optional[bool] { return &u.Nonexistent }),
	boolField("anonymous", func(u *User) *Optional[bool] { return &u.Anonymous }),
	boolField("autocreated", func(u *User) *Optional[bool] { return &u.Autocreated }),
	boolField("mail_debug", func(u *User) *Optional[bool] { return &u.MailDebug }),
	boolField("fuzzy_search", func(u *User) *Optional[bool] { return &u.FuzzySearch }),
	boolField("dsyncing", func(u *User) *Optional[bool] { return &u.Dsyncing }),
	boolField("admin", func(u *User) *Optional[bool] { return &u.Admin }),
	boolField("session_restored", func(u *User) *Optional[bool] { return &u.SessionRestored }),
	textMapField("userdb", func(u *User) *Map[string] { return &u.Userdb }),
}
