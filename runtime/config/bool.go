package config

// ParseBool reads a boolean setting: "yes", "y" or "1" is true, "no" is false, letters in any case. Everything else is
// refused, also "true" and "0" (dovecot.md §9).
func ParseBool(text string) (bool, error) {
	switch lowerASCII(text) {
	case "yes", "y", "1":
		return true, nil
	case "no":
		return false, nil
	}
	return false, refuse(text, "Invalid boolean value: "+text+" (use yes or no)", ErrInvalidValue)
}

// PluginBool reads a boolean of the plugin {} section of Dovecot 2.3, where only the first character counts: an unset
// setting and one that begins with n, N, 0, f or F is false, all else is true, the empty text too (dovecot.md §9).
func PluginBool(text string, set bool) bool {
	if !set {
		return false
	}
	if text == "" {
		return true
	}
	switch text[0] {
	case 'n', 'N', '0', 'f', 'F':
		return false
	}
	return true
}
