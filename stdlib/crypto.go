package stdlib

import (
	"crypto/aes"
	"fmt"
	"strings"

	libcrypto "github.com/vadv/gopher-lua-libs/crypto"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var cryptoFunctions = shared(
	lent("md5", libcrypto.MD5, "s", 1),
	lent("sha256", libcrypto.SHA256, "s", 1),
	lent("aes_encrypt", cryptoMode(libcrypto.AESEncrypt), "ssss", 3),
	lent("aes_decrypt", cryptoMode(decrypt(libcrypto.AESDecrypt, 1)), "ssss", 3),
	lent("aes_encrypt_hex", libcrypto.AESEncryptHex, "ssss", 4),
	lent("aes_decrypt_hex", decrypt(libcrypto.AESDecryptHex, 2), "ssss", 4),
)

// Crypto is the loader of "crypto": digests and AES, as in gopher-lua-libs.
func Crypto(L *vm.LState) int {
	module := fill(L.CreateTable(0, len(cryptoFunctions)+3), cryptoFunctions)
	for _, mode := range []string{"GCM", "CBC", "CTR"} {
		module.RawSetString(mode, vm.LString(mode))
	}
	L.Push(module)
	return 1
}

// cryptoMode checks the mode in Lua's words.
func cryptoMode(fn vm.LGFunction) vm.LGFunction {
	return func(L *vm.LState) int {
		switch mode := L.ToString(1); strings.ToUpper(mode) {
		case "GCM", "CBC", "CTR":
		default:
			native.ArgError(L, 1, "invalid mode: "+mode)
		}
		return fn(L)
	}
}

// decrypt checks the length of the initialization vector, whose every byte is so many characters. The library does that
// for GCM alone, and Go's ciphers panic.
func decrypt(fn vm.LGFunction, characters int) vm.LGFunction {
	return func(L *vm.LState) int {
		size := len(L.ToString(3))
		if strings.ToUpper(L.ToString(1)) != "GCM" && size/characters != aes.BlockSize {
			return failure(L, fmt.Sprintf("failed to decrypt: invalid IV size: %d, expected: %d", size/characters, aes.BlockSize))
		}
		return fn(L)
	}
}
