package oracle

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// account is whom mail processes run as.
type account struct {
	root     bool
	uid, gid int
	// name and group are those of this process; Dovecot wants names for its own
	// processes. They are not needed as root.
	name, group string
}

// mailUID is the user id of mail processes as root, unless it belongs to
// somebody. It needs no entry in passwd.
const mailUID = 5000

func mailAccount() (account, error) {
	if os.Geteuid() != 0 {
		return ownAccount()
	}
	u, err := user.LookupId(strconv.Itoa(mailUID))
	if err != nil || u.Username == "vmail" {
		return account{root: true, uid: mailUID, gid: mailUID}, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return account{}, fmt.Errorf("oracle: user id %d is %s's, and there is no user nobody", mailUID, u.Username)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(nobody.Gid)
	return account{root: true, uid: uid, gid: gid}, err
}

func ownAccount() (account, error) {
	a := account{uid: os.Geteuid(), gid: os.Getegid()}
	u, err := user.LookupId(strconv.Itoa(a.uid))
	if err != nil {
		return a, fmt.Errorf("oracle: Dovecot wants a name for user id %d: %w", a.uid, err)
	}
	g, err := user.LookupGroupId(strconv.Itoa(a.gid))
	if err != nil {
		return a, fmt.Errorf("oracle: Dovecot wants a name for group id %d: %w", a.gid, err)
	}
	a.name, a.group = u.Username, g.Name
	return a, nil
}
